"""List items that a page without clauses shows under another number than they are written.

CommonMark counts on from a list's first number, whatever the others are (section 5.3). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policies.text.markdown.tree import Block, walk


def lists(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield each list."""
    return (block for block in walk(blocks) if block.kind in {"ordered_list", "bullet_list"})


def renumbered(blocks: Iterable[Block]) -> Iterator[tuple[Block, int, int]]:
    """Yield the first item of each list that the page numbers otherwise than it is written, with
    its number as written and as shown.

    Not of lists in which all numbers are the same, which says that they don't matter.
    """
    for block in lists(blocks):
        items = [item for item in block.children if item.info]
        numbers = [int(item.info) for item in items]
        if len(set(numbers)) > 1:
            shown = range(numbers[0], numbers[0] + len(numbers))
            for item, written, counted in zip(items, numbers, shown, strict=True):
                if written != counted:
                    yield item, written, counted
                    break


def longest(blocks: Iterable[Block]) -> tuple[int, int]:
    """Return how many items the longest list has, and the highest number that a list shows."""
    most = number = 0
    for block in lists(blocks):
        most = max(most, len(block.children))
        if block.kind == "ordered_list":
            start = int(block.attributes.get("start", 1))
            number = max(number, start - 1 + len(block.children))
    return most, number
