"""What a Word file that came back would change in the text that was sent, and who changed it.

Pure. The words of the text that was sent are those of the file with its tracked changes rejected,
and the words of the text that came back those with all accepted, but for what was done without
tracking. Each is found once, in order, however often it is repeated.
"""

import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import accumulate, chain, takewhile
from textwrap import dedent
from typing import NamedTuple

from policies.text import redline
from policies.text.document import Document, Section
from policies.text.importing.returned import Returned
from policies.text.importing.word.changes import NOTE, ChangedWords
from policies.text.importing.word.spelling import respelled
from policies.text.redline import Changes, Kind
from policies.text.redline.alignment import matches
from policies.text.redline.merging import with_edits
from policies.text.redline.single_changes import BETWEEN, ComparedPart, Stretch

# Names and times.
Named = tuple[tuple[str, datetime | None], ...]


def proposed(sent: Document, found: Returned, base: str) -> tuple[Document, dict[str, Named]]:
    """Return the text of a file as an edit of what was sent, and who tracked each change in it.

    base: the address of its page, to which links of the text are relative.
    """
    text = with_edits(sent, respelled(sent, base), _with_headings(sent, found.text))
    return text, authors_of(redline.changes_between(sent, text), found.spans)


_BOOKMARK = re.compile(r"\[\]\{#([^{}\s]+)\}")


def _with_headings(sent: Document, text: Document) -> Document:
    """Return a text in which the headings are headings again that LibreOffice made paragraphs.

    It gives the paragraph behind a deleted one the style of that one, but it keeps the bookmark,
    which is here an anchor beside the words of the heading: in bold, or in an item, if they were.
    """
    gone = {section.anchor: section for section in sent.sections}
    for section in text.sections:
        gone.pop(section.anchor, None)
    if not gone:
        return text
    introduction, found = _divided_at_headings(text.introduction, gone)
    for section in text.sections:
        body, started = _divided_at_headings(section.body, gone)
        found += [replace(section, body=body), *started]
    return replace(text, introduction=introduction, sections=tuple(found))


def _divided_at_headings(body: str, gone: dict[str, Section]) -> tuple[str, list[Section]]:
    """Return a text up to the first heading of `gone` in it, and the sections that begin there."""
    first: list[str] = []
    started: list[tuple[Section, list[str]]] = []
    for line in body.split("\n"):
        bookmark = _BOOKMARK.search(line)
        section = gone.get(bookmark[1]) if bookmark else None
        heading = _BOOKMARK.sub("", line, count=1)
        shown = {_letters(heading), _letters(_LABEL.sub("", heading))}
        if section and _letters(section.heading) in shown:
            started.append((gone.pop(section.anchor), []))  # each once
        elif started:
            started[-1][1].append(line)
        else:
            first.append(line)
    sections = [replace(section, body=_outdented(lines)) for section, lines in started]
    return "\n".join(first).strip("\n"), sections


def _outdented(lines: list[str]) -> str:
    """Return the text below a heading, of which the first lines may have been in its item."""
    inside = [*takewhile(lambda line: line[:1] in ("", " "), lines)]
    outside = "\n".join(lines[len(inside) :])
    return "\n".join([dedent("\n".join(inside)), outside]).strip("\n")


_LABEL = re.compile(r"[ ]*(?:[-*+]|\(?\w{1,6}[.)]|(?:\d+\.)+\d+)[ ]+")


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text))


# --- Who tracked each change ----------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+|[^\w\s…*\[\]()#|\\`>~-]")
# Labels before words are Word's own numbers; where a link leads, and marks, are no words there.
_NOT_IN_WORD = re.compile(
    r"^[ >]*(?:#+[ ])?"
    r"(?:\(?(?:\d{1,3}|[A-Za-z]|[ivxlcdm]{1,6}|[IVXLCDM]{1,6})[.)]|(?:\d+\.)+\d*)[ ]"
    r"|^[ >]*:[ ]"
    r"|^[ >]*\[\^[^\[\]]*\]:|\]\([^)\s\]]*(?:\](?!\()[^)\s\]]*)*(?:[ ]\"[^\"]*\")?\)|\{#[^{}\s]*\}"
    r"|(?P<reference>\[\^[^\[\]]*\])|^[|: -]+$|<br>|&#?\w+;",
    re.MULTILINE,
)
_IS_NOTE = re.compile(r"[ ]{0,3}\[\^[^\[\]]*\]:")
# Changes that follow from others, or that Word does not track.
_FOLLOWING = {Kind.NUMBERS, Kind.LAYOUT, Kind.ANCHOR, Kind.NOTATION}
_ANYWHERE = ""
_OLD, _NEW = 0, 1  # the sides of stretches, and of spans


