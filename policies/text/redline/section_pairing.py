"""Which section of the old text is which of the new, and in what order both are shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from policies.text.likeness import shared
from policies.text.redline import alignment
from policies.text.redline.alignment import Pairing
from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block, Side, Tree

Section = tuple[Block, list[Block]]  # a heading and what is below it

# Beside each threshold is what another value would change: see word_diff.py.

# How much of their features two sections must share to be one: where they have the same anchor, and
# where they have not.
SAME_ANCHOR = 0.2  # at 0.1: 0, 0; at 0.3: 0, 0
OTHER_ANCHOR = 0.45  # at 0.3: 0, 6; at 0.6: 0, 2
# How many features a part of a divided section must have, what share of them the section had, and
# what share the section has no more.
PART_FEATURES = 8  # at 3: 0, 0; at 14: 0, 0
PART_SHARED = 0.6  # at 0.4: 0, 0; at 0.8: 0, 0
PART_MOVED = 0.4  # at 0.2: 0, 2; at 0.6: 0, 0


class SectionPair(NamedTuple):
    """A section of the marked-up text: its index in the old and in the new text, None for none."""

    old: int | None
    new: int | None


def pair_sections(old: Sequence[Section], new: Sequence[Section]) -> list[SectionPair]:
    """Return every section of both texts once, in reading order.

    Sections are paired by anchor, unless neither heading nor text confirms it: an anchor made from
    a number names another section once a section was inserted. Then by equal headings, then by
    likeness, and last by the anchors that nothing confirmed. A heading that is nothing but a number
    confirms nothing.
    """
    pairing = Pairing(old, new)
    by_anchor = {_anchor(section): index for index, section in enumerate(old)}
    for j, section in enumerate(new):
        i = by_anchor.get(_anchor(section))
        if i is not None and _is_confirmed(old[i], section):
            pairing.partners[j] = i
    pairing.by_key(lambda section: _heading(section) or None)
    pairing.by_likeness(_likeness, _features)
    pairing.by_key(_anchor)
    return _in_reading_order(len(old), len(new), pairing.partners)


def moved(pairs: Iterable[SectionPair]) -> set[SectionPair]:
    """Return the smallest set of sections that were moved: the others kept their order."""
    both = [pair for pair in pairs if pair.old is not None and pair.new is not None]
    kept = set(alignment.increasing([pair.old or 0 for pair in both]))
    return {pair for index, pair in enumerate(both) if index not in kept}


def _anchor(section: Section) -> str:
    return section[0].attributes.get("id", "")


def _heading(section: Section) -> str:
    """Return a heading's words without the number before them."""
    return section[0].key.casefold()


def _is_confirmed(old: Section, new: Section) -> bool:
    """Return whether heading or text confirms that two sections with the same anchor are one."""
    if not (_heading(old) or _heading(new)):
        return [block.key for block in old[1]] == [block.key for block in new[1]]
    if _heading(old) == _heading(new):
        return True
    return shared(_features(old), _features(new)) >= SAME_ANCHOR


def _features(section: Section) -> frozenset[str]:
    heading = [section[0].features] if _heading(section) else []
    return frozenset().union(*heading, *(block.features for block in section[1]))


def _likeness(old: Section, new: Section) -> float:
    score = shared(_features(old), _features(new))
    return score if score >= OTHER_ANCHOR else 0


def _in_reading_order(olds: int, news: int, partners: dict[int, int]) -> list[SectionPair]:
    """Return the new sections in their order, each removed one after the one that it followed."""
    where = {i: j for j, i in partners.items()}
    gone: dict[int, list[int]] = {}
    behind = -1
    kept = [partners[j] for j in sorted(partners)]
    in_order = {kept[index] for index in alignment.increasing(kept)}
    for i in range(olds):
        if i not in where:
            gone.setdefault(behind, []).append(i)
        elif i in in_order:
            behind = where[i]
    pairs: list[SectionPair] = []
    for j in range(-1, news):
        if j >= 0:
            pairs.append(SectionPair(partners.get(j), j))
        pairs += [SectionPair(i, None) for i in gone.get(j, ())]
    return pairs


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
        part = words(side, here)
        shared_words = part & words(1 - side, source)
        return (
            len(part) >= PART_FEATURES
            and len(shared_words) >= PART_SHARED * len(part)
            and len(shared_words - words(side, left)) >= PART_MOVED * len(part)
        )

    found: list[list[SectionPair]] = []
    for pair in pairs:
        if found and is_part(pair, found[-1]):
            found[-1].append(pair)
        else:
            found.append([pair])
    return found


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
                    away[section.old] = _shown_once(trees[0], section.old, move, Side.OLD)
                if section.new is not None:
                    found.append(_shown_once(trees[1], section.new, move, Side.NEW))
            continue
        found += [PairedSection(headings[it], bodies[it], it.old) for it in group]
    return list(_with_moved(found, away))


def _with_moved(
    found: Sequence[PairedSection], away: Mapping[int, PairedSection]
) -> Iterator[PairedSection]:
    """Yield sections, and those that were moved away behind the ones that they followed."""
    for section in (None, *found):
        if section:
            yield section
        at = section.old if section else -1
        while at is not None and at + 1 in away:
            at += 1
            yield away[at]


def _shown_once(tree: Tree, index: int, move: int, side: Side) -> PairedSection:
    heading, body = tree.sections[index]
    pairs = [BlockPair.of_one(block, side) for block in (heading, *body)]
    return PairedSection(pairs[0], pairs[1:], index if side is Side.OLD else None, move)
