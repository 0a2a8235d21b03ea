"""A Document as parts that are read once: title, introduction, sections.

What was found in a part is kept with it, by what the part says, so that after a change in one
section only that one is read and searched again. What is kept is bounded: what was not used for
longest goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from policies.text import document as documents
from policies.text.findings.sentences import (
    Definitions,
    Place,
    Text,
    definitions_in,
    read_part,
    together,
)
from policies.text.kept import Kept
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.rendering.sections import is_numbered

if TYPE_CHECKING:
    from policies.text.document import Document, Section

Value = TypeVar("Value")

# Rules ask whether a sentence is in the title (0), the introduction (1) or the first section (2).
_LATER_SECTION = 3


OF_THIS_PROCESS = Kept()


@dataclass(frozen=True, slots=True)
class _Read:
    text: Text
    facts: dict[Hashable, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A part at its place in a Document. read: what is the same at any other."""

    place: Place
    read: _Read

    @property
    def text(self) -> Text:
        """As `read_part` gives it, with indexes of its own."""
        return self.read.text

    def fact(self, function: Callable[..., Value], *more: Hashable) -> Value:
        """Return function(text, *more), of a pure function: worked out once, and kept."""
        facts, key = self.read.facts, (function, *more)
        if key not in facts:
            facts[key] = function(self.text, *more)
        found: Value = facts[key]
        return found


# The arguments of `read_part`.
_What: TypeAlias = "tuple[int, Section | None, str, Definitions | None]"


def _read(what: _What) -> _Read:
    return _Read(read_part(*what))


def parts(document: Document, kept: Kept = OF_THIS_PROCESS) -> tuple[Part, ...]:
    """Return title, introduction and sections in order. Raises nothing."""
    sections = document.sections
    bodies = [document.introduction, *(it.body for it in sections)]
    defined = _defined(document, bodies, kept)
    whats: list[_What] = [(0, None, document.title, None)]
    for index, (section, body) in enumerate(zip((None, *sections), bodies, strict=True), 1):
        whats.append((min(index, _LATER_SECTION), section, body, defined))
    digest = defined and defined.digest
    read = [kept.get((*it[:3], digest), len(it[2]), partial(_read, it)) for it in whats]
    places = _places([it.text.place for it in read], document.numbering)
    return tuple(map(Part, places, read))


def _defined(document: Document, bodies: Iterable[str], kept: Kept) -> Definitions | None:
    """Return what the parts refer to in one another; None for a text too large to be parsed."""
    try:
        check_text(documents.body(document))
    except RenderingRefused:
        return None
    found = (
        kept.get(("definitions", it), len(it), partial(definitions_in, it))
        for it in bodies
        if "]:" in it
    )
    return together(found, clauses=document.clauses)


def _places(read: list[Place], numbering: str) -> Iterator[Place]:
    """Yield the places with their indexes, and the names by which people know them."""
    yield replace(read[0], name="Title")
    yield replace(read[1], name="Introduction")
    numbered = is_numbered([place.heading for place in read[2:]], numbering)
    for index, place in enumerate(read[2:], start=1):
        name = f"{index}. {place.heading}" if numbered else place.heading
        yield replace(place, index=index + 1, name=name)
