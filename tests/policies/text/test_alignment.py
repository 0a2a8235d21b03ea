"""Aligning two sequences: what is found is common, in order, and as long as it can be."""

import tracemalloc
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from policies.text.redline import alignment

few = st.lists(st.sampled_from("abcd"), max_size=10)
many = st.lists(st.sampled_from("abcdefghijklmnop"), max_size=60)


def longest(old, new):
    """Return the length of the longest common subsequence, by the textbook's table."""
    row = [0] * (len(new) + 1)
    for one in old:
        above = row[:]
        for j, two in enumerate(new):
            row[j + 1] = above[j] + 1 if one == two else max(above[j + 1], row[j])
    return row[-1]


def assert_common_and_in_order(old, new, found):
    for match in found:
        assert match.length > 0
        assert (
            old[match.old : match.old + match.length] == new[match.new : match.new + match.length]
        )
    for one, two in pairwise(found):
        assert one.old + one.length <= two.old
        assert one.new + one.length <= two.new


@given(few | many, few | many)
def test_matches_are_a_longest_common_subsequence(old, new):
    found = alignment.matches(old, new)

    assert_common_and_in_order(old, new, found)
    assert sum(match.length for match in found) == longest(old, new)


@given(few | many, few | many)
def test_hunks_are_all_that_is_not_matched(old, new):
    rebuilt = []
    at = 0
    for hunk in alignment.hunks(old, new):
        rebuilt += old[at : hunk.old_start] + new[hunk.new_start : hunk.new_end]
        at = hunk.old_end

    assert rebuilt + old[at:] == new


def test_large_input_without_unique_items_is_matched_along_its_diagonal(monkeypatch):
    monkeypatch.setattr(alignment, "MOST_BITS", 16)
    monkeypatch.setattr(alignment, "CHUNK", 5)
    same = [*"aabb"] * 10
    found = alignment.matches(["old", *same, "old"], ["new", *same, "new"])
    assert_common_and_in_order(["old", *same, "old"], ["new", *same, "new"], found)
    assert sum(it.length for it in found) == len(same)


def test_large_inputs_with_one_difference_match_everywhere_else():
    old = [str(n) for n in range(30_000)]
    new = [*old[:9], "other", *old[10:20_000], *old[20_001:]]

    assert alignment.hunks(old, new) == [
        alignment.Hunk(9, 10, 9, 10),
        alignment.Hunk(20_000, 20_001, 20_000, 20_000),
    ]


def test_a_long_text_and_a_short_one_take_little_memory():
    old = [str(n) for n in range(60_000)]
    new = [str(n) for n in range(30_000, 30_500)] + [f"new {n}" for n in range(500)]

    tracemalloc.start()
    try:
        found = alignment.matches(["first", *old], [*new, "last"])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found == [alignment.Match(30_001, 0, 500)]
    assert peak < 40_000_000


class Counted(list[str]):
    """A list that counts how many of its items were asked for."""

    asked = 0

    def __getitem__(self, at):
        found = super().__getitem__(at)
        self.asked += len(found) if isinstance(at, slice) else 1
        return found


def test_a_text_in_which_each_cut_makes_one_more_item_unique_takes_bounded_time(monkeypatch):
    monkeypatch.setattr(alignment, "MOST_BITS", 16)
    monkeypatch.setattr(alignment, "CHUNK", 3)
    old = Counted(item for n in range(500) for item in (f"{n + 1}", "a", f"{n}", "b"))
    new = Counted(item for n in range(500) for item in (f"{n + 1}", "c", f"{n}", "d"))

    assert_common_and_in_order(old, new, alignment.matches(old, new))
    assert len(old) <= old.asked < 100 * len(old)


@given(st.lists(st.integers(0, 9), max_size=8))
def test_what_keeps_its_order_is_a_longest_increasing_subsequence(values):
    found = alignment.increasing(values)

    kept = [values[index] for index in found]
    assert all(one < two for one, two in pairwise(kept))
    assert not any(
        all(one < two for one, two in pairwise(chosen))
        for chosen in combinations(values, len(kept) + 1)
    )
