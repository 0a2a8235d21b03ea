"""eId of all that can be cited, by the Naming Convention, and where links lead.

Akoma Ntoso Naming Convention Version 1.0, section 5.4: [prefix "__"] element_ref ["_" number].
A GUID carries the anchor that the page has, which lasts as long as the policy, or for a clause as
the version.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from urllib.parse import quote, urljoin

from policies.text.akoma_ntoso.body import ANCHOR, CLAUSE, HIERARCHY

# Section 5.4.2, points 1 and 2; other elements are called by their own names.
_SHORT = {
    "section": "sec",
    "subsection": "subsec",
    "paragraph": "para",
    "subparagraph": "subpara",
    "clause": "cl",
    "blockList": "list",
}
# The identifier of one of these is the prefix of those inside it.
_CONTEXTS = frozenset(
    {"preface", "container", "blockList", "item", "table", "embeddedStructure", "authorialNote"}
    | set(HIERARCHY.values())
)
# There is only one of each in its context, so it needs no number.
_ALONE = frozenset({"preface", "content", "intro"})
_IDENTIFIED = _CONTEXTS | _ALONE | {"p", "block", "ref", "noteRef"}


def assign(document: ET.Element, *, page: str, anchors_of: str) -> None:
    """Give every element that needs one its eId; turn anchors into GUIDs; resolve addresses.

    page: the URL that relative addresses start from. anchors_of: the URL under which an anchor
    works for ever.
    """
    identifiers = _Identifiers(page, anchors_of)
    for part in document:
        if part.tag != "meta":
            identifiers.walk(part, "", "")
    for element in document.iter():
        _resolve(element, identifiers.by_anchor, page)


class _Identifiers:
    def __init__(self, page: str, anchors_of: str) -> None:
        self.by_anchor: dict[str, str] = {}
        self._page = page
        self._anchors_of = anchors_of
        self._taken: set[str] = set()
        self._counted: Counter[str] = Counter()
        self._reserved: dict[ET.Element, str] = {}

    def walk(self, element: ET.Element, context: str, above: str) -> None:
        """Identify an element and all in it.

        context: the identifier that theirs begin with. above: the anchor of the heading or clause
        that they are under.
        """
        anchor = element.attrib.pop(ANCHOR, "")
        base = self._anchors_of if element.attrib.pop(CLAUSE, None) is None else self._page
        if element.tag in _IDENTIFIED or anchor:
            identifier = self._reserved.pop(element, "") or self._free(element, context, "")
            self._taken.add(identifier)
            element.set("eId", identifier)
            if anchor:
                self.by_anchor[anchor] = identifier
                element.set("GUID", f"{base}#{anchor}")
            if element.tag in _CONTEXTS:
                context, above = identifier, anchor or above
        # A number is for the element that carries it, even if one without a number comes first.
        for child in element:
            if child.tag in _IDENTIFIED and (number := _number_for(child, above)):
                self._reserved[child] = self._free(child, context, number)
                self._taken.add(self._reserved[child])
        for child in element:
            self.walk(child, context, above)

    def _free(self, element: ET.Element, context: str, number: str) -> str:
        name = _SHORT.get(element.tag, element.tag)
        stem = f"{context}__{name}" if context else name
        if element.tag in _ALONE:
            return stem
        if number:
            identifier = f"{stem}_{number}"
            if identifier not in self._taken:
                return identifier
        while True:
            self._counted[stem] += 1
            identifier = f"{stem}_{self._counted[stem]}"
            if identifier not in self._taken:
                return identifier


def _number_for(element: ET.Element, above: str) -> str:
    """Return an element's number for its eId: "2.3." → "2-3", "Article 4 –" → "4" (5.4.3).

    above: the anchor of the heading or clause that it is under. A clause that is under others by
    its label alone has theirs, too: "2-1-a" for #fees-2.1.a in a list of #fees.
    """
    words = re.findall(r"\w+", element.findtext("num", ""))
    path = re.findall(r"\w+", element.get(ANCHOR, "").removeprefix(above or "clause"))
    if CLAUSE in element.attrib and words and path[-len(words) :] == words:
        return "-".join(path)
    numbers = [word for word in words if re.search(r"\d", word)] or words[-1:]
    return "-".join(numbers)


def _resolve(element: ET.Element, by_anchor: dict[str, str], page: str) -> None:
    """Make an element's address one that works outside its page."""
    for name in ("href", "src"):
        address = element.get(name)
        if address is None or element.tag.startswith(("FRBR", "TLC")):
            continue
        anchor = address.removeprefix("#")
        if address.startswith("#") and anchor in by_anchor:
            element.set(name, f"#{by_anchor[anchor]}")
        elif element.tag in {"ref", "a", "img"}:
            element.set(name, urljoin(page, quote(address, safe="/:?#[]@!$&'()*+,;=%~-._")))
            if element.tag == "ref":
                element.tag = "a"
