"""Inline text as a row of styled spans, and the Markdown that says the same.

Pure. Text that comes from HTML is written so that none of it turns into markup: what would be read
as emphasis, a link, a list or a heading gets a backslash, and so does what could be read so beside
text of another style; nothing else does.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from policies.text.markdown.attribute_lists import bare_anchors
from policies.text.markdown.characters import TextSearch


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One link. target: its Markdown destination, with its title. Equal only to itself."""

    target: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text and how it looks.

    raw: `text` is Markdown already (a footnote mark, `{#id}`) and stays as it is. anchor: an id to
    link to; such a span has no text.
    """

    text: str = ""
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    link: Link | None = None
    raw: bool = False
    anchor: str = ""

    @property
    def is_break(self) -> bool:
        return self.raw and self.text == "\n"

    @property
    def is_empty(self) -> bool:
        return bool(self.anchor) or (not self.raw and not self.text.strip())


PLAIN = Span()
BREAK = Span("\n", raw=True)

_VERBATIM = re.compile(r"(?P<template>\{[{%])|(?P<url>https?://[^\s<>\[\]()\"'`{}\\^|&*]+)")
_TEMPLATE_ENDS = {"{{": "}}", "{%": "%}"}
_ENTITY = re.compile(r"&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};)")
_ENTITY_BEFORE = re.compile(r"&(?=#?\w*\Z)")
_SPECIAL = re.compile(
    r"[\\`*]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # not inside of a word
    r"|\[(?=\^|\])"
    r"|\](?=[(])"
    r"|<(?=[A-Za-z/!?])"
    r"|\{(?=[{%]|\Z|:?[ \t]*(?:[#.:]|[A-Za-z][\w:-]*=))"
    r"|(?<=\{)\{|(?<=~)~|~(?=~|\Z)|\A~"
)
_SPECIAL_IN_LINK = re.compile(rf"[\[\]]|{_SPECIAL.pattern}")
# The last character of a text, where the first one after it would make it a mark.
_SPECIAL_BEFORE = re.compile(r"\[[\^\]]|\][(\[:]|<[A-Za-z/!?]|!\[")
_LINE_START = re.compile(
    # "#Scope" is a heading to other readers of Markdown (normalizing), "#5" is none.
    r"(?P<char>\#(?=\#{0,5}(?:[ \t]|\Z)|[*_\[`]*[^\W\d_]|\#{1,5}[*_\[`]*[^\W_])"
    r"|>|[-+](?=[ \t]|\Z)|-(?=[-\s:|]*\Z)|=+(?=[ \t]*\Z)"
    r"|\||[:~](?=[-: \t]|\Z)"
    r"|\[(?=(?:[^\]\\]|\\.)*\]:))"
    r"|(?P<number>\d{1,9})(?=[.)](?:[ \t]|\Z))"
)


def join(spans: Iterable[Span]) -> list[Span]:
    """Collapse white space as a browser does: across spans, none at the ends and at breaks."""
    out: list[Span] = []
    space = True  # the text so far ends in white space, or there is none
    for span in spans:
        if span.anchor:
            out.append(span)
        elif span.is_break:
            _strip_end(out)
            out.append(span)
            space = True
        elif span.raw:
            out.append(span)
            space = False
        else:
            text = re.sub(r"[ \t\n\r\f]+", " ", span.text)
            text = text[1:] if space and text[:1] == " " else text
            if not text:
                continue
            space = text[-1] == " "
            before = out[-1] if out else PLAIN
            if span.code and before == replace(span, text=before.text):
                text = out.pop().text + text  # two code spans side by side would be read as one
            out.append(replace(span, text=text))
    _strip_end(out)
    return out


def _strip_end(spans: list[Span]) -> None:
    for index in range(len(spans) - 1, -1, -1):
        span = spans[index]
        if span.anchor:
            continue
        if not span.raw and span.text.endswith(" "):
            text = span.text[:-1]
            spans[index : index + 1] = [replace(span, text=text)] if text else []
        return


def paragraphs(spans: Sequence[Span]) -> list[list[Span]]:
    """Divide joined spans where two breaks follow each other, as old HTML makes paragraphs."""
    parts: list[list[Span]] = [[]]
    breaks = 0
    for span in spans:
        if span.is_break:
            breaks += 1
            continue
        if breaks and not span.anchor:
            if breaks == 1:
                parts[-1].append(BREAK)
            elif any(not span.anchor for span in parts[-1]):
                parts.append([])
            breaks = 0
        parts[-1].append(span)
    return [part for part in parts if part]


def write(spans: Sequence[Span], *, break_mark: str = "<br>\n", line_starts: bool = True) -> str:
    """Return joined spans as Markdown of one paragraph.

    break_mark: what a line break becomes. line_starts: a line that looks like the mark of a block
    is escaped.
    """
    lines = (line.strip(" \t") for line in _marked(_settled(spans)).split("\n"))
    return break_mark.join(escape_line_start(line) if line_starts else line for line in lines)


def escape_line_start(line: str) -> str:
    """Return a line, escaped if it would be read as the mark of a block."""
    if not (found := _LINE_START.match(line)):
        return line
    at = found.end("number") if found["number"] else 0
    return f"{line[:at]}\\{line[at:]}"


def escape(text: str, after: str = "", *, in_link: bool = False) -> str:
    """Return Markdown that shows a text, line starts aside. after: what follows it."""
    out: list[str] = []
    at = 0
    for start, end in _verbatim(text):
        out.append(_escape(text[at:start], text[start:end], in_link=in_link))
        out.append(text[start:end])
        at = end
    out.append(_escape(text[at:], after, in_link=in_link))
    return "".join(out)


def _verbatim(text: str) -> Iterator[tuple[int, int]]:
    """Yield where what stays as it is begins and ends: tags of templates, addresses."""
    search = TextSearch(text)
    found = _VERBATIM.search(text)
    while found:
        start, end = found.span()
        if found["url"]:
            end = start + len(found[0].rstrip("*_~.,:;!?"))
        elif found["template"]:
            end = search.place(_TEMPLATE_ENDS[found[0]], end) + 2
        if end <= min(len(text), search.place("\n", start)):
            yield start, end
        else:
            end = start + 1
        found = _VERBATIM.search(text, end)


def _escape(text: str, after: str, *, in_link: bool) -> str:
    special = _SPECIAL_IN_LINK if in_link else _SPECIAL
    last = ""
    if _SPECIAL_BEFORE.match(text[-1:] + after[:1]):
        text, last = text[:-1], f"\\{text[-1]}"
    text = special.sub(lambda found: "\\" + found[0], text) + last
    text = _ENTITY.sub(r"\\&", text)
    return _ENTITY_BEFORE.sub(r"\\&", text) if re.match(r"[\w#;]", after) else text


def _settled(spans: Sequence[Span]) -> list[Span]:
    """Move white space, and punctuation before words, out of emphasis: it can't end there."""
    out: list[Span] = []
    followers = _followers(spans, [not span.anchor for span in spans])
    for index, span in enumerate(spans):
        if span.raw or span.anchor or not (span.bold or span.italic or span.strike) or span.code:
            out.append(span)
            continue
        after = followers[index]
        end = len(span.text)
        if after and not after.raw and after.text[:1].isalnum() and not _same_style(span, after):
            while end and unicodedata.category(span.text[end - 1])[0] == "P":
                end -= 1
        core = span.text[:end]
        body = core.strip()
        lead = core[: len(core) - len(core.lstrip())] if body else core
        trail = core[len(lead) + len(body) :] + span.text[end:]
        plain = replace(span, bold=False, italic=False, strike=False)
        parts = ((plain, lead), (span, body), (plain, trail))
        out += [replace(style, text=text) for style, text in parts if text]
    return _bridged(out)


