"""List items that a page without clauses shows under another number than they are written.

CommonMark counts on from a list's first number, whatever the others are (section 5.3); and a line
that begins with (a), 1.1 or • is no list item, so it runs on from the line before it. Pure.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

# (a)  a.  ii)  (A)  A)  (1)  1.1 We  •
_LABEL = re.compile(
    r"(?:\(?(?P<small>[a-z]{1,4})[.)]|\(?(?P<large>[A-Z]{1,4})\)|\((?P<number>\d{1,2})\)"
    r"|(?P<dotted>\d{1,2}(?:\.\d{1,2}){1,3})\.?(?=[ \t]+[^\W\d_a-z])|(?P<sign>[•‣◦▪●·–—]))[ \t]"
)
# The first two of a list: letters, Roman numerals, digits.
_BEGINNINGS = (("a", "b"), ("i", "ii"), ("1", "2"))


def lists(tokens: Iterable[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Yield each list as the token that opens it, and those of its items; inner lists first."""
    opened: list[tuple[Token, list[Token]]] = []
    for token in tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            opened.append((token, []))
        elif token.type == "list_item_open":
            opened[-1][1].append(token)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            yield opened.pop()


def renumbered(tokens: Sequence[Token]) -> dict[int, tuple[int, int]]:
    """Return the first item of each list that the page numbers otherwise than it is written.

    As index of its token → its number as written, and as shown. Not of lists in which all numbers
    are the same, which says that they don't matter.
    """
    wrong: dict[int, tuple[int, int]] = {}
    index = {id(token): at for at, token in enumerate(tokens)}
    for _, items in lists(tokens):
        numbers = [int(item.info) for item in items if item.info]
        if len(set(numbers)) > 1:
            shown = range(numbers[0], numbers[0] + len(numbers))
            at = next((n for n, it in enumerate(shown) if numbers[n] != it), None)
            if at is not None:
                wrong[index[id(items[at])]] = (numbers[at], shown[at])
    return wrong


def longest(tokens: Sequence[Token]) -> tuple[int, int]:
    """Return how many items the longest list has, and the highest number that a list shows."""
    most = number = 0
    for opening, items in lists(tokens):
        most = max(most, len(items))
        if opening.type == "ordered_list_open":
            number = max(number, int(opening.attrs.get("start", 1)) - 1 + len(items))
    return most, number


def run_on(inline: Token) -> bool:
    """Return whether lines of a paragraph begin like list items: (a) and (b), 1.1 and 1.2."""
    children = inline.children or []
    labels = [
        found
        for before, child in zip([None, *children], children, strict=False)
        if child.type == "text" and (before is None or before.type == "softbreak")
        if (found := _LABEL.match(child.content))
    ]
    return any(_is_next(one, two) for one, two in itertools.pairwise(labels))


def _is_next(one: re.Match[str], two: re.Match[str]) -> bool:
    """Return whether a label is the second of a list that begins with another."""
    kind = one.lastgroup
    if kind is None or kind != two.lastgroup:
        return False
    if kind == "sign":
        return one[kind] == two[kind]
    if kind == "dotted":
        *before, last = one[kind].split(".")
        return two[kind] == ".".join([*before, str(int(last) + 1)])
    return (one[kind].lower(), two[kind].lower()) in _BEGINNINGS
