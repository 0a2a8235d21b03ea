"""Places to link to. Every heading has an id, no two elements share one, and all are listed. Every
clause has one, too, and its label becomes words of the text.

Pure. A label is text and no number of a browser's list: it is shown as the author wrote it, copied
with the words, read out, and in every format of a version. It is also a link to its clause, so that
one can copy the address.
"""

import xml.etree.ElementTree as ET

from policies.text.likeness import sketch
from policies.text.markdown import headings
from policies.text.markdown.grammar import WANTED_ID
from policies.text.markdown.headings import Anchor, Clause
from policies.text.markdown.labels import ClausePath
from policies.text.rendering.tree import (
    CLAUSE,
    HEADINGS,
    LABELS,
    RenderReport,
    is_empty,
    plain_text,
    texts_in,
)


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
            element.set("id", anchors.unique(headings.slug(plain_text(element))))


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


# The anchor before that of a clause in the introduction or a footnote, which have no heading.
_NO_HEADING = "clause"


def mark_clauses(root: ET.Element, report: RenderReport) -> None:
    """Give every clause that has no anchor the one that follows from the heading above it and its
    label: #fees-2.b. Put its label into it.
    """
    anchors = headings.Anchors(element.get("id", "") for element in root.iter())
    heading = _NO_HEADING
    for block in root:
        if block.tag in HEADINGS:
            heading = block.get("id", "")
        elif block.get("class") == "footnotes":
            heading = _NO_HEADING
        for element in list(block.iter()):
            if element.get("class") == CLAUSE["class"]:
                anchor, clause = _marked(element, heading, anchors)
                report.clauses[anchor] = clause


def _marked(clause: ET.Element, heading: str, anchors: headings.Anchors) -> tuple[str, Clause]:
    """Give a clause its anchor and its label; return the anchor, and what it is recognised by."""
    path = ClausePath(tuple(clause.attrib.pop(LABELS).split("\n")))
    first = clause[0] if len(clause) and not (clause.text or "").strip() else None
    place = first if first is not None and first.tag == "p" else clause
    # A paragraph of an item without empty lines has no element: its id is the clause's.
    given = clause.get("id") or place.attrib.pop("id", "")
    anchor = given or anchors.unique(f"{heading}-{path}")
    clause.set("id", anchor)
    words = " ".join(texts_in(clause, without_class=CLAUSE["class"]))
    known_by = Clause(path.labels, sketch(words), bool(given))
    link = ET.Element("a", {"class": "label", "href": f"#{anchor}"})
    link.text, link.tail = path.labels[-1], f" {(place.text or '').lstrip()}"
    place.text = None
    place.insert(0, link)
    return anchor, known_by


def list_anchors(root: ET.Element, report: RenderReport) -> None:
    """Report every id, in the order of the page."""
    heading, anchors = "", []
    for block in root:
        if block.get("class") == "footnotes":
            heading = ""
        for element in block.iter():
            if element.tag in HEADINGS:
                heading = plain_text(element)
            if anchor := element.get("id"):
                anchors.append(Anchor(anchor, heading, report.clauses.get(anchor)))
    report.anchors = tuple(anchors)
