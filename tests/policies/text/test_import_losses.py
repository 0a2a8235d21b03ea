"""Each thing that an import loses is noted, with its place; what is not lost is not.

docs/importing.md lists what is kept, changed and dropped.
"""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from policies.text import importing
from policies.text.markdown.import_notes import ImportNote, as_lines, by_kind
from tests.policies.text.word_files import (
    field,
    item,
    p,
    r,
    row,
    table,
    unzipped,
    word,
    zipped,
)

DOCS = (settings.BASE_DIR / "docs" / "importing.md").read_text(encoding="utf-8").replace("`", "")


def notes_of(name, data):
    return importing.read(name, data if isinstance(data, bytes) else data.encode()).notes


def places(notes, kind):
    """Return the places of the notes of one kind, which docs/importing.md must name."""
    assert f"*{kind}*" in DOCS
    return [it.place for it in notes if it.kind == kind]


# --- HTML, and HTML in Markdown ------------------------------------------------------------------

LOSSES = tomllib.loads(
    (Path(__file__).parents[1] / "corpus" / "html_losses.toml").read_text(encoding="utf-8")
)
PIECES = [(piece, kind) for kind, pieces in LOSSES.items() for piece in pieces]


def test_a_list_in_a_cell_keeps_its_lines_and_has_one_note():
    deeper = "<ol type=a><li>b</li></ol><ul><li>c</li></ul>"
    cell = f"<ul><li>a{deeper}</li><li>d</li></ul>"
    html = f"<h2>T</h2><table><tr><th>x<th>y<tr><td>{cell}<td>z</table>"
    found = importing.read("a.html", html.encode())

    (section,) = found.document.sections
    assert "| • a<br>a. b<br>◦ c<br>• d | z |" in section.body
    assert [it.text for it in found.notes if "cell" in it.kind] == ["a b c d"]


@pytest.mark.parametrize(("piece", "kind"), PIECES)
def test_each_loss_in_a_page_of_html_has_its_line(piece, kind):
    notes = notes_of("a.html", f"<h1>T</h1>\n<p>Words.</p>\n{piece}\n<p>Words.</p>\n\n{piece}\n")

    assert places(notes, kind) == ["line 3", "line 6"]


@pytest.mark.parametrize(("piece", "kind"), PIECES)
def test_each_loss_of_html_in_markdown_has_its_line(piece, kind):
    head = "---\nslug: a\n---\n\n# T\n\nT\n-\n\n- One\n- Two\n  goes on\n\n[toc]\n\n"
    notes = notes_of("a.md", f"{head}{piece}\n\nWords,\nwords.\n\n| a |\n|---|\n| b |\n\n{piece}\n")

    assert places(notes, kind) == ["line 16", "line 25"]


def test_each_loss_within_a_paragraph_or_an_item_of_markdown_has_its_line():
    text = (
        "# T\n\nOne <u>a</u>\ntwo\nthree <u>a</u>.\n\n- <u>a</u>\n- b\n\n  <u>a</u>\n\n"
        "| a |\n|---|\n| b |\n| <u>a</u> |\n\n> x\n> <u>a</u>\n\nX[^1]\n\n[^1]: <u>a</u>\n"
    )

    found = places(notes_of("a.md", text), "underlining has no sign in Markdown")

    assert found == [f"line {line}" for line in (3, 5, 7, 10, 15, 18, 22)]


def test_each_loss_of_markdown_has_its_line():
    text = (
        "# T {#t .c}\n\n## A b {#a%b}\n\n###### Six\n\n## C {.c}\n\n{: .x }\n\n<!-- d -->\n\n"
        "1. a\n5. b\n\n[TOC]\n\nx\x01 y\n\n<!-- d -->\n\n## E {.c}\n"
    )

    notes = notes_of("a.md", text)

    assert places(notes, "attributes dropped") == ["line 1", "line 7", "line 9", "line 22"]
    assert places(notes, "comment dropped") == ["line 11", "line 20"]
    assert places(notes, "number in a list changed") == ["line 14"]
    assert places(notes, "control character replaced") == ["line 18"]
    contents = "table of contents dropped, because the page makes its own"
    assert places(notes, contents) == ["line 16"]


