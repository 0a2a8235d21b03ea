"""References to sections and clauses: where they lead, and which of them become links."""

import re
from dataclasses import replace

import pytest

from policies.text.document import Document, Section, parse
from policies.text.document import body as body_of
from policies.text.reading.parts import read_parts
from policies.text.reading.reference_targets import References
from policies.text.redline import State, compare
from policies.text.references.recognition import references
from policies.text.rendering import render, render_document
from tests.policies.text.examined import by_rule
from tests.policies.text.test_linear_time import grows_with_its_length

TERMS = """See {words}.

## Scope {{#scope}}

(a) For all.
(b) For some, such as
    (i) one,
    (ii) two.

## Fees {{#fees}}

2.1 One.
2.2 Two:
    (a) three,
    (b) four.
2.3 Five.

## Schedule 1 {{#prices}}

1. Six.
2. Seven.
"""


def linked(text):
    """Return the words and the anchor of each link but those of headings and labels."""
    html = render(text, clauses=True).html
    return [(words, anchor) for anchor, words in re.findall(r'<a href="#([^"]*)">(.*?)</a>', html)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("section 2", ["fees"]),
        ("SECTION 2", ["fees"]),
        ("clause 2.2", ["fees-2.2"]),
        ("clause 2.2(b)", ["fees-2.2.b"]),
        ("clause 2.2 (b)", ["fees-2.2.b"]),
        ("Section 1(b)(ii)", ["scope-b.ii"]),
        ("sections 1 and 2", ["scope", "fees"]),
        ("clauses 2.1 to 2.3, section 1", ["fees-2.1", "fees-2.3", "scope"]),
        ("clause 2.2(a) or (b)", ["fees-2.2.a", "fees-2.2.b"]),
        ("Section 1(b)(i) or (ii)", ["scope-b.i", "scope-b.ii"]),
        ("paragraph (a) of clause 2.2", ["fees-2.2.a"]),
        ("Schedule 1", ["prices"]),
        ("paragraph 2 of Schedule 1", ["prices-2"]),
        ("section 2 of these terms", ["fees"]),
        ("section\u00a02", ["fees"]),
        ("section 2, which the Arbitration Act governs", ["fees"]),
        ("*section 2*", ["fees"]),
    ],
)
def test_a_reference_is_a_link_to_the_only_place_with_its_number(words, expected):
    assert [anchor for _, anchor in linked(TERMS.format(words=words))] == expected


@pytest.mark.parametrize(
    "words",
    [
        *("section 7", "paragraph 2", "clause 2.2(c)", "Schedule 2", "section 230"),
        "paragraph (a)",
        *("the Arbitration Act, in whose view section 2", "Art. 6 § 1 b) GDPR"),
        *("section 2 of the Act", "section 2 of our Privacy Policy", "Article 2(1)(f) GDPR"),
        *("https://a.example/section 2", "a.example/x?section 2"),
        *("`section 2`", "[section 2](/elsewhere)", "section *2*", "14 sections"),
    ],
)
def test_what_leads_nowhere_or_elsewhere_is_no_link(words):
    assert linked(TERMS.format(words=words)) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("paragraphs (a) to (c) of clause 2.1", ["fees-2.1.a", "fees-2.1.c", "fees-2.1"]),
        ("paragraphs (a), (b) and (d) of section 2.1 if", ["fees-2.1.a", "fees-2.1.b", "fees-2.1"]),
        ("clause 2.1(a) to (c) if you pay", ["fees-2.1.a", "fees-2.1.c"]),
        ("clause 2.1(a)–(c) if you pay", ["fees-2.1.a", "fees-2.1.c"]),
        ("clause 2.1(a), (b) and (c) if you pay", ["fees-2.1.a", "fees-2.1.b", "fees-2.1.c"]),
        ("paragraphs a) to c)", ["fees-2.1.a", "fees-2.1.c"]),
        ("Buchstaben a) bis c) und die der", ["fees-2.1.a", "fees-2.1.c"]),
        ("Buchstaben a), b) und c) und die der", ["fees-2.1.a", "fees-2.1.b", "fees-2.1.c"]),
        ("Buchstaben a–c und die der", ["fees-2.1.a", "fees-2.1.c"]),
        ("Ziffer 2.1 Buchstaben a) bis c) und die der", ["fees-2.1.a", "fees-2.1.c"]),
        ("Ziffer 2.1 lit. a und b bleiben", ["fees-2.1.a", "fees-2.1.b"]),
        ("clause 2.1 paragraph b or a notice", ["fees-2.1.b"]),
        ("clauses 1 (Scope) and 2.1 (Price list)", ["scope", "fees-2.1"]),
        ("Ziffern 1 „Preise“ und 2.1 gelten", ["scope", "fees-2.1"]),
        ("those in (a) clause 2.1, and (b) the others", ["fees-2.1"]),
    ],
)
def test_both_ends_of_a_range_and_all_of_a_list_are_links(words, expected):
    text = (
        "## Scope {#scope}\n\nx\n\n## Fees {#fees}\n\n"
        f"2.1 One\n    (a) two\n    (b) three\n    (c) four, see {words}.\n"
    )

    assert [anchor for _, anchor in linked(text)] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("clauses 1 and 2", ["fees-1", "fees-2"]),
        ("clauses 1 to 3", ["fees-1", "fees-3"]),
        ("sections 1 and 2", ["fees"]),  # there is no section 2
        ("clauses 1 and 4", ["fees"]),
        ("clause 1", ["fees"]),
        ("clauses 1 and 2(a)", ["fees", "fees-2.a"]),
    ],
)
def test_the_numbers_of_one_reference_are_all_of_sections_or_all_of_clauses(words, expected):
    text = f"See {words}.\n\n## Fees {{#fees}}\n\n1. One.\n2. Two:\n    (a) x.\n3. Three.\n"

    assert [anchor for _, anchor in linked(text)] == expected


