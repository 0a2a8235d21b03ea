"""The words of a paragraph as HTML, with insertions and deletions marked.

Pure. Elements are always properly nested: a link that was kept stands around the marks, one that
was added or removed stands inside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from policies.text.redline.words import BREAK, COUNT, PARAGRAPH, Atom, Mark, Run, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.text.redline.alignment import Hunk
    from policies.text.redline.pairs import Pair

OLD, NEW, BOTH = "del", "ins", ""  # the text that has the words; also the element that marks them


@dataclass(frozen=True, slots=True)
class Labels:
    """What those who don't see the marks are told of a change, in the language of the page."""

    inserted: str = "inserted"
    insertion_ends: str = "end of insertion"
    deleted: str = "deleted"
    deletion_ends: str = "end of deletion"
    moved_here: str = "moved here"
    moved_away: str = "moved from here"
    formatted: str = "formatting changed"
    previous: str = "Previous change"
    next: str = "Next change"


@dataclass(eq=False, slots=True)
class Wrap:
    """A mark that the redline puts around words. role: its class. before, after: labels in it."""

    tag: str
    role: str = ""
    before: str = ""
    after: str = ""


def wrap(labels: Labels, mark: str, *, moved: bool = False) -> Wrap:
    """Return the <ins> or <del> for words that came or went."""
    if mark == OLD:
        said = labels.moved_away if moved else labels.deleted
        return Wrap("del", "", said, labels.deletion_ends)
    said = labels.moved_here if moved else labels.inserted
    return Wrap("ins", "", said, labels.insertion_ends)


class Ids:
    """Keeps ids unique. One that both texts have goes to the new text's element."""

    def __init__(self, new: frozenset[str]) -> None:
        self.new = new
        self.claimed: set[str] = set()

    def claim(self, anchor: str, side: str) -> str:
        """Return the id if an element may have it, or ""."""
        if not anchor or anchor in self.claimed or (side == OLD and anchor in self.new):
            return ""
        self.claimed.add(anchor)
        return anchor

    def anchor(self, anchor: str, side: str) -> str:
        """Return an empty element with the id, if it may have it."""
        claimed = self.claim(anchor, side)
        return tag("span", {"id": claimed}, "") if claimed else ""


def tag(name: str, attributes: dict[str, str], inside: str | None) -> str:
    """Return an element. inside: HTML; None for a void element."""
    written = "".join([f' {key}="{escape(value)}"' for key, value in attributes.items()])
    return f"<{name}{written}>" if inside is None else f"<{name}{written}>{inside}</{name}>"


def label(text: str) -> str:
    """Return an element with words for those who don't see the marks."""
    return f'<span class="redline-label">{escape(text)}</span>'