def _followers(spans: Sequence[Span], wanted: Sequence[bool]) -> list[Span | None]:
    """Return for each span the next wanted one after it."""
    out: list[Span | None] = [None] * len(spans)
    for index in range(len(spans) - 2, -1, -1):
        out[index] = spans[index + 1] if wanted[index + 1] else out[index + 1]
    return out


def _same_style(span: Span, other: Span) -> bool:
    return (span.bold, span.italic, span.strike) == (other.bold, other.italic, other.strike)


def _bridged(spans: list[Span]) -> list[Span]:
    """Let the white space, breaks and anchors between two spans of one style take that style."""
    visible = [not span.is_empty and not span.is_break for span in spans]
    followers = _followers(spans, visible)
    for index in range(1, len(spans) - 1):
        span, before, after = spans[index], spans[index - 1], followers[index]
        if visible[index] or after is None or before.link is not after.link:
            continue
        # From the outermost mark inwards: inside two different ones nothing can go on.
        struck = before.strike and after.strike and before.bold == after.bold
        spans[index] = replace(
            span,
            bold=before.bold and after.bold,
            strike=struck,
            italic=before.italic
            and after.italic
            and (before.bold, before.strike) == (after.bold, after.strike),
            link=before.link,
        )
    return spans


def _begins(span: Span, link: Link | None) -> str:
    """Return the first character of a span within a link, or out of one, emphasis left aside."""
    if span.anchor or (span.link and span.link is not link):
        return "["
    return "`" if span.code else span.text[:1]


