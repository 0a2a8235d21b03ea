"""Which part of the old text is which of the new: sections, headings, clauses, blocks, sentences.

There is one way: by equal keys, the surest first; then by likeness over a threshold; what has an
order is matched in it. All thresholds are here.

Beside each is what another value would change: how many of the 152 edits in
tests/policies/corpus/redline_edits.toml are no longer marked as a lawyer would, and how many look
different of 61 redlines between published policies or edited copies of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence, Set
from heapq import nsmallest
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from policies.text.redline.alignment import Match, gaps, hunks, in_turn, increasing

T = TypeVar("T")
Key: TypeAlias = Callable[[T], Hashable]
Likeness: TypeAlias = Callable[[T, T], float]  # 0 for two that must not be matched
Features: TypeAlias = Callable[[T], frozenset[str]]

# How much of their features two sections, headings, clauses or sentences must share to be one: in
# the same place, which is that of the same anchor, and in another one. A clause is short, so that
# it needs more: at 0.45, of 747 edited policies 8 lead readers of an old address elsewhere.
SAME_PLACE = 0.3  # at 0.1: 0 edits, 0 redlines; at 0.2: 0, 0
OTHER_PLACE = 0.45  # at 0.3: 0, 6; at 0.6: 0, 2
CLAUSE_ELSEWHERE = 0.5
# How much likelier two clauses are one if their own words are equal, or their addresses.
EQUAL_WORDS = 0.3
EQUAL_ADDRESS = 0.1

# How alike two blocks of a kind must be, between others that are the same, to be shown as one that
# changed. A container that is not matched is shown twice as a whole, so that little is enough.
BETWEEN_OTHERS = {
    "list": 0.1,
    "terms": 0.1,
    "box": 0.1,
    "quote": 0.2,
    "table": 0.15,
    "item": 0.3,
}
TEXT_BETWEEN_OTHERS = 0.35  # at 0.25: 0, 7; at 0.45: 0, 5
# Two texts alone in the same place need less; short ones nothing.
ALONE = 0.15  # at 0: 0, 3; at 0.3: 0, 0
# Two clauses to which their author gave one anchor are one, whatever they say.
SAME_NAME = 2
# How much likelier two rows of a table are one if their first cells are equal: these name the row.
SAME_FIRST_CELL = 0.5  # at 0: 0, 0; at 1: 0, 0

# The fewest characters of a block that was moved: shorter ones may be in two places by chance.
MOVED_CHARACTERS = 20  # at 10: 0, 4; at 30: 0, 2
# The fewest features of a block that was moved and edited, and how alike its two forms must be.
MOVED_FEATURES = 6  # at 3: 0, 1; at 9: 0, 2
MOVED_LIKENESS = 0.65  # at 0.5: 0, 6; at 0.8: 0, 4


class PartOf(NamedTuple):
    """When one text is a part of another, which was divided, or into which several were joined.

    features: that it must have. shared: the share of them that the whole has in the other text.
    moved: the share that what is left of it in this text has not.
    """

    features: int
    shared: float
    moved: float

    def is_met(self, part: Set[str], whole: Set[str], left: Set[str]) -> bool:
        common = part & whole
        return (
            len(part) >= self.features
            and len(common) >= self.shared * len(part)
            and len(common - left) >= self.moved * len(part)
        )


# features at 1: 0, 1; at 6: 0, 2. shared at 0.5: 0, 4; at 0.9: 0, 2. moved at 0.3: 0, 2; at 0.7:
# 0, 2.
PART_OF_PARAGRAPH = PartOf(3, 0.7, 0.5)
# features at 3: 0, 0; at 14: 0, 0. shared at 0.4: 0, 0; at 0.8: 0, 0. moved at 0.2: 0, 2; at 0.6:
# 0, 0.
PART_OF_SECTION = PartOf(8, 0.6, 0.4)
# How many features, and what share of what one paragraph lost, the next one must have gained for
# the border between them to have moved.
EXCHANGED_FEATURES = 2  # at 1: 0, 6; at 4: 2, 1
EXCHANGED_SHARE = 0.5  # at 0.3: 0, 0; at 0.7: 2, 0
# How many pairs are searched for the place where the words are equal again, which bounds the time.
DIVISION_WINDOW = 40  # at 5: 0, 0; at 80: 0, 0

# The most pairs that are all compared with each other.
_MOST_PAIRS = 2_500
# A feature that more items have than this does not show which of them belong together.
_RARE = 8
# How many likely partners of an item are compared with it.
_TRIED = 3


class Matcher(Generic[T]):
    """Which item of one sequence is which of another, found step by step. The surest step comes
    first: what it matches is left out of those that follow. partners: index in new → index in old.
    """

    def __init__(self, old: Sequence[T], new: Sequence[T]) -> None:
        self.old, self.new = old, new
        self.partners: dict[int, int] = {}

    def __iter__(self) -> Iterator[tuple[T, T]]:
        return ((self.old[i], self.new[j]) for j, i in self.partners.items())

    def left(self) -> tuple[list[int], list[int]]:
        """Return the indexes of the old and the new items that are not matched."""
        taken = set(self.partners.values())
        olds = [i for i in range(len(self.old)) if i not in taken]
        return olds, [j for j in range(len(self.new)) if j not in self.partners]

    def by_key(
        self,
        key: Key[T],
        new_key: Key[T] | None = None,
        *,
        is_confirmed: Callable[[T, T], bool] = lambda _old, _new: True,
    ) -> None:
        """Match what has an equal key, in order; None is equal to nothing.

        new_key: of a new item, if not as of an old one. It may depend on what is matched before it.
        is_confirmed: whether two with an equal key are one.
        """
        olds, news = self.left()
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for i in reversed(olds):
            waiting[key(self.old[i])].append(i)
        for j in news:
            wanted = (new_key or key)(self.new[j])
            if wanted is None or not waiting.get(wanted):
                continue
            if is_confirmed(self.old[waiting[wanted][-1]], self.new[j]):
                self.partners[j] = waiting[wanted].pop()

    def by_likeness(
        self, likeness: Likeness[T], features: Features[T], *, in_order: bool = False
    ) -> None:
        """Match what is most alike: wherever it is, or in_order."""
        olds, news = self.left()
        sides = [self.old[i] for i in olds], [self.new[j] for j in news]
        find = _most_alike_in_order if in_order else _most_alike_anywhere
        self.partners |= {news[j]: olds[i] for i, j in find(*sides, likeness, features)}


def in_reading_order(
    old: Sequence[T],
    new: Sequence[T],
    *,
    key: Key[T],
    likeness: Likeness[T],
    features: Features[T],
    replaces: Callable[[T, T], bool],
) -> Iterator[tuple[int | None, int | None]]:
    """Yield all indexes, in pairs and in the order of both: first what has equal keys is matched,
    then what is alike between that. replaces: whether two alone in the same place are one.
    """
    found = hunks([key(item) for item in old], [key(item) for item in new])
    for (start, end, new_start, new_end), gap in in_turn(found, len(old), len(new)):
        yield from zip(range(start, end), range(new_start, new_end), strict=True)
        olds, news = old[gap.old_start : gap.old_end], new[gap.new_start : gap.new_end]
        if len(olds) == len(news) == 1 and replaces(olds[0], news[0]):
            pairs = [(0, 0)]
        else:
            pairs = _most_alike_in_order(olds, news, likeness, features)
        i = j = 0
        for old_index, new_index in (*pairs, (len(olds), len(news))):
            yield from ((gap.old_start + index, None) for index in range(i, old_index))
            yield from ((None, gap.new_start + index) for index in range(j, new_index))
            if old_index < len(olds):
                yield gap.old_start + old_index, gap.new_start + new_index
            i, j = old_index + 1, new_index + 1


def _most_alike_in_order(
    old: Sequence[T], new: Sequence[T], likeness: Likeness[T], features: Features[T]
) -> list[tuple[int, int]]:
    """Return the pairs of indexes, in order and without crossing, with the greatest total likeness.

    Where there are too many to compare them all, those that share rare features are matched first,
    and then what lies between them.
    """
    if len(old) * len(new) <= _MOST_PAIRS:
        return _best_in_order(old, new, likeness)
    likely = sorted(_most_alike_anywhere(old, new, likeness, features), key=lambda pair: pair[1])
    kept = increasing([i for i, _ in likely])
    found = [likely[index] for index in kept]
    for gap in gaps([Match(i, j, 1) for i, j in found], len(old), len(new)):
        olds, news = old[gap.old_start : gap.old_end], new[gap.new_start : gap.new_end]
        if len(olds) * len(news) <= _MOST_PAIRS:
            pairs = _best_in_order(olds, news, likeness)
            found += [(gap.old_start + i, gap.new_start + j) for i, j in pairs]
    return sorted(found)


def _most_alike_anywhere(
    old: Sequence[T], new: Sequence[T], likeness: Likeness[T], features: Features[T]
) -> list[tuple[int, int]]:
    """Return the pairs of indexes of what is most alike; each item is used once.

    Only items that share a feature which few of old have are compared.
    """
    having: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(old):
        for feature in features(item):
            having[feature].append(i)
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
    return [(i, j) for j, i in partners.items()]


def _best_in_order(
    old: Sequence[T], new: Sequence[T], likeness: Likeness[T]
) -> list[tuple[int, int]]:
    """Compare all pairs; return those with the greatest total, in order and without crossing."""
    rows = [[0.0] * (len(new) + 1)]
    for item in old:
        above, row = rows[-1], [0.0]
        for j, other in enumerate(new):
            score = likeness(item, other)
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
