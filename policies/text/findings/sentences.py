"""A Document as the sentences that a reader sees, each with its place, and its links.

Reads Markdown with the grammar of rendering, so that no rule has to know how Markdown is written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from markdown_it.token import Token

from policies.text import document as documents
from policies.text.document import Document, Section
from policies.text.findings.sentence_boundaries import spans
from policies.text.markdown import list_numbers
from policies.text.markdown.grammar import LinkDefinitions, parse
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.rendering.sections import carry_numbers
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


@dataclass(frozen=True)
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

    @cached_property
    def words(self) -> str:
        """The prose, with HIDDEN for web and e-mail addresses as well, and straight apostrophes."""
        hidden = self.prose
        if _HINTS_OF_ADDRESSES.search(hidden):
            hidden = ADDRESS.sub(lambda found: HIDDEN * len(found[0]), hidden)
        return hidden.replace("’", "'")

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words in lower case, of the letters a to z only."""
        return frozenset(_WORD.findall(self.words.lower()))


class Match(NamedTuple):
    """What a rule about words found in a sentence.

    sure: no finished text has it. start: where in the prose. what: the words themselves.
    """

    sure: bool
    start: int
    what: str


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
    page; both 0 where items such as (a) and (b) make no list and run on as one paragraph.
    """

    place: Place
    sentence: int
    written: int = 0
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """What `read` makes of a Document.

    places: title, introduction, sections. bare: sections with a heading and neither words nor
    pictures. is_empty: there is nothing but title and headings of sections.
    """

    places: tuple[Place, ...]
    sentences: tuple[Sentence, ...]
    links: tuple[Link, ...]
    numberings: tuple[Numbering, ...]
    bare: tuple[Place, ...]
    is_empty: bool


@lru_cache(maxsize=2)  # findings, checklist and reading all look at the same text
def read(document: Document) -> Text:
    """Return the sentences of a Document in reading order. Raises nothing."""
    places = _places(document)
    reader = _Reader(clauses=document.clauses)
    reader.block(places[0], "title", document.title, document.title)
    body = documents.body(document)
    try:
        check_text(body)
        parts = _divided(
            parse(body, LinkDefinitions(), clauses=document.clauses), document.sections
        )
    except (RenderingRefused, RecursionError):
        parts = None
    if parts is None:
        _read_raw(reader, document, places)
    else:
        for place, tokens in zip(places[1:], parts, strict=True):
            reader.tokens(place, tokens)
    return Text(
        tuple(places),
        tuple(reader.sentences),
        tuple(reader.links),
        tuple(reader.numberings),
        tuple(place for place in places[2:] if place.index not in reader.filled),
        is_empty=not reader.filled - {places[0].index},
    )


def _places(document: Document) -> list[Place]:
    headings = [plain(section.heading) for section in document.sections]
    numbered = not carry_numbers(headings)
    places = [Place(0, "", "", "Title"), Place(1, "", "", "Introduction")]
    for index, (section, heading) in enumerate(zip(document.sections, headings, strict=True)):
        name = f"{index + 1}. {heading}" if numbered else heading
        places.append(Place(index + 2, section.anchor, heading, name))
    return places


def plain(markdown: str) -> str:
    """Return one line of Markdown as it is read."""
    if not _MARKED.search(markdown):
        return markdown
    try:
        check_text(markdown)
        tokens = parse(f"## {markdown}", LinkDefinitions())
    except (RenderingRefused, RecursionError):
        return markdown
    pieces = [
        "".join(child.content for child in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]
    return " ".join(" ".join(pieces).split()) or markdown


def _divided(tokens: Sequence[Token], sections: Sequence[Section]) -> list[list[Token]] | None:
    """Divide tokens at the sections' headings; None if there are not as many as sections."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2"):
            parts.append([])
        parts[-1].append(token)
    return parts if len(parts) == len(sections) + 1 else None


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
        self.filled: set[int] = set()

    def tokens(self, place: Place, tokens: Sequence[Token]) -> None:
        kinds: list[str] = []
        renumbered = {} if self.clauses else list_numbers.renumbered(tokens)
        for index, token in enumerate(tokens):
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
                self.filled.add(place.index)

    def _inline(self, place: Place, kind: str, token: Token) -> None:
        text: list[str] = []
        prose: list[str] = []
        open_links: list[tuple[str, int]] = []
        first = len(self.sentences)
        if list_numbers.run_on(token):
            self.numberings.append(Numbering(place, first))
        for child in token.children or ():
            if child.type == "link_open":
                open_links.append((str(child.attrs.get("href", "")), len(text)))
            elif child.type == "link_close" and open_links:
                target, start = open_links.pop()
                self.links.append(Link(place, first, target, one_line("".join(text[start:]))))
            elif child.type == "image":
                self.links.append(Link(place, first, str(child.attrs.get("src", "")), ""))
                self.filled.add(place.index)
            elif child.type in ("text", "code_inline", "hardbreak", "softbreak"):
                shown = _BREAKS.get(child.type, child.content)
                text.append(shown)
                prose.append(HIDDEN * len(shown) if child.type == "code_inline" else shown)
        self.block(place, kind, "".join(text), "".join(prose))

    def block(self, place: Place, kind: str, text: str, prose: str) -> None:
        """Add a block's sentences. prose: the text, as long, with HIDDEN for code."""
        found = [(text[a:b], prose[a:b]) for a, b in spans(prose) if text[a:b].strip()]
        if found and kind != "section":
            self.filled.add(place.index)
        for index, (one, hidden) in enumerate(found, start=len(self.sentences)):
            self.sentences.append(Sentence(place, index, kind, one_line(one), one_line(hidden)))


