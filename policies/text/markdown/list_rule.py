"""The rule that reads lists: as CommonMark has them, and in texts with clauses items with labels.

A block rule of markdown-it-py, in place of its own. In a text with clauses (a), iv. and 2.1 begin
items as 1. does, and each item keeps its label in the attribute LABEL. Not so in quotations and
definitions, and in the first block of a note. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from policies.text.markdown.labels import (
    MOST_LINES,
    is_first_label,
    is_followed,
    is_number,
    sign_at,
)

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

# The attribute of a list item's token that holds its label, and what its `meta` has the column by
# in which its content begins.
LABEL = "label"
COLUMN = "column"
# Keys of the parser's environment: whether the text has clauses; the items around a line; the level
# of the tokens in the note around it.
CLAUSES = "clauses"
_OPEN = "open items"
_NOTE = "level in note"


class _OpenItem(NamedTuple):
    """column, level: where its content begins, and of the tokens in it."""

    column: int
    level: int
    has_labels: bool


def read_list(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Read the list that begins in a line, if one does. silent: only whether one does."""
    if state.is_code_block(line) or _is_continuation(state, line):
        return False
    has_labels = bool(state.env.get(CLAUSES)) and _may_have_labels(state, line, silent)
    sign = _sign(state, line, has_labels)
    if not sign:
        return False
    if silent:
        ends_paragraph = state.parentType == "paragraph" and state.sCount[line] >= state.blkIndent
        return not ends_paragraph or _may_end_paragraph(state, line, sign)
    is_bullet = len(sign) == 1
    kind, tag = ("bullet_list", "ul") if is_bullet else ("ordered_list", "ol")
    opening = state.push(f"{kind}_open", tag, 1)
    opening.markup = _delimiter(sign)
    if is_number(sign) and int(sign[:-1]) != 1:
        opening.attrs = {"start": int(sign[:-1])}
    first = len(state.tokens)
    around, state.parentType = state.parentType, "list"
    items: list[Token] = []
    is_tight, begin = True, line
    while sign:
        if items and state.isEmpty(line - 1):
            is_tight = False  # an empty line between two items
        item, holds_together = _read_item(state, line, end_line, sign, has_labels)
        items.append(item)
        is_tight &= holds_together
        line = state.line
        sign = _next_sign(state, line, end_line, has_labels)
        if (len(sign) == 1) != is_bullet or _delimiter(sign) != opening.markup:
            sign = ""
    state.parentType = around
    state.push(f"{kind}_close", tag, -1).markup = opening.markup
    opening.map = [begin, line]
    state.line = line
    if is_tight:
        _hide_paragraphs(state.tokens[first:], state.level + 2)
    if state.env.get(CLAUSES) and not is_bullet:
        _count_up(items)
    return True


def _is_continuation(state: StateBlock, line: int) -> bool:
    """Return whether a line is outside of the item before it, but too far to the right for a new
    one: then it is more of the item's words.
    """
    column = state.sCount[line]
    if column >= state.blkIndent or column < 4:
        return False
    containers = [0, state.listIndent, *(item.column for item in _open_items(state))]
    around = max((start for start in containers if start <= column), default=column)
    return column - around >= 4


def _open_items(state: StateBlock) -> list[_OpenItem]:
    items: list[_OpenItem] = state.env.setdefault(_OPEN, [])
    return items


def _may_have_labels(state: StateBlock, line: int, silent: bool) -> bool:
    if silent and state.sCount[line] < state.blkIndent:
        return True  # what is around the line before may end here
    around = _open_items(state)[-1:]
    if around and around[0].level == state.level:
        return around[0].has_labels
    is_first_in_note = state.tokens and state.tokens[-1].type == "footnote_reference_open"
    return state.level in (0, state.env.get(_NOTE)) and not is_first_in_note


