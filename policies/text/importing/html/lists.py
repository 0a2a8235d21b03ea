"""Lists and definition lists of HTML, as Markdown. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain, groupby, pairwise
from typing import NamedTuple, Protocol, TypeGuard

from bs4.element import Comment, NavigableString, PageElement, Tag

from policies.text.importing.html import list_markers
from policies.text.importing.html.elements import BLOCKS, HEADINGS
from policies.text.importing.html.inline import InlineReader
from policies.text.importing.inline_markdown import Span, write
from policies.text.markdown.import_notes import IN_DIGITS, LABEL_AS_TEXT
from policies.text.markdown.labels import is_first_label, sign_of


class Block(NamedTuple):
    """A block of Markdown.

    kind: what it is ("p", "ul-", "ol.", "pre", …). number: the label of a list's last item, if that
    is a number and the item before it, if any, has another sign behind its own.
    """

    kind: str
    text: str
    number: str = ""


class Writer(Protocol):
    """What writes the blocks inside of items: blocks.Blocks, where its methods are described."""

    inline: InlineReader
    pending: list[str]
    nested: int
    clauses: bool

    def inside(self) -> AbstractContextManager[None]: ...
    def take_pending(self) -> list[Span]: ...
    def blocks(self, nodes: Iterable[PageElement], style: Span = ...) -> list[Block]: ...
    def line(self, nodes: Iterable[PageElement], style: Span = ...) -> list[Span]: ...


# Stands for the sign after the numbers of a list right behind another one: ")" parts the two. In a
# text with clauses it would be seen, and is ".".
PARTED = "\0"
_LISTS = ("ul-", "ul*", "ol.", "ol)")
_NO_BLOCK = Block("", "")


def write_list(writer: Writer, tag: Tag, style: Span, before: Block = _NO_BLOCK) -> list[Block]:
    """Return the blocks of a list. before: the block before it."""
    items = _items(tag)
    style = writer.inline.style(tag, style)
    form, labels = writer.inline.labels(tag)
    if not writer.nested and items and all(_starts_with_heading(item) for item in items):
        return _sections(writer, tag, style, labels)
    if not labels and form != list_markers.BULLET:
        return _as_blocks(writer, tag, style)
    if form == list_markers.UNKNOWN:
        writer.inline.notes.add(IN_DIGITS, tag.get_text(), tag)
    writer.clauses = writer.clauses or has_own_labels(tag, labels)
    texts = {item for item, label in labels.items() if label and not sign_of(label)}
    if writer.clauses:
        texts |= _counted_up(labels, before.number)
    made = _List(writer.clauses, before)
    with writer.inside():
        for item in items:
            label = labels.get(id(item), "") if labels else "-"
            is_text = id(item) in texts
            if is_text and (words := _put_before_words(item, f"{label} ")):
                writer.inline.notes.add(LABEL_AS_TEXT, f"{label} {words}", item)
            inside = _content(writer, item, style)
            is_list = bool(inside) and inside[0].kind in _LISTS and not _is_item(item)
            made.add("" if is_text or (is_list and made.rows) else label, inside, apart=is_text)
    return made.close()


def has_own_labels(tag: Tag, labels: Mapping[int, str]) -> bool:
    """Return whether a list has labels that Markdown's lists of 1., 2., 3. do not have."""
    items = [item for item in _items(tag) if _is_item(item) and _first_words(item)]
    shown = [label for item in items if sign_of(label := labels.get(id(item), ""))]
    return not list_markers.count_up(shown)


def _counted_up(labels: Mapping[int, str], before: str) -> set[int]:
    """Return the items whose label would change: where all in a row have one number, it counts up.

    before: the label of the items right before the list, if it is one number.
    """
    found: set[int] = set()
    shown = ((item, label) for item, label in labels.items() if label)
    for _, group in groupby(shown, lambda row: (bool(sign_of(row[1])), row[1][-1] == ")")):
        row = dict(group)
        several = len(row) > 1 or before in row.values()
        if several and len({*row.values()}) == 1 and next(iter(row.values()))[:-1].isdecimal():
            found |= {*row}
        before = ""
    return found


