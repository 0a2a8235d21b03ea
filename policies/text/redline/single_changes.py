"""The single changes between two Documents, as values: each can be rejected while others stay."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from policies.text.document import Document, Section
from policies.text.redline.alignment import interleaved

BETWEEN = "\n\n"  # two paragraphs of the source


class Kind(StrEnum):
    """What a change does. ADDED, REMOVED, MOVED: paragraphs, or sections (place and `heading`)."""

    WORDS = "words"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    NUMBERS = "numbers"  # all positions that count anew in one place: (b) became (c)
    LAYOUT = "layout"  # all spaces, line breaks and styles of quotes in one place
    ANCHOR = "anchor"
    NOTATION = "notation"  # how headings are numbered, whether numbered items are clauses


class Stretch(NamedTuple):
    """Source that was kept (change is ""), or replaced ("" on the side without text)."""

    old: str
    new: str
    change: str = ""

    def side(self, rejected: Collection[str]) -> str:
        return self.old if self.change in rejected else self.new


NO_WORDS = Stretch("", "")


class Paragraph(NamedTuple):
    """A paragraph of the source.

    change: the one that added it, or removed it (was_there); "" if both texts have it.
    """

    stretches: tuple[Stretch, ...]
    change: str = ""
    was_there: bool = True

    def is_in(self, rejected: Collection[str]) -> bool:
        """Return whether a text has it in which these changes are rejected."""
        return not self.change or self.was_there == (self.change in rejected)

    def text_of(self, rejected: Collection[str]) -> str:
        return "".join([stretch.side(rejected) for stretch in self.stretches])


@dataclass(frozen=True, slots=True)
class Change:
    """A change. id: the same as long as the change is the same, whatever else is written.

    place: "title", "introduction", "notation", or "#" and a section's anchor (the old one, if it
    has one). heading: that section's. old, new: source; of several stretches, those of the first.
    """

    id: str
    kind: Kind
    place: str
    heading: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, eq=False)
class ComparedPart:
    """A part of both texts: title, introduction, a section, or their notation.

    name: as Change.place. line: the title, the heading, or the numbering. old, new: the indexes of
    a section. change: the one that added or removed it. move: the one that moved it.
    """

    name: str
    line: tuple[Stretch, ...] = ()
    anchor: Stretch = NO_WORDS
    paragraphs: tuple[Paragraph, ...] = ()
    old: int | None = None
    new: int | None = None
    change: str = ""
    move: str = ""

    @property
    def stretches(self) -> list[Stretch]:
        found = [*self.line]
        for paragraph in self.paragraphs:
            found += paragraph.stretches
        return found

    @property
    def changes(self) -> set[str]:
        """The ids of the changes in it."""
        of_words = {stretch.change for stretch in (self.anchor, *self.stretches)}
        return {self.change, self.move, *of_words} - {""}

    def line_of(self, rejected: Collection[str]) -> str:
        return Paragraph(self.line).text_of(rejected)

    def text_of(self, rejected: Collection[str]) -> str:
        kept = [paragraph for paragraph in self.paragraphs if paragraph.is_in(rejected)]
        return BETWEEN.join([paragraph.text_of(rejected) for paragraph in kept])

    def section_of(self, rejected: Collection[str]) -> Section:
        return Section(self.line_of(rejected), self.anchor.side(rejected), self.text_of(rejected))


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes between two Documents, and all that was kept.

    sections: in the new order, removed ones where they were. clauses: "clauses" for a text that has
    them. listed: the changes, in reading order.
    """

    title: ComparedPart
    introduction: ComparedPart
    sections: tuple[ComparedPart, ...]
    numbering: ComparedPart
    clauses: Stretch
    listed: tuple[Change, ...]

    @property
    def parts(self) -> tuple[ComparedPart, ...]:
        return (self.title, self.introduction, *self.sections, self.numbering)

    def resolve(self, rejected: Iterable[str]) -> Document:
        """Return the text in which these changes, by id, are rejected and all others accepted.

        All rejected give the old Document, none the new one. Raises KeyError for an id that is
        none of these changes, and DocumentError if the others are no Document without them: when
        two sections would have one anchor, say.
        """
        ids = frozenset(rejected)
        if unknown := ids - {change.id for change in self.listed}:
            raise KeyError(*unknown)
        return Document(
            self.title.line_of(ids),
            self.introduction.text_of(ids),
            tuple(section.section_of(ids) for section in self._in_order(ids)),
            clauses=bool(self.clauses.side(ids)),
            numbering=self.numbering.line_of(ids),
        )

    def _in_order(self, rejected: Collection[str]) -> list[ComparedPart]:
        """Return the sections of a text; those that were moved back follow as they did."""
        present = [
            section
            for section in self.sections
            if not section.change or (section.old is not None) == (section.change in rejected)
        ]
        olds = {section.old: section for section in present if section.old is not None}
        stayed = [section for section in present if section.move not in rejected]
        return interleaved(stayed, [olds[index] for index in sorted(olds)])
