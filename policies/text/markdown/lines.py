"""What each line of a text is: a heading, code, or what only looks like a heading. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, auto
from typing import Any, NamedTuple

from policies.text.markdown.tree import Block, read


class LineKind(Enum):
    BLANK = auto()
    TEXT = auto()  # also the lines of lists, quotations and tables
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
    lines before it.
    """

    text: str
    kind: LineKind
    nested: bool = False
    level: int = 0
    heading: str = ""
    since: int = 0


_HASHES = re.compile(r"(#{1,6})([^#\s].*)\Z", re.DOTALL)
_CLOSING_HASHES = re.compile(r"(?:\A|[ \t])#+\Z")

UNDERLINE_LOOKALIKE = re.compile(r" {0,3}(?:=+|-+)[ \t]*\Z")


def is_blank(text: str) -> bool:
    """Return whether a line holds only spaces and tabs."""
    return not text.strip(" \t")


def lines_of(text: str, *, clauses: bool = False) -> Lines:
    """Return what the lines of a text are. Raises RenderingRefused.

    clauses: whether labels such as (a) begin list items as numbers do.
    """
    rows = text.split("\n")
    kinds = [LineKind.BLANK if is_blank(row) else LineKind.TEXT for row in rows]
    lines = Lines([*map(Line, rows, kinds)])
    lines.classify(read(text, clauses=clauses).blocks)
    return lines


def heading_text(text: str) -> str:
    """Return what follows the opening `#`s of a heading, without closing ones."""
    return _CLOSING_HASHES.sub("", text.strip(" \t")).rstrip(" \t")


class Lines:
    """All lines of a text. open_fence, closing: of a fence that is still open at the end, its index
    and what would close it.
    """

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        filled = (at for at, line in enumerate(lines) if line.kind is not LineKind.BLANK)
        self._last = max(filled, default=0)
        self.open_fence: int | None = None
        self.closing = ""

    def classify(
        self, blocks: Iterable[Block], *, nested: bool = False, top: bool = True, column: int = 0
    ) -> None:
        """Note what the lines of blocks are.

        nested: whether they are in a list or a quotation. top: whether they are in nothing.
        column: where the content of the list item begins that they are in, -1 in a quotation.
        """
        for block in blocks:
            is_inside = nested or block.kind in {"blockquote", "ordered_list", "bullet_list"}
            if is_inside and not nested:
                for at in range(*block.lines):
                    self._change(at, nested=True)
            match block.kind:
                case "footnote_reference" | "dl":
                    self._lookalikes(block)
                case "fence":
                    self._fence(block, in_quotation=column < 0)
                case "code_block":
                    self._mark(block, LineKind.CODE)
                case "hr":
                    self._mark(block, LineKind.RULE)
                case "heading":
                    self._heading(block, nested=not top)
                case "paragraph":
                    self._hashes(block, nested=nested, column=column)
            inner = -1 if block.kind == "blockquote" else block.column or column
            self.classify(block.children, nested=is_inside, top=False, column=inner)

    def _change(self, at: int, **changes: Any) -> None:
        self.lines[at] = self.lines[at]._replace(**changes)

    def _lookalikes(self, block: Block) -> None:
        """Note that lines of a note or a definition underline nothing, whatever they look like."""
        for at in range(*block.lines):
            if UNDERLINE_LOOKALIKE.match(self.lines[at].text):
                self._change(at, nested=True)

    def _mark(self, block: Block, kind: LineKind) -> None:
        for at in range(*block.lines):
            if self.lines[at].kind is not LineKind.BLANK:
                self._change(at, kind=kind)

    def _fence(self, block: Block, *, in_quotation: bool) -> None:
        first, after = block.lines
        for at in range(first, after):
            self._change(at, kind=LineKind.CODE)
        self._change(first, kind=LineKind.FENCE)
        code = block.content.count("\n") + (block.content[-1:] not in ("", "\n"))
        if after - first - 1 > code:
            self._change(after - 1, kind=LineKind.FENCE)
        elif after > self._last and not in_quotation:
            self.open_fence, self.closing = first, block.markup

    def _heading(self, block: Block, *, nested: bool) -> None:
        first, after = block.lines
        level, last = int(block.tag[1]), self.lines[after - 1]
        if block.markup[0] == "#":
            heading = heading_text(last.text.lstrip(" \t")[level:])
            self._change(first, kind=LineKind.HEADING, nested=nested, level=level, heading=heading)
        else:
            since = after - first - 1
            self._change(
                after - 1, kind=LineKind.UNDERLINE, nested=nested, level=level, since=since
            )

    def _hashes(self, block: Block, *, nested: bool, column: int) -> None:
        """Find lines of a paragraph that other readers of Markdown take for headings."""
        for at in range(*block.lines):
            text = self.lines[at].text
            words = text.lstrip(" \t")
            if not (found := _HASHES.match(words)):
                continue
            indent = len(text[: len(text) - len(words)].expandtabs(4))
            if indent - (column if indent >= column >= 0 else 0) < 4:
                self._change(
                    at,
                    kind=LineKind.HASHES,
                    nested=nested and indent >= column >= 0,
                    level=len(found[1]),
                    heading=heading_text(found[2]),
                )
