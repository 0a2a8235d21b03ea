"""On which line of its file a finding about a text is. Pure.

A text has the words of its file, without the signs of Markdown and HTML between them.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import product

from policies.text.document import Document
from policies.text.findings import Finding
from policies.text.markdown.characters import with_plain_line_breaks

# What may be between two words: a tag, an id or other attributes, the mark of a footnote, an entity
# that stands for a sign, and whatever is no part of a word; the address of a link, too. But
# words in an address or in angle brackets may be what the finding is about.
_SIGNS = r"<[^<>]*+>|\{[:#.][^{}]*+\}|\[\^[^\[\]\s]++\]|&#?\w++;|[\W_]"
_ADDRESS = r"\](?:\((?:[^()\n]|\([^()\n]*+\))*+\)|\[[^\[\]\n]*+\])"
_BETWEEN = (rf"(?:{_ADDRESS}|{_SIGNS})++", rf"(?:{_SIGNS})++", r"[\W_]++")
_BESIDE = r"(?:<[^<>\n]*+>|\{[^{}\n]*+\}|[^\w\n]|_)*+"  # a heading, on its line

_ENOUGH = 8  # words by which a sentence is known; to look for more takes longer
_LONGEST = 2_000  # characters of a sentence in its file
# Headings, and findings, that are looked for in vain before no more are: each takes as long as the
# whole file. A file with more has entities in its words.
_MISSES = 200


class SourceLines:
    """Finds findings in a file. source: its text. document: what that was read as."""

    __slots__ = ("_lines", "_misses", "_next", "_sections", "_source")

    def __init__(self, source: str, document: Document) -> None:
        self._source = with_plain_line_breaks(source)
        self._lines = [line_break.end() for line_break in re.finditer("\n", self._source)]
        self._misses = 0
        self._next: dict[tuple[str, str, str], int] = {}
        starts = list(self._starts(document))
        ends = [*(start for _, start in starts[1:]), len(self._source)]
        self._sections = {
            anchor: (start, end) for (anchor, start), end in zip(starts, ends, strict=True)
        }

    def line_of(self, finding: Finding) -> int:
        """Return the 1-based line on which the words of a finding are, or else those of its reason.

        Where several findings are alike, each call returns the next place. If the words are not in
        the file as they are in the text, the heading of their section counts; of a finding about
        the whole document, the first line.
        """
        start, end = self._sections.get(finding.anchor, (0, len(self._source)))
        key = (finding.rule, finding.anchor, finding.excerpt)
        tried = ((self._next.get(key, start), end), (start, end), (start, len(self._source)))
        what = (finding.excerpt, finding.excerpt.partition(": ")[2])  # a kind of loss, the words
        searched = (self._find(words, *place) for words, place in product(what, tried))
        found = next(filter(None, searched), None) if self._misses < _MISSES else None
        if found is None:
            self._misses += 1
            return self._line(start)
        self._next[key] = found.end()
        quoted = re.search("“(.+?)…?”", finding.reason)
        until = found.start() + _LONGEST
        exact = self._find(quoted[1], found.start(), until) if quoted else None
        return self._line((exact or found).start())

    def line_with(self, words: str) -> int:
        """Return the 1-based line of the first place with words of the text; 1 if there is none."""
        found = self._find(words, 0, len(self._source))
        return self._line(found.start() if found else 0)

    def _find(self, words: str, start: int, end: int) -> re.Match[str] | None:
        parts = _words(words.strip("…"))[:_ENOUGH]
        ways = [between.join(parts) for between in _BETWEEN] if parts else [re.escape(words)]
        found = (re.compile(way).search(self._source, start, end) for way in ways if way)
        return next(filter(None, found), None)

    def _line(self, place: int) -> int:
        return bisect(self._lines, place) + 1

    def _starts(self, document: Document) -> Iterator[tuple[str, int]]:
        """Yield the anchor of each section, with the place at which it begins in the file."""
        start = misses = 0
        yield "", start
        for section in document.sections:
            words = _BETWEEN[0].join(_words(re.sub(_ADDRESS, " ", section.heading)))
            heading = re.compile(rf"^{_BESIDE}({words}){_BESIDE}$", re.MULTILINE)
            found = heading.search(self._source, start) if words and misses < _MISSES else None
            start = found.start(1) if found else start
            misses += found is None
            yield section.anchor, start


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
