"""Redlines as tracked changes: all accepted give the new text, all rejected the old one.

That they do so for any two texts is asked in importing/test_returned.py.
"""

import random
import re
from dataclasses import replace
from itertools import permutations

import pytest

from policies.text import word_export
from policies.text.document import Document, Section
from tests.policies.text.examined import seed
from tests.policies.text.redlines import document as introduced
from tests.policies.text.test_linear_time import grows_with_its_length
from tests.policies.text.word_exports import (
    FACTS,
    back,
    by_libreoffice,
    by_pandoc,
    document,
    resolved,
    resolved_by_libreoffice,
    shape,
    tag,
)


def redline(old, new):
    return word_export.write_redline(old, new, FACTS)


def check(old, new):
    """Accept and reject all changes, and compare with files that never had any."""
    data = redline(old, new)
    for accept, text in ((True, new), (False, old)):
        assert shape(resolved(data, accept=accept)) == shape(word_export.write(text, FACTS))


def clauses(body):
    return Document("Terms", "", (Section("Fees", "fees", body),), clauses=True)


def changed(data):
    root = document(data)
    return [
        (it.tag.rpartition("}")[2], "".join(it.itertext()))
        for it in root.iter(tag("ins"), tag("del"))
        if "".join(it.itertext())
    ]


def test_words_that_changed_are_marked_with_author_and_date():
    data = redline(
        introduced(introduction="We keep data for 30 days."),
        introduced(introduction="We keep data for 60 days."),
    )

    assert changed(data) == [("del", "30"), ("ins", "60")]
    mark = next(document(data).iter(tag("ins")))
    assert mark.get(tag("author")) == "Softphonez"
    assert mark.get(tag("date")) == "2026-05-02T09:30:00Z"


def test_quotes_and_spaces_that_a_redline_looks_past_are_exact_here():
    check(
        introduced(introduction='The "Service"  here'),
        introduced(introduction="The “Service” here"),
    )


def test_a_clause_that_was_renumbered_keeps_its_words():
    old = clauses("(a) one thing\n(b) another thing\n(c) a last thing")
    new = clauses("(a) one thing\n(b) a last thing")

    data = redline(old, new)

    assert changed(data) == [("del", "another thing")]
    assert "(b) a last thing" in back(data).sections[0].body
    assert "(c) a last thing" in back(resolved(data, accept=False)).sections[0].body


def test_a_label_that_no_counting_gives_for_both_texts_is_replaced_with_its_clause():
    old, new = clauses("(a) one thing\n(b) another"), clauses("(a) one thing\n(d) another")

    data = redline(old, new)

    assert changed(data) == [("del", "another"), ("ins", "another")]
    assert "(d) another" in back(data).sections[0].body
    assert "(b) another" in back(resolved(data, accept=False)).sections[0].body


def test_a_section_that_was_moved_is_in_both_places():
    sections = [Section(f"About {it}", it, f"Whatever we say on {it}.") for it in ("a", "b", "c")]
    old = Document("Terms", "", tuple(sections))
    new = Document("Terms", "", (sections[2], *sections[:2]))

    check(old, new)
    data = redline(old, new)
    assert back(data) == new
    assert changed(data) == []
    for place in ("moveFrom", "moveTo"):
        (start,) = document(data).iter(tag(f"{place}RangeStart"))
        assert start.get(tag("name")) == "move1"
        words = ["".join(it.itertext()) for it in document(data).iter(tag(place))]
        assert [*filter(None, words)] == ["About c", "Whatever we say on c."]


def test_a_paragraph_that_was_divided_is_one_paragraph_when_rejected():
    whole = "We keep what you tell us for a year. After that, it is erased for ever."
    old, new = (
        introduced(introduction=whole),
        introduced(introduction=whole.replace(". A", ".\n\nA")),
    )

    assert changed(redline(old, new)) == [("del", " ")]
    check(old, new)


NOTE = "Words[^1] here.\n\n[^1]: We keep {} for long."


def test_what_changed_in_a_footnote_is_marked_in_it():
    old, new = (introduced(introduction=NOTE.format(it)) for it in ("names", "addresses"))

    data = redline(old, new)

    assert changed(data) == []
    check(old, new)
    assert "We keep addresses for long." in back(data).introduction
    assert "We keep names for long." in back(resolved(data, accept=False)).introduction


