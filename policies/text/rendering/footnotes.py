"""Footnotes: their numbers, their place at the end of the page, the links there and back. Pure."""

import xml.etree.ElementTree as ET
from collections import deque

from policies.text.rendering.tree import TreeProcessor, is_empty, walk
from policies.text.xml_text import add_text


class Footnotes(TreeProcessor):
    """Puts footnotes at the end, in the order in which the text refers to them.

    Notes that nothing refers to come last; their words are part of the policy too. All marks are
    numbers and arrows, so that they need no translation.
    """

    count = 0

    def run(self, root: ET.Element) -> None:
        self.notes = self._take(root)
        self.numbers: dict[str, int] = {}
        places: dict[str, int] = {}
        parts, waiting = deque([root]), deque(self.notes)
        while parts:
            for element, inside_link in walk(parts.popleft()):
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
        """Give a label its number; return its notes, in which there may be more references."""
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
    """Turn an element into a reference: a raised number that links to the note."""
    element.tag = "sup"
    element.set("id", _place(number, place))
    if inside_link:
        element.text = str(number)
        return
    attributes = {"class": "footnote-ref", "href": f"#fn:{number}", "role": "doc-noteref"}
    ET.SubElement(element, "a", attributes).text = str(number)


def _refer_back(item: ET.Element, number: int, places: int) -> None:
    last = item[-1] if len(item) and item[-1].tag == "p" else ET.SubElement(item, "p")
    for place in range(1, places + 1):
        attributes = {
            "class": "footnote-back",
            "href": f"#{_place(number, place)}",
            "role": "doc-backlink",
            "aria-label": f"↩ {number}" + (f".{place}" if place > 1 else ""),
        }
        if not is_empty(last):
            add_text(last, " ")
        ET.SubElement(last, "a", attributes).text = "↩"


def _place(number: int, place: int) -> str:
    return f"fnref:{number}" + (f":{place}" if place > 1 else "")
