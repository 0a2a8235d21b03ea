"""A text as blocks that can be edited without seeing Markdown, each with its source. Pure.

The editor's formatted surface gets its blocks from here, so that Markdown is read in one place,
by one grammar. What was not changed there is written back as its source.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from policies.text.markdown.grammar import WANTED_ID
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.markdown.lines import is_blank
from policies.text.markdown.tree import Block, Inline, ParsedText, defined_by, read, with_words
from policies.text.rendering.sanitizer import is_safe_url

MAX_CHARACTERS = 100_000  # of a text that is shown formatted: a browser edits that without delay
MAX_TEXTS = 5_000  # at once: a part is read again block by block

# A node of ProseMirror as JSON; static/policies/editor/surface/schema.js has its schema.
Node = dict[str, Any]


class ShownBlock(NamedTuple):
    """A top-level block. gap: the white space before it. node: None for what the surface can't
    show, which is edited as Markdown. items: the sources of a list's items, from the left margin.
    """

    gap: str
    source: str
    node: Node | None
    items: list[str]


class Divided(NamedTuple):
    """The gaps and sources of the blocks, one after the other, and then `end` are the text."""

    blocks: list[ShownBlock]
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
    check_text(definitions)
    around = read(definitions, clauses=True)
    return [_divide(text, around) for text in texts]


def _divide(text: str, around: ParsedText) -> Divided:
    check_text(text)
    part = read(text, clauses=True)
    blocks = with_words(part, defined_by([around, part])).blocks
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]  # of each line, and after the last
    shown, written = [], 0
    for first, last, block in _ranges(lines, blocks):
        start, end = starts[first], starts[last + 1] - 1
        items = [text[starts[i] : starts[j + 1] - 1] for i, j in _items(lines, block)]
        shown.append(ShownBlock(text[written:start], text[start:end], _node_if_shown(block), items))
        written = end
    return Divided(shown, text[written:])


def _ranges(lines: list[str], blocks: Iterable[Block]) -> Iterator[tuple[int, int, Block | None]]:
    """Yield the first and the last line of each block, without blank lines around it.

    Lines between blocks that are not blank, such as the definition of a link, are a block, too.
    """
    done = 0
    for block in blocks:
        start, end = block.lines
        for first, after, found in ((done, start, None), (start, end, block)):
            for filled in _filled(lines, first, after):
                yield *filled, found
        done = end
    for filled in _filled(lines, done, len(lines)):
        yield *filled, None


def _filled(lines: list[str], first: int, after: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of some lines that are not blank, if there are any."""
    filled = [index for index in range(first, after) if not is_blank(lines[index])]
    if filled:
        yield filled[0], filled[-1]


def _items(lines: list[str], block: Block | None) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each item of a list at the left margin."""
    if block and block.kind in ("bullet_list", "ordered_list"):
        for item in block.children:
            if not lines[item.lines[0]].startswith((" ", "\t")):
                yield from _filled(lines, *item.lines)


class _NotShown(Exception):
    """The surface has no such node."""


def _node_if_shown(block: Block | None) -> Node | None:
    try:
        if block and block.kind == "footnote_reference":
            return _with_blocks("note", block, label=block.label)
        return _node(block) if block else None
    except _NotShown:
        return None


def _node(block: Block) -> Node:
    match block.kind:
        case "paragraph" | "heading":
            return _text_block(block)
        case "bullet_list" | "ordered_list" | "list_item":
            return _list_part(block)
        case "table":
            rows = (row for part in block.children for row in part.children)
            return {"type": "table", "content": [_with_blocks("table_row", row) for row in rows]}
        case "th" | "td" if WANTED_ID not in block.attributes:
            kind = "table_header" if block.kind == "th" else "table_cell"
            align = block.attributes.get("style", "").removeprefix("text-align:") or None
            paragraph = {"type": "paragraph", "content": _content_of(block)}
            return {"type": kind, "attrs": {"align": align}, "content": [paragraph]}
        case "fence" | "code_block" if WANTED_ID not in block.attributes:
            text = [{"type": "text", "text": block.content}] if block.content else []
            return {"type": "code_block", "attrs": {"info": block.info}, "content": text}
        case "blockquote":
            return _with_blocks("quotation", block)
        case "hr":
            return {"type": "rule"}
    raise _NotShown


def _text_block(block: Block) -> Node:
    attributes: dict[str, Any] = {"anchor": block.attributes.get(WANTED_ID)}
    if block.kind == "heading":
        attributes["level"] = int(block.tag[1])
    return {"type": block.kind, "attrs": attributes, "content": _content_of(block)}


def _list_part(block: Block) -> Node:
    """Return a list, tight where the page puts no space between its items, or an item."""
    if block.kind == "list_item":
        return _with_blocks("list_item", block, label=block.label or None)
    inside = (child for item in block.children for child in item.children)
    tight = all(child.is_hidden for child in inside if child.kind == "paragraph")
    sign = {"sign": block.markup} if block.kind == "bullet_list" else {}
    return _with_blocks(block.kind, block, tight=tight, **sign)


def _with_blocks(kind: str, block: Block, **attributes: Any) -> Node:
    content = [_node(child) for child in block.children] or [{"type": "paragraph"}]
    return {"type": kind, "attrs": attributes, "content": content}


def _content_of(block: Block) -> list[Node]:
    return _with_texts_joined(_inline_nodes(block.inlines, ()))


_MARKS = {"strong": "strong", "em": "em", "s": "strike"}


def _inline_nodes(inlines: Iterable[Inline], marks: tuple[Node, ...]) -> Iterator[Node]:
    """Yield texts and what is between them, with the marks around each."""
    before = None
    for inline in inlines:
        if inline.kind in _MARKS:
            mark = {"type": _MARKS[inline.kind]}
            yield from _inline_nodes(inline.children, marks if mark in marks else (*marks, mark))
        elif inline.kind == "link":
            yield from _link(inline, marks)
        elif inline.kind != "softbreak" or before != "hardbreak":
            yield _leaf_node(inline, list(marks))
        before = inline.kind


def _link(link: Inline, marks: tuple[Node, ...]) -> list[Node]:
    href = link.attributes["href"]
    attributes = {"href": href, "title": link.attributes.get("title")}
    words = list(_inline_nodes(link.children, (*marks, {"type": "link", "attrs": attributes})))
    if not words or not is_safe_url(href):
        raise _NotShown
    return words


def _leaf_node(inline: Inline, marks: list[Node]) -> Node:
    match inline.kind:
        case "text":
            return {"type": "text", "text": inline.content, "marks": marks}
        case "softbreak":
            return {"type": "text", "text": " ", "marks": marks}
        case "code_inline":
            return {"type": "text", "text": inline.content, "marks": [*marks, {"type": "code"}]}
        case "hardbreak":
            return {"type": "hard_break", "marks": marks}
        case "footnote_ref":
            return {"type": "footnote", "attrs": {"label": inline.content}, "marks": marks}
        case "anchor":
            anchor = inline.attributes[WANTED_ID]
            return {"type": "anchor", "attrs": {"id": anchor}, "marks": marks}
    raise _NotShown


def _with_texts_joined(words: Iterable[Node]) -> list[Node]:
    """Join texts with the same marks, as ProseMirror does; leave empty ones out."""
    found: list[Node] = []
    for word in words:
        if word.get("text") == "":
            continue
        last = found[-1] if found else {}
        if word["type"] == last.get("type") == "text" and word["marks"] == last["marks"]:
            last["text"] += word["text"]
        else:
            found.append(word)
    return found
