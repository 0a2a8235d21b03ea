"""Headings: their levels, the numbers of sections, the table of contents. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

from policies.text.markdown import headings
from policies.text.markdown.headings import Entry
from policies.text.rendering.tree import HEADINGS, TreeProcessor, plain
from policies.text.xml_text import add_text


class Headings(TreeProcessor):
    """Sets levels, numbers sections, makes each heading a link to itself, collects the contents.

    The page's title is the only h1. In the text, level 1 counts as 2; inside a quote or a list,
    where no section can begin, 1 and 2 count as 3.
    """

    def run(self, root: ET.Element) -> None:
        sections = [child for child in root if child.tag in {"h1", "h2"}]
        numbered = not carry_numbers([plain(section) for section in sections])
        for element in root.iter():
            if element.tag in {"h1", "h2"}:
                element.tag = "h3"
        for section in sections:
            section.tag = "h2"
        _close_gaps(root)
        self.report.contents = _nested(list(_entries(root, sections, numbered=numbered)))
        done = set(sections)
        for element in list(root.iter()):
            if element.tag in HEADINGS and element not in done:
                _link_to_itself(element, "")


def _entries(root: ET.Element, sections: list[ET.Element], *, numbered: bool) -> Iterator[Entry]:
    """Yield the entries of the contents; link each section's heading to itself."""
    count = 0
    for child in root:
        if count < len(sections) and child is sections[count]:
            count += 1
            number = f"{count}." if numbered else ""
            yield Entry(2, child.get("id", ""), number, plain(child))
            _link_to_itself(child, number)
        elif child.tag in {"h2", "h3"}:
            yield Entry(int(child.tag[1]), child.get("id", ""), "", plain(child))


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


def carry_numbers(texts: list[str]) -> bool:
    """Return whether half of the headings bring their own numbers, so that the page gives none."""
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
