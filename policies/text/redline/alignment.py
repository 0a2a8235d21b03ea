"""What belongs together in two sequences: longest common subsequences, likeness, fewest moves.

Pure, and knows nothing of policies. Time and memory are bounded for every input: where the best
answer would cost too much, a good one is returned.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from heapq import nsmallest
from itertools import pairwise
from typing import Generic, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")
Key: TypeAlias = Callable[[T], Hashable]

# The largest table of len(old) × len(new) bits: 8 MB, about 20 ms.
MOST_BITS = 64_000_000
# The side of the squares into which a larger table is cut when no item in it is unique.
CHUNK = 4_000
# Up to this length, integers are so short that setting single bits in them is fastest.
_SHORT = 500
# How often a part of a part is cut at what is unique in it. Only a text made for it needs more than
# a few: one in which each cut makes just one other item unique.
_MOST_CUTS = 20
# The most pairs that are all compared with each other.
_MOST_PAIRS = 2_500
# A feature that more items have than this does not show which of them belong together.
_RARE = 8
# How many likely partners of an item are compared with it.
_TRIED = 3


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
            work += [(piece, cuts + 1) for piece in _pieces(part, anchors)]
    return _joined(sorted(pairs))


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
    if width <= _SHORT:
        where: dict[Hashable, int] = {}
        for index, item in enumerate(old[part.old_start : part.old_end]):
            where[item] = where.get(item, 0) | 1 << index
    else:
        where = _places(old, part, frozenset(new[part.new_start : part.new_end]))
    full = (1 << width) - 1
    row = full
    rows = [full]
    for item in new[part.new_start : part.new_end]:
        if hits := row & where.get(item, 0):
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
    return [Match(*both[index], 1) for index in increasing([new for _, new in both])]


def _pieces(part: Hunk, anchors: Sequence[Match]) -> list[Hunk]:
    """Divide a part that is too large: at its anchors, or without any into squares."""
    if anchors:
        ends = [Match(part.old_start, part.new_start, 0), *anchors]
        ends.append(Match(part.old_end, part.new_end, 0))
        return [
            Hunk(one.old + one.length, two.old, one.new + one.length, two.new)
            for one, two in pairwise(ends)
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


def _joined(found: list[Match]) -> list[Match]:
    joined: list[Match] = []
    for match in found:
        last = joined[-1] if joined else Match(-1, -1, 0)
        if match.old == last.old + last.length and match.new == last.new + last.length:
            joined[-1] = Match(last.old, last.new, last.length + match.length)
        else:
            joined.append(match)
    return joined


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


def alike(
    old: Sequence[T],
    new: Sequence[T],
    likeness: Callable[[T, T], float],
    features: Callable[[T], frozenset[str]],
) -> list[tuple[int, int]]:
    """Return the pairs of indexes, in order and without crossing, with the greatest total likeness.

    likeness: 0 for two that must not be paired. Where there are too many to compare them all, those
    that share rare features are paired first, and then what lies between them.
    """
    if len(old) * len(new) <= _MOST_PAIRS:
        return _best_in_order(old, new, likeness)
    partners = likely_partners(old, new, likeness, features)
    kept = increasing([partners[j] for j in sorted(partners)])
    by_new = [(partners[j], j) for j in sorted(partners)]
    found = [by_new[index] for index in kept]
    anchors = [Match(i, j, 1) for i, j in found]
    for gap in gaps(anchors, len(old), len(new)):
        olds, news = old[gap.old_start : gap.old_end], new[gap.new_start : gap.new_end]
        if len(olds) * len(news) <= _MOST_PAIRS:
            pairs = _best_in_order(olds, news, likeness)
            found += [(gap.old_start + i, gap.new_start + j) for i, j in pairs]
    return sorted(found)


def likely_partners(
    old: Sequence[T],
    new: Sequence[T],
    likeness: Callable[[T, T], float],
    features: Callable[[T], frozenset[str]],
) -> dict[int, int]:
    """Return index in new → index in old of the item most like it; each item is used once.

    Only items that share a feature which few of old have are compared.
    """
    having: dict[str, list[int]] = {}
    for i, item in enumerate(old):
        for feature in features(item):
            having.setdefault(feature, []).append(i)
    scored: list[tuple[float, int, int]] = []
    for j, item in enumerate(new):
        shared: Counter[int] = Counter()
        for feature in features(item):
            holders = having.get(feature, ())
            if len(holders) <= _RARE:
                shared.update(holders)
        # Not most_common: sets have another order in each process, and so would equal counts.
        for i in nsmallest(_TRIED, shared, key=lambda i: (-shared[i], i)):
            score = likeness(old[i], item)
            if score > 0:
                scored.append((-score, j, i))
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for _, j, i in sorted(scored):
        if j not in partners and i not in taken:
            partners[j] = i
            taken.add(i)
    return partners


def _best_in_order(
    old: Sequence[T], new: Sequence[T], likeness: Callable[[T, T], float]
) -> list[tuple[int, int]]:
    """Compare all pairs; return those with the greatest total, in order and without crossing."""
    rows = [[0.0] * (len(new) + 1)]
    for one in old:
        above, row = rows[-1], [0.0]
        for j, two in enumerate(new):
            score = likeness(one, two)
            paired = above[j] + score if score > 0 else 0.0
            row.append(max(row[-1], above[j + 1], paired))
        rows.append(row)
    found: list[tuple[int, int]] = []
    i, j = len(old), len(new)
    while i and j:
        if rows[i][j] == rows[i - 1][j]:
            i -= 1
        elif rows[i][j] == rows[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


class Pairing(Generic[T]):
    """Which item of one sequence is which of another, found step by step. The surest step comes
    first: what it pairs is left out of those that follow. partners: index in new → index in old.
    """

    def __init__(self, old: Sequence[T], new: Sequence[T]) -> None:
        self.old, self.new = old, new
        self.partners: dict[int, int] = {}

    def __iter__(self) -> Iterator[tuple[T, T]]:
        return ((self.old[i], self.new[j]) for j, i in self.partners.items())

    def left(self) -> tuple[list[int], list[int]]:
        """Return the indexes of the old and the new items that are not paired."""
        taken = set(self.partners.values())
        olds = [i for i in range(len(self.old)) if i not in taken]
        return olds, [j for j in range(len(self.new)) if j not in self.partners]

    def by_key(self, key: Key[T], new_key: Key[T] | None = None) -> None:
        """Pair what has an equal key, in order; None is equal to nothing.

        new_key: of a new item, if not as of an old one. It may depend on what is paired before it.
        """
        olds, news = self.left()
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for i in reversed(olds):
            waiting[key(self.old[i])].append(i)
        for j in news:
            wanted = (new_key or key)(self.new[j])
            if wanted is not None and waiting.get(wanted):
                self.partners[j] = waiting[wanted].pop()

    def by_likeness(
        self,
        likeness: Callable[[T, T], float],
        features: Callable[[T], frozenset[str]],
        *,
        in_order: bool = False,
        among: Callable[[T], bool] = lambda _: True,
    ) -> None:
        """Pair what is most alike, wherever it is or in_order: see likely_partners and alike, also
        for likeness and features. among: whether an item takes part.
        """
        left = self.left()
        olds = [i for i in left[0] if among(self.old[i])]
        news = [j for j in left[1] if among(self.new[j])]
        sides = [self.old[i] for i in olds], [self.new[j] for j in news]
        if in_order:
            found = {j: i for i, j in alike(*sides, likeness, features)}
        else:
            found = likely_partners(*sides, likeness, features)
        self.partners |= {news[j]: olds[i] for j, i in found.items()}