def test_the_clauses_of_one_reference_are_in_one_section():
    scope = "## Scope {#scope}\n\n1. One.\n2. Two.\n\n"
    text = f"See clauses 1, 2 and 3.\n\n{scope}## Fees {{#fees}}\n\n1. A.\n2. B.\n3. C.\n"

    assert [anchor for _, anchor in linked(text)] == ["fees-1", "fees-2", "fees-3"]


def test_a_reference_to_one_of_two_places_is_no_link():
    two = "## One\n\n### First\n\n(a) y\n\n### Second\n\n(a) y\n\nSee section 1(a)."

    assert linked(two) == []


@pytest.mark.parametrize(
    ("clause", "anchor"),
    [
        ("(b) as in paragraph (a) above", "fees-2.1.a"),
        ("(b) as in sub-clause (ii)\n        (i) x\n        (ii) y", "fees-2.1.b.ii"),
        ("(b) x\n        (i) as in paragraph (a)", "fees-2.1.a"),
        ("(b) as in paragraph 2.1", "fees-2.1"),
        ("(b) x\n\nIn paragraph (a) above it says so.", "fees-2.1.a"),
    ],
)
def test_a_paragraph_is_looked_for_from_where_the_reference_is(clause, anchor):
    text = (
        f"## Scope {{#scope}}\n\n(a) x\n\n## Fees {{#fees}}\n\n2.1 One\n    (a) two\n    {clause}\n"
    )

    assert [it for _, it in linked(text)] == [anchor]


def test_german_references_are_links_too():
    text = """## Der Umfang {#umfang}

Die Preise und das Nähere nach Ziff. 2.2 lit. b, Abschnitt 2 und Anlage 1.

## Die Preise {#preise}

2.1 Eins
2.2 Zwei
    a) wie in Buchstabe b
    b) wie in Absatz 2

## Anlage 1 {#anlage}

Das ist sie.
"""

    assert linked(text) == [
        ("Ziff. 2.2 lit. b", "preise-2.2.b"),
        ("Abschnitt 2", "preise"),
        ("Anlage 1", "anlage"),
        ("Buchstabe b", "preise-2.2.b"),
    ]


@pytest.mark.parametrize("space", ["\n", "\xa0"])
def test_a_letter_may_follow_any_space(space):
    text = f"## Die Preise {{#preise}}\n\nSo ist es.\n\na) x\n\nDas nach Buchstabe{space}a und der."

    assert 'href="#preise-a">Buchstabe' in render(text, clauses=True).html


def test_an_author_s_own_number_counts_before_headings():
    text = "## 3. Fees {#fees}\n\n### 3.1 Tax {#tax}\n\n(a) x\n\n## 7. End {#end}\n\nSee section 7."

    assert linked(f"{text} See clause 3.1(a).") == [
        ("section 7", "end"),
        ("clause 3.1(a)", "tax-a"),
    ]


@pytest.mark.parametrize(
    ("numbering", "anchors"),
    [("", ["fees"]), ("headings", ["fees", "tax", "rate", "end"]), ("none", [])],
)
def test_numbers_lead_where_the_page_shows_them(numbering, anchors):
    markdown = (
        "See section 2, section 2.1, section 2.1.1 and section 2.2.\n\n(a) x\n\n"
        "## Scope {#scope}\n\nWide.\n\n## Fees {#fees}\n\n### Tax {#tax}\n\n#### Rate {#rate}\n\n"
        "### End {#end}\n"
    )
    document = replace(parse(f"# Terms\n\n{markdown}"), clauses=True, numbering=numbering)
    found = References(read_parts(document), "en", numbering)

    links = re.findall(r'<a href="#([^"]*)">section', render_document(document).html)
    assert links == anchors
    assert [len(it.leads_to) for it in found.resolved()].count(1) == len(anchors)


def test_headings_that_hold_a_link_have_their_number_too():
    text = "## [Fees](/fees) {#fees}\n\n(a) x\n\n## End {#end}\n\nSee section 1(a)."

    assert ("section 1(a)", "fees-a") in linked(text)


