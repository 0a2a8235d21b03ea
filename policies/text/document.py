"""The Document: a policy's text as a plain value, and its canonical Markdown.

Pure: no database, no Django. What is rendered, compared, checked, digested, imported and exported
is a Document.

The canonical form, which the digest covers and which therefore never changes, is these blocks,
with one empty line between them and one line break ("\\n", U+000A) at the end, in UTF-8:

1. the lines ``---``, ``title: `` with the title as `frontmatter.quote` writes it, if the text is
   written with clauses ``clauses: true``, if its headings are numbered otherwise than by default
   ``numbering: none`` or ``numbering: headings``, and ``---``;
2. the introduction, if it is not empty;
3. for each section the line ``## HEADING {#ANCHOR}``, then its body, if it is not empty.

Nothing else is added; headings, introduction and bodies are written as the Document holds them.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import unescape
from itertools import pairwise

from policies.cache import OF_TEXTS
from policies.text.markdown import characters, frontmatter, headings, outline
from policies.text.markdown.import_notes import ImportNote
from policies.text.markdown.limits import RenderingRefused, check_lines
from policies.text.markdown.lines import (
    UNDERLINE_LOOKALIKE,
    Line,
    LineKind,
    is_blank,
    lines_of,
)
from policies.text.markdown.tree import has_labels
from policies.text.short_text import has_visible_characters

# How the page numbers the headings of a text: sections, unless half of them bring their own number
# (""); sections and the headings below them, 1., 1.1, 1.1.1 ("headings"); none ("none").
NUMBERINGS = ("", "headings", "none")


# What a draft has in place of a title or a heading that is still to be written, to be submitted.
NO_TITLE = "[No title yet]"
NO_HEADING = "[No heading yet]"


class DocumentError(ValueError):
    """A text or a value that can't be a Document. The message says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Section:
    """One `## Heading {#anchor}` and the text under it.

    heading: one line of inline Markdown. anchor: its id, unique in the Document. body: Markdown
    with headings of level 3 and deeper only. Line breaks become "\\n", blank lines around the body
    and spaces around the heading go; what would make the canonical text ambiguous is refused with
    DocumentError.
    """

    heading: str
    anchor: str
    body: str = ""

    def __post_init__(self) -> None:
        heading = _checked_line(self.heading, "A section's heading")
        where = f"The section “{heading}”"
        if _ENDS_IN_ATTRIBUTES.search(heading):
            raise DocumentError(
                f"{where} has a heading that ends in {{#…}}. Put it into the anchor instead."
            )
        _no_controls(self.anchor, f"{where}: its anchor")
        if not headings.is_anchor(self.anchor):
            raise DocumentError(
                f"{where} has the anchor “{self.anchor}”. An anchor is at least one character, "
                f"without white space, without any of {headings.NOT_IN_ANCHORS} and without # at "
                "its end."
            )
        if self.anchor.startswith(headings.RESERVED_PREFIXES):
            raise DocumentError(
                f"{where} has the anchor “{self.anchor}”, which belongs to the page around the "
                f"text. Anchors do not begin with {', '.join(headings.RESERVED_PREFIXES)}."
            )
        object.__setattr__(self, "heading", heading)
        object.__setattr__(self, "body", _checked_text(self.body, where))


