"""A text as the grammar reads it: one immutable tree of blocks and inlines. Pure.

It is read in two steps, each of which is kept for as long as the text is worked on. The blocks are
the same whatever is around them; which words in them are links and notes depends on what the whole
document defines. Every module that has to know what a text says walks this tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from policies.cache import OF_TEXTS
from policies.text.markdown.labels import ClausePath, is_number
from policies.text.markdown.limits import MAX_DEPTH, nested_too_deeply
from policies.text.markdown.list_rule import COLUMN, LABEL

if TYPE_CHECKING:
    from markdown_it.token import Token

    from policies.text.markdown.grammar import WordParser


class Inline(NamedTuple):
    """Words, or what is between or around them.

    kind: text, softbreak, hardbreak, code_inline, image, footnote_ref, anchor, attributes; around
    others em, strong, s, link. content: its words; of a footnote_ref its label. attributes: as
    HTML has them, and grammar.WANTED_ID.
    """

    kind: str
    tag: str
    content: str
    attributes: Mapping[str, str]
    children: tuple[Inline, ...] = ()


class Block(NamedTuple):
    """A block, and those in it.

    kind: heading, paragraph, ordered_list, bullet_list, list_item, blockquote, table, thead, tbody,
    tr, th, td, dl, dt, dd, fence, code_block, hr, footnote_reference. lines: its first line and the
    one after it, from 0; (0, 0) for parts of rows. content: the Markdown of its words, or code.
    inlines: its words, once they are read. label: of a list item that has one, or of a note.
    labels: of the clause that it begins or is in, and of those around it. column: where the content
    of a list item begins.
    """

    kind: str
    tag: str
    lines: tuple[int, int]
    content: str
    attributes: Mapping[str, str]
    markup: str
    info: str
    is_hidden: bool
    label: str
    labels: tuple[str, ...]
    column: int
    children: tuple[Block, ...] = ()
    inlines: tuple[Inline, ...] = ()


_Node = TypeVar("_Node", Block, Inline)


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the parts of a text refer to in one another.

    links: "href" and "title" by label, as the grammar has them. notes: the labels of footnotes.
    digest: of both; each part of a text asks for it.
    """

    links: Mapping[str, Mapping[str, str]]
    notes: tuple[str, ...] = ()
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        said = repr((dict(self.links), self.notes)).encode("utf-8", "surrogatepass")
        object.__setattr__(self, "digest", sha256(said).digest())


NONE = Definitions({})


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A text, or a part of one, read up to its words. clauses: whether items have their labels.

    has_labels: whether any of those is no plain number, as (a) is none.
    """

    text: str
    clauses: bool
    blocks: tuple[Block, ...]
    definitions: Definitions
    has_labels: bool


class ParsedWords(NamedTuple):
    """The blocks of a part with their words. used: the definitions that its links asked for."""

    blocks: tuple[Block, ...]
    used: frozenset[str]


def read(text: str, *, clauses: bool) -> ParsedText:
    """Return the blocks of a text. Raises RenderingRefused.

    clauses: whether (a), iv. and 2.1 begin list items, as they do in texts since version 1.1.
    """
    part = OF_TEXTS.get(("blocks", text, True), len(text), lambda: _read(text, clauses=True))
    if clauses or not part.has_labels:  # then the blocks are the same
        return part
    return OF_TEXTS.get(("blocks", text, False), len(text), lambda: _read(text, clauses=False))


def has_labels(text: str) -> bool:
    """Return whether a clause begins anywhere in a text with a label that is no plain number.

    Raises RenderingRefused.
    """
    return read(text, clauses=True).has_labels


def with_words(part: ParsedText, known: Definitions) -> ParsedWords:
    """Return the blocks of a part with their words. known: what the whole text defines.

    Raises RenderingRefused for words that are nested so deeply that no page shows them.
    """
    around = known.digest if "[" in part.text else b""
    key = "words", part.text, part.clauses, around
    return OF_TEXTS.get(key, len(part.text), lambda: _with_words(part, known))


def defined_by(parts: Iterable[ParsedText]) -> Definitions:
    """Return what all parts define; the first of two links with one label counts (CommonMark,
    section 4.7).
    """
    links: dict[str, Mapping[str, str]] = {}
    notes: list[str] = []
    for part in parts:
        for label, link in part.definitions.links.items():
            links.setdefault(label, link)
        notes += part.definitions.notes
    return Definitions(links, tuple(notes)) if links or notes else NONE


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks, each before those in it."""
    for block in blocks:
        yield block
        yield from walk(block.children)


def shown_texts(inlines: Iterable[Inline]) -> Iterator[str]:
    """Yield words as they are read, with those about images."""
    for inline in inlines:
        if inline.children:
            yield from shown_texts(inline.children)
        else:
            yield _UNWRITTEN.get(inline.kind, inline.content)


# What is read of inlines that are not read as they are written.
_UNWRITTEN = {"softbreak": " ", "hardbreak": " ", "footnote_ref": ""}


def _read(text: str, *, clauses: bool) -> ParsedText:
    from policies.text.markdown import grammar  # whoever only serves pages does without it

    read = grammar.parse_blocks(text, clauses=clauses)
    blocks = blocks_of(read.tokens)
    labels = (block.label for block in walk(blocks) if block.kind == "list_item")
    found = any(len(label) > 1 and not is_number(label) for label in labels)
    links = {
        label: {"href": link["href"], "title": link["title"]} for label, link in read.links.items()
    }
    return ParsedText(text, clauses, blocks, Definitions(links, read.notes), found)


