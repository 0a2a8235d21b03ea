"""A text as the grammar reads it: one immutable tree of blocks and inlines. Pure.

It is read in two steps, each of which is kept for as long as the text is worked on. The blocks are
the same whatever is around them; which words in them are links and notes depends on what the whole
document defines. Every module that has to know what a text says walks this tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from policies.cache import OF_TEXTS
from policies.text.markdown import clauses as clause_paths
from policies.text.markdown.labels import is_number
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
class Part:
    """A text, or a part of one, read up to its words. clauses: whether items have their labels.

    has_labels: whether any of those is no plain number, as (a) is none.
    """

    text: str
    clauses: bool
    blocks: tuple[Block, ...]
    definitions: Definitions
    has_labels: bool


class Words(NamedTuple):
    """The blocks of a part with their words. used: the definitions that its links asked for."""

    blocks: tuple[Block, ...]
    used: frozenset[str]


def read(text: str, *, clauses: bool) -> Part:
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


def with_words(part: Part, known: Definitions) -> Words:
    """Return the blocks of a part with their words. known: what the whole text defines.

    Raises RenderingRefused for words that are nested so deeply that no page shows them.
    """
    around = known.digest if "[" in part.text else b""
    key = "words", part.text, part.clauses, around
    return OF_TEXTS.get(key, len(part.text), lambda: _with_words(part, known))


def together(parts: Iterable[Part]) -> Definitions:
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


def words(inlines: Iterable[Inline]) -> Iterator[str]:
    """Yield words as they are read, with those about images."""
    for inline in inlines:
        if inline.children:
            yield from words(inline.children)
        else:
            yield _UNWRITTEN.get(inline.kind, inline.content)


# What is read of inlines that are not read as they are written.
_UNWRITTEN = {"softbreak": " ", "hardbreak": " ", "footnote_ref": ""}


def _read(text: str, *, clauses: bool) -> Part:
    from policies.text.markdown import grammar  # whoever only serves pages does without it

    read = grammar.parse_blocks(text, clauses=clauses)
    blocks = blocks_of(read.tokens)
    labels = (block.label for block in walk(blocks) if block.kind == "list_item")
    found = any(len(label) > 1 and not is_number(label) for label in labels)
    links = {
        label: {"href": link["href"], "title": link["title"]} for label, link in read.links.items()
    }
    return Part(text, clauses, blocks, Definitions(links, read.notes), found)


def blocks_of(tokens: Sequence[Token]) -> tuple[Block, ...]:
    """Return the tree of a text's tokens, of which those of its words may be read or not."""
    top: list[Block] = []
    opened: list[_Opened] = []
    for token, path in zip(tokens, clause_paths.paths(tokens), strict=True):
        if token.type == "inline":
            opened[-1].content = token.content
        elif token.nesting > 0:
            opened.append(_Opened(token, path.labels))
        else:
            ended = (
                opened.pop() if token.nesting < 0 else _Opened(token, path.labels, token.content)
            )
            around = opened[-1].children if opened else top
            around.append(_block(ended))
    return tuple(top)


@dataclass(slots=True)
class _Opened:
    """A block whose end was not read yet. token: the one that opens it."""

    token: Token
    labels: tuple[str, ...]
    content: str = ""
    children: list[Block] = field(default_factory=list)


def _block(block: _Opened) -> Block:
    token = block.token
    attributes = {name: str(value) for name, value in token.attrs.items() if name != LABEL}
    first, after = token.map or (0, 0)
    return Block(
        token.type.removesuffix("_open"),
        token.tag,
        (first, after),
        block.content,
        attributes,
        token.markup,
        token.info,
        token.hidden,
        str(token.attrs.get(LABEL) or token.meta.get("label", "")),
        block.labels,
        token.meta.get(COLUMN, 0),
        tuple(block.children),
    )


def _with_words(part: Part, known: Definitions) -> Words:
    from policies.text.markdown import grammar

    parser = grammar.WordParser(known.links, known.notes)
    blocks = tuple(_filled(block, parser, 1) for block in part.blocks)
    return Words(blocks, parser.used)


def _filled(block: Block, parser: WordParser, line: int) -> Block:
    """Return a block with its words. line: of what is around it, for refusals."""
    line = block.lines[0] + 1 if block.lines[1] else line
    if block.children:
        children = tuple(_filled(child, parser, line) for child in block.children)
        return block._replace(children=children)
    if not block.content or block.kind in {"fence", "code_block"}:
        return block
    return block._replace(inlines=inlines_of(parser.parse(block.content), line))


def inlines_of(tokens: Iterable[Token], line: int = 1) -> tuple[Inline, ...]:
    """Return the tree of tokens of words, so flat that it can be walked. line: where they begin.

    Raises RenderingRefused for words that are nested too deeply.
    """
    opened: list[Inline] = []
    inside: list[list[Inline]] = [[]]
    for token in tokens:
        if token.nesting < 0:
            children = tuple(inside.pop())
            inside[-1].append(opened.pop()._replace(children=children))
        elif token.nesting > 0:
            opened.append(_inline(token, line))
            inside.append([])
            if len(opened) > MAX_DEPTH:
                raise nested_too_deeply(line)
        else:
            inside[-1].append(_inline(token, line))
    return tuple(inside[0])


def _inline(token: Token, line: int) -> Inline:
    attributes = {name: str(value) for name, value in token.attrs.items()}
    content = str(token.meta.get("label", "")) or token.content
    children = inlines_of(token.children or (), line)
    return Inline(token.type.removesuffix("_open"), token.tag, content, attributes, children)
