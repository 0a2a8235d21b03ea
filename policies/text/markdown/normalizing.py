"""From Markdown of any style to Markdown of one style, line by line; the words stay.

Pure. Headings become `## Heading {#id}` at the left margin, attribute lists of kramdown and
Python-Markdown shrink to the id that they give, code blocks are closed, and nothing is left that
only some readers of Markdown take for a heading.
"""

import re
from dataclasses import dataclass

from policies.text.markdown.attribute_lists import (
    AFTER_INLINE,
    AT_END,
    LINE,
    bare_anchors,
    heading,
    ids,
)
from policies.text.markdown.import_notes import CONTENTS, ImportNote
from policies.text.markdown.lines import (
    UNDERLINE_LOOKALIKE,
    Line,
    LineKind,
    heading_text,
    is_blank,
    lines_of,
)
from policies.text.short_text import in_short

_CONTENTS_MARK = re.compile(
    r"[ \t]*(?:\[TOC\]|\[\[_?TOC_?\]\]|\{:[ \t]*toc\b[^}]*\}|"
    r"\{\{[<%]-?[ \t]*toc[ \t]*-?[%>]\}\})[ \t]*\Z",
    re.IGNORECASE,
)
_CONTENTS_ITEM = re.compile(r"[ \t]*(?:[-*+]|1\.)[ \t]+[^\n]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text in that one style.

    lines: its lines, of which those of kind HEADING are headings. numbers: for each of them, the
    line in the file that it comes from. notes: on what could not be kept.
    """

    lines: list[Line]
    numbers: list[int]
    notes: tuple[ImportNote, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def normalize(text: str, first_line: int = 1) -> Normalized:
    """Return a text in that one style. Raises RenderingRefused.

    first_line: the line of the file on which the text begins.
    """
    normalizer = _Normalizer(text, first_line)
    normalizer.run()
    numbers = normalizer.numbers or [first_line]
    lines: list[Line] = []
    for at, row in enumerate(normalizer.out or [""]):
        source = normalizer.lines[numbers[at] - first_line]
        if at in normalizer.headings:
            hashes, _, words = row.partition(" ")
            heading = heading_text(words)
            lines.append(Line(row, LineKind.HEADING, level=len(hashes), heading=heading))
        elif is_blank(row):
            lines.append(Line(row, LineKind.BLANK))
        else:
            kind = LineKind.CODE if source.kind in _CODE else LineKind.TEXT
            lines.append(Line(row, kind, source.nested))
    return Normalized(lines, numbers, tuple(normalizer.notes))


_CODE = {LineKind.CODE, LineKind.FENCE}


class _Normalizer:
    """One text on its way: lines come in by number, go out to `out`."""

    def __init__(self, text: str, first_line: int) -> None:
        self.first_line = first_line
        self.notes: list[ImportNote] = []
        self.out: list[str] = []
        self.numbers: list[int] = []  # for each line of `out`
        self.headings: set[int] = set()  # indexes of `out`
        self.found = lines_of(text)
        self.lines = self.found.lines
        self.waiting: list[str] = []  # ids of an attribute line before its block

    def run(self) -> None:
        for number, line in enumerate(self.lines):
            self._line(number, line)
            self._number_lines(number - line.since)  # a heading is where its words are
        if self.waiting:
            self.out += ["", *map(_anchor, self.waiting)]
        if self.found.open_fence is not None:
            self._note("unclosed code block closed at the end", "", self.found.open_fence)
            self.out.append(self.found.closing)
        self._number_lines(len(self.lines) - 1)

    def _number_lines(self, number: int) -> None:
        """Note that what came to `out` since the last call is of a line."""
        del self.numbers[len(self.out) :]
        self.numbers += [number + self.first_line] * (len(self.out) - len(self.numbers))

    def _note(self, kind: str, text: str, number: int) -> None:
        self.notes.append(ImportNote(kind, in_short(text), number + self.first_line))

    def _line(self, number: int, line: Line) -> None:
        if line.kind in _CODE:
            self._flush()
            self.out.append(line.text)
        elif not line.nested and line.kind is LineKind.HEADING:
            self._heading(number, line.level, line.heading)
        elif not line.nested and line.kind is LineKind.HASHES:
            self._hashes(number, line)
        elif not line.nested and line.kind is LineKind.UNDERLINE:
            self._underline(number, line)
        elif _CONTENTS_MARK.match(line.text):
            self._contents(number, line)
        elif block := LINE.match(line.text):
            self._block_attributes(number, line, block[1])
        else:
            self._other(number, line)

    def _flush(self) -> None:
        if self.waiting:
            self.out += [*map(_anchor, self.waiting), ""]
            self.waiting = []

    def _heading(self, number: int, level: int, text: str) -> None:
        found = AT_END.search(text)
        names = self.waiting + (ids(found[1]) if found else [])
        self.waiting = []
        if found:
            text = heading_text(text[: found.start()])
            if set(found[1].split()) - {f"#{name}" for name in names}:
                self._note("attributes dropped", found[0], number)
        if not text:
            self._note("heading without words dropped", self.lines[number].text, number)
            self.out += ["", *map(_anchor, names), ""]
            return
        self.headings.add(len(self.out))
        self.out.append(heading(level, text, names))

    def _hashes(self, number: int, line: Line) -> None:
        before = self.lines[number - 1].kind if number else LineKind.BLANK
        after = self.lines[number + 1].kind if number + 1 < len(self.lines) else LineKind.BLANK
        alone = before is LineKind.BLANK and after is LineKind.BLANK
        first = line.heading.lstrip("*_[`")[:1]
        if first.isalnum() and (line.level > 1 or (alone and first.isalpha())):
            self._heading(number, line.level, line.heading)
        else:
            self._flush()
            self.out.append(line.text)

    def _underline(self, number: int, line: Line) -> None:
        words = [before.text.strip(" \t") for before in self.lines[number - line.since : number]]
        text = " ".join(words)
        if line.level == 2 and (line.since > 2 or len(text) > 200):
            self.out += ["", line.text]  # a paragraph of prose with a rule right under it
            return
        if line.since <= len(self.out):
            del self.out[len(self.out) - line.since :]
        self._heading(number, line.level, text)

    def _contents(self, number: int, line: Line) -> None:
        kramdown = line.text.lstrip().startswith("{:")
        follows_item = kramdown and self.out and _CONTENTS_ITEM.match(self.out[-1])
        item = self.out.pop() if follows_item else ""
        self._note(CONTENTS, f"{item} {line.text}", number)

    def _block_attributes(self, number: int, line: Line, inside: str) -> None:
        names = ids(inside)
        if inside[:1] in (":", "/") or not names or len(inside.split()) > len(names):
            self._note("attributes dropped", line.text, number)
        if not names:
            return
        before = self.out[-1] if self.out else ""
        if re.match(r"#{1,6} ", before) and self.lines[number - 1].kind is not LineKind.CODE:
            self.out[-1] = _with_id(before, names)
        elif is_blank(before):
            self.waiting += names
        else:
            indent = line.text[: len(line.text) - len(line.text.lstrip(" \t"))]
            self.out.append(f"{indent}{{: #{names[0]}}}")

    def _other(self, number: int, line: Line) -> None:
        text = line.text
        if line.kind is not LineKind.BLANK:
            self._flush()
        if "{" in text:
            text = AFTER_INLINE.sub(lambda match: self._inline(match, number), text)
        glued = bool(self.out) and not is_blank(self.out[-1])
        if glued and not line.nested and UNDERLINE_LOOKALIKE.match(text):
            if line.kind is LineKind.RULE:
                self.out.append("")
            else:
                text = "\\" + text.lstrip(" ")
        self.out.append(text)

    def _inline(self, match: re.Match[str], number: int) -> str:
        names = ids(match[1])
        if len(match[1].split()) == len(names) == 1:
            return match[0]
        self._note("attributes dropped", match[0], number)
        return bare_anchors(names)


def _anchor(name: str) -> str:
    return bare_anchors([name])


def _with_id(line: str, names: list[str]) -> str:
    found = AT_END.search(line)
    if not found:
        line, names = f"{line} {{#{names[0]}}}", names[1:]
    hashes, _, rest = line.partition(" ")
    return f"{hashes} " + bare_anchors(names) + rest
