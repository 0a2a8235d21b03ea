"""Which numbers before headings and clauses only give a position, judged by those around them."""

from collections.abc import Iterable, Sequence

from policies.text.markdown import headings
from policies.text.markdown.counting import counting, counting_clauses
from policies.text.redline.blocks import Block, Tree
from policies.text.redline.tokens import plain


def mark(tree: Tree) -> None:
    """Set `number` of each block. Parsing could only guess it: the blocks around it decide."""
    _mark_headings([heading for heading, _ in tree.sections])
    for index, body in enumerate([tree.introduction, *(body for _, body in tree.sections)]):
        for siblings in _siblings(body):
            _mark_headings(siblings)
        _mark_clauses([block for block in body if block.tag == "p"], index)


def has_other_number(block: Block) -> bool:
    """Return whether a heading or a paragraph begins with a number that names something."""
    beginning = _beginning(block)
    if block.kind in {"heading", "section"}:
        return not block.number and bool(headings.own_number(beginning))
    return not block.number and beginning[:1].isdigit()


def _beginning(block: Block) -> str:
    return "".join(run.text for run in block.runs[:2])


def _siblings(body: Iterable[Block]) -> list[list[Block]]:
    """Return the headings of a section in groups: those below the same heading."""
    found: list[list[Block]] = []
    opened: dict[str, list[Block]] = {}
    for block in body:
        if block.kind in {"heading", "section"}:
            opened = {tag: blocks for tag, blocks in opened.items() if tag <= block.tag}
            if block.tag not in opened:
                opened[block.tag] = []
                found.append(opened[block.tag])
            opened[block.tag].append(block)
    return found


def _mark_headings(blocks: Sequence[Block]) -> None:
    numbers = counting([_beginning(block) for block in blocks])
    for block, number in zip(blocks, numbers, strict=True):
        if block.number and not number:
            block.number = 0
            block.key = plain(block.runs)


def _mark_clauses(blocks: Sequence[Block], section: int) -> None:
    numbers = counting_clauses([_beginning(block) for block in blocks], section)
    for block, number in zip(blocks, numbers, strict=True):
        if number and not block.number:
            block.number = number
            block.key = plain(block.runs).partition(" ")[2]