@dataclass(frozen=True, slots=True)
class Document:
    """A policy's text: title (one line of plain text), introduction, sections in order.

    The introduction is the Markdown before the first section and follows the rules of a body. No
    two sections have the same anchor. clauses: whether the numbered items in it are clauses, which
    keep their labels, and (a), iv. and 2.1 are such labels. In texts of version 1.0 they were not.
    numbering: one of NUMBERINGS.
    """

    title: str
    introduction: str = ""
    sections: tuple[Section, ...] = ()
    clauses: bool = False
    numbering: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nobody would see anything of it yet but the title and headings."""
        bodies = (self.introduction, *(section.body for section in self.sections))
        return not any(has_visible_characters(unescape(body)) for body in bodies)

    @property
    def missing(self) -> list[str]:
        """What is still to be written before somebody can review this, a sentence each."""
        missing: list[str] = []
        if self.title == NO_TITLE or is_blank_line(self.title):
            missing.append("There is no title.")
        for number, section in enumerate(self.sections, start=1):
            if section.heading == NO_HEADING or is_blank_line(section.heading):
                missing.append(f"Section {number} has no heading.")
        return missing

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", check_title(self.title))
        object.__setattr__(self, "introduction", check_introduction(self.introduction))
        object.__setattr__(self, "sections", tuple(self.sections))
        if self.numbering not in NUMBERINGS:
            raise DocumentError(
                f"The numbering is “{self.numbering}”. Write headings for 1., 1.1, 1.1.1, none for "
                "no numbers, or nothing for numbers of sections."
            )
        _check_lines(self.introduction, "The introduction", clauses=self.clauses)
        for section in self.sections:
            _check_lines(section.body, f"The section “{section.heading}”", clauses=self.clauses)
        first: dict[str, Section] = {}
        for section in self.sections:
            if section.anchor in first:
                raise DocumentError(
                    f"The sections “{first[section.anchor].heading}” and “{section.heading}” have "
                    f"the same anchor “{section.anchor}”. Give one of them another."
                )
            first[section.anchor] = section


def is_blank_line(line: str) -> bool:
    """Return whether readers would see nothing of a title or a heading."""
    return not has_visible_characters(outline.without_marks(line))


def check_title(text: str) -> str:
    """Return a title as a Document holds it. Raises DocumentError."""
    return _checked_line(text, "The title")


def check_introduction(text: str) -> str:
    """Return an introduction as a Document holds it. Raises DocumentError."""
    return _checked_text(text, "The introduction")


def has_clauses(document: Document) -> bool:
    """Return whether a text is one with clauses, or has labels of any."""
    return document.clauses or any_labels(document.introduction, document.sections)


def any_labels(introduction: str, sections: Iterable[Section]) -> bool:
    """Return whether a clause begins anywhere in these with a label that is no plain number."""
    return any(map(_has_labels, (introduction, *(section.body for section in sections))))


def _has_labels(markdown: str) -> bool:
    try:
        return has_labels(markdown)
    except RenderingRefused:  # with the reason, when it is rendered
        return False


def parse(text: str) -> Document:
    """Read a Document from Markdown: canonical text exactly, any other as it was meant.

    `outline` says how Markdown that is not canonical is understood. Raises DocumentError for a text
    that holds nothing, has no title or whose front matter does not parse, and for one that is not
    canonical and has too many lines.
    """
    text = characters.clean(text)[0]
    try:
        split = frontmatter.split(text)
    except frontmatter.FrontMatterError as error:
        raise DocumentError(f"Line {error.line}: {error.reason}") from error
    return read_canonical(split) or read_any_style(split)[0]


def read_canonical(split: frontmatter.Split) -> Document | None:
    """Return the Document that `serialize` wrote, or an export with more keys; None for others."""
    title, clauses = split.values.get("title"), split.values.get("clauses", False)
    numbering = str(split.values.get("numbering", ""))
    if not isinstance(title, str) or not isinstance(clauses, bool) or not split.is_ours:
        return None
    lines = split.rest.split("\n")
    headings = [number for number, line in enumerate(lines) if _CANONICAL_HEADING.match(line)]
    document_of = partial(_document_of, title, lines, clauses=clauses, numbering=numbering)
    document = document_of(headings)
    if document is None:  # a heading that is code leaves its block open
        code = _lines_of_code(split.rest, clauses=clauses)
        document = document_of([number for number in headings if number not in code])
    if document is None:
        return None
    written = body(document)
    return document if split.rest == (f"\n{written}" if written else "") else None


def _document_of(
    title: str, lines: Sequence[str], headings: Sequence[int], *, clauses: bool, numbering: str
) -> Document | None:
    """Return the Document with the text in lines; None if there can't be one. headings: which of
    the lines begin a section.
    """
    introduction = "\n".join(lines[: headings[0] if headings else None])
    sections: list[Section] = []
    try:
        for number, after in pairwise([*headings, len(lines)]):
            body = "\n".join(lines[number + 1 : after])
            [(heading, anchor)] = _CANONICAL_HEADING.findall(lines[number])
            sections.append(Section(heading, anchor, body))
        return Document(title, introduction, tuple(sections), clauses, numbering)
    except DocumentError:
        return None


def _lines_of_code(text: str, *, clauses: bool) -> set[int]:
    try:
        lines = lines_of(text, clauses=clauses).lines
    except RenderingRefused:  # with the reason, when it is rendered
        return set()
    return {number for number, line in enumerate(lines) if line.kind is LineKind.CODE}


def read_any_style(
    split: frontmatter.Split, fallback_title: str = "", *, keeps_numbers: bool = False
) -> tuple[Document, tuple[ImportNote, ...]]:
    """Return the Document that Markdown of any style means, and notes on what was not kept.

    keeps_numbers: also those of headings that are just 1 … n, as a page would number them. Raises
    DocumentError for a text that has no title and is given none, or too many lines.
    """
    try:
        check_lines(split.rest)
        title = split.values.get("title")
        understood = outline.read(
            split.rest,
            title="" if title is None or isinstance(title, (dict, list)) else str(title),
            fallback_title=fallback_title,
            first_line=split.lines + 1,
            keeps_numbers=keeps_numbers,
        )
    except RenderingRefused as error:
        raise DocumentError(str(error)) from error
    if not understood.title:
        raise DocumentError("The text has no title. Begin it with a line '# Title'.")
    sections = tuple(Section(*part) for part in understood.parts)
    clauses = split.values.get("clauses")
    if not isinstance(clauses, bool):
        clauses = any_labels(understood.introduction, sections)
    numbering = str(split.values.get("numbering") or "")
    document = Document(understood.title, understood.introduction, sections, clauses, numbering)
    return document, understood.notes


def body(document: Document) -> str:
    """Return introduction and sections as Markdown, without front matter: what gets rendered."""
    return "\n\n".join(written) + "\n" if (written := parts(document)) else ""


def parts(document: Document) -> list[str]:
    """Return what `body` is made of: the introduction, unless it is empty, and each section."""
    written = [document.introduction] if document.introduction else []
    for section in document.sections:
        heading = f"## {section.heading} {{#{section.anchor}}}"
        written.append(f"{heading}\n\n{section.body}" if section.body else heading)
    return written


def serialize(document: Document) -> str:
    """Write the canonical Markdown of a Document, as the head of this module specifies it."""
    return with_front_matter({"title": document.title}, document)


def with_front_matter(values: Mapping[str, object], document: Document) -> str:
    """Write a Document below front matter with these values, and what says how it is written."""
    written = body(document)
    head = frontmatter.write({**values, **notation(document)})
    return f"{head}\n{written}" if written else head


def notation(document: Document) -> dict[str, object]:
    """Return what front matter says of how a text is written; nothing of one by default."""
    values = {"clauses": document.clauses, "numbering": document.numbering}
    return {key: value for key, value in values.items() if value}


def digest(document: Document) -> str:
    """Return the SHA-256 of the canonical Markdown's UTF-8 bytes, as 64 lower-case hex digits."""
    return hashlib.sha256(serialize(document).encode()).hexdigest()


