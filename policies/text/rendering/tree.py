"""What the steps share: what they find, how they read a tree. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from policies.text.markdown.characters import without_controls
from policies.text.markdown.headings import Anchor, Clause, Entry

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class RenderReport:
    """What the steps find: contents, anchors, what a reader will not see.

    clauses: by their ids. numbering: Document.numbering, which they follow.
    """

    numbering: str = ""
    contents: tuple[Entry, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    clauses: dict[str, Clause] = field(default_factory=dict)
    losses: dict[str, None] = field(default_factory=dict)

    def add(self, kind: str, excerpt: str) -> None:
        """Note once that something of a kind is not shown as it was written."""
        excerpt = " ".join(without_controls(excerpt).split())
        self.losses[f"{kind}: {excerpt[:80]}{'…' if len(excerpt) > 80 else ''}"] = None


def walk(root: ET.Element) -> Iterator[tuple[ET.Element, bool]]:
    """Yield each element in order, and whether it is inside a link.

    An element that the caller makes a link, or no link any more, counts as that for its children.
    """
    stack = [(root, False)]
    while stack:
        element, inside = stack.pop()
        yield element, inside
        inside = inside or element.tag == "a"
        stack += [(child, inside) for child in reversed(element)]


def is_empty(element: ET.Element) -> bool:
    return not len(element) and not (element.text or "").strip()


def plain(heading: ET.Element) -> str:
    """Return the words of a heading on one line, without the numbers of footnotes."""
    return " ".join("".join(_texts(heading)).split())


def _texts(element: ET.Element) -> Iterator[str]:
    if element.tag == "br":
        yield " "
    elif element.tag != "sup":
        yield element.text or element.get("alt") or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
