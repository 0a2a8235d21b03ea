"""Notes on an import: what could not be kept as it was, for the person who imports. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policies.text.short_text import in_short

if TYPE_CHECKING:
    from bs4.element import Tag

MAX_NOTES = 50  # of one kind

# Kinds of note that several modules make.
HIDDEN = "hidden text dropped"
IN_DIGITS = "list number of another script became digits"
LABEL_AS_TEXT = "list label without a notation kept as text"
CONTENTS = "table of contents dropped, because the page makes its own"


@dataclass(frozen=True, slots=True)
class ImportNote:
    """One thing that could not be kept.

    kind: a few words, the same for every note of its sort, so that notes can be counted.
    text: what it is about, quoted and shortened. line: 1-based line in the file, None if unknown.
    """

    kind: str
    text: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.kind}: {self.text}" if self.text else f"{where}{self.kind}"


@dataclass(slots=True)
class NoteCollector:
    """The notes of one conversion, each once, and of each kind no more than somebody would read.

    source: where the words of a note are searched for if no tag has its line. lines: how many
    lines of the file come before the source. has_lines: whether the line numbers of tags are those
    of a file that somebody can open.
    """

    source: str = ""
    lines: int = 0
    has_lines: bool = True
    collected: list[ImportNote] = field(default_factory=list)
    _seen: set[tuple[str, str, int | None]] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[ImportNote]:
        return iter(self.collected)

    def add(self, kind: str, text: str = "", at: Tag | None = None) -> None:
        """Add a note, unless there is one of its kind on the same words in the same line."""
        if self._counts[kind] > MAX_NOTES:
            return
        line = at.sourceline if self.has_lines and at is not None else None
        if (kind, text, line) in self._seen:
            return
        self._seen.add((kind, text, line))
        self._counts[kind] += 1
        if self._counts[kind] > MAX_NOTES:
            self.collected.append(ImportNote(kind, f"and more than {MAX_NOTES} in all"))
            return
        at_line = line + self.lines if line else self._first_line(text)
        self.collected.append(ImportNote(kind, in_short(text), at_line))

    def add_once(self, kind: str, text: str = "", at: Tag | None = None) -> None:
        """Add a note only if there is none of its kind yet."""
        if not self._counts[kind]:
            self.add(kind, text, at)

    def _first_line(self, text: str) -> int | None:
        found = self.source.find(text) if text.strip() else -1
        return None if found < 0 else self.source.count("\n", 0, found) + 1 + self.lines
