"""Numbers of lists that readers are shown otherwise than they are written.

CommonMark counts on from a list's first number, whatever the others are (section 5.3); and a line
that begins with (a) is no entry of a list, so it runs on from the line before it. Pure.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_LABEL = re.compile(r"\(?([a-z]{1,4})[.)][ \t]")
# The first two of a list: letters, Roman numbers.
_BEGINNINGS = (("a", "b"), ("i", "ii"))


def renumbered(tokens: Sequence[Token]) -> dict[int, tuple[int, int]]:
    """Return where lists are numbered otherwise than written: in each list, the first entry.

    Each as the index of its token, and its number as written and as shown. A list in which all
    numbers are the same says that they don't matter.
    """
    wrong: dict[int, tuple[int, int]] = {}
    lists: list[list[tuple[int, int]]] = []  # of each open list, its entries: index, number
    for index, token in enumerate(tokens):
        if token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append([])
        elif token.type == "list_item_open" and token.info:
            lists[-1].append((index, int(token.info)))
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            entries = lists.pop()
            if len({number for _, number in entries}) > 1:
                first = entries[0][1]
                wrong |= next(
                    (
                        {at: (number, shown)}
                        for shown, (at, number) in enumerate(entries, first)
                        if number != shown
                    ),
                    {},
                )
    return wrong


def run_on(inline: Token) -> bool:
    """Tell whether lines of a paragraph begin like entries of a list: (a) and (b), i. and ii."""
    children = inline.children or []
    labels = [
        found[1]
        for before, child in zip([None, *children], children, strict=False)
        if child.type == "text" and (before is None or before.type == "softbreak")
        if (found := _LABEL.match(child.content))
    ]
    return any(pair in _BEGINNINGS for pair in itertools.pairwise(labels))
