"""Word files as lawyers have them: what arrives, what is told, what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import documents, importing, rendering
from policies.importing import Imported, ImportRefused, docx, docx_package

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def style(style_id: str, name: str, inner: str = "", kind: str = "paragraph") -> str:
    return (
        f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{inner}</w:style>'
    )


STYLES = "".join(
    [
        *(style(f"Heading{n}", f"heading {n}") for n in range(1, 10)),
        style("Title", "Title"),
        style("berschrift1", "heading 1"),
        style("Titre2", "Titre 2"),
        style("Clause", "Clause", '<w:basedOn w:val="Heading2"/>'),
        style("Own", "Own", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
        style("Quote", "Quote"),
        style("TOC1", "toc 1"),
        style("TOCHeading", "TOC Heading", '<w:basedOn w:val="Heading1"/>'),
        style("Strong", "Strong", "<w:rPr><w:b/></w:rPr>", "character"),
        style(
            "ListBullet", "List Bullet", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        ),
        style(
            "Grid",
            "Grid",
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr>',
            "table",
        ),
    ]
)


def level(index: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/><w:pPr><w:ind w:left="{720 * (index + 1)}"/></w:pPr></w:lvl>'
    )


# 1: bullets. 2: 1. (a) (i). 3: the legal way, 1. 1.1 1.1.1. 4: 2 again, from 5. 5: Article 1.
NUMBERING = (
    '<w:abstractNum w:abstractNumId="1">'
    + "".join(level(n, "bullet", "·") for n in range(9))
    + '</w:abstractNum><w:abstractNum w:abstractNumId="2">'
    + level(0, "decimal", "%1.")
    + level(1, "lowerLetter", "(%2)")
    + level(2, "lowerRoman", "(%3)")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="3">'
    + level(0, "decimal", "%1.")
    + level(1, "decimal", "%1.%2")
    + level(2, "decimal", "%1.%2.%3")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="5">'
    + level(0, "upperRoman", "Article %1")
    + "</w:abstractNum>"
    + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2, 3, 5))
    + '<w:num w:numId="4"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def r(text: str, looks: str = "") -> str:
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(content: str, named: str = "", more: str = "") -> str:
    inner = content if content.startswith("<") else r(content) if content else ""
    own = f'<w:pStyle w:val="{named}"/>' if named else ""
    return f"<w:p><w:pPr>{own}{more}</w:pPr>{inner}</w:p>"


def item(content: str, num: int, at: int = 0, named: str = "") -> str:
    return p(content, named, f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{num}"/></w:numPr>')


def table(*rows: str, more: str = "") -> str:
    return f"<w:tbl><w:tblPr>{more}</w:tblPr>{''.join(rows)}</w:tbl>"


def row(*cells: str, more: str = "") -> str:
    made = (cell if cell.startswith("<w:tc>") else f"<w:tc>{p(cell)}</w:tc>" for cell in cells)
    return f"<w:tr><w:trPr>{more}</w:trPr>{''.join(made)}</w:tr>"


def field(instructions: str, result: str) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return (
        f"{mark('begin')}<w:r><w:instrText>{instructions}</w:instrText></w:r>"
        f"{mark('separate')}{result}{mark('end')}"
    )


def note(kind: str, number: int, text: str) -> str:
    return f'<w:{kind} w:id="{number}">{p(f"<w:r><w:{kind}Ref/></w:r>" + r(text))}</w:{kind}>'


def part(root: str, inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {NAMESPACES}>{inner}</w:{root}>'


def word(*blocks: str, links: dict[str, str] | None = None, **parts: str) -> bytes:
    """Return a .docx. links: addresses by id. parts: footnotes, comments, header1 … by name."""
    body = f"<w:body>{''.join(blocks)}<w:sectPr/></w:body>"
    files = {
        "_rels/.rels": relations({"rId1": ("officeDocument", "word/document.xml", "")}),
        "word/document.xml": part("document", body),
        "word/styles.xml": part("styles", STYLES),
        "word/numbering.xml": part("numbering", NUMBERING),
    }
    pointed = {"styles": ("styles", "styles.xml", ""), "num": ("numbering", "numbering.xml", "")}
    for identity, address in (links or {}).items():
        pointed[identity] = ("hyperlink", address, ' TargetMode="External"')
    for name, inner in parts.items():
        kind = name.rstrip("0123456789")
        root = {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        files[f"word/{name}.xml"] = part(root, inner)
        pointed[name] = (kind, f"{name}.xml", "")
    files["word/_rels/document.xml.rels"] = relations(pointed)
    return zipped(files)


def relations(pointed: dict[str, tuple[str, str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{identity}" Type="{R}/{kind}" Target="{target}"{more}/>'
        for identity, (kind, target, more) in pointed.items()
    )
    return f'<Relationships xmlns="{REL}">{inner}</Relationships>'


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def read(*blocks: str, links: dict[str, str] | None = None, **parts: str) -> Imported:
    return importing.read("privacy-policy.docx", word(*blocks, links=links, **parts))


def text(*blocks: str, links: dict[str, str] | None = None, **parts: str) -> str:
    return documents.body(read(*blocks, links=links, **parts).document)


def told(found: Imported) -> list[tuple[str, str]]:
    kept = "no title in the text, taken from elsewhere"
    return [(one.kind, one.text) for one in found.notes if one.kind != kept]


# --- Title and headings ---


def test_title_and_headings_become_title_sections_and_sub_headings() -> None:
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
    assert documents.body(found.document) == (
        "Who we are.\n\n## Data {#data}\n\n### Kept\n\n#### Deeper\n\nx\n\n## Rights {#rights}\n"
    )
    assert (found.front.slug, found.front.name) == ("privacy-policy", "Privacy")
    assert found.notes == ()


def test_the_first_heading_1_is_the_title_where_there_is_no_title() -> None:
    document = read(p("Privacy", "Heading1"), p("A", "Heading2"), p("B", "Heading2")).document
    assert (document.title, len(document.sections)) == ("Privacy", 2)


def test_without_a_heading_the_files_name_is_the_title() -> None:
    assert read(p("Just words.")).document.title == "Privacy policy"


@pytest.mark.parametrize("named", ["berschrift1", "Clause", "Own", "Titre2"])
def test_headings_are_known_by_name_in_any_language_by_base_and_by_outline(named: str) -> None:
    found = read(p("T", "Title"), p("Daten", named), p("x"))
    assert [section.heading for section in found.document.sections] == ["Daten"]


def test_a_paragraph_that_only_looks_like_a_heading_stays_a_paragraph() -> None:
    assert text(p("T", "Title"), p("a"), p(r("Data", '<w:b/><w:sz w:val="40"/>')), p("x")) == (
        "a\n\n**Data**\n\nx\n"
    )


def test_numbers_of_headings_that_word_counts_stand_where_they_are_no_positions() -> None:
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


def test_last_updated_stays_text() -> None:
    assert text(p("T", "Title"), p("Last updated: 2 May 2026")) == "Last updated: 2 May 2026\n"


# --- Lists ---


def test_lists_of_both_kinds_nest() -> None:
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


def test_a_list_by_its_style_alone_is_a_list() -> None:
    assert text(p("T", "Title"), p("a", "ListBullet"), p("b", "ListBullet")) == "- a\n- b\n"


def test_a_list_goes_on_counting_behind_a_paragraph() -> None:
    assert text(p("T", "Title"), item("a", 2), p("x"), item("b", 2)) == "1. a\n\nx\n\n2. b\n"


def test_a_list_that_starts_elsewhere_or_again_keeps_its_numbers() -> None:
    found = text(p("T", "Title"), item("a", 2), item("b", 2), item("c", 4), item("d", 4))
    assert found == "1. a\n2. b\n\n5) c\n6) d\n"


def test_numbers_of_several_levels_stay_as_text_and_in_their_item() -> None:
    found = text(p("T", "Title"), item("a", 3), item("b", 3, 1), item("c", 3, 2), item("d", 3))
    assert found == "1. a\n\n    1.1 b\n\n    1.1.1 c\n\n2. d\n"


def test_clauses_under_a_heading_keep_their_numbers() -> None:
    found = text(
        p("T", "Title"),
        item("Data", 3, 0, "Heading1"),
        item("We keep", 3, 1),
        item("You", 3, 1),
        item("Rights", 3, 0, "Heading1"),
        item("Ask", 3, 1),
    )
    assert "1.1 We keep\n\n1.2 You\n\n## Rights" in found
    assert "2.1 Ask" in found


def test_numberings_by_style_and_of_other_forms_are_counted() -> None:
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
        "1. A\n\n    1.1 a\n\n    1. x\n\n2. B\n\n    2.1 b\n\n    2. y\n\n"
        "plain\n\nno such numbering\n"
    )


def test_words_in_a_number_stay() -> None:
    assert text(p("T", "Title"), item("a", 5), item("b", 5)) == "Article I a\n\nArticle II b\n"


def test_letters_become_numbers_and_that_is_told() -> None:
    found = read(p("T", "Title"), item("a", 2), item("b", 2, 1), item("c", 2, 1))
    assert documents.body(found.document) == "1. a\n    1. b\n    2. c\n"
    assert told(found) == [("list with letters or Roman numbers is numbered 1, 2, 3", "b")]


# --- Looks, links, notes ---


def test_bold_italic_both_and_strike_through_arrive() -> None:
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


def test_line_breaks_stay_and_page_breaks_go() -> None:
    found = text(
        p("T", "Title"), p('<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:br w:type="page"/></w:r>')
    )
    assert found == "a<br>\nb\n"


def test_quotations_are_quotations() -> None:
    assert text(p("T", "Title"), p("a", "Quote"), p("b", "Quote")) == "> a\n>\n> b\n"


def test_links_lead_where_they_led() -> None:
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


def test_bookmarks_that_are_linked_to_become_anchors_with_readable_names() -> None:
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


def test_a_link_to_nowhere_keeps_its_words_and_is_told() -> None:
    found = read(p("T", "Title"), p(f'<w:hyperlink w:anchor="gone">{r("words")}</w:hyperlink>'))
    assert documents.body(found.document) == "words\n"
    assert told(found) == [("link to a place that is not there, its words are kept", "words")]


def test_a_script_in_a_link_is_dropped() -> None:
    link = f'<w:hyperlink r:id="l">{r("x")}</w:hyperlink>'
    assert text(p("T", "Title"), p(link), links={"l": "javascript:alert(1)"}) == "x\n"


def test_footnotes_and_endnotes_become_footnotes() -> None:
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


def test_tables_keep_their_cells_and_their_header_row() -> None:
    found = text(p("T", "Title"), table(row("A", "B", more="<w:tblHeader/>"), row("1", "2")))
    assert found == "| A | B |\n| --- | --- |\n| 1 | 2 |\n"


@pytest.mark.parametrize(
    ("looks", "more"),
    [("<w:b/>", ""), ("", '<w:tblStyle w:val="Grid"/><w:tblLook w:firstRow="1"/>')],
)
def test_a_first_row_that_looks_like_a_header_is_one(looks: str, more: str) -> None:
    head = row(f"<w:tc>{p(r('A', looks))}</w:tc>", f"<w:tc>{p(r('B', looks))}</w:tc>")
    found = text(p("T", "Title"), table(head, row("1", "2"), more=more))
    assert found == "| A | B |\n| --- | --- |\n| 1 | 2 |\n"


def test_merged_cells_are_told() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("A")}</w:tc>'
    down = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{p("x")}</w:tc>'
    under = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{p('')}</w:tc>"
    found = read(
        p("T", "Title"),
        table(row(wide, more="<w:tblHeader/>"), row(down, "1"), row(under, "2")),
    )
    assert documents.body(found.document) == ("| A |   |\n| --- | --- |\n| x | 1 |\n|   | 2 |\n")
    assert told(found) == [("cells that span others became one and empty ones", "A")]


# --- What is not carried over ---


def test_tracked_changes_are_taken_as_accepted_and_counted() -> None:
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
    assert documents.body(found.document) == (
        "a new words b c\n\njoined line\n\nstays\n\nmoved\n\n|   |   |\n| --- | --- |\n| x | y |\n"
    )
    assert told(found) == [
        (
            "tracked changes taken as accepted",
            "1 insertion, 3 deletions, 1 move, 1 change of formatting",
        )
    ]


def test_a_paragraph_whose_end_was_deleted_at_the_end_of_the_text_keeps_its_words() -> None:
    assert text(p("T", "Title"), p("x", "", "<w:rPr><w:del/></w:rPr>")) == "x\n"


def test_comments_are_dropped_and_told() -> None:
    comment = f'<w:comment w:id="0" w:author="Ann">{p("Really?")}</w:comment>'
    found = read(
        p("T", "Title"),
        p(
            '<w:commentRangeStart w:id="0"/>' + r("x") + '<w:commentRangeEnd w:id="0"/>'
            '<w:r><w:commentReference w:id="0"/></w:r>'
        ),
        comments=comment,
    )
    assert documents.body(found.document) == "x\n"
    assert told(found) == [("comment dropped", "Ann: Really?")]


def test_images_are_dropped_and_told_with_their_words() -> None:
    drawing = (
        '<w:r><w:drawing><wp:inline><wp:docPr descr="Our logo"/><a:blip r:embed="i"/></wp:inline>'
        "</w:drawing></w:r>"
    )
    found = read(p("T", "Title"), p(drawing + r("x")))
    assert documents.body(found.document) == "x\n"
    assert told(found) == [("image dropped", "Our logo")]


def test_the_words_of_text_boxes_follow_their_paragraph_once() -> None:
    box = f"<w:txbxContent>{p('boxed')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape>{box}</v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    found = read(p("T", "Title"), p(drawing + r("x")), p("y"))
    assert documents.body(found.document) == "x\n\nboxed\n\ny\n"
    assert told(found) == [("text box became paragraphs", "boxed")]


def test_headers_and_footers_with_words_are_told_and_page_numbers_are_not() -> None:
    found = read(p("T", "Title"), p("x"), header1=p("Confidential"), footer1=p("Page 1 of 3"))
    assert told(found) == [("page header dropped", "Confidential")]


def test_hidden_text_and_formulas_are_told() -> None:
    found = read(
        p("T", "Title"),
        p(r("secret", "<w:vanish/>") + r("x ") + "<m:oMath><m:r><m:t>y=1</m:t></m:r></m:oMath>"),
    )
    assert documents.body(found.document) == "x y=1\n"
    assert told(found) == [("hidden text dropped", "secret"), ("formula became text", "y=1")]


def test_words_own_table_of_contents_is_left_to_the_page() -> None:
    entry = p(f'<w:hyperlink w:anchor="_Toc1">{r("Data 1")}</w:hyperlink>', "TOC1")
    in_box = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{p('Contents', 'TOCHeading')}{entry}</w:sdtContent></w:sdt>"
    )
    as_field = p(field(r' TOC \o "1-3" ', r("Data 1")))
    heading = p('<w:bookmarkStart w:name="_Toc1"/>' + r("Data"), "Heading1")
    for contents in (in_box, as_field, p("Contents", "TOCHeading") + entry):
        found = read(p("T", "Title"), contents, heading, p("x"))
        assert documents.body(found.document) == "## Data {#data}\n\nx\n"
        assert {kind for kind, _ in told(found)} == {"contents list left to the page"}


def test_results_of_fields_stay_and_page_numbers_are_told() -> None:
    found = read(
        p("T", "Title"),
        p(
            f'<w:fldSimple w:instr=" DOCPROPERTY Company ">{r("Softphonez")}</w:fldSimple>'
            + r(", page ")
            + field(" PAGEREF _Toc1 ", r("7"))
        ),
    )
    assert documents.body(found.document) == "Softphonez, page 7\n"
    assert told(found) == [("page number kept as text", "PAGEREF _Toc1")]


def test_content_controls_and_signs_keep_their_words() -> None:
    control = f"<w:sdt><w:sdtContent>{p('inside')}</w:sdtContent></w:sdt>"
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:noBreakHyphen/><w:t>x</w:t></w:r>'
    assert text(p("T", "Title"), control, p(sign)) == "inside\n\n✓‑x\n"


def test_a_file_in_the_strict_form_of_the_standard_is_read() -> None:
    data = word(p("T", "Title"), p("x"))
    files = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            files[name] = archive.read(name).replace(W.encode(), STRICT.encode())
    assert importing.read("a.docx", zipped(files)).document.title == "T"


def test_boxes_and_choices_of_forms_and_readings_above_words_become_text() -> None:
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


def test_what_word_shows_without_having_it_as_text_is_told() -> None:
    symbol = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> SYMBOL 183 </w:instrText>'
        '</w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    unknown = '<w:r><w:sym w:font="Nobody" w:char="F0FF"/></w:r>'
    lost = '<w:r><w:footnoteReference w:id="7"/></w:r>'
    embedded = "<w:r><w:object/></w:r><w:r><w:drawing/></w:r>"
    found = read(p("T", "Title"), p(symbol + unknown + lost + embedded + r("x")), "<w:altChunk/>")
    assert documents.body(found.document) == "x\n"
    assert [kind for kind, _ in told(found)] == [
        "mark of a footnote that is not there dropped",
        "embedded object dropped",
        "drawing dropped",
        "embedded file dropped",
        "field of Word dropped",
        "part of the file not understood",
    ]


def test_a_footnotes_own_sign_becomes_its_number_and_a_second_mark_goes() -> None:
    own = '<w:r><w:footnoteReference w:id="2" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    found = read(p("T", "Title"), p(r("a") + own + own), footnotes=note("footnote", 2, "Foot."))
    assert documents.body(found.document) == "a[^1]\n\n[^1]: Foot.\n"
    assert told(found) == [("second mark of a footnote dropped", "2")]


def test_many_remarks_of_one_kind_are_summed_up() -> None:
    comments = "".join(f"<w:comment>{p(str(n))}</w:comment>" for n in range(200))
    found = told(read(p("T", "Title"), p("x"), comments=comments))
    assert len(found) == 51
    assert found[-1] == ("comment dropped", "and more than 50 in all")


# --- Refusals ---

DOCTYPE = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


def broken() -> bytes:
    data = bytearray(word(p("x" * 2000)))
    at = data.find(b"word/document.xml") + 40
    data[at : at + 20] = b"\xff" * 20
    return bytes(data)


def bomb() -> bytes:
    return zipped({"word/document.xml": part("document", ""), "x": b"0" * 60_000_000})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x", "no Word file, or a damaged one"),
        (b"", "no Word file, or a damaged one"),
        (word(p("x"))[:-30], "no Word file, or a damaged one"),
        (broken(), "damaged"),
        (docx_package._OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (docx_package._OLE + b"WordDocument", "Word 97"),
        (bomb(), "unpacks to"),
        (zipped({f"{n}": b"" for n in range(2001)}), "holds 2,001 parts"),
        (zipped({"a.txt": b"x"}), "holds no Word document"),
        (zipped({"word/document.xml": "<x/>"}), "holds no Word document"),
        (zipped({"word/document.xml": "<x>"}), "is no XML"),
        (zipped({"word/document.xml": f"{DOCTYPE}<w>&b;</w>"}), "has a DOCTYPE"),
        (zipped({"word/document.xml": f"{DOCTYPE}<w>&b;</w>".encode("utf-16")}), "has a DOCTYPE"),
        (zipped({"word/document.xml": "<x>" * 200 + "</x>" * 200}), "too deep"),
        (word(p("x" * 5_000_001)), "more text than a policy can have"),
        (word(p("")), "has no text"),
        (b"PK" + b"0" * importing.MAX_WORD_BYTES, "the most is 10,000,000"),
    ],
)
def test_what_is_no_word_file_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ImportRefused, match=reason):
        importing.read("a.docx", data)


def test_tables_in_tables_are_read_or_refused() -> None:
    for depth in (1, 5, 20, 30, 60):
        inner = p("x")
        for _ in range(depth):
            inner = table(f"<w:tr><w:tc>{inner}{p('y')}</w:tc></w:tr>")
        try:
            importing.read("a.docx", word(p("T", "Title"), inner))
        except ImportRefused:
            assert depth > 5


def test_a_file_brings_no_rules_for_mammoth() -> None:
    files = {}
    with zipfile.ZipFile(io.BytesIO(word(p("T", "Title"), p("x")))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["mammoth/style-map"] = b"p => script"
    found = docx.to_html(zipped(files))
    assert found.html == "<h1>T</h1><p>x</p>"


@given(st.binary(max_size=300), st.integers(0, 4000), st.booleans())
def test_any_bytes_are_imported_or_refused(junk: bytes, at: int, inside: bool) -> None:
    data = WHOLE[:at] + junk + WHOLE[at + len(junk) :] if inside else junk
    for name in ("a.docx", "a.md", "a.html"):
        try:
            found = importing.read(name, data)
        except ImportRefused:
            continue
        assert isinstance(found, Imported)


NAMES = st.sampled_from(
    [
        "p",
        "r",
        "t",
        "tbl",
        "tr",
        "tc",
        "tcPr",
        "pPr",
        "rPr",
        "ins",
        "del",
        "moveFrom",
        "moveTo",
        "hyperlink",
        "sdt",
        "sdtContent",
        "sdtPr",
        "fldSimple",
        "fldChar",
        "instrText",
        "bookmarkStart",
        "footnoteReference",
        "br",
        "tab",
        "sym",
        "drawing",
        "pict",
        "txbxContent",
        "numPr",
        "numId",
        "ilvl",
        "pStyle",
        "rStyle",
        "gridSpan",
        "vMerge",
        "trPr",
        "gridBefore",
        "ruby",
        "rubyBase",
        "rt",
        "ind",
    ]
)
VALUES = st.sampled_from(
    ["0", "1", "2", "-1", "99999999999", "x", "", "begin", "separate", "end", "Heading1", "_a"]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "w:val",
            "w:id",
            "w:name",
            "w:anchor",
            "r:id",
            "w:fldCharType",
            "w:instr",
            "w:char",
            "w:font",
        ]
    ),
    VALUES,
    max_size=3,
)
TEXTS = st.sampled_from(["word", " TOC ", 'HYPERLINK "a"', r" REF _a \h ", "", " "])


def element(name: str, attributes: dict[str, str], inner: list[str]) -> str:
    given_ones = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<w:{name}{given_ones}>{''.join(inner)}</w:{name}>"


TREES = st.recursive(
    st.one_of(
        TEXTS.map(lambda one: f"<w:t>{one}</w:t>"),
        TEXTS.map(lambda one: f"<w:instrText>{one}</w:instrText>"),
        st.builds(element, NAMES, ATTRIBUTES, st.just([])),
    ),
    lambda inner: st.builds(element, NAMES, ATTRIBUTES, st.lists(inner, max_size=5)),
    max_leaves=40,
)


@given(st.lists(TREES, max_size=6))
def test_any_tree_of_words_elements_is_imported_or_refused(trees: list[str]) -> None:
    try:
        found = importing.read("a.docx", word(p("T", "Title"), p("x"), *trees))
    except ImportRefused:
        return
    rendering.render(documents.body(found.document))


WHOLE = word(
    p("T", "Title"), p("A", "Heading1"), item("x", 2), table(row("a", "b")), p(r("b", "<w:b/>"))
)
