"""Clauses: their anchors, and their labels as words of the text. Pure.

A label is text and no number of a browser's list: it is shown as the author wrote it, copied with
the words, read out, and in every format of a version. It is also a link to its clause, so that one
can copy the address.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from policies.text.likeness import sketch
from policies.text.markdown import headings
from policies.text.markdown.clauses import LABEL, Path
from policies.text.markdown.headings import Clause
from policies.text.rendering.tree import HEADINGS, TreeProcessor

LIST = {"class": "clauses", "role": "list"}
CLAUSE = {"class": "clause", "role": "listitem"}

# The anchor before that of a clause in the introduction or a footnote, which have no heading.
_NO_HEADING = "clause"


class Clauses(TreeProcessor):
    """Gives every clause that has no anchor the one that follows from the heading above it and its
    label: #fees-2.b. Puts its label into it.
    """

    def run(self, root: ET.Element) -> None:
        self._anchors = headings.Anchors(one.get("id", "") for one in root.iter())
        self._heading = _NO_HEADING
        for block in root:
            if block.tag in HEADINGS:
                self._heading = block.get("id", "")
            elif block.get("class") == "footnotes":
                self._heading = _NO_HEADING
            for element in list(block.iter()):
                if element.get("class") == CLAUSE["class"]:
                    self._mark(element, Path(tuple(element.attrib.pop(LABEL).split("\n"))))

    def _mark(self, clause: ET.Element, path: Path) -> None:
        first = clause[0] if len(clause) and not (clause.text or "").strip() else None
        place = first if first is not None and first.tag == "p" else clause
        # A paragraph of an item without empty lines has no element: its id is the clause's.
        given = clause.get("id") or place.attrib.pop("id", "")
        anchor = given or self._anchors.unique(f"{self._heading}-{path}")
        clause.set("id", anchor)
        words = sketch(" ".join(_words(clause)))
        self.report.clauses[anchor] = Clause(path.labels, words, bool(given))
        link = ET.Element("a", {"class": "label", "href": f"#{anchor}"})
        link.text, link.tail = path.labels[-1], f" {(place.text or '').lstrip()}"
        place.text = None
        place.insert(0, link)


def _words(element: ET.Element) -> Iterator[str]:
    """Yield the words of a clause, without those of clauses in it and the numbers of footnotes."""
    yield element.text or element.get("alt") or ""
    for child in element:
        if child.tag != "sup" and child.get("class") != CLAUSE["class"]:
            yield from _words(child)
        yield child.tail or ""
