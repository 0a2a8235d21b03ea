"""What changed between two paragraphs, as a reader would put it.

A longest common subsequence alone marks confetti: two sentences that have nothing in common share
an "and", a "the" and a comma. What is kept must weigh enough beside what has changed.

Beside each threshold is what another value would change: how many of the 152 edits in
tests/policies/corpus/redline_edits.toml are no longer marked as a lawyer would, and how many look
different of 61 redlines between published policies or edited copies of them.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from policies.text.likeness import LONG_WORD
from policies.text.redline import alignment
from policies.text.redline.alignment import Hunk
from policies.text.redline.tokens import PARAGRAPH, Word

# How much short words and signs weigh beside a long word or a number, which weigh 1.
SHORT_WORD = 0.5  # at 0.25: 0 edits, 13 redlines; at 1: 4, 17
SIGN = 0.25  # at 0: 0, 7; at 0.5: 2, 6
# Words that are kept between two replacements are shown as replaced as well if the smaller of the
# two weighs this many times as much.
REPLACED_PER_KEPT = 3  # at 2: 0, 5; at 4: 0, 5
# The same between two insertions, or two deletions: there, nothing that is kept interrupts a
# sentence, so that more of it may be.
ADDED_PER_KEPT = 6  # at 4: 0, 0; at 12: 0, 0
# Up to this weight, one short word or two commas, nothing is kept between two words replaced.
NOTHING_KEPT = 0.5  # at less than 0: 2, 16; at 1: 0, 18
# Two paragraphs that keep less than these shares of the shorter and of the longer one read better
# one after the other than woven together.
KEPT_OF_SHORTER = 0.45  # at 0.35: 2, 1; at 0.55: 0, 2
KEPT_OF_LONGER = 0.3  # at 0.2: 0, 3; at 0.4: 0, 3
# A beginning or an end that both have is kept even so if it has at least three long words.
KEPT_END = 3  # at 1: 0, 4; at 6: 2, 1


class _WeighedWords(NamedTuple):
    """keys: of its words. sums: the weight of all words before each, and at the end of all."""

    keys: list[str]
    sums: list[float]


def changes(old: Sequence[Word], new: Sequence[Word]) -> list[Hunk]:
    """Return what changed, cut where sentences and items begin."""
    before, after = _weighed(old), _weighed(new)
    hunks = _differing_hunks(before.keys, after.keys)
    if not hunks:
        return []
    hunks = _without_islands(_moved_to_read_well(hunks, before.keys, after.keys), before, after)
    if "(" in before.keys or ")" in before.keys:
        whole = _with_brackets(hunks, before.keys, after.keys)
        hunks = _without_islands(whole, before, after)
    share_little = _share_little(hunks, before, after)
    return [_between_ends(hunks, before, after)] if share_little else hunks


def _weighed(words: Sequence[Word]) -> _WeighedWords:
    keys = [word.key for word in words]
    return _WeighedWords(keys, list(accumulate(map(_weight, keys), initial=0.0)))


def _weight(key: str) -> float:
    if len(key) >= LONG_WORD or (key[:1].isdigit() and len(key) > 1):
        return 1.0
    return SHORT_WORD if len(key) > 1 or key.isalnum() else SIGN


def _differing_hunks(olds: Sequence[str], news: Sequence[str]) -> list[Hunk]:
    """Return what is not in a longest common subsequence in which a long word counts for two."""
    numbers = _Numbers()
    old_keys, old_starts = _with_long_words_twice(olds, numbers)
    new_keys, new_starts = _with_long_words_twice(news, numbers)
    common: list[alignment.Match] = []
    for old, new, length in alignment.matches(old_keys, new_keys):
        # The first half of a word stands for it.
        start, end = (bisect_left(old_starts, at) for at in (old, old + length))
        if start < end:
            common.append(alignment.Match(start, bisect_left(new_starts, new), end - start))
    return list(alignment.gaps(common, len(olds), len(news)))


class _Numbers(dict[str, tuple[int, ...]]):
    """Key → its number, and if it is long the negative of it as well."""

    def __missing__(self, key: str) -> tuple[int, ...]:
        number = len(self) + 1
        self[key] = (number, -number) if len(key) >= LONG_WORD else (number,)
        return self[key]


def _with_long_words_twice(keys: Sequence[str], numbers: _Numbers) -> tuple[list[int], list[int]]:
    """Return the numbers of keys, two for a long one, and the index at which each key has its."""
    halves = [numbers[key] for key in keys]
    return [*chain.from_iterable(halves)], [*accumulate(map(len, halves), initial=0)]


def _without_islands(hunks: Sequence[Hunk], old: _WeighedWords, new: _WeighedWords) -> list[Hunk]:
    """Join hunks if too little is kept between them to be worth reading."""
    kept: list[Hunk] = []
    for hunk in hunks:
        here = hunk
        while kept and _is_island(kept[-1], here, old, new):
            before = kept.pop()
            here = Hunk(before.old_start, here.old_end, before.new_start, here.new_end)
        kept.append(here)
    return kept


def _is_island(hunk: Hunk, following: Hunk, old: _WeighedWords, new: _WeighedWords) -> bool:
    kept = new.sums[following.new_start] - new.sums[hunk.new_end]
    deleted = old.sums[hunk.old_end] - old.sums[hunk.old_start]
    inserted = new.sums[hunk.new_end] - new.sums[hunk.new_start]
    deleted_next = old.sums[following.old_end] - old.sums[following.old_start]
    inserted_next = new.sums[following.new_end] - new.sums[following.new_start]
    smaller = min(max(deleted, inserted), max(deleted_next, inserted_next))
    if min(deleted + deleted_next, inserted + inserted_next) < 1:  # at most a sign was replaced
        return kept * ADDED_PER_KEPT <= smaller
    return (kept <= NOTHING_KEPT and smaller >= 1) or kept * REPLACED_PER_KEPT <= smaller


def _share_little(hunks: Sequence[Hunk], old: _WeighedWords, new: _WeighedWords) -> bool:
    removed = sum(old.sums[hunk.old_end] - old.sums[hunk.old_start] for hunk in hunks)
    kept = old.sums[-1] - removed
    shorter, longer = sorted((old.sums[-1], new.sums[-1]))
    return kept < KEPT_OF_SHORTER * shorter and kept < KEPT_OF_LONGER * longer


def _between_ends(hunks: Sequence[Hunk], old: _WeighedWords, new: _WeighedWords) -> Hunk:
    """Return one hunk for all, without a beginning and an end that are worth keeping."""
    first, last = hunks[0], hunks[-1]
    start = old.sums[first.old_start] >= KEPT_END
    end = old.sums[-1] - old.sums[last.old_end] >= KEPT_END
    return Hunk(
        first.old_start if start else 0,
        last.old_end if end else len(old.keys),
        first.new_start if start else 0,
        last.new_end if end else len(new.keys),
    )


def _with_brackets(hunks: Sequence[Hunk], olds: Sequence[str], news: Sequence[str]) -> list[Hunk]:
    """Extend each hunk to the bracket right beside it that closes, or opens, one inside it."""
    whole: list[Hunk] = []
    for i, end_i, j, end_j in hunks:
        open_in = [keys.count("(") - keys.count(")") for keys in (olds[i:end_i], news[j:end_j])]
        closes = olds[end_i : end_i + 1] == [")"] and min(open_in) > 0
        opens = olds[i - 1 : i] == ["("] and max(open_in) < 0
        whole.append(Hunk(i - opens, end_i + closes, j - opens, end_j + closes))
    return whole


_ENDS = frozenset(".;:!?。；：！？؟।")
_PAUSES = frozenset(",、，،)]\"'")
_OPENING = frozenset("([")


def _moved_to_read_well(
    hunks: Sequence[Hunk], olds: Sequence[str], news: Sequence[str]
) -> list[Hunk]:
    """Move pure insertions and deletions to where they read best, among places that are as right.

    Between "a" and "and c" the words inserted are "b, " rather than ", b".
    """
    moved: list[Hunk] = []
    for hunk, after in pairwise([*hunks, Hunk(len(olds), len(olds), len(news), len(news))]):
        if hunk.old_start < hunk.old_end and hunk.new_start < hunk.new_end:
            moved.append(hunk)
            continue
        before = moved[-1] if moved else Hunk(0, 0, 0, 0)
        if hunk.old_start == hunk.old_end:
            keys, start, end = news, hunk.new_start, hunk.new_end
        else:
            keys, start, end = olds, hunk.old_start, hunk.old_end
        left = min(hunk.old_start - before.old_end, hunk.new_start - before.new_end)
        right = min(after.old_start - hunk.old_end, after.new_start - hunk.new_end)
        size = end - start
        first = last = start
        while first > start - left and keys[first - 1] == keys[first - 1 + size]:
            first -= 1
        while last < start + right and keys[last] == keys[last + size]:
            last += 1
        best = start
        if first < last:
            best = max((_reads_well(keys, at, at + size), at) for at in range(first, last + 1))[1]
        moved.append(Hunk(*(value + best - start for value in hunk)))
    return moved


def _reads_well(keys: Sequence[str], start: int, end: int) -> int:
    """Return how well keys[start:end] read as one insertion or deletion: the higher, the better."""
    before = keys[start - 1] if start else PARAGRAPH
    after = keys[end] if end < len(keys) else PARAGRAPH
    first, last = keys[start], keys[end - 1]
    score = 0
    if before in _ENDS or before == PARAGRAPH:  # whole sentences, above all
        score += 4 if last in _ENDS or last == PARAGRAPH else 1
    if before in _PAUSES and last in _PAUSES:  # "a, [b,] and c"
        score += 2
    if first in _PAUSES:  # "a[, b]." at the end of a sentence or an item, but not "a[, b] c"
        score += 1 if after in _ENDS or after in _PAUSES else -1
    if first in _ENDS or last in _OPENING:  # never "[. A] B" or "A [b (] c"
        score -= 2
    if first in _OPENING and last in _PAUSES:  # "[(a)] b"
        score += 2
    return score
