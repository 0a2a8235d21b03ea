"""Headings: their levels, the numbers of sections, the table of contents. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace

from policies.text.markdown import headings
from policies.text.markdown.headings import Entry
from policies.text.rendering.tree import HEADINGS, RenderReport, plain_text
from policies.text.xml_text import add_text


def settle_headings(root: ET.Element, report: RenderReport) -> None:
    """Set levels, number sections, make each heading a link to itself, collect the contents.

    The page's title is the only h1. In the text, level 1 counts as 2; inside a quote or a list,
    where no section can begin, 1 and 2 count as 3.
    """
    sections = [child for child in root if child.tag in {"h1", "h2"}]
    numbered = is_numbered([plain_text(section) for section in sections], report.numbering)
    for element in root.iter():
        if element.tag in {"h1", "h2"}:
            element.tag = "h3"
    for section in sections:
        section.tag = "h2"
    _close_gaps(root)
    deep = report.numbering == "headings"
    numbers = _numbers(root, sections, deep=deep) if numbered else {}
    entries = [
        Entry(int(child.tag[1]), child.get("id", ""), numbers.get(child, ""), plain_text(child))
        for child in root
        if child.tag in {"h2", "h3"}
    ]
    report.contents = _nested(entries)
    for element in list(root.iter()):
        if element.tag in HEADINGS:
            _link_to_itself(element, numbers.get(element, ""))


def _numbers(root: ET.Element, sections: list[ET.Element], *, deep: bool) -> dict[ET.Element, str]:
    """Return the number of each section, "1.", and if `deep` of the headings below, "1.1"."""
    own = set(sections)
    numbers: dict[ET.Element, str] = {}
    count: list[int] = []
    for child in root:
        if child in own:
            count = next_number(count, 2)
            numbers[child] = f"{count[0]}."
        elif deep and count and child.tag in HEADINGS and child.tag != "h2":
            count = next_number(count, int(child.tag[1]))
            numbers[child] = ".".join(map(str, count))
    return numbers


def next_number(number: Sequence[int], level: int) -> list[int]:
    """Return the number of the heading after one with this number: 1.3 or 1.2.1 after 1.2.

    level: of the heading that comes next, 2 for a section.
    """
    depth = level - 1
    *above, last = [*number, *[0] * depth][:depth]
    return [*above, last + 1]


def _close_gaps(root: ET.Element) -> None:
    """Let no heading be more than one level below the one before it (WCAG technique H69).

    The page's title is the first; so a heading in the introduction is as high as the sections
    that follow, without a number. A piece of text without sections is taken to be in one.
    """
    last = 1 if any(child.tag == "h2" for child in root) else 2
    blocks = set(root)
    for element in root.iter():
        if element.tag in HEADINGS:
            last = max(min(int(element.tag[1]), last + 1), 2 if element in blocks else 3)
            element.tag = f"h{last}"


def is_numbered(texts: list[str], numbering: str) -> bool:
    """Return whether the page numbers the sections with these headings: unless half of them bring
    their own numbers. numbering: of the text.
    """
    own = sum(bool(headings.own_number(text)) for text in texts)
    return numbering != "none" and 2 * own < len(texts)


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
