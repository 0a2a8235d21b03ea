"""Texts as Word files, read back by our own import, by pandoc and by LibreOffice."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import document as documents
from policies.text import importing, redline, word_export
from policies.text.document import Document, Section
from tests.policies.text.examined import seed
from tests.policies.text.word_exports import (
    FACTS,
    by_libreoffice,
    by_pandoc,
    check_package,
    document,
    resolved,
    tag,
)
from tests.policies.text.word_files import unzipped

# As the import writes Markdown, so that it comes back to the letter.
TEXT = """\
---
title: "Terms of service"
clauses: true
---

We care about **your data** and _you_, see [our site](https://softphonez.com/x) and
[your rights](#your-rights).[^1]

## Your rights {#your-rights}

1. First
2. Second
    (a) letter a
    (b) letter b
        (i) one
        (ii) two
3. Third

In between.

2.1 Two one
2.2 Two two

### Below {#something-else}

- one
- **two**
    - nested
- three

| Name | Use |
| --- | --- |
| A | one |
| B | _two_ |

> Quoted words

## Money \\& \\<more> {#money}

h) one
i) two
j) three

Text[^2] again, ~~struck~~ and raised.

[^1]: A footnote with [a link](https://softphonez.com/).

[^2]: Another _note_.
"""


def read(text):
    return documents.parse(text)


def write(text):
    return word_export.write(text, FACTS)


def back(data):
    return importing.read("terms.docx", data).document


def one_section(body, *, clauses=False, numbering=""):
    return Document("Terms", "", (Section("Fees", "fees", body),), clauses, numbering)


def test_anchors_that_differ_in_case_only_have_bookmarks_that_word_distinguishes():
    sections = (
        Section("Fees", "Fees", "See [those](#fees), [these](#Fees) and [others](#FEES)."),
        Section("Fees", "fees", "Words."),
        Section("More", "more", "[]{#FEES}All others."),
    )
    text = Document("Terms", "", sections)
    moved = Document("Terms", "", (sections[1], sections[2], sections[0]))

    data = word_export.write_redline(text, moved, FACTS)

    names = [it.get(tag("name")) for it in document(data).iter(tag("bookmarkStart"))]
    assert len({it.casefold() for it in names}) == len(names)
    assert importing.read("t.docx", data).document == moved
    rejected = importing.read("t.docx", resolved(data, accept=False)).document
    assert rejected == importing.read("t.docx", word_export.write(text, FACTS)).document == text


def test_a_text_comes_back_from_word_to_the_letter():
    text = read(TEXT.replace("and\n[", "and [").replace("\\&", "&"))

    assert documents.serialize(back(write(text))) == documents.serialize(text)


def test_the_same_text_gives_the_same_bytes():
    text = read(TEXT)

    assert write(text) == write(text)
    later = word_export.Facts(**{**_fields(), "at": FACTS.at + timedelta(days=1)})
    assert word_export.write(text, later) != write(text)


def _fields():
    return {name: getattr(FACTS, name) for name in FACTS.__slots__}


LABELS = (
    ["(a)", "(b)", "(c)"],
    ["h)", "i)", "j)"],
    ["(i)", "(ii)", "(iii)", "(iv)"],
    ["A)", "B)"],
    ["(c)", "(d)"],
    ["(y)", "(z)", "(aa)", "(bb)"],
    ["(a)", "(c)", "(d)"],
    ["1)", "2)", "3)"],
    ["(1)", "(2)"],
    ["2.1", "2.2", "2.4"],
    ["4.2.9", "4.2.10"],
    ["(v)", "(vi)"],
)


@pytest.mark.parametrize("labels", LABELS, ids=" ".join)
def test_items_have_the_labels_of_the_text(labels):
    text = one_section("\n".join(f"{label} Words" for label in labels), clauses=True)

    assert back(write(text)).sections[0].body == text.sections[0].body


def test_numbers_of_nested_clauses_are_levels_of_one_numbering():
    body = "1. One\n2. Two\n    2.1 Two one\n    2.2 Two two\n        (a) Letter\n3. Three"

    root = document(write(one_section(body, clauses=True)))

    numbers = [
        (it.find(tag("numId")).get(tag("val")), it.find(tag("ilvl")).get(tag("val")))
        for it in root.iter(tag("numPr"))
        if it.getparent().find(tag("pStyle")).get(tag("val")) == "ListParagraph"
    ]
    assert len({number for number, _ in numbers}) == 1
    assert [level for _, level in numbers] == ["0", "0", "1", "1", "2", "0"]


@pytest.mark.parametrize("numbering", documents.NUMBERINGS)
def test_headings_have_the_numbers_that_the_page_gives_them(numbering):
    text = one_section("### Charges {#charges}\n\nWords", numbering=numbering)

    data = write(text)

    levels = [
        (it.find(tag("numId")).get(tag("val")) != "0", it.find(tag("ilvl")).get(tag("val")))
        for it in document(data).iter(tag("numPr"))
    ]
    expected = {
        "": [(True, "0"), (False, "0")],
        "headings": [(True, "0"), (True, "1")],
        "none": [(False, "0"), (False, "0")],
    }
    assert levels == expected[numbering]
    assert back(data) == text


def test_text_from_right_to_left_is_marked_as_such():
    facts = word_export.Facts(**{**_fields(), "language": "ar", "is_rtl": True})

    data = word_export.write(Document("سياسة", "نص[^1]\n\n| أ |\n| --- |\n\n[^1]: ملاحظة"), facts)

    files = unzipped(data)
    assert b"<w:bidi/>" in files["word/styles.xml"]
    assert all(
        run.find(f"{tag('rPr')}/{tag('rtl')}") is not None for run in document(data).iter(tag("r"))
    )
    assert b'w:bidi="ar"' in files["word/styles.xml"]
    assert b"<w:bidiVisual/>" in files["word/document.xml"]
    assert b"<w:rtl/>" in files["word/footnotes.xml"]


def test_a_file_says_which_text_it_has():
    text = read(TEXT)

    files = unzipped(write(text))

    assert documents.digest(text).encode() in files["docProps/custom.xml"]
    assert b"<dc:title>Terms of service</dc:title>" in files["docProps/core.xml"]
    assert b"2026-05-02T09:30:00Z" in files["docProps/core.xml"]
    assert "Privacy policy · Version 3".encode() in files["word/header1.xml"]
    assert b"NUMPAGES" in files["word/footer1.xml"]


def test_a_package_is_complete():
    check_package(write(read(TEXT)))
    check_package(word_export.write_redline(read(TEXT), Document("Terms", "New."), FACTS))


WORDS = st.sampled_from(
    ["we", "may", "share", "your", "data", "**bold**", "_you_", "partners’", "“quoted”", "30", "€5"]
)
LINES = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: f"Now {' '.join(words)}")


@st.composite
def bodies(draw):
    """Bodies of what both Markdown and Word can say."""
    line = draw(LINES)
    kinds = {
        "paragraph": line,
        "bullets": f"- {line}\n- {draw(LINES)}\n    - {draw(LINES)}\n- {line}",
        "numbers": f"3. {line}\n4. {draw(LINES)}",
        "clauses": f"(a) {line}\n(b) {draw(LINES)}\n    (i) {draw(LINES)}\n    (ii) {line}",
        "table": f"| {line} | x |\n| --- | --- |\n| {draw(LINES)} | y |",
        "quotation": f"> {line}",
        "heading": f"### {line}\n\n{draw(LINES)}",
        "note": f"{line}[^1]",
    }
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=6, unique=True))
    notes = [f"[^1]: {line}"] if "note" in chosen else []
    return "\n\n".join([*(kinds[it] for it in chosen), *notes])


@st.composite
def texts(draw):
    sections = (
        Section(draw(LINES), anchor, draw(bodies()).replace("[^1]", f"[^{number}]"))
        for number, anchor in enumerate(draw(st.permutations(["a", "b", "c-d", "数据"])), start=1)
    )
    numbering = draw(st.sampled_from(documents.NUMBERINGS))
    return Document("Terms", draw(LINES), tuple(sections), clauses=True, numbering=numbering)


@given(texts())
def test_every_text_comes_back_as_it_is_read(text):
    found = back(write(text))

    assert redline.compare(text, found).changes == ()
    assert [it.anchor for it in found.sections] == [it.anchor for it in text.sections]
    assert found.numbering == text.numbering
    assert back(write(found)) == found


def test_the_seed_policy_comes_back_as_it_is_read():
    assert redline.compare(seed(), back(write(seed()))).changes == ()


# Against itself: what Word holds can't fail to be XML, whatever the text.
def test_a_text_without_a_sign_that_word_shows_is_a_file_all_the_same():
    check_package(write(Document("\u202e", "", ())))


def test_pandoc_reads_the_same_lists_tables_and_footnotes():
    found = by_pandoc(write(read(TEXT)), "markdown")

    lines = [" ".join(line.split()) for line in found.splitlines()]
    assert {"(b) letter b", "(ii) two", "h) one", "- **two**", "# Your rights"} <= {*lines}
    assert {"> Quoted words", "Name Use", "A one", "B *two*"} <= {*lines}
    assert "We care about **your data** and *you*" in found
    assert "[^1]: A footnote with [a link](https://softphonez.com/)." in found


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice_saves_what_comes_back_as_the_same_text(tmp_path):
    text = read(TEXT.replace("and\n[", "and [").replace("\\&", "&"))

    found = back(by_libreoffice(write(text), tmp_path))

    assert documents.serialize(found) == documents.serialize(text)


REFERRING = """\
1. We keep data as clause 2(b) says.
2. We keep
    (a) names
    (b) addresses, see [names](#fees-2.a)
"""


def test_references_are_links_to_the_clauses_and_come_back_as_words():
    text = one_section(REFERRING, clauses=True)

    data = write(text)

    links = {
        "".join(it.itertext()): it.get(tag("anchor"))
        for it in document(data).iter(tag("hyperlink"))
    }
    assert list(links) == ["clause 2(b)", "names"]
    places = {
        it.get(tag("name")): "".join(it.getparent().itertext())
        for it in document(data).iter(tag("bookmarkStart"))
    }
    assert places[links["clause 2(b)"]] == "addresses, see names"
    assert places[links["names"]] == "names"
    found = back(data)
    assert "as clause 2(b) says" in found.sections[0].body
    assert "[names](#fees-2.a)" in found.sections[0].body


@pytest.mark.parametrize("first", ["1. One", "- One", "(a) One"])
def test_a_paragraph_of_an_item_stays_in_it(first):
    second = first.replace("1", "2").replace("(a)", "(b)").replace("One", "Two")
    body = f"{first}\n\n    Goes on.\n\n{second}\n\nAfter the list."
    text = one_section(body, clauses=True)

    assert redline.compare(text, back(write(text))).changes == ()


def test_a_footnote_with_a_list_is_written_once_and_without_changes():
    text = one_section("Words[^1] here.\n\n[^1]: A note\n\n    - with a point")

    data = write(text)

    assert len(list(document(data).iter(tag("footnoteReference")))) == 1
    assert list(document(data).iter(tag("ins"), tag("del"))) == []


def test_a_section_whose_anchor_is_no_name_for_a_bookmark_keeps_it_when_links_lead_there():
    anchor = "what-we-do-with-the-data-that-you-give-to-us"
    heading = anchor.replace("-", " ").capitalize()
    sections = (Section(heading, anchor, "Words."),)
    text = Document("Terms", f"See [below](#{anchor}).", sections)

    assert back(write(text)) == text
