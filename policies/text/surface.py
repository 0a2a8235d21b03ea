"""A text as blocks that can be edited without seeing Markdown, each with its source. Pure.

The editor's formatted surface gets its blocks from here, so that Markdown is read in one place,
by one grammar. What was not changed there is written back as its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from markdown_it.tree import SyntaxTreeNode

from policies.text.markdown.blocks import is_blank
from policies.text.markdown.grammar import WANTED_ID, LinkDefinitions, parse
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.markdown.list_rule import LABEL
from policies.text.rendering.sanitizer import is_safe_url

MAX_CHARACTERS = 100_000  # of a text that is shown formatted: a browser edits that without delay
MAX_TEXTS = 5_000  # at once: a part is read again block by block

# A node of ProseMirror as JSON; static/policies/editor/surface/schema.js has its schema.
Node = dict[str, Any]


class Block(NamedTuple):
    """A top-level block. gap: the white space before it. node: None for what the surface can't
    show, which is edited as Markdown. items: the sources of a list's items, from the left margin.
    """

    gap: str
    source: str
    node: Node | None
    items: list[str]


class Divided(NamedTuple):
    """The gaps and sources of the blocks, one after the other, and then `end` are the text."""

    blocks: list[Block]
    end: str


def divide_all(texts: list[str], definitions: str = "") -> list[Divided]:
    """Return each text, such as a section's body, as blocks. Raises RenderingRefused.

    texts: with "\\n" for every line end. definitions: the lines of other sections that define
    footnotes and the addresses of links.
    """
    if sum(map(len, texts)) > MAX_CHARACTERS:
        raise RenderingRefused(f"It has more than {MAX_CHARACTERS:,} characters.")
    if len(texts) > MAX_TEXTS:
        raise RenderingRefused(f"It has more than {MAX_TEXTS:,} blocks.")
    known = LinkDefinitions()
    check_text(definitions)
    parse(definitions, known)
    return [_divided(text, known) for text in texts]


def _divided(text: str, known: LinkDefinitions) -> Divided:
    check_text(text)
    definitions = LinkDefinitions(known)
    definitions.notes = dict(known.notes)
    tree = SyntaxTreeNode(parse(text, definitions, clauses=True))
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]  # of each line, and after the last
    blocks, written = [], 0
    for first, last, node in _ranges(lines, tree):
        start, end = starts[first], starts[last + 1] - 1
        items = [text[starts[i] : starts[j + 1] - 1] for i, j in _items(lines, node)]
        blocks.append(Block(text[written:start], text[start:end], _shown(node), items))
        written = end
    return Divided(blocks, text[written:])


def _ranges(
    lines: list[str], tree: SyntaxTreeNode
) -> Iterator[tuple[int, int, SyntaxTreeNode | None]]:
    """Yield the first and the last line of each block, without blank lines around it.

    Lines between blocks that are not blank, such as the definition of a link, are a block, too.
    """
    done = 0
    for node in tree.children:
        start, end = node.map or (done, done)
        for first, after, block in ((done, start, None), (start, end, node)):
            for filled in _filled(lines, first, after):
                yield *filled, block
        done = end
    for filled in _filled(lines, done, len(lines)):
        yield *filled, None


def _filled(lines: list[str], first: int, after: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of some lines that are not blank, if there are any."""
    filled = [index for index in range(first, after) if not is_blank(lines[index])]
    if filled:
        yield filled[0], filled[-1]


