"""A Word file that came back: its text before and after the tracked changes, and its comments.

Pure. The file may be one of ours (word_export), which names the text that it was made of, or any
other. What was changed without tracking is found by comparing the text with the one that was sent.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from policies.text import quotations, rendering
from policies.text.document import Document
from policies.text.importing import read_word
from policies.text.importing.metadata import ImportRefused
from policies.text.importing.word.changes import TrackedChange, moment
from policies.text.importing.word.docx import COMMENT, TRACKED, WordText
from policies.text.importing.word.inline import Commented
from policies.text.importing.word.names import OUR_MARK, words
from policies.text.markdown.import_notes import ImportNote
from policies.text.quotations import MAX_QUOTED, NotQuotable, Quotation
from policies.text.quoted_html import readable
from policies.text.rendering import RenderingRefused

__all__ = ["Returned", "TrackedChange", "WordComment", "authors_of", "read_returned"]

MAX_CHANGES = 10_000
MAX_COMMENTS = 500
# Tracked changes of like words that are looked at to find who made a change of the source: those
# nearest to where its rarest word was changed.
MAX_ALIKE = 1_000


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


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """What a file says. digest: of the text that it was made of, "" for a file from elsewhere.

    before, after: every tracked change rejected, and accepted. Equal only to itself.
    """

    digest: str
    before: Document
    after: Document
    changes: tuple[TrackedChange, ...]
    comments: tuple[WordComment, ...]
    notes: tuple[ImportNote, ...]


def read_returned(name: str, data: bytes) -> Returned:
    """Read a Word file with what others changed and said in it.

    Macros, links to other files and embedded objects are left out, with a note on each. Raises
    ImportRefused as an import does, and for more changes or comments than anyone could go through.
    """
    found = read_word(name, data)
    changes = tuple(found.inline.changes.listed)
    if len(changes) > MAX_CHANGES:
        reason = f"The file has more than {MAX_CHANGES:,} tracked changes. Accept some of them."
        raise ImportRefused(name, 1, reason)
    before = read_word(name, data, rejects=True).document if changes else found.document
    return Returned(
        found.properties.get(OUR_MARK, ""),
        before,
        found.document,
        changes,
        tuple(_comments(name, found)),
        tuple(it for it in found.notes if it.kind not in (COMMENT, TRACKED)),
    )


def authors_of(old: str, new: str, returned: Returned) -> tuple[tuple[str, datetime | None], ...]:
    """Return who made a change of the source, each with the first time; () if it was not tracked.

    old, new: its source before and after. Found by words: of two places in which the same words
    were changed, both authors are returned.
    """
    index = _index(returned)
    words_of = _difference(_tokens(old), _tokens(new))
    key = (frozenset(words_of[0].items()), frozenset(words_of[1].items()))
    if key not in index.known:
        index.known[key] = _authors(returned, index, *words_of)
    return index.known[key]


def _authors(
    returned: Returned, index: _Index, gone: _Words, come: _Words
) -> tuple[tuple[str, datetime | None], ...]:
    words_of = {*gone, *come}
    rarest = min((index.by_word.get(it, []) for it in words_of), key=len, default=[])
    by_paragraph: dict[int, set[int]] = defaultdict(set)
    for at in rarest[:MAX_ALIKE]:
        by_paragraph[returned.changes[at].paragraph].add(at)
    for paragraph, near in by_paragraph.items():
        near.update(*(index.by_rarest.get((paragraph, word), ()) for word in words_of))
    covering = [
        found
        for near in by_paragraph.values()
        if (found := _covering(index, sorted(near)[:MAX_ALIKE], gone, come))
    ]
    if rarest and not covering:
        near = {*rarest}.union(*(index.by_rarest.get((None, word), ()) for word in words_of))
        nearest = sorted(near, key=lambda it: abs(it - rarest[0]))[:MAX_ALIKE]
        covering = [_covering(index, sorted(nearest), gone, come)]
    authors: dict[str, datetime | None] = {}
    for change in (returned.changes[at] for found in covering for at in found):
        authors.setdefault(change.author, change.at)
    return tuple(authors.items())


_Words = Counter[str]
_Counts = frozenset[tuple[str, int]]
# Labels before words are Word's own numbers; where a link leads, and marks, are no words there.
_NOT_IN_WORD = re.compile(
    r"^[ >]*(?:#+[ ])?(?:(?:[-*+]|\(?\w{1,6}[.)]|(?:\d+\.)*\d+\.?)[ ]+|\[\^[^\[\]]*\]:)"
    r"|\]\([^)\s\]]*(?:\](?!\()[^)\s\]]*)*(?:[ ]\"[^\"]*\")?\)|\{#[^{}\s]*\}|\[\^[^\[\]]*\]"
    r"|^[|: -]+$|<br>",
    re.MULTILINE,
)
_TOKEN = re.compile(r"[^\W_]+|[^\w\s*\[\]()#|\\`>~-]")


def _tokens(source: str) -> _Words:
    return Counter(_TOKEN.findall(_NOT_IN_WORD.sub(" ", source)))


def _difference(old: _Words, new: _Words) -> tuple[_Words, _Words]:
    """Return the words that went and came; all of them if they only moved or look different."""
    return (old - new, new - old) if old != new else (old, new)


class _Index(NamedTuple):
    """What each tracked change took and gave; which have a word, and in which it is the rarest.

    by_rarest: by paragraph and word; those of all paragraphs under None. known: the authors of
    changes that were asked for, by the words that went and came.
    """

    differences: list[tuple[_Words, _Words]]
    by_word: defaultdict[str, list[int]]
    by_rarest: defaultdict[tuple[int | None, str], list[int]]
    known: dict[tuple[_Counts, _Counts], tuple[tuple[str, datetime | None], ...]]


@lru_cache(maxsize=1)
def _index(returned: Returned) -> _Index:
    # Words, not source: "30 days" begins with no label.
    words_of = [map(_TOKEN.findall, (it.deleted, it.inserted)) for it in returned.changes]
    differences = [_difference(*map(Counter, it)) for it in words_of]
    index = _Index(differences, defaultdict(list), defaultdict(list), {})
    for at, (gone, come) in enumerate(differences):
        for word in {*gone, *come}:
            index.by_word[word].append(at)
    for at, (gone, come) in enumerate(differences):
        if found := {*gone, *come}:
            rarest = min(found, key=lambda it: len(index.by_word[it]))
            for paragraph in (None, returned.changes[at].paragraph):
                index.by_rarest[paragraph, rarest].append(at)
    return index


def _covering(index: _Index, changes: list[int], gone: _Words, come: _Words) -> list[int]:
    """Return those of the changes that explain all words that went and came; [] if they don't."""
    found, sums = list[int](), (Counter[str](), Counter[str]())
    for at in changes:
        own_gone, own_come = index.differences[at]
        is_inside = own_gone <= gone and own_come <= come
        if is_inside or (gone <= own_gone and come <= own_come):
            found.append(at)
            sums[0].update(own_gone)
            sums[1].update(own_come)
    return found if gone <= sums[0] and come <= sums[1] else []