def test_an_entry_of_a_table_of_contents_is_no_section():
    text = "1. [Fees](#fees)\n2. [End](#end)\n\n(a) x\n\n### Fees {#fees}\n\nSee section 2."

    assert ("section 2", "end") not in linked(text)


def test_several_references_in_one_paragraph_keep_the_words_between_them():
    html = render(TERMS.format(words="section 1, *section 2* & section 1 < 2"), clauses=True).html

    assert html.startswith(
        '<p>See <a href="#scope">section 1</a>, <em><a href="#fees">section 2</a></em> &amp; '
        '<a href="#scope">section 1</a> &lt; 2.</p>'
    )


def test_a_text_without_clauses_has_no_such_links():
    text = "## Fees {#fees}\n\nSee section 1."

    assert render(text).html == (
        '<h2 id="fees"><a class="heading-link" href="#fees"><span class="number">1.</span> Fees'
        "</a></h2>\n<p>See section 1.</p>"
    )


@pytest.mark.parametrize(
    ("text", "language", "paths"),
    [
        ("paragraphs (a) and (b)", "en", ["a", "b"]),
        ("point (b) of clause 4", "en", ["4 b"]),
        ("section 3.d.i.2 applies", "en", ["3 d i 2"]),
        ("Section 16-1 and sections 3-5", "en", ["16", "3", "5"]),
        ("clauses 2.1, clause 3 and item 4", "en", ["2 1", "3"]),
        ("Buchstaben a und b", "de", ["a", "b"]),
        ("lit. a, b und c", "de", ["a", "b", "c"]),
        ("nach Absatz 2 Buchstabe b", "de", ["2 b"]),
        ("Buchstabe für Buchstabe", "de", []),
        ("nach Buchstabe a", "de", ["a"]),
        ("item (a)", "en", ["a"]),
        ("section no. 3.iv and Exhibit K", "en", ["3 iv", "k"]),
    ],
)
def test_more_references_are_recognised(text, language, paths):
    assert [" ".join(it.path) for it in references(text, language)] == paths


@pytest.mark.parametrize(
    "piece", ["section 1, ", "sections 1, 1, 1 ", "(a) clause 1(a)\n", "paragraph (a) ", "section "]
)
def test_links_take_time_in_proportion(piece):
    def make(size):
        return f"## Fees\n\n(a) x\n\n{piece * (size // len(piece))}"

    assert grows_with_its_length(lambda text: render(text, clauses=True), make, 2_500)


def test_no_text_makes_a_page_of_links():
    text = f"## Fees {{#{'x' * 150}}}\n\n(a) x\n\n" + "sections 1, 1, 1, 1, 1, 1, 1, 1.\n\n" * 1_000

    assert len(linked(text)) == 2_000
    assert linked("## Fees {#" + "x" * 300 + "}\n\n(a) See section 1.") == []


def test_a_redline_marks_no_words_only_because_they_lead_elsewhere():
    text = f"---\ntitle: Terms\nclauses: true\n---\n\n{TERMS.format(words='section 2')}"
    old = parse(text)
    new = parse(text.replace("## Fees {#fees}", "## Fees {#costs}"))

    assert compare(old, new).introduction.states == {State.UNCHANGED}
    assert "href" not in compare(old, new).introduction.html


# --- Findings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [TERMS.format(words="section 2, clause 2.2(b)"), "(a) x\n\n    (i) y\n"]
)
def test_findings_know_the_same_clauses_as_the_page(text):
    document = parse(f"---\ntitle: Terms\nclauses: true\n---\n\n{text}")
    found = References(read_parts(document), "en")
    on_page = re.findall(r'class="label"[^>]*>([^<]*)<', render(body_of(document)).html)

    clauses = [it for it in found.targets.places if not it.level]
    assert [it.path[-1] for it in clauses] == [it.strip("().").split(".")[-1] for it in on_page]


def dead(body):
    document = Document("Terms", "", (Section("Fees", "fees", body),), clauses=True)
    return [it.reason for it in by_rule(document, "dead-reference")]


@pytest.mark.parametrize(
    ("words", "is_dead"),
    [
        ("clause 1.2(b)", False),
        ("clause 1.3", False),
        ("section 1.1 and 1.2", False),
        ("clause 1.2(e)", True),
        ("section 1.4", True),
        ("paragraph (a)", False),
        ("paragraph (e)", True),
        ("paragraph (e) of the Act", False),
        ("supply point(s)", False),
        ("paragraph(s) 1.1", False),
        ("clause 1.1(x)", True),
        ("clause 1.1(q)", False),  # 1.1 has no clauses of its own, but it has this in its words
    ],
)
def test_a_clause_that_is_missing_among_others_is_pointed_out(words, is_dead):
    clauses = "1.1 One: (q) z.\n1.2 Two:\n    (a) x,\n    (b) y, cf. "

    expected = [f"This document has no “{words}”."] if is_dead else []
    assert dead(f"{clauses}{words}.\n1.3 Three.") == expected