class _Range(NamedTuple):
    """Where words are among all words of the file, those that are gone included."""

    start: int
    end: int


class _Ranges:
    """None of them overlap."""

    def __init__(self, ranges: Iterable[_Range]) -> None:
        self.ranges = sorted(ranges)
        self._ends = [words.end for words in self.ranges]

    def within(self, wanted: _Range) -> range:
        """Return the indexes of those that overlap another range."""
        first = last = bisect_right(self._ends, wanted.start)
        while last < len(self.ranges) and self.ranges[last].start < wanted.end:
            last += 1
        return range(first, last)


class _TrackedFile:
    def __init__(self, spans: Sequence[ChangedWords]) -> None:
        lengths = [max(len(span.before), len(span.after)) for span in spans]
        self._starts = [0, *accumulate(lengths)]
        ranges = zip(spans, map(_Range, self._starts, self._starts[1:]), strict=True)
        tracked = [(span, place) for span, place in ranges if span.by and any(span[:2])]
        self._tracked = [span for span, _ in tracked]
        self._ranges = _Ranges([place for _, place in tracked])
        self._wordless = set[int]()
        for index, span in enumerate(self._tracked):
            if _WORD.findall(span.before) == _WORD.findall(span.after):
                self._wordless.add(index)
        self._sides = [[span.before for span in spans], [span.after for span in spans]]
        self._side_starts = [[0, *accumulate(map(len, texts))] for texts in self._sides]

    def words(self, side: int) -> list[re.Match[str]]:
        """Return the words before or after the tracked changes."""
        return [*_WORD.finditer("".join(self._sides[side]))]

    def range(self, word: re.Match[str], side: int) -> _Range:
        starts, ends = self._side_starts[side], []
        for place in (word.start(), word.end() - 1):
            span = bisect_right(starts, place) - 1
            ends.append(self._starts[span] + place - starts[span])
        return _Range(ends[0], ends[1] + 1)

    def tracked(self, ranges: Iterable[_Range], *, wordless: bool = False) -> Named:
        """Return who tracked changes in ranges, each with the first time. wordless: only those of
        looks, spaces and ends of paragraphs.
        """
        found: set[int] = set()
        for wanted in ranges:
            found.update(self._ranges.within(wanted))
        named: dict[str, datetime | None] = {}
        for index in sorted(found & self._wordless if wordless else found):
            if by := self._tracked[index].by:
                named.setdefault(*by)
        return tuple(named.items())


class _TextInFile:
    """The text that was sent, or the one that came back, whose words were found in the file."""

    def __init__(self, changes: Changes, side: int, file: _TrackedFile) -> None:
        self._file, self._side = file, side
        self._words: list[str] = []
        self._parts = defaultdict[str, list[range]](list)
        for stretches, move in _lines_of_text(changes, side):
            self._add([(stretch[side], stretch.change or move) for stretch in stretches])
        of_file = file.words(side)
        self._found: dict[int, re.Match[str]] = {}
        for match in matches(self._words, [word[0] for word in of_file]):
            same = of_file[match.new : match.new + match.length]
            self._found.update(enumerate(same, start=match.old))
        self._in_order = [*self._found]

    def _add(self, pieces: Sequence[tuple[str, str]]) -> None:
        """Add a line or a paragraph. pieces: of it, each with its change."""
        text = _NOT_IN_WORD.sub(_blanked, "".join([piece for piece, _ in pieces]))
        words = [*_WORD.finditer(text)]
        first, starts, end = len(self._words), [word.start() for word in words], 0
        self._words += [word[0] for word in words]
        for piece, change in pieces:
            start, end = end, end + len(piece)
            part = range(first + bisect_left(starts, start), first + bisect_left(starts, end))
            self._parts[change].append(part)

    def words(self, change: str) -> list[str]:
        return [self._words[index] for index in chain.from_iterable(self._parts[change])]

    def ranges(self, change: str) -> list[_Range]:
        """Return where the words of a change are that are in the file."""
        return [*self._ranges(chain.from_iterable(self._parts[change]))]

    def _ranges(self, indexes: Iterable[int]) -> Iterator[_Range]:
        for index in indexes:
            if index in self._found:
                yield self._file.range(self._found[index], self._side)

    @cached_property
    def found(self) -> _Ranges:
        """Where all words are that are in the file."""
        return _Ranges(self._ranges(self._in_order))

    def around(self, change: str) -> Iterator[_Range]:
        """Yield what is in the file between the words before and behind each part of a change, and
        the words between its parts.
        """
        parts = self._parts[change]
        for part in parts:
            at = bisect_left(self._in_order, part.start)
            before = [*self._ranges(self._in_order[max(at - 1, 0) : at])]
            behind = [*self._ranges(self._in_order[at : at + 1])]
            yield _Range(before[0].end if before else 0, behind[0].start if behind else sys.maxsize)
        if parts:
            yield from self._ranges(range(parts[0].start, parts[-1].stop))


