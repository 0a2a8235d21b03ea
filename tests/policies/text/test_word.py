"""Word files as lawyers have them: what is kept, and what gets a note."""

import re

import pytest

from policies.text import importing
from policies.text.document import body
from policies.text.importing import ImportRefused
from tests.policies.text.word_files import (
    STRICT,
    STYLES,
    W,
    field,
    item,
    level,
    note,
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

# --- Title and headings ---


def test_title_and_headings_become_title_sections_and_sub_headings():
    found = read(
        p("Privacy", "Title"),
        p("Who we are."),
        p("Data", "Heading1"),
        p("Kept", "Heading2"),
        p("Deeper", "Heading3"),
        p("x"),
        p("Rights", "Heading1"),
    )
    assert found.document.title == "Privacy"
    assert body(found.document) == (
        "Who we are.\n\n## Data {#data}\n\n### Kept\n\n#### Deeper\n\nx\n\n## Rights {#rights}\n"
    )
    assert (found.front.slug, found.front.name) == ("privacy-policy", "Privacy")
    assert found.notes == ()


def test_the_first_heading_1_is_the_title_where_there_is_no_title():
    document = read(p("Privacy", "Heading1"), p("A", "Heading2"), p("B", "Heading2")).document
    assert (document.title, len(document.sections)) == ("Privacy", 2)


def test_without_a_heading_the_files_name_is_the_title():
    assert read(p("Just words.")).document.title == "Privacy policy"


@pytest.mark.parametrize("named", ["berschrift1", "Clause", "Own", "Titre2"])
def test_headings_are_known_by_name_in_any_language_by_base_and_by_outline(named):
    found = read(p("T", "Title"), p("Daten", named), p("x"))
    assert [section.heading for section in found.document.sections] == ["Daten"]


def test_a_paragraph_that_only_looks_like_a_heading_stays_a_paragraph():
    assert text(p("T", "Title"), p("a"), p(r("Data", '<w:b/><w:sz w:val="40"/>')), p("x")) == (
        "a\n\n**Data**\n\nx\n"
    )


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


def test_heading_numbers_of_word_stay_where_they_do_not_only_count():
    found = text(
        p("T", "Title"),
        item("Data", 3, 0, "Heading1"),
        item("Cookies", 3, 1, "Heading2"),
        p("x"),
        item("Logs", 3, 1, "Heading2"),
        item("Rights", 3, 0, "Heading1"),
    )
    assert found == (
        "## Data {#data}\n\n### 1.1 Cookies\n\nx\n\n### 1.2 Logs\n\n## Rights {#rights}\n"
    )


def test_last_updated_stays_text():
    assert text(p("T", "Title"), p("Last updated: 2 May 2026")) == "Last updated: 2 May 2026\n"


# --- Lists ---


def test_lists_of_both_kinds_nest():
    found = text(
        p("T", "Title"),
        item("a", 1),
        item("b", 1, 1),
        item("c", 1, 2),
        item("d", 1),
        p("then"),
        item("one", 2),
        item("x", 1, 1),
        item("two", 2),
    )
    assert found == ("- a\n    - b\n        - c\n- d\n\nthen\n\n1. one\n    - x\n2. two\n")


def test_a_list_by_its_style_alone_is_a_list():
    assert text(p("T", "Title"), p("a", "ListBullet"), p("b", "ListBullet")) == "- a\n- b\n"


def test_a_list_goes_on_counting_after_a_paragraph():
    assert text(p("T", "Title"), item("a", 2), p("x"), item("b", 2)) == "1. a\n\nx\n\n2. b\n"


def test_a_list_that_starts_elsewhere_or_again_keeps_its_numbers():
    found = text(p("T", "Title"), item("a", 2), item("b", 2), item("c", 4), item("d", 4))
    assert found == "1. a\n2. b\n\n5) c\n6) d\n"


def test_a_paragraph_that_is_indented_like_a_clause_goes_on_in_it():
    def indented(words, left):
        return p(words, "", f'<w:ind w:left="{left}"/>')

    found = text(
        *(p("T", "Title"), item("a", 2), item("b", 2, 1), item("c", 2, 2)),
        *(
            indented("of c", 2160),
            indented("of b", 1440),
            item("d", 2, 1),
            indented("of none", 360),
        ),
        *(item("e", 2, 1), p("of none"), item("f", 2, 1)),
    )
    assert found == (
        "1. a\n    (a) b\n\n        (i) c\n\n            of c\n\n        of b\n\n    (b) d\n\n"
        "of none\n\n(c) e\n\nof none\n\n(d) f\n"
    )


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


def test_numbers_of_several_levels_are_labels():
    found = text(p("T", "Title"), item("a", 3), item("B", 3, 1), item("c", 3, 2), item("d", 3))
    assert found == "1. a\n    1.1 B\n        1.1.1  c\n2. d\n"


def test_clauses_under_a_heading_keep_their_numbers():
    found = text(
        p("T", "Title"),
        item("Data", 3, 0, "Heading1"),
        item("We keep", 3, 1),
        item("You", 3, 1),
        item("Rights", 3, 0, "Heading1"),
        item("Ask", 3, 1),
    )
    assert "1.1 We keep\n1.2 You\n\n## Rights" in found
    assert "2.1 Ask" in found


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


def test_legal_numbering_counts_in_digits_unless_it_is_switched_off():
    numbering = (
        '<w:abstractNum w:abstractNumId="1">'
        + level(0, "upperRoman", "%1)")
        + level(1, "lowerLetter", "%1.%2", '<w:isLgl w:val="0"/>')
        + level(2, "lowerLetter", "%1.%3", "<w:isLgl/>")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    found = read(p("T", "Title"), *(item("X", 1, at) for at in range(3)), numbering=numbering)

    assert body(found.document) == "I) X\n\n    I.a X\n\n    1.1 X\n"
    assert [text for _, text in noted(found)] == ["I.a X"]


def test_a_number_that_its_form_would_repeat_for_pages_is_shown_in_digits():
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="99999999"/>'
        '<w:numFmt w:val="chicago"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    found = read(p("T", "Title"), item("a", 1), numbering=numbering)

    assert body(found.document) == "99999999. a\n"


def test_a_label_without_a_notation_stays_as_text_with_a_note():
    found = read(p("T", "Title"), item("a", 5), item("b", 5))
    assert body(found.document) == "Article I a\n\nArticle II b\n"
    kind = "list label without a notation kept as text"
    assert noted(found) == [(kind, "Article I a"), (kind, "Article II b")]


def test_letters_and_roman_numerals_are_labels():
    found = read(p("T", "Title"), *(item(it, 2, int(it)) for it in "01122120"))
    assert body(found.document) == (
        "1. 0\n    (a) 1\n    (b) 1\n        (i) 2\n        (ii) 2\n    (c) 1\n"
        "        (i) 2\n2. 0\n"
    )
    assert found.document.clauses
    assert found.notes == ()


# --- Looks, links, notes ---


def test_bold_italic_both_and_strike_through_arrive():
    found = text(
        p("T", "Title"),
        p(
            r("b", "<w:b/>")
            + r(" i", "<w:i/>")
            + r(", ")
            + r("bi", "<w:b/><w:i/>")
            + r(" ")
            + r("s", "<w:strike/>")
            + r(" off", '<w:b w:val="0"/>')
            + r(" ")
            + r("strong", '<w:rStyle w:val="Strong"/>')
        ),
    )
    assert found == "**b** _i_, **_bi_** ~~s~~ off **strong**\n"


def test_so_do_those_of_a_paragraphs_style_unless_that_is_how_something_looks():
    strong = '<w:rStyle w:val="Strong"/>'
    found = text(
        p("T", "Title"),
        p(r("Fees") + r(" due ", '<w:b w:val="0"/>') + r("now") + r(" or later", strong), "Level1"),
        p(r("Old."), "Sub"),
        p(r("Name"), "TableHeading"),
    )
    assert found == "**Fees** due **now** or later\n\n**~~Old.~~**\n\nName\n"


def test_line_breaks_stay_and_page_breaks_go():
    found = text(
        p("T", "Title"), p('<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:br w:type="page"/></w:r>')
    )
    assert found == "a<br>\nb\n"


def test_quotations_are_quotations():
    assert text(p("T", "Title"), p("a", "Quote"), p("b", "Quote")) == "> a\n>\n> b\n"


def test_links_keep_their_targets():
    found = text(
        p("T", "Title"),
        p(
            f'<w:hyperlink r:id="l1">{r("us")}</w:hyperlink>'
            + r(" ")
            + f'<w:hyperlink r:id="l1" w:anchor="part">{r("part")}</w:hyperlink>'
        ),
        p(field(' HYPERLINK "https://b.example/?a=1&amp;b=2" ', r("field"))),
        links={"l1": "https://a.example/"},
    )
    assert found == (
        "[us](https://a.example/) [part](https://a.example/#part)\n\n"
        "[field](https://b.example/?a=1&b=2)\n"
    )


def test_bookmarks_that_are_linked_to_become_anchors_with_readable_names():
    found = text(
        p("T", "Title"),
        p(
            f'<w:hyperlink w:anchor="_Ref1">{r("rights")}</w:hyperlink>'
            + r(" ")
            + field(r" REF _Ref2 \h ", r("here"))
            + r(" ")
            + field(r' HYPERLINK \l "Mine" ', r("mine"))
        ),
        p('<w:bookmarkStart w:name="_Ref2"/>' + r("There.")),
        p('<w:bookmarkStart w:name="Mine"/><w:bookmarkStart w:name="unused"/>' + r("Mine.")),
        p('<w:bookmarkStart w:name="_Ref1"/>' + r("Your rights"), "Heading1"),
    )
    assert found == (
        "[rights](#your-rights) [here](#ref2) [mine](#Mine)\n\n[]{#ref2}There.\n\n"
        "[]{#Mine}Mine.\n\n## Your rights {#your-rights}\n"
    )


def test_a_bookmark_with_the_name_that_its_heading_gets_is_the_headings_anchor():
    mark = '<w:bookmarkStart w:id="1" w:name="fees"/>'
    link = f'<w:hyperlink w:anchor="fees">{r("fees")}</w:hyperlink>'
    found = read(p("T", "Title"), p(link), p(mark + r("Fees"), "Heading2"), p("x"))

    assert [it.anchor for it in found.document.sections] == ["fees"]
    assert "[fees](#fees)" in found.document.introduction


def test_a_heading_that_is_only_a_number_is_linked_to_by_it():
    for heading, anchor in (("Annex I", "annex-i"), ("Article 2.", "article-2")):
        found = text(
            p("T", "Title"),
            p(f'<w:hyperlink w:anchor="_Ref1">{r("there")}</w:hyperlink>'),
            p('<w:bookmarkStart w:name="_Ref1"/>' + r(heading), "Heading1"),
        )
        assert f"[there](#{anchor})" in found
        assert f"## {heading} {{#{anchor}}}" in found


def test_a_link_to_a_missing_bookmark_keeps_its_words_with_a_note():
    found = read(p("T", "Title"), p(f'<w:hyperlink w:anchor="gone">{r("words")}</w:hyperlink>'))
    assert body(found.document) == "words\n"
    assert noted(found) == [("link to a missing bookmark dropped, its words are kept", "words")]


def test_a_script_in_a_link_is_dropped():
    link = f'<w:hyperlink r:id="l">{r("x")}</w:hyperlink>'
    assert text(p("T", "Title"), p(link), links={"l": "javascript:alert(1)"}) == "x\n"


def test_footnotes_and_endnotes_become_footnotes():
    found = text(
        p("T", "Title"),
        p(
            r("a")
            + '<w:r><w:footnoteReference w:id="2"/></w:r>'
            + r(" b")
            + '<w:r><w:endnoteReference w:id="2"/></w:r>'
        ),
        footnotes=note("footnote", 2, "Foot."),
        endnotes=note("endnote", 2, "End."),
    )
    assert found == "a[^1] b[^2]\n\n[^1]: Foot.\n\n[^2]: End.\n"


# --- Tables ---


def test_tables_keep_their_cells_and_their_header_row():
    found = text(p("T", "Title"), table(row("A", "B", more="<w:tblHeader/>"), row("1", "2")))
    assert found == "| A | B |\n| --- | --- |\n| 1 | 2 |\n"


@pytest.mark.parametrize(
    ("looks", "more"),
    [("<w:b/>", ""), ("", '<w:tblStyle w:val="Grid"/><w:tblLook w:firstRow="1"/>')],
)
def test_a_first_row_that_looks_like_a_header_is_one(looks, more):
    head = row(f"<w:tc>{p(r('A', looks))}</w:tc>", f"<w:tc>{p(r('B', looks))}</w:tc>")
    found = text(p("T", "Title"), table(head, row("1", "2"), more=more))
    assert found == "| A | B |\n| --- | --- |\n| 1 | 2 |\n"


def test_merged_cells_get_a_note():
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("A")}</w:tc>'
    down = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{p("x")}</w:tc>'
    under = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{p('')}</w:tc>"
    found = read(
        p("T", "Title"), table(row(wide, more="<w:tblHeader/>"), row(down, "1"), row(under, "2"))
    )
    assert body(found.document) == ("| A |   |\n| --- | --- |\n| x | 1 |\n|   | 2 |\n")
    kind = "merged cells became one cell and empty ones"
    assert noted(found) == [(kind, "A"), (kind, "x")]


# --- What is not carried over ---


def test_tracked_changes_are_taken_as_accepted_and_counted():
    new = f'<w:ins w:author="A">{r("new ")}</w:ins><w:ins w:author="A">{r("words ")}</w:ins>'
    old = '<w:del w:author="A"><w:r><w:delText>old</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:author="A">{r("moved")}</w:moveFrom>'
    there = f'<w:moveTo w:author="A">{r("moved")}</w:moveTo>'
    found = read(
        p("T", "Title"),
        p(r("a ") + new + r("b ") + old + r("c")),
        p("joined ", "", '<w:rPr><w:del w:author="B"/></w:rPr>'),
        p("line"),
        p(moved + r("stays")),
        p(there + r("", "<w:b/><w:rPrChange><w:rPr/></w:rPrChange>")),
        table(row("x", "y"), row("gone", "gone", more='<w:del w:author="C"/>')),
    )
    assert body(found.document) == (
        "a new words b c\n\njoined line\n\nstays\n\nmoved\n\n|   |   |\n| --- | --- |\n| x | y |\n"
    )
    assert noted(found) == [("tracked changes taken as accepted", "6 changes")]


def test_a_paragraph_whose_end_was_deleted_at_the_end_of_the_text_keeps_its_words():
    assert text(p("T", "Title"), p("x", "", "<w:rPr><w:del/></w:rPr>")) == "x\n"


def test_comments_are_dropped_with_a_note():
    comment = f'<w:comment w:id="0" w:author="Ann">{p("Really?")}</w:comment>'
    found = read(
        p("T", "Title"),
        p(
            '<w:commentRangeStart w:id="0"/>' + r("x") + '<w:commentRangeEnd w:id="0"/>'
            '<w:r><w:commentReference w:id="0"/></w:r>'
        ),
        comments=comment,
    )
    assert body(found.document) == "x\n"
    assert noted(found) == [("comment dropped", "Ann: Really?")]


def test_images_are_dropped_with_a_note_of_their_alternative_text():
    drawing = (
        '<w:r><w:drawing><wp:inline><wp:docPr descr="Our logo"/><a:blip r:embed="i"/></wp:inline>'
        "</w:drawing></w:r>"
    )
    found = read(p("T", "Title"), p(drawing + r("x")))
    assert body(found.document) == "x\n"
    assert noted(found) == [("image dropped", "Our logo")]


def test_the_words_of_text_boxes_follow_their_paragraph_once():
    box = f"<w:txbxContent>{p('boxed')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape>{box}</v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    found = read(p("T", "Title"), p(drawing + r("x")), p("y"))
    assert body(found.document) == "x\n\nboxed\n\ny\n"
    assert noted(found) == [("text box became paragraphs", "boxed")]


def test_page_headers_with_words_get_a_note_and_page_numbers_do_not():
    found = read(p("T", "Title"), p("x"), header1=p("Confidential"), footer1=p("Page 1 of 3"))
    assert noted(found) == [("page header dropped", "Confidential")]


def test_hidden_text_and_formulas_get_a_note():
    found = read(
        p("T", "Title"),
        p(r("secret", "<w:vanish/>") + r("x ") + "<m:oMath><m:r><m:t>y=1</m:t></m:r></m:oMath>"),
    )
    assert body(found.document) == "x y=1\n"
    assert noted(found) == [("hidden text dropped", "secret"), ("formula became text", "y=1")]


def test_words_own_table_of_contents_is_left_to_the_page():
    entry = p(f'<w:hyperlink w:anchor="_Toc1">{r("Data 1")}</w:hyperlink>', "TOC1")
    in_box = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{p('Contents', 'TOCHeading')}{entry}</w:sdtContent></w:sdt>"
    )
    as_field = p(field(r' TOC \o "1-3" ', r("Data 1")))
    heading = p('<w:bookmarkStart w:name="_Toc1"/>' + r("Data"), "Heading1")
    for contents in (in_box, as_field, p("Contents", "TOCHeading") + entry):
        found = read(p("T", "Title"), contents, heading, p("x"))
        assert body(found.document) == "## Data {#data}\n\nx\n"
        assert {kind for kind, _ in noted(found)} == {
            "table of contents dropped, because the page makes its own"
        }


