"""Markdown to safe HTML with anchors, and the list of contents that goes with it.

Pure: no Django. `render` is the only door from a writer's text to HTML.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from dataclasses import dataclass, field

import markdown
from markdown.treeprocessors import Treeprocessor

from . import headings, sanitizing
from .markdown_dialect import WANTED_ID, PolicyDialect, TooDeep

MAX_CHARACTERS = 2_000_000


class RenderingRefused(ValueError):
    """A text that is not rendered. The message says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents: a heading of level 2 with its sub-headings, or one of level 3.

    number: "1.", or "" where the headings carry their own. text: plain, without the number.
    """

    level: int
    anchor: str
    number: str
    text: str
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as HTML.

    html: safe to show as it is. contents: the headings of level 2, each with those of level 3
    below it; headings of level 3 before the first of level 2 stand beside them. removed: what the
    HTML does not show as it was written, one line each, for the writer.
    """

    html: str
    contents: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()


def render(markdown_text: str) -> Rendered:
    """Return a document's body as HTML.

    markdown_text: any str; an introduction, then `## Heading {#anchor}` sections. Raises
    RenderingRefused for a text that is too long or too deeply nested.
    """
    if len(markdown_text) > MAX_CHARACTERS:
        raise RenderingRefused(
            f"The text is {len(markdown_text):,} characters long; the most that can be shown is "
            f"{MAX_CHARACTERS:,}. Split it into several policies."
        )
    extension = _Page()
    try:
        raw = markdown.Markdown(extensions=[extension], output_format="html").convert(
            _clean(markdown_text, extension.report)
        )
        html = sanitizing.sanitize(raw)
    except TooDeep as refusal:
        raise RenderingRefused(
            f"Line {refusal.line}: quotes and lists stand in each other too deep. "
            "Take out levels of them."
        ) from refusal
    except RecursionError as error:
        raise RenderingRefused(
            "Marks for emphasis or links stand in each other too deep. Take out levels of them."
        ) from error
    for loss in sanitizing.losses(raw, html):
        extension.report.tell("Not allowed", loss)
    return Rendered(html, extension.contents, tuple(extension.report.lines))


@dataclass
class _Report:
    """What was taken from the text, told once each."""

    lines: list[str] = field(default_factory=list)

    def tell(self, kind: str, excerpt: str) -> None:
        excerpt = " ".join(excerpt.split())
        line = f"{kind}: {excerpt[:80]}{'…' if len(excerpt) > 80 else ''}"
        if line not in self.lines:
            self.lines.append(line)


# Controls have no look and no place in HTML; some are the marks that Python-Markdown works with.
# LRO and RLO make letters read in another order than the one that was approved; the gentler marks
# of Arabic and Hebrew text stay. Half a surrogate pair and noncharacters are no text at all.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def _clean(text: str, report: _Report) -> str:
    """Return the text with "\\n" for every line end and without control characters."""
    text = text.removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return _without_controls(text.replace("\u2029", "\n\n"), report)


def _without_controls(text: str, report: _Report) -> str:
    for char in sorted(set(_CONTROLS.findall(text))):
        report.tell("Control character", f"U+{ord(char):04X}")
    return _CONTROLS.sub("", text)


class _Page(PolicyDialect):
    """The dialect, and what makes a page of it."""

    def __init__(self) -> None:
        super().__init__()
        self.report = _Report()
        self.contents: tuple[Entry, ...] = ()

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        super().extendMarkdown(md)
        steps: list[Treeprocessor] = [
            _Texts(md, self.report),
            _Addresses(md, self.report),
            _Footnotes(md),
            _Ids(md, self.report),
            _Headings(md, self),
            _Tables(md),
            _Layout(md),
        ]
        for number, step in enumerate(steps):
            md.treeprocessors.register(step, type(step).__name__, -number)


class _Step(Treeprocessor):
    def __init__(self, md: markdown.Markdown, report: _Report | None = None) -> None:
        super().__init__(md)
        self.report = report or _Report()


_LOOKS_LIKE_HTML = re.compile(r"<(?:[a-z/][^<>]*>|!--)", re.IGNORECASE)


class _Texts(_Step):
    """Takes out control characters that came as entities; tells which HTML is shown as text."""

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.text:
                element.text = self._checked(element.text, told=element.tag != "code")
            if element.tail:
                element.tail = self._checked(element.tail, told=True)
            for name, value in element.items():
                element.set(name, _without_controls(value, self.report))

    def _checked(self, text: str, *, told: bool) -> str:
        if told and "<" in text:
            for match in _LOOKS_LIKE_HTML.finditer(text):
                self.report.tell("HTML is shown as text", match[0])
        return _without_controls(text, self.report)