def part_digest(*words: object) -> str:
    """Return a digest of a part of a text, or of what was made of it, that only a page compares."""
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


_CANONICAL_HEADING = re.compile(r"## (.+) \{#([^\s{}]+)\}\Z")
_ENDS_IN_ATTRIBUTES = re.compile(r"(?<!\\)\{:?[ \t]*#[^{}]*\}\Z")
_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")


def _no_controls(text: str, where: str) -> None:
    if found := characters.forbidden_in_document(text):
        line = text.count("\n", 0, found.start()) + 1
        raise DocumentError(
            f"{where}, line {line}: holds the control character "
            f"{characters.code_point(found[0])}. Remove it."
        )


def _checked_line(text: str, where: str) -> str:
    if "\n" in text or "\r" in text:
        raise DocumentError(f"{where} holds a line break: “{text[:40]}…”. It must be one line.")
    _no_controls(text, where)
    line = text.replace("\t", " ").strip(" ")
    if not line.strip():
        raise DocumentError(f"{where} is empty.")
    return line


def _checked_text(text: str, where: str) -> str:
    """Return the Markdown of an introduction or body without outer blank lines, or refuse it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _BLANK_LINES.sub("", text).rstrip(" \t\n")
    _no_controls(text, where)
    try:
        _check_lines(text, where, clauses=True)
    except DocumentError:  # it may belong to a text without clauses
        _check_lines(text, where, clauses=False)
    return text


def _check_lines(text: str, where: str, *, clauses: bool) -> None:
    """Raises DocumentError for a line that would divide the text where no section begins."""
    # So that what only serves a text need not load the grammar. Asked of each section, again and
    # again: a pattern that begins with one character is found several times as fast.
    if not ("```" in text or "~~~" in text or _MAY_DIVIDE.search(f"\n{text}")):
        return
    # A document is made again and again of nearly the same sections.
    key = "wrong line", text, clauses
    found = OF_TEXTS.get(key, len(text), lambda: _wrong_line(text, clauses=clauses))
    if found:
        number, problem = found
        raise DocumentError(f"{where}, line {number}{problem}")


# What each such line has: a heading, what underlines one; else a block of code that may stay open.
_MAY_DIVIDE = re.compile(r"\n {0,3}(?:#{1,2}(?:[ \t]|$)|(?:=+|-+)[ \t]*$)", re.MULTILINE)


def _wrong_line(text: str, *, clauses: bool) -> tuple[int, str] | None:
    """Return the number of the first line that is wrong, and the problem."""
    try:
        found = lines_of(text, clauses=clauses)
    except RenderingRefused:  # with the reason, when it is rendered
        return None
    before: Line | None = None
    for number, line in enumerate(found.lines, start=1):
        if problem := _problem(line, before):
            return number, f" “{line.text[:40]}”: {problem}"
        before = line
    if found.open_fence is None:
        return None
    return found.open_fence + 1, (
        f": the code block that begins here is never closed. Add a line {found.closing} after it."
    )


def _problem(line: Line, before: Line | None) -> str:
    """Return why a line is not allowed in a body, "" if it is."""
    if line.nested or line.kind in (LineKind.CODE, LineKind.FENCE):
        return ""
    if line.kind is LineKind.HEADING and line.level <= 2:
        return "a heading of the level of sections. Make it a section, or write ### or \\#."
    underlines = UNDERLINE_LOOKALIKE.match(line.text) and before and not is_blank(before.text)
    if line.kind is LineKind.UNDERLINE or underlines:
        return (
            "this line makes the one above it a heading. For a rule put an empty line between "
            "them; for a heading write ### and the heading."
        )
    return ""
