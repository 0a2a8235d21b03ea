"""Which paragraphs became part of something else where they are: an item, a quote, a new section.

Their words are shown once, in the new place, with what changed in them marked. That is possible
where all that is left of the old text still reads in its order, and so both texts can be read in
what is marked.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policies.text.redline import alignment
from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block

# Beside each threshold is what another value would change: see word_diff.py.

# The fewest features of a block that was moved and edited, and how alike its two forms must be.
MOVED_FEATURES = 6  # at 3: 0, 1; at 9: 0, 2
MOVED_LIKENESS = 0.65  # at 0.5: 0, 6; at 0.8: 0, 4


@dataclass(slots=True)
class InPlace:
    """Paragraphs, by id(), that were moved without a change of the order.

    sources: of a new paragraph the old one. unmarked: they, and new blocks that hold nothing else.
    gone: the sources, and old blocks that hold nothing else. around: blocks that hold some of these
    and others.
    """

    sources: dict[int, Block] = field(default_factory=dict)
    unmarked: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    around: set[int] = field(default_factory=set)


def find(pairs: Sequence[BlockPair], old: Iterable[Block]) -> InPlace:
    """Return the paragraphs that were moved. pairs: all, as they are shown. old: the old text."""
    shown = [*_shown(pairs)]
    places = {id(block): at for at, (block, side) in enumerate(shown) if side <= 0}
    removed: dict[str, deque[Block]] = {}
    for block, side in shown:
        if side < 0 and _can_move(block):
            removed.setdefault(block.key, deque()).append(block)
    wanted: dict[int, int] = {}
    added: list[int] = []
    for at, (block, side) in enumerate(shown):
        if side > 0 and _can_move(block):
            if removed.get(block.key):
                wanted[id(removed[block.key].popleft())] = at
            else:
                added.append(at)
    left = [block for blocks in removed.values() for block in blocks]
    come = [shown[at][0] for at in added]
    partners = alignment.likely_partners(left, come, edited_likeness, lambda it: it.features)
    wanted |= {id(left[one]): added[two] for two, one in partners.items()}
    found = InPlace()
    there = [leaf for leaf in leaves(old) if id(leaf) in places] if wanted else []
    for leaf in _in_order(there, places, wanted):
        new = shown[wanted[id(leaf)]][0]
        found.sources[id(new)] = leaf
        found.unmarked.add(id(new))
        found.gone.add(id(leaf))
    if found.gone:
        for pair in _single(pairs):
            _mark(pair.block, found.unmarked if pair.new else found.gone, found.around)
    return found


def edited_likeness(one: Block, two: Block) -> float:
    """Return how alike two blocks are, from 0 (not to be shown as moved and edited) to 1."""
    if one.kind != two.kind or min(len(one.features), len(two.features)) < MOVED_FEATURES:
        return 0
    score = 2 * len(one.features & two.features) / (len(one.features) + len(two.features))
    return score if score >= MOVED_LIKENESS else 0


def _shown(pairs: Iterable[BlockPair]) -> Iterator[tuple[Block, int]]:
    """Yield the leaves in the order in which they are shown: (leaf, 0), or 1 if only the new text
    has it, -1 if only the old one. Of what both have, yield the old leaves.
    """
    for pair in pairs:
        if not (pair.old and pair.new):
            side = 1 if pair.new else -1
            yield from ((leaf, side) for leaf in leaves(pair.old + pair.new))
        elif pair.children:
            yield from _shown(pair.children)
        else:
            yield from ((leaf, 0) for leaf in leaves(pair.old))


def _single(pairs: Iterable[BlockPair]) -> Iterator[BlockPair]:
    for pair in pairs:
        if not (pair.old and pair.new):
            yield pair
        yield from _single(pair.children)


def leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.is_leaf:
            yield block
        else:
            yield from leaves(block.children)


def _can_move(block: Block) -> bool:
    return block.kind == "text" and not block.is_silent


def _in_order(
    leaves: Sequence[Block], places: dict[int, int], wanted: Mapping[int, int]
) -> Iterator[Block]:
    """Yield the old leaves that can be shown where they are wanted, while each still comes after
    the leaf before it and before the one after it. places: of all, and then their new ones.
    """
    behind = max(places.values(), default=0) + max(wanted.values(), default=0) + 1
    for leaf in reversed(leaves):
        place, other = places[id(leaf)], wanted.get(id(leaf), -1)
        if place < other < behind:
            places[id(leaf)] = other
            yield leaf
        behind = places[id(leaf)]
    before = -1
    for leaf in leaves:
        if before < wanted.get(id(leaf), -1) < places[id(leaf)]:
            places[id(leaf)] = wanted[id(leaf)]
            yield leaf
        before = places[id(leaf)]


def _mark(block: Block, ids: set[int], around: set[int]) -> None:
    """Add the blocks that hold nothing but blocks of these to them, and those that hold others as
    well to `around`.
    """
    for child in block.children:
        _mark(child, ids, around)
    inside = {id(child) for child in block.children}
    if inside and inside <= ids:
        ids.add(id(block))
    elif not inside.isdisjoint(ids) or not inside.isdisjoint(around):
        around.add(id(block))
