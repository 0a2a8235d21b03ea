"""How the sections of a source and of its translation become pairs."""

import random

from policies.public.comparisons import ShownPart
from policies.staff.translation_views import paired


def part(anchor, *states, kind="section"):
    return ShownPart(kind, anchor, anchor.upper(), [*states], f"<h2>{anchor}</h2>")


def test_no_section_is_lost_or_shown_twice_whatever_the_order():
    chance = random.Random(36)  # noqa: S311  not for secrets
    for _ in range(500):
        source = [part(it) for it in chance.sample("abcdefgh", chance.randint(0, 8))]
        own = [part(it) for it in chance.sample("abcdefghxyz", chance.randint(0, 11))]

        pairs = paired(source, own)

        assert [it.source for it in pairs if it.source] == source
        shown = [it.own for it in pairs if it.own]
        assert sorted(map(str, shown)) == sorted(map(str, own))
        both = [(it.source.anchor, it.own.anchor) for it in pairs if it.source and it.own]
        shared = {it.anchor for it in source} & {it.anchor for it in own}
        assert {(it, it) for it in shared} <= {*both}


def test_a_section_without_a_translation_is_not_beside_the_footnotes():
    section, notes = part("a"), part("", kind="notes")

    pairs = [(it.source, it.own) for it in paired([section], [notes])]

    assert sorted(pairs, key=str) == sorted([(section, None), (None, notes)], key=str)


def test_a_section_that_took_the_anchor_of_a_removed_one_is_paired():
    source, own = [part("a")], [part("a", "removed"), part("a", "added")]

    (pair,) = paired(source, own)

    assert pair.own == own[1]
    assert pair.work == ""


def test_a_removed_section_needs_work_only_while_the_translation_has_it():
    gone = part("a", "removed")

    assert [it.work for it in paired([gone], [part("a")])] == ["Removed from the source"]
    assert [it.work for it in paired([gone], [gone])] == [""]
    assert [it.work for it in paired([part("a")], [gone])] == ["Missing in the translation"]


def test_a_section_that_moved_in_the_source_needs_work_until_it_moves_here():
    moved = part("a", "moved")

    assert [it.work for it in paired([moved], [part("a")])] == ["Moved in the source"]
    assert [it.work for it in paired([moved], [moved])] == [""]
