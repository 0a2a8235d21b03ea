"""A Word file that came back: its text, its words with who changed them, and its comments.

Pure. The file may be one of ours (word_export), which names the text that it was made of, or any
other.
"""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from policies.text import quotations, rendering
from policies.text.document import Document
from policies.text.importing import read_word
from policies.text.importing.metadata import ImportRefused
from policies.text.importing.word.changes import ChangedWords, moment
from policies.text.importing.word.docx import COMMENT, TRACKED, WordText, properties_of
from policies.text.importing.word.inline import Commented
from policies.text.importing.word.names import OUR_MARK, words_of
from policies.text.importing.word.package import Unreadable, open_package
from policies.text.markdown.import_notes import ImportNote
from policies.text.quotations import MAX_QUOTED, NotQuotable, Quotation
from policies.text.quoted_html import text_parts
from policies.text.rendering import RenderingRefused

MAX_CHANGES = 10_000
MAX_COMMENTS = 500


@dataclass(frozen=True, slots=True)
class WordComment:
    """A comment in a Word file.

    parent: the id of the one that it answers, or "". section: an anchor of the accepted text, ""
    for introduction and title. quotation: of the words that it is about, as they are read there;
    None if they are none of that text, or the heading of the section.
    """

    id: str
    parent: str
    author: str
    at: datetime | None
    text: str
    section: str
    quotation: Quotation | None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file says. digest: of the text that it was made of, "" for a file from elsewhere.

    text: with every tracked change accepted. spans: the words of the file, in order.
    """

    digest: str
    text: Document
    spans: tuple[ChangedWords, ...]
    comments: tuple[WordComment, ...]
    notes: tuple[ImportNote, ...]


def digest_of(name: str, data: bytes) -> str:
    """Return the digest that a file names, without reading its text. Raises ImportRefused."""
    try:
        return properties_of(open_package(data)).get(OUR_MARK, "")
    except Unreadable as error:
        raise ImportRefused(name, 1, str(error)) from error


def read_returned(name: str, data: bytes) -> Returned:
    """Read a Word file with what others changed and said in it.

    Macros, links to other files and embedded objects are left out, with a note on each. Raises
    ImportRefused as an import does, and for more changes or comments than anyone could go through.
    """
    found = read_word(name, data)
    if found.inline.changes.count > MAX_CHANGES:
        reason = f"The file has more than {MAX_CHANGES:,} tracked changes. Accept some of them."
        raise ImportRefused(name, 1, reason)
    return Returned(
        found.properties.get(OUR_MARK, ""),
        found.document,
        tuple(found.inline.changes.spans),
        tuple(_comments(name, found)),
        tuple(note for note in found.notes if note.kind not in (COMMENT, TRACKED)),
    )


def _comments(name: str, found: WordText) -> Iterator[WordComment]:
    package, about = found.package, found.inline.comments
    elements = list(package.entries("comments"))
    if not elements:
        return
    if len(elements) > MAX_COMMENTS:
        reason = f"The file has more than {MAX_COMMENTS:,} comments. Delete those that are settled."
        raise ImportRefused(name, 1, reason)
    places = _Places(found)
    by_id: dict[str, Element] = {}
    by_paragraph: dict[str | None, str] = {}  # the last of a comment, by which threads name it
    for comment in elements:
        key = comment.get("w:id", "")
        if by_id.setdefault(key, comment) is comment:
            by_paragraph.update((line.get("w14:paraId"), key) for line in comment.iter("w:p"))
    parents: dict[str | None, str] = {}
    for thread in package.entries("commentsExtended"):
        if answered := thread.get("w15:paraIdParent"):
            answer = by_paragraph.get(thread.get("w15:paraId"))
            parents[answer] = by_paragraph.get(answered, "")
    for key, comment in by_id.items():
        text = "\n".join(words_of(line) for line in comment.iter("w:p")).strip()
        section, quotation = places.of(about[key]) if key in about else ("", None)
        author = comment.get("w:author", "").strip()
        parent = parents.get(key, "")
        yield WordComment(key, parent, author, moment(comment), text, section, quotation)


class _Places:
    """Where the words of a Word file are in the text that was made of it."""

    def __init__(self, found: WordText) -> None:
        self._shown = "".join(found.inline.shown)
        self._texts: dict[str, str] = {}
        self._headings = {"": _letters(found.document.title)}
        anchors = {section.anchor for section in found.document.sections}
        waiting: dict[str, list[str]] = defaultdict(list)
        for part in text_parts(_html(found.document), anchors):
            if part.kind == "section":
                self._headings[part.anchor] = _letters(part.heading)
                waiting[self._headings[part.anchor]].append(part.anchor)
            if part.kind != "notes":  # in which Word has no comments
                self._texts[part.anchor] = part.words
        self._begins, self._anchors, at = [0], [""], 0
        for line in self._shown.split("\n"):
            if waiting.get(key := _letters(line)):
                self._begins.append(at)
                self._anchors.append(waiting[key].pop(0))
            at += len(line) + 1

    def section(self, place: int) -> str:
        """Return the section of a place in the words of the file."""
        return self._anchors[bisect(self._begins, place) - 1]

    def of(self, about: Commented) -> tuple[str, Quotation | None]:
        """Return the section and the quotation of what a comment is about."""
        section = self.section(about.start)
        commented = self._shown[about.start : about.end]
        is_heading = _letters(commented) in ("", self._headings[section])
        if is_heading or len(commented) > MAX_QUOTED:
            return section, None
        prefix = self._shown[max(0, about.start - MAX_QUOTED) : about.start]
        suffix = self._shown[about.end : about.end + MAX_QUOTED]
        try:
            text = self._texts.get(section, "")
            return section, quotations.quote(text, commented, prefix=prefix, suffix=suffix)
        except NotQuotable:
            return section, None


def _html(document: Document) -> str:
    try:
        return rendering.render_document(document).html
    except RenderingRefused:
        return ""


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W\d_]", text))
