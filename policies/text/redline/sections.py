"""Which section of the old text is which of the new, and in what order both are shown.

Pure.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from policies.text.redline import alignment
from policies.text.redline.pairs import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.text.redline.blocks import Block

Section = tuple["Block", list["Block"]]  # a heading and what stands below it

# How much of their words two sections must share to be one: where they have the same anchor, and
# where they have not.
_PLAUSIBLE = 0.2
_ALIKE = 0.45
# The fewest words for which it means something that most come from another section.
_MANY = 8


class Place(NamedTuple):
    """A section of the marked-up text: its index in the old and in the new text, None for none."""

    old: int | None
    new: int | None


def pair_sections(old: Sequence[Section], new: Sequence[Section]) -> list[Place]:
    """Return every section of both texts once, in reading order.

    Sections are paired by anchor, unless neither heading nor text confirms it: an anchor made from
    a number names another section once a section was inserted. Then by equal headings, then by
    likeness, and last by the anchors that were doubted. A heading that is nothing but a number
    confirms nothing.
    """
    partners: dict[int, int] = {}
    by_anchor = {_anchor(section): index for index, section in enumerate(old)}
    doubted: dict[int, int] = {}
    for j, section in enumerate(new):
        i = by_anchor.get(_anchor(section))
        if i is not None:
            (partners if _is_confirmed(old[i], section) else doubted)[j] = i
    _by_heading(old, new, partners)
    _by_likeness(old, new, partners)
    taken = set(partners.values())
    partners |= {j: i for j, i in doubted.items() if j not in partners and i not in taken}
    return _in_reading_order(len(old), len(new), partners)


def moved(places: Iterable[Place]) -> set[Place]:
    """Return the smallest set of sections that were moved: the others kept their order."""
    both = [place for place in places if place.old is not None and place.new is not None]
    kept = set(alignment.increasing([place.old or 0 for place in both]))
    return {place for index, place in enumerate(both) if index not in kept}


def _anchor(section: Section) -> str:
    return section[0].attributes.get("id", "")


def _heading(section: Section) -> str:
    """Return a heading's words without the number before them."""
    return section[0].key.casefold()


def _is_confirmed(old: Section, new: Section) -> bool:
    """Return whether heading or text confirms that two sections with the same anchor are one."""
    if not (_heading(old) or _heading(new)):
        return [block.key for block in old[1]] == [block.key for block in new[1]]
    return _heading(old) == _heading(new) or _shared(old, new) >= _PLAUSIBLE


def _features(section: Section) -> frozenset[str]:
    heading = [section[0].features] if _heading(section) else []
    return frozenset().union(*heading, *(block.features for block in section[1]))


def _shared(one: Section, two: Section) -> float:
    return shared(_features(one), _features(two))


def _by_heading(old: Sequence[Section], new: Sequence[Section], partners: dict[int, int]) -> None:
    """Pair sections that have the same heading, each once."""
    taken = set(partners.values())
    waiting: dict[str, list[int]] = {}
    for i in range(len(old) - 1, -1, -1):
        if i not in taken and _heading(old[i]):
            waiting.setdefault(_heading(old[i]), []).append(i)
    for j, section in enumerate(new):
        if j not in partners and waiting.get(_heading(section)):
            partners[j] = waiting[_heading(section)].pop()


def _by_likeness(old: Sequence[Section], new: Sequence[Section], partners: dict[int, int]) -> None:
    """Pair sections that share enough of their words, the most alike first."""
    taken = set(partners.values())
    olds = [i for i in range(len(old)) if i not in taken]
    news = [j for j in range(len(new)) if j not in partners]
    features = {("old", i): _features(old[i]) for i in olds}
    features |= {("new", j): _features(new[j]) for j in news}

    def likeness(one: tuple[str, int], two: tuple[str, int]) -> float:
        score = shared(features[one], features[two])
        return score if score >= _ALIKE else 0

    found = alignment.likely_partners(
        [("old", i) for i in olds], [("new", j) for j in news], likeness, features.__getitem__
    )
    partners |= {news[j]: olds[i] for j, i in found.items()}


def _in_reading_order(olds: int, news: int, partners: dict[int, int]) -> list[Place]:
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
    places: list[Place] = []
    for j in range(-1, news):
        if j >= 0:
            places.append(Place(partners.get(j), j))
        places += [Place(i, None) for i in gone.get(j, ())]
    return places


def groups(
    places: Sequence[Place], old: Sequence[Section], new: Sequence[Section]
) -> list[list[Place]]:
    """Return the places in groups: each the parts of one section that was divided or joined.

    The first place of a group is in both texts. The others are new sections that its old text went
    into, or old ones that its new text came from.
    """
    found: list[_Group] = []
    for place in places:
        if found and found[-1].has_part(place):
            found[-1].places.append(place)
        else:
            found.append(_Group(place, old, new))
    return [group.places for group in found]


class _Group:
    """A section with the parts that it was divided into or joined from."""

    def __init__(self, first: Place, old: Sequence[Section], new: Sequence[Section]) -> None:
        self.places = [first]
        self._old, self._new = old, new

    def has_part(self, place: Place) -> bool:
        """Return whether a place, which follows this group, is one more part of it."""
        first, last = self.places[0], self.places[-1]
        if first.old is None or first.new is None:
            return False
        if place.old is None and place.new is not None:
            follows = last.new is not None and place.new == last.new + 1
            return follows and _came(self._new[place.new], *self._old_words)
        if place.new is None and place.old is not None:
            follows = last.old is not None and place.old == last.old + 1
            return follows and _came(self._old[place.old], *self._new_words)
        return False

    @cached_property
    def _old_words(self) -> tuple[frozenset[str], frozenset[str]]:
        """The features of the first section's old body, and those that its new one hasn't."""
        first = self.places[0]
        old = _body_features(self._old[first.old or 0])
        return old, old - _body_features(self._new[first.new or 0])

    @cached_property
    def _new_words(self) -> tuple[frozenset[str], frozenset[str]]:
        """The features of the first section's new body, and those that its old one hasn't."""
        first = self.places[0]
        new = _body_features(self._new[first.new or 0])
        return new, new - _body_features(self._old[first.old or 0])


def _came(part: Section, source: frozenset[str], moved: frozenset[str]) -> bool:
    """Return whether a section came out of a source, or went into it, with words that moved."""
    words = _body_features(part)
    return (
        len(words) >= _MANY
        and len(words & source) >= 0.6 * len(words)
        and len(words & moved) >= 0.4 * len(words)
    )


def _body_features(section: Section) -> frozenset[str]:
    return frozenset().union(*(block.features for block in section[1]))
