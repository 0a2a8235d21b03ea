"""Compares a policy file with the page made from it: words, anchors, links, tables.

The source is read by libraries alone, without the importer's own rules: markdown-it-py renders
Markdown, html5lib reads HTML. The result is read from the page that would be published.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

from bs4 import BeautifulSoup, NavigableString, Tag
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from policies.text import document as documents
from policies.text import importing, rendering

_SOURCE = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_SOURCE.use(footnote_plugin).use(deflist_plugin)
_SOURCE.validateLink = lambda url: True

_FRONT_MATTER = re.compile(r"\A(?:---\n.*?\n(?:---|\.\.\.)|\+\+\+\n.*?\n\+\+\+)[ \t]*\n", re.DOTALL)
_EXPLICIT_ID = re.compile(r"(?<!\\)\{:?[ \t]*#([^\s{}]+)[^{}\n]*\}")
_UNSEEN = ["script", "style", "template", "head", "svg"]


@dataclass
class Content:
    """What a reader, and a link, can find in a text."""

    words: Counter[str] = field(default_factory=Counter)
    anchors: set[str] = field(default_factory=set)
    links: Counter[str] = field(default_factory=Counter)
    cells: Counter[str] = field(default_factory=Counter)


def losses(name, data):
    """Return what the page lacks of its source, one line each. Raises ImportRefused."""
    imported = importing.read(name, data)
    before, after = source(name, data), published(name, data)
    dropped = " ".join(note.text for note in imported.notes)
    noted = {*_words(dropped), *_words(dropped.replace("_", " "))}  # which may be emphasis
    lost = [
        f"word {word!r} {count}×"
        for word, count in (before.words - after.words).items()
        if word not in noted
    ]
    lost += [
        f"anchor {one}" for one in sorted(before.anchors - after.anchors) if one not in dropped
    ]
    lost += [
        f"link {address} {count}×"
        for address, count in (before.links - after.links).items()
        if address[:50] not in dropped
    ]
    lost += [f"cell {cell!r}" for cell in (before.cells - after.cells)]
    lost += [
        f"dead link #{target}"
        for target in sorted(_targets(before) - after.anchors)
        if target in before.anchors | _github_slugs(name, data)
    ]
    return lost


def published(name, data):
    """Return what the page of an import holds."""
    document = importing.read(name, data).document
    page = rendering.render(documents.body(document)).html
    return content(f"<h1>{escape(document.title)}</h1>{page}")


def source(name, data):
    """Return what the source of an import holds."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\x0b\x0c\u2028\u2029]", "\n", text)
    text = _FRONT_MATTER.sub("", text)
    if name.endswith((".html", ".htm")):
        return content(text)
    found = content(_SOURCE.render(_EXPLICIT_ID.sub("", text)))
    found.anchors -= {one for one in found.anchors if re.fullmatch(r"fn(ref)?\d+(:\d+)?", one)}
    prose = re.sub(
        r"^(`{3,}|~{3,}).*?^\1|`[^`\n]*`|^(?: {4}|\t).*", "", text, flags=re.DOTALL | re.MULTILINE
    )
    found.anchors |= set(_EXPLICIT_ID.findall(prose))
    return found


def content(html):
    """Return what a page holds, without menus and what is never seen."""
    tree = BeautifulSoup(html, "html5lib")
    for tag in tree.find_all([*_UNSEEN, "nav"]):
        tag.extract()
    for tag in tree.select(".footnote-back, .footnote-backref, .footnote-ref"):
        tag.extract()
    body = tree.find("main") or tree.body
    assert isinstance(body, Tag)
    for link in body.select("h1 a, h2 a, h3 a, h4 a, h5 a, h6 a"):
        if link.get_text().strip() in {"", "#", "¶", "§"} and not link.find("img", alt=True):
            link.extract()
    found = Content()
    found.words = Counter(_words(_text(body)))
    for tag in body.find_all(True):
        _note(tag, found)
    return found


def _note(tag, found):
    """Note the anchors, the address and the words of one element."""
    named = [tag.get("id"), tag.get("name") if tag.name == "a" else None]
    found.anchors |= {str(anchor).strip() for anchor in named if anchor}
    if tag.name == "a" and tag.get("href") and "heading-link" not in (tag.get("class") or []):
        found.links[_address(str(tag["href"]))] += 1
    if tag.name in ("td", "th") and not tag.find("table"):
        words = " ".join(_words(_text(tag)))
        found.cells[words] += bool(words)


def _text(tag):
    """Return a tag's text; blocks and breaks separate words, inline tags do not."""
    parts = []
    blocks = re.compile(
        r"(?:p|div|li|ul|ol|td|th|tr|table|br|h[1-6]|dt|dd|pre|blockquote|section)\Z"
    )
    for node in tag.descendants:
        if isinstance(node, Tag) and (
            blocks.match(node.name) or node.name in ("img", "summary", "button", "nav")
        ):
            parts.append(" ")
        elif type(node) is NavigableString:
            parts.append(str(node))
            parent = node.parent
            if parent is not None and blocks.match(parent.name) and node.next_sibling is None:
                parts.append(" ")
        if isinstance(node, Tag) and node.name == "img":
            parts.append(f" {node.get('alt') or ''} ")
    return "".join(parts)


def _words(text):
    return re.findall(r"\w+", unescape(text).casefold())


def _address(href):
    return unquote(href.strip()).removeprefix("mailto:").removeprefix("./")


def _targets(found):
    return {address[1:] for address in found.links if address.startswith("#") and len(address) > 1}


def _github_slugs(name, data):
    text = _FRONT_MATTER.sub("", data.decode("utf-8-sig").replace("\r\n", "\n"))
    html = text if name.endswith((".html", ".htm")) else _SOURCE.render(_EXPLICIT_ID.sub("", text))
    slugs = set()
    for heading in BeautifulSoup(html, "html5lib").find_all(re.compile(r"h[1-6]\Z")):
        slug = re.sub(r"[^\w\- ]", "", heading.get_text().strip().lower()).replace(" ", "-")
        number = 0
        while (slug if not number else f"{slug}-{number}") in slugs:
            number += 1
        slugs.add(slug if not number else f"{slug}-{number}")
    return slugs
