"""What two sequences have in common: longest common subsequences, fewest moves.

Pure, and knows nothing of policies. Time and memory are bounded for every input: where the best
answer would cost too much, a good one is returned.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

Item = TypeVar("Item", bound=Hashable)

# The largest table of len(old) × len(new) bits: 8 MB, about 20 ms.
MOST_BITS = 64_000_000
# The side of the squares into which a larger table is cut when no item in it is unique.
CHUNK = 4_000
# How often a part of a part is cut at what is unique in it. Only a text made for it needs more than
# a few: one in which each cut makes just one other item unique.
_MOST_CUTS = 20


class Match(NamedTuple):
    """old[old:old + length] == new[new:new + length]."""

    old: int
    new: int
    length: int


class Hunk(NamedTuple):
    """old[old_start:old_end] became new[new_start:new_end]; one of them may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def hunks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Hunk]:
    """Return the hunks that differ, in order; no two of them touch."""
    return list(gaps(matches(old, new), len(old), len(new)))


def gaps(found: Sequence[Match], old_length: int, new_length: int) -> Iterator[Hunk]:
    """Yield the hunks before, between and after matches that are in order."""
    old = new = 0
    for match in [*found, Match(old_length, new_length, 0)]:
        if match.old > old or match.new > new:
            yield Hunk(old, match.old, new, match.new)
        old, new = match.old + match.length, match.new + match.length


def in_turn(found: Sequence[Hunk], old_length: int, new_length: int) -> Iterator[tuple[Hunk, Hunk]]:
    """Yield hunks that are in order, each after what is equal before it; the last is empty."""
    old = new = 0
    for hunk in (*found, Hunk(old_length, old_length, new_length, new_length)):
        yield Hunk(old, hunk.old_start, new, hunk.new_start), hunk
        old, new = hunk.old_end, hunk.new_end


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Match]:
    """Return the runs of a longest common subsequence, in order; in huge inputs, of a long one."""
    pairs: list[Match] = []
    work = [(Hunk(0, len(old), 0, len(new)), 0)]
    while work:
        untrimmed, cuts = work.pop()
        part = _trim(old, new, untrimmed, pairs)
        if part.old_start == part.old_end or part.new_start == part.new_end:
            continue
        if (part.old_end - part.old_start) * (part.new_end - part.new_start) <= MOST_BITS:
            pairs += _longest(old, new, part)
        else:
            anchors = _anchors(old, new, part) if cuts < _MOST_CUTS else []
            pairs += anchors
            work += [(smaller, cuts + 1) for smaller in _divided(part, anchors)]
    return sorted(pairs)


def _trim(old: Sequence[Hashable], new: Sequence[Hashable], part: Hunk, pairs: list[Match]) -> Hunk:
    """Cut equal items off both ends of a part, and add them to pairs."""
    old_start, old_end, new_start, new_end = part
    while old_start < old_end and new_start < new_end and old[old_start] == new[new_start]:
        old_start, new_start = old_start + 1, new_start + 1
    if old_start > part.old_start:
        pairs.append(Match(part.old_start, part.new_start, old_start - part.old_start))
    while old_start < old_end and new_start < new_end and old[old_end - 1] == new[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    if old_end < part.old_end:
        pairs.append(Match(old_end, new_end, part.old_end - old_end))
    return Hunk(old_start, old_end, new_start, new_end)


def _longest(old: Sequence[Hashable], new: Sequence[Hashable], part: Hunk) -> list[Match]:
    """Return a longest common subsequence, by the bit-parallel algorithm (Hyyrö 2004).

    Bit i of the row for new[:j] is 0 where old[i] makes the subsequence longer by one. A row is one
    long integer instead of machine words, so that Python does the work in C.
    """
    width = part.old_end - part.old_start
    places = _places(old, part, frozenset(new[part.new_start : part.new_end]))
    full = (1 << width) - 1
    row = full
    rows = [full]
    for item in new[part.new_start : part.new_end]:
        if hits := row & places.get(item, 0):
            row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    found: list[Match] = []
    i, j = width, len(rows) - 1
    while i and j:
        # The last item of old[:i] that makes the subsequence longer.
        i = (~rows[j] & ((1 << i) - 1)).bit_length()
        bit = 1 << i >> 1
        while j and not rows[j - 1] & bit:
            j -= 1
        end = j
        while i and j and not rows[j] & bit and rows[j - 1] & bit:
            i, j, bit = i - 1, j - 1, bit >> 1
        if end > j:
            found.append(Match(part.old_start + i, part.new_start + j, end - j))
    return found


def _places(
    old: Sequence[Hashable], part: Hunk, wanted: frozenset[Hashable]
) -> dict[Hashable, int]:
    """Return the places of each wanted item in the old part, as the bits of an integer.

    Others have none: bits for them all could take gigabytes where `old` is long and `new` is short.
    """
    indexes: dict[Hashable, list[int]] = {}
    for index in range(part.old_start, part.old_end):
        if old[index] in wanted:
            indexes.setdefault(old[index], []).append(index - part.old_start)
    return {item: _with_bits(places) for item, places in indexes.items()}


def _with_bits(places: Sequence[int]) -> int:
    """Return an integer with these bits set. places: in ascending order."""
    octets = bytearray(places[-1] // 8 + 1)
    for place in places:
        octets[place // 8] |= 1 << place % 8
    return int.from_bytes(octets, "little")


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable], part: Hunk) -> list[Match]:
    olds = _unique(old, part.old_start, part.old_end)
    news = _unique(new, part.new_start, part.new_end)
    both = [(index, news[item]) for item, index in olds.items() if item in news]
    kept = increasing([new for _, new in both])
    return [Match(*both[index], 1) for index in kept]


def _divided(part: Hunk, anchors: Sequence[Match]) -> list[Hunk]:
    """Divide a part that is too large: at its anchors, or without any into squares."""
    if anchors:
        ends = [Match(part.old_start, part.new_start, 0), *anchors]
        ends.append(Match(part.old_end, part.new_end, 0))
        return [
            Hunk(match.old + match.length, following.old, match.new + match.length, following.new)
            for match, following in pairwise(ends)
        ]
    width, height = part.old_end - part.old_start, part.new_end - part.new_start
    count = max(width, height) // CHUNK + 1
    return [
        Hunk(
            part.old_start + width * n // count,
            part.old_start + width * (n + 1) // count,
            part.new_start + height * n // count,
            part.new_start + height * (n + 1) // count,
        )
        for n in range(count)
    ]


def _unique(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    counts = Counter(items[start:end])
    return {items[index]: index for index in range(start, end) if counts[items[index]] == 1}


def increasing(values: Sequence[int]) -> list[int]:
    """Return the indexes of a longest strictly increasing subsequence.

    The values left out are the fewest that have to move for the rest to be in order.
    """
    tails: list[int] = []
    tail_values: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        place = bisect_left(tail_values, value)
        before.append(tails[place - 1] if place else -1)
        tails[place : place + 1] = [index]
        tail_values[place : place + 1] = [value]
    found: list[int] = []
    index = tails[-1] if tails else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]


def interleaved(items: Sequence[Item], others: Iterable[Item]) -> list[Item]:
    """Return items, and each of the others that is none of them behind the one before it."""
    known = set(items)
    order: list[Item] = []
    behind: dict[Item, list[Item]] = {}
    missing = order
    for item in others:
        if item in known:
            missing = behind.setdefault(item, [])
        else:
            missing.append(item)
    for item in items:
        order += [item, *behind.get(item, ())]
    return order
