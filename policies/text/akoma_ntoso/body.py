"""A policy's HTML as the main body of an Akoma Ntoso document.

Headings open the containers of legal texts: section, subsection, paragraph … Everything else is a
block in one of them. An HTML id travels in the attribute ANCHOR, and a link within the document
keeps its "#anchor", until identifiers.py knows the eId of each element.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html.parser import HTMLParser

from policies.text.markdown.headings import own_number
from policies.text.xml_text import add_text, make, text_without_controls

ANCHOR = "anchor"
# The attribute that marks a clause, whose anchor means the same in its own version only.
CLAUSE = "clause"

# The container that a heading opens, by its level.
HIERARCHY = {
    "h2": "section",
    "h3": "subsection",
    "h4": "paragraph",
    "h5": "subparagraph",
    "h6": "clause",
}

_BLOCKS = frozenset(
    {"p", "ul", "ol", "dl", "blockquote", "pre", "table", "div", "hr"} | set(HIERARCHY)
)
_VOID = frozenset({"br", "hr", "img"})
_PRESERVE = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}


def main_body(html: str) -> ET.Element:
    """Return the body. html: well nested, because a sanitiser wrote it last."""
    builder = _TreeBuilder()
    builder.feed(html)
    builder.close()
    root = builder.root
    boxes = (child for child in root if "footnotes" in classes(child))
    items = (item for box in boxes for item in box.findall("./ol/li"))  # not of lists inside a note
    notes = {item.get("id", ""): item for item in items if item.get("id")}
    return _Reader(notes).main_body(root)


class _TreeBuilder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = ET.Element("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: text_without_controls(value or "") for name, value in attrs}
        element = ET.SubElement(self._open[-1], tag, values)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        add_text(self._open[-1], text_without_controls(data))


def classes(element: ET.Element) -> list[str]:
    return element.get("class", "").split()


@dataclass
class _Container:
    """A part of the document while it is read: its element, its own blocks, the parts in it."""

    level: int
    element: ET.Element
    blocks: list[ET.Element] = field(default_factory=list)
    parts: list[ET.Element] = field(default_factory=list)

    def closed(self) -> ET.Element:
        if self.blocks:
            own = make("intro" if self.parts else "content", self.element)
            own.extend(self.blocks)
        self.element.extend(self.parts)
        return self.element


def _close(opened: list[_Container], level: int) -> None:
    """Close the parts of this level, and those in them."""
    while opened[-1].level >= level:
        closed = opened.pop().closed()
        opened[-1].parts.append(closed)


class _Reader:
    def __init__(self, notes: dict[str, ET.Element]) -> None:
        self._notes = notes
        self._placed: set[str] = set()

    def main_body(self, root: ET.Element) -> ET.Element:
        whole = _Container(1, make("mainBody"))
        opened = [whole]
        for child in root:
            if child.tag in HIERARCHY:
                level = int(child.tag[1])
                _close(opened, level)
                opened.append(_Container(level, self._opened(child)))
            elif "footnotes" not in classes(child):
                opened[-1].blocks += self._block(child)
        _close(opened, whole.level + 1)
        return self._whole(whole)

    def _whole(self, whole: _Container) -> ET.Element:
        """Return the body, with the footnotes that nothing refers to at its end."""
        body = whole.element
        if whole.blocks:
            make("container", body, name="introduction").extend(whole.blocks)
        body.extend(whole.parts)
        for anchor in self._notes:
            if anchor not in self._placed:
                self._note(anchor, make("p", body))
        if not len(body):
            make("p", body)
        return body

    def _opened(self, source: ET.Element) -> ET.Element:
        container = _anchored(make(HIERARCHY[source.tag]), source)
        number, heading = self._heading(source)
        if number:
            make("num", container, number)
        container.append(heading)
        return container

    def _heading(self, source: ET.Element) -> tuple[str, ET.Element]:
        """Return the number of a heading, "" for none, and its words."""
        heading = make("heading")
        number = ""
        add_text(heading, source.text)
        for child in source:
            if "heading-link" in classes(child):
                number = _number_of(child)
                self._add_words(child, heading)
            else:
                self._add_inline(child, heading)
            add_text(heading, child.tail)
        heading.text = (heading.text or "").lstrip() or None
        if not number and heading.text:
            own = own_number(heading.text)
            rest = heading.text[len(own) :]
            if own and (rest or len(heading)):
                number, heading.text = own.rstrip(), rest
        return number, heading

    def _blocks(self, source: ET.Element) -> list[ET.Element]:
        """Return the content of an element as blocks; loose words become paragraphs."""
        blocks: list[ET.Element] = []
        loose = make("p")
        add_text(loose, source.text)
        for child in source:
            if child.tag not in _BLOCKS:
                self._add_inline(child, loose)
                add_text(loose, child.tail)
                continue
            blocks += _if_any(loose)
            blocks += self._block(child)
            loose = make("p")
            add_text(loose, child.tail)
        return blocks + _if_any(loose)

    def _block(self, source: ET.Element) -> list[ET.Element]:
        match source.tag:
            case "p":
                return _if_any(self._add_words(source, _anchored(make("p"), source)))
            case "ul" | "ol":
                return [self._list(source)]
            case "dl":
                return [self._definitions(source)]
            case "blockquote":
                paragraph = make("p")
                quoted = _anchored(make("embeddedStructure", paragraph), source)
                quoted.extend(self._blocks(source) or [make("p")])
                return [paragraph]
            case "pre":
                code = "".join(source.itertext())
                block = make("block", None, code, name="preformatted", **_PRESERVE)
                return [_anchored(block, source)]
            case "table":
                return [self._table(source)]
            case "div" if "clauses" in classes(source):
                return [self._list(source)]
            case "div":
                return self._blocks(source)
            case "hr":
                return []
        # A heading in a list or a quotation opens nothing.
        block = _anchored(make("block", name="heading"), source)
        number, heading = self._heading(source)
        add_text(block, f"{number} " if number else "")
        add_text(block, heading.text)
        block.extend(heading)
        return [block]

    def _list(self, source: ET.Element) -> ET.Element:
        """Return a list of items or clauses, each with its label."""
        listed = _anchored(make("blockList"), source)
        for position, entry in enumerate(source, start=int(source.get("start", "1"))):
            item = _anchored(make("item", listed), entry)
            if source.tag == "ol":
                make("num", item, f"{position}.")
            elif source.tag == "div":
                item.set(CLAUSE, "")
                label = next(link for link in entry.iter("a") if "label" in classes(link))
                make("num", item, label.text or "")
            item.extend(self._blocks(entry) or [make("p")])
        return listed

    def _definitions(self, source: ET.Element) -> ET.Element:
        listed = _anchored(make("blockList"), source)
        item: ET.Element | None = None
        for entry in source:
            if item is None or (entry.tag == "dt" and item[-1].tag != "heading"):
                item = make("item", listed)
            if entry.tag == "dt":
                self._add_words(entry, _anchored(make("heading", item), entry))
            else:
                blocks = self._blocks(entry) or [make("p")]
                if ANCHOR not in blocks[0].attrib:
                    _anchored(blocks[0], entry)
                item.extend(blocks)
        for item in listed:
            if item[-1].tag == "heading":
                make("p", item)
        return listed

    def _table(self, source: ET.Element) -> ET.Element:
        table = _anchored(make("table"), source)
        for source_row in source.iter("tr"):
            row = _anchored(make("tr", table), source_row)
            for source_cell in source_row:
                cell = _anchored(make(source_cell.tag, row), source_cell)
                if source_cell.get("class"):
                    cell.set("class", source_cell.get("class", ""))
                cell.extend(self._blocks(source_cell))
        return table

    def _add_words(self, source: ET.Element, target: ET.Element) -> ET.Element:
        """Put the words of an element into `target`, and return it."""
        add_text(target, source.text)
        for child in source:
            if child.get("class") not in ("number", "label"):
                self._add_inline(child, target)
            add_text(target, child.tail)
        return target

    def _add_inline(self, source: ET.Element, target: ET.Element) -> None:
        """Put an inline element into `target`, without the text that follows it."""
        if source.tag == "sup" and source.get("id", "").startswith("fnref:"):
            self._refer(source, target)
        elif source.get("class") in ("footnote-back", "label"):
            return
        elif source.tag == "br":
            make("br", target)
        elif source.tag == "img":
            make("img", target, src=source.get("src", ""), alt=source.get("alt", ""))
        else:
            self._add_words(source, _anchored(_inline_element(source, target), source))

    def _refer(self, source: ET.Element, target: ET.Element) -> None:
        """Put a footnote where the text first refers to it, and a reference to it elsewhere."""
        number = "".join(source.itertext()).strip()
        anchor = f"fn:{number}"
        if anchor in self._notes and anchor not in self._placed:
            self._note(anchor, target)
        else:
            make("noteRef", target, href=f"#{anchor}", marker=number)

    def _note(self, anchor: str, target: ET.Element) -> None:
        self._placed.add(anchor)
        marker = anchor.removeprefix("fn:")
        note = make("authorialNote", target, marker=marker, placement="bottom")
        note.set(ANCHOR, anchor)
        note.extend(self._blocks(self._notes[anchor]) or [make("p")])


_INLINE: dict[str, tuple[str, dict[str, str]]] = {
    "em": ("i", {}),
    "strong": ("b", {}),
    "code": ("inline", {"name": "code"}),
    "del": ("inline", {"name": "strike"}),
    "sup": ("sup", {}),
}


def _inline_element(source: ET.Element, target: ET.Element) -> ET.Element:
    if source.tag == "a" and (href := source.get("href")) is not None:
        title = {"title": source.get("title", "")} if source.get("title") else {}
        if href.startswith("#"):
            return make("ref", target, href=href)
        return make("a", target, href=href, **title)
    name, attributes = _INLINE.get(source.tag, ("span", {}))
    return make(name, target, **attributes)


def _number_of(link: ET.Element) -> str:
    """Return the number that the page gave a heading; "§" is only the sign of its link."""
    for child in link:
        if "number" in classes(child):
            return "".join(child.itertext()).strip().replace("§", "")
    return ""


def _anchored(element: ET.Element, source: ET.Element) -> ET.Element:
    if source.get("id"):
        element.set(ANCHOR, source.get("id", ""))
    return element


def _if_any(block: ET.Element) -> list[ET.Element]:
    """Return a block in a list; an empty list for a block that holds nothing."""
    words = "".join(block.itertext()).strip()
    return [block] if words or len(block) or ANCHOR in block.attrib else []
