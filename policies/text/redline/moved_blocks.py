"""Which blocks were moved: removed in one place and added in another, where both show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from policies.text.redline import alignment, moved_in_place
from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block, Tree
from policies.text.redline.moved_in_place import InPlace
from policies.text.redline.word_diff import changes

# Beside each threshold is what another value would change: see word_diff.py.

# The fewest characters of a block that was moved: shorter ones may be in two places by chance.
MOVED_CHARACTERS = 20  # at 10: 0, 4; at 30: 0, 2


@dataclass(slots=True)
class Moves:
    """Blocks, by id(), that are in both texts at different places.

    edited: for each whose words are not quite the same, the stretches of them that differ.
    in_place: those that are shown once.
    """

    blocks: set[int] = field(default_factory=set)
    edited: dict[int, list[range]] = field(default_factory=dict)
    in_place: InPlace = field(default_factory=InPlace)

    def add(self, block: Block) -> None:
        self.blocks.add(id(block))
        for child in block.children:
            self.add(child)

    def add_whole(self, block: Block) -> None:
        """Add a block if all that is in it was moved, and the blocks in it that are such ones."""
        for child in block.children:
            self.add_whole(child)
        if block.children and all(id(child) in self.blocks for child in block.children):
            self.blocks.add(id(block))


def find(pairs: Sequence[BlockPair], old: Tree) -> Moves:
    """Return what was moved, among what was removed and added. pairs: all, as they are shown."""
    moves = Moves(in_place=moved_in_place.find(pairs, old.blocks()))
    gone: list[Block] = []
    come: list[Block] = []
    for pair in pairs:
        for single in _single(pair):
            (come if single.new else gone).extend(_units(single.block, moves.in_place))
    units = [*gone, *come]
    gone, come = _find_same(gone, come, moves)
    # What became an item, or part of another one, elsewhere: paragraph by paragraph.
    gone, come = _find_same(_paragraphs(gone), _paragraphs(come), moves)
    _find_alike(gone, come, moves)
    for block in units:
        moves.add_whole(block)
    return moves


def _find_same(
    gone: Sequence[Block], come: Sequence[Block], moves: Moves
) -> tuple[list[Block], list[Block]]:
    """Add the blocks with the same words; return the others."""
    waiting: dict[str, list[Block]] = {}
    for block in reversed(come):
        waiting.setdefault(block.key, []).append(block)
    for block in gone:
        if waiting.get(block.key):
            moves.add(block)
            moves.add(waiting[block.key].pop())
    left, right = ([it for it in blocks if id(it) not in moves.blocks] for blocks in (gone, come))
    return left, right


def _paragraphs(blocks: Sequence[Block]) -> list[Block]:
    """Return the paragraphs in items, of at least MOVED_CHARACTERS, and the other blocks whole."""
    found = []
    for block in blocks:
        if block.kind == "row" or block.is_leaf:
            found.append(block)
        else:
            leaves = moved_in_place.leaves([block])
            found += [it for it in leaves if len(it.key) >= MOVED_CHARACTERS]
    return found


def _single(pair: BlockPair) -> Iterator[BlockPair]:
    """Yield the pairs of what was added or removed, at any depth."""
    if not (pair.old and pair.new):
        yield pair
    for child in pair.children:
        yield from _single(child)


def _units(block: Block, in_place: InPlace) -> Iterator[Block]:
    """Yield the blocks that a reader would call moved: paragraphs, items, rows; but not what was
    moved in place, nor what that is a part of.
    """
    if block.kind == "section" or id(block) in in_place.unmarked or id(block) in in_place.gone:
        return
    if (block.is_leaf or block.kind in {"item", "row"}) and id(block) not in in_place.around:
        if block.kind != "cell" and len(block.key) >= MOVED_CHARACTERS:
            yield block
        return
    for child in block.children:
        yield from _units(child, in_place)


def _find_alike(gone: Sequence[Block], come: Sequence[Block], moves: Moves) -> None:
    found = alignment.likely_partners(
        gone, come, moved_in_place.edited_likeness, lambda block: block.features
    )
    for new, old in found.items():
        one, two = _leaf(gone[old]), _leaf(come[new])
        if one is None or two is None:
            continue
        moves.add(gone[old])
        moves.add(come[new])
        hunks = changes(one.words(), two.words())
        moves.edited[id(one)] = [range(hunk.old_start, hunk.old_end) for hunk in hunks]
        moves.edited[id(two)] = [range(hunk.new_start, hunk.new_end) for hunk in hunks]


def _leaf(block: Block) -> Block | None:
    """Return the only leaf in a block; None if there are several."""
    if block.is_leaf:
        return block
    return _leaf(block.children[0]) if len(block.children) == 1 else None
