"""The tracked changes of a Word file: accepted and listed, or turned over to be rejected.

Pure. ISO/IEC 29500-1, 17.13.5.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple
from xml.etree.ElementTree import Element

from policies.text.importing.word.names import child

_GONE = frozenset({"w:del", "w:cellDel", "w:moveFrom"})
_MARKS = _GONE | {"w:ins", "w:cellIns", "w:moveTo"}
_TURNED = {"w:ins": "w:del", "w:moveTo": "w:moveFrom", "w:cellIns": "w:cellDel"}
_TURNED |= {new: old for old, new in _TURNED.items()}
_TURNED |= {"w:delText": "w:t", "w:delInstrText": "w:instrText"}
YEARS = range(1900, 2200)  # of changes and comments
_END = "¶"  # the end of a paragraph, among words
_NOTE = "†"  # a reference to a footnote
_LETTERS_LAST, _LETTERS_FIRST = re.compile(r"\b\w+\Z"), re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """What one author changed in one place: insertions and deletions that adjoin, or formatting.

    deleted, inserted: whole words, none for spaces alone; both the same for formatting; "¶" for an
    end of a paragraph alone, "†" for a footnote. place: where its paragraph ends in the words of
    the file.
    """

    author: str
    at: datetime | None
    deleted: str
    inserted: str
    place: int


class _Piece(NamedTuple):
    """Words of a paragraph before and after the change that `mark` is; None for no change."""

    before: str
    after: str
    mark: Element | None = None

    @property
    def author(self) -> str | None:
        return None if self.mark is None else self.mark.get("w:author", "").strip()


@dataclass(slots=True)
class Changes:
    """Lists changes by place."""

    listed: list[TrackedChange] = field(default_factory=list)
    _around: list[Element] = field(default_factory=list)
    _pieces: list[_Piece] = field(default_factory=list)

    def lose(self, change: Element) -> None:
        """Take a change that takes its content away; what was new in it never was in a text."""
        self._pieces.append(_Piece("" if self._around else _deleted(change), "", change))

    def enter(self, change: Element) -> None:
        """Take a change whose content stays; `leave` ends it."""
        self._around.append(change)

    def leave(self) -> None:
        self._around.pop()

    def show(self, words: str, looks: Element | None = None) -> None:
        """Take words that follow."""
        if self._around:
            self._pieces.append(_Piece("", words, self._around[-1]))
        else:
            self._pieces.append(_Piece(words, words, child(looks, "w:rPrChange")))

    def refer(self) -> None:
        """Take a reference to a footnote."""
        if self._around:
            self.show(_NOTE)

    def keeps(self, part: Element, *path: str) -> bool:
        """Return whether a row or cell is still there, or the end of a paragraph: by its properties
        at this path.
        """
        there, properties = True, child(part, *path)
        for one in properties if properties is not None else ():
            if one.tag in _MARKS:
                is_gone = one.tag in _GONE
                words = _END if part.tag == "w:p" else _deleted(part) if is_gone else ""
                pair = (words, "") if is_gone else ("", words)
                self._pieces.append(_Piece(*pair, one))
                there = there and not is_gone
        return there

    def close(self, paragraph: Element, place: int) -> None:
        """List the changes of a paragraph, and of what was removed before it. place: where it ends
        in the words of the file.
        """
        pieces, self._pieces = self._pieces, []
        looks = child(paragraph, "w:pPr", "w:pPrChange")
        if looks is not None:
            pieces = [it._replace(mark=looks) if it.mark is None else it for it in pieces]
        groups = [(author, [*it]) for author, it in groupby(pieces, lambda it: it.author)]
        texts = [_texts(group) for _, group in groups]
        for at, (author, group) in enumerate(groups):
            mark = group[0].mark
            if author is None or mark is None:
                continue
            edges = [
                texts[it][1] if 0 <= it < len(groups) and groups[it][0] is None else ""
                for it in (at - 1, at + 1)
            ]
            deleted, inserted = _whole_words(*texts[at], *edges)
            if any(texts[at]):
                change = TrackedChange(author, moment(mark), deleted, inserted, place)
                self.listed.append(change)


def turn_over(root: Element) -> None:
    """Make insertions deletions and old formats new ones: accepted, that is the text before."""
    for one in list(root.iter()):
        for change in [it for it in one if it.tag == f"{one.tag}Change"]:
            before = change.find(one.tag)
            kept = [it for it in one if it.tag in ("w:rPr", *_MARKS)]
            one[:] = [*(before if before is not None else ()), *kept]
        one.tag = _TURNED.get(one.tag, one.tag)


def _deleted(part: Element) -> str:
    """Return the words of what is removed, but for those that were new."""
    if part.tag in ("w:t", "w:delText"):
        return part.text or ""
    if part.tag in ("w:footnoteReference", "w:endnoteReference"):
        return _NOTE
    parts = (_deleted(it) for it in part if it.tag not in ("w:ins", "w:moveTo"))
    return "".join(parts) + (" " if part.tag in ("w:p", "w:tab", "w:br") else "")


def _texts(group: Sequence[_Piece]) -> tuple[str, str]:
    return "".join(it.before for it in group), "".join(it.after for it in group)


def _whole_words(deleted: str, inserted: str, before: str, after: str) -> tuple[str, str]:
    """Return changed words, with the letters of words that changed in part. before, after: beside
    them.
    """
    if deleted != inserted:
        first = _LETTERS_LAST.search(before)
        if first and (_LETTERS_FIRST.match(deleted) or _LETTERS_FIRST.match(inserted)):
            deleted, inserted = first[0] + deleted, first[0] + inserted
        last = _LETTERS_FIRST.match(after)
        if last and (_LETTERS_LAST.search(deleted) or _LETTERS_LAST.search(inserted)):
            deleted, inserted = deleted + last[0], inserted + last[0]
    found = [" ".join(it.split()) for it in (deleted, inserted)]
    words = [it.replace(_END, " ").strip() for it in found]
    return (words[0], words[1]) if any(words) else (found[0], found[1])


def moment(mark: Element) -> datetime | None:
    """Return the time of a change or a comment, which has no zone unless it is UTC.

    None if there is none, or if no clock of a person can have shown it.
    """
    try:
        found = datetime.fromisoformat(mark.get("w:date", ""))
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if found.year in YEARS else None
