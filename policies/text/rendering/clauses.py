"""Clauses: their anchors, and their labels as words of the text. Pure.

A label is text and no number of a browser's list: it is shown as the author wrote it, copied with
the words, read out, and in every format of a version. It is also a link to its clause, so that one
can copy the address.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from policies.text.likeness import sketch
from policies.text.markdown import headings
from policies.text.markdown.headings import Clause
from policies.text.markdown.labels import ClausePath
from policies.text.rendering.tree import HEADINGS, RenderReport

LIST = {"class": "clauses", "role": "list"}
CLAUSE = {"class": "clause", "role": "listitem"}
# The attribute that carries the labels of a clause, and of those around it, up to `mark_clauses`.
LABELS = "labels"

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
    known_by = Clause(path.labels, sketch(" ".join(_words(clause))), bool(given))
    link = ET.Element("a", {"class": "label", "href": f"#{anchor}"})
    link.text, link.tail = path.labels[-1], f" {(place.text or '').lstrip()}"
    place.text = None
    place.insert(0, link)
    return anchor, known_by


def _words(element: ET.Element) -> Iterator[str]:
    """Yield the words of a clause, without those of clauses in it and the numbers of footnotes."""
    yield element.text or element.get("alt") or ""
    for child in element:
        if child.tag != "sup" and child.get("class") != CLAUSE["class"]:
            yield from _words(child)
        yield child.tail or ""
