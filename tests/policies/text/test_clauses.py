"""Clauses: list items that keep the labels which their author wrote."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from policies.text import document as documents
from policies.text.document import Document, DocumentError, Section
from policies.text.rendering import render
from tests.policies.text.redlines import sources


def document(body, *, clauses=True):
    return Document("Terms", "", (Section("Fees", "fees", body),), clauses)


def rendered(body):
    return render(f"## Fees {{#fees}}\n\n{body}\n")


def shown(body):
    """Return the anchor of each clause, and its first words with its label."""
    soup = BeautifulSoup(rendered(body).html, "html.parser")
    found = []
    for clause in soup.select(".clause"):
        label = clause.select_one(".label")
        assert label is not None
        found.append((str(clause["id"]), f"{label.get_text()}{label.next_sibling}".strip()))
    return found


def labels(body):
    soup = BeautifulSoup(rendered(body).html, "html.parser")
    return [label.get_text() for label in soup.select(".clause .label")]


# --- Labels ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        *("(a) (b) (c)", "a) b) c)", "a. b. c.", "(A) (B)", "A) B)", "(1) (2) (3)"),
        *("(i) (ii) (iii)", "i. ii. iii. iv.", "(IV) (V)", "IX) X)", "(z) (aa) (bb)"),
        *("2.1 2.2 2.3", "2.1. 2.2.", "2.1.1 2.1.2", "10.10.10 10.10.11", "(c) (d)", "(a) (c) (f)"),
        "(a) 1. (b)",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_label_is_shown_as_it_was_written(written, gap):
    expected = written.split()
    text = gap.join(f"{label} Text of it." for label in expected)

    assert labels(text) == expected


def test_a_capital_with_a_full_stop_is_a_label_with_two_spaces_after_it():
    assert labels("A.  Scope\nB.  Fees") == ["A.", "B."]
    assert labels("B. Russell wrote that.") == []


@pytest.mark.parametrize(
    "text",
    [
        *("1.5 million people", "2.1 of them", "e.g. this", "i.e. that", "z. B. this"),
        *("- d. h. that", "i. e. this", "(the) word", "(2024) was a year", "(see below) This."),
        *("did. Then", "(eg) this", "a.b. c", r"\(a) x", r"a\. x", "(a)x", "    (a) in code"),
        *("```\n(a) in code\n```", "`(a) b`", "| (a) |\n|-----|\n| (b) |", "We may\n(b) do it"),
        "In 2020, 12\n2.4 Million",
    ],
)
def test_other_words_are_no_label(text):
    assert labels(text) == []


def test_the_first_of_a_row_may_follow_a_line_of_text():
    assert shown("We may:\n(a) read;\n(b) write.\n\nNo more.") == [
        ("fees-a", "(a) read;"),
        ("fees-b", "(b) write."),
    ]


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("(g)", ["(h)", "(i)", "(j)"]),
        ("h.", ["i.", "j."]),
        ("(B)", ["(C)", "(D)"]),
        ("iv)", ["v)", "vi)"]),
        ("(3)", ["(4)", "(5)"]),
        ("2.4", ["2.5", "2.6"]),
        ("(z)", ["(aa)", "(bb)"]),
    ],
)
def test_a_row_that_begins_elsewhere_may_follow_a_line_of_text(first, others):
    rows = "\n".join(f"{label}  Words that\ngo on" for label in (first, *others))
    assert labels(f"Text:\n{rows}\n") == [first, *others]
    assert labels(f"1. Text:\n{rows}\n".replace("\n", "\n    ")) == ["1.", first, *others]
    found = rendered(f"Text:\n{rows}\n").html
    assert found.count('class="clauses"') == 1


@pytest.mark.parametrize(
    "text",
    [
        "see\n(g) above",
        "see\n(g) or\n(k) above",
        "see\n3. c\n4. d",
        "see\n(a)\n(b)",
        "see\n1. \n2. d",
    ],
)
def test_a_line_of_a_paragraph_that_only_begins_with_a_label_is_none(text):
    assert "clauses" not in rendered(text).html


def test_clauses_are_nested_to_five_levels():
    text = """
1. One
   2.1 Two
       (a) Three
           (i) Four
               A)  Five
           (ii) Four again
