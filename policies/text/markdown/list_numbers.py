"""List items that a page without clauses shows under another number than they are written.

CommonMark counts on from a list's first number, whatever the others are (section 5.3). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token


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
            at = next((at for at, number in enumerate(shown) if numbers[at] != number), None)
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