def _items(lines: list[str], block: SyntaxTreeNode | None) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each item of a list at the left margin."""
    if block and block.type in ("bullet_list", "ordered_list") and block.map:
        for item in block.children:
            if item.map and not lines[item.map[0]].startswith((" ", "\t")):
                yield from _filled(lines, *item.map)


class _NotShown(Exception):
    """The surface has no such node."""


def _shown(block: SyntaxTreeNode | None) -> Node | None:
    try:
        if block and block.type == "footnote_reference":
            return _with_blocks("note", block, label=block.meta["label"])
        return _node(block) if block else None
    except _NotShown:
        return None


def _node(block: SyntaxTreeNode) -> Node:
    match block.type:
        case "paragraph" | "heading":
            return _text_block(block)
        case "bullet_list" | "ordered_list" | "list_item":
            return _list_part(block)
        case "table":
            rows = (row for part in block.children for row in part.children)
            return {"type": "table", "content": [_with_blocks("table_row", row) for row in rows]}
        case "th" | "td" if WANTED_ID not in block.attrs:
            kind = "table_header" if block.type == "th" else "table_cell"
            align = str(block.attrs.get("style", "")).removeprefix("text-align:") or None
            paragraph = {"type": "paragraph", "content": _words_of(block)}
            return {"type": kind, "attrs": {"align": align}, "content": [paragraph]}
        case "fence" | "code_block" if WANTED_ID not in block.attrs:
            text = [{"type": "text", "text": block.content}] if block.content else []
            return {"type": "code_block", "attrs": {"info": block.info}, "content": text}
        case "blockquote":
            return _with_blocks("quotation", block)
        case "hr":
            return {"type": "rule"}
    raise _NotShown


def _text_block(block: SyntaxTreeNode) -> Node:
    attributes: dict[str, Any] = {"anchor": block.attrs.get(WANTED_ID)}
    if block.type == "heading":
        attributes["level"] = int(block.tag[1])
    return {"type": block.type, "attrs": attributes, "content": _words_of(block)}


def _list_part(block: SyntaxTreeNode) -> Node:
    """Return a list, tight where the page puts no space between its items, or an item."""
    if block.type == "list_item":
        return _with_blocks("list_item", block, label=block.attrs.get(LABEL))
    children = (it for item in block.children for it in item.children)
    tight = all(it.hidden for it in children if it.type == "paragraph")
    sign = {"sign": block.markup} if block.type == "bullet_list" else {}
    return _with_blocks(block.type, block, tight=tight, **sign)


def _with_blocks(kind: str, block: SyntaxTreeNode, **attributes: Any) -> Node:
    content = [_node(child) for child in block.children] or [{"type": "paragraph"}]
    return {"type": kind, "attrs": attributes, "content": content}


def _words_of(block: SyntaxTreeNode) -> list[Node]:
    inlines = block.children[0].children if block.children else []
    return _joined(_words(inlines, ()))


_MARKS = {"strong": "strong", "em": "em", "s": "strike"}


def _words(inlines: Iterable[SyntaxTreeNode], marks: tuple[Node, ...]) -> Iterator[Node]:
    """Yield texts and what is between them, with the marks around each."""
    before = None
    for it in inlines:
        if it.type in _MARKS:
            mark = {"type": _MARKS[it.type]}
            yield from _words(it.children, marks if mark in marks else (*marks, mark))
        elif it.type == "link":
            yield from _link(it, marks)
        elif it.type != "softbreak" or before != "hardbreak":
            yield _piece(it, list(marks))
        before = it.type


def _link(it: SyntaxTreeNode, marks: tuple[Node, ...]) -> list[Node]:
    href = str(it.attrs["href"])
    attributes = {"href": href, "title": it.attrs.get("title")}
    words = list(_words(it.children, (*marks, {"type": "link", "attrs": attributes})))
    if not words or not is_safe_url(href):
        raise _NotShown
    return words


def _piece(it: SyntaxTreeNode, marks: list[Node]) -> Node:
    match it.type:
        case "text":
            return {"type": "text", "text": it.content, "marks": marks}
        case "softbreak":
            return {"type": "text", "text": " ", "marks": marks}
        case "code_inline":
            return {"type": "text", "text": it.content, "marks": [*marks, {"type": "code"}]}
        case "hardbreak":
            return {"type": "hard_break", "marks": marks}
        case "footnote_ref":
            return {"type": "footnote", "attrs": {"label": it.meta["label"]}, "marks": marks}
        case "anchor":
            return {"type": "anchor", "attrs": {"id": it.attrs[WANTED_ID]}, "marks": marks}
    raise _NotShown


def _joined(words: Iterable[Node]) -> list[Node]:
    """Join texts with the same marks, as ProseMirror does; leave empty ones out."""
    found: list[Node] = []
    for it in words:
        if it.get("text") == "":
            continue
        last = found[-1] if found else {}
        if it["type"] == last.get("type") == "text" and it["marks"] == last["marks"]:
            last["text"] += it["text"]
        else:
            found.append(it)
    return found
