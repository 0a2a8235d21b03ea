"""A document as it stands in a form."""

import itertools

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from policies.staff.editing import DraftText, SectionText
from policies.staff.two_texts import chosen, differences
from policies.text.document import Document, Section
from policies.text.markdown.limits import MAX_CHARACTERS
from tests.factories import make_document


def text(*headings):
    return DraftText("T", "", tuple(SectionText(it, it.lower(), f"About {it}.") for it in headings))


def order(draft):
    return "".join(section.heading for section in draft.sections)


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("up:2", "BAC"),
        ("down:2", "ACB"),
        ("up:1", "ABC"),
        ("down:3", "ABC"),
        ("remove:2", "AC"),
        ("add", "ABC+"),
        ("up:0", "ABC"),
        ("up:4", "ABC"),
        ("remove:99", "ABC"),
        ("up:x", "ABC"),
        ("up:²", "ABC"),
        ("save", "ABC"),
        ("", "ABC"),
        ("nonsense:2", "ABC"),
    ],
)
def test_a_button_rearranges_the_sections(button, expected):
    arranged = text("A", "B", "C").rearranged(button)

    assert "".join(section.heading or "+" for section in arranged.sections) == expected


def test_a_document_comes_back_from_its_form_as_it_was():
    document = make_document()

    assert DraftText.of(document).checked().document == document


def test_a_form_is_read_in_the_order_of_its_fields():
    data = QueryDict(
        "title=My++title&introduction=a%0D%0Ab&heading=One&anchor=one&body=x&heading=Two&anchor=%23b&body="
    )

    assert DraftText.posted(data) == DraftText(
        "My title", "a\nb", (SectionText("One", "one", "x"), SectionText("Two", "b", ""))
    )


def test_anchors_come_from_headings_and_stay():
    draft = DraftText(
        "T",
        "",
        (
            SectionText("Your [rights](#x) & *choices*", "", "x"),
            SectionText("Renamed", "old-name", "x"),
            SectionText("Old name", "", "x"),
            SectionText("データ", "", "x"),
            SectionText("Q&amp;A by [law](https://x.example/a_(b)_c)", "", "x"),
        ),
    )

    anchors = [section.anchor for section in draft.with_anchors().sections]

    assert anchors == ["your-rights-choices", "old-name", "old-name-1", "データ", "qa-by-law"]


def test_sections_that_nobody_filled_in_are_no_mistake():
    draft = DraftText("T", "", (SectionText(), SectionText("A", "", "x"), SectionText(" ", "", "")))

    assert draft.checked().document == Document("T", "", (Section("A", "a", "x"),))


@pytest.mark.parametrize(
    ("draft", "where", "words"),
    [
        (DraftText(""), "title", "Enter a title"),
        (DraftText("T", "# A heading"), "introduction", "a heading of the level of sections"),
        (DraftText("T", "", (SectionText("", "a", "Words"),)), "section-1", "Give this section"),
        (DraftText("T", "", (SectionText("A", "a b"),)), "section-1", "anchor"),
        (DraftText("T", "", (SectionText("A", "site:a"),)), "section-1", "belongs to the page"),
        (DraftText("T", "", (SectionText("A", "a", "## B"),)), "section-1", "Make it a section"),
        (
            DraftText("T", "", (SectionText("A", "a", "x"), SectionText("B", "a", "x"))),
            "document",
            "the same anchor",
        ),
        (DraftText("T", "x" * (MAX_CHARACTERS + 1)), "size", "Nothing was saved"),
    ],
)
def test_each_problem_is_reported_at_its_field(draft, where, words):
    checked = draft.checked(is_complete=True)

    assert checked.document is None
    assert words in checked.problems[where]
    assert checked.text.title == draft.title


@given(
    st.builds(
        DraftText,
        st.text(max_size=20),
        st.text(max_size=30),
        st.lists(
            st.builds(SectionText, st.text(max_size=9), st.text(max_size=5), st.text(max_size=30)),
            max_size=4,
        ).map(tuple),
    )
)
def test_any_form_is_a_document_or_has_problems(draft):
    checked = draft.checked()

    assert (checked.document is None) == bool(checked.problems)


# --- Two people ----------------------------------------------------------------------------------


def test_two_texts_are_laid_beside_each_other_part_by_part():
    mine = DraftText("T", "mine", (*text("A", "B").sections, SectionText("New", "new", "x")))
    theirs = DraftText("T", "theirs", (SectionText("A", "a", "Other."), *text("C", "B").sections))

    changed = {part.name for part in differences(mine, theirs) if not part.is_same}

    assert changed == {"introduction", "#a", "#c", "#new"}


def test_each_part_is_taken_from_the_text_that_was_chosen():
    mine = DraftText("Mine", "mine", text("A", "B").sections)
    theirs = DraftText("Theirs", "theirs", (SectionText("A", "a", "Other."), *text("C").sections))

    assert chosen(mine, theirs, []) == mine
    assert chosen(mine, theirs, ["introduction", "#a", "#c"]) == DraftText(
        "Mine", "theirs", (SectionText("A", "a", "Other."), *text("B", "C").sections)
    )
    assert order(chosen(mine, theirs, ["#b"])) == "A"


def test_choosing_all_of_one_side_gives_that_side():
    sides = [text(*it) for it in ("ABC", "CBD", "", "A")]
    for mine, theirs in itertools.permutations(sides, 2):
        everything = [part.name for part in differences(mine, theirs)]

        assert chosen(mine, theirs, []) == mine
        taken = chosen(mine, theirs, everything)
        assert set(taken.sections) == set(theirs.sections)