class Inline:
    """Writes words into elements that open and close as needed."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self.path: list[Mark | Wrap] = []
        self.ends: list[str] = []
        self.parts: list[str] = []
        self.texts: list[str] = []  # comes after the parts, not escaped yet

    def text(self, text: str) -> None:
        """Add text."""
        self.texts.append(text)

    def raw(self, html: str) -> None:
        """Add HTML."""
        if self.texts:
            text = escape("".join(self.texts), quote=False)
            self.parts.append(text.replace(BREAK, "<br>") if BREAK in text else text)
            self.texts = []
        self.parts.append(html)

    def go(self, path: Sequence[Mark | Wrap], side: str = NEW, space: str = "") -> None:
        """Close and open elements until just `path` is open; `space` is written between the two."""
        same = 0
        while same < min(len(path), len(self.path)) and path[same] is self.path[same]:
            same += 1
        while len(self.path) > same:
            self.path.pop()
            self.raw(self.ends.pop())
        if space:
            self.texts.append(space)
        for element in path[same:]:
            begin, end = self._tags(element, side)
            self.path.append(element)
            self.raw(begin)
            self.ends.append(end)

    def run(self, run: Run, around: Sequence[Mark | Wrap], side: str) -> None:
        """Add a run as it stands."""
        self.go((*around, *run.marks), side)
        if run.atom is None:
            self.text(run.text)
        else:
            self.atom(run.atom, side)

    def word(self, word: Word, path: Sequence[Mark | Wrap], side: str, space: str) -> None:
        """Add a word with the space before it."""
        if path or self.path:
            self.go(path, side, space)
        else:
            self.texts.append(space)
        for place in word.places:
            self.raw(self.ids.anchor(place, side))
        if word.atom is None:
            self.texts.append(word.text)
        else:
            self.atom(word.atom, side)

    def edited(
        self, words: Sequence[Word], stretches: Sequence[range], around: Sequence[Wrap], side: str
    ) -> None:
        """Add words; those in the stretches get a mark of their own."""
        spans = {index: stretch for stretch in stretches for index in stretch}
        wraps = {stretch: Wrap("span", "redline-edited") for stretch in stretches}
        for index, word in enumerate(words):
            span = (wraps[spans[index]],) if index in spans else ()
            self.word(word, (*around, *span, *word.marks), side, word.space)

    def atom(self, atom: Atom, side: str) -> None:
        """Add an atom. A removed one keeps its look, but leads nowhere."""
        attributes = dict(atom.attributes)
        anchor = self.ids.claim(attributes.pop("id", ""), side)
        if anchor:
            attributes["id"] = anchor
        if atom.tag == "img":
            self.raw(tag("img", attributes, None))
        elif atom.tag == "span":
            self.raw(tag("span", attributes, "") if anchor else "")
        else:
            text = escape(atom.text)
            if atom.href and side == NEW:
                link = {"class": "footnote-ref", "href": atom.href, "role": "doc-noteref"}
                text = tag("a", link, text)
            self.raw(tag("sup", attributes, text))

    def done(self) -> str:
        """Close everything and return what was written since the last time."""
        self.go(())
        self.raw("")
        html, self.parts = "".join(self.parts), []
        return html

    def _tags(self, element: Mark | Wrap, side: str) -> tuple[str, str]:
        if isinstance(element, Wrap):
            role = f' class="{element.role}"' if element.role else ""
            before = label(f"[{element.before}] ") if element.before else ""
            after = label(f" [{element.after}]") if element.after else ""
            return f"<{element.tag}{role}>{before}", f"{after}</{element.tag}>"
        name, attributes = element.tag, dict(element.attributes)
        anchor = self.ids.claim(attributes.pop("id", ""), side)
        href = attributes.get("href", "")
        if side == OLD and href.startswith("#") and href[1:] not in self.ids.new:
            name, attributes = "span", {}
        if anchor:
            attributes["id"] = anchor
        begin, end = tag(name, attributes, "\n").split("\n")
        return begin, end


class Paragraphs:
    """Writes the words of a pair, old and new, into the new text's paragraphs.

    written: the HTML of each. leads_elsewhere: some link has another address now.
    """

    def __init__(self, pair: Pair, ids: Ids, labels: Labels) -> None:
        self.old, self.new = pair.old_words, pair.new_words
        self.hunks = pair.hunks or []
        self.labels = labels
        self.inline = Inline(ids)
        self.written: list[str] = []
        self.leads_elsewhere = False
        self.kept = self._kept_marks()
        self.kept_new = set(self.kept.values())
        self.space: str | None = None  # what stands before the next equal word, if not its own
        self._write()

    def _stretches(self) -> Iterator[tuple[range, range]]:
        i = j = 0
        for hunk in self.hunks:
            yield range(i, hunk.old_start), range(j, hunk.new_start)
            i, j = hunk.old_end, hunk.new_end
        yield range(i, len(self.old)), range(j, len(self.new))

    def _kept_marks(self) -> dict[Mark, Mark]:
        """Pair the links and emphasis around words that were kept: they are the same elements."""
        kept: dict[Mark, Mark] = {}
        taken: set[Mark] = set()
        for olds, news in self._stretches():
            for i, j in zip(olds, news, strict=True):
                for mark in self.old[i].marks:
                    for other in self.new[j].marks:
                        if mark not in kept and other not in taken and mark.look == other.look:
                            kept[mark] = other
                            taken.add(other)
        return kept

    def _write(self) -> None:
        for (olds, news), hunk in zip(self._stretches(), [*self.hunks, None], strict=True):
            self._write_equal(olds, news)
            if hunk:
                self._write_hunk(hunk)
        self.written.append(self.inline.done())

    # --- Words that were kept ---

    def _write_equal(self, olds: range, news: range) -> None:
        look: tuple[object, ...] = ()
        around: tuple[Wrap, ...] = ()
        for i, j in zip(olds, news, strict=True):
            old, new = self.old[i], self.new[j]
            if new.key == PARAGRAPH:
                self._end_paragraph()
                continue
            changed = _changed_look(old, new)
            if changed != look:
                self._write_note(look)
                look = changed
                said = self.labels.formatted if len(look) == 2 else ""
                around = (Wrap("span", "redline-format", said),) if look else ()
            space = new.space if self.space is None else self.space
            self.inline.word(new, (*around, *new.marks), NEW, space)
            self.space = None
        self._write_note(look)

    def _end_paragraph(self) -> None:
        self.written.append(self.inline.done())
        self.space = ""

    def _write_note(self, look: tuple[object, ...]) -> None:
        """Say where a link led and where it leads, if that has changed."""
        before, after = _addresses(look)
        if before == after:
            return
        self.leads_elsewhere = True
        note = Wrap("span", "redline-note")
        space = " "
        for href, mark in [(href, OLD) for href in before] + [(href, NEW) for href in after]:
            self.inline.go((), space=space)
            self.inline.go((note, wrap(self.labels, mark)))
            self.inline.text(href)
        self.inline.go(())

    # --- Words that were added or removed ---

    def _write_hunk(self, hunk: Hunk) -> None:
        olds = self.old[hunk.old_start : hunk.old_end]
        news = self.new[hunk.new_start : hunk.new_end]
        spaces = self._spaces(hunk, olds, news)
        if olds:
            self._write_old(olds, spaces)
        if news:
            self._write_new(news, spaces)
        self.space = spaces.after

    def _spaces(self, hunk: Hunk, olds: list[Word], news: list[Word]) -> _Spaces:
        """Decide where white space goes so that either text reads right without the other."""
        at_end = hunk.new_end == len(self.new)
        after_old = " " if at_end else self.old[hunk.old_end].space
        after_new = " " if at_end else self.new[hunk.new_end].space
        before_old = olds[0].space if olds else ""
        before_new = news[0].space if news else ""
        if olds and news:
            at_start = hunk.old_start == hunk.new_start == 0
            outside = bool(before_old and before_new)
            both_after = bool(after_old and after_new)
            return _Spaces(
                before_old,
                " " if at_start else before_new,
                outside=outside or at_start,
                after=after_new if both_after else "",
                end_of_old="" if both_after else after_old,
                end_of_new="" if both_after else after_new,
            )
        other = after_new if olds else after_old
        own = after_old if olds else after_new
        return _Spaces(
            before_old,
            before_new,
            outside=bool(other),
            after=own or ("" if before_old or before_new else other) if other else "",
            end_of_old=own if olds and not other else "",
            end_of_new=own if news and not other else "",
        )

    def _write_old(self, olds: list[Word], spaces: _Spaces) -> None:
        mark = wrap(self.labels, OLD)
        space, inside = spaces.before_old, not spaces.outside
        for word in olds:
            if word.key == PARAGRAPH:
                self.inline.go((), space=" ")
                self._write_break(OLD)
                inside = False
                space = " "
                continue
            kept = [self.kept[m] for m in word.marks if m in self.kept]
            own = [m for m in word.marks if m not in self.kept]
            if inside:
                self.inline.go((*kept, mark), OLD)
            self.inline.word(word, (*kept, mark, *own), OLD, space or word.space)
            space, inside = "", False
        if spaces.end_of_old and self.inline.path:
            self.inline.text(spaces.end_of_old)

    def _write_new(self, news: list[Word], spaces: _Spaces) -> None:
        mark = wrap(self.labels, NEW)
        space, inside = spaces.before_new, not spaces.outside
        for word in news:
            if word.key == PARAGRAPH:
                self.inline.go(())
                self._write_break(NEW)
                self._end_paragraph()
                space, inside = "", False
                continue
            kept = [m for m in word.marks if m in self.kept_new]
            own = [m for m in word.marks if m not in self.kept_new]
            if inside:
                self.inline.go((*kept, mark))
            self.inline.word(word, (*kept, mark, *own), NEW, space or word.space)
            space, inside = "", False
        if spaces.end_of_new and self.inline.path:
            self.inline.text(spaces.end_of_new)

    def _write_break(self, mark: str) -> None:
        element = wrap(self.labels, mark)
        element.role = "redline-break"
        self.inline.go((element,))
        self.inline.text("¶")
        self.inline.go(())


@dataclass(frozen=True, slots=True)
class _Spaces:
    """White space around a hunk. outside: whether the space before it belongs to both texts."""

    before_old: str
    before_new: str
    outside: bool
    after: str
    end_of_old: str
    end_of_new: str


def _changed_look(old: Word, new: Word) -> tuple[object, ...]:
    """Return how the look of a word that was kept has changed, () if it has not."""
    if new.key == COUNT and old.text != new.text:
        return ("number",)
    if not old.marks and not new.marks:
        return ()
    before, after = old.look, new.look
    return (before, after) if before != after else ()


def _addresses(look: tuple[object, ...]) -> tuple[list[str], list[str]]:
    if len(look) != 2:
        return [], []
    before, after = ([href for _, href in side if href] for side in look)  # type: ignore[attr-defined]
    return before, after
