"""What happens to a document's tree between the grammar and the walls, step by step.

Pure: no Django. Each step is a tree processor of Python-Markdown; `steps` gives them in order.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from markdown.treeprocessors import Treeprocessor

from policies import headings
from policies.headings import Anchor, Entry
from policies.rendering import sanitizing
from policies.rendering.dialect import WANTED_ID
from policies.rendering.token_tree import add_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown import Markdown

# Parts the HTML of one top-level block from the next. As a control character it is taken out of
# every text, so none can forge it.
BOUNDARY = "\x1e"

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class Findings:
    """What the steps find out beside the tree: contents, anchors, what a reader will not see."""

    contents: tuple[Entry, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    told: dict[str, None] = field(default_factory=dict)

    def tell(self, kind: str, excerpt: str) -> None:
        """Note once that something of a kind is not shown as it was written."""
        excerpt = " ".join(without_controls(excerpt).split())
        self.told[f"{kind}: {excerpt[:80]}{'…' if len(excerpt) > 80 else ''}"] = None


def steps(md: Markdown, findings: Findings) -> list[Treeprocessor]:
    """Return the steps, in the order in which they must run."""
    return [
        _Texts(md, findings),
        _Addresses(md, findings),
        _Footnotes(md, findings),
        _Ids(md, findings),
        _Anchors(md, findings),
        _Headings(md, findings),
        _Tables(md, findings),
        _Layout(md, findings),
    ]


class _Step(Treeprocessor):
    def __init__(self, md: Markdown, findings: Findings) -> None:
        super().__init__(md)
        self.findings = findings


# Controls have no look and no place in HTML; some are the marks of Python-Markdown and BOUNDARY.
# LRO and RLO make letters read in another order than the one that was approved; the gentler marks
# of Arabic and Hebrew text stay. Half a surrogate pair and noncharacters are no text at all.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def without_controls(text: str) -> str:
    """Return the text without control characters."""
    return _CONTROLS.sub("", text)


def controls_in(text: str) -> list[str]:
    """Return the control characters in a text as "U+0000", each once."""
    return [f"U+{ord(char):04X}" for char in sorted(set(_CONTROLS.findall(text)))]


_LOOKS_LIKE_HTML = re.compile(r"<(?:[a-z/][^<>]*>|!--)", re.IGNORECASE)


class _Texts(_Step):
    """Takes out control characters that came as entities; tells which HTML is shown as text."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if element.text:
                element.text = self._checked(element.text, html=element.tag != "code")
            if element.tail:
                element.tail = self._checked(element.tail, html=True)
            for name, value in element.items():
                element.set(name, self._checked(value, html=False))

    def _checked(self, text: str, *, html: bool) -> str:
        if html and "<" in text:
            for match in _LOOKS_LIKE_HTML.finditer(text):
                self.findings.tell("HTML is shown as text", match[0])
        for control in controls_in(text):
            self.findings.tell("Control character", control)
        return without_controls(text)


class _Addresses(_Step):
    """Lets only safe addresses through; keeps the words of links and images that lose theirs."""

    def run(self, root: ET.Element) -> None:
        for image in root.iter("img"):
            self._image(image)
        for element, inside_link in _walk(root):
            if element.tag == "a":
                self._link(element, inside_link=inside_link)

    def _image(self, image: ET.Element) -> None:
        source = image.get("src", "")
        if sanitizing.is_own_image(source):
            image.set("src", sanitizing.encode_url(source))
            return
        if sanitizing.is_safe_url(source):
            self.findings.tell("Image from another site is shown as a link", source)
        image.tag = "a"
        image.text = image.attrib.pop("alt", "") or source
        image.set("href", image.attrib.pop("src", ""))

    def _link(self, link: ET.Element, *, inside_link: bool) -> None:
        href = link.attrib.pop("href", "")
        if not inside_link and sanitizing.is_safe_url(href):
            link.set("href", sanitizing.encode_url(href))
            if len(link) or (link.text or "").strip():
                return
            # A link without words can't be seen or named; its address can, unless it is this page.
            link.text = href
            if href and not href.startswith("#"):
                return
            link.text = None
            self.findings.tell("Link without words", href)
        elif not inside_link:
            self.findings.tell("Address is not allowed, only its words are shown", href)
        link.attrib.pop("href", None)
        link.tag = "span"
        link.attrib.pop("title", None)