def _comments(name: str, found: WordText) -> Iterator[WordComment]:
    package, about = found.package, found.inline.comments
    elements = [one for _, root in package.related("comments") for one in root]
    if len(elements) > MAX_COMMENTS:
        reason = f"The file has more than {MAX_COMMENTS:,} comments. Delete those that are settled."
        raise ImportRefused(name, 1, reason)
    by_id = {one.get("w:id", ""): one for one in reversed(elements)}
    last = {  # the paragraph by which a thread names a comment
        one.get("w14:paraId"): key for key, comment in by_id.items() for one in comment.iter("w:p")
    }
    parents = {
        last.get(one.get("w15:paraId")): last.get(one.get("w15:paraIdParent"), "")
        for _, root in package.related("commentsExtended")
        for one in root
        if one.get("w15:paraIdParent")
    }
    places = _Places(found) if by_id else None
    for key, comment in sorted(by_id.items(), key=lambda it: elements.index(it[1])):
        text = "\n".join(words(one) for one in comment.iter("w:p")).strip()
        section, quotation = places.of(about[key]) if places and key in about else ("", None)
        author = comment.get("w:author", "").strip()
        parent = parents.get(key, "")
        yield WordComment(key, parent, author, moment(comment), text, section, quotation)


class _Places:
    """Where the words of a Word file are in the text that was made of it."""

    def __init__(self, found: WordText) -> None:
        self._shown = "".join(found.inline.shown)
        self._texts = {"": ""}
        self._headings = {"": _letters(found.document.title)}
        anchors = {it.anchor for it in found.document.sections}
        waiting: dict[str, list[str]] = defaultdict(list)
        for piece in _pieces(found.document):
            heading = _HEADING.match(piece)
            anchor = unescape(heading[1]) if heading else ""
            if anchor in anchors:
                self._texts[anchor] = readable(piece)
                self._headings[anchor] = _letters(readable(heading[0] if heading else ""))
                waiting[self._headings[anchor]].append(anchor)
            elif not piece.startswith(_NOTES):  # in which Word has no comments
                self._texts[""] = f"{self._texts['']} {readable(piece)}".strip()
        self._begins, self._anchors, at = [0], [""], 0
        for line in self._shown.split("\n"):
            if waiting.get(key := _letters(line)):
                self._begins.append(at)
                self._anchors.append(waiting[key].pop(0))
            at += len(line) + 1

    def of(self, about: Commented) -> tuple[str, Quotation | None]:
        """Return the section and the quotation of what a comment is about."""
        section = self._anchors[bisect(self._begins, about.start) - 1]
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


_NOTES = '<div class="footnotes">'
_HEADING = re.compile(r'<h2 id="([^"]*)".*?</h2>', re.DOTALL)


def _pieces(document: Document) -> list[str]:
    try:
        return rendering.divided(rendering.render_document(document).html)
    except RenderingRefused:
        return []


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W\d_]", text))
