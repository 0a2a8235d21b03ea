"""Remarks on an import: each once, and of each kind no more than somebody would read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policies.text.markdown.notes import Note
from policies.text.short_text import in_short

if TYPE_CHECKING:
    from bs4.element import Tag

MAX_NOTES = 50  # of one kind

# Kinds of remark that several modules make.
HIDDEN = "hidden text dropped"
JUMPS = "numbers that jump inside a list are lost"
LETTERS = "list with letters or Roman numerals is numbered 1, 2, 3"


@dataclass(slots=True)
class Remarks:
    """The notes of one conversion.

    source: where the words of a remark are searched for if no tag tells its line. lines: how many
    lines of the file stand before the source. has_lines: whether the line numbers of tags are those
    of a file that somebody can open.
    """

    source: str = ""
    lines: int = 0
    has_lines: bool = True
    notes: list[Note] = field(default_factory=list)
    _told: set[tuple[str, str, int | None]] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)

    def tell(self, kind: str, text: str = "", at: Tag | None = None) -> None:
        """Remark on one thing, unless the same was said of the same words in the same line."""
        if self._counts[kind] > MAX_NOTES:
            return
        line = at.sourceline if self.has_lines and at is not None else None
        if (kind, text, line) in self._told:
            return
        self._told.add((kind, text, line))
        self._counts[kind] += 1
        if self._counts[kind] > MAX_NOTES:
            self.notes.append(Note(kind, f"and more than {MAX_NOTES} in all"))
            return
        at_line = line + self.lines if line else self._first_line(text)
        self.notes.append(Note(kind, in_short(text), at_line))

    def once(self, kind: str, text: str = "", at: Tag | None = None) -> None:
        """Remark on a kind of thing only where it first occurs."""
        if not self._counts[kind]:
            self.tell(kind, text, at)

    def _first_line(self, text: str) -> int | None:
        found = self.source.find(text) if text.strip() else -1
        return None if found < 0 else self.source.count("\n", 0, found) + 1 + self.lines
