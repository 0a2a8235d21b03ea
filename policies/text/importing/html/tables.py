"""Tables of HTML as pipe tables. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bs4.element import Tag

from policies.text.importing.html.elements import css_of
from policies.text.importing.html.inline import InlineReader
from policies.text.importing.html.tree import TooComplex
from policies.text.importing.inline_markdown import BREAK, Span, join, write
from policies.text.markdown.attribute_lists import bare_anchors
from policies.text.markdown.limits import MAX_CHARACTERS

_CELLS = ("td", "th")
_MAX_SPAN = 100
# Cells of all tables, those that wide ones span included: each has three characters or more.
MAX_CELLS = MAX_CHARACTERS // 3


def is_layout(table: Tag) -> bool:
    """Return whether a table only places text: by its role, one cell, headings or tables."""
    if table.get("role") in ("presentation", "none") or table.find(["h1", "h2", "h3"]) is not None:
        return True
    cells = _parts_of(table, _CELLS)
    holds_tables = table.find("table") is not None
    return len(cells) == 1 or (holds_tables and all(cell.name == "td" for cell in cells))


def write_table(table: Tag, inline: InlineReader, style: Span, marks: Sequence[Span]) -> str:
    """Return a pipe table; "" for a table without words or anchors.

    style: how words look around it. marks: anchors for its first cell.
    """
    rows = _parts_of(table, ("tr",))
    rows.sort(key=lambda row: _holder(row) == "tfoot")
    head = bool(rows) and _has_head(table, rows)
    waiting = list(marks)
    grid = _grid(rows, inline, inline.style(table, style), waiting, head=head)
    if not grid or (not any(any(row) for row in grid) and not waiting):
        return ""
    width = max(len(row) for row in grid)
    _refuse_many(inline, width * len(grid))
    inline.cells += width * len(grid)
    if not head:
        grid.insert(0, [""] * width)
    if waiting:
        grid[-1][-1] = bare_anchors(mark.anchor for mark in waiting) + grid[-1][-1]
    aligned = _alignments(rows, width)
    lines = [_line([*row, *[""] * (width - len(row))]) for row in grid]
    return "\n".join([lines[0], _line(aligned), *lines[1:]])


def _grid(
    rows: Sequence[Tag], inline: InlineReader, style: Span, waiting: list[Span], *, head: bool
) -> list[list[str]]:
    """Return the texts of the cells, row by row, with empty ones where a cell spans others."""
    grid: list[list[str]] = []
    covered = 0
    below: dict[int, int] = {}  # column → rows that a cell above still covers
    for index, row in enumerate(rows):
        waiting += _anchors(row, inline)
        is_head = head and index == 0
        if index and _holder(row) == "thead":
            kind = "further header row of a table became an ordinary row"
            inline.notes.add(kind, row.get_text(" "), row)
        part = inline.style(row.parent, style) if row.parent and _holder(row) != "table" else style
        around = inline.style(row, part)
        cells: list[str] = []
        for cell in row.find_all(_CELLS, recursive=False):
            _skip(cells, below)
            waiting += _anchors(cell, inline)
            own = inline.style(cell, around)
            if cell.name == "th" and not is_head:
                own = replace(own, bold=True)
            wide = min(_span_of(cell, "colspan"), _MAX_SPAN)
            high = min(_span_of(cell, "rowspan"), len(rows) - index)
            covered += wide * high
            _refuse_many(inline, covered)  # before they are made
            if wide > 1 or high > 1:
                kind = "merged cells became one cell and empty ones"
                inline.notes.add(kind, cell.get_text(), cell)
            below.update(dict.fromkeys(range(len(cells), len(cells) + wide), high - 1))
            cells += [_cell(cell, inline, own, waiting, is_head=is_head), *[""] * (wide - 1)]
        _skip(cells, below)
        if cells:
            grid.append(cells)
    return grid


def _refuse_many(inline: InlineReader, cells: int) -> None:
    if inline.cells + cells > MAX_CELLS:
        raise TooComplex(
            f"Its tables have more than {MAX_CELLS:,} cells, with those that wide cells span. "
            "Divide it, or remove wide cells."
        )


def _skip(cells: list[str], below: dict[int, int]) -> None:
    """Add empty cells where cells of the rows above reach down."""
    while below.get(len(cells), 0) > 0:
        below[len(cells)] -= 1
        cells.append("")


def _parts_of(table: Tag, names: tuple[str, ...]) -> list[Tag]:
    return [tag for tag in table.find_all(names) if tag.find_parent("table") is table]


def _holder(row: Tag) -> str:
    return row.parent.name if row.parent else ""


def _has_head(table: Tag, rows: Sequence[Tag]) -> bool:
    """Return whether the first row is the header, or becomes that of a table without one.

    Not the only row, which is just its own words, nor one whose cells reach down.
    """
    cells = rows[0].find_all(_CELLS, recursive=False)
    if _holder(rows[0]) == "thead" or (cells and all(cell.name == "th" for cell in cells)):
        return True
    reaches_down = any(_span_of(cell, "rowspan") > 1 for cell in cells)
    return len(rows) > 1 and bool(cells) and not reaches_down and not _parts_of(table, ("th",))


def _anchors(tag: Tag, inline: InlineReader) -> list[Span]:
    return [Span(anchor=anchor) for anchor in inline.anchors(tag)]


def _span_of(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "").strip()
    return int(value) if re.fullmatch(r"[1-9]\d{0,4}", value) else 1


def _cell(
    cell: Tag, inline: InlineReader, style: Span, waiting: list[Span], *, is_head: bool
) -> str:
    joined = _trimmed(join(inline.spans(cell.children, style, between=BREAK)))
    if is_head:  # which is bold by itself
        joined = [replace(span, bold=False) for span in joined]
    if all(span.is_empty or span.is_break for span in joined):
        waiting += [span for span in joined if span.anchor]
        return ""
    marks = list(waiting)
    waiting.clear()
    text = write([*marks, *joined], break_mark="<br>", line_starts=False)
    return text.replace("|", "\\|")


def _trimmed(spans: list[Span]) -> list[Span]:
    """Remove breaks at both ends, and all but one of several in a row."""
    out: list[Span] = []
    broken = True
    for span in spans:
        if span.is_break and broken:
            continue
        out.append(span)
        broken = span.is_break or (broken and bool(span.anchor))
    while out and out[-1].is_break:
        out.pop()
    return out


def _alignments(rows: Sequence[Tag], width: int) -> list[str]:
    signs = {"left": ":---", "right": "---:", "center": ":---:"}
    found: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        for column, cell in enumerate(row.find_all(_CELLS, recursive=False)[:width]):
            given = re.search(r"(?<![\w-])text-align:(left|right|center)", css_of(cell))
            found[column].append(given[1] if given else str(cell.get("align") or "").lower())
    usual = [Counter(column).most_common(1) for column in found]
    return [signs.get(most[0][0], "---") if most else "---" for most in usual]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell or " " for cell in cells) + " |"
