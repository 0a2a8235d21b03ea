"""Which blocks were moved.

Some were removed in one place and added in another: both places show them. Some paragraphs became
part of something else where they are, of an item, a quote, a new section: their words are shown
once, in the new place, with what changed in them marked. That is possible where all that is left of
the old text still reads in its order, and so both texts can be read in what is marked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block, Side, Tree
from policies.text.redline.matching import (
    MOVED_CHARACTERS,
    MOVED_FEATURES,
    MOVED_LIKENESS,
    Matcher,
)
from policies.text.redline.word_diff import changes


@dataclass(slots=True)
class Moves:
    """Blocks, by id(), that are in both texts at different places.

    edited: for each whose words are not quite the same, the stretches of them that differ. Of
    paragraphs that are shown once, sources: of a new one the old one. unmarked: the new ones, and
    new blocks that hold nothing else. gone: the sources, and old blocks that hold nothing else.
    around: blocks that hold some of these and others.
    """

    blocks: set[int] = field(default_factory=set)
    edited: dict[int, list[range]] = field(default_factory=dict)
    sources: dict[int, Block] = field(default_factory=dict)
    unmarked: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    around: set[int] = field(default_factory=set)

    def add(self, *blocks: Block) -> None:
        for block in blocks:
            self.blocks.add(id(block))
            self.add(*block.children)

    def add_cells(self, row: Block, other: Block) -> None:
        """Add a row, and of its cells those that the other row has."""
        self.blocks.add(id(row))
        keys = {cell.key for cell in other.children}
        self.blocks.update(id(cell) for cell in row.children if cell.key in keys)

    def add_whole(self, block: Block) -> None:
        """Add a block if all that is in it was moved, and the blocks in it that are such ones."""
        for child in block.children:
            self.add_whole(child)
        if block.children and all(id(child) in self.blocks for child in block.children):
            self.blocks.add(id(block))


def find_moves(pairs: Sequence[BlockPair], old: Tree) -> Moves:
    """Return what was moved, among what was removed and added. pairs: all, as they are shown."""
    moves = Moves()
    _find_shown_once(pairs, old.blocks(), moves)
    gone: list[Block] = []
    come: list[Block] = []
    for single in _single_pairs(pairs):
        (come if single.new else gone).extend(_movable_blocks(single.block, moves))
    whole = Matcher(gone, come)
    whole.by_key(lambda block: block.key)
    for pair in whole:
        moves.add(*pair)
    left, right = whole.left()
    # What became an item, or part of another one, elsewhere: paragraph by paragraph.
    olds, news = (
        _paragraphs_of_items(gone[i] for i in left),
        _paragraphs_of_items(come[j] for j in right),
    )
    for before, after in _match_blocks(olds, news):
        if before.key != after.key:
            old_leaf, new_leaf = _only_leaf(before), _only_leaf(after)
            if old_leaf is None or new_leaf is None:
                continue
            hunks = changes(old_leaf.words(), new_leaf.words())
            moves.edited[id(old_leaf)] = [range(hunk.old_start, hunk.old_end) for hunk in hunks]
            moves.edited[id(new_leaf)] = [range(hunk.new_start, hunk.new_end) for hunk in hunks]
        moves.add(before, after)
    for before, after in _rows_of_other_tables(olds, news, moves):
        moves.add_cells(before, after)
        moves.add_cells(after, before)
    for block in (*gone, *come):
        moves.add_whole(block)
    return moves


def _rows_of_other_tables(
    old: Iterable[Block], new: Iterable[Block], moves: Moves
) -> Matcher[Block]:
    """Pair the rows that went unchanged to a table with fewer or with more columns."""

    def is_left(block: Block) -> bool:
        return block.kind == "row" and id(block) not in moves.blocks

    matcher = Matcher([*filter(is_left, old)], [*filter(is_left, new)])
    matcher.by_likeness(_likeness_of_rows, lambda row: row.features)
    return matcher


def _likeness_of_rows(old: Block, new: Block) -> float:
    """Return the share of the longer row that the other one is; 0 if it has other cells."""
    shorter, longer = sorted((old.children, new.children), key=len)
    keys = {cell.key for cell in shorter if not cell.is_silent}
    is_within = keys <= {cell.key for cell in longer}
    return len(keys) / len(longer) if is_within and 1 < len(keys) < len(longer) else 0


def _paragraphs_of_items(blocks: Iterable[Block]) -> list[Block]:
    """Return the paragraphs in items, of at least MOVED_CHARACTERS, and the other blocks whole."""
    found: list[Block] = []
    for block in blocks:
        if block.kind == "row" or block.is_leaf:
            found.append(block)
        else:
            found += [leaf for leaf in _leaves([block]) if len(leaf.key) >= MOVED_CHARACTERS]
    return found


def _match_blocks(old: Sequence[Block], new: Sequence[Block]) -> Matcher[Block]:
    """Pair blocks with the same words, then those that were edited."""
    matcher = Matcher(old, new)
    matcher.by_key(lambda block: block.key)
    matcher.by_likeness(_likeness_of_edited, lambda block: block.features)
    return matcher


def _single_pairs(pairs: Iterable[BlockPair]) -> Iterator[BlockPair]:
    for pair in pairs:
        if pair.side is not Side.BOTH:
            yield pair
        yield from _single_pairs(pair.children)


def _movable_blocks(block: Block, moves: Moves) -> Iterator[Block]:
    """Yield the blocks that a reader would call moved: paragraphs, items, rows; but not what was
    moved in place, nor what that is a part of.
    """
    if block.kind == "section" or id(block) in moves.unmarked or id(block) in moves.gone:
        return
    if (block.is_leaf or block.kind in {"item", "row"}) and id(block) not in moves.around:
        if block.kind != "cell" and len(block.key) >= MOVED_CHARACTERS:
            yield block
        return
    for child in block.children:
        yield from _movable_blocks(child, moves)


def _only_leaf(block: Block) -> Block | None:
    if block.is_leaf:
        return block
    return _only_leaf(block.children[0]) if len(block.children) == 1 else None


def _find_shown_once(pairs: Sequence[BlockPair], old: Iterable[Block], moves: Moves) -> None:
    shown = [*_shown_leaves(pairs)]
    places: dict[int, int] = {}
    paragraphs: dict[Side, list[Block]] = {side: [] for side in Side}
    for at, (leaf, side) in enumerate(shown):
        places[id(leaf)] = at
        if leaf.kind == "text" and not leaf.is_silent:
            paragraphs[side].append(leaf)
    matched = _match_blocks(paragraphs[Side.OLD], paragraphs[Side.NEW])
    wanted = {id(old_leaf): places[id(leaf)] for old_leaf, leaf in matched}
    leaves = [leaf for leaf in _leaves(old) if id(leaf) in places] if wanted else []
    for leaf in _movable_in_order(leaves, places, wanted):
        new = shown[wanted[id(leaf)]][0]
        moves.sources[id(new)] = leaf
        moves.unmarked.add(id(new))
        moves.gone.add(id(leaf))
    if moves.gone:
        for pair in _single_pairs(pairs):
            _add_containers(pair.block, moves.unmarked if pair.new else moves.gone, moves.around)


def _likeness_of_edited(old: Block, new: Block) -> float:
    if old.kind != new.kind or min(len(old.features), len(new.features)) < MOVED_FEATURES:
        return 0
    score = 2 * len(old.features & new.features) / (len(old.features) + len(new.features))
    return score if score >= MOVED_LIKENESS else 0


def _shown_leaves(pairs: Iterable[BlockPair]) -> Iterator[tuple[Block, Side]]:
    """Yield the leaves in the order in which they are shown, each with the text that has it. Of
    what both have, yield the old leaves.
    """
    for pair in pairs:
        if pair.side is Side.BOTH and pair.children:
            yield from _shown_leaves(pair.children)
        else:
            yield from ((leaf, pair.side) for leaf in _leaves(pair.old or pair.new))


def _leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.is_leaf:
            yield block
        else:
            yield from _leaves(block.children)


def _movable_in_order(
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


def _add_containers(block: Block, ids: set[int], around: set[int]) -> None:
    """Add the blocks that hold nothing but blocks of these to them, and those that hold others as
    well to `around`.
    """
    for child in block.children:
        _add_containers(child, ids, around)
    inside = {id(child) for child in block.children}
    if inside and inside <= ids:
        ids.add(id(block))
    elif not inside.isdisjoint(ids) or not inside.isdisjoint(around):
        around.add(id(block))