def test_results_of_fields_stay_and_page_numbers_get_a_note():
    found = read(
        p("T", "Title"),
        p(
            f'<w:fldSimple w:instr=" DOCPROPERTY Company ">{r("Softphonez")}</w:fldSimple>'
            + r(", page ")
            + field(" PAGEREF _Toc1 ", r("7"))
        ),
    )
    assert body(found.document) == "Softphonez, page 7\n"
    assert noted(found) == [("field of Word kept as the text that it shows now", "PAGEREF _Toc1")]


def test_content_controls_and_signs_keep_their_words():
    control = f"<w:sdt><w:sdtContent>{p('inside')}</w:sdtContent></w:sdt>"
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:noBreakHyphen/><w:t>x</w:t></w:r>'
    assert text(p("T", "Title"), control, p(sign)) == "inside\n\n✓‑x\n"


def test_a_file_in_the_strict_form_of_the_standard_is_read():
    files = {
        name: data.replace(W.encode(), STRICT.encode())
        for name, data in unzipped(word(p("T", "Title"), p("x"))).items()
    }
    assert importing.read("a.docx", zipped(files)).document.title == "T"


def test_boxes_and_choices_of_forms_and_readings_above_words_become_text():
    box = "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
    choice = (
        '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="a"/><w:listEntry w:val="b"/>'
        "</w:ddList></w:ffData>"
    )
    reading = (
        "<w:ruby><w:rt>" + r("ji") + "</w:rt><w:rubyBase>" + r("字") + "</w:rubyBase></w:ruby>"
    )
    found = text(
        p("T", "Title"),
        p(
            "".join(
                f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r>'
                '<w:fldChar w:fldCharType="end"/></w:r>' + r(" ")
                for data in (box, choice)
            )
            + f"<w:r>{reading}</w:r>"
        ),
    )
    assert found == "☒ b 字 (ji)\n"


