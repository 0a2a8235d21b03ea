"""Two Documents as one row of pairs of blocks, in an order that is right for both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block, Tree
from policies.text.redline.section_pairing import SectionPair


@dataclass(frozen=True, slots=True)
class PairedSection:
    """The heading of a section, and what is below it.

    old: its index in the old text, or None. move: of a section that was moved and is otherwise the
    same, what the place where it was and the one where it is have in common; 0 for any other.
    """

    heading: BlockPair
    body: Sequence[BlockPair]
    old: int | None
    move: int = 0


@dataclass(frozen=True, slots=True)
class PairedTexts:
    """All blocks of two Documents.

    Whoever leaves out what only one text has reads the other in its order: a section that was moved
    is removed where it was, and added where it is. new_ids: the ids in the new text.
    """

    old_tree: Tree
    new_tree: Tree
    title: BlockPair
    introduction: Sequence[BlockPair]
    sections: Sequence[PairedSection]
    notes: Sequence[BlockPair]
    new_ids: frozenset[str]


def in_both_orders(
    groups: Sequence[Sequence[SectionPair]],
    headings: Mapping[SectionPair, BlockPair],
    bodies: Mapping[SectionPair, Sequence[BlockPair]],
    trees: tuple[Tree, Tree],
    moved: Set[SectionPair],
) -> list[PairedSection]:
    """Return the sections, those that were moved once for each text.

    groups: of sections that are parts of one. headings, bodies: of each section.
    """
    found: list[PairedSection] = []
    away: dict[int, PairedSection] = {}
    for group in groups:
        if not moved.isdisjoint(group):
            pairs = [it for section in group for it in (headings[section], *bodies[section])]
            move = len(away) + 1 if all(pair.same for pair in pairs) else 0
            for section in group:
                if section.old is not None:
                    away[section.old] = _single(trees[0], section.old, move, was_there=True)
                if section.new is not None:
                    found.append(_single(trees[1], section.new, move, was_there=False))
            continue
        found += [PairedSection(headings[it], bodies[it], it.old) for it in group]
    return list(_with(found, away))


def _with(
    found: Sequence[PairedSection], away: Mapping[int, PairedSection]
) -> Iterator[PairedSection]:
    """Yield sections, and those that were moved away behind the ones that they followed."""
    at = -1

    def following() -> Iterator[PairedSection]:
        nonlocal at
        while at + 1 in away:
            at += 1
            yield away[at]

    yield from following()
    for section in found:
        yield section
        if section.old is not None:
            at = section.old
            yield from following()


def _single(tree: Tree, index: int, move: int, *, was_there: bool) -> PairedSection:
    heading, body = tree.sections[index]

    def pair(block: Block) -> BlockPair:
        return BlockPair((block,), ()) if was_there else BlockPair((), (block,))

    return PairedSection(pair(heading), [*map(pair, body)], index if was_there else None, move)
