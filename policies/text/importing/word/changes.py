"""The tracked changes of a Word file: accepted, each with the words that came and went, and whose.

Pure. ISO/IEC 29500-1, 17.13.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple
from xml.etree.ElementTree import Element

from policies.text.importing.word.names import child

_GONE = frozenset({"w:del", "w:cellDel", "w:moveFrom"})
_MARKS = _GONE | {"w:ins", "w:cellIns", "w:moveTo"}
_REFERENCES = {"w:footnoteReference": "footnote", "w:endnoteReference": "endnote"}
YEARS = range(1900, 2200)  # of changes and comments
NOTE = "†"  # a reference to a footnote, among words


class Tracked(NamedTuple):
    """Who tracked a change, and when."""

    author: str
    at: datetime | None

    @classmethod
    def of(cls, mark: Element) -> Tracked:
        return cls(mark.get("w:author", "").strip(), moment(mark))


class ChangedWords(NamedTuple):
    """Words of a file with all tracked changes rejected, and with all accepted.

    by: who changed them, or how they look if they stayed; None if nobody tracked anything.
    """

    before: str
    after: str
    by: Tracked | None = None


class NoteReference(NamedTuple):
    """A reference to a footnote. by: who added or removed it, None if nobody tracked that."""

    note: tuple[str, str]
    by: Tracked | None
    is_gone: bool = False


@dataclass(slots=True)
class TrackedChanges:
    """The words of a file so far, and who changed them.

    references: to footnotes, in order, those that are gone included. count: of changes, each what
    one author changed without a gap.
    """

    spans: list[ChangedWords] = field(default_factory=list)
    references: list[NoteReference] = field(default_factory=list)
    count: int = 0
    _around: list[Tracked] = field(default_factory=list)
    _paragraph: list[ChangedWords] = field(default_factory=list)

    def lose(self, change: Element) -> None:
        """Take a change that takes its content away; what was new in it never was in a text."""
        if not self._around:
            self.remove(change, Tracked.of(change))

    def enter(self, by: Tracked) -> None:
        """Take a change whose content stays; `leave` ends it."""
        self._around.append(by)

    def leave(self) -> None:
        self._around.pop()

    def show(self, words: str, looks: Element | None = None) -> None:
        """Take words that follow."""
        if self._around:
            self._paragraph.append(ChangedWords("", words, self._around[-1]))
        else:
            mark = child(looks, "w:rPrChange")
            self._paragraph.append(
                ChangedWords(words, words, None if mark is None else Tracked.of(mark))
            )

    def refer(self, note: tuple[str, str]) -> None:
        """Take a reference to a footnote."""
        by = self._around[-1] if self._around else None
        self.references.append(NoteReference(note, by))
        self.show(NOTE)

    def end(self, paragraph: Element) -> bool:
        """Take the end of a paragraph; return whether it is still there."""
        marks = _marks(paragraph, "w:pPr", "w:rPr")
        for mark in marks:
            ends = ("\n", "") if mark.tag in _GONE else ("", "\n")
            self._paragraph.append(ChangedWords(*ends, Tracked.of(mark)))
        looks = child(paragraph, "w:pPr", "w:pPrChange")
        if looks is not None:
            by = Tracked.of(looks)
            self._paragraph = [
                span if span.by else span._replace(by=by) for span in self._paragraph
            ]
        self.close()
        if not marks:
            self.spans.append(ChangedWords("\n", "\n"))
        return not any(mark.tag in _GONE for mark in marks)

    def close(self) -> None:
        """Count the changes since the last paragraph, or in it."""
        for author, group in groupby(self._paragraph, lambda span: span.by and span.by.author):
            has_words = any(span.before or span.after for span in group)
            self.count += has_words and author is not None
        self.spans += self._paragraph
        self._paragraph = []

    def lose_note(self, note: Element, by: Tracked | None) -> None:
        """Take a footnote of which the reference is gone."""
        self.spans.append(ChangedWords(_deleted(note), "", by))

    def remove(self, part: Element, by: Tracked | None) -> None:
        """Take a part that is gone."""
        self._paragraph.append(ChangedWords(_deleted(part), "", by))
        for node in part.iter():
            if kind := _REFERENCES.get(node.tag):
                self.references.append(
                    NoteReference((kind, node.get("w:id", "")), by, is_gone=True)
                )


def removed_by(part: Element, properties: str) -> Tracked | None:
    """Return who removed a row or a cell, by its properties of this name; None if it is there."""
    marks = [mark for mark in _marks(part, properties) if mark.tag in _GONE]
    return Tracked.of(marks[0]) if marks else None


def _marks(part: Element, *path: str) -> list[Element]:
    """Return what says that a part was added or removed, in its properties at this path."""
    properties = child(part, *path)
    return [] if properties is None else [node for node in properties if node.tag in _MARKS]


def _deleted(part: Element) -> str:
    """Return the words of what is removed, but for those that were new."""
    if part.tag in ("w:t", "w:delText"):
        return part.text or ""
    if part.tag in _REFERENCES:
        return NOTE
    parts = [_deleted(node) for node in part if node.tag not in ("w:ins", "w:moveTo")]
    return "".join(parts) + (" " if part.tag in ("w:p", "w:tab", "w:br") else "")


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
