"""Two texts, paired: which section is which, and what is in both."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import NamedTuple

from policies.text.redline import alignment
from policies.text.redline.block_pairing import BlockPair, compared, pair_blocks
from policies.text.redline.blocks import Block, Side, Tree
from policies.text.redline.matching import PART_OF_SECTION
from policies.text.redline.outlines import Entry, match_entries

Section = tuple[Block, list[Block]]  # a heading and what is below it


class SectionPair(NamedTuple):
    """The index of a section in the old and in the new text, None for none."""

    old: int | None
    new: int | None


def pair_sections(old: Sequence[Section], new: Sequence[Section]) -> list[SectionPair]:
    """Return every section of both texts once: the new ones in their order, each removed one behind
    the one that it followed, of those that were not moved.
    """
    partners = match_entries([*map(_entry_of, old)], [*map(_entry_of, new)]).partners
    pairs = [SectionPair(partners.get(j), j) for j in range(len(new))]
    away = moved_sections(pairs)
    by_old = {pair.old: pair for pair in pairs}
    olds = [by_old.get(i, SectionPair(i, None)) for i in range(len(old))]
    return alignment.interleaved(pairs, [pair for pair in olds if pair not in away])


def _entry_of(section: Section) -> Entry:
    heading, body = section
    words = heading.key.casefold()  # without the number before them
    keys = tuple(block.key for block in body)
    find = partial(_features, [heading, *body] if words else body)
    return Entry(heading.attributes.get("id", ""), words, keys, find)


def _features(blocks: Iterable[Block]) -> frozenset[str]:
    return frozenset[str]().union(*(block.features for block in blocks))


def moved_sections(pairs: Iterable[SectionPair]) -> set[SectionPair]:
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

    @property
    def is_same(self) -> bool:
        return all(pair.same for pair in self.pairs)


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
    def of(cls, old: Tree, new: Tree) -> PairedTexts:
        pairs = pair_sections(old.sections, new.sections)
        away = moved_sections(pairs)
        return cls(
            old,
            new,
            compared(BlockPair((old.title,), (new.title,))),
            pair_blocks(old.introduction, new.introduction),
            [_pair_group(group, old, new, away) for group in _grouped(pairs, old, new)],
            pair_blocks(old.notes, new.notes),
        )

    @property
    def sections(self) -> list[PairedSection]:
        return [section for group in self.groups for section in group]

    @property
    def new_ids(self) -> frozenset[str]:
        ids: set[str] = set()
        for block in self.new_tree.blocks():
            ids.update(block.ids())
        return frozenset(ids)

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
            is_same = all(section.is_same for section in group)
            move = len(away) + 1 if is_same else 0
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


def _grouped(pairs: Iterable[SectionPair], *trees: Tree) -> list[list[SectionPair]]:
    """Return the pairs in groups: each the parts of one section that was divided or joined.

    The first pair of a group is in both texts. The others are new sections that its old text went
    into, or old ones that its new text came from.
    """

    @cache
    def features(side: int, index: int) -> frozenset[str]:
        return _features(trees[side].sections[index][1])

    def is_part(pair: SectionPair, group: list[SectionPair]) -> bool:
        """Return whether a section that was added or removed is a part of the group's first."""
        side = 0 if pair.new is None else 1
        here, before = pair[side], group[-1][side]
        if here is None or pair[1 - side] is not None or before is None or here != before + 1:
            return False
        source, left = group[0][1 - side], group[0][side]
        if source is None or left is None:
            return False
        part, whole = features(side, here), features(1 - side, source)
        return PART_OF_SECTION.is_met(part, whole, features(side, left))

    groups: list[list[SectionPair]] = []
    for pair in pairs:
        if groups and is_part(pair, groups[-1]):
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


def _pair_group(
    group: Sequence[SectionPair], old: Tree, new: Tree, away: Container[SectionPair]
) -> list[PairedSection]:
    """Pair the blocks of sections as if they had no headings, then divide them again."""
    olds: list[Block] = []
    news: list[Block] = []
    sections: list[PairedSection] = []
    beginning: dict[int, PairedSection] = {}
    for pair in group:
        old_blocks, new_blocks = _section_blocks(old, pair.old), _section_blocks(new, pair.new)
        heading = compared(BlockPair(tuple(old_blocks[:1]), tuple(new_blocks[:1])))
        section = PairedSection(*pair, heading, [], pair in away, len(group) > 1)
        if sections:
            beginning |= {id(block): section for block in (*heading.old, *heading.new)}
            olds += old_blocks
            news += new_blocks
        else:  # the heading of the first is no part of what is paired
            olds += old_blocks[1:]
            news += new_blocks[1:]
        sections.append(section)
    section = sections[0]
    for both in pair_blocks(olds, news):
        headings = [block for block in (*both.old, *both.new) if id(block) in beginning]
        if headings:
            # A partner, if it has one, is a heading of another level in the other text.
            section = beginning[id(headings[0])]
            section.heading = both
        else:
            section.body.append(both)
    return sections


def _section_blocks(tree: Tree, index: int | None) -> list[Block]:
    if index is None:
        return []
    heading, body = tree.sections[index]
    return [heading, *body]
