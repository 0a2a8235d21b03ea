"""A Document as parts that are read once: title, introduction, sections.

What is worked out from a part is kept with it, by what the part says, so that after a change in one
section only that one is read and searched again. What is kept is bounded: what was not used for
longest goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from policies.cache import OF_TEXTS, Cache
from policies.text import document as documents
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.reading.sentences import (
    Definitions,
    Place,
    Text,
    definitions_in,
    read_part,
    together,
)
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
    sections: list[Section | None] = [None, *document.sections]
    bodies = [document.introduction, *(section.body for section in document.sections)]
    defined = _defined(document, bodies, cache)
    digest = defined.digest if defined else None
    read = [_read(cache, 0, None, document.title, None, None)]
    for index, (section, body) in enumerate(zip(sections, bodies, strict=True), start=1):
        read.append(_read(cache, min(index, _LATER_SECTION), section, body, defined, digest))
    places = _places([part.place for part in read], document.numbering)
    return tuple(replace(part, place=place) for part, place in zip(read, places, strict=True))


def _read(
    cache: Cache,
    index: int,
    section: Section | None,
    body: str,
    defined: Definitions | None,
    digest: bytes | None,
) -> Part:
    def read() -> Part:
        text = read_part(index, section, body, defined)
        return Part(text.place, text)

    return cache.get(("part", index, section, body, digest), len(body), read)


def _defined(document: Document, bodies: Iterable[str], cache: Cache) -> Definitions | None:
    """Return what the parts refer to in one another; None for a text too large to be parsed."""
    try:
        check_text(documents.body(document))
    except RenderingRefused:
        return None
    found = [
        cache.get(("defined in a part", body), len(body), partial(definitions_in, body))
        for body in bodies
        if "]:" in body
    ]
    return together(found, clauses=document.clauses)


def _places(read: list[Place], numbering: str) -> Iterator[Place]:
    """Yield the places with their indexes, and the names by which people know them."""
    yield replace(read[0], name="Title")
    yield replace(read[1], name="Introduction")
    numbered = is_numbered([place.heading for place in read[2:]], numbering)
    for index, place in enumerate(read[2:], start=1):
        name = f"{index}. {place.heading}" if numbered else place.heading
        yield replace(place, index=index + 1, name=name)
