"""Notes on an import: what could not be kept as it was, for the person who imports. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from policies.text.short_text import in_short

if TYPE_CHECKING:
    from bs4.element import PageElement

# Kinds of note that several modules make.
CAPITALS = "a style that makes capitals has no sign in Markdown"
FLATTENED = "inside a table cell or a line became text"  # a list, a quotation
HIDDEN = "hidden text dropped"
HIGHLIGHTED = "highlighting has no sign in Markdown"
IN_DIGITS = "list number of another script became digits"
LABEL_AS_TEXT = "list label without a notation kept as text"
OTHER_LANGUAGE = "text seems to be in another language"
CONTENTS = "table of contents dropped, because the page makes its own"


@dataclass(frozen=True, slots=True)
class ImportNote:
    """One thing that could not be kept.

    kind: a few words, the same for every note of its sort, so that notes can be counted.
    text: what it is about, quoted and shortened. line: 1-based line in the file, None if unknown.
    paragraph: 1-based paragraph of a Word file, empty ones and those in tables included, footnotes
    after all others; None if unknown.
    """

    kind: str
    text: str = ""
    line: int | None = None
    paragraph: int | None = None

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.place, self.kind, self.text)))

    @property
    def place(self) -> str:
        """Where it is, for people; "" if that is not known."""
        if self.line:
            return f"line {self.line}"
        return f"paragraph {self.paragraph}" if self.paragraph else ""

    @property
    def detail(self) -> str:
        """What a list under its kind shows: its place and what it is about."""
        return ": ".join(filter(None, (self.place, self.text)))


MAX_PRINTED = 100  # notes of one kind that a command prints
MAX_LISTED = 1_000  # notes of one kind that a page lists


class NotesOfKind(NamedTuple):
    kind: str
    notes: list[ImportNote]

    def __str__(self) -> str:
        return f"{self.kind} ({len(self.notes):,} times)"

    @property
    def lines(self) -> list[str]:
        """What a page lists below that: where they are, and what they are about."""
        more = len(self.notes) - MAX_LISTED
        listed = [note.detail or "place unknown" for note in self.notes[:MAX_LISTED]]
        return [*listed, f"and {more:,} more"] if more > 0 else listed


def by_kind(notes: Iterable[ImportNote]) -> list[NotesOfKind]:
    """Return notes under their kinds, in the order in which the first of each kind comes."""
    found: dict[str, list[ImportNote]] = {}
    for note in notes:
        found.setdefault(note.kind, []).append(note)
    return [NotesOfKind(kind, of_kind) for kind, of_kind in found.items()]


def as_lines(notes: Iterable[ImportNote]) -> list[str]:
    """Return notes as a command prints them: kind by kind, and of many how many more there are."""
    lines: list[str] = []
    for kind, of_kind in by_kind(notes):
        lines += map(str, of_kind[:MAX_PRINTED])
        if len(of_kind) > MAX_PRINTED:
            lines.append(f"{kind}: and {len(of_kind) - MAX_PRINTED:,} more")
    return lines


@dataclass(slots=True)
class NoteCollector:
    """The notes of one conversion, one for each thing that was lost.

    numbers: for each line of the HTML that is converted, its line in the file (or its paragraph);
    empty if there is none. paragraph: of the Word file, where the next notes are.
    """

    numbers: Sequence[int] = ()
    paragraph: int | None = None
    collected: list[ImportNote] = field(default_factory=list)
    _seen: dict[tuple[str, str, int], object] = field(default_factory=dict)

    def __iter__(self) -> Iterator[ImportNote]:
        return iter(self.collected)

    def add(self, kind: str, text: str = "", at: PageElement | None = None) -> None:
        """Add a note. at: what it is about, which may come by several times, but is noted once."""
        text = in_short(text.lstrip()[:_LONGEST])
        if at is not None:
            key = (kind, text, id(at))
            if key in self._seen:
                return
            self._seen[key] = at  # kept, so that no other element gets its id
        self.collected.append(ImportNote(kind, text, self._line(at), self.paragraph))

    def _line(self, at: PageElement | None) -> int | None:
        if at is None or not self.numbers:
            return None
        line = getattr(at, "sourceline", None) or getattr(at.parent, "sourceline", None)
        return self.numbers[line - 1] if line and line <= len(self.numbers) else None


# Characters of a text that is quoted. Of a list with lists in it, the words can be very long.
_LONGEST = 500