def blocks_of(tokens: Iterable[Token]) -> tuple[Block, ...]:
    """Return the tree of a text's tokens, of which those of its words may be read or not."""
    of_blocks: list[Token] = []
    paths = [ClausePath()]
    for token in tokens:
        if token.type == "inline":
            of_blocks[-1].content = token.content  # the words of the block that was just opened
        else:
            token.meta[_LABELS] = _enter(token, paths)
            of_blocks.append(token)
    return _nested(of_blocks, _block, 1)


def _enter(token: Token, paths: list[ClausePath]) -> tuple[str, ...]:
    """Return the labels of the clause that a token is in, or begins. paths: of the tokens that are
    open, after the text's own.
    """
    if token.nesting < 0:
        paths.pop()
    path = paths[-1]
    if LABEL in token.attrs:
        path = path.next(str(token.attrs[LABEL]))
    elif token.type == "heading_open" and token.level == 0:
        path = paths[0] = ClausePath()
    elif token.type == "footnote_reference_open":  # at the end of the page
        path = ClausePath()
    elif token.nesting >= 0 and token.type != "ordered_list_open" and not token.hidden:
        path.pause()
    if token.nesting > 0:
        paths.append(path)
    return path.labels


_LABELS = "labels"  # by which a token has those of its clause


def _nested(
    tokens: Iterable[Token], make: Callable[[Token, tuple[_Node, ...], int], _Node], line: int
) -> tuple[_Node, ...]:
    """Return a node of each token, with those between it and the one that closes it.

    line: where the tokens begin. Raises RenderingRefused for more levels than can be walked.
    """
    opened: list[Token] = []
    inside: list[list[_Node]] = [[]]
    for token in tokens:
        if token.nesting > 0:
            opened.append(token)
            inside.append([])
            if len(opened) > MAX_DEPTH:
                raise nested_too_deeply(line)
            continue
        children: tuple[_Node, ...] = ()
        if token.nesting < 0:
            token, children = opened.pop(), tuple(inside.pop())
        inside[-1].append(make(token, children, line))
    return tuple(inside[0])


def _block(token: Token, children: tuple[Block, ...], _: int) -> Block:
    first, after = token.map or (0, 0)
    return Block(
        token.type.removesuffix("_open"),
        token.tag,
        (first, after),
        token.content,
        {name: str(value) for name, value in token.attrs.items() if name != LABEL},
        token.markup,
        token.info,
        token.hidden,
        str(token.attrs.get(LABEL) or token.meta.get("label", "")),
        token.meta[_LABELS],
        token.meta.get(COLUMN, 0),
        children,
    )


def _with_words(part: ParsedText, known: Definitions) -> ParsedWords:
    from policies.text.markdown import grammar

    parser = grammar.WordParser(known.links, known.notes)
    blocks = tuple(_with_inlines(block, parser, 1) for block in part.blocks)
    return ParsedWords(blocks, parser.used)


def _with_inlines(block: Block, parser: WordParser, line: int) -> Block:
    """Return a block with its words. line: of what is around it, for refusals."""
    line = block.lines[0] + 1 if block.lines[1] else line
    if block.children:
        children = tuple(_with_inlines(child, parser, line) for child in block.children)
        return block._replace(children=children)
    if not block.content or block.kind in {"fence", "code_block"}:
        return block
    return block._replace(inlines=inlines_of(parser.parse(block.content), line))


def inlines_of(tokens: Iterable[Token], line: int = 1) -> tuple[Inline, ...]:
    """Return the tree of tokens of words, so flat that it can be walked. line: where they begin.

    Raises RenderingRefused for words that are nested too deeply.
    """
    return _nested(tokens, _inline, line)


def _inline(token: Token, children: tuple[Inline, ...], line: int) -> Inline:
    attributes = {name: str(value) for name, value in token.attrs.items()}
    content = str(token.meta.get("label", "")) or token.content
    children = children or inlines_of(token.children or (), line)  # an image has its words so
    return Inline(token.type.removesuffix("_open"), token.tag, content, attributes, children)


def _lists(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield each list."""
    return (block for block in walk(blocks) if block.kind in {"ordered_list", "bullet_list"})


def renumbered_items(blocks: Iterable[Block]) -> Iterator[tuple[Block, int, int]]:
    """Yield the first item of each list that a page without clauses numbers otherwise than it is
    written, with its number as written and as shown: CommonMark counts on from the first number,
    whatever the others are (section 5.3).

    Not of lists in which all numbers are the same, which says that they don't matter.
    """
    for block in _lists(blocks):
        items = [item for item in block.children if item.info]
        numbers = [int(item.info) for item in items]
        if len(set(numbers)) < 2:
            continue
        for item, written, shown in zip(items, numbers, count(numbers[0]), strict=False):
            if written != shown:
                yield item, written, shown
                break


def longest_list(blocks: Iterable[Block]) -> tuple[int, int]:
    """Return how many items the longest list has, and the highest number that a list shows."""
    most = number = 0
    for block in _lists(blocks):
        most = max(most, len(block.children))
        if block.kind == "ordered_list":
            start = int(block.attributes.get("start", 1))
            number = max(number, start - 1 + len(block.children))
    return most, number