class _Addresses(_Step):
    """Lets only safe addresses through; keeps the words of links and images that lose theirs."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            for child in parent:
                if child.tag == "img":
                    self._image(child)
        for element, inside_link in _walk(root):
            if element.tag == "a":
                self._link(element, inside_link=inside_link)

    def _link(self, link: etree.Element, *, inside_link: bool) -> None:
        href = link.attrib.pop("href", "")
        if inside_link:
            link.tag = "span"
        elif sanitizing.is_safe_url(href):
            link.set("href", sanitizing.encode_url(href))
        else:
            self.report.tell("Address is not allowed, only its words are shown", href)
            link.tag = "span"
        if link.tag == "span":
            link.attrib.pop("title", None)

    def _image(self, image: etree.Element) -> None:
        source = image.attrib.pop("src", "")
        if sanitizing.is_own_image(source):
            image.set("src", sanitizing.encode_url(source))
            return
        image.tag = "a"
        image.text = image.attrib.pop("alt", "") or source
        if sanitizing.is_safe_url(source):
            self.report.tell("Image from another site is shown as a link", source)
        image.set("href", source)


def _walk(root: etree.Element) -> Iterator[tuple[etree.Element, bool]]:
    """Yield each element, and whether it stands inside a link."""
    stack = [(root, False)]
    while stack:
        element, inside = stack.pop()
        yield element, inside
        # A link that lost its address is none any more when its children's turn comes.
        stack += [(child, inside or element.tag == "a") for child in reversed(element)]


class _Footnotes(_Step):
    """Puts footnotes at the end, in the order in which the text refers to them."""

    def run(self, root: etree.Element) -> None:
        notes: dict[str, list[etree.Element]] = {}
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag == "note":
                    notes.setdefault(child.get("label", ""), []).append(child)
                    parent.remove(child)
        if not notes:
            return
        places = self._refer(root, notes)
        order = list(places) + [label for label in notes if label not in places]
        box = etree.SubElement(root, "div", {"class": "footnotes"})
        etree.SubElement(box, "hr")
        items = etree.SubElement(box, "ol")
        number = 0
        for label in order:
            for note in notes[label]:
                number += 1
                item = etree.SubElement(items, "li", id=f"fn:{number}")
                item.extend(note)
                if note is notes[label][0]:
                    self._back(item, number, places.get(label, 0))

    def _refer(self, root: etree.Element, notes: dict[str, list[etree.Element]]) -> dict[str, int]:
        """Number the references, those inside of notes last; return how many each label has."""
        places: dict[str, int] = {}
        numbers: dict[str, int] = {}
        pending: list[etree.Element] = [root]
        while pending:
            part = pending.pop(0)
            for element, inside_link in _walk(part):
                if element.tag != "noteref":
                    continue
                label = element.attrib.pop("label")
                if label not in places:
                    numbers[label] = 1 + sum(len(notes[earlier]) for earlier in places)
                    pending += notes[label]
                    places[label] = 0
                places[label] += 1
                number, place = numbers[label], places[label]
                element.tag = "sup"
                element.set("id", _place(number, place))
                if inside_link:
                    element.text = str(number)
                    continue
                attributes = {
                    "class": "footnote-ref",
                    "href": f"#fn:{number}",
                    "role": "doc-noteref",
                }
                etree.SubElement(element, "a", attributes).text = str(number)
        return places

    def _back(self, item: etree.Element, number: int, places: int) -> None:
        """Add the links from a note back to its references."""
        if places and (not len(item) or item[-1].tag != "p"):
            etree.SubElement(item, "p")
        for place in range(1, places + 1):
            attributes = {
                "class": "footnote-back",
                "href": f"#{_place(number, place)}",
                "role": "doc-backlink",
                "aria-label": f"↩ {number}" + (f".{place}" if place > 1 else ""),
            }
            _append_text(item[-1], " ")
            etree.SubElement(item[-1], "a", attributes).text = "↩"


def _place(number: int, place: int) -> str:
    return f"fnref:{number}" + (f":{place}" if place > 1 else "")


def _append_text(parent: etree.Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class _Ids(_Step):
    """Gives every heading an id, and every id to one element only.

    Who is first served: the sections, then other ids that authors wrote, then those made from
    the words of headings.
    """

    def run(self, root: etree.Element) -> None:
        taken = {element.get("id", "") for element in root.iter()}
        elements = list(root.iter())
        sections = [child for child in root if child.tag in {"h1", "h2"}]
        for element in sections + elements:
            wanted = element.attrib.pop(WANTED_ID, "")
            if wanted:
                self._give(element, self._allowed(wanted), taken)
        for element in elements:
            if element.tag in _HEADINGS and not element.get("id"):
                self._give(element, headings.slug(_plain(element)), taken)

    def _give(self, element: etree.Element, anchor: str, taken: set[str]) -> None:
        anchor = headings.unique(anchor, taken)
        taken.add(anchor)
        element.set("id", anchor)

    def _allowed(self, wanted: str) -> str:
        if not wanted.startswith(headings.RESERVED_PREFIXES):
            return wanted
        allowed = wanted.replace(":", "-")
        self.report.tell(f"Id belongs to the page, changed to {allowed}", wanted)
        return allowed


def _plain(element: etree.Element) -> str:
    """Return the words of a heading: no footnote marks, one space for any white space."""
    parts: list[str] = []
    for part, inside in _texts(element):
        if not inside:
            parts.append(part)
    return " ".join("".join(parts).split())


def _texts(element: etree.Element, inside: bool = False) -> Iterator[tuple[str, bool]]:
    inside = inside or element.tag == "sup"
    yield element.text or element.get("alt", "") or (" " if element.tag == "br" else ""), inside
    for child in element:
        yield from _texts(child, inside)
        yield child.tail or "", inside


class _Headings(_Step):
    """Sets levels, numbers sections, makes each heading a link to itself, collects the contents."""

    def __init__(self, md: markdown.Markdown, page: _Page) -> None:
        super().__init__(md, page.report)
        self.page = page

    def run(self, root: etree.Element) -> None:
        sections = {id(child): child for child in root if child.tag in {"h1", "h2"}}
        numbered = not _carry_numbers([_plain(section) for section in sections.values()])
        entries: list[Entry] = []
        count = 0
        top = {id(child) for child in root}
        for element in list(root.iter()):
            if element.tag not in _HEADINGS:
                continue
            number = ""
            text = _plain(element)
            if id(element) in sections:
                element.tag = "h2"
                count += 1
                number = f"{count}." if numbered else ""
                entries.append(Entry(2, element.get("id", ""), number, text))
            elif element.tag in {"h1", "h2"}:
                element.tag = "h3"
            if element.tag == "h3" and id(element) in top:
                entries.append(Entry(3, element.get("id", ""), "", text))
            _link_to_itself(element, number)
        self.page.contents = _nested(entries)


def _carry_numbers(texts: list[str]) -> bool:
    """Return whether the headings bring their own numbers: at least half of them do."""
    return 2 * sum(bool(headings.own_number(text)) for text in texts) >= max(len(texts), 1)


def _nested(entries: list[Entry]) -> tuple[Entry, ...]:
    """Put the entries of level 3 below the one of level 2 before them."""
    nested: list[tuple[Entry, list[Entry]]] = []
    for entry in entries:
        if entry.level == 3 and nested and nested[-1][0].level == 2:
            nested[-1][1].append(entry)
        else:
            nested.append((entry, []))
    return tuple(
        Entry(entry.level, entry.anchor, entry.number, entry.text, tuple(children))
        for entry, children in nested
    )


def _link_to_itself(heading: etree.Element, number: str) -> None:
    """Make the heading a link to itself; if it holds a link, only its number or a sign."""
    link = etree.Element("a", {"class": "heading-link", "href": "#" + heading.get("id", "")})
    holds_link = any(True for _ in heading.iter("a"))
    sign = etree.Element("span", {"class": "number"})
    sign.text = number or "§"
    if number or holds_link:
        link.append(sign)
    if holds_link:
        link.tail = " " + (heading.text or "")
    else:
        if number:
            sign.tail = " " + (heading.text or "")
        else:
            link.text = heading.text
        link.extend(list(heading))
        for child in list(heading):
            heading.remove(child)
    heading.text = None
    heading.insert(0, link)


class _Tables(_Step):
    """Puts each table into a box that scrolls, named by the heading above it."""

    def run(self, root: etree.Element) -> None:
        heading = ""
        for parent in list(root.iter()):
            if parent.tag in _HEADINGS:
                heading = parent.get("id", "")
            if parent.tag == "table":
                continue
            for index, child in enumerate(parent):
                if child.tag in _HEADINGS:
                    heading = child.get("id", "")
                if child.tag == "table":
                    parent[index] = self._boxed(child, heading)

    def _boxed(self, table: etree.Element, heading: str) -> etree.Element:
        box = etree.Element("div", {"class": "table-scroll", "tabindex": "0"})
        if heading:
            box.set("role", "region")
            box.set("aria-labelledby", heading)
        for cell in table.iter("th"):
            cell.set("scope", "col")
        box.append(table)
        return box


_BLOCKS = frozenset(
    "p h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table thead tbody tr hr div".split()
)


class _Layout(_Step):
    """Puts blocks on lines of their own and keeps "&" as written through the serialiser.

    Python-Markdown's serialiser takes "&name;" in a text for an entity; here texts are plain.
    """

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.tag in _BLOCKS and not element.tail:
                element.tail = "\n"
            if element.tag == "br":
                element.tail = "\n" + (element.tail or "").lstrip("\n")
            element.text = element.text and element.text.replace("&", "&amp;")
            element.tail = element.tail and element.tail.replace("&", "&amp;")
            for name, value in element.items():
                if "&" in value:
                    element.set(name, value.replace("&", "&amp;"))