def authors_of(changes: Changes, spans: Sequence[ChangedWords]) -> dict[str, Named]:
    """Return who tracked each change, by its id; nobody for one that was not tracked as a whole.

    spans: the words of the file that came back.
    """
    file = _TrackedFile(spans)
    texts = [_TextInFile(changes, side, file) for side in (_OLD, _NEW)]
    authors = {change.id: Named() for change in changes.listed}
    by_place = defaultdict[str, dict[str, datetime | None]](dict)
    untracked = set[str]()
    for change in changes.listed:
        if change.kind not in _FOLLOWING:
            authors[change.id] = _authors_of_change(change.id, texts, file)
    authors |= _below_removed_headings(changes, authors)
    for change in changes.listed:
        if change.kind not in _FOLLOWING:
            untracked |= set() if authors[change.id] else {change.place}
            for name, at in authors[change.id]:
                by_place[change.place].setdefault(name, at)
                by_place[_ANYWHERE].setdefault(name, at)
    for change in changes.listed:
        if change.kind in _FOLLOWING and change.place not in untracked:
            named = by_place.get(change.place) or by_place[_ANYWHERE]
            authors[change.id] = tuple(named.items())
    return authors


def _below_removed_headings(changes: Changes, authors: Mapping[str, Named]) -> dict[str, Named]:
    """Return who removed the heading above paragraphs that nobody tracked, by what added them to
    the section before: they belong to that now.
    """
    removed: dict[str, Named] = {}
    for change in changes.listed:
        if change.kind == Kind.REMOVED and change.old.startswith("## "):
            below = map(_letters, change.old.split(BETWEEN)[1:])
            removed |= dict.fromkeys(below, authors[change.id])
    return {
        change.id: removed.get(_letters(_BOOKMARK.sub("", change.new)), ())
        for change in changes.listed
        if change.kind == Kind.ADDED and not authors[change.id]
    }


def _authors_of_change(change: str, texts: Sequence[_TextInFile], file: _TrackedFile) -> Named:
    """Return who tracked a change; nobody if a word went or came that nobody tracked."""
    sent, returned = texts
    old, new = sent.ranges(change), returned.ranges(change)
    authors = file.tracked([*old, *new])
    words = Counter(returned.words(change))
    if Counter(sent.words(change)) == words:
        return authors or file.tracked(returned.around(change), wordless=bool(words))
    kept = [place for place in new if not file.tracked([place])]
    is_tracked = len(old) == len(sent.words(change)) and all(map(sent.found.within, kept))
    return authors if is_tracked else ()


def _lines_of_text(changes: Changes, side: int) -> Iterator[tuple[Sequence[Stretch], str]]:
    """Yield title, headings and paragraphs in the order of a text, footnotes last, as in Word; each
    with the change that moved its section, or "".
    """
    sections: dict[int, ComparedPart] = {}
    for section in changes.sections:
        index = section.old if side == _OLD else section.new
        if index is not None:
            sections[index] = section
    notes: list[tuple[Sequence[Stretch], str]] = []
    for part in (changes.title, changes.introduction, *(sections[at] for at in sorted(sections))):
        yield part.line, part.move
        for paragraph in part.paragraphs:
            text = "".join([stretch[side] for stretch in paragraph.stretches])
            if _IS_NOTE.match(text):
                notes.append((paragraph.stretches, part.move))
            else:
                yield paragraph.stretches, part.move
    yield from notes


def _blanked(found: re.Match[str]) -> str:
    """Return spaces for what is no word, or the sign of a footnote."""
    return (NOTE if found["reference"] else "").ljust(len(found[0]))
