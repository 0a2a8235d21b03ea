"""A Document as the sentences that a reader sees, each with its place, and its links.

Reads Markdown with the grammar of rendering, so that no rule has to know how Markdown is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from markdown_it.token import Token

from policies.text.document import Section
from policies.text.markdown import list_numbers
from policies.text.markdown.clauses import Path
from policies.text.markdown.clauses import paths as paths_of
from policies.text.markdown.grammar import LinkDefinitions, parse
from policies.text.markdown.labels import label_of
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.markdown.list_rule import LABEL
from policies.text.references.targets import Mark
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

    marks: headings and clauses, each with the index of the sentence that comes next. paths: of the
    clause that each sentence is in. most_items: of one list. last_number: the highest that a list
    shows, 0 for none. is_empty: there are neither words nor pictures but the section's heading.
    struck: words that are struck out, each with the index of the first sentence of its block.
    """

    place: Place
    sentences: tuple[Sentence, ...]
    links: tuple[Link, ...]
    numberings: tuple[Numbering, ...]
    marks: tuple[tuple[int, Mark], ...]
    paths: tuple[tuple[str, ...], ...]
    most_items: int
    last_number: int
    is_empty: bool
    struck: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the parts of a Document refer to in one another: links by their labels, as the grammar
    has them, and the labels of footnotes. clauses: Document.clauses.
    """

    links: Mapping[str, dict[str, str]]
    notes: tuple[str, ...]
    clauses: bool = False

    @property
    def digest(self) -> bytes:
        said = repr((self.links, self.notes, self.clauses))
        return sha256(said.encode("utf-8", "surrogatepass")).digest()


def definitions_in(markdown: str) -> Definitions:
    """Return what a part of a Document defines. Raises nothing."""
    known = LinkDefinitions()
    if "]:" in markdown:
        with suppress(RenderingRefused, RecursionError):
            parse(markdown, known)
    links = {label: {"href": str(it.get("href", "")), "title": ""} for label, it in known.items()}
    return Definitions(links, tuple(known.notes))


def together(found: Iterable[Definitions], *, clauses: bool) -> Definitions:
    """Return all; the first of two links with one label counts (CommonMark, section 4.7)."""
    links: dict[str, dict[str, str]] = {}
    notes: list[str] = []
    for it in found:
        for label, link in it.links.items():
            links.setdefault(label, link)
        notes += it.notes
    return Definitions(links, tuple(notes), clauses)


def read_part(index: int, section: Section | None, body: str, defined: Definitions | None) -> Text:
    """Return the sentences of one part of a Document, numbered from 0. Raises nothing.

    index: of its place. section: None for title and introduction. defined: in the Document as a
    whole; None for a part that can't be read as Markdown, of which each line is read as it is.
    """
    heading = section.heading if section else ""
    place = Place(index, section.anchor if section else "", plain(heading), "")
    reader = _Reader(clauses=defined is not None and defined.clauses)
    tokens = _tokens(section, body, defined) if index else None
    if index == 0:
        reader.block(place, "title", body, body)
    elif tokens is None:
        if heading:
            reader.block(place, "section", heading, heading)
        for line in body.split("\n"):
            reader.block(place, "text", line, line)
    else:
        reader.tokens(place, tokens)
    return Text(
        place,
        tuple(reader.sentences),
        tuple(reader.links),
        tuple(reader.numberings),
        tuple(reader.marks),
        tuple(reader.paths),
        *list_numbers.longest(tokens or ()),
        is_empty=not reader.is_filled,
        struck=tuple(reader.struck),
    )


def _tokens(section: Section | None, body: str, defined: Definitions | None) -> list[Token] | None:
    """Parse a part; None if that can't be done, or gives anything but one section."""
    if defined is None:
        return None
    known = LinkDefinitions(defined.links)
    known.notes = dict.fromkeys(defined.notes, -1)
    markdown = f"## {section.heading} {{#{section.anchor}}}\n\n{body}\n" if section else body
    try:
        tokens = parse(markdown, known, clauses=defined.clauses)
    except (RenderingRefused, RecursionError):
        return None
    headings = [index for index, token in enumerate(tokens) if _is_of_section(token)]
    return tokens if headings == ([0] if section else []) else None


def _is_of_section(token: Token) -> bool:
    return token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2")


