"""What is in a redline's blocks: pairs, labels, tables that are one, headings with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block, Side
from policies.text.redline.tokens import LABEL
from policies.text.word_export.numbering import BULLET


def children(pair: BlockPair) -> list[BlockPair] | None:
    """Return the pairs inside a pair; None if the two are alike, but of other blocks."""
    if pair.side is not Side.BOTH:
        return of_one_text(pair.block, pair.side)
    if pair.children or not pair.same:
        return pair.children
    old, new = pair.old[0].children, pair.new[0].children
    if [it.kind for it in old] != [it.kind for it in new]:
        return None
    return [BlockPair((one,), (two,), same=True) for one, two in zip(old, new, strict=True)]


def of_one_text(block: Block, side: Side) -> list[BlockPair]:
    """Return what is in a block that only one text has."""
    return [BlockPair.of_one(child, side) for child in block.children]


def labels(block: Block) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Return the label of each item of a list, and those after it."""
    if block.tag == "ul":
        return {}
    if block.start is not None:
        own = [f"{block.start + at}." for at in range(len(block.children))]
    else:
        own = [_own_label(item) for item in block.children]
    then = zip(own, [*([one] for one in own[1:]), []], strict=True)
    found = zip(block.children, then, strict=True)
    return {id(item): (label, tuple(after)) for item, (label, after) in found}


def _own_label(item: Block) -> str:
    runs = item.children[0].runs if item.children else []
    return runs[0].text.strip() if runs and LABEL in runs[0].marks else BULLET


def is_one_table(pair: BlockPair, rows: Iterable[BlockPair]) -> bool:
    """Return whether two tables can be shown as one: with the same columns."""
    if any(one != two for one, two in pair.columns):
        return False
    return all(_looks(row.old[0]) == _looks(row.new[0]) for row in rows if row.side is Side.BOTH)


def _looks(row: Block) -> tuple[str, list[tuple[str, str]]]:
    return row.tag, [(cell.tag, cell.attributes.get("class", "")) for cell in row.children]


def numbered_headings(
    sections: Iterable[tuple[Block, Sequence[Block]]], *, deep: bool
) -> Iterator[tuple[int, int]]:
    """Yield id() and the level of the number, 0 for a section's, of each heading that has one.

    deep: whether headings below those of sections have numbers, too.
    """
    for heading, body in sections:
        yield id(heading), 0
        for block in body:
            if deep and block.kind == "heading":
                yield id(block), max(int(block.tag[1]) - 2, 0)