def _walk(root: ET.Element) -> Iterator[tuple[ET.Element, bool]]:
    """Yield each element in order, and whether it stands inside a link.

    An element that the caller makes a link, or no link any more, counts as that for its children.
    """
    stack = [(root, False)]
    while stack:
        element, inside = stack.pop()
        yield element, inside
        inside = inside or element.tag == "a"
        stack += [(child, inside) for child in reversed(element)]


class _Footnotes(_Step):
    """Puts footnotes at the end, in the order in which the text refers to them.

    Notes that nothing refers to come last; their words are part of the policy too. All marks are
    numbers and arrows, so that they need no translation.
    """

    count = 0

    def run(self, root: ET.Element) -> None:
        self.notes = self._take(root)
        self.numbers: dict[str, int] = {}
        places: dict[str, int] = {}
        parts = deque([root])
        waiting = deque(self.notes)
        while parts:
            for element, inside_link in _walk(parts.popleft()):
                if element.tag == "noteref":
                    label = element.attrib.pop("label")
                    parts += self._numbered(label)
                    places[label] = places.get(label, 0) + 1
                    _refer(element, self.numbers[label], places[label], inside_link=inside_link)
            while not parts and waiting:
                parts += self._numbered(waiting.popleft())
        if self.notes:
            self._add(root, [(self.notes[label], places.get(label, 0)) for label in self.numbers])

    def _numbered(self, label: str) -> list[ET.Element]:
        """Give a label its number; return its notes, in which more references may stand."""
        if label in self.numbers:
            return []
        self.numbers[label] = self.count + 1
        self.count += len(self.notes[label])
        return self.notes[label]

    def _take(self, root: ET.Element) -> dict[str, list[ET.Element]]:
        """Take the definitions out of the tree. A label may have been defined twice."""
        notes: dict[str, list[ET.Element]] = {}
        for parent in list(root.iter()):
            for child in parent.findall("note"):
                notes.setdefault(child.attrib.pop("label"), []).append(child)
                parent.remove(child)
        return notes

    def _add(self, root: ET.Element, notes: list[tuple[list[ET.Element], int]]) -> None:
        box = ET.SubElement(root, "div", {"class": "footnotes"})
        ET.SubElement(box, "hr")
        items = ET.SubElement(box, "ol")
        number = 0
        for definitions, places in notes:
            for index, note in enumerate(definitions):
                number += 1
                item = ET.SubElement(items, "li", id=f"fn:{number}")
                item.text = note.text
                item.extend(note)
                if index == 0 and places:
                    _refer_back(item, number, places)


def _refer(element: ET.Element, number: int, place: int, *, inside_link: bool) -> None:
    """Make a reference of an element: a raised number that leads to the note."""
    element.tag = "sup"
    element.set("id", _place(number, place))
    if inside_link:
        element.text = str(number)
        return
    attributes = {"class": "footnote-ref", "href": f"#fn:{number}", "role": "doc-noteref"}
    ET.SubElement(element, "a", attributes).text = str(number)


def _refer_back(item: ET.Element, number: int, places: int) -> None:
    """Add the links from a note back to the references."""
    last = item[-1] if len(item) and item[-1].tag == "p" else ET.SubElement(item, "p")
    for place in range(1, places + 1):
        attributes = {
            "class": "footnote-back",
            "href": f"#{_place(number, place)}",
            "role": "doc-backlink",
            "aria-label": f"↩ {number}" + (f".{place}" if place > 1 else ""),
        }
        if not _is_empty(last):
            add_text(last, " ")
        ET.SubElement(last, "a", attributes).text = "↩"


def _place(number: int, place: int) -> str:
    return f"fnref:{number}" + (f":{place}" if place > 1 else "")


