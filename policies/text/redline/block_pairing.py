"""Which block of the old text is which of the new, and what changed in its words.

The result is one sequence in reading order that holds both texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from policies.text.likeness import FEW_FEATURES, shared
from policies.text.redline.alignment import Hunk
from policies.text.redline.blocks import Block, Side
from policies.text.redline.matching import (
    ALONE,
    BETWEEN_OTHERS,
    DIVISION_WINDOW,
    EXCHANGED_FEATURES,
    EXCHANGED_SHARE,
    PART_OF_PARAGRAPH,
    SAME_FIRST_CELL,
    SAME_NAME,
    TEXT_BETWEEN_OTHERS,
    in_reading_order,
)
from policies.text.redline.parsing import has_other_number
from policies.text.redline.tokens import PARAGRAPH, POSITION, Word
from policies.text.redline.word_diff import changes


@dataclass(eq=False, slots=True)
class BlockPair:
    """A place in the marked-up text.

    old, new: the blocks of each text. One is empty where a block was added or removed; both may
    hold several paragraphs where one was divided or some were joined. children: the pairs inside a
    container. columns: of a table, (old, new) indexes in the order to show. same: the block is
    shown as it is. is_reworded: whether words changed, once compare_words() has found that out.
    """

    old: tuple[Block, ...] = ()
    new: tuple[Block, ...] = ()
    children: list[BlockPair] = field(default_factory=list)
    columns: list[tuple[int | None, int | None]] = field(default_factory=list)
    same: bool = False
    is_reworded: bool = False

    @classmethod
    def of_one(cls, block: Block, side: Side) -> BlockPair:
        """Return the place of a block that only one of the texts has."""
        return cls((block,), ()) if side is Side.OLD else cls((), (block,))

    @property
    def side(self) -> Side:
        """The text that has it."""
        if self.old and self.new:
            return Side.BOTH
        return Side.NEW if self.new else Side.OLD

    @property
    def sides(self) -> tuple[tuple[Side, tuple[Block, ...]], ...]:
        """The blocks of each text."""
        return (Side.OLD, self.old), (Side.NEW, self.new)

    @property
    def block(self) -> Block:
        """The block to show: the new one, or the old one where there is none."""
        return (self.new or self.old)[0]

    def compare_words(self) -> tuple[list[Word], list[Word], list[Hunk]]:
        """Return the old words, the new ones, and what changed in them.

        They are not kept: the words of a long text take many times its own memory.
        """
        before, after = self.old[0], self.new[0]
        # Otherwise the number of one only gives its position, and the other's does not.
        is_named = (before.number and has_other_number(after)) or (
            after.number and has_other_number(before)
        )
        counted = not is_named
        old = _joined_words(self.old, counted=counted)
        new = _joined_words(self.new, counted=counted)
        if old and new and (old[0].key == POSITION) != (new[0].key == POSITION):
            # A number that only counts was added or removed. It is no change of words: the other
            # side gets an empty one to pair it with.
            (new if old[0].key == POSITION else old).insert(0, Word(POSITION, ""))
        hunks = changes(old, new)
        self.is_reworded = bool(hunks)
        return old, new, hunks


def pair_blocks(old: Sequence[Block], new: Sequence[Block]) -> list[BlockPair]:
    """Pair the blocks of two rows of siblings, and compare each pair."""
    return [compared(pair) for pair in _regrouped(_joined_at_breaks(_pair_siblings(old, new)))]


def _pair_siblings(old: Sequence[Block], new: Sequence[Block]) -> list[BlockPair]:
    return [BlockPair(_block_at(old, i), _block_at(new, j)) for i, j in _match_siblings(old, new)]


def _block_at(blocks: Sequence[Block], index: int | None) -> tuple[Block, ...]:
    return () if index is None else (blocks[index],)


def _match_siblings(
    old: Sequence[Block], new: Sequence[Block]
) -> Iterator[tuple[int | None, int | None]]:
    return in_reading_order(
        old,
        new,
        key=lambda block: block.key,
        likeness=_likeness,
        features=lambda block: block.features,
        replaces=_replaces,
    )


def _likeness(old: Block, new: Block) -> float:
    if old.kind != new.kind:
        return 0
    if old.name and old.name == new.name:
        return SAME_NAME
    score = shared(old.features, new.features)
    if old.kind == "row" and old.children and new.children:
        score += SAME_FIRST_CELL * (old.children[0].key == new.children[0].key)
    return score if score >= BETWEEN_OTHERS.get(old.kind, TEXT_BETWEEN_OTHERS) else 0


def _replaces(old: Block, new: Block) -> bool:
    """Return whether two blocks, alone in the same place, are shown as one that changed."""
    if old.kind != new.kind or old.is_silent != new.is_silent:
        return False
    if old.kind in {"table", "quote", "box"}:
        return _likeness(old, new) > 0
    short = max(len(old.features), len(new.features)) <= FEW_FEATURES
    return short or not old.is_leaf or shared(old.features, new.features) >= ALONE


def _joined_at_breaks(pairs: Sequence[BlockPair]) -> list[BlockPair]:
    """Join neighbouring pairs of paragraphs if their words are equal and only the breaks differ."""
    words = [_words_of_paragraphs(pair) for pair in pairs]
    grouped: list[BlockPair] = []
    at = 0
    while at < len(pairs):
        end = _end_of_break(words, at)
        old: list[Block] = []
        new: list[Block] = []
        for pair in pairs[at:end]:
            old += pair.old
            new += pair.new
        grouped.append(BlockPair(tuple(old), tuple(new)))
        at = end
    return grouped


def _words_of_paragraphs(pair: BlockPair) -> tuple[str, str] | None:
    """Return the old and the new words without spaces, None if there are other blocks."""
    if any(block.tag != "p" for block in pair.old + pair.new):
        return None
    old = "".join(block.key for block in pair.old)
    new = "".join(block.key for block in pair.new)
    return old.replace(" ", ""), new.replace(" ", "")


def _end_of_break(words: Sequence[tuple[str, str] | None], start: int) -> int:
    """Return the index after the pair where both texts' words are equal again, else `start` + 1."""
    old = new = ""
    for at in range(start, min(start + DIVISION_WINDOW, len(words))):
        here = words[at]
        if here is None:
            break
        old += here[0]
        new += here[1]
        if old == new and (old or at == start):
            return at + 1
        if not (old.startswith(new) or new.startswith(old)):
            break
    return start + 1