def test_text_that_has_another_form_for_old_programs_stays():
    both = "<mc:Choice><w:t>new</w:t></mc:Choice><mc:Fallback><w:t>old</w:t></mc:Fallback>"
    inner = f"<mc:AlternateContent>{both}</mc:AlternateContent>"
    outer = f"<mc:AlternateContent><mc:Choice>{inner}</mc:Choice></mc:AlternateContent>"
    for form in (inner, outer):
        found = read(p("T", "Title"), p(r("a ") + f"<w:r>{form}</w:r>"))
        assert body(found.document) == "a new\n"


def test_words_that_are_drawn_are_in_the_note_on_the_drawing():
    drawn = '<w:r><w:pict><v:shape><v:textpath string="Sale"/></v:shape></w:pict></w:r>'
    assert noted(read(p("T", "Title"), p(r("a") + drawn))) == [("drawing dropped", "Sale")]


def test_changes_of_formatting_alone_are_counted():
    changed = '<w:p><w:pPr><w:pPrChange w:author="A"><w:pPr/></w:pPrChange></w:pPr></w:p>'
    found = noted(read(p("T", "Title"), p(r("a")), changed))
    assert found == [("tracked changes taken as accepted", "1 change")]


@pytest.mark.parametrize("name", ["TOC", "HYPERLINK"])
def test_a_field_without_an_end_takes_no_text_with_it(name):
    begin = f'<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>{name}</w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' if name == "TOC" else ""
    open_field = p(begin + separate + r("x"))
    boxed = f"<w:r><w:drawing><w:txbxContent>{open_field}</w:txbxContent></w:drawing></w:r>"
    for part in (open_field, p(boxed)):
        with pytest.raises(ImportRefused, match="begins and does not end"):
            read(p("T", "Title"), part, p(r("y")))


