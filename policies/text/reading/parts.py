"""A Document as parts that are read once: title, introduction, sections.

What is worked out from a part is kept with it, by what the part says, so that after a change in one
section only that one is read and searched again. What is kept is bounded: what was not used for
longest goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from policies.cache import OF_TEXTS, Cache
from policies.text import document as documents
from policies.text.document_tree import PartTree, of_document
from policies.text.markdown.limits import RenderingRefused
from policies.text.reading.sentences import Place, Text, read_part
from policies.text.rendering.sections import is_numbered

if TYPE_CHECKING:
    from policies.text.document import Document, Section

Value = TypeVar("Value")

# Rules ask whether a sentence is in the title (0), the introduction (1) or the first section (2).
_LATER_SECTION = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A part at its place in a Document. text: as `read_part` gives it, with indexes of its own.

    facts: what was worked out from the text, the same wherever it is.
    """

    place: Place
    text: Text
    facts: dict[Hashable, Any] = field(default_factory=dict)

    def fact(self, function: Callable[..., Value], *more: Hashable) -> Value:
        """Return function(text, *more), of a pure function: worked out once, and kept."""
        key = (function, *more)
        if key not in self.facts:
            self.facts[key] = function(self.text, *more)
        found: Value = self.facts[key]
        return found


def parts(document: Document, cache: Cache = OF_TEXTS) -> tuple[Part, ...]:
    """Return title, introduction and sections in order. Raises nothing."""
    length = len(documents.body(document))
    return cache.get(("all parts", document), length, lambda: _parts(document, cache))


def _parts(document: Document, cache: Cache) -> tuple[Part, ...]:
    sections: list[Section | None] = [None, *document.sections]
    bodies = [document.introduction, *(section.body for section in document.sections)]
    trees = _trees(document)
    read = [_read(cache, 0, None, document.title, None, clauses=False)]
    for index, (section, body) in enumerate(zip(sections, bodies, strict=True)):
        place = min(index + 1, _LATER_SECTION)
        tree = trees[index] if trees else None
        read.append(_read(cache, place, section, body, tree, clauses=document.clauses))
    places = _places([part.place for part in read], document.numbering)
    return tuple(replace(part, place=place) for part, place in zip(read, places, strict=True))


def _trees(document: Document) -> list[PartTree]:
    try:
        return of_document(document, clauses=document.clauses)
    except (RenderingRefused, RecursionError):
        return []


def _read(
    cache: Cache,
    index: int,
    section: Section | None,
    body: str,
    tree: PartTree | None,
    *,
    clauses: bool,
) -> Part:
    def read() -> Part:
        text = read_part(index, section, body, tree, clauses=clauses)
        return Part(text.place, text)

    digest = tree.known.digest if tree else None
    return cache.get(("part", index, section, body, digest, clauses), len(body), read)


def _places(read: list[Place], numbering: str) -> Iterator[Place]:
    """Yield the places with their indexes, and the names by which people know them."""
    yield replace(read[0], name="Title")
    yield replace(read[1], name="Introduction")
    numbered = is_numbered([place.heading for place in read[2:]], numbering)
    for index, place in enumerate(read[2:], start=1):
        name = f"{index}. {place.heading}" if numbered else place.heading
        yield replace(place, index=index + 1, name=name)
