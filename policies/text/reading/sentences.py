"""A Document as the sentences that a reader sees, each with its place, and its links.

Reads Markdown with the grammar of rendering, so that no rule has to know how Markdown is written.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policies.text.document import Section
from policies.text.document_tree import PartTree, of_text
from policies.text.markdown.labels import ClausePath, label_of
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.markdown.tree import Block, Inline, longest_list, renumbered_items, walk
from policies.text.references.targets import HeadingOrClause
from policies.text.sentence_boundaries import spans
from policies.text.short_text import one_line

# Replaces each character of a code span or an address, in which no words are looked for.
HIDDEN = "\ufffc"


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the text.

    index: 0 title, 1 introduction, 2 the first section, and so on. anchor, heading: the section's,
    or ""; the heading as it is read. name: for people.
    """

    index: int
    anchor: str
    heading: str
    name: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, on one line.

    index: how many precede it in the text. kind: "title", "section" (its heading), "heading"
    (deeper), "item", "cell" or "text". text: as it is read. prose: the same, with HIDDEN for every
    character of code.
    """

    place: Place
    index: int
    kind: str
    text: str
    prose: str

    def as_read(self, words: str, start: int) -> str:
        """Return words that were found in the prose at `start`, with what is hidden in them."""
        if HIDDEN not in words or len(self.text) != len(self.prose):  # of code with white space
            return words
        start += len(self.prose[start:]) - len(self.prose[start:].lstrip())
        return self.text[start : start + len(words)]


@dataclass(frozen=True, slots=True)
class Link:
    """One link or image. sentence: the index of the first sentence of its block."""

    place: Place
    sentence: int
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Numbering:
    """A list item that the page shows otherwise than it is written.

    sentence: the index of its first sentence. written, shown: its number in the source and on the
    page. code: of items that are indented so far that they are code, the first.
    """

    place: Place
    sentence: int
    written: int = 0
    shown: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """What a part of a Document says: its title, its introduction, or a section.

    places: headings and clauses, each with the index of the sentence that comes next. paths: of the
    clause that each sentence is in. most_items: of one list. last_number: the highest that a list
    shows, 0 for none. is_empty: there are neither words nor pictures but the section's heading.
    struck: words that are struck out, each with the index of the first sentence of its block.
    """

    place: Place
    sentences: tuple[Sentence, ...]
    links: tuple[Link, ...]
    numberings: tuple[Numbering, ...]
    places: tuple[tuple[int, HeadingOrClause], ...]
    paths: tuple[tuple[str, ...], ...]
    most_items: int
    last_number: int
    is_empty: bool
    struck: tuple[tuple[int, str], ...] = ()


def read_part(
    index: int, section: Section | None, body: str, tree: PartTree | None, *, clauses: bool
) -> Text:
    """Return the sentences of one part of a Document, numbered from 0. Raises nothing.

    index: of its place. section: None for title and introduction. tree: None for the title, and
    for a part that can't be read as Markdown, of which each line is read as it is. clauses: whether
    each label of a list is shown as it is written.
    """
    heading = section.heading if section else ""
    place = Place(index, section.anchor if section else "", plain_text(heading), "")
    reader = _Reader(place, clauses=clauses)
    try:
        blocks = tree.blocks if tree else ()
    except RenderingRefused:
        tree, blocks = None, ()
    if index == 0:
        reader.sentences_of("title", body, body)
    elif tree is None:
        if heading:
            reader.sentences_of("section", heading, heading)
        for line in body.split("\n"):
            reader.sentences_of("text", line, line)
    else:
        reader.read(blocks)
    return Text(
        place,
        tuple(reader.sentences),
        tuple(reader.links),
        tuple(reader.numberings),
        tuple(reader.places),
        tuple(reader.paths),
        *longest_list(blocks),
        is_empty=not reader.is_filled,
        struck=tuple(reader.struck),
    )


def plain_text(markdown: str) -> str:
    """Return one line of Markdown as it is read."""
    if not _MARKED.search(markdown):
        return markdown
    try:
        check_text(markdown)
        blocks = of_text(f"## {markdown}", clauses=False).blocks
    except (RenderingRefused, RecursionError):
        return markdown
    pieces = [_plain_words(block.inlines) for block in walk(blocks)]
    return " ".join(" ".join(pieces).split()) or markdown


_MARKED = re.compile(r"[\\`*_\[\]<>&{!~#]")


def _plain_words(inlines: Iterable[Inline]) -> str:
    """Return words without line breaks and notes."""
    words: list[str] = []
    for inline in inlines:
        if inline.kind in {"text", "code_inline", "image"}:
            words.append(inline.content)
        else:
            words.append(_plain_words(inline.children))
    return "".join(words)


_KINDS = {
    "heading": "heading",
    "list_item": "item",
    "td": "cell",
    "th": "cell",
    "dt": "item",
    "dd": "item",
}
_BREAKS = {"hardbreak": "\n", "softbreak": " "}


class _Reader:
    def __init__(self, place: Place, *, clauses: bool) -> None:
        self.place, self.clauses = place, clauses
        self.sentences: list[Sentence] = []
        self.links: list[Link] = []
        self.numberings: list[Numbering] = []
        self.places: list[tuple[int, HeadingOrClause]] = []
        self.paths: list[tuple[str, ...]] = []
        self.struck: list[tuple[int, str]] = []
        self.is_filled = False
        self._path: tuple[str, ...] = ()  # of the clause that is being read
        self._renumbered: dict[int, tuple[int, int]] = {}  # by the id of the item's block

    def read(self, blocks: Sequence[Block]) -> None:
        if not self.clauses:
            self._renumbered = {
                id(item): (written, shown) for item, written, shown in renumbered_items(blocks)
            }
        for index, block in enumerate(blocks):
            is_of_section = False
            if block.kind == "heading":
                words = " ".join(_plain_words(block.inlines).split())
                heading = HeadingOrClause(int(block.tag[1]), words)
                self.places.append((len(self.sentences), heading))
                is_of_section = index == 0 and self.place.index > 1
            self._read_block(block, "section" if is_of_section else "text")

    def _read_block(self, block: Block, kind: str) -> None:
        """Read a block. kind: of the sentences around it."""
        path = ClausePath(block.labels if self.clauses else ())
        self._path = path.numbers
        at = len(self.sentences)
        if self.clauses and block.kind == "list_item" and block.label:
            self.places.append((at, HeadingOrClause.of_clause(path)))
        if found := self._renumbered.get(id(block)):
            self.numberings.append(Numbering(self.place, at, *found))
        if kind != "section":
            kind = _KINDS.get(block.kind, kind)
        if block.kind in ("fence", "code_block"):
            self._read_code(block)
        elif block.inlines:
            self._read_words(kind, block.inlines)
        for child in block.children:
            self._read_block(child, kind)

    def _read_code(self, block: Block) -> None:
        self.is_filled = True
        first = block.content.strip().partition("\n")[0]
        if block.kind == "code_block" and label_of(first):
            self.numberings.append(Numbering(self.place, len(self.sentences), code=first))

    def _read_words(self, kind: str, inlines: Iterable[Inline]) -> None:
        text: list[str] = []
        prose: list[str] = []
        self._add_inlines(inlines, text, prose)
        self.sentences_of(kind, "".join(text), "".join(prose))

    def _add_inlines(self, inlines: Iterable[Inline], text: list[str], prose: list[str]) -> None:
        """Add the words of a block to its text and its prose."""
        for inline in inlines:
            start = len(text)
            if inline.kind == "image":
                self._add_link(inline.attributes.get("src", ""), "")
                self.is_filled = True
            elif inline.kind in ("text", "code_inline", "hardbreak", "softbreak"):
                shown = _BREAKS.get(inline.kind, inline.content)
                text.append(shown)
                prose.append(HIDDEN * len(shown) if inline.kind == "code_inline" else shown)
            else:
                self._add_inlines(inline.children, text, prose)
            if inline.kind == "link":
                self._add_link(inline.attributes.get("href", ""), "".join(text[start:]))
            elif inline.kind == "s":
                self.struck.append((len(self.sentences), one_line("".join(text[start:]))))

    def _add_link(self, target: str, words: str) -> None:
        self.links.append(Link(self.place, len(self.sentences), target, one_line(words)))

    def sentences_of(self, kind: str, text: str, prose: str) -> None:
        """Add a block's sentences. prose: the text, as long, with HIDDEN for code."""
        found = [(text[a:b], prose[a:b]) for a, b in spans(prose) if text[a:b].strip()]
        if found and kind != "section":
            self.is_filled = True
        for index, (shown, hidden) in enumerate(found, start=len(self.sentences)):
            sentence = Sentence(self.place, index, kind, one_line(shown), one_line(hidden))
            self.sentences.append(sentence)
            self.paths.append(self._path)


# --- Addresses --------------------------------------------------------------------------

ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'“”\ufffc]{1,2000}"
    r"|(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}"
    r"|(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:com|org|net|io|co|eu|de|uk|app|dev)"
    r"(?:/[^\s<>\"'“”\ufffc]{0,2000}|(?![\w-]))",
    re.IGNORECASE,
)
_HINTS_OF_ADDRESSES = re.compile(r"[/@]|\w\.\w")


def without_addresses(prose: str) -> str:
    """Return a sentence with HIDDEN for each character of its web and e-mail addresses."""
    if not _HINTS_OF_ADDRESSES.search(prose):
        return prose
    return ADDRESS.sub(lambda found: HIDDEN * len(found[0]), prose)