class _Ids(_Step):
    """Gives every heading an id, and every id to one element only.

    Who is served first: the page's own footnotes, then sections, then other ids that authors
    wrote, then those made from the words of headings.
    """

    def run(self, root: ET.Element) -> None:
        self.last: dict[str, int] = {}
        for parent in list(root.iter()):
            _hand_ids_back(parent)
        self.taken = {element.get("id", "") for element in root.iter()}
        elements = list(root.iter())
        for element in [child for child in root if child.tag in {"h1", "h2"}] + elements:
            wanted = element.attrib.pop(WANTED_ID, "")
            if wanted:
                self._give(element, self._allowed(wanted))
        for element in elements:
            if element.tag in _HEADINGS and not element.get("id"):
                self._give(element, headings.slug(_plain(element)))

    def _give(self, element: ET.Element, anchor: str) -> None:
        """Give the element the id, or the one that headings.unique would make of it.

        Remembers the last number, so that ten thousand equal headings take linear time.
        """
        given = anchor
        while given in self.taken:
            self.last[anchor] = self.last.get(anchor, 0) + 1
            given = f"{anchor}-{self.last[anchor]}"
        self.taken.add(given)
        element.set("id", given)

    def _allowed(self, wanted: str) -> str:
        if not wanted.startswith(headings.RESERVED_PREFIXES):
            return wanted
        allowed = wanted.replace(":", "-")
        self.findings.tell(f"Id belongs to the page, changed to {allowed}", wanted)
        return allowed


def _hand_ids_back(parent: ET.Element) -> None:
    """Give the id of a paragraph or a table row that holds nothing else to the block before it.

    A heading without words becomes such a paragraph, or goes.
    """
    previous: ET.Element | None = None
    for child in list(parent):
        if child.tag in _HEADINGS and _is_empty(child):
            child.tag = "p"
        if child.tag == "p" and _is_empty(child):
            if WANTED_ID not in child.attrib:
                parent.remove(child)
                continue
            if previous is not None and WANTED_ID not in previous.attrib:
                previous.set(WANTED_ID, child.attrib[WANTED_ID])
                parent.remove(child)
                continue
        if child.tag == "table" and WANTED_ID not in child.attrib:
            _take_id_of_last_row(child)
        previous = child


def _take_id_of_last_row(table: ET.Element) -> None:
    rows = table[-1]
    cells = list(rows[-1]) if len(rows) else []
    anchors = [cell.attrib[WANTED_ID] for cell in cells if WANTED_ID in cell.attrib]
    if rows.tag == "tbody" and len(anchors) == 1 and all(_is_empty(cell) for cell in cells):
        table.set(WANTED_ID, anchors[0])
        rows.remove(rows[-1])
        if not len(rows):
            table.remove(rows)


def _is_empty(element: ET.Element) -> bool:
    return not len(element) and not (element.text or "").strip()


class _Anchors(_Step):
    """Lists every id, in the order of the page."""

    def run(self, root: ET.Element) -> None:
        heading, anchors = "", []
        for block in root:
            if block.get("class") == "footnotes":
                heading = ""
            for element in block.iter():
                if element.tag in _HEADINGS:
                    heading = _plain(element)
                if element.get("id"):
                    anchors.append(Anchor(element.get("id", ""), heading))
        self.findings.anchors = tuple(anchors)


def _plain(heading: ET.Element) -> str:
    """Return the words of a heading on one line, without the numbers of footnotes."""
    return " ".join("".join(_texts(heading)).split())


def _texts(element: ET.Element) -> Iterator[str]:
    if element.tag == "br":
        yield " "
    elif element.tag != "sup":
        yield element.text or element.get("alt") or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""


class _Headings(_Step):
    """Sets levels, numbers sections, makes each heading a link to itself, collects the contents.

    The page has the one h1. In the text, level 1 counts as 2, and inside of a quote or a list a
    section can't begin: there 1 and 2 count as 3.
    """

    def run(self, root: ET.Element) -> None:
        sections = [child for child in root if child.tag in {"h1", "h2"}]
        numbered = not _carry_numbers([_plain(section) for section in sections])
        for element in root.iter():
            if element.tag in {"h1", "h2"}:
                element.tag = "h3"
        for section in sections:
            section.tag = "h2"
        _close_gaps(root)
        self.findings.contents = _nested(list(_entries(root, sections, numbered=numbered)))
        done = set(sections)
        for element in list(root.iter()):
            if element.tag in _HEADINGS and element not in done:
                _link_to_itself(element, "")