def sections(*pairs, body="Words."):
    made = (Section(heading, anchor, body) for heading, anchor in pairs)
    return Document("Terms", "See [our fees](#fees).", tuple(made))


def check_anchors(old, new):
    """Accept and reject all changes: each text has its own anchors and links."""
    data = redline(old, new)
    for accept, text in ((True, new), (False, old)):
        assert back(resolved(data, accept=accept)) == back(word_export.write(text, FACTS))


def test_a_heading_with_another_anchor_takes_it_along():
    check_anchors(
        sections(("Fees", "fees"), ("Scope", "scope")),
        sections(("Our fees", "our-fees"), ("Fees", "fees"), ("Scope", "the-scope")),
    )


def test_references_to_clauses_that_may_have_changed_are_words_and_no_links():
    text = "1. We do as clause 2 says.\n2. We keep names"
    assert len(list(document(redline(clauses(text), clauses(text))).iter(tag("hyperlink")))) == 1
    data = redline(clauses(text), clauses(f"{text} for a year"))
    assert list(document(data).iter(tag("hyperlink"))) == []


def test_links_lead_to_where_sections_were_before_they_moved():
    moved = sections(("Scope", "scope"), ("Law", "law"), ("Fees", "fees"), body="Other words.")

    check_anchors(sections(("Fees", "fees"), ("Scope", "scope"), ("Law", "law")), moved)


def test_a_place_inside_words_comes_and_goes_with_its_paragraph():
    with_place = introduced(introduction="Words.\n\nAsk []{#q}us; see [there](#q).")

    check_anchors(with_place, introduced(introduction="Words."))
    check_anchors(introduced(introduction="Words."), with_place)


TABLE = "| Data | Use |\n|---|---|\n| name | contact |\n| age | none |\n"


@pytest.mark.parametrize(
    "new",
    [
        "",
        TABLE.replace("| age | none |\n", ""),
        TABLE + "| sex | none |",
        TABLE.replace("contact", "letters"),
        TABLE.replace(" |\n", " | x |\n").replace("---| x |", "---|---|"),
        f"Before.\n\n{TABLE}\n\nAfter.",
        TABLE.replace("| Data | Use |\n|---|---|\n", "| Data | Use |\n|---|--:|\n"),
    ],
)
def test_rows_and_tables_that_were_added_or_removed_go_or_come(new):
    check(introduced(introduction=TABLE), introduced(introduction=new))
    check(introduced(introduction=new), introduced(introduction=TABLE))


def edited(text, number, share):
    """Return a text in which a share of the paragraphs was changed."""
    choose = random.Random(number)  # noqa: S311
    new = ("Something new, which nobody knew.", "- one thing\n- **another**", "(a) this\n(b) that")

    def changed_body(body):
        found = []
        for paragraph in body.split("\n\n"):
            if choose.random() >= share:
                found.append(paragraph)
                continue
            kind = choose.randrange(4)
            found += [choose.choice(new)] if kind == 0 else []
            found += [re.sub(r"\bwe\b", "our company", paragraph)] if kind == 1 else []
            found += [paragraph, choose.choice(new)] if kind == 2 else []
        return "\n\n".join(found)

    sections = [Section(it.heading, it.anchor, changed_body(it.body)) for it in text.sections]
    moved = sections.pop(choose.randrange(len(sections)))
    sections.insert(choose.randrange(len(sections)), moved)
    return Document(text.title, changed_body(text.introduction), tuple(sections), clauses=True)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_edits_of_the_seed_policy_are_exact(share):
    new = edited(seed(), 0, share)

    check(seed(), new)
    assert back(redline(seed(), new)) == back(word_export.write(new, FACTS))


@pytest.mark.parametrize("changes", ["accept", "reject"])
def test_pandoc_accepts_and_rejects_the_same(changes):
    new = edited(seed(), 7, 0.4)
    text = new if changes == "accept" else seed()

    found = by_pandoc(redline(seed(), new), "plain", changes)

    assert _words(found) == _words(by_pandoc(word_export.write(text, FACTS), "plain"))


