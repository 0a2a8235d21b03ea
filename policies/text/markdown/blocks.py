"""Which lines of a Markdown text are headings, and which only look like one.

Pure, one pass, linear: a line of markers is read by position and never copied. This is the part of
CommonMark that decides where a document divides: fenced and indented code, list items, block
quotations, tables and paragraphs are followed just far enough to know whether a `#` or an underline
makes a heading of the document itself.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from policies.text.markdown.labels import (
    MOST_LINES,
    is_first_label,
    is_followed,
    is_number,
    sign_at,
)


class LineKind(Enum):
    BLANK = auto()
    TEXT = auto()
    QUOTE = auto()
    ITEM = auto()
    CODE = auto()
    FENCE = auto()
    RULE = auto()
    HEADING = auto()  # "## Scope"
    HASHES = auto()  # "##Scope": text to CommonMark, but a heading to other readers of Markdown
    UNDERLINE = auto()  # the "----" under a paragraph that makes it a heading


class Line(NamedTuple):
    """A line and what it is.

    nested: whether it is in a list item or a quotation; HASHES that continue one lazily do not.
    level, heading: of HEADING and HASHES. An UNDERLINE has a level, too; its heading is the `since`
    lines before it. markers: where the signs of the list items that begin here begin and end; only
    of a text with clauses.
    """

    text: str
    kind: LineKind
    nested: bool = False
    level: int = 0
    heading: str = ""
    since: int = 0
    markers: tuple[tuple[int, int], ...] = ()


class Scan(NamedTuple):
    """All lines; if a fence is still open at the end, its index and what would close it."""

    lines: list[Line]
    open_fence: int | None
    closing: str


_FENCE = re.compile(r"(?P<mark>`{3,})[^`]*\Z|(?P<tilde>~{3,})")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?\Z", re.DOTALL)
_HASHES = re.compile(r"(#{1,6})([^#\s].*)\Z", re.DOTALL)
_CLOSING_HASHES = re.compile(r"(?:\A|[ \t])#+\Z")
_RULE = re.compile(r"([-_*])[ \t]*+(?:\1[ \t]*+){2,}+\Z")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*\Z")
_CELL = r"[ \t]*+:?-++:?[ \t]*+"
# Possessive, since white space could otherwise be divided in many ways.
_DELIMITER_ROW = re.compile(rf"\|?{_CELL}(?:\|{_CELL})*+\|?[ \t]*+\Z")
_DEFINITION = re.compile(r"\[[^\]]+\]:[ \t]*\S")

UNDERLINE_LOOKALIKE = re.compile(r" {0,3}(?:=+|-+)[ \t]*\Z")


def is_blank(text: str) -> bool:
    """Return whether a line holds only spaces and tabs."""
    return not text.strip(" \t")


def scan(lines: Iterable[str], *, clauses: bool = False) -> Scan:
    """Classify the lines of a text. They hold no line breaks.

    clauses: whether labels such as (a) begin list items as numbers do.
    """
    rows = [*lines]
    scanner = _Scanner(rows, clauses=clauses)
    for row in rows:
        scanner.feed(row)
    return Scan(scanner.lines, scanner.fence_at if scanner.fence else None, scanner.fence)


def heading_text(text: str) -> str:
    """Return what follows the opening `#`s of a heading, without closing ones."""
    return _CLOSING_HASHES.sub("", text.strip(" \t")).rstrip(" \t")


def has_labels(text: str) -> bool:
    """Return whether a clause begins anywhere in a text with a label that is no plain number."""
    return any(
        end - start > 1 and not is_number(line.text[start:end])
        for line in scan(text.split("\n"), clauses=True).lines
        for start, end in line.markers
    )


class _Scanner:
    def __init__(self, rows: Sequence[str], *, clauses: bool) -> None:
        self.rows = rows
        self.clauses = clauses
        self.markers: list[tuple[int, int]] = []  # those of this line
        self.lines: list[Line] = []
        self.items: list[int] = []  # the column where each open list item's content begins
        self.paragraph = 0  # lines of an open paragraph that an underline could make a heading
        self.lazy = False  # a paragraph is open, but in a quotation or a table
        self.fence = ""
        self.fence_at = 0
        self.fence_column = 0

    def feed(self, text: str) -> None:
        column, start = _indent(text)
        has_words = start < len(text)
        if self.fence and has_words and column < self.fence_column:
            self.fence = ""  # its list item has ended
        if self.fence:
            mark = text[start:].rstrip(" \t")
            closing = len(mark) >= len(self.fence) and mark == self.fence[0] * len(mark)
            if closing and column - self.fence_column < 4:
                self.fence = ""
            self._add(text, LineKind.CODE if self.fence else LineKind.FENCE)
        elif not has_words:
            self.paragraph, self.lazy = 0, False
            self._add(text, LineKind.BLANK)
        else:
            self._block(text, column, start)

    def _add(self, text: str, kind: LineKind, nested: bool | None = None, **more: object) -> None:
        inside = bool(self.items) if nested is None else nested
        markers = tuple(self.markers)
        self.markers.clear()
        self.lines.append(Line(text, kind, inside, markers=markers, **more))  # type: ignore[arg-type]

    def _block(self, text: str, column: int, start: int) -> None:
        depth = bisect_right(self.items, column)
        left = depth < len(self.items)
        base = self.items[depth - 1] if depth else 0
        is_text = self.paragraph or self.lazy
        if left and is_text and not self._starts_block(column - base, text, start):
            self.paragraph += 1  # a lazy continuation: the item goes on
            self._add_text(text, text[start:], nested=text[start] != "#")
            return
        del self.items[depth:]
        if left:
            self.paragraph, self.lazy = 0, False
        self._open(text, column, start, base, same_container=not left)

    def _starts_block(self, indent: int, text: str, start: int) -> bool:
        """Return whether a line may end a paragraph that it is not indented for."""
        blocks = (_HEADING, _RULE, _FENCE)
        return indent < 4 and (
            text[start] == ">"
            or any(one.match(text, start) for one in blocks)
            or bool(self._sign(text, start))
        )

    def _sign(self, text: str, start: int) -> str:
        """Return the sign of a list item that begins here."""
        return sign_at(text, start, len(text), clauses=self.clauses)

    def _open(self, text: str, column: int, start: int, base: int, *, same_container: bool) -> None:
        rule_from = _rule_from(text)
        while column - base < 4:
            sign = self._sign(text, start)
            if not sign or (start >= rule_from and _RULE.match(text, start)):
                break
            end = start + len(sign)
            if same_container and self.paragraph and not self._interrupts(sign, text, end, column):
                break
            if self.clauses:
                self.markers.append((start, end))
            column += len(sign)
            spaces, start = _indent(text, end, column)
            is_empty = start == len(text)
            offset = column + 1 if is_empty or spaces - column > 4 else spaces
            self.items.append(offset)
            self.paragraph, self.lazy, same_container = 0, False, False
            if is_empty:
                self._add(text, LineKind.ITEM)
                return
            base, column = offset, max(spaces, offset)
        self._leaf(text, column - base, text[start:])

    def _interrupts(self, sign: str, text: str, end: int, column: int) -> bool:
        """Return whether a list item may interrupt a paragraph: it has words, and no number but 1,
        or a label behind which the next one comes, as (h) behind (g).
        """
        if _indent(text, end)[1] == len(text):
            return False
        if is_number(sign):
            return int(sign[:-1]) == 1
        return len(sign) == 1 or is_first_label(sign) or is_followed(sign, self._beside(column))

    def _beside(self, column: int) -> Iterator[str]:
        """Yield the next lines, up to an empty one, whose words begin in this column."""
        line = len(self.lines) + 1
        for row in self.rows[line : line + MOST_LINES]:
            if is_blank(row):
                return
            own_column, start = _indent(row)
            if own_column == column:
                yield row[start:]

    def _leaf(self, text: str, indent: int, rest: str) -> None:
        if indent >= 4:
            open_text = bool(self.paragraph) or self.lazy
            self.paragraph += bool(self.paragraph)
            self._add(text, LineKind.TEXT if open_text else LineKind.CODE)
            return
        if self.paragraph and _UNDERLINE.match(rest):
            since, self.paragraph = self.paragraph, 0
            self._add(text, LineKind.UNDERLINE, level=1 if rest[0] == "=" else 2, since=since)
            return
        if fence := _FENCE.match(rest):
            self.fence = fence["mark"] or fence["tilde"]
            self.fence_at = len(self.lines)
            self.fence_column = self.items[-1] if self.items else 0
            self.paragraph, self.lazy = 0, False
            self._add(text, LineKind.FENCE)
            return
        if rest[0] == ">":
            self.paragraph, self.lazy = 0, True
            self._add(text, LineKind.QUOTE, nested=True)
            return
        if heading := _HEADING.match(rest):
            self.paragraph, self.lazy = 0, False
            words = heading_text(heading[2] or "")
            self._add(text, LineKind.HEADING, level=len(heading[1]), heading=words)
            return
        if _RULE.match(rest):
            self.paragraph, self.lazy = 0, False
            self._add(text, LineKind.RULE)
            return
        self._text(text, rest)

    def _text(self, text: str, rest: str) -> None:
        before = self.lines[-1].text if self.lines else ""
        if self.paragraph and "|" in rest and "|" in before and _DELIMITER_ROW.match(rest):
            self.paragraph, self.lazy = 0, True  # a table has begun
        elif not self.lazy and (self.paragraph or not _DEFINITION.match(rest)):
            self.paragraph += 1
        self._add_text(text, rest, nested=bool(self.items))

    def _add_text(self, text: str, rest: str, *, nested: bool) -> None:
        if hashes := _HASHES.match(rest):
            words = heading_text(hashes[2])
            self._add(text, LineKind.HASHES, nested, level=len(hashes[1]), heading=words)
        else:
            self._add(text, LineKind.TEXT, nested)


def _indent(text: str, start: int = 0, column: int = 0) -> tuple[int, int]:
    """Return the column and the index where words begin (tabs stop every 4 columns).

    start: the index from which to look. column: its column.
    """
    end = start
    while end < len(text) and text[end] in " \t":
        column += 4 - column % 4 if text[end] == "\t" else 1
        end += 1
    return column, end


def _rule_from(text: str) -> int:
    """Return the index from which a line holds nothing but one of "-_*" and white space.

    Before it no rule can begin, so that a line of markers is not read again from each of them.
    """
    words = text.rstrip(" \t")
    return len(words.rstrip(f" \t{words[-1]}"))
