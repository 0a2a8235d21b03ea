"""A Document as parts that are read once: title, introduction, sections.

What is worked out from a part is kept with it, by what the part says, so that after a change in one
section only that one is read and searched again. What is kept is bounded: what was not used for
longest goes first.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from policies.cache import OF_TEXTS, Cache
from policies.text import document as documents
from policies.text.document import Document, Section
from policies.text.document_tree import PartTree, of_document
from policies.text.markdown.limits import RenderingRefused
from policies.text.reading.sentences import Place, Text, read_part
from policies.text.rendering.sections import is_numbered

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


def read_parts(document: Document, cache: Cache = OF_TEXTS) -> tuple[Part, ...]:
    """Return title, introduction and sections in order. Raises nothing."""
    length = len(documents.body(document))
    return cache.get(("all parts", document), length, lambda: _read_parts(document, cache))


def _read_parts(document: Document, cache: Cache) -> tuple[Part, ...]:
    clauses = document.clauses
    try:
        trees: Sequence[PartTree | None] = of_document(document, clauses=clauses)
    except (RenderingRefused, RecursionError):
        trees = [None] * (len(document.sections) + 1)
    title = _read_part(cache, 0, None, document.title, None, clauses=False)
    introduction = _read_part(cache, 1, None, document.introduction, trees[0], clauses=clauses)
    sections: list[Part] = []
    for section, tree in zip(document.sections, trees[1:], strict=True):
        index = min(len(sections) + 2, _LATER_SECTION)
        sections.append(_read_part(cache, index, section, section.body, tree, clauses=clauses))
    numbered = is_numbered([part.place.heading for part in sections], document.numbering)
    placed = [_placed(title, 0, "Title"), _placed(introduction, 1, "Introduction")]
    for number, part in enumerate(sections, start=1):
        heading = part.place.heading
        placed.append(_placed(part, number + 1, f"{number}. {heading}" if numbered else heading))
    return tuple(placed)


def _placed(part: Part, index: int, name: str) -> Part:
    return replace(part, place=replace(part.place, index=index, name=name))


def _read_part(
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
