"""The sanitizer: what it lets through, from HTML of any kind; links of bare addresses."""

import pytest

from policies.text.rendering import render
from policies.text.rendering.sanitizer import (
    encode_url,
    is_own_image,
    is_safe_url,
    losses,
    sanitize,
)
from tests.policies.text.hostile import families, violations

RAW = [payload for family in families().values() for payload in family]


@pytest.mark.parametrize(
    "html",
    [
        *("<script>x</script>", "<p onclick='x'>x</p>", "<p style='x'>x</p>"),
        *("<p class='wide'>x</p>", "<p id='site:main'>x</p>", "<p id='fn:1'>x</p>"),
        *("<li id='fn:x'>x</li>", "<a href='javascript:x'>x</a>", "<a href='//x.example'>x</a>"),
        *("<a href='/\\x.example'>x</a>", "<a target='_blank' href='#x'>x</a>"),
        *("<img src='https://x.example/x.png'>", "<img src='data:image/png,x'>", "<h1>x</h1>"),
        *("<h2>x</h2>", "<p id='x'>x</p><p id='x'>x</p>", "<div tabindex='1'>x</div>"),
        "<p>\u202e</p>",
    ],
)
def test_the_checker_of_these_tests_sees_what_is_wrong(html):
    assert violations(html)


def test_the_sanitizer_lets_nothing_through_from_raw_html():
    for payload in RAW:
        html = sanitize(payload.encode("utf-8", "ignore").decode())
        # The renderer takes out controls and settles ids; the sanitizer knows nothing of either.
        kept = "".join(char for char in html if char.isprintable())
        found = [wrong for wrong in violations(kept) if not wrong.endswith((" an id", " twice"))]
        assert found == []


@pytest.mark.parametrize(
    "url",
    [
        *("https://example.org/a?b=c#d", "HTTP://EXAMPLE.ORG"),
        *("mailto:privacy@example.org?subject=a:b", "tel:+49-30-123", "terms", "../terms/"),
        *("/terms", "?page=2", "#scope", "a/b:c", "#a:b"),
        *("%D0%A3%D1%81%D0%BB%D0%BE%D0%B2%D0%B8%D1%8F", ""),
    ],
)
def test_an_address_that_is_what_it_seems_is_safe(url):
    assert is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:x", " javascript:x", "java\tscript:x", "java\u200bscript:x"),
        *("java\u00a0script:x", "javascript%3Ax", "javascript%253Ax", "data:text/html,x"),
        *("ftp://example.org", "1:2", "//example.org", "/\\example.org", "\\\\example.org"),
        *("\n//example.org", "/\t/example.org", "%2F%2Fexample.org", "http://["),
    ],
)
def test_a_disguised_address_is_not_safe(url):
    assert not is_safe_url(url)


def test_only_an_image_of_this_site_is_its_own():
    assert is_own_image("a.png")
    assert is_own_image("/static/a.png")
    assert not is_own_image("https://example.org/a.png")
    assert not is_own_image("//example.org/a.png")
    assert not is_own_image("data:image/png,x")


def test_an_address_is_encoded_only_where_it_must_be():
    assert encode_url(' a b"c<d>\\e%20é ') == "a%20b%22c%3Cd%3E%5Ce%20é"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "see https://a.example/b_c.",
            '<a href="https://a.example/b_c">https://a.example/b_c</a>.',
        ),
        ("(www.a.example)", '(<a href="http://www.a.example">www.a.example</a>)'),
        ("m@a.example,", '<a href="mailto:m@a.example">m@a.example</a>,'),
        ("E-mail:m@a.example", '<a href="mailto:m@a.example">m@a.example</a>'),
        (
            "詳しくはhttps://a.example/b。",
            '<a href="https://a.example/b">https://a.example/b</a>。',
        ),
    ],
)
def test_a_bare_address_becomes_a_link(text, html):
    assert html in render(text).html


@pytest.mark.parametrize(
    "text", ["Node.js", "example.com/terms", "ftp://a.example", "a@b", "@handle", "file.name.md"]
)
def test_text_that_only_resembles_an_address_stays_text(text):
    assert render(text).html == f"<p>{text}</p>"


def test_code_holds_no_links():
    assert "<a" not in render("    https://a.example m@a.example\n\n`www.a.example`").html


@pytest.mark.parametrize("text", ["&amp;lt;b&amp;gt;", "&amp;amp;", "&amp;nbsp;", "&lt;b&gt;"])
def test_an_escaped_text_stays_as_escaped_as_it_was(text):
    assert sanitize(f"<p>{text}</p>") == f"<p>{text}</p>"
    linked = '<a href="http://www.a.example">www.a.example</a>'
    assert render(f"www.a.example {text}").html == f"<p>{linked} {text}</p>"


def test_what_the_sanitizers_removed_is_counted():
    before = '<p class="x">a</p>\n<p>b</p><a href="javascript:x" id="y">c</a>'
    assert losses(before, sanitize(before)) == ["<a href>", "<p class>"]