@pytest.mark.parametrize("text", ["{:toc}", "---\ntitle: T\n---\n\n{:toc}\n", "[TOC]\n<u>a</u>"])
def test_a_text_of_which_nothing_is_left_or_nearly_has_lines(text):
    contents = "table of contents dropped, because the page makes its own"

    (line,) = places(notes_of("a.md", text), contents)

    assert line == f"line {text[: max(text.find('{:'), 0)].count(chr(10)) + 1}"


def test_a_file_of_control_characters_has_a_bounded_list_of_them():
    notes = notes_of("a.md", "# T\n\nx" + "\x01" * 12_000)

    assert places(notes, "control character replaced") == ["line 3"] * 10_000 + [""]
    assert notes[-1].text == "and 2,000 more"


@pytest.mark.parametrize(
    "html",
    [
        '<ol type="a"><li>One</li><li value="7">Two</li></ol><ol reversed><li>A<li>B</ol>',
        "<p>One <b>two</b> <i>three</i> <s>four</s> <code>five</code>.</p><hr><p>Six<br>seven.</p>",
        '<p><a href="https://x.test/" style="text-decoration:underline" title="t">One</a></p>',
        '<p><a href="/a"><span style="text-decoration:underline">One</span></a></p>',
        '<p style="color:red; font-size:9pt"><font color="blue">One</font></p>',
        '<p><span style="background-color: rgb(255, 255, 255); background: none">One</span></p>',
        '<p><span style="background:transparent;background-color:#FFFFFF">One</span></p>',
        '<p><span style="text-transform: none; vertical-align: baseline">One</span></p>',
        "<ul><li>One<ol start=3><li>Two</li></ol></li></ul><blockquote>Three</blockquote>",
        "<table><tr><th>A</th><th>B</th></tr><tr><td><p>One</p><p>Two</p></td><td>C</td></tr></table>",
        "<dl><dt>One</dt><dd>Two</dd></dl><pre>Three</pre><p><!-- --></p><p><u> </u>x</p>",
    ],
)
def test_what_is_kept_or_only_looks_otherwise_gets_no_note(html):
    assert notes_of("a.html", f"<h1>T</h1>{html}<p>Words.</p>") == ()


# --- Word ----------------------------------------------------------------------------------------

PICTURE = (
    '<w:r><w:drawing><wp:docPr descr="{}"/><a:blip r:embed="i"/></w:drawing></w:r>'  # by its words
)


def after(*before, of):
    """Return a paragraph that begins with other words."""
    return p("".join(before) + r("words ") + of)


OF_WORD = {
    "image dropped": [after(of=PICTURE.format(""))],
    "embedded object dropped": [after(of="<w:r><w:object/></w:r>")],
    "drawing dropped": [after(of="<w:r><w:drawing/></w:r>")],
    "hidden text dropped": [after(of=r("a", "<w:vanish/>"))],
    "formula became text": [after(of="<m:oMath><m:r><m:t>y</m:t></m:r></m:oMath>")],
    "field of Word kept as the text that it shows now": [
        after(of=field(" PAGEREF _x ", r("7"))),
        after(of=field(" MERGEFIELD Name ", r("A"))),
    ],
    "own sign of a footnote dropped": [
        after(of='<w:r><w:footnoteReference w:id="9" w:customMarkFollows="1"/><w:t>*</w:t></w:r>')
    ],
    "reference to a missing footnote dropped": [
        after(of='<w:r><w:footnoteReference w:id="9"/></w:r>')
    ],
    "underlining has no sign in Markdown": [after(of=r("a", '<w:u w:val="single"/>'))],
    "raised text has no sign in Markdown": [
        after(of=r("2", '<w:vertAlign w:val="superscript"/>')),
        after(of=r("2", '<w:position w:val="8"/>')),
    ],
    "lowered text has no sign in Markdown": [
        after(of=r("2", '<w:vertAlign w:val="subscript"/>')),
        after(of=r("2", '<w:position w:val="-4"/>')),
    ],
    "highlighting has no sign in Markdown": [
        after(of=r("a", '<w:highlight w:val="yellow"/>')),
        after(of=r("a", '<w:shd w:fill="FFFF00"/>')),
    ],
    "a style that makes capitals has no sign in Markdown": [
        after(of=r("not liable", "<w:caps/>")),
        after(of=r("not liable", "<w:smallCaps/>")),
    ],
    "link to a missing bookmark dropped, its words are kept": [
        after(of=f'<w:hyperlink w:anchor="nowhere">{r("a")}</w:hyperlink>')
    ],
    "list label without a notation kept as text": [item("a", 5)],
    "list item without words dropped": [item("", 2, 1)],
    "list inside a table cell or a line became text": [
        table(row("a", "b"), row("c", f"<w:tc>{item('d', 1)}{item('e', 1)}</w:tc>"))
    ],
    "merged cells became one cell and empty ones": [
        table(
            row("a", "b"),
            row("<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" + p("c") + "</w:tc>"),
        )
    ],
    "text box became paragraphs": [
        p(f"<w:r><w:pict><w:txbxContent>{p('b')}</w:txbxContent></w:pict></w:r>" + r("a"))
    ],
}