def _words(text):
    """Return words without labels: pandoc counts items that are gone."""
    return [
        it
        for line in text.splitlines()
        for it in re.sub(r"^\s*\S+[.)] ", "", line).split()
        if it != "-"
    ]


ROWS = "| a | b |\n|---|---|\n| c | d |"
ALPHA, GAMMA = Section("Alpha", "alpha", "Words."), Section("Gamma", "gamma", "More words.")
# What one text has between two sections, the other elsewhere or not at all.
BETWEEN = {
    "a section": [Section("Beta now", "beta", "Its text is short.")],
    "a table": [Section("Beta now", "beta", f"Its text.\n\n{ROWS}")],
    "a table first": [Section("Beta now", "beta", f"{ROWS}\n\n{ROWS}")],
    "a list": [Section("Beta now", "beta", "- one\n- two")],
    "nothing": [],
}
PAIRS = [
    *([ALPHA, *between, GAMMA] for between in BETWEEN.values()),
    *([ALPHA, *between] for between in BETWEEN.values()),
    [replace(ALPHA, body="Words.\n\n### Beta now\n\nIts text is short."), GAMMA],
    [replace(ALPHA, body=f"Words.\n\n### Beta now\n\n{ROWS}"), GAMMA],
    [ALPHA, replace(GAMMA, body=f"Its text.\n\n### Gamma first\n\nNow.\n\n{ROWS}")],
    [ALPHA, replace(GAMMA, body=f"Its text.\n\n{ROWS}")],
]


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.parametrize("accept", [True, False])
def test_libreoffice_accepts_and_rejects_the_same(accept, tmp_path):
    """Each heading is one, each other paragraph is none, and no heading without words is left."""
    texts = [Document("Terms", "", tuple(one)) for one in PAIRS]
    pairs = list(permutations(range(len(texts)), 2))[::3]  # as many as a minute allows
    files = {f"{old}-{new}": redline(texts[old], texts[new]) for old, new in pairs}
    files |= {f"{number}": word_export.write(text, FACTS) for number, text in enumerate(texts)}

    found = resolved_by_libreoffice(files, tmp_path, accept=accept)

    shown = {name: _styled(data) for name, data in found.items()}
    for old, new in pairs:
        assert shown[f"{old}-{new}"] == shown[f"{new if accept else old}"]


def _styled(data):
    """Return the style and the words of each paragraph, but for those in which nothing is seen."""
    found = []
    for paragraph in document(data).iter(tag("p")):
        style = paragraph.find(f"{tag('pPr')}/{tag('pStyle')}")
        name = "" if style is None else style.get(tag("val"), "")
        words = "".join(it.text or "" for it in paragraph.iter(tag("t"))).strip()
        if words or name.startswith("Heading"):
            found.append((name, words))
    return found


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice_keeps_the_changes(tmp_path):
    new = edited(seed(), 7, 0.4)

    saved = by_libreoffice(redline(seed(), new), tmp_path)

    # Words only, since a heading behind a deleted paragraph may come back as a paragraph.
    # LibreOffice (25.2) joins paragraphs as its own text does: the one that is left has the style
    # of the first. When it opens a file in which the end of a paragraph is deleted, it gives that
    # style to the paragraph behind at once, and saves it. It did so, whatever else was written:
    # other authors or times for words and end, bookmarks or runs without words between them or
    # before the next words, a content control around the paragraph. The style stays only if the
    # first deleted paragraph has the same one, so an empty one would have to go before it, which
    # Word would show and pandoc keep; or if, instead, the end of the paragraph before is deleted.
    # That is not exact: in Word, what is left would have the style and the number of the deleted
    # one, and its bookmarks.
    for accept, text in ((True, new), (False, seed())):
        found, expected = back(resolved(saved, accept=accept)), back(word_export.write(text, FACTS))
        assert [it.body for it in found.sections] == [it.body for it in expected.sections]


UNITS = ("<br>", "---\n\n", " ", "- a\n", "(a) b\n", "a **b** ", "| a | b |\n")


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("unit", UNITS)
def test_twice_as_much_takes_about_twice_as_long(unit):
    def read(text):
        redline(introduced(introduction=f"{text}x"), introduced(introduction=f"y{text}z"))

    assert grows_with_its_length(read, lambda size: unit * (size // len(unit)), 8_000)
