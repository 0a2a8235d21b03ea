"""Which section of the old text is which of the new, and in what order both are shown."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from policies.text.redline import alignment
from policies.text.redline.block_pairing import BlockPair
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


def groups(
    pairs: Sequence[SectionPair], old: Sequence[Section], new: Sequence[Section]
) -> list[list[SectionPair]]:
    """Return the pairs in groups: each the parts of one section that was divided or joined.

    The first pair of a group is in both texts. The others are new sections that its old text went
    into, or old ones that its new text came from.
    """

    @cache
    def words(side: int, index: int) -> frozenset[str]:
        return frozenset().union(*(block.features for block in (old, new)[side][index][1]))

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


@dataclass(frozen=True, slots=True, eq=False)
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
            pairs = [pair for section in group for pair in (headings[section], *bodies[section])]
            move = len(away) + 1 if all(pair.same for pair in pairs) else 0
            for section in group:
                if section.old is not None:
                    away[section.old] = _shown_once(trees[0], section.old, move, Side.OLD)
                if section.new is not None:
                    found.append(_shown_once(trees[1], section.new, move, Side.NEW))
            continue
        found += [
            PairedSection(headings[section], bodies[section], section.old) for section in group
        ]
    by_old = {section.old: section for section in found if section.old is not None} | away
    return alignment.interleaved(found, [by_old[index] for index in sorted(by_old)])


def _shown_once(tree: Tree, index: int, move: int, side: Side) -> PairedSection:
    heading, body = tree.sections[index]
    pairs = [BlockPair.of_one(block, side) for block in (heading, *body)]
    return PairedSection(pairs[0], pairs[1:], index if side is Side.OLD else None, move)