def paragraphs_in(block):
    return len(re.findall("<w:p>", block))


@pytest.mark.parametrize(
    ("block", "kind"), [(block, kind) for kind, blocks in OF_WORD.items() for block in blocks]
)
def test_each_loss_in_a_word_file_has_its_paragraph(block, kind):
    between = [p("Words."), p(""), p("<w:r><w:br/><w:t>a\nb</w:t></w:r>")]
    once, found = paragraphs_in(block), notes_of("a.docx", word(p("T"), block, *between, block))

    first, second = (int(it.removeprefix("paragraph ")) for it in places(found, kind))

    assert 2 <= first < 2 + once
    assert second - first == once + len(between)


def test_comments_are_where_their_words_are():
    marked = p(r("a") + '<w:r><w:commentReference w:id="4"/></w:r>')
    comments = (
        f'<w:comment w:id="4">{p("Really?")}</w:comment><w:comment w:id="5">{p("?")}</w:comment>'
    )

    notes = notes_of("a.docx", word(p("T", "Title"), p("x"), marked, comments=comments))

    assert places(notes, "comment dropped") == ["paragraph 3", ""]


def test_what_is_beside_the_text_of_a_word_file_is_noted():
    mark = '<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>'
    files = unzipped(
        word(
            p("T", "Title"),
            p("x"),
            table(row("a"), row("b"), more='<w:tblCaption w:val="Fees"/>'),
            '<w:subDoc r:id="s"/><w:altChunk r:id="c"/>',
            header1=p(mark + r("Confidential")),
            footer1=p(PICTURE.format("Logo")),
        )
    )
    files["word/vbaProject.bin"] = b"macros"

    notes = notes_of("a.docx", zipped(files))

    found = {it.kind: it.text for it in notes}
    assert found["watermark dropped"] == "DRAFT"
    assert found["page header dropped"] == "Confidential"
    assert found["description of a table dropped"] == "Fees"
    for kind in (
        *("watermark dropped", "page header dropped", "image in a page footer dropped"),
        *("description of a table dropped", "macros dropped", "linked document dropped"),
        *("embedded file dropped",),
    ):
        assert len(places(notes, kind)) == 1


def test_code_points_in_a_word_file_that_are_no_characters_become_replacement_characters():
    """Unicode, section 23.7."""
    underlined = p(r("c", "<w:u w:val='single'/>"))

    found = importing.read("a.docx", word(p("T", "Title"), p("a\ufdd07\ufdd1b"), underlined))

    assert found.document.introduction == "a\ufffd7\ufffdb\n\nc"
    assert [it.paragraph for it in found.notes] == [3]


# --- Lists of notes ------------------------------------------------------------------------------


def test_of_many_losses_of_one_kind_a_command_prints_the_first():
    notes = [ImportNote("a", str(n), n) for n in range(1, 10_001)] + [ImportNote("b")]

    lines = as_lines(notes)

    assert (lines[0], lines[99]) == ("line 1: a: 1", "line 100: a: 100")
    assert lines[100:] == ["a: and 9,900 more", "b"]


def test_of_many_losses_of_one_kind_the_page_lists_the_first():
    of_a, of_b = by_kind(
        [*(ImportNote("a", "x", paragraph=n) for n in range(1, 1_200)), ImportNote("b")]
    )

    assert (str(of_a), of_a.lines[0]) == ("a (1,199 times)", "paragraph 1: x")
    assert (len(of_a.lines), of_a.lines[-1]) == (1_001, "and 199 more")
    assert of_b.lines == ["place unknown"]
