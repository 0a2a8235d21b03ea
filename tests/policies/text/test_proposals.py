"""Three texts: what was sent, the draft, what came back; merged, and in conflict."""

import itertools

import pytest

from policies.text import redline
from policies.text.document import Document, DocumentError, Section
from policies.text.redline import Kind, merge, proposals
from tests.policies.text.test_linear_time import grows_with_its_length

A, B, C = (Section(it.upper(), it, f"The text of {it}.\n\nMore of {it}.") for it in "abc")


def doc(*sections, title="Policy", introduction="Hello."):
    return Document(title, introduction, sections)


def with_body(section, body):
    return Section(section.heading, section.anchor, body)


BASE = doc(A, B, C)
MORE_B = with_body(B, f"{B.body}\n\nStill more.")
EDITS = {
    "title": doc(A, B, C, title="Notice"),
    "words": doc(with_body(A, A.body.replace("text", "words")), B, C),
    "heading": doc(Section("Aa", "a", A.body), B, C),
    "added": doc(A, B, C, Section("D", "d", "New.")),
    "between": doc(A, Section("E", "e", "New."), B, C),
    "removed": doc(A, C),
    "moved": doc(C, A, B),
    "paragraph": doc(A, MORE_B, C),
}


@pytest.mark.parametrize(("one", "two"), [*itertools.permutations(EDITS, 2)])
def test_changes_in_different_places_are_merged(one, two):
    merged, conflicts = merge(BASE, EDITS[one], EDITS[two])

    if {one, two} == {"removed", "paragraph"}:
        assert [it.place for it in conflicts] == ["#b"]
        assert merged == EDITS[one]
        assert merge(BASE, EDITS[one], EDITS[two], takes_theirs=True).document == EDITS[two]
        return
    assert conflicts == ()
    other, _ = merge(BASE, EDITS[two], EDITS[one])
    assert {it.anchor: it for it in merged.sections} == {it.anchor: it for it in other.sections}
    for edit in (one, two):
        assert merge(EDITS[edit], BASE, merged).document != merged  # nothing of either is lost
    assert merged not in {BASE, EDITS[one], EDITS[two]}


@pytest.mark.parametrize(
    ("ours", "theirs", "in_conflict"),
    [
        ("One.\n\nTwo.\n\nOurs.", "One.\n\nTwo.\n\nTheirs.", True),
        ("One, ours.\n\nTwo.", "One, theirs.\n\nTwo.", True),
        ("Two.", "One, theirs.\n\nTwo.", True),
        ("One, ours.\n\nTwo.", "One.\n\nTwo, theirs.", False),
        ("One, ours.\n\nTwo.", "One, theirs.\n\nTwo, theirs.", True),
        ("One, ours.\n\nTwo.", "One.\n\nBetween.\n\nTwo.", False),
        ("One.\n\nBetween.\n\nTwo.", "One.\n\nTwo, theirs.", False),
        ("One, ours.\n\nMore.\n\nTwo.", "One.\n\nBetween.\n\nTwo.", True),
    ],
)
def test_only_the_same_paragraph_and_the_same_gap_are_in_conflict(ours, theirs, *, in_conflict):
    three = (doc(introduction=it) for it in ("One.\n\nTwo.", ours, theirs))

    merged, conflicts = merge(*three)

    assert bool(conflicts) == in_conflict
    if not in_conflict:
        assert all(it in merged.introduction for it in {*ours.split("\n\n")} - {"One.", "Two."})


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "both"),
    [
        ("2.1 A.\n2.2 B.", "2.1 Ours.\n2.2 B.", "2.1 A.\n2.2 Theirs.", "2.1 Ours.\n2.2 Theirs."),
        (
            *("- A:\n    - B", "- Ours:\n    - B", "- A:\n    - B\n    - C"),
            "- Ours:\n    - B\n    - C",
        ),
        ("(a) A\n    more.", "(a) Ours\n    more.", "(a) A\n    and more.", None),
        ("(a) A;", "(a) A;\n(b) ours.", "(a) A;\n(b) theirs.", None),
        ("A\nmore.", "Ours\nmore.", "A\nand more.", None),
    ],
)
def test_items_of_a_list_are_in_conflict_one_by_one(base, ours, theirs, both):
    merged, conflicts = merge(*(doc(introduction=it) for it in (base, ours, theirs)))

    assert merged.introduction == (both or ours)
    assert [(it.base, it.ours, it.theirs) for it in conflicts] == (
        [] if both else [(base, ours, theirs)]
    )


