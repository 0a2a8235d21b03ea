"""What clipboards hold becomes the Markdown of a section, and nothing more."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import rendering
from policies.text.document import Section
from policies.text.importing import pasting
from policies.text.importing.html import tree as html_tree

# --- What each program writes ---

PASTES = Path(__file__).parents[1] / "corpus" / "pastes"


def to_markdown(html):
    return pasting.read(html).markdown


def word_item(text, sign, level=1):
    """Return a list item as Word writes it, with all its formatting."""
    return f"""<p class=MsoListParagraphCxSpMiddle style='margin-left:.5in;text-indent:-.25in;
mso-list:l0 level{level} lfo1'><![if !supportLists]><span style='font-family:Symbol;
mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;</span></span></span><![endif]><span
lang=EN-US>{text}<o:p></o:p></span></p>
"""


@pytest.mark.parametrize("file", sorted(PASTES.glob("*.html")), ids=lambda it: it.stem)
def test_what_a_program_puts_into_the_clipboard_becomes_clean_markdown(file):
    """It is beside the file, with comments about what is left out."""
    found = pasting.read(file.read_bytes().decode())

    left_out = "".join(f"\n\n<!-- Left out: {it} -->" for it in found.left_out)
    assert f"{found.markdown}{left_out}\n" == file.with_suffix(".md").read_text()


def test_footnotes_of_a_paste_get_other_labels_than_those_of_the_text_around_it():
    html = (PASTES / "word-footnotes.html").read_text()

    markdown = pasting.read(html, labels=["1", "note-1", "iv"]).markdown

    labels = re.findall(r"^\[\^([\w-]+)\]: (\w+)", markdown, re.MULTILINE)
    assert labels == [("note-2", "Article"), ("2", "Years"), ("note-3", "End")]
    assert markdown.startswith("We keep names[^note-2] and dates[^2].")


@pytest.mark.parametrize(
    "signs",
    [
        *("(a) (b) (c)", "i. ii. iii. iv.", "h) i) j)", "(c) (d) (f)", "(a) (b) (a) (b)"),
        *("(i) (ii) (i)", "A) B) 1. 2.", "1) 2)", "(1) (2)", "1.1 1.2", "1. 1.1. 2. 2.1."),
    ],
)
def test_signs_of_words_lists_are_labels(signs):
    found = pasting.read("".join(word_item("X", sign) for sign in signs.split()))

    assert found.markdown == "\n".join(f"{sign} X" for sign in signs.split())


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("You <s>may not</s> may sue.", "You ~~may not~~ may sue."),
        ("<del>a</del> <strike>b</strike>", "~~a b~~"),
        ("<u><s>a</s></u> b", "~~a~~ b"),
        # Rather a space too many than words in force that were struck out.
        ("user<s>(s)</s>", "user ~~(s)~~"),
        ("x<s>-y</s>", "x ~~-y~~"),
        ("See https://a.example<s>old</s>.", "See https://a.example ~~old~~."),
        ("<p>a <span style='text-decoration:underline line-through red'>b</span></p>", "a ~~b~~"),
        ("<p style='text-decoration-line: line-through'>a <b>b</b></p>", "~~a~~ **~~b~~**"),
        ("<ul style='text-decoration:line-through'><li>a</ul>", "- ~~a~~"),
        ("<h2 style='text-decoration:line-through'>a</h2>", "### ~~a~~"),
        ("<pre>You <s>may not</s> may</pre>", "You ~~may not~~ may"),
        ("<s>a <span style='text-decoration:none'>b</span></s>", "~~a b~~"),
        ("<s style='text-decoration:none'>a</s>", "a"),
        (
            word_item("a", "1.").replace("mso-list:l", "text-decoration:line-through;mso-list:l"),
            "1. ~~a~~",
        ),
    ],
)
def test_words_that_are_struck_out_stay_struck_out(html, expected):
    assert to_markdown(html) == expected


# --- Rules ---


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVa\nscript:x", "data:text/html,x", "file:///c:/x", "#_ftn1"),
        *("", "//x"),
    ],
)
def test_a_link_that_leads_nowhere_safe_becomes_its_words(address):
    assert to_markdown(f'<p>a <a href="{address}">link</a></p>') == "a link"


def test_a_paste_that_is_too_large_or_too_deep_is_refused():
    with pytest.raises(pasting.TooComplex, match="more than 5,000,000 bytes"):
        to_markdown("x" * 5_000_001)
    with pytest.raises(pasting.TooComplex):
        to_markdown("<div>" * 1000)


# --- What is left out ---


@pytest.mark.parametrize(
    ("html", "left_out"),
    [
        ("<p>Words <b>alone</b> and a <a href='https://a.example/'>link</a>.</p><hr>", []),
        ("<p>a<img src=x><video></video></p>", ["pictures"]),
        ("<p>a<span style='display:none'><img src=x></span></p>", []),
        ("<p>a <span style='TEXT-DECORATION : underline'>b</span></p>", ["underlining"]),
        ("<p>a <u><a href='https://a.example/'>b</a></u></p>", []),
        (
            "<p>a<span class=MsoCommentReference><a class=msocomanchor>[A1]</a></span></p>",
            ["comments"],
        ),
        ("<ol type=a start=3><li>gamma</li></ol>", []),
        ("<ol><li style='list-style-type: lower-alpha'>a<li>b</ol>", []),
        ("<ol style='list-style:inside upper-roman'><li>a</ol>", []),
        ("<ol type=α><li>a</ol>", ["list labels without a notation, which became text"]),
        ("<ol style='list-style-type:decimal' type=a><li>a</ol>", []),
        ("<ol start=3><li>a<li value=4>b</ol><ul type=disc><li>c</ul>", []),
        ("<ol><li>a<li value=4>b</ol>", ["list numbers other than 1., 2., 3."]),
        ("<ol><li>a<li value=4>b</ol><ol type=a><li>c</ol>", []),
        (word_item("a", "(a)") + word_item("b", "(b)"), []),
        (word_item("a", "1.") + word_item("b", "2."), []),
        (
            "<p>a <del cite='x' datetime='2026'>old</del> <a href='#_Toc1'>there</a></p>",
            ["deletions, which count as accepted", "links within the text"],
        ),
        ("<p>10 m<sup>2</sup>", ["raised text"]),
        ("<p>10 m<span style='vertical-align: super'>2</span>", ["raised text"]),
        ("<p>H<sub>2</sub>O and <mark>more</mark>", ["highlighting", "lowered text"]),
        (
            "<table><tr><th>a<th>b<tr><td>c<td><ul><li>d<li>e</ul></table>",
            ["lists within cells of tables"],
        ),
        (
            "<table><tr><th>a<th>b<tr><td>c<td><table><tr><td>d<td>e</table></table>",
            ["tables within cells of tables"],
        ),
        ("<p>a <span style='background: #eee; vertical-align: baseline'>b</span><sup> </sup>", []),
    ],
)
def test_what_somebody_might_miss_is_named(html, left_out):
    assert list(pasting.read(html).left_out) == left_out


# --- Any HTML at all ---

TAGS = st.sampled_from(
    [
        *("p", "div", "span", "b", "strong", "i", "em", "a", "h1", "h2", "h3", "h6", "ul", "ol"),
        *("li", "table", "tr", "td", "th", "blockquote", "pre", "code", "br", "u", "font", "dl"),
        *("dt", "dd", "o:p", "center", "button", "details", "summary", "article", "sup", "s"),
        *("section",),
    ]
)
STYLES = st.sampled_from(
    [
        *("", "font-weight:700", "font-weight:normal", "font-style:italic"),
        *("text-decoration:line-through", "mso-list:l0 level1 lfo1", "mso-list:l0 level3 lfo1"),
        *("mso-list:Ignore", "mso-spacerun:yes"),
    ]
)
HREFS = st.sampled_from(["", "https://a.example/", "javascript:alert(1)", "#x", "/a b", "x(y"])
WORDS = st.sampled_from(
    [*"abcdef", "one", "two", "·", "1.", "# x", "<", "&", "*", "_", "[x]", "`", "|", "- y", "&#0;"]
)


def element(tag, style, href, inner):
    return f'<{tag} style="{style}" href="{href}">{" ".join(inner)}</{tag}>'


TREES = st.recursive(
    st.one_of(WORDS, st.sampled_from(["<br>", "<!-- x -->", "<script>1</script>", "<img alt=z>"])),
    lambda inner: st.builds(element, TAGS, STYLES, HREFS, st.lists(inner, max_size=4)),
    max_leaves=25,
)


def letters(html):
    """Return how often each letter is seen in a page; numbers of lists are no text."""
    tree = html_tree.soup(html)
    for tag in tree.select("script, .number, .footnote-back"):
        tag.decompose()
    return Counter(char for char in tree.get_text() if char.isalpha())


def check(html):
    markdown = to_markdown(html)
    Section("Heading", "heading", markdown)
    page = rendering.render(f"## Heading {{#heading}}\n\n{markdown}").html
    assert not re.search(r"<script|javascript:|\son\w+=|<img", page, re.IGNORECASE)
    assert "[]{#" not in markdown


@given(st.text(max_size=300))
def test_any_text_becomes_markdown_that_renders(text):
    check(text)


@given(st.lists(TREES, max_size=5))
def test_any_html_becomes_markdown_that_renders_without_loss_of_words(trees):
    html = "".join(trees)
    check(html)
    page = rendering.render(to_markdown(html)).html
    assert not letters(html) - letters(page)
