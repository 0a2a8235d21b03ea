"""Word files as lawyers have them: what is kept, and what gets a note."""

import re
import tomllib
from pathlib import Path

import pytest

from policies.text import importing
from policies.text.document import body
from policies.text.importing import ImportRefused
from tests.policies.text.word_files import (
    STRICT,
    STYLES,
    W,
    item,
    level,
    noted,
    p,
    r,
    read,
    row,
    style,
    table,
    text,
    unzipped,
    word,
    zipped,
)

WORD_FILES = tomllib.loads(
    (Path(__file__).parents[1] / "corpus" / "word_files.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WORD_FILES)
def test_a_word_file_becomes_markdown_and_notes(name):
    file = WORD_FILES[name]
    parts = file.get("parts", {})

    found = read(p("T", "Title"), file["blocks"], links=file.get("links"), **parts)

    assert body(found.document) == file["markdown"]
    assert [f"{kind}: {text}" for kind, text in noted(found)] == file.get("notes", [])


# --- Title and headings ---


@pytest.mark.parametrize("named", ["berschrift1", "Clause", "Own", "Titre2"])
def test_headings_are_known_by_name_in_any_language_by_base_and_by_outline(named):
    found = read(p("T", "Title"), p("Daten", named), p("x"))
    assert [section.heading for section in found.document.sections] == ["Daten"]


def bold(words, looks=""):
    return p(r(words, f"<w:b/>{looks}"))


WORDS = p("Some words of the text.")
LARGE = '<w:sz w:val="32"/>'


@pytest.mark.parametrize(
    "headings",
    [
        [bold("1. Scope"), bold("2. Fees")],
        [bold("1) Scope"), bold("2) Fees.")],
        [bold("§ 1 Scope"), bold("§ 2 Fees")],
        [bold("ARTICLE I. Scope"), bold("ARTICLE II. Fees")],
        [item(r("Scope", "<w:b/>"), 3), item(r("Fees", "<w:b/>"), 3)],
        [p("Scope", "Level1"), p("Fees", "Level1"), p("Law", "Level1")],
        [bold("Scope", LARGE), bold("What do we charge?", LARGE)],
        [bold("Scope", "<w:u/>"), bold("Fees", "<w:u/>"), bold("Law", "<w:u/>")],
    ],
)
def test_bold_lines_of_one_look_are_headings_where_no_style_makes_any(headings):
    below = [WORDS, bold("1.1 Details"), WORDS, bold("Read this!"), WORDS]
    blocks = [block for heading in headings for block in (heading, *below)]
    found = read(bold("AGREEMENT"), p("between you and us"), *blocks)

    assert found.document.title == "AGREEMENT"
    assert found.document.introduction == "between you and us"
    assert len(found.document.sections) == len(headings)
    assert "Details" in found.document.sections[-1].body
    kinds = [kind for kind, _ in noted(found)]
    undo = "bold line became a heading; where it is none, remove the # before it in the draft"
    assert kinds.count(undo) == len(headings) + 1


@pytest.mark.parametrize(
    "blocks",
    [
        [p("Styled", "Heading2"), WORDS, bold("1. a"), WORDS, bold("2. b"), WORDS],
        [p(r("1. Scope.", "<w:b/>") + r(" We")), p(r("2. Fees.", "<w:b/>") + r(" You"))],
        [bold("Important"), WORDS, bold("Please read"), WORDS],
        [bold("“Fees”"), WORDS, bold("“Law”"), WORDS, bold("“You”"), WORDS],
        [bold("Signed by:"), WORDS, bold("Name:"), WORDS, bold("Date:"), WORDS],
        [bold("1. You pay."), bold("2. We bill."), bold("3. No more.")],
        [item(r("a", "<w:b/>"), 1), WORDS, item(r("b", "<w:b/>"), 1), WORDS],
        [bold("2024 was good"), WORDS, bold("2025 is better"), WORDS],
        [
            table(row(f"<w:tc>{bold('1. a')}</w:tc>")),
            WORDS,
            table(row(f"<w:tc>{bold('2. b')}</w:tc>")),
        ],
    ],
)
def test_other_bold_words_are_no_headings(blocks):
    found = read(p("T", "Title"), p("A first paragraph."), *blocks)
    assert [it.heading for it in found.document.sections if it.heading != "Styled"] == []


# --- Lists ---


@pytest.mark.parametrize("left", [360, 720, 1080, 1440, 2160])
@pytest.mark.parametrize(("num", "sign"), [(1, "-"), (2, "1.")])
def test_a_clause_goes_on_in_its_numbering_behind_items_of_another_list(left, num, sign):
    """Whatever these are indented by: they are in the clause that was begun."""
    number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{num}"/></w:numPr>'
    between = p("Between", "", f'{number}<w:ind w:left="{left}"/>')
    found = text(
        *(p("T", "Title"), item("A", 3), item("B", 3), item("C", 3, 1)),
        *(between, item("D", 3, 1), between, item("E", 3, 2), item("F", 3)),
    )
    lines = filter(None, found.splitlines())
    rows = [(len(line) - len(line.lstrip()), line.split()[-1]) for line in lines]
    deep = {name: indent for indent, name in rows}
    assert [name for _, name in rows] == ["A", "B", "C", "Between", "D", "Between", "E", "F"]
    assert deep["C"] == deep["D"] == 4
    assert deep["E"] > 4
    assert deep["F"] == 0
    assert f"{sign} Between" in found
    assert re.findall(r"2\.\d+(?:\.\d)?", found) == ["2.1", "2.2", "2.2.1"]


def test_numberings_by_style_and_of_other_forms_are_counted():
    numbering = (
        '<w:abstractNum w:abstractNumId="1">'
        + level(0, "upperRoman", "%1.")
        + level(1, "decimal", "%1.%2", "<w:isLgl/>")
        + level(2, "decimalZero", "(%3)", '<w:lvlRestart w:val="0"/>')
        + level(3, "none", "")
        + '</w:abstractNum><w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="Linked"/>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
    )
    linked = style(
        "Linked", "Linked", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>', "numbering"
    )
    found = text(
        p("T", "Title"),
        *(item("A", 2), item("a", 2, 1), item("x", 2, 2), item("B", 2), item("b", 2, 1)),
        *(item("y", 2, 2), item("plain", 2, 3), item("no such numbering", 9)),
        numbering=numbering,
        styles=STYLES + linked,
    )
    assert found == (
        "I.  A\n    1.1  a\n\n         (01) x\nII.  B\n     2.1  b\n\n          (02) y\n\n"
        "plain\n\nno such numbering\n"
    )


# --- Looks, links, notes ---


# --- Tables ---


# --- What is not carried over ---


def test_a_file_in_the_strict_form_of_the_standard_is_read():
    files = {
        name: data.replace(W.encode(), STRICT.encode())
        for name, data in unzipped(word(p("T", "Title"), p("x"))).items()
    }
    assert importing.read("a.docx", zipped(files)).document.title == "T"


@pytest.mark.parametrize("name", ["TOC", "HYPERLINK"])
def test_a_field_without_an_end_takes_no_text_with_it(name):
    begin = f'<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>{name}</w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' if name == "TOC" else ""
    open_field = p(begin + separate + r("x"))
    boxed = f"<w:r><w:drawing><w:txbxContent>{open_field}</w:txbxContent></w:drawing></w:r>"
    for part in (open_field, p(boxed)):
        with pytest.raises(ImportRefused, match="begins and does not end"):
            read(p("T", "Title"), part, p(r("y")))


def test_a_long_pattern_of_labels_is_cut():
    """Each of many paragraphs would have a label of a hundred thousand characters."""
    numbering = (
        '<w:abstractNum w:abstractNumId="1">'
        + level(0, "decimal", "%1" * 100_000)
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    found = read(p("T", "Title"), *(item("X", 1) for _ in range(1_000)), numbering=numbering)

    assert body(found.document).startswith(f"{'1' * 50} X\n")
