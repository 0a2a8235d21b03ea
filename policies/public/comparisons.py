"""Redlines of published versions, computed once and kept: neither side ever changes.

What is kept is shown to readers, so that it must not be a back door: it is signed with the site's
key, together with the digests of both texts and of the code that compared them. What does not fit
is computed again.

The code that compares, and with it all that reads Markdown, is loaded when it is first needed: a
process that only serves pages may never need it.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import DatabaseError
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from policies import child_process, languages
from policies.cache import OF_TEXTS
from policies.database.transactions import without_waiting
from policies.models import KeptRedline, Revision
from policies.text import document as documents
from policies.text.document import Document

if TYPE_CHECKING:
    from policies.text import redline
    from policies.text.redline import Redline

# Kept at most; the oldest go first. One of the seed's size takes some 5 kB.
MAX_KEPT = 5_000
CLEAN_EVERY = 100
_SALT = "policies.public.comparisons"


@dataclass(frozen=True)
class ShownPart:
    """What a page shows of a redline.RedlinePart."""

    kind: str
    anchor: str
    heading: str
    states: list[str]
    html: str

    def __post_init__(self) -> None:
        """Let templates write the HTML as it is: all that redline/ writes keeps to the sanitiser's
        rules, and what was kept is signed.
        """
        object.__setattr__(self, "html", mark_safe(self.html))  # noqa: S308


@dataclass(frozen=True)
class Comparison:
    """What a page shows of a Redline. first: the id of the first change, "" for none.

    is_numbered: whether the page numbers the sections of the new text, as its own page does.
    """

    title: ShownPart
    parts: list[ShownPart]
    summary: redline.Summary
    first: str
    is_numbered: bool


def of_versions(old: Revision, new: Revision) -> Comparison:
    """Return the redline of two numbered versions: one query if it is kept, three if not."""
    from policies.text import redline

    labels = _labels(new.policy.language)
    seal = [old.digest, new.digest, code_digest(), *asdict(labels).values()]
    kept = KeptRedline.objects.filter(old=old.pk, new=new.pk).first()
    values = _kept_values(kept.signed, seal) if kept else None
    if values is None:
        prefetch_related_objects([old, new], "sections")
        texts = old.document(), new.document()
        try:
            # Whoever waits keeps other readers from a thread that makes pages.
            with child_process.one_turn(patience=0):
                comparison = _compare(*texts, labels)
        except child_process.Busy:
            comparison = shown(redline.compare(*texts, labels))
        _keep(old, new, signing.dumps([seal, asdict(comparison)], salt=_SALT, compress=True))
        return comparison
    return Comparison(
        ShownPart(**values["title"]),
        [ShownPart(**part) for part in values["parts"]],
        redline.Summary(**values["summary"]),
        values["first"],
        values["is_numbered"],
    )


def of_texts(old: Document, new: Document, *, language: str = languages.SOURCE) -> Comparison:
    """Return the redline of two texts. language: of the page's own words.

    Raises NotNow (of child_process).
    """
    # A reviewer who comments sees the page again and again.
    make = partial(_compare, old, new, _labels(language))
    return OF_TEXTS.get(("redline", old, new, language), _length(old, new), make)


def _length(old: Document, new: Document) -> int:
    return len(documents.body(old)) + len(documents.body(new))


def _compare(old: Document, new: Document, labels: redline.Labels) -> Comparison:
    from policies.text import redline

    length = _length(old, new)
    return shown(child_process.run(redline.compare, old, new, labels, length=length))


def shown(changes: Redline) -> Comparison:
    from policies.text.rendering.sections import is_numbered

    title, *parts = (
        ShownPart(part.kind, part.anchor, part.heading, sorted(part.states), part.html)
        for part in (changes.title, *changes.parts)
    )
    headings = [part.heading for part in changes.sections if part.new_position is not None]
    numbered = is_numbered(headings, changes.new.numbering)
    return Comparison(title, parts, changes.summary, next(iter(changes.changes), ""), numbered)


def forget_all() -> None:
    """Forget what is kept, after `rerender`."""
    KeptRedline.objects.all().delete()


def _kept_values(signed: str, seal: list[str]) -> dict[str, Any] | None:
    """Return what was kept, or None if it was made of other texts, by other code, or by others."""
    try:
        kept_seal, values = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return values if kept_seal == seal else None


def _labels(language: str) -> redline.Labels:
    """Return the words for readers who don't see the marks, in the language of a policy's pages."""
    from policies.text import redline

    with translation.override(languages.interface(language)):
        return redline.Labels(
            inserted=gettext("inserted"),
            insertion_ends=gettext("end of insertion"),
            deleted=gettext("deleted"),
            deletion_ends=gettext("end of deletion"),
            moved_here=gettext("moved here"),
            moved_away=gettext("moved from here"),
            formatted=gettext("formatting changed"),
            led_elsewhere=gettext("link target changed"),
            previous=gettext("Previous change"),
            next=gettext("Next change"),
        )


def _keep(old: Revision, new: Revision, signed: str) -> None:
    """Keep a redline, if the database takes it now: a reader gets the page in any case."""
    row = KeptRedline(old=old, new=new, signed=signed)
    with suppress(DatabaseError), without_waiting():
        KeptRedline.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["old", "new"], update_fields=["signed"]
        )
        if row.pk and row.pk % CLEAN_EVERY == 0:
            KeptRedline.objects.filter(pk__lte=row.pk - MAX_KEPT).delete()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return the digest of all our modules: when the code changes, redlines are made anew."""
    files = sorted(Path(__file__).parents[1].rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
