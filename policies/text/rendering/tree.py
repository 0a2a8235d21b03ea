"""The tree that Python-Markdown writes: built from the tree of the grammar, and what the steps that
change it share: what they find, how they read it. Pure.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial

from policies.cache import OF_TEXTS
from policies.text.document_tree import PartTree
from policies.text.markdown.characters import without_controls
from policies.text.markdown.grammar import WANTED_ID
from policies.text.markdown.headings import Anchor, Clause, Entry
from policies.text.markdown.limits import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    max_elements,
    nested_too_deeply,
    too_many_elements,
)
from policies.text.markdown.tree import Block, Inline, shown_texts
from policies.text.xml_text import add_text

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

# The attributes of lists with labels and of their items, and the attribute that carries the labels
# of a clause, and of those around it, up to `mark_clauses`.
LIST = {"class": "clauses", "role": "list"}
CLAUSE = {"class": "clause", "role": "listitem"}
LABELS = "labels"

# How many elements the steps after the grammar make of one, where that is more than one.
_COST = {
    **dict.fromkeys(HEADINGS, 3),
    "note": 4,
    "noteref": 3,
    "pre": 2,
    "table": 2,
    "div": 2,
}


def build(trees: Sequence[PartTree], length: int, *, clauses: bool) -> ET.Element:
    """Return the tree of elements of a text. Each part is built once and kept.

    Texts in it are plain: no entities, no escapes. Its elements are those of sanitizer.TAGS and
    h1, and two that the footnotes step resolves: `note`, a definition with its label, and
    `noteref`, a reference to one. An author's id is in the attribute WANTED_ID.

    length: of the text, in characters. clauses: whether the items of its lists have labels. Raises
    RenderingRefused for a text that goes over a limit; which line is known of one read as a whole.
    """
    if len(trees) == 1:
        return _built(trees[0], length, clauses=clauses)[0]
    root, left = ET.Element("div"), max_elements(length)
    for tree in trees:
        key = "elements", tree.key, clauses
        make = partial(_built, tree, MAX_CHARACTERS, clauses=clauses)
        elements, spent = OF_TEXTS.get(key, tree.length, make)
        root.extend(deepcopy(elements))
        left -= spent
    if left < 0:
        raise too_many_elements(1)
    return root


def _built(tree: PartTree, length: int, *, clauses: bool) -> tuple[ET.Element, int]:
    """Return the elements of a part below one, and how many they count as."""
    root, builder = ET.Element("div"), _Builder(length, clauses=clauses)
    for block in tree.blocks:
        builder.block(root, block, depth=1)
    return root, max_elements(length) - builder.left


class _Builder:
    """left: how many more elements there may be. line: of the text, for refusals."""

    def __init__(self, length: int, *, clauses: bool) -> None:
        self.clauses, self.left, self.line = clauses, max_elements(length), 1

    def block(self, parent: ET.Element, block: Block, *, depth: int) -> None:
        if block.lines[1]:
            self.line = block.lines[0] + 1
        anchor = block.attributes.get(WANTED_ID, "")
        if block.is_hidden:
            # A paragraph of a tight list item, which has no element: its id is the item's.
            _give_id(parent, anchor)
            self._add_words(parent, block.inlines, depth)
            return
        if block.kind in {"fence", "code_block"}:
            code = self._element(parent, "pre", {}, depth)
            _give_id(code, anchor)
            ET.SubElement(code, "code").text = block.content
            return
        element = self._element(parent, *self._tag(block), depth)
        self._add_words(element, block.inlines, depth + 1)
        for child in block.children:
            self.block(element, child, depth=depth + 1)

    def _tag(self, block: Block) -> tuple[str, dict[str, str]]:
        attributes = dict(block.attributes)
        if style := attributes.pop("style", ""):  # the one style there is: a cell's alignment
            attributes["class"] = "align-" + style.removeprefix("text-align:")
        if block.kind == "footnote_reference":
            return "note", {"label": block.label}
        if self.clauses and block.kind == "ordered_list":
            return "div", LIST
        if self.clauses and block.kind == "list_item" and block.label:
            return "div", {**attributes, **CLAUSE, LABELS: "\n".join(block.labels)}
        return block.tag, attributes

    def _add_words(self, parent: ET.Element, inlines: Iterable[Inline], depth: int) -> None:
        pending: list[str] = []  # put together first: a text that grows is copied each time
        for inline in inlines:
            if inline.kind in {"text", "softbreak"}:
                pending.append(inline.content if inline.kind == "text" else "\n")
                continue
            add_text(parent, "".join(pending))
            pending.clear()
            if inline.kind == "attributes":
                # Only an element right before it can take the id; after text, it becomes an anchor.
                last = parent[-1] if len(parent) and not parent[-1].tail else None
                if last is None or WANTED_ID in last.attrib or last.tag == "noteref":
                    last = self._element(parent, "span", {}, depth)
                last.set(WANTED_ID, inline.attributes[WANTED_ID])
            else:
                element = self._element(parent, *_inline_tag(inline), depth)
                if inline.kind == "code_inline":
                    element.text = inline.content
                elif inline.kind != "image":
                    self._add_words(element, inline.children, depth + 1)
        add_text(parent, "".join(pending))

    def _element(
        self, parent: ET.Element, tag: str, attributes: dict[str, str], depth: int
    ) -> ET.Element:
        self.left -= _COST.get(tag, 1)
        if self.left < 0:
            raise too_many_elements(self.line)
        if depth > MAX_DEPTH:
            raise nested_too_deeply(self.line)
        return ET.SubElement(parent, tag, attributes)


def _inline_tag(inline: Inline) -> tuple[str, dict[str, str]]:
    if inline.kind == "footnote_ref":
        return "noteref", {"label": inline.content}
    attributes = dict(inline.attributes)
    if inline.kind == "image":
        attributes["alt"] = "".join(shown_texts(inline.children))
    return ("del" if inline.tag == "s" else inline.tag), attributes


def _give_id(element: ET.Element, anchor: str) -> None:
    """Give an author's id to an element, or to an anchor in it when it has one already."""
    if anchor and WANTED_ID in element.attrib:
        element = ET.SubElement(element, "span")
    if anchor:
        element.set(WANTED_ID, anchor)


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


def plain_text(heading: ET.Element) -> str:
    """Return the words of a heading on one line, without the numbers of footnotes."""
    return " ".join("".join(texts_in(heading)).split())


def texts_in(element: ET.Element, *, without_class: str = "") -> Iterator[str]:
    """Yield the texts in an element, but the numbers of footnotes and what has that class."""
    yield element.text or element.get("alt") or ""
    for child in element:
        if child.tag == "br":
            yield " "
        elif child.tag != "sup" and child.get("class") != without_class:
            yield from texts_in(child, without_class=without_class)
        yield child.tail or ""
