"""The words in a policy's HTML, as a text to quote from, and marks around words in it.

For HTML that rendering/ or redline/ has written. What is not part of the text is left out: what was
deleted, labels for those who don't see marks, numbers of headings, clauses and notes, which change
without a change of the words. static/policies/quoting.js reads the page in the same way.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape

from policies.text.quotations import Span

# Elements around words in a line; any other begins a new one.
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd"),
        *("mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr"),
    }
)
_VOID = frozenset({"br", "hr", "img", "wbr"})
_LEFT_OUT = frozenset(
    {
        *("footnote-back", "footnote-ref", "label", "number"),
        *("redline-label", "redline-note", "redline-stop"),
    }
)

_TAG_OR_TEXT = re.compile(r'<(/?)([a-z0-9]+)((?:[^<>"]|"[^"]*")*)>|[^<]+|<')
_CLASS = re.compile(r' class="([^"]*)"')
_SIGN = re.compile(r"&#?\w+;|.", re.DOTALL)
_NOTES = '<div class="footnotes">'
_BEGINNINGS = re.compile(rf"(?=<h2[ >]|{_NOTES})")
_HEADING = re.compile(r'<h2 id="([^"]*)".*?</h2>', re.DOTALL)


@dataclass(frozen=True)
class TextPart:
    """A part of a text as readers see it. kind: as in RedlinePart. anchor: of a section."""

    kind: str
    anchor: str = ""
    html: str = ""

    @property
    def words(self) -> str:
        return readable(self.html)

    @property
    def heading(self) -> str:
        """The words of a section's heading."""
        heading = _HEADING.match(self.html)
        return readable(heading[0]) if heading else ""


@dataclass(frozen=True, slots=True)
class CommentMark:
    """Words to mark. span: of characters that are not white space. key: of the comment on them.

    text, label: of the link to the comment that follows the words; the label is read out.
    """

    span: Span
    key: int
    text: str
    label: str


def text_parts(html: str, anchors: Container[str]) -> list[TextPart]:
    """Divide HTML of `render`: the introduction, each section, the notes. anchors: of sections."""
    parts = [TextPart("introduction")]
    for piece in divided(html):
        heading = _HEADING.match(piece)
        anchor = unescape(heading[1]) if heading else ""
        if anchor in anchors:
            parts.append(TextPart("section", anchor, piece))
        elif piece.startswith(_NOTES):
            parts.append(TextPart("notes", html=piece))
        else:  # the introduction may have headings of its own
            parts[-1] = replace(parts[-1], html=parts[-1].html + piece)
    return parts


def divided(html: str) -> list[str]:
    """Return HTML of `render` in pieces: what is before the first section, each section, notes."""
    return _BEGINNINGS.split(html)


def readable(html: str) -> str:
    """Return the words in HTML, on one line."""
    words: list[str] = []
    for token in _tags_and_texts(html):
        if token.is_text:
            words.append(unescape(token.html))
        elif token.breaks:
            words.append(" ")
    return " ".join("".join(words).split())


def marked(html: str, marks: Sequence[CommentMark]) -> str:
    """Return HTML with the words marked, each with the id `words-KEY`, and a link to
    `#comment-KEY` after them.
    """
    return _Marking(marks).written(html)


class _Marking:
    """at: how many characters were read that are not white space. open: marks that are not over."""

    def __init__(self, marks: Sequence[CommentMark]) -> None:
        self.starts = defaultdict[int, list[CommentMark]](list)
        self.ends = defaultdict[int, list[CommentMark]](list)
        for mark in marks:
            self.starts[mark.span[0]].append(mark)
            self.ends[mark.span[1]].append(mark)
        self.at = self.open = 0
        self.is_in_link = False
        self._due: list[CommentMark] = []  # a link can't be in another one
        self._html: list[str] = []

    def written(self, html: str) -> str:
        for token in _tags_and_texts(html):
            if token.is_text:
                self._text(token.html)
                continue
            self._html.append(token.html)
            if token.tag == "a":
                self.is_in_link = not token.is_end
                self._link()
        return "".join(self._html)

    def _text(self, html: str) -> None:
        if html.isspace():  # perhaps between two blocks, where no mark may be
            self._html.append(html)
            return
        end = self.at + len("".join(unescape(html).split()))
        if not self.open and self.starts.keys().isdisjoint(range(self.at, end)):
            self._html.append(html)
            self.at = end
            return
        run: list[str] = []
        within = False
        for sign in _SIGN.findall(html):
            is_ink = not unescape(sign).isspace()
            # White space is marked between two marked words only.
            started = self.starts.get(self.at, []) if is_ink else []
            self.open += len(started)
            now = self.open > 0
            if now != within or started:
                self._run(run, within)
                run = [f'<span id="words-{mark.key}"></span>' for mark in started]
                within = now
            run.append(sign)
            self.at += is_ink
            if ended := self.ends.get(self.at, []) if is_ink else []:
                self.open -= len(ended)
                self._run(run, within)
                run = []
                self._due += ended
                self._link()
        self._run(run, within)

    def _run(self, run: list[str], is_marked: bool) -> None:
        if run:
            self._html += ['<mark class="quoted">', *run, "</mark>"] if is_marked else run

    def _link(self) -> None:
        if self.is_in_link:
            return
        for mark in self._due:
            address = f'href="#comment-{mark.key}" aria-label="{escape(mark.label)}"'
            self._html.append(f'<a class="to-comment" {address}>{escape(mark.text)}</a>')
        self._due = []


@dataclass(frozen=True, slots=True)
class _TagOrText:
    """A tag, or text: all that is between two tags. breaks: whether words around it are apart.

    is_text: false also for text that is left out.
    """

    html: str
    is_text: bool = False
    tag: str = ""
    is_end: bool = False
    breaks: bool = False


def _tags_and_texts(html: str) -> Iterator[_TagOrText]:
    left_out = 0  # how many elements are open, from one that is left out
    for found in _TAG_OR_TEXT.finditer(html):
        end, tag, attributes = found.groups()
        if tag is None:
            yield _TagOrText(found[0], is_text=not left_out)
            continue
        if tag not in _VOID:
            classes = _CLASS.search(attributes)
            is_left_out = tag == "del" or (
                classes is not None and not _LEFT_OUT.isdisjoint(classes[1].split())
            )
            if end:
                left_out = max(0, left_out - 1)
            elif left_out or is_left_out:
                left_out += 1
        breaks = tag not in _INLINE
        yield _TagOrText(found[0], tag=tag, is_end=bool(end), breaks=breaks)
