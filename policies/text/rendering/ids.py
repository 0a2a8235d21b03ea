"""Ids: every heading has one, no two elements share one, and all are listed. Pure."""

import xml.etree.ElementTree as ET

from policies.text.markdown import headings
from policies.text.markdown.grammar import WANTED_ID
from policies.text.markdown.headings import Anchor
from policies.text.rendering.tree import HEADINGS, RenderReport, is_empty, plain


def settle_ids(root: ET.Element, report: RenderReport) -> None:
    """Give every heading an id, and every id to one element only.

    First come the page's own footnotes, then sections, then other ids that authors wrote, and last
    the ids made from the words of headings.
    """
    for parent in list(root.iter()):
        _hand_ids_back(parent)
    anchors = headings.Anchors(element.get("id", "") for element in root.iter())
    elements = list(root.iter())
    for element in [child for child in root if child.tag in {"h1", "h2"}] + elements:
        if wanted := element.attrib.pop(WANTED_ID, ""):
            element.set("id", anchors.unique(_allowed(wanted, report)))
    for element in elements:
        if element.tag in HEADINGS and not element.get("id"):
            element.set("id", anchors.unique(headings.slug(plain(element))))


def _allowed(wanted: str, report: RenderReport) -> str:
    if not wanted.startswith(headings.RESERVED_PREFIXES):
        return wanted
    allowed = wanted.replace(":", "-")
    report.add(f"Id belongs to the page, changed to {allowed}", wanted)
    return allowed


def _hand_ids_back(parent: ET.Element) -> None:
    """Give the id of a paragraph or a table row that holds nothing else to the block before it.

    A heading without words becomes such a paragraph; without an id, it is removed.
    """
    previous: ET.Element | None = None
    for child in list(parent):
        if child.tag in HEADINGS and is_empty(child):
            child.tag = "p"
        if child.tag == "p" and is_empty(child):
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
    if rows.tag == "tbody" and len(anchors) == 1 and all(is_empty(cell) for cell in cells):
        table.set(WANTED_ID, anchors[0])
        rows.remove(rows[-1])
        if not len(rows):
            table.remove(rows)


def list_anchors(root: ET.Element, report: RenderReport) -> None:
    """Report every id, in the order of the page."""
    heading, anchors = "", []
    for block in root:
        if block.get("class") == "footnotes":
            heading = ""
        for element in block.iter():
            if element.tag in HEADINGS:
                heading = plain(element)
            if anchor := element.get("id"):
                anchors.append(Anchor(anchor, heading, report.clauses.get(anchor)))
    report.anchors = tuple(anchors)