def _entries(root: ET.Element, sections: list[ET.Element], *, numbered: bool) -> Iterator[Entry]:
    """Yield the entries of the contents; link each section's heading to itself."""
    count = 0
    for child in root:
        if count < len(sections) and child is sections[count]:
            count += 1
            number = f"{count}." if numbered else ""
            yield Entry(2, child.get("id", ""), number, _plain(child))
            _link_to_itself(child, number)
        elif child.tag in {"h2", "h3"}:
            yield Entry(int(child.tag[1]), child.get("id", ""), "", _plain(child))


def _close_gaps(root: ET.Element) -> None:
    """Let no heading be more than one level below the one before it (WCAG technique H42).

    The page's title is the first; so a heading in the introduction stands as high as the sections
    that follow, without a number. A piece of text without sections is taken to stand in one.
    """
    last = 1 if any(child.tag == "h2" for child in root) else 2
    blocks = set(root)
    for element in root.iter():
        if element.tag in _HEADINGS:
            last = max(min(int(element.tag[1]), last + 1), 2 if element in blocks else 3)
            element.tag = f"h{last}"


def _carry_numbers(texts: list[str]) -> bool:
    """Return whether the headings bring their own numbers: at least half of them do."""
    return 2 * sum(bool(headings.own_number(text)) for text in texts) >= len(texts)


def _nested(entries: list[Entry]) -> tuple[Entry, ...]:
    """Put the entries of level 3 below the one of level 2 before them."""
    nested: list[tuple[Entry, list[Entry]]] = []
    for entry in entries:
        if entry.level == 3 and nested and nested[-1][0].level == 2:
            nested[-1][1].append(entry)
        else:
            nested.append((entry, []))
    return tuple(replace(entry, children=tuple(children)) for entry, children in nested)


def _link_to_itself(heading: ET.Element, number: str) -> None:
    """Make the heading a link to itself; where it holds a link, only its number or a "§"."""
    link = ET.Element("a", {"class": "heading-link", "href": f"#{heading.get('id', '')}"})
    words, heading.text = heading.text or "", None
    holds_link = heading.find(".//a") is not None
    if number or holds_link:
        sign = ET.SubElement(link, "span", {"class": "number"})
        sign.text = number or "§"
        words = f" {words}"
    if holds_link:
        link.tail = words
    else:
        add_text(link, words)
        link.extend(heading)
        for child in list(heading):
            heading.remove(child)
    heading.insert(0, link)


class _Tables(_Step):
    """Puts each table into a box that scrolls, named by the heading above it.

    The box can have the focus, so that a keyboard can scroll it (WCAG 2.1.1).
    """

    def run(self, root: ET.Element) -> None:
        heading = ""
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                if child.tag in _HEADINGS:
                    heading = child.get("id", "")
                if child.tag == "table":
                    parent[index] = _boxed(child, heading)


def _boxed(table: ET.Element, heading: str) -> ET.Element:
    box = ET.Element("div", {"class": "table-scroll", "tabindex": "0"})
    if heading:
        box.set("role", "region")
        box.set("aria-labelledby", heading)
    for cell in table.iter("th"):
        if _is_empty(cell):
            cell.tag = "td"  # a corner that heads nothing
        else:
            cell.set("scope", "col")
    box.append(table)
    return box


_BLOCKS = sanitizing.TAGS - sanitizing.INLINE_TAGS


class _Layout(_Step):
    """Puts blocks on lines of their own, marks where one top-level block ends, guards every "&".

    Python-Markdown's serialiser takes "&name;" in a text for an entity; here texts are plain.
    """

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if element.tag in _BLOCKS and not element.tail:
                element.tail = "\n"
            if element.tag == "br":
                element.tail = "\n" + (element.tail or "").lstrip("\n")
            element.text = element.text and element.text.replace("&", "&amp;")
            element.tail = element.tail and element.tail.replace("&", "&amp;")
            for name, value in element.items():
                element.set(name, value.replace("&", "&amp;"))
        for child in root:
            child.tail = (child.tail or "") + BOUNDARY