def plain(markdown: str) -> str:
    """Return one line of Markdown as it is read."""
    if not _MARKED.search(markdown):
        return markdown
    try:
        check_text(markdown)
        tokens = parse(f"## {markdown}", LinkDefinitions())
    except (RenderingRefused, RecursionError):
        return markdown
    pieces = [_words(token) for token in tokens if token.type == "inline"]
    return " ".join(" ".join(pieces).split()) or markdown


_MARKED = re.compile(r"[\\`*_\[\]<>&{!~#]")


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


_KINDS = {
    "heading_open": "heading",
    "list_item_open": "item",
    "td_open": "cell",
    "th_open": "cell",
    "dt_open": "item",
    "dd_open": "item",
}
_BREAKS = {"hardbreak": "\n", "softbreak": " "}


class _Reader:
    def __init__(self, *, clauses: bool) -> None:
        self.clauses = clauses  # whether each label of a list is shown as it is written
        self.sentences: list[Sentence] = []
        self.links: list[Link] = []
        self.numberings: list[Numbering] = []
        self.marks: list[tuple[int, Mark]] = []
        self.paths: list[tuple[str, ...]] = []
        self.struck: list[tuple[int, str]] = []
        self.is_filled = False
        self._path: tuple[str, ...] = ()  # of the clause that is being read

    def tokens(self, place: Place, tokens: Sequence[Token]) -> None:
        kinds: list[str] = []
        renumbered = {} if self.clauses else list_numbers.renumbered(tokens)
        for index, (token, path) in enumerate(zip(tokens, paths_of(tokens), strict=True)):
            self._path = path.numbers
            self._mark(token, path, tokens[index + 1 : index + 2])
            if index in renumbered:
                at = len(self.sentences)
                self.numberings.append(Numbering(place, at, *renumbered[index]))
            if token.nesting == 1:
                kind = _KINDS.get(token.type, kinds[-1] if kinds else "text")
                if index == 0 and token.type == "heading_open" and place.index > 1:
                    kind = "section"
                kinds.append(kind)
            elif token.nesting == -1:
                kinds.pop()
            elif token.type == "inline":
                self._inline(place, kinds[-1] if kinds else "text", token)
            elif token.type in ("fence", "code_block"):
                self._code(place, token)

    def _code(self, place: Place, token: Token) -> None:
        self.is_filled = True
        first = token.content.strip().partition("\n")[0]
        if token.type == "code_block" and label_of(first):
            self.numberings.append(Numbering(place, len(self.sentences), code=first))

    def _mark(self, token: Token, path: Path, after: Sequence[Token]) -> None:
        """Add the clause or the heading that a token begins."""
        at = len(self.sentences)
        if LABEL in token.attrs:
            self.marks.append((at, Mark.of(path)))
        elif token.type == "heading_open" and token.level == 0:
            words = " ".join("".join(map(_words, after)).split())
            self.marks.append((at, Mark(int(token.tag[1]), words)))

    def _inline(self, place: Place, kind: str, token: Token) -> None:
        text: list[str] = []
        prose: list[str] = []
        open_links: list[tuple[str, int]] = []
        struck_from = 0
        first = len(self.sentences)
        for child in token.children or ():
            if child.type == "link_open":
                open_links.append((str(child.attrs.get("href", "")), len(text)))
            elif child.type == "link_close" and open_links:
                target, start = open_links.pop()
                self.links.append(Link(place, first, target, one_line("".join(text[start:]))))
            elif child.type == "s_open":
                struck_from = len(text)
            elif child.type == "s_close":
                self.struck.append((first, one_line("".join(text[struck_from:]))))
            elif child.type == "image":
                self.links.append(Link(place, first, str(child.attrs.get("src", "")), ""))
                self.is_filled = True
            elif child.type in ("text", "code_inline", "hardbreak", "softbreak"):
                shown = _BREAKS.get(child.type, child.content)
                text.append(shown)
                prose.append(HIDDEN * len(shown) if child.type == "code_inline" else shown)
        self.block(place, kind, "".join(text), "".join(prose))

    def block(self, place: Place, kind: str, text: str, prose: str) -> None:
        """Add a block's sentences. prose: the text, as long, with HIDDEN for code."""
        found = [(text[a:b], prose[a:b]) for a, b in spans(prose) if text[a:b].strip()]
        if found and kind != "section":
            self.is_filled = True
        for index, (one, hidden) in enumerate(found, start=len(self.sentences)):
            self.sentences.append(Sentence(place, index, kind, one_line(one), one_line(hidden)))
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
