"""What Markdown becomes: the dialect, and the page made from it."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text.markdown import headings
from policies.text.rendering import Entry, render
from tests.policies.text.hostile import words_seen


def html(text):
    """Return the HTML on one line, without the line ends between blocks."""
    return re.sub(r"(?<=>)\n|\n(?=</code></pre>)", "", render(text).html)


# What a text is shown as, by what is meant to be seen.
PAGES = {
    "a section is numbered by its place and links to itself": (
        "## Scope of *this* policy {#scope}",
        '<h2 id="scope"><a class="heading-link" href="#scope">'
        '<span class="number">1.</span> Scope of <em>this</em> policy</a></h2>',
    ),
    "a section with a link in its heading links to itself by its number": (
        "## See [us](/us) {#us}",
        '<h2 id="us"><a class="heading-link" href="#us"><span class="number">1.</span></a>'
        ' See <a href="/us">us</a></h2>',
    ),
    "a sub heading with a link links to itself by a sign": (
        "### See [us](/us) {#us}",
        '<h3 id="us"><a class="heading-link" href="#us"><span class="number">§</span></a>'
        ' See <a href="/us">us</a></h3>',
    ),
    "sub headings link to themselves and have no number": (
        "### Your *data*\n\n#### More",
        '<h3 id="your-data"><a class="heading-link" href="#your-data">Your <em>data</em></a></h3>'
        '<h4 id="more"><a class="heading-link" href="#more">More</a></h4>',
    ),
    "a heading without words is dropped": ("##\n\n### {#kept}\n\na", '<p id="kept"></p><p>a</p>'),
    "a hashtag is not a heading": ("#hashtag", "<p>#hashtag</p>"),
    "an escaped brace gives no id": (r"a \{#x}", "<p>a {#x}</p>"),
    "a footnote may be defined in another section": (
        "T[^a]\n\n[^a]: *Note*\n\n### B {#b}",
        '<p>T<sup id="fnref:1"><a class="footnote-ref" href="#fn:1" role="doc-noteref">1</a></sup>'
        '</p><h3 id="b"><a class="heading-link" href="#b">B</a></h3>'
        '<div class="footnotes"><hr><ol><li id="fn:1"><p><em>Note</em> '
        '<a aria-label="↩ 1" class="footnote-back" href="#fnref:1" role="doc-backlink">↩</a>'
        "</p></li></ol></div>",
    ),
    "a reference to a missing footnote is text": ("T[^x]", "<p>T[^x]</p>"),
    "a table scrolls under the name of the heading above it": (
        "### A {#a}\n\n| b | c | d | e |\n|---|:--|:-:|--:|\n| 1 | 2 | 3 | 4 |",
        '<h3 id="a"><a class="heading-link" href="#a">A</a></h3>'
        '<div aria-labelledby="a" class="table-scroll" role="region" tabindex="0"><table>'
        '<thead><tr><th scope="col">b</th><th class="align-left" scope="col">c</th>'
        '<th class="align-center" scope="col">d</th><th class="align-right" scope="col">e</th></tr>'
        '</thead><tbody><tr><td>1</td><td class="align-left">2</td><td class="align-center">3</td>'
        '<td class="align-right">4</td></tr></tbody></table></div>',
    ),
    "an ordered list keeps its first number": (
        "7. a\n8. b",
        '<ol start="7"><li>a</li><li>b</li></ol>',
    ),
    "a list item may hold a fence and paragraphs": (
        "1. a\n\n   b\n\n   ```\n   c\n   ```",
        "<ol><li><p>a</p><p>b</p><pre><code>c</code></pre></li></ol>",
    ),
    "a definition list has terms and definitions": (
        "t\n: d\n: e",
        "<dl><dt>t</dt><dd>d</dd><dd>e</dd></dl>",
    ),
    "lines break where the author says so": (
        "a  \nb\\\nc<br>d<BR />e\nf",
        "<p>a<br>b<br>c<br>d<br>e\nf</p>",
    ),
    "struck words are deleted words": ("~~a~~", "<p><del>a</del></p>"),
    "entities are letters": ("&copy; &#x41; &amp;lt; &bogus;", "<p>© A &amp;lt; &amp;bogus;</p>"),
    "a link inside a link is its words": (
        "[a <https://b.example>](/c)",
        '<p><a href="/c">a <span>https://b.example</span></a></p>',
    ),
    "an image in a link is its words": (
        "[![a](https://b.example/c.png)](/d)",
        '<p><a href="/d"><span>a</span></a></p>',
    ),
    "an image within the address is its words": (
        "![a](data:image/png;base64,AAAA)",
        "<p><span>a</span></p>",
    ),
}


@pytest.mark.parametrize("what", PAGES)
def test_a_text_is_shown_as_the_dialect_says(what):
    text, expected = PAGES[what]

    assert html(text) == expected


# --- Headings and contents -----------------------------------------------------------------------


def test_sections_with_numbers_of_their_own_get_no_second_number():
    rendered = render("## 1. Scope\n\n## Article 2 – Data\n\n## Annex\n\n## Sources")
    assert [entry.number for entry in rendered.contents] == ["", "", "", ""]
    assert [entry.text for entry in rendered.contents][:2] == ["1. Scope", "Article 2 – Data"]


def test_sections_are_numbered_when_fewer_than_half_have_their_own():
    rendered = render("## 1. Scope\n\n## Data\n\n## Annex")
    assert [entry.number for entry in rendered.contents] == ["1.", "2.", "3."]


def test_the_contents_hold_sections_and_their_sub_headings():
    text = (
        "### Before\n\n## A\n\n### B `c` [d](e)[^1] &amp; ![f](f.png)\n\n#### G\n\n## A\n\n[^1]: x"
    )
    assert render(text).contents == (
        Entry(2, "before", "", "Before"),
        Entry(2, "a", "1.", "A", (Entry(3, "b-c-d-f", "", "B c d & f"),)),
        Entry(2, "a-1", "2.", "A"),
    )


def test_only_the_page_itself_has_an_h1():
    rendered = render("# A\n\nB\n===\n\n> # C\n\n- # D\n- ## E")
    assert [entry.text for entry in rendered.contents] == ["A", "B"]
    assert re.findall(r"<(h\d) id=\"(\w)\"", rendered.html) == [
        ("h2", "a"),
        ("h2", "b"),
        ("h3", "c"),
        ("h3", "d"),
        ("h3", "e"),
    ]


# --- Ids -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("## A {#x}", "## A {: #x}", "## A{#x}", "## A {#x .wide data-a=1}", "## A {: id=x }"),
        *("## A ## {#x}", "A {#x}\n===", "### **A** {#x}"),
    ],
)
def test_a_heading_takes_the_id_that_its_author_gave_it(text):
    rendered = render(text)
    assert re.match(r'<h\d id="x">', rendered.html)
    assert "A" in words_seen(rendered)
    assert "{" not in rendered.html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {#x}", '<p id="x">a</p>'),
        ("a\n{: #x}", '<p id="x">a</p>'),
        ("- a {#x}", '<ul><li id="x">a</li></ul>'),
        ("> a\n\n{#x}", '<blockquote id="x"><p>a</p></blockquote>'),
        ("```\na\n```\n{: #x}", '<pre id="x"><code>a</code></pre>'),
        ("``` {#x .py}\na\n```", '<pre id="x"><code>a</code></pre>'),
        ("t\n: d {#x}", '<dl><dt>t</dt><dd id="x">d</dd></dl>'),
        ("{#x}\n\na", '<p id="x"></p><p>a</p>'),
        ("*a*{#x}", '<p><em id="x">a</em></p>'),
        ("**a**{: #x}", '<p><strong id="x">a</strong></p>'),
        ("~~a~~{#x}", '<p><del id="x">a</del></p>'),
        ("`a`{#x}", '<p><code id="x">a</code></p>'),
        ("[a](b){#x}", '<p><a href="b" id="x">a</a></p>'),
        ("![a](b.png){#x}", '<p><img alt="a" id="x" src="b.png"></p>'),
        ("a []{#x}b", '<p>a <span id="x"></span>b</p>'),
        ("a *b* c){#x}", '<p>a <em>b</em> c)<span id="x"></span></p>'),
        ("- a {#x}\n  - b", '<ul><li id="x">a<ul><li>b</li></ul></li></ul>'),
    ],
)
def test_blocks_and_inline_elements_take_ids(text, expected):
    assert html(text) == expected


def test_cells_and_tables_take_ids():
    rendered = render("| a {#x} |\n|---|\n| b |\n{: #y}")
    assert '<th id="x" scope="col">a</th>' in rendered.html
    assert '<table id="y">' in rendered.html
    assert rendered.html.count("<tr>") == 2


def test_a_table_that_is_nothing_but_its_head_takes_an_id():
    assert '<table id="x"><thead>' in html("| a |\n|---|\n{: #x}")


@pytest.mark.parametrize(
    "text",
    [
        *("{{ page.title }}", "{% if a %}", "{# comment #}", "{#comment#}", "{{< ref _a_ >}}"),
        *("{{ a * b * c }}", "{.wide}", "{: .wide}", "{a}", "{}", "{ #a }", "{#a b}", "x{#a}"),
    ],
)
def test_other_text_in_braces_stays(text):
    shown = text.replace("<", "&lt;").replace(">", "&gt;")
    assert html(f"before {text} after") == f"<p>before {shown} after</p>"
    assert f"h {shown} after</a></h3>" in html(f"### h {text} after")


def test_an_id_is_given_once_and_sections_come_first():
    rendered = render("[]{#x} a {#y}\n\n## B {#x}\n\n### Y\n\n## C {#x}")
    assert [entry.anchor for entry in rendered.contents] == ["x", "x-1"]
    assert re.findall(r'(?<= )id="([^"]+)"', rendered.html) == ["y", "x-2", "x", "y-1", "x-1"]


def test_an_author_cannot_take_an_id_of_the_page():
    rendered = render("## A {#site:contents}\n\nT[^1] []{#fn:1}\n\n[^1]: note")
    assert rendered.contents[0].anchor == "site-contents"
    assert rendered.html.count('id="fn:1"') == 1
    assert '<span id="fn-1"></span>' in rendered.html
    assert any("site:contents" in line for line in rendered.removed)


@given(st.lists(st.sampled_from(["a", "a-1", "a 1", "b", "a-2"]), max_size=8))
def test_equal_headings_get_numbered_anchors(texts):
    expected = []
    for slug in map(headings.slug, texts):
        numbered = (f"{slug}-{number}" for number in itertools.count(1))
        expected.append(next(it for it in itertools.chain([slug], numbered) if it not in expected))
    rendered = render("\n\n".join(f"### {text}" for text in texts))
    assert [entry.anchor for entry in rendered.contents] == expected


# --- Footnotes -----------------------------------------------------------------------------------


def test_a_footnote_can_be_referred_to_twice():
    rendered = render("T[^a] U[^a]\n\n[^a]: Note")
    assert 'id="fnref:1:2"' in rendered.html
    assert 'aria-label="↩ 1.2" class="footnote-back" href="#fnref:1:2"' in rendered.html


def test_footnotes_are_in_the_order_of_references_with_unused_ones_last():
    rendered = render(
        "T[^b] U[^a]\n\n[^c]: three[^d]\n[^a]: two\n[^b]: one\n[^a]: again\n[^d]: four"
    )
    notes = re.findall(r'<li id="fn:(\d)"><p>(\w+)', rendered.html)
    assert notes == [("1", "one"), ("2", "two"), ("3", "again"), ("4", "three"), ("5", "four")]


def test_a_footnote_may_hold_blocks():
    rendered = render("T[^1]\n\n[^1]:\n    - item\n\n    ```\n    code\n    ```\n")
    assert "<li>item</li>" in rendered.html
    assert "<pre><code>code" in rendered.html


def test_a_reference_in_a_heading_is_beside_the_headings_own_link():
    noted = html("### T[^1]\n\n[^1]: x")
    assert noted.count('<a class="heading-link"') == 1
    assert "</a> T<sup" in noted


# --- Tables --------------------------------------------------------------------------------------


def test_a_table_before_any_heading_has_no_name():
    assert html("| a |\n|---|").startswith('<div class="table-scroll" tabindex="0"><table>')


def test_words_beyond_the_last_column_stay_in_the_last_cell():
    rendered = render("> | a | b |\n> |---|---|\n> | 1 | 2 | *3* | `4` |\n> 5 | 6 |")
    assert "<td>2 | <em>3</em> | <code>4</code></td>" in rendered.html
    assert "<td>6</td>" in rendered.html


def test_a_corner_that_heads_nothing_is_no_header_cell():
    assert "<td></td><th" in html("| | a |\n|---|---|\n| b | c |")


def test_a_cell_may_break_its_line_and_hold_a_pipe():
    rendered = render("| a |\n|---|\n| b<br>c \\| d |")
    assert "<td>b<br>\nc | d</td>" in rendered.html


def test_tables_lists_and_fences_follow_a_paragraph_directly():
    assert html("a\n| b |\n|---|\n").startswith("<p>a</p><div")
    assert html("a\n- b") == "<p>a</p><ul><li>b</li></ul>"
    assert html("a\n1) b") == "<p>a</p><ol><li>b</li></ol>"
    assert html("a\n```\nb\n```") == "<p>a</p><pre><code>b</code></pre>"


# --- Lists and other blocks ----------------------------------------------------------------------


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_a_list_nests_as_deep_as_it_is_indented(indent):
    space = " " * indent
    assert html(f"- a\n{space}- b\n{space}{space}- c\n- d") == (
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"
    )


def test_code_is_shown_as_it_was_written():
    text = "```\n&lt; <b> {#x} {{ y }} **z** https://a.example\n```"
    assert html(text) == (
        "<pre><code>&amp;lt; &lt;b&gt; {#x} {{ y }} **z** https://a.example</code></pre>"
    )


# --- Inline --------------------------------------------------------------------------------------


def test_a_backslash_takes_the_meaning_of_any_punctuation():
    marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    shown = marks.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert html("".join(f"\\{mark}" for mark in marks)) == f"<p>{shown}</p>"


def test_links_find_their_definitions_anywhere():
    assert html("[a][R] [r] [b][]\n\n### H {#h}\n\n[r]: /r 'T'\n[b]: /b").startswith(
        '<p><a href="/r" title="T">a</a> <a href="/r" title="T">r</a> <a href="/b">b</a></p>'
    )


def test_a_link_definition_that_is_never_used_is_reported():
    rendered = render("[a]\n\n[a]: /a\n[b]: /b 'words'")
    assert rendered.removed == ("Definition that no link uses: [b]: /b words",)


def test_marks_in_an_address_are_letters():
    url = "https://a.example/_b_*c*__d__e"
    assert html(f"see {url}, *{url}*") == (
        f'<p>see <a href="{url}">{url}</a>, <em><a href="{url}">{url}</a></em></p>'
    )


def test_a_link_without_words_shows_its_address():
    rendered = render("[](https://a.example) [](#x)")
    assert rendered.html == (
        '<p><a href="https://a.example">https://a.example</a> <span></span></p>'
    )
    assert rendered.removed == ("Link without words: #x",)


# --- What is not shown as it was written ---------------------------------------------------------


def test_html_is_shown_as_text_and_reported():
    rendered = render("<b onclick='x'>a</b> `<i>` <!-- c -->")
    assert rendered.html == (
        "<p>&lt;b onclick='x'&gt;a&lt;/b&gt; <code>&lt;i&gt;</code> &lt;!-- c --&gt;</p>"
    )
    assert rendered.removed == (
        "HTML is shown as text: <b onclick='x'>",
        "HTML is shown as text: </b>",
        "HTML is shown as text: <!--",
    )


def test_a_link_that_is_not_allowed_keeps_its_words_and_is_reported():
    rendered = render("[*read* this](javascript:alert(1) 'title')")
    assert rendered.html == "<p><span><em>read</em> this</span></p>"
    assert rendered.removed == (
        "Address is not allowed, only its words are shown: javascript:alert(1)",
    )


def test_an_image_of_this_site_is_shown():
    assert html("![a](/b c.png)") == "<p>![a](/b c.png)</p>"
    assert html("![a](</b c.png> 't')") == '<p><img alt="a" src="/b%20c.png" title="t"></p>'


def test_a_footnote_is_no_word_about_an_image():
    assert '<img alt="a b" src="/b.png">' in html("![a[^1] b](/b.png)\n\n[^1]: Note.")


def test_an_image_of_another_site_becomes_a_link_and_is_reported():
    rendered = render("![a *b*](https://c.example/d.png)")
    assert rendered.html == '<p><a href="https://c.example/d.png">a b</a></p>'
    assert rendered.removed == (
        "Image from another site is shown as a link: https://c.example/d.png",
    )


def test_control_characters_are_removed_and_reported():
    rendered = render("a\x00b\x02c\u202ed&#x202D;e")
    assert rendered.html == "<p>abcde</p>"
    assert rendered.removed == (
        *("Control character: U+0000", "Control character: U+0002", "Control character: U+202E"),
        "Control character: U+202D",
    )


def test_marks_of_right_to_left_text_stay():
    text = "\u200f\u2067שלום\u2069\u200e \u061c"
    assert html(text) == f"<p>{text}</p>"


def test_every_kind_of_line_end_ends_a_line():
    assert html("\ufeff## A {#a}\r\n\r\nb\rc\u2028d\u2029e").endswith("<p>b\nc\nd</p><p>e</p>")


def test_a_text_without_words_renders_to_nothing():
    assert render(" \n\t\n").html == ""
    assert render("").contents == ()