def in_note(rule: Callable[[StateBlock, int, int, bool], bool]) -> Callable[..., bool]:
    """Return the rule that reads a note, so that lists in it are known to be in one."""

    def read(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
        around = state.env.get(_NOTE)
        state.env[_NOTE] = state.level + 1
        is_note = rule(state, line, end_line, silent)
        state.env[_NOTE] = around
        return is_note

    return read


def _sign(state: StateBlock, line: int, has_labels: bool) -> str:
    start = state.bMarks[line] + state.tShift[line]
    return sign_at(state.src, start, state.eMarks[line], clauses=has_labels)


def _delimiter(sign: str) -> str:
    """Return what the items of one list have in common: 2.1 belongs to 2. and not to 2)."""
    return sign if len(sign) < 2 else ")" if sign[-1] == ")" else "."


def _may_end_paragraph(state: StateBlock, line: int, sign: str) -> bool:
    """Return whether an item may follow a line of text: it has words, and no number but 1, or a
    label behind which the next one comes, as (h) behind (g).
    """
    if is_number(sign):
        is_first = int(sign[:-1]) == 1
    else:
        is_first = len(sign) == 1 or is_first_label(sign) or is_followed(sign, _beside(state, line))
    after = state.bMarks[line] + state.tShift[line] + len(sign)
    return is_first and state.skipSpaces(after) < state.eMarks[line]


def _beside(state: StateBlock, line: int) -> Iterator[str]:
    """Yield the next lines, up to an empty one, that begin in the same column as this one."""
    for other in range(line + 1, min(line + 1 + MOST_LINES, state.lineMax)):
        if state.isEmpty(other):
            return
        if state.sCount[other] == state.sCount[line]:
            yield state.src[state.bMarks[other] + state.tShift[other] : state.eMarks[other]]


def _next_sign(state: StateBlock, line: int, end_line: int, has_labels: bool) -> str:
    """Return the sign with which this line goes on after an item; "" if the list ends before it."""
    if line >= end_line or state.sCount[line] < state.blkIndent or state.is_code_block(line):
        return ""
    ends = state.md.block.ruler.getRules("list")
    if any(rule(state, line, end_line, True) for rule in ends):
        return ""
    return _sign(state, line, has_labels)


def _read_item(
    state: StateBlock, line: int, end_line: int, sign: str, has_labels: bool
) -> tuple[Token, bool]:
    """Read an item. Return the token that opens it, and whether no empty line divides its blocks.

    Its content begins in the column of its first word; one column after the sign if there is none,
    or if it begins with a block of code.
    """
    after = state.tShift[line] + len(sign)
    words = state.skipSpaces(state.bMarks[line] + after)
    column = behind_sign = state.sCount[line] + len(sign)
    for character in state.src[state.bMarks[line] + after : words]:
        column += 4 - (column + state.bsCount[line]) % 4 if character == "\t" else 1
    is_empty = words >= state.eMarks[line]
    indent = behind_sign + 1 if is_empty or column - behind_sign > 4 else column

    item = state.push("list_item_open", "li", 1)
    item.markup = _delimiter(sign)
    item.meta = {COLUMN: indent}
    if len(sign) > 1:
        item.info = sign[:-1] if is_number(sign) else ""
        if state.env.get(CLAUSES):
            item.attrs[LABEL] = sign
    before = state.tShift[line], state.sCount[line], state.listIndent, state.blkIndent, state.tight
    state.tShift[line], state.sCount[line] = words - state.bMarks[line], column
    state.listIndent, state.blkIndent, state.tight = state.blkIndent, indent, True
    _open_items(state).append(_OpenItem(indent, state.level, has_labels))
    if is_empty and state.isEmpty(line + 1):
        state.line = min(state.line + 2, end_line)  # an item can begin with one empty line only
    else:
        state.md.block.tokenize(state, line, end_line)
    holds_together = state.tight
    _open_items(state).pop()
    state.tShift[line], state.sCount[line], state.listIndent, state.blkIndent, state.tight = before
    state.push("list_item_close", "li", -1).markup = item.markup
    item.map = [line, state.line]
    return item, holds_together


def _hide_paragraphs(tokens: Sequence[Token], level: int) -> None:
    """Hide the paragraphs of a tight list's own items: their words have no element around them."""
    for token in tokens:
        if token.level == level and token.type in {"paragraph_open", "paragraph_close"}:
            token.hidden = True


def _count_up(items: Sequence[Token]) -> None:
    """Count on from the first number where all items have the same one, as CommonMark does."""
    label = str(items[0].attrs[LABEL])
    is_same = all(item.attrs[LABEL] == label for item in items)
    if len(items) > 1 and is_same and is_number(label):
        for place, item in enumerate(items):
            item.attrs[LABEL] = f"{int(label[:-1]) + place}{label[-1]}"
