"""References that a change to a text has made wrong, and their correction. Pure.

    pairing.py     which heading, clause and reference of the old text is which of the new
    rewording.py   a reference with another number, and where its words are in Markdown

A reference is wrong if it is still written as in the old text and no longer leads to what it led to
there. What an author wrote anew is taken to be right.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from policies.text.document import Document, DocumentError
from policies.text.findings.finding import excerpt
from policies.text.reading.parts import read_parts
from policies.text.reading.reference_targets import FoundReference, References
from policies.text.renumbering.pairing import kept_references, pair_places
from policies.text.renumbering.rewording import Edit, edited, name_of, place_of, reworded

# How many are listed, and corrected in one step; the others follow in the next.
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class StaleReference:
    """A reference that a change has made wrong.

    anchor, place: of the section that it is in, "" for the introduction; for people. words: as it
    is written. sentence: the one that it is in, in short. now: what its target is called now, "" if
    it was removed. corrected: the words that lead there, "" if they must be written by a person.
    """

    anchor: str
    place: str
    words: str
    sentence: str
    now: str
    corrected: str


def stale_references(old: Document, new: Document, *, language: str = "en") -> list[StaleReference]:
    """Return the references that a change has made wrong, in reading order; the first 200.

    language: a tag; only English and German references are known. Takes time in proportion to the
    length of both texts. Raises nothing.
    """
    return [stale for stale, _ in _stale(old, new, language)]


def corrected(old: Document, new: Document, *, language: str = "en") -> Document:
    """Return the new text with the right number in each reference that has one."""
    edits: dict[int, list[Edit]] = {}
    for _, edit in _stale(old, new, language):
        if edit:
            edits.setdefault(edit.part, []).append(edit)
    sections = [
        replace(section, body=edited(section.body, edits.get(index, ())))
        for index, section in enumerate(new.sections, start=2)
    ]
    introduction = edited(new.introduction, edits.get(1, ()))
    return replace(new, introduction=introduction, sections=tuple(sections))


def _stale(old: Document, new: Document, language: str) -> list[tuple[StaleReference, Edit | None]]:
    before = References(read_parts(_alike(old, new)), language, old.numbering)
    found = list(before.resolved())
    if not found or old == new:
        return []
    after = References(read_parts(_alike(new, old)), language, new.numbering)
    return list(islice(_wrong(before, after, new, found), MAX_LISTED))


def _alike(document: Document, other: Document) -> Document:
    """Return a text as one with clauses if it is compared with such a text."""
    with suppress(DocumentError):
        if other.clauses and not document.clauses:
            return replace(document, clauses=True)
    return document


def _wrong(
    before: References, after: References, new: Document, found: list[FoundReference]
) -> Iterator[tuple[StaleReference, Edit | None]]:
    partners = pair_places(before, after)
    kept = kept_references(found, after.resolved(), partners)
    for old, now in sorted(kept, key=lambda pair: (pair[1].part, pair[1].sentence.index)):
        if len(old.leads_to) != 1:
            continue
        target = partners.get(old.leads_to[0])
        if target is not None and now.leads_to == (target,):
            continue
        if (wrong := _corrected(now, after, target, new)) is not None:
            yield wrong


def _corrected(
    found: FoundReference, text: References, target: int | None, document: Document
) -> tuple[StaleReference, Edit | None] | None:
    """Return a wrong reference and its correction; None if another one has its number: (c) is right
    in "4(b) or (c)" once 4(b) is. target: the heading or clause that it should lead to.
    """
    part = text.parts[found.part]
    words = "" if target is None else reworded(found, text.targets, target)
    if words == found.words:
        return None
    source = document.introduction if found.part == 1 else document.sections[found.part - 2].body
    at = place_of(found, part.text, source) if words else None
    stale = StaleReference(
        part.place.anchor,
        part.place.name,
        found.words,
        excerpt(found.sentence.text, found.reference.start),
        "" if target is None else name_of(text.targets, target),
        words if at else "",
    )
    return stale, Edit(found.part, *at, words) if at else None
