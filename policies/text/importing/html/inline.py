"""What is inside a paragraph of HTML, as spans.

Pure. Nothing that can be read is left out: what Markdown has no sign for keeps its words and gets
a note.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote

from bs4.element import CData, Comment, PageElement, PreformattedString, Tag

from policies.text.importing.html import elements, lists
from policies.text.importing.html.elements import BLOCKS, HEADINGS, LISTS, SILENT
from policies.text.importing.inline_markdown import BREAK, PLAIN, Link, Span
from policies.text.markdown import headings
from policies.text.markdown.import_notes import FLATTENED, NoteCollector

_STYLES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "italic"),
    **dict.fromkeys(elements.STRUCK, "strike"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
}
_WITHOUT_SIGN = {
    "u": "underlining",
    "sup": "raised text",
    "sub": "lowered text",
    "mark": "highlighting",
    "ins": "a marked insertion",
    "ruby": "a reading aid",
    "bdo": "text direction",
}
# Blocks for which a cell of a table, or any other line, has no place.
_FLATTENED = {
    **dict.fromkeys(LISTS, "list"),
    "dl": "list of definitions",
    "table": "table",
    "blockquote": "quotation",
    "pre": "preformatted text",
}
# Other pages, films and drawings, of which only the words between their tags stay.
_DROPPED = ("iframe", "video", "audio", "embed", "frame", "object", "svg", "canvas")
# What browsers, or only those without readings above words, show around words.
_AROUND = {"q": ("“", "”"), "rt": (" (", ")"), "svg": (" ", " ")}
_BECOMING_TEXT = ("button", "select", "textarea", "datalist", "progress", "meter")
# Marks that the author of a Markdown text wrote, which survive when HTML in it is converted.
_IDS = re.compile(r"(\[\]\{:?[ \t]*#[^\s{}]+[ \t]*\}|\{:?[ \t]*#[^\s{}]*[^\s{}#][ \t]*\})")
# Comments of Word and of clipboards, which are for programs.
_OF_PROGRAMS = re.compile(r"\s*(?:\[(?:if|endif)\b|<!\[endif|(?:Start|End)Fragment)")
_BALANCED = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)")
_REFUSED_SCHEMES = {"javascript", "vbscript", "data", "file", "about", "blob"}


@dataclass(slots=True)
class InlineReader:
    """Reads inline content.

    keep_ids: `{#id}` and `[]{#id}` in the text are the marks of its author, not text.
    seen: the ids met so far; an id counts once. rename: id → the anchor that it becomes. cells:
    how many the tables so far have. _labels: those of a list, by its id(), once they were asked
    for. _lists: how many lists around what is read became lines of a cell.
    """

    notes: NoteCollector
    keep_ids: bool = False
    seen: set[str] = field(default_factory=set)
    rename: dict[str, str] = field(default_factory=dict)
    _labels: dict[int, lists.Labels] = field(default_factory=dict)
    cells: int = 0
    _lists: int = 0

    def anchors(self, tag: Tag) -> list[str]:
        """Return a tag's ids, each as an anchor that Markdown can hold."""
        names = [str(tag.get("id") or "").strip()]
        if tag.name in ("a", "map"):
            names.append(str(tag.get("name") or "").strip())
        kept = []
        for name in dict.fromkeys(filter(None, names)):
            if name in self.seen:
                if name == names[0]:
                    self.notes.add("id used twice, kept where it was first", name, tag)
                continue
            self.seen.add(name)
            kept.append(self.rename.get(name, name))
            if name in self.rename:
                self.notes.add("anchor changed", f"{name} → {self.rename[name]}", tag)
        return kept

    def prepare(self, root: Tag) -> None:
        """Find new names for the ids that Markdown can't hold, before links need them."""
        named = [tag.get("id") for tag in root.find_all(id=True)]
        named += [tag.get("name") for tag in root.find_all("a", attrs={"name": True})]
        ids = [str(name or "").strip() for name in named]
        anchors = headings.Anchors(ids)
        for name in dict.fromkeys(filter(None, ids)):
            if headings.is_anchor(name) and not name.startswith(headings.RESERVED_PREFIXES):
                continue
            words = re.sub(r"[^\w.-]+", "-", name).strip("-") or "section"
            self.rename[name] = anchors.unique(words)

    def spans(
        self, nodes: Iterable[PageElement], style: Span = PLAIN, between: Span | None = None
    ) -> list[Span]:
        """Return the spans of nodes. between: what parts blocks among them; None for a space."""
        out: list[Span] = []
        for node in nodes:
            if isinstance(node, Tag):
                out += self._tag(node, style, between)
            elif isinstance(node, Comment):
                if node.strip() and not _OF_PROGRAMS.match(node):
                    self.notes.add("comment dropped", str(node), node)
            elif isinstance(node, CData) or not isinstance(node, PreformattedString):
                out += self._text_spans(str(node), style)
        return out

    def _text_spans(self, text: str, style: Span) -> list[Span]:
        if not self.keep_ids or style.code:
            return [replace(style, text=text)]
        parts = enumerate(_IDS.split(text))
        return [replace(style, text=part, raw=at % 2 == 1) for at, part in parts]

    def _tag(self, tag: Tag, style: Span, between: Span | None) -> list[Span]:
        name = tag.name
        if name in SILENT:
            words = "".join(str(part) for part in tag.contents)  # get_text leaves scripts out
            if name in ("script", "style", "template") and words.strip():
                self.notes.add(f"<{name}> dropped", words, tag)
            if name == "area" and tag.has_attr("href"):
                words = f"{tag.get('alt') or ''} → {tag['href']}"
                self.notes.add("link on an image dropped", words, tag)
            return []
        out = [Span(anchor=anchor) for anchor in self.anchors(tag)]
        if name == "br":
            return [*out, BREAK]
        if name == "footnote-mark":
            return [*out, Span(f"[^{tag.get('label')}]", raw=True)]
        if name == "img":
            return out + self._image(tag, style)
        if name == "a" and tag.has_attr("href"):
            return out + self._link(tag, style, between)
        if name in BLOCKS:
            return out + self._flattened(tag, style, between)
        return out + self._phrase(tag, style, between)

    def _phrase(self, tag: Tag, style: Span, between: Span | None) -> list[Span]:
        name = tag.name
        self.note_looks(tag)
        if name == "math":
            self.notes.add("formula became text", tag.get_text(" "), tag)
        if tag.get("title") and name != "a":
            kind = "an abbreviation" if name in ("abbr", "acronym") else "words"
            self.notes.add(f"explanation of {kind} dropped", str(tag["title"]), tag)
        if name in _DROPPED:
            self.notes.add(f"<{name}> dropped", source_of(tag) or tag.get_text(" "), tag)
        if name == "input":
            return self._input(tag, style)
        if name in ("iframe", "rp"):  # the brackets around readings are those of <rt>
            return []
        inside = self.spans(tag.children, self.style(tag, style), between)
        if name in _AROUND and inside:
            before, after = _AROUND[name]
            inside = [replace(style, text=before), *inside, replace(style, text=after)]
        if name in _BECOMING_TEXT and inside:
            self.notes.add(f"<{name}> became text", tag.get_text(" "), tag)
        return inside

    def _input(self, tag: Tag, style: Span) -> list[Span]:
        """Return a sign for a check box, and for other fields the words that a reader sees."""
        kind = str(tag.get("type") or "").lower()
        shown = str(tag.get("value") or tag.get("placeholder") or "")
        if kind in ("checkbox", "radio"):
            shown = "☑" if tag.has_attr("checked") else "☐"
        shown = "" if kind in ("hidden", "password") else shown
        self.notes.add("<input> became text" if shown else "<input> dropped", shown, tag)
        return [replace(style, text=f" {shown} ")] if shown else []

    def note_looks(self, tag: Tag) -> None:
        """Note how the words of an element look, if Markdown can't say it."""
        looks = elements.without_sign(tag)
        if tag.name in _WITHOUT_SIGN:
            looks.append(_WITHOUT_SIGN[tag.name])
        if "underlining" in looks and tag.name != "u" and tag.find_parent("a"):
            looks.remove("underlining")  # that of links
        if looks and (words := tag.get_text().strip()):
            for look in dict.fromkeys(looks):
                self.notes.add(f"{look} has no sign in Markdown", words, tag)

    def style(self, tag: Tag, style: Span) -> Span:
        changes: dict[str, Any] = {_STYLES[tag.name]: True} if tag.name in _STYLES else {}
        changes |= elements.text_style(tag)
        return replace(style, **changes) if changes else style

    def _flattened(self, tag: Tag, style: Span, between: Span | None) -> list[Span]:
        """Return the words of a block where only inline text can be, apart from those around it."""
        gap = between or Span(" ")
        kind = _FLATTENED.get(tag.name)
        if kind and not (kind == "list" and self._lists):  # which is a part of one that has a note
            self.notes.add(f"{kind} {FLATTENED}", tag.get_text(" "), tag)
        self._lists += kind == "list"
        inside = self.spans(tag.children, self.style(tag, style), between)
        self._lists -= kind == "list"
        if tag.name in (*HEADINGS, "th", "dt", "legend"):
            inside = [replace(span, bold=not span.raw and not span.anchor) for span in inside]
        if tag.name == "li" and between is BREAK:
            inside = [Span(self._sign(tag)), *inside]
        if tag.name in ("td", "th"):
            gap = Span(" ") if between is None else Span(" – ")
            return [*inside, gap] if tag.find_next_sibling(("td", "th")) else inside
        return [gap, *inside, gap]

    def _sign(self, item: Tag) -> str:
        bullet = "◦" if self._lists > 1 else "•"
        holder = item.parent
        labels = self.labels(holder).by_item if holder else {}
        label = labels.get(id(item), bullet)
        return f"{label} " if label else ""

    def labels(self, holder: Tag) -> lists.Labels:
        """Return the labels of a list, which are read once."""
        if id(holder) not in self._labels:
            self._labels[id(holder)] = lists.labels(holder)
        return self._labels[id(holder)]

    def _link(self, tag: Tag, style: Span, between: Span | None) -> list[Span]:
        address = str(tag.get("href") or "").strip()
        inside = self.spans(tag.children, self.style(tag, style), between)
        href = re.sub(r"[\x00-\x20\x7f]+", "", address).lower()
        scheme = _SCHEME.match(href)
        if scheme and scheme[0] in _REFUSED_SCHEMES:
            self.notes.add("link dropped, its words are kept", f"{tag.get_text()} → {address}", tag)
            return inside
        has_words = not all(span.is_empty for span in inside)
        if not address:
            if has_words:
                self.notes.add("link without an address", tag.get_text(), tag)
            return inside
        if not has_words:
            label = str(tag.get("aria-label") or tag.get("title") or "").strip()
            if not label and address.startswith("#"):
                return inside
            self.notes.add("link without words", address, tag)
            inside.append(replace(style, text=label or address))
        title = " ".join(str(tag.get("title") or "").split())
        if address.startswith("#"):
            fragment = unquote(address[1:])
            address = "#" + self.rename.get(fragment, address[1:])
        target = Link(destination(address, title if title != tag.get_text().strip() else ""))
        return [span if span.is_break else replace(span, link=target) for span in inside]

    def _image(self, tag: Tag, style: Span) -> list[Span]:
        source = str(tag.get("src") or tag.get("data-src") or "").strip()
        words = " ".join(str(tag.get("alt") or tag.get("title") or "").split())
        if not words:
            self.notes.add("image without words dropped", source, tag)
            return []
        if re.match(r"https?://", source) and not style.link and not tag.find_parent("a"):
            self.notes.add("image became a link", source, tag)
            return [replace(style, text=words, link=Link(destination(source)))]
        self.notes.add("image became its words", f"{words} → {source}", tag)
        return [replace(style, text=words)]


def source_of(tag: Tag) -> str:
    """Return the address of what an element shows, such as a film; "" for none."""
    inner = tag.find(["source", "embed"]) if tag.name in _DROPPED else None
    return str(tag.get("src") or tag.get("data") or (inner or tag).get("src") or "")


def destination(address: str, title: str = "") -> str:
    """Return what Markdown has between a link's parentheses: its address, and its title if any."""
    address = re.sub(r"[\t\n\r\x00-\x1f]", "", address.strip())
    address = re.sub("[ <>\\\\`\xa0\u3000]", lambda found: quote(found[0]), address)
    if not _BALANCED.fullmatch(address):
        address = address.replace("(", "%28").replace(")", "%29")
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    escaped = re.sub(r"([\\\"`*_\[\]<&])", r"\\\1", title)
    return f'{address} "{escaped}"' if title else address