# --- A text that the grammar can't read ---------------------------------------------------------


def _read_raw(reader: _Reader, document: Document, places: Sequence[Place]) -> None:
    """Read Markdown line by line, leaving out its marks."""
    parts = [("", document.introduction)] + [(s.heading, s.body) for s in document.sections]
    for place, (heading, body) in zip(places[1:], parts, strict=True):
        if heading:
            _raw_block(reader, place, "section", heading)
        fence = ""
        for line in body.split("\n"):
            mark = _FENCE.match(line)
            if mark:
                reader.filled.add(place.index)
                fence = "" if mark[1][:3] == fence else fence or mark[1][:3]
            elif not fence:
                kind = "item" if _ITEM.match(line) else "text"
                _raw_block(reader, place, kind, _LINE_MARK.sub("", line))


def _raw_block(reader: _Reader, place: Place, kind: str, line: str) -> None:
    for found in _RAW_LINK.finditer(line):
        reader.links.append(Link(place, len(reader.sentences), found[2], found[1]))
    line = _RAW_LINK.sub(lambda found: found[1], line)
    line = _EMPHASIS.sub("", line)
    prose = _CODE_SPAN.sub(lambda found: HIDDEN * len(found[0]), line)
    reader.block(place, kind, line, prose)


_FENCE = re.compile(r"[ \t]{0,20}(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]{0,20}(?:[-*+]|\d{1,9}[.)])[ \t]")
_LINE_MARK = re.compile(r"\A[ \t>]{0,40}(?:#{1,6}[ \t]|[-*+][ \t])?")
_RAW_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(<?([^\s()<>]{1,2000})>?\)")
_EMPHASIS = re.compile(r"\*{1,3}")
_CODE_SPAN = re.compile(r"`[^`\n]{1,1000}`")
_MARKED = re.compile(r"[\\`*_\[\]<>&{!~#]")


# --- Addresses and words --------------------------------------------------------------------------

ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'“”\ufffc]{1,2000}"
    r"|(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}"
    r"|(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:com|org|net|io|co|eu|de|uk|app|dev)"
    r"(?:/[^\s<>\"'“”\ufffc]{0,2000}|(?![\w-]))",
    re.IGNORECASE,
)
_HINTS_OF_ADDRESSES = re.compile(r"[/@]|\w\.\w")
_WORD = re.compile(r"[a-z]+")
