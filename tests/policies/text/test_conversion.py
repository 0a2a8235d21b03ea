"""HTML becomes Markdown that shows the same."""

import re
import tomllib
from html import escape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.text import rendering
from policies.text.document import parse
from policies.text.importing import conversion, pasting
from policies.text.importing.html import lists

# What Markdown, HTML and site generators see a mark in.
PIECES = st.sampled_from(
    [
        *"#`~{}-=*_+>|:.[]()<&!\\\"'^$%@/ 1aéع語）。",
        *("##", "```", "~~~", "---", "===", "- ", "1. ", "10) ", "> ", "| a | b |", "[^1]: "),
        "[^1]",
        *(":   ", "[a]: /b", " {#id}", "{: #x .y}", "[]{#id}", "[x](#a)", "{{ p.t }}", "{{", "}}"),
        *("{%", "%}", "{:toc}", "<br>", "<b>", "&lt;", "&copy;", "http://a.b/c_d_", "www.a.b"),
        *("**", "__", "](", "\xa0", "A b", "[TOC]", "a_b", "![", " ~"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)

HTML = tomllib.loads(
    (Path(__file__).parents[1] / "corpus" / "html.toml").read_text(encoding="utf-8")
)


def markdown(html):
    return conversion.from_html(html).markdown.strip("\n")


def shown(html):
    """Return the page that HTML becomes after its way through Markdown."""
    page = rendering.render(conversion.from_html(html).markdown).html
    return BeautifulSoup(page, "html5lib")


def plain(text):
    return re.sub(r"[ \t\n\r\f]+", " ", text).strip(" \xa0")


def kinds(html):
    return [(note.kind, note.text) for note in conversion.from_html(html).notes]


@pytest.mark.parametrize("name", HTML)
def test_html_becomes_the_markdown_that_is_meant(name):
    assert {html: markdown(html) for html in HTML[name]} == HTML[name]


@pytest.mark.parametrize(
    "name", ["only what would be markup gets a backslash", "hidden text is dropped"]
)
def test_a_paste_becomes_the_same_markdown(name):
    assert {html: pasting.read(html).markdown for html in HTML[name]} == HTML[name]


@given(TEXTS)
def test_text_never_turns_into_markup(text):
    page = shown(f"<p>{escape(text)}</p>")
    assert plain(page.get_text()) == plain(text)
    assert {tag.name for tag in page.body.find_all(True)} <= {"p", "a"}  # bare addresses are links


LOOKS = st.sampled_from(["{}", "{}", "<a href=/x>a{}</a>", "<a href=/x>{}a</a>", "<br>{}"])
LOOKING = st.lists(
    st.builds(lambda looks, text: looks.format(escape(text)), LOOKS, PIECES), max_size=8
)


@given(LOOKING)
def test_links_beside_text_never_make_markup_of_it(pieces):
    html = f"<p>{''.join(pieces)}</p>"
    text = BeautifulSoup(html, "html5lib").get_text()
    page = shown(html)
    assert "".join(page.get_text().split()) == "".join(text.split())
    assert {tag.name for tag in page.body.find_all(True)} <= {"p", "a", "br"}


@given(TEXTS, st.sampled_from(["li", "th", "td", "dt", "dd", "blockquote", "h3"]))
def test_blocks_keep_their_text(text, tag):
    assume(plain(text))
    inside = f"<{tag}>{escape(text)}</{tag}>"
    around = {
        "li": "<ol>{}</ol>",
        "td": "<table><tr><th>x<tr>{}</table>",
        "th": "<table><tr>{}<tr><td>x</table>",
        "dt": "<dl>{}<dd>x</dl>",
        "dd": "<dl><dt>x{}</dl>",
    }
    html = around.get(tag, "{}").format(inside)
    found = [plain(one.get_text()) for one in shown(html).find_all(tag)]
    assert any(plain(text) in one for one in found)


@pytest.mark.parametrize(
    "note",
    [
        '<li id="fn1"><p>N. <a href="#ref1">↩</a></p></li>',
        '<li id="fn1">N. <a href="#ref1" class="footnote-back">↩︎</a></li>',
    ],
)
def test_marks_and_texts_that_link_to_each_other_become_footnotes(note):
    html = f'<p>a<a id="ref1" href="#fn1"><sup>1</sup></a></p><section><ol>{note}</ol></section>'
    assert markdown(html) == "a[]{#ref1}[^1]\n\n[^1]: []{#fn1}N."


def test_a_bracket_behind_the_mark_of_a_footnote_makes_no_link_of_it():
    note = '<section><ol><li id="fn1"><p>N. <a href="#ref1">↩</a></p></li></ol></section>'
    html = f'<p>Clause 3<a id="ref1" href="#fn1"><sup>1</sup></a>(a) applies.</p>{note}'
    assert "[^1]\\(a) applies." in markdown(html)


@pytest.mark.parametrize("convert", [markdown, lambda html: pasting.read(html).markdown])
@pytest.mark.parametrize("name", ["footnote-mark", "footnote-text"])
def test_an_element_with_a_name_of_ours_keeps_only_its_words(name, convert):
    assert convert(f"<p>a <{name} label='x]: y'>b</{name}></p>") == "a b"


def test_a_note_is_not_searched_for_each_of_its_marks(monkeypatch):
    """Hundreds of marks of one note, each with a link back, once took many seconds."""
    searches = 0
    find_all = Tag.find_all

    def counted(tag, *args, **more):
        nonlocal searches
        searches += tag.get("id") == "n"
        return find_all(tag, *args, **more)

    monkeypatch.setattr(Tag, "find_all", counted)
    marks = "".join(f'a<a id=r{at} href="#n">1</a> ' for at in range(100))
    backs = "".join(f'<a href="#r{at}">{at}</a> ' for at in range(100))

    found = markdown(f"<p>{marks}<p id=n>N. {backs}")

    assert found.count("[^1]") == 101
    assert 0 < searches < 10


@pytest.mark.parametrize("mark", ["1", "[12]", "a", "(b)", "iv", "*", "††", "n1", "fn2", "1a"])
def test_a_mark_is_a_number_letters_or_a_sign(mark):
    html = f'<p>a <a id=r href="#n">{mark}</a></p><p id=n>N. <a href="#r">up</a></p>'
    assert re.fullmatch(r"a \[\]\{#r\}\[\^[\w-]+\]\n\n\[\^[\w-]+\]: \[\]\{#n\}N\.", markdown(html))


@pytest.mark.parametrize(
    ("contents", "section"),
    [
        ("<ul><li>{}</ul>", "<div id=s><h2>Data</h2><p>Names.</p>{}</div>"),
        ("<ul><li>{}</ul>", "<div id=s><p><b>Data</b></p><p>Names.</p>{}</div>"),
        ("<ul><li><p>{} Data</ul>", "<div id=s><p><b>Data</b></p><p>Names.</p>{}</div>"),
        ("<p>See {}</p>", "<div id=s><h2>Data</h2><p>Names.</p>{}</div>"),
        ('<p><a href="#a">A</a> | {}</p>', "<div id=s><p>Data</p><p>Names.</p>{}</div>"),
    ],
)
@pytest.mark.parametrize("words", ["Data", "GDPR", "1", "B", "IV"])
def test_the_target_of_a_table_of_contents_is_not_a_footnote(contents, section, words):
    link = f'<a id=t href="#s">{words}</a>'
    html = contents.format(link) + section.format('<p><a href="#t">Back to top</a></p>')

    found = markdown(html)

    assert "[^" not in found
    assert f"[{words}](#s)" in found
    assert "Names." in found
    assert "[Back to top](#t)" in found


@pytest.mark.parametrize(
    "text",
    [
        "<p><sup>{}</sup> a</p>",
        "<table><tr><th>b<th>c<tr><td><p>{}</p><td>d</table>",
        "<p><a href=https://a.example/>a</a>{}</p>",
    ],
)
def test_a_raised_footnote_mark_may_come_before_words(text):
    html = text.format('<a id=r href="#n">1</a>') + '<p id=n>N. <a href="#r">up</a></p>'
    assert "[^1]: []{#n}N." in markdown(html)


@pytest.mark.parametrize(
    ("html", "kind", "text"),
    [
        ("a<!-- b -->", "comment dropped", "b"),
        ("a<script>b()</script>", "<script> dropped", "b()"),
        ("<a href='JavaScript:x'>a</a>", "link dropped, its words are kept", "a → JavaScript:x"),
        ("<img src=/x.png alt=a>", "image became its words", "a → /x.png"),
        ("a<img src=/x.png>", "image without words dropped", "/x.png"),
        ("<input type=radio checked value=a>", "<input> became text", "☑"),
        ("<audio src=/a.ogg><p>a</p></audio>", "<audio> became text", "/a.ogg"),
        ("<video><source src=/a.mp4>a</video>", "<video> dropped", "/a.mp4"),
        ("<iframe src=https://x.example></iframe>", "<iframe> dropped", "https://x.example"),
        ("a<sup>2</sup>", "raised text has no sign in Markdown", "2"),
        ("<p id='a b'>x", "anchor changed", "a b → a-b"),
        ("<p id=a>x<p id=a>y", "id used twice, kept where it was first", "a"),
        ("<nav><a href=/>Home</a></nav><p>a", "menu dropped", "Home"),
        (
            "<nav><a href=#x>X</a></nav><p id=x>a",
            "table of contents dropped, because the page makes its own",
            "X",
        ),
        ("<abbr title=Long>L</abbr>", "explanation of an abbreviation dropped", "Long"),
        ("a<p hidden>b <i>c</i>", "hidden text dropped", "b c"),
        ("a<p style='color:red; display: none'>b", "hidden text dropped", "b"),
        ("a<div hidden><h1 hidden>b</h1></div>", "hidden text dropped", "b"),
        ("a<span style='mso-hide:all'>b</span>", "hidden text dropped", "b"),
        ("a <ins>b</ins>", "a marked insertion has no sign in Markdown", "b"),
        (
            "<ol style='list-style-type:lower-greek'><li>x</ol>",
            "list label without a notation kept as text",
            "α. x",
        ),
    ],
)
def test_what_markdown_can_not_express_gets_a_note(html, kind, text):
    assert kinds(html) == [(kind, text)]


def test_each_of_many_losses_of_one_kind_gets_a_note():
    noted = kinds("".join(f"<p>a{n}</p><!-- b{n} -->" for n in range(200)))
    assert noted == [("comment dropped", f"b{n}") for n in range(200)]


def test_of_a_page_only_the_text_is_taken():
    words = "<p>" + "word " * 50
    html = f"<title>T</title><header>Logo</header><main>{words}</main><footer>Fine print</footer>"
    found = conversion.from_html(html)
    assert found.markdown.split() == ["word"] * 50
    assert found.title == "T"
    assert [note.text for note in found.notes] == ["Logo Fine print"]


def test_markdown_around_html_keeps_its_meaning():
    found = conversion.from_markdown(
        '# T {#t}\n\n<b>a</b> *b* [c](/d "e")[^1] `<i>` {{ f_g }} <name here>\n\n'
        "| a |\n|--:|\n| b |\n\n[^1]: N\n"
    )
    assert found.markdown == (
        '# T {#t}\n\n**a** _b_ [c](/d "e")[^1] `<i>` {{ f_g }} \\<name here>\n\n'
        "| a |\n| ---: |\n| b |\n\n[^1]: N\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You <u>may</u>\n(a) read\n(b) copy", "You may\n\n(a) read\n(b) copy"),
        ("a <b>b\nc</b>", "a **b c**"),
        ("a <i>b</i><br>\nc  \nd\\\ne", "a _b_<br>\nc<br>\nd<br>\ne"),
        ("a <i>b</i>\nc\n===", "# a _b_ c"),
        (
            "<table><tr><th>a<th>b<tr><td>\n\nc\nd\n\n<td>e</table>",
            "| a | b |\n| --- | --- |\n| c d | e |",
        ),
        ("<p>a\nb</p>", "a b"),
    ],
)
def test_lines_that_a_page_shows_stay_lines_where_there_is_html(text, expected):
    assert conversion.from_markdown(text).markdown.strip() == expected


@pytest.mark.parametrize("text", ["#MeToo", "##Scope", "##1a", "#**a**", "# a", "#"])
def test_a_paragraph_that_begins_with_a_number_sign_is_no_heading(text):
    found = parse(markdown(f"<h1>T</h1><p>{text}</p><p>x</p>"))

    assert (found.title, found.sections) == ("T", ())
    assert plain(shown(f"<p>{text}</p>").get_text()) == text


@pytest.mark.parametrize("holder", ["<table><tr><td>a<td><ol>{}</ol></table>", "<ol>{}</ol>"])
def test_the_items_of_a_long_list_are_counted_once(holder, monkeypatch):
    """A list of some thousand items once took minutes: each counted all before it."""
    asked = 0

    def marker(number, form):
        nonlocal asked
        asked += 1
        return written(number, form)

    written = lists.marker
    monkeypatch.setattr(lists, "marker", marker)

    found = markdown(holder.format("<li><h2>some words</h2>more of them" * 200))

    assert "200. " in found
    assert 200 <= asked < 200 * 5