@dataclass(slots=True)
class _Row:
    """Pieces of Markdown. emphases: where among them the marks of each emphasis are."""

    pieces: list[str] = field(default_factory=list)
    emphases: list[tuple[int, int]] = field(default_factory=list)


def _marked(spans: Sequence[Span]) -> str:
    after = [_begins(span, before.link) for before, span in pairwise(spans)]
    row = _Row()
    placed = zip(spans, [*after, ""], strict=False)
    for link, group in groupby(placed, lambda span_and_next: span_and_next[0].link):
        inside = list(group)
        is_link = link is not None and any(not span.is_empty for span, _ in inside)
        if is_link:
            row.pieces.append("[")
        _emphasise(row, inside, ("bold", "strike", "italic"))
        if link is not None and is_link:
            row.pieces.append(f"]({link.target})")
    for opening, closing in sorted(row.emphases):
        _settle_emphasis(row.pieces, opening, closing)
    pieces = [*filter(None, row.pieces)]
    for index in range(1, len(pieces)):
        if pieces[index][0] == "(" and _FOOTNOTE.fullmatch(pieces[index - 1]):
            pieces[index] = f"\\{pieces[index]}"
    return "".join(pieces)


_SIGNS = {"bold": "**", "strike": "~~", "italic": "_"}
_FOOTNOTE = re.compile(r"\[\^[^\[\]]+\]")  # before a bracket it would be the words of a link


def _emphasise(row: _Row, placed: Sequence[tuple[Span, str]], styles: tuple[str, ...]) -> None:
    """Add spans to a row, each with the character that may follow it, "" at the end."""
    if not styles:
        row.pieces += [_piece(span, after) for span, after in placed]
        return
    for is_on, group in groupby(placed, lambda span_and_next: getattr(span_and_next[0], styles[0])):
        inside = list(group)
        if not is_on or all(span.is_empty for span, _ in inside):
            _emphasise(row, inside, styles[1:])
            continue
        opening = len(row.pieces)
        row.pieces.append(_SIGNS[styles[0]])
        _emphasise(row, inside, styles[1:])
        row.emphases.append((opening, len(row.pieces)))
        row.pieces.append(_SIGNS[styles[0]])


def _settle_emphasis(pieces: list[str], opening: int, closing: int) -> None:
    """Leave out the marks of an emphasis that CommonMark would not see (6.2, "flanking"): within
    words, beside white space, at the end of an address. "*" takes the place of "_" where that
    fails; words that are struck out get a space beside them, lest they look as if in force.
    """
    before, first = _near(pieces, opening, -1), _near(pieces, opening, 1)
    last, after = _near(pieces, closing, -1), _near(pieces, closing, 1)
    is_struck = pieces[opening] == "~~"
    opens = _takes_effect(pieces, opening, first, before)
    if is_struck and not opens:
        pieces[opening], before, opens = " ~~", " ", not first.isspace()
    closes = _takes_effect(pieces, closing, last, after)
    if is_struck and not closes:
        pieces[closing], after, closes = "~~ ", " ", not last.isspace()
    flanks = opens and closes
    if pieces[opening] == "_" and (before.isalnum() or after.isalnum()):
        pieces[opening] = pieces[closing] = "*"
        flanks = flanks and "*" not in (before, first, last, after)
    if not flanks or pieces[opening].strip()[0] in (before, after):  # two side by side would be one
        pieces[opening] = pieces[closing] = ""


def _takes_effect(pieces: Sequence[str], mark: int, inner: str, outer: str) -> bool:
    """Return whether a mark between two characters is seen as one, not as a part of an address."""
    if outer.isspace():
        return not inner.isspace()
    if inner.isspace() or (_is_punctuation(inner) and not _is_punctuation(outer)):
        return False
    return not re.search(r"https?://\S*\Z", "".join(pieces[max(mark - 9, 0) : mark]))


def _near(pieces: Sequence[str], mark: int, step: int) -> str:
    """Return the character before a mark (step: -1) or after it (1)."""
    place = mark + step
    while 0 <= place < len(pieces):
        if piece := pieces[place]:
            return piece[0] if step > 0 else piece[-1]
        place += step
    return " "


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _piece(span: Span, after: str) -> str:
    if span.anchor:
        return bare_anchors([span.anchor])
    if span.raw:
        return span.text
    if span.code:
        return code(span.text)
    return escape(span.text, after, in_link=bool(span.link))


def code(text: str) -> str:
    """Return a code span that shows `text`."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[:1] == "`" or text[-1:] == "`" or (text[:1] == text[-1:] == " ") else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text.strip() else text
