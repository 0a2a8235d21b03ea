"""Two texts, paired: which section is which, and what is in both."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from policies.text.redline import alignment
from policies.text.redline.block_pairing import BlockPair, compared, pair_blocks
from policies.text.redline.blocks import Block, Side, Tree
from policies.text.redline.matching import PART_OF_SECTION
from policies.text.redline.outlines import Entry, match_entries

Section = tuple[Block, list[Block]]  # a heading and what is below it


class SectionPair(NamedTuple):
    """A section of the marked-up text: its index in the old and in the new text, None for none."""

    old: int | None
    new: int | None


def pair_sections(old: Sequence[Section], new: Sequence[Section]) -> list[SectionPair]:
    """Return every section of both texts once: the new ones in their order, each removed one behind
    the one that it followed, of those that were not moved.
    """
    partners = match_entries([*map(_entry, old)], [*map(_entry, new)]).partners
    pairs = [SectionPair(partners.get(j), j) for j in range(len(new))]
    away = moved(pairs)
    by_old = {pair.old: pair for pair in pairs}
    olds = [by_old.get(i, SectionPair(i, None)) for i in range(len(old))]
    return alignment.interleaved(pairs, [pair for pair in olds if pair not in away])


def _entry(section: Section) -> Entry:
    heading, body = section
    words = heading.key.casefold()  # without the number before them

    def features() -> frozenset[str]:
        own = heading.features if words else frozenset[str]()
        return own.union(*(block.features for block in body))

    keys = tuple(block.key for block in body)
    return Entry(heading.attributes.get("id", ""), words, keys, features)


def moved(pairs: Iterable[SectionPair]) -> set[SectionPair]:
    """Return the smallest set of sections that were moved: the others kept their order."""
    both = [pair for pair in pairs if pair.old is not None and pair.new is not None]
    kept = set(alignment.increasing([pair.old or 0 for pair in both]))
    return {pair for index, pair in enumerate(both) if index not in kept}


@dataclass(eq=False, slots=True)
class PairedSection:
    """The heading of a section, and what is below it.

    old, new: its index in each text, or None. is_moved: whether it is in another order. is_divided:
    whether it is a part of one that was divided, or that several were joined to. move: where it is
    shown once for each text, and is otherwise the same, what both places have in common; else 0.
    """

    old: int | None
    new: int | None
    heading: BlockPair
    body: list[BlockPair] = field(default_factory=list)
    is_moved: bool = False
    is_divided: bool = False
    move: int = 0

    @property
    def pairs(self) -> list[BlockPair]:
        return [self.heading, *self.body]


@dataclass(frozen=True, slots=True)
class PairedTexts:
    """All blocks of two Documents.

    groups: the sections in the order of the new text, those of one that was divided, or that
    several were joined to, together.
    """

    old_tree: Tree
    new_tree: Tree
    title: BlockPair
    introduction: Sequence[BlockPair]
    groups: Sequence[list[PairedSection]]
    notes: Sequence[BlockPair]

    @classmethod
    def of(cls, titles: tuple[Block, Block], old: Tree, new: Tree) -> PairedTexts:
        pairs = pair_sections(old.sections, new.sections)
        away = moved(pairs)
        return cls(
            old,
            new,
            compared(BlockPair(titles[:1], titles[1:])),
            pair_blocks(old.introduction, new.introduction),
            [_paired(group, old, new, away) for group in _groups(pairs, old, new)],
            pair_blocks(old.notes, new.notes),
        )

    @property
    def sections(self) -> list[PairedSection]:
        return [section for group in self.groups for section in group]

    @property
    def new_ids(self) -> frozenset[str]:
        """The ids in the new text."""
        return frozenset(anchor for block in self.new_tree.blocks() for anchor in block.ids())

    def in_both_orders(self) -> list[PairedSection]:
        """Return the sections so that whoever leaves out what only one text has reads the other in
        its order: one that was moved is removed where it was, and added where it is.
        """
        found: list[PairedSection] = []
        away: dict[int, PairedSection] = {}
        for group in self.groups:
            if not any(section.is_moved for section in group):
                found += group
                continue
            pairs = [pair for section in group for pair in section.pairs]
            move = len(away) + 1 if all(pair.same for pair in pairs) else 0
            for section in group:
                if section.old is not None:
                    away[section.old] = _shown_once(self.old_tree, section.old, move, Side.OLD)
                if section.new is not None:
                    found.append(_shown_once(self.new_tree, section.new, move, Side.NEW))
        by_old = {section.old: section for section in found if section.old is not None} | away
        return alignment.interleaved(found, [by_old[index] for index in sorted(by_old)])


def _shown_once(tree: Tree, index: int, move: int, side: Side) -> PairedSection:
    heading, body = tree.sections[index]
    pairs = [BlockPair.of_one(block, side) for block in (heading, *body)]
    old, new = (index, None) if side is Side.OLD else (None, index)
    return PairedSection(old, new, pairs[0], pairs[1:], move=move)


def _groups(pairs: Iterable[SectionPair], *trees: Tree) -> list[list[SectionPair]]:
    """Return the pairs in groups: each the parts of one section that was divided or joined.

    The first pair of a group is in both texts. The others are new sections that its old text went
    into, or old ones that its new text came from.
    """

    @cache
    def words(side: int, index: int) -> frozenset[str]:
        return frozenset().union(*(block.features for block in trees[side].sections[index][1]))

    def is_part(pair: SectionPair, group: list[SectionPair]) -> bool:
        """Return whether a section that was added or removed is a part of the group's first."""
        side = 0 if pair.new is None else 1
        here, before = pair[side], group[-1][side]
        if here is None or pair[1 - side] is not None or before is None or here != before + 1:
            return False
        source, left = group[0][1 - side], group[0][side]
        if source is None or left is None:
            return False
        part, whole = words(side, here), words(1 - side, source)
        return PART_OF_SECTION.is_met(part, whole, words(side, left))

    found: list[list[SectionPair]] = []
    for pair in pairs:
        if found and is_part(pair, found[-1]):
            found[-1].append(pair)
        else:
            found.append([pair])
    return found


def _paired(
    group: Sequence[SectionPair], old: Tree, new: Tree, away: Container[SectionPair]
) -> list[PairedSection]:
    """Pair the blocks of sections as if they had no headings, then divide them again."""
    blocks: tuple[list[Block], list[Block]] = ([], [])
    found: list[PairedSection] = []
    beginning: dict[int, PairedSection] = {}
    for pair in group:
        sections = [_at(old, pair.old), _at(new, pair.new)]
        before, after = (tuple(section[:1]) for section in sections)
        heading = compared(BlockPair(before, after))
        now = PairedSection(*pair, heading, [], pair in away, len(group) > 1)
        if found:  # of the first, the heading is no part of what is paired
            beginning |= {id(block): now for block in (*before, *after)}
        for side, section in zip(blocks, sections, strict=True):
            side += section if found else section[1:]
        found.append(now)
    now = found[0]
    for both in pair_blocks(*blocks):
        headings = [block for block in (*both.old, *both.new) if id(block) in beginning]
        if headings:
            # A partner, if it has one, is a heading of another level in the other text.
            now = beginning[id(headings[0])]
            now.heading = both
        else:
            now.body.append(both)
    return found


def _at(tree: Tree, index: int | None) -> list[Block]:
    """Return the heading and the blocks of a section."""
    if index is None:
        return []
    heading, body = tree.sections[index]
    return [heading, *body]
