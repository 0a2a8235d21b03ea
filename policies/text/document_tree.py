"""A Document as trees of blocks: one of the introduction, one of each section.

Each part is read once and kept (markdown/tree.py), so that a change in one section costs little
more than reading this section.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from policies.text import document as documents
from policies.text.document import Document
from policies.text.markdown.characters import without_controls
from policies.text.markdown.limits import check_text
from policies.text.markdown.tree import Block, Definitions, ParsedText, defined_by, read, with_words


@dataclass(frozen=True, slots=True)
class PartTree:
    """The introduction, or a section: its heading and its body. known: what the whole Document
    defines.
    """

    parts: tuple[ParsedText, ...]
    known: Definitions

    @property
    def key(self) -> Hashable:
        """What is equal for trees of which the same can be made."""
        return (*((part.text, part.clauses) for part in self.parts), self.known.digest)

    @property
    def length(self) -> int:
        return sum(len(part.text) for part in self.parts)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks with their words."""
        blocks: list[Block] = []
        for part in self.parts:
            blocks += with_words(part, self.known).blocks
        return tuple(blocks)

    @property
    def used(self) -> frozenset[str]:
        """The labels of the definitions that its links asked for."""
        return frozenset().union(*(with_words(part, self.known).used for part in self.parts))


def of_text(text: str, *, clauses: bool) -> PartTree:
    """Return the tree of a text that is no Document. Raises RenderingRefused."""
    part = read(text, clauses=clauses)
    return PartTree((part,), part.definitions)


def of_document(document: Document, *, clauses: bool) -> list[PartTree]:
    """Return the trees of the introduction and of each section. Raises RenderingRefused.

    clauses: whether its items have labels, or are compared with some that have.
    """
    check_text(documents.body(document))
    divided: list[tuple[ParsedText, ...]] = [(_read(document.introduction, clauses=clauses),)]
    for section in document.sections:
        heading = f"## {section.heading} {{#{section.anchor}}}"
        divided.append((_read(heading, clauses=clauses), _read(section.body, clauses=clauses)))
    known = defined_by(part for parts in divided for part in parts)
    return [PartTree(parts, known) for parts in divided]


def _read(text: str, *, clauses: bool) -> ParsedText:
    return read(without_controls(text), clauses=clauses)
