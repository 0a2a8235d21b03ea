"""Which item of an old text is which of the new one."""

from policies.models.derived import rendering_values
from policies.text.redline.matching import Matcher
from policies.text.redline.outlines import match_clauses
from policies.text.rendering import render


def matched(old, new, likeness, features, *, in_order=False):
    matcher = Matcher(old, new)
    matcher.by_likeness(likeness, features, in_order=in_order)
    return matcher.partners


def _shared(one, two):
    both, either = set(one) & set(two), set(one) | set(two)
    return len(both) / len(either) if 2 * len(both) > len(either) else 0


def test_alike_pairs_do_not_cross():
    found = matched(["abc", "xyz"], ["wxyz", "abcd"], _shared, frozenset, in_order=True)

    assert found in ({1: 0}, {0: 1})


def test_many_items_are_paired_by_their_rare_features_first():
    old = [f"item {n}: {chr(0x4E00 + n)}{chr(0x5E00 + n)}" for n in range(80)]
    new = [text + "!" for text in old if not text.startswith("item 7")]

    def likeness(one, two):
        return float(two == one + "!")

    def features(text):
        return frozenset(text) if "item 1" not in text else frozenset("item")

    found = matched(old, new, likeness, features, in_order=True)

    assert found == {j: old.index(text[:-1]) for j, text in enumerate(new)}


def test_partners_do_not_depend_on_the_order_of_a_set():
    """It differs from process to process; the same two texts must have the same redline."""
    old, new = list("abcd"), ["abcd"]

    def likeness(one, two):
        return 1 + two.index(one)

    found = [matched(old, new, likeness, lambda text, turn=turn: text[::turn]) for turn in (1, -1)]

    assert found[0] == found[1]


def kept(body):
    return rendering_values(render(f"## Fees\n\n{body}", clauses=True))["anchors"]


def test_a_reworded_clause_need_be_less_alike_where_it_was_than_elsewhere():
    before = kept("(a) deliver account refund price order")
    reworded = "deliver account invoice shipping returns"

    assert match_clauses(before, kept(f"(a) {reworded}")) == {"fees-a": "fees-a"}
    assert match_clauses(before, kept(f"(a) Something else.\n(b) {reworded}")) == {}