def test_what_word_shows_without_storing_it_as_text_gets_a_note():
    symbol = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> SYMBOL 183 </w:instrText>'
        '</w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    unknown = '<w:r><w:sym w:font="Nobody" w:char="F0FF"/></w:r>'
    lost = '<w:r><w:footnoteReference w:id="7"/></w:r>'
    embedded = "<w:r><w:object/></w:r><w:r><w:drawing/></w:r>"
    found = read(p("T", "Title"), p(symbol + unknown + lost + embedded + r("x")), "<w:altChunk/>")
    assert body(found.document) == "x\n"
    assert [kind for kind, _ in noted(found)] == [
        "part of the file not understood",
        "reference to a missing footnote dropped",
        "embedded object dropped",
        "drawing dropped",
        "embedded file dropped",
        "field of Word dropped",
    ]


def test_a_footnotes_own_mark_becomes_its_number_and_a_second_mark_goes():
    own = '<w:r><w:footnoteReference w:id="2" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    found = read(p("T", "Title"), p(r("a") + own + own), footnotes=note("footnote", 2, "Foot."))
    assert body(found.document) == "a[^1]\n\n[^1]: Foot.\n"
    assert noted(found) == [
        ("own sign of a footnote dropped", "*"),
        ("second reference to a footnote dropped", "2"),
        ("own sign of a footnote dropped", "*"),
    ]


def test_a_long_pattern_of_labels_is_cut():
    """Each of many paragraphs would have a label of a hundred thousand characters."""
    numbering = (
        '<w:abstractNum w:abstractNumId="1">'
        + level(0, "decimal", "%1" * 100_000)
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    found = read(p("T", "Title"), *(item("X", 1) for _ in range(1_000)), numbering=numbering)

    assert body(found.document).startswith(f"{'1' * 50} X\n")
