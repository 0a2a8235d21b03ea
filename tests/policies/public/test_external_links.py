"""Which links lead out of a page inside an app, and what marks them."""

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

from policies.public.web_links import mark
from policies.text import importing, rendering
from policies.text.document import serialize

CORPUS = Path(__file__).parents[1] / "corpus" / "policies"
HOST = "policies.example.com:8000"
OUTSIDE = ' rel="external noopener" target="_blank"'
ANOTHER_PAGE = ' rel="noopener" target="_blank"'


@pytest.mark.parametrize(
    ("href", "marks"),
    [
        ("#contact", ""),
        ("#fn:1", ""),
        ("https://example.org/", OUTSIDE),
        ("HTTP://EXAMPLE.ORG", OUTSIDE),
        ("https://example.org/?a=1&amp;b=2", OUTSIDE),
        ("https://policies.example.com/", OUTSIDE),  # another port is another origin
        ("https://policies.example.com:8000.evil.example/", OUTSIDE),
        ("//example.org/", OUTSIDE),
        ("https://[broken/", OUTSIDE),
        ("https://Policies.Example.com:8000/terms/", ANOTHER_PAGE),
        ("http://policies.example.com:8000/terms/#part", ANOTHER_PAGE),
        ("/terms/", ANOTHER_PAGE),
        ("terms/", ANOTHER_PAGE),
        ("?a", ANOTHER_PAGE),
        ("", ANOTHER_PAGE),
        ("mailto:privacy@example.com", ' rel="external"'),
        ("tel:+49301234567", ' rel="external"'),
    ],
)
def test_a_link_is_marked_by_its_destination(href, marks):
    assert (
        mark(f'<p><a href="{href}">x</a></p>', host=HOST) == f'<p><a href="{href}"{marks}>x</a></p>'
    )


def test_attributes_that_a_link_has_already_are_kept():
    link = '<a class="x" href="/de/privacy/" rel="alternate" hreflang="de">'

    marked = mark(link, host=HOST)

    assert marked == (
        '<a class="x" href="/de/privacy/" hreflang="de" rel="alternate noopener" target="_blank">'
    )
    assert mark(marked, host=HOST) == marked


def test_a_link_inside_an_attribute_is_not_marked():
    image = '<img alt="<a b=" title=" href=">'

    assert mark(f'{image}<a href="">', host=HOST) == f'{image}<a href=""{ANOTHER_PAGE}>'


def test_only_links_are_changed():
    html = (
        '<p id="a">if a &lt;a href="https://x.example"&gt; b</p><a id="place"></a>'
        '<abbr title="x">y</abbr><img src="/a.png" alt="&lt;a href=&quot;/&quot;>">'
    )

    assert mark(html, host=HOST) == html


@pytest.mark.parametrize(
    "path", sorted(it for it in CORPUS.iterdir() if it.suffix == ".md"), ids=lambda path: path.stem
)
def test_in_any_document_marks_are_all_that_is_added(path):
    """A real parser sees the same elements, texts and attributes, but for the marks."""
    text = serialize(importing.read(path.name, path.read_bytes()).document)
    before = f"<div>{rendering.render(text).html}</div>"

    after = mark(before, host=HOST)

    tree = lxml_html.fromstring(after)
    for link in tree.iter("a"):
        href = link.get("href", "#")
        assert (link.get("rel") is None) == href.startswith("#")
        for name in ("rel", "target"):
            link.attrib.pop(name, None)
    assert lxml_html.tostring(tree) == lxml_html.tostring(lxml_html.fromstring(before))
    assert re.sub(' (?:rel|target)="[a-z _]+"', "", after) == before
