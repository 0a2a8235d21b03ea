"""Footnotes: their numbers, their place at the end of the page, the links there and back. Pure."""

import xml.etree.ElementTree as ET
from collections import Counter, deque

from policies.text.rendering.tree import RenderReport, is_empty, walk
from policies.text.xml_text import add_text


def put_footnotes_last(root: ET.Element, _: RenderReport) -> None:
    """Put footnotes at the end, in the order in which the text refers to them.

    Notes that nothing refers to come last; their words are part of the policy too. All marks are
    numbers and arrows, so that they need no translation.
    """
    notes = _take(root)
    numbers: dict[str, int] = {}
    places: Counter[str] = Counter()
    parts, waiting = deque([root]), deque(notes)
    count = 0

    def number(label: str) -> None:
        """Give a label its number; read its notes next, in which there may be more references."""
        nonlocal count
        if label not in numbers:
            numbers[label] = count + 1
            count += len(notes[label])
            parts.extend(notes[label])

    while parts:
        for element, inside_link in walk(parts.popleft()):
            if element.tag == "noteref":
                label = element.attrib.pop("label")
                number(label)
                places[label] += 1
                _refer(element, numbers[label], places[label], inside_link=inside_link)
        while not parts and waiting:
            number(waiting.popleft())
    if notes:
        _add(root, [(notes[label], places[label]) for label in numbers])


def _take(root: ET.Element) -> dict[str, list[ET.Element]]:
    """Take the definitions out of the tree. A label may have been defined twice."""
    notes: dict[str, list[ET.Element]] = {}
    for parent in list(root.iter()):
        for child in parent.findall("note"):
            notes.setdefault(child.attrib.pop("label"), []).append(child)
            parent.remove(child)
    return notes


def _add(root: ET.Element, notes: list[tuple[list[ET.Element], int]]) -> None:
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
