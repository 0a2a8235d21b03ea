"""The words of a paragraph as HTML, with insertions and deletions marked.

Elements are always properly nested: a link that was kept is around the marks, one that was added or
removed is inside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from policies.text.redline.blocks import Side
from policies.text.redline.tokens import BREAK, Atom, Mark, Run, Word


@dataclass(frozen=True, slots=True)
class Labels:
    """The words for those who don't see the marks, in the language of the page."""

    inserted: str = "inserted"
    insertion_ends: str = "end of insertion"
    deleted: str = "deleted"
    deletion_ends: str = "end of deletion"
    moved_here: str = "moved here"
    moved_away: str = "moved from here"
    formatted: str = "formatting changed"
    led_elsewhere: str = "link target changed"
    previous: str = "Previous change"
    next: str = "Next change"


@dataclass(eq=False, slots=True)
class Wrap:
    """An element that the redline puts around words. before, after: labels in it."""

    tag: str
    class_name: str = ""
    before: str = ""
    after: str = ""


def wrap(labels: Labels, side: Side, *, moved: bool = False, class_name: str = "") -> Wrap:
    """Return the <ins> or <del> for words that were added or removed."""
    if side is Side.OLD:
        before = labels.moved_away if moved else labels.deleted
        return Wrap("del", class_name, before, labels.deletion_ends)
    before = labels.moved_here if moved else labels.inserted
    return Wrap("ins", class_name, before, labels.insertion_ends)


class Ids:
    """Keeps ids unique. One that both texts have goes to the new text's element."""

    def __init__(self, new: frozenset[str]) -> None:
        self.new = new
        self._claimed: set[str] = set()

    def claim(self, anchor: str, side: Side) -> str:
        """Return the id if an element may have it, or ""."""
        if not anchor or anchor in self._claimed or (side is Side.OLD and anchor in self.new):
            return ""
        self._claimed.add(anchor)
        return anchor

    def anchor(self, anchor: str, side: Side) -> str:
        """Return an empty element with the id, if it may have it."""
        claimed = self.claim(anchor, side)
        return tag("span", {"id": claimed}, "") if claimed else ""


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """Return a start tag, which is all there is of a void element."""
    written = "".join([f' {key}="{escape(value)}"' for key, value in attributes.items()])
    return f"<{name}{written}>"


def tag(name: str, attributes: dict[str, str], inside: str) -> str:
    """Return an element. inside: HTML."""
    return f"{start_tag(name, attributes)}{inside}</{name}>"


def label(text: str) -> str:
    """Return an element with words for those who don't see the marks."""
    return f'<span class="redline-label">{escape(text)}</span>'


@lru_cache(maxsize=64)
def _wrap_tags(name: str, class_name: str, before: str, after: str) -> tuple[str, str]:
    """Return the tags of a Wrap with these fields, with the labels in it."""
    attributes = {"class": class_name} if class_name else {}
    begin = start_tag(name, attributes) + (label(f"[{before}] ") if before else "")
    return begin, (label(f" [{after}]") if after else "") + f"</{name}>"


class InlineWriter:
    """Writes words into elements that open and close as needed."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self.path: tuple[Mark | Wrap, ...] = ()  # the elements that are open
        self._ends: list[str] = []  # their end tags
        self._html: list[str] = []
        self._text: list[str] = []  # comes after the HTML, not escaped yet

    def text(self, text: str) -> None:
        self._text.append(text)

    def raw(self, html: str) -> None:
        if self._text:
            text = escape("".join(self._text), quote=False)
            self._html.append(text.replace(BREAK, "<br>") if BREAK in text else text)
            self._text.clear()
        self._html.append(html)

    def open(self, path: tuple[Mark | Wrap, ...], side: Side = Side.NEW, space: str = "") -> None:
        """Close and open elements until just `path` is open; `space` is written between the two."""
        same = 0
        for element, opened in zip(path, self.path, strict=False):
            if element is not opened:
                break
            same += 1
        while len(self._ends) > same:
            self.raw(self._ends.pop())
        if space:
            self._text.append(space)
        for element in path[same:]:
            begin, end = self._tags(element, side)
            self.raw(begin)
            self._ends.append(end)
        self.path = path

    def run(self, run: Run, around: tuple[Mark | Wrap, ...], side: Side) -> None:
        self.open((*around, *run.marks), side)
        if run.atom is None:
            self.text(run.text)
        else:
            self._atom(run.atom, side)

    def word(self, word: Word, path: tuple[Mark | Wrap, ...], side: Side, space: str) -> None:
        if path == self.path:
            self._text.append(space)
        else:
            self.open(path, side, space)
        for place in word.places:
            self.raw(self.ids.anchor(place, side))
        if word.atom is None:
            self._text.append(word.text)
        else:
            self._atom(word.atom, side)

    def edited(
        self, words: Sequence[Word], stretches: Sequence[range], around: Sequence[Wrap], side: Side
    ) -> None:
        """Add words; those in the stretches get a mark of their own."""
        wraps: dict[int, Wrap] = {}
        for stretch in stretches:
            wraps |= dict.fromkeys(stretch, Wrap("span", "redline-edited"))
        for index, word in enumerate(words):
            edited = (wraps[index],) if index in wraps else ()
            self.word(word, (*around, *edited, *word.marks), side, word.space)

    def _atom(self, atom: Atom, side: Side) -> None:
        """Add an atom. A removed one keeps its look, but leads nowhere."""
        attributes = dict(atom.attributes)
        anchor = self.ids.claim(attributes.pop("id", ""), side)
        if anchor:
            attributes["id"] = anchor
        if atom.tag == "img":
            self.raw(start_tag("img", attributes))
        elif atom.tag == "span":
            self.raw(tag("span", attributes, "") if anchor else "")
        else:
            text = escape(atom.text)
            if atom.href and side is Side.NEW:
                link = {"class": "footnote-ref", "href": atom.href, "role": "doc-noteref"}
                text = tag("a", link, text)
            self.raw(tag("sup", attributes, text))

    def done(self) -> str:
        """Close everything and return what was written since the last time."""
        self.open(())
        self.raw("")
        html, self._html = "".join(self._html), []
        return html

    def _tags(self, element: Mark | Wrap, side: Side) -> tuple[str, str]:
        if isinstance(element, Wrap):
            return _wrap_tags(element.tag, element.class_name, element.before, element.after)
        name, attributes = element.tag, dict(element.attributes)
        anchor = self.ids.claim(attributes.pop("id", ""), side)
        href = attributes.get("href", "")
        if side is Side.OLD and href.startswith("#") and href[1:] not in self.ids.new:
            name, attributes = "span", {}
        if anchor:
            attributes["id"] = anchor
        return start_tag(name, attributes), f"</{name}>"
