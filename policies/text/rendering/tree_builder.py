"""The tree that Python-Markdown writes, built from the tokens of the grammar. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence, Set
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import repeat

from markdown_it.token import Token

from policies.cache import OF_TEXTS
from policies.text.markdown.clauses import Path, paths
from policies.text.markdown.grammar import WANTED_ID, LinkDefinitions, parse
from policies.text.markdown.limits import Budget, RenderingRefused, max_elements
from policies.text.markdown.list_rule import LABEL
from policies.text.markdown.outline import words
from policies.text.rendering.clauses import CLAUSE, LIST
from policies.text.xml_text import add_text

# How many elements the steps after the grammar make of one, where that is more than one.
_COST = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), 3),
    "note": 4,
    "noteref": 3,
    "pre": 2,
    "table": 2,
    "div": 2,
}


def build(
    text: str, definitions: LinkDefinitions, *, clauses: bool, parts: Sequence[str] = ()
) -> ET.Element:
    """Return the tree of a whole document, built of its parts if they are known; adds to the
    definitions. Raises RenderingRefused for a text that goes over a limit.
    """
    root = ET.Element("div")
    joined = None
    if "\n\n".join(parts) + "\n" == text:
        joined = _joined(parts, len(text), definitions, clauses=clauses)
    if joined is None:
        Tree(root, len(text), clauses=clauses).fill(parse(text, definitions, clauses=clauses))
    else:
        root[:] = joined
    return root


@dataclass(frozen=True, slots=True)
class _Built:
    """A part of a text. used: the definitions that its links asked for. spent: of the Budget."""

    elements: ET.Element
    used: Set[str]
    spent: int


# A heading that each part is read with: if it is none then, the part does not end with itself.
_NEXT = "\n\n## Next"


def _joined(
    parts: Sequence[str], length: int, definitions: LinkDefinitions, *, clauses: bool
) -> list[ET.Element] | None:
    """Return the elements of a text's parts, each built once and kept; adds to the definitions.

    length: of the text. None if a part does not end where the next begins, or a limit is reached:
    then the text has to be read as a whole.
    """
    known = LinkDefinitions()
    try:
        for part in parts:
            if "]:" in part:
                make = partial(_definitions, part, clauses=clauses)
                found = OF_TEXTS.get(("definitions", part, clauses), len(part), make)
                for label, definition in found.items():
                    known.setdefault(label, definition)
                known.notes |= dict.fromkeys(found.notes, -1)
        targets = tuple((label, it["href"], it["title"]) for label, it in known.items())
        defined = sha256(repr((targets, *known.notes)).encode("utf-8", "surrogatepass")).digest()
        built = [
            OF_TEXTS.get(
                ("tree", part, clauses, defined), len(part), partial(_build, part, known, clauses)
            )
            for part in parts
        ]
    except RenderingRefused:
        return None
    if sum(it.spent for it in built) > max_elements(length):
        return None
    definitions.update(known)
    definitions.used.update(*(it.used for it in built))
    return [element for it in built for element in deepcopy(it.elements)]


def _definitions(part: str, *, clauses: bool) -> LinkDefinitions:
    """Raises RenderingRefused."""
    found = LinkDefinitions()
    parse(part, found, clauses=clauses)
    return found


def _build(part: str, known: LinkDefinitions, clauses: bool) -> _Built:
    """Raises RenderingRefused."""
    definitions = LinkDefinitions(known)
    definitions.notes |= known.notes
    tokens = parse(part + _NEXT, definitions, clauses=clauses)
    if [(it.type, it.level) for it in tokens[-3:-2]] != [("heading_open", 0)]:
        raise RenderingRefused("This part does not end before the next.")
    tree = Tree(ET.Element("part"), len(part), clauses=clauses)
    tree.fill(tokens[:-3])
    return _Built(tree.root, definitions.used, max_elements(len(part)) - tree.budget.left)


class Tree:
    """Builds a tree of tokens.

    Texts in it are plain: no entities, no escapes. Its elements are those of sanitizer.TAGS and
    h1, and two that the footnotes step resolves: `note`, a definition with its label, and
    `noteref`, a reference to one. An author's id is in the attribute WANTED_ID.
    """

    def __init__(self, root: ET.Element, length: int, *, clauses: bool) -> None:
        self.root, self.clauses, self.budget = root, clauses, Budget(length)

    def fill(self, tokens: Sequence[Token]) -> None:
        """Add what the tokens of a text give. Raises RenderingRefused."""
        stack = [self.root]
        places = paths(tokens) if self.clauses else repeat(Path())
        for token, path in zip(tokens, places, strict=False):
            if token.map:
                self.budget.line = token.map[0] + 1
            if token.hidden:
                # A paragraph of a tight list item, which has no element: its id is the item's.
                if token.nesting > 0:
                    _give_id(stack[-1], str(token.attrs.get(WANTED_ID, "")))
            elif token.type == "inline":
                self._fill_inline(stack, token.children or [])
            elif token.type in {"fence", "code_block"}:
                pre = self._add(stack, "pre", {})
                _give_id(pre, str(token.attrs.get(WANTED_ID, "")))
                ET.SubElement(pre, "code").text = token.content
            elif token.nesting < 0:
                stack.pop()
            else:
                element = self._add(stack, *self._block_element(token, path))
                if token.nesting > 0:
                    stack.append(element)

    def _block_element(self, token: Token, path: Path) -> tuple[str, dict[str, str]]:
        if self.clauses and token.type == "ordered_list_open":
            return "div", LIST
        if LABEL in token.attrs:
            return "div", {**_element(token)[1], **CLAUSE, LABEL: "\n".join(path.labels)}
        return _element(token)

    def _fill_inline(self, outer: list[ET.Element], tokens: Sequence[Token]) -> None:
        stack = outer[:]
        words: list[str] = []  # put together first: a text that grows is copied each time
        for token in tokens:
            parent = stack[-1]
            if token.type in {"text", "softbreak"}:
                words.append(token.content if token.type == "text" else "\n")
                continue
            add_text(parent, "".join(words))
            words.clear()
            if token.type == "attributes":
                # Only an element right before it can take the id; after text, it becomes an anchor.
                last = parent[-1] if len(parent) and not parent[-1].tail else None
                if last is None or WANTED_ID in last.attrib or last.tag == "noteref":
                    last = self._add(stack, "span", {})
                last.set(WANTED_ID, str(token.attrs[WANTED_ID]))
            elif token.nesting < 0:
                stack.pop()
            else:
                element = self._add(stack, *_element(token))
                if token.type == "code_inline":
                    element.text = token.content
                elif token.nesting > 0:
                    stack.append(element)
        add_text(stack[-1], "".join(words))

    def _add(self, stack: list[ET.Element], tag: str, attributes: dict[str, str]) -> ET.Element:
        self.budget.spend(_COST.get(tag, 1), depth=len(stack))
        return ET.SubElement(stack[-1], tag, attributes)


def _element(token: Token) -> tuple[str, dict[str, str]]:
    if token.type in {"footnote_reference_open", "footnote_ref"}:
        return "note" if token.nesting else "noteref", {"label": str(token.meta["label"])}
    attributes = {name: str(value) for name, value in token.attrs.items()}
    if token.type == "image":
        attributes["alt"] = "".join(words(token.children or []))
    if style := attributes.pop("style", ""):  # the one style there is: a cell's alignment
        attributes["class"] = "align-" + style.removeprefix("text-align:")
    return ("del" if token.tag == "s" else token.tag), attributes


def _give_id(element: ET.Element, anchor: str) -> None:
    """Give an author's id to an element, or to an anchor in it when it has one already."""
    if anchor and WANTED_ID in element.attrib:
        element = ET.SubElement(element, "span")
    if anchor:
        element.set(WANTED_ID, anchor)
