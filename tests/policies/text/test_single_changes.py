"""Single changes: each can be rejected by itself, and all together give the old text back."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text.document import Document, DocumentError, Section, serialize
from policies.text.redline import Kind, changes_between
from tests.policies.text.redlines import document
from tests.policies.text.test_redline_exactness import documents


@given(documents(), documents(), st.randoms(use_true_random=False))
def test_any_changes_can_be_rejected(old, new, random):
    found = changes_between(old, new)
    ids = [it.id for it in found.listed]

    assert serialize(found.resolve([])) == serialize(new)
    assert serialize(found.resolve(ids)) == serialize(old)
    assert len(ids) == len(set(ids))
    with suppress(DocumentError):
        found.resolve(random.sample(ids, random.randint(0, len(ids))))


@given(documents(), documents(), st.randoms(use_true_random=False))
def test_rejecting_one_after_the_other_leads_back(old, new, random):
    """Each time, the changes that are left are found anew."""
    while new != old:
        found = changes_between(old, new)
        ids = [it.id for it in found.listed]
        random.shuffle(ids)
        before = new
        # Some have an effect only with another one: two sections that exchange their anchors.
        for rejected in (*([it] for it in ids), ids):
            try:
                new = found.resolve(rejected)
            except DocumentError:
                continue
            if new != before:
                break
        assert new != before


def listed(old, new):
    found = changes_between(old, new).listed
    return [(it.kind.value, it.old.strip(), it.new.strip()) for it in found]


LONG = "Nobody else can read what you write to us."
CELLS = "| a | b |\n| --- | --- |"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # The first word of a paragraph has no space before it.
        ("We sell.\n\nYou pay.", "We sell.\n\nNow You pay.", ["words  Now"]),
        ("Now You pay.", "You pay.", ["words Now "]),
        ("For 30 days in the EU.", "For 14 days in the UK.", ["words 30 14", "words EU UK"]),
        # What needs another change to make sense is one with it.
        ("All **our** data.", "All our data.", ["words **our** our"]),
        ("See [us](https://a.example).", "See us.", ["words [ … ](https://a.example) "]),
        (f"{CELLS}\n| 1 | 2 |", f"{CELLS}\n| x | y |\n| 1 | 2 |", ["words  | x | y |"]),
        ("- a\n- b", "- a\n- new\n- b", ["words  - new"]),
        # What only counts anew is one change, and what only looks different another.
        ("(a) one\n(b) two\n(c) six", "(a) one\n(c) two\n(d) six", ["numbers (b) (c)"]),
        (
            "1. Spain\n\n2. France\n\n3. Italy",
            "1. Spain\n\n2. Italy",
            ["removed 2. France ", "numbers 3. 2."],
        ),
        ('We "share"\nit.', "We “share” it.", ['layout " “']),
        (f"{LONG}\n\nB.\n\nC.", f"B.\n\nC.\n\n{LONG}", [f"moved {LONG} {LONG}"]),
        ("A.", f"A.\n\n{LONG}", [f"added  {LONG}"]),
        (f"A.\n\n{LONG}", "A.", [f"removed {LONG} "]),
        (f"{LONG} And so on.", f"{LONG}\n\nAnd so on.", ["words And And"]),
    ],
)
def test_changes_are_those_that_a_lawyer_would_name(old, new, expected):
    assert [*map(" ".join, listed(document(old), document(new)))] == expected


def test_sections_are_added_removed_moved_and_renamed_as_a_whole():
    one, two, three = (
        Section(it, it.lower(), f"About {it}. {LONG}") for it in ("One", "Two", "Six")
    )
    old = Document("T", "", (one, two))
    new = Document("U", "", (replace(two, heading="Both"), one, three), numbering="none")

    assert listed(old, new) == [
        ("words", "T", "U"),
        ("moved", "Two", "Both"),
        ("words", "Two", "Both"),
        ("added", "", f"## Six\n\n{three.body}"),
        ("notation", "", "none"),
    ]
    found = changes_between(old, new)
    of_kind = {it.kind: it.id for it in found.listed}
    assert found.resolve([of_kind[Kind.MOVED]]).sections == (one, new.sections[0], three)
    assert found.resolve([of_kind[Kind.ADDED]]).sections == new.sections[:2]


def test_a_change_keeps_its_id_while_others_come_and_go():
    old, new = document("For 30 days.\n\nB.", "C."), document("For 14 days.\n\nB.", "C.")
    (change,) = changes_between(old, new).listed
    more = changes_between(old, document(f"{LONG}\n\nFor 14 days.", "D."))

    assert change.id in {it.id for it in more.listed}
    assert "For 30 days." in more.resolve([change.id]).sections[0].body


def test_what_would_be_no_document_is_refused():
    """A section was replaced by another one, which has its anchor."""
    old = Document(
        "T", "", (Section("A", "a", LONG), Section("B", "b", "Six words that are never the same."))
    )
    new = Document("T", "", (Section("A", "b", LONG),))
    anchor = next(it for it in changes_between(old, new).listed if it.kind is Kind.REMOVED)

    with pytest.raises(DocumentError, match="the same anchor"):
        changes_between(old, new).resolve([anchor.id])
    with pytest.raises(KeyError):
        changes_between(old, new).resolve(["nothing"])
