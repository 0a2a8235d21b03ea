"""Hostile Markdown, and what must hold for the page that any text becomes.

The allow-list here is written by hand from docs/adr/0001-sanitising.md and shares nothing with the
code under test; two parsers that have nothing in common with bleach or nh3 read the HTML.
"""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import html5lib
import lxml.html

from policies.text.rendering import RenderingRefused, render
from policies.text.rendering.sanitizer import sanitize

CORPUS = Path(__file__).parents[1] / "corpus" / "hostile"
_CODE_POINT = re.compile(r"<U\+([0-9A-F]{4,6})>")


def families():
    """Return file name → the payloads in it."""
    return {
        path.stem: [_unseen(payload) for payload in path.read_text("utf-8").split("\n%%\n")]
        for path in sorted(CORPUS.glob("*.txt"))
    }


def _unseen(payload):
    return _CODE_POINT.sub(lambda match: chr(int(match[1], 16)), payload)


# Every place in which a payload may be in a text.
SETTINGS = (
    *("{}", "> {}", "- {}", "1. {}\n\n   {}", "## {}", "### {} {{#own}}", "*{}*", "**{}**"),
    *("[{}](https://example.org)", "![{}](a.png)", "[a]({})", "[a](<{}>)"),
    *('[a](https://example.org "{}")', "`{}`", "```\n{}\n```"),
    *("| {} | b |\n|---|---|\n| {} | {} |", "term\n: {}", "word[^1]\n\n[^1]: {}"),
    *("[{}]: https://example.org\n\n[{}]", "[a]: {}\n\n[a]", "{}{}", "a\n{}\nb", "{{{{ {} }}}}"),
    *("<{}>", "{} {{#own}}"),
)


def placed(payload, *, turn, of):
    """Yield texts with the payload in every of-th setting, beginning with number `turn` % `of`."""
    for setting in SETTINGS[turn % of :: of]:
        yield setting.format(*([payload] * setting.count("{}")))


# --- What may be in a page ------------------------------------------------------------------

ELEMENTS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td", "hr", "div", "br", "img", "span", "sup"),
    *("a", "em", "strong", "del", "code"),
}
ATTRIBUTES = {
    "a": {"href", "title", "role", "aria-label"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"scope"},
    "div": {"tabindex", "role", "aria-labelledby"},
}
CLASSES = {
    "a": {"heading-link", "label", "footnote-ref", "footnote-back"},
    "span": {"number"},
    "th": {"align-left", "align-center", "align-right"},
    "td": {"align-left", "align-center", "align-right"},
    "div": {"table-scroll", "clauses", "clause", "footnotes"},
}
ROLES = {"a": {"doc-noteref", "doc-backlink"}, "div": {"region", "list", "listitem"}}
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}


def violations(html):
    """Return everything in the HTML that no page may hold, one line each."""
    return _violations(html, _parsed(html))


def _parsed(html):
    return html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)


def _violations(html, tree):
    found = list(_in_elements(tree.iter()))
    found += _in_elements(lxml.html.fragment_fromstring(html, create_parent="body").iter())
    found += [f"letter U+{ord(char):04X}" for char in html if _is_control(char)]
    return found


def _in_elements(elements):
    ids = []
    for element in elements:
        tag, attributes = element.tag, dict(element.attrib)
        if tag in {"DOCUMENT_FRAGMENT", "body"} and not attributes:
            continue
        if tag not in ELEMENTS:
            yield f"element {tag}"
            continue
        ids += [attributes["id"]] if "id" in attributes else []
        for name, value in attributes.items():
            if not _is_fine(tag, name, value):
                yield f"<{tag} {name}={value!r}>"
        if tag in HEADINGS and not attributes.get("id"):
            yield f"<{tag}> without an id"
    yield from (f"id {anchor!r} twice" for anchor, count in Counter(ids).items() if count > 1)


def _is_fine(tag, name, value):
    match name:
        case "id":
            return _is_own_id(tag, value)
        case "class":
            return value in CLASSES.get(tag, ())
        case "role":
            return value in ROLES.get(tag, ())
        case "href":
            return name in ATTRIBUTES.get(tag, ()) and _is_harmless(value)
        case "src":
            return name in ATTRIBUTES.get(tag, ()) and _is_local(value)
        case "tabindex":
            return tag == "div" and value == "0"
        case "start":
            return tag == "ol" and value.isdigit()
        case "aria-label":
            return tag == "a" and re.fullmatch(r"↩ \d+(\.\d+)?", value) is not None
        case "scope":
            return tag == "th" and value == "col"
    return name in ATTRIBUTES.get(tag, ())


def _is_own_id(tag, value):
    if not value or re.search(r"[\s<>\"`{}]", value) or value.startswith("site:"):
        return False
    if value.startswith("fnref:"):
        return tag == "sup" and re.fullmatch(r"fnref:\d+(:\d+)?", value) is not None
    if value.startswith("fn:"):
        return tag == "li" and re.fullmatch(r"fn:\d+", value) is not None
    return True


def _as_a_browser_reads(url):
    """Return the URL without what a browser skips (WHATWG URL, basic parser, steps 1 to 3)."""
    return re.sub(r"[\t\n\r]", "", url).strip("".join(map(chr, range(0x21)))).replace("\\", "/")


def _is_harmless(url):
    for form in (url, unquote(url)):
        seen = _as_a_browser_reads(form).lower()
        scheme = re.match(r"([^/?#]*?):", seen)
        if scheme and scheme[1] not in {"http", "https", "mailto", "tel"}:
            return False
        if seen.startswith("//"):
            return False
    return True


def _is_local(url):
    seen = _as_a_browser_reads(unquote(url))
    return not re.match(r"[^/?#]*:", seen) and not seen.startswith("//")


def _is_control(char):
    code = ord(char)
    return (
        (code < 0x20 and char not in "\t\n")
        or 0x7F <= code <= 0x9F
        or code in {0x202D, 0x202E}
        or 0xD800 <= code <= 0xDFFF
    )


# --- What must hold ---------------------------------------------------------------------------


def rendered_or_refused(text):
    """Return what the text renders as, or None if it is refused. No other error may be raised."""
    try:
        return render(text)
    except RenderingRefused as refusal:
        reason = str(refusal)
    assert reason.endswith(".")
    return None


def check(text):
    """Assert everything that must hold for any text, and return what it renders as, if anything."""
    rendered = rendered_or_refused(text)
    if rendered is None:
        return None
    html = rendered.html
    tree = _parsed(html)
    assert _violations(html, tree) == [], (text, html)
    assert sanitize(html) == html, text
    by_id = {element.get("id"): element.tag for element in tree.iter() if element.get("id")}
    for entry in _all(rendered.contents):
        assert by_id.get(entry.anchor) == f"h{entry.level}", (text, entry)
        assert "\n" not in entry.text
    for element in tree.iter("a"):
        href = element.get("href", "")
        if element.get("class"):
            assert href.removeprefix("#") in by_id, (text, href)
    return rendered


def _all(entries):
    for entry in entries:
        yield entry
        yield from _all(entry.children)


def words_seen(rendered):
    """Return the words that a reader sees, in order."""
    return re.findall(r"\w+", " ".join(_parsed(rendered.html).itertext()))