class _Group:
    """Neighbouring pairs of paragraphs that are shown as one.

    is_prose: whether it is changed paragraphs, of which alone there are groups. gone, come: the
    features that only its old or only its new paragraphs have. All features are kept up to date as
    the group grows: collecting them anew would take quadratic time.
    """

    def __init__(self, pair: BlockPair) -> None:
        self.old, self.new = list(pair.old), list(pair.new)
        is_same = [block.key for block in pair.old] == [block.key for block in pair.new]
        self.is_prose = not is_same and all(block.tag == "p" for block in pair.old + pair.new)
        self.old_features: set[str] = set()
        self.new_features: set[str] = set()
        if self.is_prose:
            self.old_features.update(*(block.features for block in pair.old))
            self.new_features.update(*(block.features for block in pair.new))
        self.gone = self.old_features - self.new_features
        self.come = self.new_features - self.old_features

    def add(self, other: _Group, *, before: bool = False) -> None:
        if before:
            self.old, self.new = other.old + self.old, other.new + self.new
        else:
            self.old += other.old
            self.new += other.new
        self.gone -= other.new_features
        self.gone |= other.gone - self.new_features
        self.come -= other.old_features
        self.come |= other.come - self.old_features
        self.old_features |= other.old_features
        self.new_features |= other.new_features

    def pair(self) -> BlockPair:
        return BlockPair(tuple(self.old), tuple(self.new))


def _regrouped(pairs: Sequence[BlockPair]) -> list[BlockPair]:
    """Add to a changed paragraph the blocks beside it whose words left it or went into it."""
    grouped: list[BlockPair] = []
    group: _Group | None = None
    for pair in pairs:
        here = _Group(pair)
        if group and (_is_part_of(here, group) or _have_exchanged_words(group, here)):
            group.add(here)
            continue
        if group and _is_part_of(group, here):
            here.add(group, before=True)
            while grouped and _is_part_of(last := _Group(grouped[-1]), here):
                here.add(last, before=True)
                grouped.pop()
        elif group:
            grouped.append(group.pair())
        group = here
    return [*grouped, group.pair()] if group else grouped


def _is_part_of(single: _Group, changed: _Group) -> bool:
    """Return whether a paragraph that was added or removed is a part of one that changed."""
    if len(single.old) + len(single.new) != 1 or not (changed.old and changed.new):
        return False
    if not (single.is_prose and changed.is_prose):
        return False
    sides = (changed.old_features, changed.new_features)
    if single.new:
        return PART_OF_PARAGRAPH.is_met(single.new_features, *sides)
    return PART_OF_PARAGRAPH.is_met(single.old_features, *reversed(sides))


def _have_exchanged_words(group: _Group, following: _Group) -> bool:
    """Return whether words went from one changed paragraph to the next: their border was moved."""
    if not (group.old and group.new and following.old and following.new):
        return False
    if not (group.is_prose and following.is_prose):
        return False
    return any(
        len(went & came) >= max(EXCHANGED_FEATURES, EXCHANGED_SHARE * len(went))
        for went, came in ((group.gone, following.come), (following.gone, group.come))
    )


def compared(pair: BlockPair) -> BlockPair:
    """Fill in what changed inside a pair, and return the pair."""
    if pair.side is not Side.BOTH:
        return pair
    old, new = pair.old[0], pair.new[0]
    one_of_each = len(pair.old) == len(pair.new) == 1
    if one_of_each and old.key == new.key and old.looks_like(new):
        pair.same = True
    elif old.kind == "table":
        _compare_tables(pair)
    elif not old.is_leaf:
        pair.children = pair_blocks(old.children, new.children)
    return pair


def _joined_words(blocks: Sequence[Block], *, counted: bool) -> list[Word]:
    joined: list[Word] = []
    for block in blocks:
        if joined:
            joined.append(Word(PARAGRAPH, "¶", " "))
        joined += block.words(counted=counted)
    return joined


def _compare_tables(pair: BlockPair) -> None:
    """Pair the columns by their headers, then the rows, then the cells of each pair of rows.

    Every table has a header row, the first, and as many cells in each row as in that one.
    """
    (old_head, *old), (new_head, *new) = pair.old[0].children, pair.new[0].children
    pair.columns = _pair_columns(old_head.children, new_head.children)
    pair.children = [BlockPair((old_head,), (new_head,)), *_pair_siblings(old, new)]
    for row in pair.children:
        if row.side is Side.BOTH:
            olds, news = row.old[0].children, row.new[0].children
            row.children = [
                compared(BlockPair(_block_at(olds, i), _block_at(news, j))) for i, j in pair.columns
            ]
            row.same = all(cell.same for cell in row.children)


def _pair_columns(
    old: Sequence[Block], new: Sequence[Block]
) -> list[tuple[int | None, int | None]]:
    if len(old) == len(new):
        return [(index, index) for index in range(len(old))]
    return [*_match_siblings(old, new)]
