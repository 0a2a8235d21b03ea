"""Versions and revisions as Word files, and the changes between two of them as tracked changes.

Those of versions are kept, as PDFs are. Made in the child process of a server, where there is one:
at most as many at a time as there are places, and the memory of what makes them is not the
server's. docs/adr/0033-word-files.md says why.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils.translation import gettext

from policies import child_process, languages
from policies.database.transactions import without_waiting
from policies.models import KeptFile, Revision
from policies.models.policy import public_url
from policies.public import kept_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from policies.text.word_export import Comment, Facts

# To be raised when the same text would give another file: what is kept is made again.
FORMAT = 1
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def get_or_make(version: Revision, *, at: datetime, since: Revision | None = None) -> bytes:
    """Return a version as .docx, or what changed in it since an earlier one: made once, and kept.

    at: now. Raises NotNow (of child_process).
    """
    kind = f"{kept_files.WORD}-{since.pk}" if since else kept_files.WORD
    facts = _facts(version, _label_of_changes(since, version))
    digests = [revision.digest for revision in (since, version) if revision]
    made_from = {"format": FORMAT, "digests": digests, "facts": repr(facts)}
    row = kept_files.rows(version, kind)
    if content := kept_files.kept_content(row.first(), made_from):
        return content
    content = changes(since, version) if since else text(version)
    values = {"revision": version, "kind": kind, "origin": settings.SITE_URL}
    # If the database takes it now: a reader gets the file in any case.
    with suppress(DatabaseError), without_waiting():
        KeptFile.objects.get_or_create(**values, defaults={"begun_at": at})
        kept_files.fill(row, content, made_from)
    return content


def text(revision: Revision, comments: Sequence[Comment] = ()) -> bytes:
    """Return a revision as .docx. Raises NotNow (of child_process)."""
    from policies.text import word_export

    facts = _facts(revision, _label(revision))
    return child_process.run(word_export.write, revision.document(), facts, comments, length=None)


def changes(old: Revision, new: Revision, comments: Sequence[Comment] = ()) -> bytes:
    """Return what changed from one revision to another as .docx. Raises NotNow."""
    from policies.text import word_export

    texts = old.document(), new.document()
    facts = _facts(new, _label_of_changes(old, new))
    return child_process.run(word_export.write_redline, *texts, facts, comments, length=None)


def as_response(content: bytes, name: str) -> HttpResponse:
    """name: of the file, without its ending."""
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response


def file_name(*revisions: Revision) -> str:
    """Return the name of a file with a revision, or with the changes between two."""
    numbers = "-".join(str(revision.number or f"draft-{revision.pk}") for revision in revisions)
    return f"{revisions[-1].policy.slug}-{numbers}"


def _label(revision: Revision) -> str:
    if revision.number is None:
        return str(revision.get_status_display())
    with languages.page_in(revision.policy.language):
        return gettext("Version %(number)s") % {"number": revision.number}


def _label_of_changes(old: Revision | None, new: Revision) -> str:
    return f"{_label(old)} → {_label(new)}" if old else _label(new)


def _facts(revision: Revision, label: str) -> Facts:
    from policies.text.word_export import Facts

    policy = revision.policy
    number = {"PolicyVersion": str(revision.number)} if revision.number else {}
    return Facts(
        header=f"{policy.name} · {label}",
        language=policy.language,
        base=public_url(policy.get_absolute_url()),
        at=revision.published_at or revision.saved_at,
        author=settings.ORGANISATION_NAME,
        is_rtl=languages.direction(policy.language) == "rtl",
        properties={"PolicySlug": policy.slug, "PolicyRevision": str(revision.pk), **number},
    )