@dataclass(slots=True)
class _List:
    """Blocks of a list in the making. rows: the items that are waiting, each with its label."""

    clauses: bool
    before: Block
    out: list[Block] = field(default_factory=list)
    rows: list[tuple[str, list[Block]]] = field(default_factory=list)

    def add(self, label: str, inside: list[Block], *, apart: bool) -> None:
        """Add an item. label: "" for one without. apart: it is no part of the item before it."""
        if not inside:
            return
        if label:
            self.rows.append((label, inside))
        elif self.rows and not apart:
            self.rows[-1][1].extend(inside)
        else:
            self.out, self.before = [*self.close(), *inside], _NO_BLOCK

    def close(self) -> list[Block]:
        rows, self.rows = self.rows, []
        if not rows:
            return self.out
        kind, labels = self._marked([label for label, _ in rows])
        loose = any(_is_apart(*pair) for _, row in rows for pair in pairwise(row))
        texts = [_item(label, row[1], loose=loose) for label, row in zip(labels, rows, strict=True)]
        *others, last = labels
        is_alone = not others or (others[-1][-1] == ")") != (last[-1] == ")")
        number = last if is_alone and last[:-1].isdecimal() else ""
        return [*self.out, Block(kind, ("\n\n" if loose else "\n").join(texts), number)]

    def _marked(self, labels: list[str]) -> tuple[str, list[str]]:
        """Return the kind of a list, and the signs of its items."""
        kind, first, second = ("ul", "-", "*") if labels[0] == "-" else ("ol", ".", ")")
        parted = self.before.kind == f"{kind}{first}"
        if kind == "ul":
            sign = second if parted else first
            return f"{kind}{sign}", [sign for _ in labels]
        if self.clauses or not parted:
            return f"{kind}{first}", labels
        sign = second if {*labels} == {self.before.number} else PARTED
        return f"{kind}{second}", [f"{label[:-1]}{sign}" for label in labels]


def _is_apart(before: Block, block: Block) -> bool:
    """Return whether there must be an empty line before a block in an item."""
    if block.kind not in _LISTS:
        return True
    label = block.text.split(maxsplit=1)[0]
    return block.kind[:2] == "ol" and before.kind not in _LISTS and not is_first_label(label)


def _put_before_words(item: PageElement, words: str) -> str:
    """Put words at the start of an item's first paragraph, or before a list that comes first.

    Return the words that were first, "" if there were none, and so none were put before them.
    """
    first = _first_words(item) if _is_item(item) else None
    if first is None or not _is_item(item):
        return ""
    place: PageElement = first
    while place.parent is not None and place.parent is not item and place.parent.name not in BLOCKS:
        place = place.parent
    if place.parent is item or (place.parent is not None and place.parent.name in ("p", "div")):
        place.insert_before(NavigableString(words))
    else:
        item.insert(0, NavigableString(words))
    return first.strip()


def _sections(writer: Writer, tag: Tag, style: Span, labels: Mapping[int, str]) -> list[Block]:
    """Return a list whose items all begin with a heading as a row of sections."""
    for item in _items(tag):
        label = labels.get(id(item))
        if label and _is_item(item) and (heading := item.find(HEADINGS)) is not None:
            heading.insert(0, NavigableString(f"{label} "))
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
    out: list[Block] = []
    terms: list[str] = []
    texts: list[list[Block]] = []
    for part in _definition_parts(tag):
        if isinstance(part, Tag) and part.name == "dt":
            if texts:
                out += _definition(terms, texts)
                terms, texts = [], []
            writer.pending += writer.inline.anchors(part)
            own = writer.inline.style(part, style)
            words = [*writer.take_pending(), *writer.line(part.children, own)]
            terms.append(write(words, break_mark=" "))
            continue
        with writer.inside():
            inside = _content(writer, part, style)
        if inside:
            texts.append(inside)
    return out + _definition(terms, texts)


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


def _item(label: str, blocks: Sequence[Block], *, loose: bool) -> str:
    sign = sign_of(label, blocks[0].text) or f"{label} "
    width = max(4, len(sign))
    text = together(blocks, "\n\n" if loose else "\n")
    return (sign.ljust(width) if blocks[0].kind == "pre" else sign) + indented(text, width)


def together(blocks: Iterable[Block], gap: str = "\n\n") -> str:
    return gap.join(block.text for block in blocks)


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


def _definition(terms: Sequence[str], texts: Sequence[Sequence[Block]]) -> list[Block]:
    term = "<br>".join(filter(None, terms))
    if not term or not texts:
        words = [Block("p", term)] if term else []
        return [*words, *chain.from_iterable(texts)]
    gap = "\n\n" if any(len(text) > 1 for text in texts) else "\n"
    rows = [f":   {indented(together(text), 4)}" for text in texts]
    return [Block("dl", gap.join([term, *rows]))]
