"""From Markdown of any style to Markdown of one style, line by line; the words stay.

Pure. `clean` deals with characters, `tidy` with lines: headings become `## Heading {#id}` at the
left margin, attribute lists of kramdown and Python-Markdown shrink to the id that they give, code
blocks are closed, and nothing is left that only some readers of Markdown take for a heading.
"""

from __future__ import annotations

import re

from policies.text.markdown.blocks import (
    UNDERLINE_LOOKALIKE,
    Line,
    LineKind,
    heading_text,
    is_blank,
    scan,
)
from policies.text.markdown.notes import Note
from policies.text.short_text import in_short

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\u2028]")


def clean(text: str) -> tuple[str, tuple[Note, ...]]:
    """Return a text whose line breaks are "\\n" and which holds no control character but tab.

    Form feeds and Unicode line breaks count as line breaks. U+0080–U+009F are read as the letters
    of Windows-1252 that they stand for in practice (and in HTML); other controls become spaces.
    """
    text = text.removeprefix("\ufeff")
    text = _BREAKS.sub("\n", text).replace("\u2029", "\n\n")
    notes = tuple(
        Note(
            "control character replaced",
            f"U+{ord(match[0]):04X}",
            text.count("\n", 0, match.start()) + 1,
        )
        for match in list(_CONTROL.finditer(text))[:20]
    )
    return _CONTROL.sub(_letter, text), notes


def _letter(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0x80 <= code <= 0x9F:
        letter = bytes([code]).decode("cp1252", "replace")
        return " " if letter == "\ufffd" else letter
    return "\ufffd" if code >= 0xD800 else " "


_ATTRIBUTE = (
    r"(?:#[^\s{}]*[^\s{}#]|\.[^\s{}#\"'<>`=]+|"
    r"[A-Za-z][\w:-]*=(?:\"[^\"{}\n]*\"|'[^'{}\n]*'|[^\s{}\"']+))"
)
_LIST = rf"{_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*"
# At the end of a heading: "{#id .class}", "{: #id}", "{.class}", pandoc's "{-}". Whoever cuts them
# off has to strip what is left: a pattern for the spaces, too, would be tried from each of them.
ATTRIBUTES = re.compile(rf"(?<!\\)\{{:?[ \t]*({_LIST}|-)[ \t]*\}}\Z")
# Directly behind a link or emphasis: "{:target="_blank"}", "{ .button }".
_INLINE_ATTRIBUTES = re.compile(rf"(?<=[)\]*_`])(?<!\[\])\{{:?[ \t]*({_LIST})[ \t]*\}}")
_BLOCK_ATTRIBUTES = re.compile(r"[ \t]*\{:([^{}]*)\}[ \t]*\Z")
_CONTENTS_MARK = re.compile(
    r"[ \t]*(?:\[TOC\]|\[\[_?TOC_?\]\]|\{:[ \t]*toc\b[^}]*\}|"
    r"\{\{[<%]-?[ \t]*toc[ \t]*-?[%>]\}\})[ \t]*\Z",
    re.IGNORECASE,
)
_CONTENTS_ITEM = re.compile(r"[ \t]*(?:[-*+]|1\.)[ \t]+[^\n]{1,60}\Z")


def ids(attributes: str) -> list[str]:
    """Return the ids in an attribute list. attributes: what stands between its braces."""
    return [
        found[1] or found[2]
        for found in re.finditer(
            r"(?:\A|(?<=\s))(?:#(\S+)|id=[\"']?([^\s\"'{}]+))", attributes.strip()
        )
    ]


def tidy(text: str, first_line: int = 1) -> tuple[str, tuple[Note, ...]]:
    """Return a text in that one style, and remarks on what could not be kept."""
    tidier = _Tidier(text, first_line)
    return tidier.run(), tuple(tidier.notes)


class _Tidier:
    """One text on its way through `tidy`: lines come in by number, go out to `out`."""

    def __init__(self, text: str, first_line: int) -> None:
        self.first_line = first_line
        self.notes: list[Note] = []
        self.out: list[str] = []
        self.found = scan(text.split("\n"))
        self.lines = self.found.lines
        self.waiting: list[str] = []  # ids of an attribute line that stands before its block

    def run(self) -> str:
        for number, line in enumerate(self.lines):
            self._line(number, line)
        if self.waiting:
            self.out += ["", *(f"[]{{#{id_}}}" for id_ in self.waiting)]
        if self.found.open_fence is not None:
            self._note("unclosed code block closed at the end", "", self.found.open_fence)
            self.out.append(self.found.closing)
        return "\n".join(self.out)

    def _note(self, kind: str, text: str, number: int) -> None:
        self.notes.append(Note(kind, in_short(text), number + self.first_line))

    def _line(self, number: int, line: Line) -> None:
        if line.kind in (LineKind.CODE, LineKind.FENCE):
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
        elif block := _BLOCK_ATTRIBUTES.match(line.text):
            self._block_attributes(number, line, block[1])
        else:
            self._other(number, line)

    def _flush(self) -> None:
        """Put the ids of a waiting attribute line before what comes now."""
        if self.waiting:
            self.out += [*(f"[]{{#{id_}}}" for id_ in self.waiting), ""]
            self.waiting = []

    def _heading(self, number: int, level: int, text: str) -> None:
        found = ATTRIBUTES.search(text)
        names = self.waiting + (ids(found[1]) if found else [])
        self.waiting = []
        if found:
            text = heading_text(text[: found.start()])
            if set(found[1].split()) - {f"#{name}" for name in names}:
                self._note("attributes dropped", found[0], number)
        anchors = [f"[]{{#{name}}}" for name in names[1:]]
        if not text:
            self._note("heading without words dropped", self.lines[number].text, number)
            self.out += ["", *(f"[]{{#{name}}}" for name in names), ""]
            return
        last = f" {{#{names[0]}}}" if names else ""
        self.out.append("#" * level + " " + "".join(anchors) + text + last)

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
        item = (
            self.out.pop() if kramdown and self.out and _CONTENTS_ITEM.match(self.out[-1]) else ""
        )
        self._note(
            "list of contents dropped, the page makes its own", f"{item} {line.text}", number
        )

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
            text = _INLINE_ATTRIBUTES.sub(lambda match: self._inline(match, number), text)
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
        return "".join(f"[]{{#{name}}}" for name in names)


def _with_id(heading: str, names: list[str]) -> str:
    """Give a tidy heading further ids."""
    found = ATTRIBUTES.search(heading)
    if not found:
        heading, names = f"{heading} {{#{names[0]}}}", names[1:]
    hashes, _, rest = heading.partition(" ")
    return f"{hashes} " + "".join(f"[]{{#{name}}}" for name in names) + rest
