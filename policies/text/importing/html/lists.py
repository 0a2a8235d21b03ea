"""Lists and definition lists of HTML, as Markdown. Pure."""

import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, TypeGuard

from bs4.element import Comment, NavigableString, PageElement, Tag

from policies.text.importing.html import list_markers
from policies.text.importing.html.elements import BLOCKS, HEADINGS
from policies.text.importing.html.inline import Inline
from policies.text.importing.inline_markdown import Span, write
from policies.text.markdown.import_notes import JUMPS, LETTERS


class Block(NamedTuple):
    """A block of Markdown. kind: what it is ("p", "ul-", "ol.", "pre", …)."""

    kind: str
    text: str


class Writer(Protocol):
    """What writes the blocks inside of items: blocks.Blocks, where its methods are described."""

    inline: Inline
    pending: list[str]
    nested: int

    def inside(self) -> AbstractContextManager[None]: ...
    def take_pending(self) -> list[Span]: ...
    def blocks(self, nodes: Iterable[PageElement], style: Span = ...) -> list[Block]: ...
    def line(self, nodes: Iterable[PageElement], style: Span = ...) -> list[Span]: ...


def write_list(writer: Writer, tag: Tag, style: Span, before: str) -> list[Block]:
    """Return the blocks of a list. before: the kind of the block before it, "" for none."""
    items = _items(tag)
    style = writer.inline.style(tag, style)
    if not writer.nested and items and all(_starts_with_heading(item) for item in items):
        return _sections(writer, tag, style)
    form = list_markers.form_of_list(tag)
    if form and list_markers.jumps(tag):  # as numbers, nobody would recognise its letters
        for entry, place in list_markers.numbers(tag):
            _put_before_words(entry, f"{list_markers.marker(place, form)}. ")
        return _as_blocks(writer, tag, style)
    ordered = tag.name == "ol" or bool(form)
    number = list_markers.first_number(tag) if ordered else 0
    if ordered:
        _note_what_changes(writer, tag, form)
    first, second = (".", ")") if ordered else ("-", "*")
    sign = second if before == f"{'ol' if ordered else 'ul'}{first}" else first
    rows: list[list[Block]] = []
    markers: list[str] = []
    with writer.inside():
        for item in items:
            inside = _content(writer, item, style)
            if inside and inside[0].kind[:2] in ("ul", "ol") and rows and not _is_item(item):
                rows[-1] += inside  # a list right inside a list belongs to the item before it
                continue
            if inside:
                rows.append(inside)
                markers.append(f"{number}{sign}" if ordered else sign)
            number += 1
    if not rows:
        return []
    loose = any(block.kind not in ("ul-", "ul*", "ol.", "ol)") for row in rows for block in row[1:])
    texts = [_item(marker, row, loose=loose) for marker, row in zip(markers, rows, strict=True)]
    return [Block(f"{'ol' if ordered else 'ul'}{sign}", ("\n\n" if loose else "\n").join(texts))]


def _note_what_changes(writer: Writer, tag: Tag, form: str) -> None:
    add = writer.inline.notes.add
    if form:
        add(LETTERS, tag.get_text(), tag)
    if tag.has_attr("reversed"):
        add("list that counted down now counts up", tag.get_text(), tag)
    if list_markers.jumps(tag):
        add(JUMPS, tag.get_text(), tag)


def _put_before_words(item: Tag, words: str) -> None:
    """Put words at the start of an item's first paragraph, or before a list that comes first."""
    place: PageElement | None = _first_words(item)
    if place is None:
        return
    while place.parent is not None and place.parent is not item and place.parent.name not in BLOCKS:
        place = place.parent
    if place.parent is item or (place.parent is not None and place.parent.name in ("p", "div")):
        place.insert_before(NavigableString(words))
    else:
        item.insert(0, NavigableString(words))


def _sections(writer: Writer, tag: Tag, style: Span) -> list[Block]:
    """Return a list whose items all begin with a heading as a row of sections."""
    form = list_markers.form_of_list(tag)
    for item, number in list_markers.numbers(tag) if tag.name == "ol" else ():
        if (heading := item.find(HEADINGS)) is not None:
            heading.insert(0, NavigableString(f"{list_markers.marker(number, form)}. "))
    return _as_blocks(writer, tag, style)


def _as_blocks(writer: Writer, tag: Tag, style: Span) -> list[Block]:
    return [block for item in _items(tag) for block in _content(writer, item, style)]


def _content(writer: Writer, part: PageElement, style: Span) -> list[Block]:
    """Return the blocks in an item or a definition; of other parts of a list, their own."""
    if isinstance(part, Tag) and part.name in ("li", "dd"):
        writer.pending += writer.inline.anchors(part)
        return writer.blocks(part.children, writer.inline.style(part, style))
    return writer.blocks([part], style)


def write_definitions(writer: Writer, tag: Tag, style: Span) -> list[Block]:
    groups: list[tuple[list[str], list[list[Block]]]] = [([], [])]
    for part in _definition_parts(tag):
        if isinstance(part, Tag) and part.name == "dt":
            if groups[-1][1]:
                groups.append(([], []))
            writer.pending += writer.inline.anchors(part)
            own = writer.inline.style(part, style)
            words = [*writer.take_pending(), *writer.line(part.children, own)]
            term = write(words, break_mark=" ", keep_ids=writer.inline.keep_ids)
            groups[-1][0].append(term)
            continue
        with writer.inside():
            inside = _content(writer, part, style)
        if inside:
            groups[-1][1].append(inside)
    out: list[Block] = []
    for terms, texts in groups:
        out += _definition("<br>".join(filter(None, terms)), texts)
    return out


def _items(tag: Tag) -> list[PageElement]:
    return [child for child in tag.children if isinstance(child, Tag) or str(child).strip()]


def _is_item(node: PageElement) -> TypeGuard[Tag]:
    return isinstance(node, Tag) and node.name == "li"


def _starts_with_heading(item: PageElement) -> bool:
    first = _first_words(item) if _is_item(item) else None
    return first is not None and first.find_parent(HEADINGS) is not None


def _first_words(item: Tag) -> NavigableString | None:
    words = (node for node in item.descendants if isinstance(node, NavigableString))
    return next((node for node in words if node.strip() and not isinstance(node, Comment)), None)


def _item(marker: str, blocks: Sequence[Block], *, loose: bool) -> str:
    width = max(4, len(marker) + 1)
    first = marker.ljust(width) if blocks[0].kind == "pre" else f"{marker} "
    text = ("\n\n" if loose else "\n").join(block.text for block in blocks)
    return first + indented(text, width)


def indented(text: str, width: int) -> str:
    """Indent all lines but the first."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * width, text)


def _definition_parts(tag: Tag) -> list[PageElement]:
    out: list[PageElement] = []
    for child in tag.children:
        if isinstance(child, Tag) and child.name == "div" and child.find(["dt", "dd"]):
            out += _definition_parts(child)
        elif isinstance(child, Tag) or str(child).strip():
            out.append(child)
    return out


def _definition(term: str, texts: Sequence[Sequence[Block]]) -> list[Block]:
    if not term or not texts:
        words = [Block("p", term)] if term else []
        return words + [block for text in texts for block in text]
    gap = "\n\n" if any(len(text) > 1 for text in texts) else "\n"
    rows = [":   " + indented("\n\n".join(block.text for block in text), 4) for text in texts]
    return [Block("dl", gap.join([term, *rows]))]
