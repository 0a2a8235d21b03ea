"""References that a change to a text has made wrong, and their correction."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text.document import Document, Section, body, parse
from policies.text.rendering import render
from policies.text.renumbering import StaleReference, corrected, stale_references
from tests.policies.text.test_linear_time import grows_with_its_length

TERMS = """Read section 2, *clause 2.2(b)* and Sections 2 and 3.

## Scope {#scope}

(a) For everybody.
(b) For some, see paragraph (a) above, and paragraph 1 of Schedule 1.

## Fees {#fees}

2.1 One fee, as section 3 says.
2.2 Two fees:
    (a) for the summer,
    (b) for the winter, cf. paragraph (a) above and point (a) of clause 2.2, clause 2.2(a) or (b).
2.3 No more.

## Term {#term}

It ends.

## Schedule 1 {#prices}

1. Six euros.
"""


def text(markdown):
    return parse(f"---\ntitle: Terms\n---\n\n{markdown}")


def after(*changes, markdown=TERMS):
    for old, new in changes:
        assert old in markdown
        markdown = markdown.replace(old, new)
    return text(markdown)


def stale(new, old=None):
    """Return the words of each wrong reference, and the right ones."""
    found = stale_references(old or text(TERMS), new)
    return [(it.words, it.corrected) for it in found]


INSERTED = (
    "    (a) for the summer,\n    (b)",
    "    (a) for spring,\n    (b) for the summer,\n    (c)",
)
NEW_SECTION = ("## Fees", "## Payment {#payment}\n\nYou pay.\n\n## Fees")


def test_nothing_is_wrong_where_no_number_changed():
    assert stale(text(TERMS)) == []
    assert stale(after(("It ends.", "It ends soon."), ("everybody", "all"))) == []


def test_an_inserted_clause_makes_references_to_those_after_it_wrong():
    assert stale(after(INSERTED)) == [
        ("clause 2.2(b)", "clause 2.2(c)"),
        ("paragraph (a)", "paragraph (b)"),
        ("point (a) of clause 2.2", "point (b) of clause 2.2"),
        ("clause 2.2(a)", "clause 2.2(b)"),
        ("(b)", "(c)"),
    ]


def test_all_are_corrected_in_one_step_and_nothing_else_changes():
    new = after(INSERTED)

    assert corrected(text(TERMS), new) == after(
        INSERTED,
        ("*clause 2.2(b)*", "*clause 2.2(c)*"),
        ("cf. paragraph (a)", "cf. paragraph (b)"),
        (
            "point (a) of clause 2.2, clause 2.2(a) or (b)",
            "point (b) of clause 2.2, clause 2.2(b) or (c)",
        ),
    )
    assert stale(corrected(text(TERMS), new)) == []


def test_an_inserted_section_makes_references_to_those_after_it_wrong():
    old = text(
        "Read section 2 and Sections 2 and 3.\n\n## A {#a}\n\nx\n\n## B {#b}\n\ny\n\n## C {#c}\n"
    )
    new = text(body(old).replace("## B", "## New {#n}\n\nz\n\n## B"))

    assert stale(new, old) == [("section 2", "section 3"), ("Sections 2", "Sections 3"), ("3", "4")]
    assert corrected(old, new).introduction == "Read section 3 and Sections 3 and 4."


def test_a_removed_target_is_listed_and_left_to_a_person():
    new = after(("    (a) for the summer,\n    (b)", "    (a)"))

    (first, second, *_) = stale_references(text(TERMS), new)
    assert (first.words, first.corrected) == ("clause 2.2(b)", "clause 2.2(a)")
    assert second == StaleReference(
        "fees",
        "2. Fees",
        "paragraph (a)",
        "for the winter, cf. paragraph (a) above and point (a) of clause 2.2, "
        "clause 2.2(a) or (b).",
        "",
        "",
    )
    assert "cf. paragraph (a) above" in body(corrected(text(TERMS), new))


def test_a_clause_that_was_replaced_at_its_number_counts_as_removed():
    new = after(("(a) for the summer", "(a) Refunds take ten working days"))

    assert stale(new)[0] == ("paragraph (a)", "")


def test_what_an_author_corrected_or_rewrote_is_right():
    right = corrected(text(TERMS), after(INSERTED))
    more = right.introduction.replace("Read", "As clause 2.2(a) says, read")

    assert stale(right) == []
    assert stale(text(body(right).replace(right.introduction, more))) == []


def test_a_row_of_numbers_that_was_corrected_is_right():
    sections = "\n\n".join(f"## {it} {{#{it}}}\n\nAbout {it}." for it in ("one", "two", "three"))
    old = text(f"Sections 1, 2 and 3 and section 2 go on.\n\n{sections}\n")
    new = text(body(old).replace("## one", "## New {#new}\n\nz\n\n## one"))
    right = corrected(old, new)

    assert right.introduction == "Sections 2, 3 and 4 and section 3 go on."
    assert stale(right, old) == []


def test_a_sentence_that_was_reworded_keeps_its_reference():
    assert ("section 3", "section 4") in stale(
        after(NEW_SECTION, ("One fee, as section 3 says.", "One fee, as section 3 clearly says."))
    )


def test_a_moved_section_takes_its_references_along():
    old = text("## A {#a}\n\nfoo\n\n## B {#b}\n\nbar, section 1\n\n## C {#c}\n\nbaz, section 2\n")
    new = text("## C {#c}\n\nbaz, section 2\n\n## A {#a}\n\nfoo\n\n## B {#b}\n\nbar, section 1\n")

    assert stale(new, old) == [("section 2", "section 3"), ("section 1", "section 2")]


def test_an_annex_is_followed_with_its_paragraphs():
    new = after(
        (
            "## Schedule 1 {#prices}",
            "## Schedule 1 {#new}\n\n1. Dollars.\n\n## Schedule 2 {#prices}",
        )
    )

    assert stale(new) == [("paragraph 1 of Schedule 1", "paragraph 1 of Schedule 2")]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("nach Ziff. 2.2 lit. b", "nach Ziff. 2.2 lit. c"),
        ("nach Ziffer 2.2 Buchstabe b", "nach Ziffer 2.2 Buchstabe c"),
        ("nach Ziffer 2.2(b)", "nach Ziffer 2.2(c)"),
    ],
)
def test_german_references_are_corrected(before, expected):
    markdown = (
        f"Siehe {before}.\n\n## Umfang {{#a}}\n\nAlle.\n\n## Preise {{#b}}\n\n2.1 Eins\n2.2 Zwei:\n"
    )
    markdown += "    a) Sommer\n    b) Winter\n"
    new = after(
        ("    a) Sommer\n    b) Winter", "    a) Herbst\n    b) Sommer\n    c) Winter"),
        markdown=markdown,
    )

    assert corrected(text(markdown), new, language="de").introduction == f"Siehe {expected}."


@pytest.mark.parametrize(
    ("numbers", "written", "expected"),
    [
        (("1.", "2.", "3."), "section 2 and clause 1", "section 3 and clause 2"),
        (("I.", "II.", "III."), "Section II and Section I", "Section III and Section II"),
        (("A.", "B.", "C."), "Section B", "Section C"),
        (("Article 1 –", "Article 2 –", "Article 3 –"), "Article 2", "Article 3"),
        (("§ 1", "§ 2", "§ 3"), "§ 2 and § 1 above", "§ 3 and § 2 above"),
        (("Appendix A:", "Appendix B:", "Appendix C:"), "Appendix B", "Appendix C"),
        (("Schedule 1", "Schedule 2", "Schedule 3"), "Schedules 1 and 2", "Schedules 2 and 3"),
        (("Section 1:", "Section 2:", "Section 3:"), "Sections 1 to 2", "Sections 2 to 3"),
    ],
)
def test_numbers_of_headings_are_corrected_as_they_are_written(numbers, written, expected):
    def made(names, words):
        of_text = numbers[: len(names)]
        sections = [f"## {it} {name} {{#{name}}}" for it, name in zip(of_text, names, strict=True)]
        return text("\n\n".join([f"See {words}.", *(f"{it}\n\nAbout it." for it in sections)]))

    new = made(["new", "scope", "fees"], written)

    right = corrected(made(["scope", "fees"], written), new)
    assert right.introduction == f"See {expected}."


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("clause 2.2(b)(ii)", "clause 2.2(c)(ii)"),
        ("Clause 2.2(b)(i) and (ii)", "Clause 2.2(c)(i) and (ii)"),
        ("sub-paragraph (ii) of clause 2.2(b)", "sub-paragraph (ii) of clause 2.2(c)"),
        ("clause 2.2 (b) (ii)", "clause 2.2 (c) (ii)"),
        ("clause 2.3", "clause 2.2(d)"),
    ],
)
def test_each_level_of_a_number_is_followed(written, expected):
    clauses = "2.2 Two:\n    (a) sun,\n    (b) snow:\n        (i) wet,\n        (ii) dry.\n"
    sections = f"## Scope\n\nAll.\n\n## Fees\n\n2.1 One.\n{clauses}2.3 More fees.\n"
    old = text(f"See {written}.\n\n{sections}")
    new = body(old).replace("(b) snow", "(c) snow").replace("(a) sun,", "(a) sun,\n    (b) rain,")

    new = new.replace("2.3 More fees.", "    (d) More fees.")
    assert corrected(old, text(new)).introduction == f"See {expected}."


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Section II", "Section III"),
        ("SECTION 2", "SECTION 3"),
        ("section\n2", "section 3"),
        ("**section 2**", "**section 3**"),
        ("`section 2`, section 2", "`section 2`, section 3"),
        ("[section 2](/a), Section 2", "[section 2](/a), Section 3"),
        ("section 2, [x](/section%202)", "section 3, [x](/section%202)"),
        (r"section 2 \(fees\)", r"section 3 \(fees\)"),
    ],
)
def test_only_the_number_changes_in_the_source(written, expected):
    old = text(f"See {written}.\n\n## A {{#a}}\n\nx\n\n## B {{#b}}\n\ny\n")
    new = text(body(old).replace("## B", "## New {#n}\n\nz\n\n## B"))

    assert corrected(old, new).introduction == f"See {expected}."


@given(st.randoms(use_true_random=False))
def test_corrected_references_lead_where_they_led(chance):
    """Sections are inserted, moved and removed; every reference to one that is left is right."""
    names = ["apple", "berry", "cherry", "damson", "elder", "fig", "grape", "hazel"]
    targets = {name: chance.choice(names) for name in names}

    def section(name):
        about = f"The {name} is a fruit of the {name} tree, see section"
        return Section(name, name, f"{about} {names.index(targets[name]) + 1}.\n\n(a) {name}")

    old = Document("T", "", tuple(map(section, names)), clauses=True)
    kept = chance.sample([*old.sections, Section("new", "new", "(a) New."), Section("x", "x")], 7)
    new = Document("T", "", tuple(kept), clauses=True)

    html = render(body(corrected(old, new)), clauses=True).html
    for one in kept:
        target = targets.get(one.anchor, "")
        if any(it.anchor == target for it in kept):
            number = [it.anchor for it in kept].index(target) + 1
            assert f'{one.anchor} tree, see <a href="#{target}">section {number}</a>.' in html


@pytest.mark.slow
def test_the_comparison_takes_time_in_proportion():
    def compare(markdown):
        old = text(f"## A {{#a}}\n\n(a) x\n\n{markdown}")
        stale_references(old, text(f"## New {{#n}}\n\ny\n\n{body(old)}"))

    pieces = ("See section 1.\n\n", "section 1, ", "(a) clause 1(a)\n", "## A\n\nx\n\n")
    # The last is one sentence, of which only many references take long.
    for piece, size in (*((it, 2_000) for it in pieces), ("§ 5 Abs. ", 8_000)):
        assert grows_with_its_length(compare, lambda size, it=piece: it * (size // len(it)), size)


def test_numbers_of_inner_headings_are_followed():
    old = parse(
        "---\ntitle: Terms\nnumbering: headings\n---\n\nSee section 1.1.\n\n## Fees {#fees}\n\n"
        "### Tax {#tax}\n\nIt is due.\n"
    )
    section = old.sections[0]
    body = f"### Price {{#price}}\n\nIt is low.\n\n{section.body}"
    new = replace(old, sections=(replace(section, body=body),))

    assert corrected(old, new).introduction == "See section 1.2."
    assert corrected(*(replace(it, numbering="none") for it in (old, new))).introduction == (
        "See section 1.1."
    )