2. One again"""

    assert shown(text) == [
        ("fees-1", "1. One"),
        ("fees-1.2.1", "2.1 Two"),
        ("fees-1.2.1.a", "(a) Three"),
        ("fees-1.2.1.a.i", "(i) Four"),
        ("fees-1.2.1.a.i.A", "A) Five"),
        ("fees-1.2.1.a.ii", "(ii) Four again"),
        ("fees-2", "2. One again"),
    ]


def test_an_item_may_hold_paragraphs_bullets_tables_and_code():
    html = rendered(
        "(a) One.\n\n    Two.\n\n    - x\n\n    | a |\n    |---|\n    | b |\n\n"
        "        code\n\n(b) Three."
    ).html

    first = BeautifulSoup(html, "html.parser").select(".clause")[0]
    assert [child.name for child in first.find_all(recursive=False)] == [
        *("p", "p", "ul", "div", "pre"),
    ]


def test_where_all_numbers_are_one_the_items_count_up():
    assert labels("(a) x\n\ny\n\n1. a\n1. b\n1. c") == ["(a)", "1.", "2.", "3."]


def test_readers_have_a_list_whose_labels_are_words_and_links():
    assert rendered("(a) x").html.endswith(
        '<div class="clauses" role="list"><div class="clause" id="fees-a" role="listitem">'
        '<a class="label" href="#fees-a">(a)</a> x</div>\n</div>'
    )


@given(st.text(alphabet="(a)bi.12 \n-\t>AIVx`#", max_size=60))
def test_the_words_of_any_text_are_all_there(text):
    """Whatever is a label, and wherever: no sign is lost, none is made."""
    signs = r"[a-zA-Z0-9()]"
    html = render(text, clauses=True).html
    words = BeautifulSoup(re.sub(r"<h\d.*?</h\d>", "", html), "html.parser").get_text()
    plain = render(text, clauses=False).html
    before = BeautifulSoup(re.sub(r"<h\d.*?</h\d>", "", plain), "html.parser").get_text()

    written, kept = (sorted(re.findall(signs, it)) for it in (text, words))
    assert not [sign for sign in set(kept) if kept.count(sign) > written.count(sign)]
    assert len(kept) >= len(re.findall(signs, before))


# --- Anchors -----------------------------------------------------------------------------------


def test_an_anchor_follows_from_heading_and_labels_although_all_begin_at_the_margin():
    text = "2.1 You may:\n(a) x\n(b) y:\n(i) z\n(ii) z\n(c) y\n2.2 We may:\n(a) x"

    assert [anchor for anchor, _ in shown(text)] == [
        *("fees-2.1", "fees-2.1.a", "fees-2.1.b", "fees-2.1.b.i", "fees-2.1.b.ii"),
        *("fees-2.1.c", "fees-2.2", "fees-2.2.a"),
    ]


def test_h_i_j_are_letters_and_i_ii_iii_numerals():
    text = "(g) x\n(h) x\n(i) x\n(j) x"
    assert [anchor for anchor, _ in shown(text)] == ["fees-g", "fees-h", "fees-i", "fees-j"]
    text = "(a) x\n(i) x\n(ii) x\n(b) x"
    assert [anchor for anchor, _ in shown(text)] == ["fees-a", "fees-a.i", "fees-a.ii", "fees-b"]


@pytest.mark.parametrize("row", ["(h) (i) (j)", "(iv) (v) (vi) (vii)", "i) j) k)", "(I) (J)"])
def test_a_row_goes_on_as_it_is_counted_whatever_came_between(row):
    first, second, *others = row.split()
    text = f"{first} a\n\n- bullet\n\n{second} a\n" + "".join(f"{label} a\n" for label in others)
    assert [anchor for anchor, _ in shown(text)] == [
        f"fees-{label.strip('()')}" for label in row.split()
    ]


def test_an_anchor_that_the_author_wrote_wins():
    assert shown("(a) x {#mine}\n\n(b) y") == [("mine", "(a) x"), ("fees-b", "(b) y")]
    assert shown("(a) x {#mine}\n(b) y") == [("mine", "(a) x"), ("fees-b", "(b) y")]


def test_no_two_clauses_have_one_anchor():
    anchors = [
        anchor
        for anchor, _ in shown("(a) x\n\nOther text.\n\n(a) y\n\n### Fees a {#fees-b}\n\n(a) z")
    ]

    assert anchors == ["fees-a", "fees-a-1", "fees-b-a"]


def test_a_clause_in_a_footnote_is_under_none_of_the_text_and_comes_between_none():
    text = "2.1 You may:[^1]\n\n(a) x\n[^1]: Note.\n\n    (i) deep\n\n(b) y"

    assert [anchor for anchor, _ in shown(text)] == [
        *("fees-2.1", "fees-2.1.a", "fees-2.1.b", "clause-i")
    ]


def test_every_anchor_of_a_clause_is_listed():
    found = rendered("(a) x\n\n(b) y").anchors

    assert [(it.id, it.heading) for it in found] == [
        ("fees", "Fees"),
        ("fees-a", "Fees"),
        ("fees-b", "Fees"),
    ]


# --- In a Document -----------------------------------------------------------------------------


def test_a_new_text_with_labels_is_one_with_clauses_and_says_so():
    parsed = documents.parse("# Terms\n\n## Fees\n\n(a) x\n\n(b) y\n")

    assert parsed.clauses
    written = documents.serialize(parsed)
    assert written.startswith('---\ntitle: "Terms"\nclauses: true\n---\n')
    assert documents.parse(written) == parsed


def test_a_text_of_version_1_0_keeps_its_bytes_and_its_look():
    text = '---\ntitle: "Terms"\n---\n\n## Fees {#fees}\n\n(a) x\n\n(b) y\n'

    parsed = documents.parse(text)

    assert not parsed.clauses
    assert documents.serialize(parsed) == text
    html = render(documents.body(parsed), clauses=parsed.clauses).html
    assert html.endswith("<p>(a) x</p>\n<p>(b) y</p>")


def test_a_text_without_labels_has_no_clauses():
    assert not documents.parse("# T\n\n## A\n\n1. x\n2. y\n\n- z\n").clauses
    assert not documents.parse("---\nclauses: false\n---\n# T\n\n## A\n\n(a) x\n").clauses


def test_what_divides_a_text_into_sections_only_with_clauses_is_refused():
    body = "- a\n(a) b\n  ## Heading"

    assert document(body, clauses=False)
    with pytest.raises(DocumentError, match="a heading of the level of sections"):
        document(body)


_LINES = st.lists(
    st.sampled_from(
        [
            *("(a) x", "(b) y", "    (i) z", "2.1 The", "- a", "text", "", "    code", "A.  B"),
            *("1. x", "> q"),
        ]
    ),
    max_size=12,
)


@given(_LINES, st.booleans())
def test_what_is_written_is_read_back(lines, clauses):
    made = document("\n".join(lines), clauses=clauses)

    assert documents.parse(documents.serialize(made)) == made


# --- Beside other features ---------------------------------------------------------------------


# --- Numbers of headings -----------------------------------------------------------------------

_BODY = (
    "## One {#one}\n\n### Part {#part}\n\n#### Detail {#detail}\n\n### Part two\n\n## Two {#two}\n"
)


def numbers(numbering, body=_BODY):
    soup = BeautifulSoup(render(body, numbering=numbering).html, "html.parser")
    return [one.get_text() for one in soup.select(".number")]


def test_headings_are_numbered_as_the_text_says():
    assert numbers("") == ["1.", "2."]
    assert numbers("headings") == ["1.", "1.1", "1.1.1", "1.2", "2."]
    assert numbers("none") == []
    assert numbers("headings", "## 1. One\n\n### Part\n\n## 2. Two\n") == []


def test_the_contents_show_the_numbers_of_headings():
    contents = render(_BODY, numbering="headings").contents

    assert [(it.number, [child.number for child in it.children]) for it in contents] == [
        ("1.", ["1.1", "1.2"]),
        ("2.", []),
    ]


@pytest.mark.parametrize("numbering", ["headings", "none"])
def test_the_text_says_how_its_headings_are_numbered(numbering):
    made = replace(document("x", clauses=False), numbering=numbering)
    written = documents.serialize(made)

    assert written.startswith(f'---\ntitle: "Terms"\nnumbering: {numbering}\n---\n')
    assert documents.parse(written) == made
    assert sources(replace(made, numbering=""), made)[1] == made


def test_a_numbering_that_does_not_exist_is_refused():
    with pytest.raises(DocumentError, match="Write headings for"):
        documents.parse("---\nnumbering: roman\n---\n# T\n\n## A\n\nb\n")
