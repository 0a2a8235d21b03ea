"""Paragraphs in which words changed, as HTML."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from policies.text.redline.alignment import Hunk, in_turn
from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Side
from policies.text.redline.inline_html import Ids, InlineWriter, Labels, Wrap, wrap
from policies.text.redline.tokens import LABEL, PARAGRAPH, POSITION, Look, Mark, Word


class _FormatChange(NamedTuple):
    """How a word that was kept is shown differently.

    renumbered: it is a position number that changed. before, after: the marks around it, if they
    differ.
    """

    renumbered: bool = False
    before: Look = ()
    after: Look = ()


_SAME_FORMAT = _FormatChange()


def _format_change(old: Word, new: Word) -> _FormatChange:
    if new.key == POSITION and old.text != new.text:
        return _FormatChange(renumbered=True)
    if old.marks or new.marks:
        before, after = old.look, new.look
        if before != after:
            return _FormatChange(before=before, after=after)
    return _SAME_FORMAT


def _kept_marks(pairs: Iterable[tuple[Word, Word]]) -> dict[Mark, Mark]:
    """Map marks around kept words, of both texts, to the new ones: the same elements."""
    kept: dict[Mark, Mark] = {}
    for old_word, new_word in pairs:
        if not new_word.marks:
            continue
        for old in old_word.marks:
            for new in new_word.marks:
                if old not in kept and new not in kept and old.look == new.look:
                    kept[old] = kept[new] = new
    return kept


class ChangedParagraphs:
    """Writes the words of a pair, old and new, into the new text's paragraphs.

    html: the HTML of each. leads_elsewhere: some link has another address now.
    """

    def __init__(self, pair: BlockPair, ids: Ids, labels: Labels) -> None:
        self.html: list[str] = []
        self.leads_elsewhere = False
        self._old, self._new, hunks = pair.compare_words()
        self._labels = labels
        self._inline = InlineWriter(ids)
        turns: list[tuple[list[tuple[Word, Word]], Hunk]] = []
        equal_words: list[tuple[Word, Word]] = []
        for (i, end, j, stop), hunk in in_turn(hunks, len(self._old), len(self._new)):
            equal = [*zip(self._old[i:end], self._new[j:stop], strict=True)]
            equal_words += equal
            turns.append((equal, hunk))
        self._kept = _kept_marks(equal_words)
        self._space: str | None = None  # before the next word that was kept, if not its own
        for equal, hunk in turns:
            self._write_equal(equal)
            self._write_hunk(hunk)
        self.html.append(self._inline.done())

    def _write_equal(self, pairs: Iterable[tuple[Word, Word]]) -> None:
        change = _SAME_FORMAT
        around: tuple[Wrap, ...] = ()
        for old, new in pairs:
            if new.key == PARAGRAPH:
                self._end_paragraph()
                continue
            here = _format_change(old, new)
            if here is not change and here != change:
                self._write_addresses(change)
                change = here
                name = self._name(change)
                around = (Wrap("span", "redline-format", name),) if change != _SAME_FORMAT else ()
            space = new.space if self._space is None else self._space
            self._inline.word(new, around + new.marks, Side.NEW, space)
            self._space = None
            if here.renumbered and LABEL in new.marks and old.text:
                self._inline.open((), space=" ")
                self._inline.open((Wrap("span", "redline-note"),))
                self._inline.text(f"[{old.text} → {new.text}]")
        self._write_addresses(change)

    def _name(self, change: _FormatChange) -> str:
        """Return what a change is called; "" if only a number changed, which is shown."""
        if change.before == change.after:
            return ""
        before = [tag for tag, _ in change.before]
        after = [tag for tag, _ in change.after]
        return self._labels.led_elsewhere if before == after else self._labels.formatted

    def _end_paragraph(self) -> None:
        self.html.append(self._inline.done())
        self._space = ""

    def _write_addresses(self, change: _FormatChange) -> None:
        """Write where a link led and where it leads, if that has changed."""
        before = [href for _, href in change.before if href]
        after = [href for _, href in change.after if href]
        if before == after:
            return
        self.leads_elsewhere = True
        note = Wrap("span", "redline-note")
        for side, addresses in ((Side.OLD, before), (Side.NEW, after)):
            for address in addresses:
                self._inline.open((), space=" ")
                self._inline.open((note, wrap(self._labels, side)))
                self._inline.text(address)
        self._inline.open(())

    def _write_hunk(self, hunk: Hunk) -> None:
        """Write a hunk with white space such that either text reads right without the other."""
        olds = self._old[hunk.old_start : hunk.old_end]
        news = self._new[hunk.new_start : hunk.new_end]
        at_end = hunk.new_end == len(self._new)
        after_old = " " if at_end else self._old[hunk.old_end].space
        after_new = " " if at_end else self._new[hunk.new_end].space
        before_old = olds[0].space if olds else ""
        before_new = news[0].space if news else ""
        end_of_old, end_of_new, after = after_old, after_new, ""
        if olds and news:
            at_start = hunk.old_start == hunk.new_start == 0
            # What both texts have is written before the mark, and behind it.
            inside = not (at_start or (before_old and before_new))
            before_new = " " if at_start else before_new
            both, after_both = after_old and after_new, after_new
        else:
            own, both = (after_old, after_new) if olds else (after_new, after_old)
            inside = not both
            after_both = own or ("" if before_old or before_new else both)
        if both:
            end_of_old, end_of_new, after = "", "", after_both
        self._write(olds, Side.OLD, before_old, end_of_old, inside=inside)
        self._write(news, Side.NEW, before_new, end_of_new, inside=inside)
        self._space = after

    def _write(
        self, words: Sequence[Word], side: Side, space: str, end: str, *, inside: bool
    ) -> None:
        """Write the words of one text. space, end: white space before the first, after the last.

        inside: whether `space` is inside the mark.
        """
        if not words:
            return
        change = wrap(self._labels, side)
        around: tuple[Mark | Wrap, ...] = (change,)
        for word in words:
            if word.key == PARAGRAPH:
                space, inside = " " if side is Side.OLD else "", False
                self._inline.open((), space=space)
                self._inline.open((wrap(self._labels, side, class_name="redline-break"),))
                self._inline.text("¶")
                self._inline.open(())
                if side is Side.NEW:
                    self._end_paragraph()
                continue
            path = around
            if word.marks:
                kept = [self._kept[mark] for mark in word.marks if mark in self._kept]
                own = [mark for mark in word.marks if mark not in self._kept]
                path = (*kept, *around, *own)
            if inside:
                self._inline.open(path[: path.index(change) + 1], side)
            self._inline.word(word, path, side, space or word.space)
            space, inside = "", False
        if end and self._inline.path:
            self._inline.text(end)