def test_each_proposal_is_accepted_alone_and_all_together_give_the_file():
    file = doc(
        Section("Aa", "a", "The words of a.\n\nLess of a."), C, MORE_B, title="A policy of ours"
    )
    found = proposals(BASE, file, BASE)

    assert len(found.free) == len(found.found.listed) > 4
    assert found.merged(found.free).document == file
    draft, accepted = BASE, []
    for change in found.found.listed:
        now = proposals(BASE, file, draft, accepted=accepted)
        assert change.id in now.free
        draft = now.merged([change.id]).document
        accepted.append(change.id)
    assert draft == file
    assert proposals(BASE, file, draft, accepted=accepted).waiting == []


def test_a_moved_paragraph_whose_old_place_was_changed_is_in_conflict():
    long = "This paragraph is so long that nobody would write the same one twice by chance, ever."
    base = doc(with_body(A, f"{A.body}\n\n{long}"), B)
    file = doc(A, with_body(B, f"{B.body}\n\n{long}"))
    draft = doc(with_body(A, f"{A.body}\n\n{long} Really."), B)
    found = proposals(base, file, draft)

    assert [it.kind for it in found.found.listed] == [Kind.MOVED]
    assert found.free == ()
    assert found.conflicts[0].conflict.place == "#a"
    assert redline.changes_between(draft, found.merged([], takes_theirs=True).document).listed == ()


def test_proposals_that_make_no_document_of_the_draft_are_shown_all_the_same():
    """A heading in code, that is code no more in the draft."""
    base = doc(introduction="```\n\n# X\n\nWords.\n\n```")
    file = doc(introduction="```\n\n# X\n\nWords.\n\n# Y\n\n```")
    draft = doc(introduction="One.\n\nTwo.\n\nWords.\n\nFour.")

    found = proposals(base, file, draft)

    assert len(found.free) == 1
    with pytest.raises(DocumentError):
        found.merged(found.free)


def test_all_that_is_in_no_conflict_can_be_accepted_at_once():
    """The two changes together are next to what was added, and neither is alone."""
    base, file, draft = (
        doc(introduction=it)
        for it in (
            "We keep it.\n\nFor a year.\n\nWe sell it.",
            "We never keep it.\n\nWe sell it.",
            "Ours.\n\nWe keep it.\n\nFor a year.\n\nWe sell it.",
        )
    )
    found = proposals(base, file, draft)

    assert len(found.waiting) == len(found.free) + sum(len(it.ids) for it in found.conflicts) == 2
    assert found.free
    assert found.merged(found.free).conflicts == ()
    assert found.merged(found.free).document != draft


@pytest.mark.no_cover
@pytest.mark.parametrize("edited", [1, 1_000], ids=["one conflict", "all in conflict"])
def test_many_changes_beside_a_draft_take_time_in_proportion(edited):
    def read(text):
        words = text.split("\n\n")
        ours = [it.replace("days", "months") for it in words[:edited]] + words[edited:]
        theirs = text.replace("days", "weeks")
        found = proposals(*(doc(introduction=it) for it in (text, theirs, "\n\n".join(ours))))
        assert len(found.conflicts) == min(edited, len(words))
        assert len(found.free) == max(0, len(words) - edited)

    def make(size):
        return "\n\n".join(f"Paragraph {it} says that we keep it {it} days." for it in range(size))

    assert grows_with_its_length(read, make, 150)
