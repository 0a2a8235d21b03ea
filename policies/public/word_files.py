"""Versions and revisions as Word files, and the changes between two of them as tracked changes.

Made when they are requested: the same bytes each time, in a tenth of the time of a PDF, so that
none is kept in the database. Always in the child process of a server, where there is one: at most
as many at a time as there are places, and the memory of what makes them is not the server's. Needs
the extra `word`; docs/adr/0033-word-files.md says why.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from policies import languages
from policies.models import Revision
from policies.text import child_process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.text.word_export import Comment, Facts

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@cache
def are_made() -> bool:
    """Return whether the extra is installed."""
    return find_spec("docx") is not None


def require() -> None:
    """Raises Http404 on a site that makes no Word files."""
    if not are_made():
        raise Http404("This site makes no Word files.")


def text(revision: Revision, origin: str, comments: Sequence[Comment] = ()) -> bytes:
    """Return a revision as .docx. origin: scheme and host of the addresses in it.

    Raises NotNow (of child_process).
    """
    from policies.text import word_export

    facts = _facts(revision, origin, _label(revision))
    return child_process.run(word_export.write, revision.document(), facts, comments, length=None)


def changes(old: Revision, new: Revision, origin: str, comments: Sequence[Comment] = ()) -> bytes:
    """Return what changed from one revision to another as .docx. Raises NotNow."""
    from policies.text import word_export

    texts = old.document(), new.document()
    facts = _facts(new, origin, f"{_label(old)} → {_label(new)}")
    return child_process.run(word_export.write_redline, *texts, facts, comments, length=None)


def as_response(content: bytes, name: str) -> HttpResponse:
    """name: of the file, without its ending."""
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response


def file_name(*revisions: Revision) -> str:
    """Return the name of a file with a revision, or with the changes between two."""
    numbers = "-".join(str(it.number or f"draft-{it.pk}") for it in revisions)
    return f"{revisions[-1].policy.slug}-{numbers}"


def _label(revision: Revision) -> str:
    if revision.number is None:
        return str(revision)
    with languages.page_in(revision.policy.language):
        return gettext("Version %(number)s") % {"number": revision.number}


def _facts(revision: Revision, origin: str, label: str) -> Facts:
    from policies.text.word_export import Facts

    policy = revision.policy
    number = {"PolicyVersion": str(revision.number)} if revision.number else {}
    return Facts(
        header=f"{policy.name} · {label}",
        language=policy.language,
        base=f"{origin}{policy.get_absolute_url()}",
        at=revision.published_at or revision.saved_at,
        author=settings.ORGANISATION_NAME,
        is_rtl=languages.direction(policy.language) == "rtl",
        properties={"PolicySlug": policy.slug, "PolicyRevision": str(revision.pk), **number},
    )
