"""For every pair of Documents: both texts come back exactly, and the HTML is sound."""

import contextlib

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import redline, rendering
from policies.text.document import Document, DocumentError, Section, body
from policies.text.redline.block_html import CLASSES, STOP
from policies.text.redline.tokens import normalized
from policies.text.rendering import sanitizer
from tests.policies.text.redlines import Reader, sources, squeezed

# Hundreds of pairs take the same paths, which test_redline.py and test_redline_edits.py cover.
pytestmark = pytest.mark.no_cover
# fmt: off
WORDS = (
    "we", "may", "not", "share", "the", "data", "with", "a", "partner,", "30", "days.",
    "2026-05-02", "“quoted”", '"quoted"', "it's", "it’s", "https://example.com/a?b=1&c=2",
    "**bold**", "*em*", "_em_", "`code`", "~~struck~~", "[terms](https://example.com)",
    "[part](#scope)", "![x](/static/x.png)", "[bad](javascript:alert(1))", "[^1]", "&amp;",
    "&lt;b&gt;", "<script>", "<br>", "個人情報", "の", "取扱い", "البيانات", "נתונים", "{#here}",
    "[]{#there}", "{{", "var", "}}", "|", "\\|", "1.", "-", "*", "+", ">", "#", "¶", "\u202e",
    "Daten\u00adschutz", "\u00ad", "a\u200bb", "\u2060",
)
# fmt: on
LINES = (
    *("- an item", "* an item", "  - nested item", "1. first", "15. January", "2) second"),
    *("> quoted", "### A heading", "### 3.1 A heading {#own}"),
    *("| a | b |\n|---|:-:|\n| c | d |\n| e | f |", "| a | b | n |\n|---|---|---|\n| c | d | m |"),
    *("Term\n: Meaning", "[^1]: A note.", "[terms]: https://example.com/terms"),
    *("```\ncode  here\n```", "    indented code", "***", "", "", "text that is here twice"),
    *("(a) the first clause;", "3.1. the first clause", "3.1 the first clause"),
    "3.2 the second clause",
)

# Without numbers that only count, of which a redline shows only the new one; and without what makes
# a heading without words, which no page shows.
PLAIN_WORDS = tuple(word for word in WORDS if word not in {"1.", "[^1]", "\u202e"})
PLAIN_LINES = tuple(line for line in LINES if not line.startswith(("(a)", "3.", "###", "[^1]")))

ANCHORS = st.sampled_from(("scope", "a", "b", "c", "own", "here", "個人", "section"))


@st.composite
def documents(draw, words=WORDS, lines=LINES):
    """Documents of nasty fragments; what a Document refuses is left out of it."""
    line = st.sampled_from(lines) | st.lists(st.sampled_from(words), max_size=12).map(" ".join)
    body = st.lists(line, max_size=8).map("\n".join)
    name = st.lists(st.sampled_from(words), min_size=1, max_size=3).map(" ".join)
    sections = []
    for anchor in draw(st.lists(ANCHORS, max_size=4, unique=True)):
        with contextlib.suppress(DocumentError):
            section = Section(draw(name), anchor, draw(body))
            Document("Title", "", (section,))  # it may be right only in a text with clauses
            sections.append(section)
    try:
        return Document(draw(name), draw(body), tuple(sections))
    except DocumentError:
        return Document("Title", "", tuple(sections))


def letters(html, *, without="ins"):
    """Return what is read, character by character, in an order that does not depend on moves."""
    return sorted(squeezed(normalized(Reader(html).text(without=without))))


def page(document):
    return rendering.render(body(document)).html


@given(documents(), documents())
def test_any_two_texts_come_back_from_html_that_is_safe_and_valid(old, new):
    result = redline.compare(old, new)

    assert sources(old, new) == (old, new)
    reader = Reader(result.title.html + result.html)
    assert_is_safe(reader)
    assert_is_valid(f"<h1>{result.title.html}</h1>{result.html}")
    # Every change can be jumped to from the one before.
    stops = [name for name in reader.ids if name.startswith(STOP)]
    assert list(result.changes) == stops
    links = [a["href"] for _, a in reader.tags if a.get("class") == "redline-next"]
    assert links == [f"#{name}" for name in stops[1:]]


def assert_is_safe(reader):
    """Assert that tags are well nested and allowed, and that no id comes twice."""
    assert not reader.problems
    assert len(reader.ids) == len(set(reader.ids))
    for tag, attributes in reader.tags:
        assert tag in sanitizer.TAGS | {"ins", "s"}
        for name, value in attributes.items():
            ours = (
                (name == "class" and set(value.split()) <= CLASSES | sanitizer.CLASSES)
                or (name == "id" and tag == "span" and value.startswith(STOP))
                or (name == "aria-label" and value in {"Next change", "Previous change"})
            )
            assert ours or sanitizer.is_allowed(tag, name, value)


ONLY = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd"}, "tr": {"td", "th"}}
PHRASING = {"p", "h2", "h3", "h4", "h5", "h6", "ins", "del", "span", "a", "dt", "em", "strong"}
BLOCKS = {"p", "ul", "ol", "dl", "div", "table", "blockquote", "pre"}


def assert_is_valid(html):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(f"<!doctype html><title>T</title>{html}")

    assert parser.errors == []
    for element in page.iter():
        children = {child.tag for child in element}
        assert children <= ONLY.get(element.tag, children)
        assert "li" not in children or element.tag in {"ul", "ol"}
        assert element.tag not in PHRASING or not children & BLOCKS
        assert element.tag != "a" or element.find(".//a") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(a) the first clause;\n(b) other words.", "- the first clause;"),
        ("- the first clause;\n- other words.", "(a) the first clause;"),
    ],
)
def test_a_removed_item_has_the_form_of_the_list_that_it_is_shown_in(old, new):
    html = redline.compare(Document("Title", old), Document("Title", new)).html

    assert "redline-deleted" in html
    assert_is_valid(html)


@given(documents(PLAIN_WORDS, PLAIN_LINES), documents(PLAIN_WORDS, PLAIN_LINES))
def test_it_reads_as_the_new_page_without_deletions_and_as_the_old_without_insertions(old, new):
    html = redline.compare(old, new).html

    assert letters(html, without="del") == letters(page(new))
    assert letters(html, without="ins") == letters(page(old))


@given(documents())
def test_nothing_changes_between_a_document_and_itself(text):
    result = redline.compare(text, text)

    assert result.changes == ()
    assert result.summary.unchanged == len(text.sections)
    assert "<ins>" not in result.html
