"""The words of paragraphs, as stretches that one side of a redline has, or both.

What both texts have is taken as it is written, where a redline for readers looks past spaces, the
style of quotes and links: here, all changes accepted have to give the new text to the letter, and
all rejected the old one.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple

from policies.text.redline.alignment import Hunk, in_turn
from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block, Side
from policies.text.redline.tokens import LABEL, PARAGRAPH, Atom, Mark, Word, on_one_line


class Span(NamedTuple):
    """Words, or an atom, inside marks. ends: this is where a paragraph ends.

    before: of an atom that both texts have, the old text's.
    """

    side: Side
    text: str = ""
    marks: tuple[Mark, ...] = ()
    atom: Atom | None = None
    before: Atom | None = None
    ends: bool = False


def of_block(block: Block, side: Side) -> list[Span]:
    """Return all words of a block, without the label before them."""
    spans: list[Span] = []
    for run in block.runs:
        if LABEL not in run.marks:
            text = run.text if block.kind == "code" else on_one_line(run.text)
            spans.append(Span(side, text, run.marks, run.atom, run.atom))
    if spans and LABEL in block.runs[0].marks:
        spans[0] = spans[0]._replace(text=spans[0].text.lstrip())
    return spans


def of_pair(pair: BlockPair) -> list[Span] | None:
    """Return the words of paragraphs that both texts have, None if they can't be woven together."""
    if len(pair.old) == len(pair.new) == 1:
        old, new = of_block(pair.old[0], Side.OLD), of_block(pair.new[0], Side.NEW)
        if _visible_looks(old) == _visible_looks(new):
            return of_block(pair.new[0], Side.BOTH)
    if pair.same or pair.side is not Side.BOTH or not pair.block.is_leaf:
        return None
    spans = list(_aligned(*pair.compare_words()))
    for side, blocks in pair.sides:
        whole = "\x00".join("".join(_visible_texts(of_block(block, side))) for block in blocks)
        own = [span for span in spans if span.side in (side, Side.BOTH)]
        if whole != "".join(_visible_texts(own)):
            return None
    return list(_merged(spans))


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield words that belong together as one span: Word keeps what looks alike in one run."""

    def kind(span: Span) -> tuple[Side, tuple[int, ...], int]:
        is_words = span.atom is None and not span.ends
        return span.side, tuple(map(id, span.marks)), 0 if is_words else id(span)

    for _, group in groupby(spans, kind):
        first, *others = group
        yield first._replace(text="".join([first.text, *(span.text for span in others)]))


def _visible_texts(spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        if span.ends:
            yield "\x00"
        elif span.atom is None:
            yield span.text
        elif span.atom.tag != "span":
            yield f"\x01{span.atom.tag}"


def _visible_looks(spans: Sequence[Span]) -> list[tuple[str, object, object]]:
    """Return what a reader sees of words, whether it is divided into several spans or not."""
    found: list[tuple[str, object, object]] = []
    for span in spans:
        look, atom = look_of(span.marks), _atom_look(span.atom)
        if found and atom is None and found[-1][1:] == (look, None):
            found[-1] = (found[-1][0] + span.text, look, None)
        else:
            found.append((span.text, look, atom))
    return found


def look_of(marks: Iterable[Mark]) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (mark.tag, mark.attributes.get("href", ""), mark.attributes.get("title", ""))
        for mark in marks
        if mark.tag != "span"
    )


def _atom_look(atom: Atom | None) -> object:
    return atom and (atom.tag, atom.attributes.get("src"), atom.text)


def _aligned(olds: Sequence[Word], news: Sequence[Word], hunks: Sequence[Hunk]) -> Iterator[Span]:
    old, new = list(_spaced_words(olds, Side.OLD)), list(_spaced_words(news, Side.NEW))
    for (i, end, j, stop), hunk in in_turn(hunks, len(olds), len(news)):
        for before, after in zip(old[i:end], new[j:stop], strict=True):
            yield from chain.from_iterable(map(_one_if_alike, before, after))
        gone = list(chain.from_iterable(old[hunk.old_start : hunk.old_end]))
        come = list(chain.from_iterable(new[hunk.new_start : hunk.new_end]))
        if gone and come:  # the space before words that are replaced stays
            yield from _one_if_alike(gone.pop(0), come.pop(0))
        yield from gone
        yield from come


def _one_if_alike(old: Span, new: Span) -> Iterator[Span]:
    """Yield two spans as one if they look alike, whatever the numbers of footnotes in them are."""
    if _look(old) == _look(new):
        yield new._replace(side=Side.BOTH, before=old.atom)
    else:
        yield old
        yield new


def _look(span: Span) -> tuple[str, bool, object, object]:
    atom = span.atom and span.atom._replace(text="")
    return span.text, span.ends, look_of(span.marks), _atom_look(atom)


def _spaced_words(words: Sequence[Word], side: Side) -> Iterator[tuple[Span, Span]]:
    """Yield the space before each word, and the word; nothing of labels."""
    marks: tuple[Mark, ...] = ()
    begins = True
    for word in words:
        if word.key == PARAGRAPH:
            yield Span(side), Span(side, ends=True)
            marks, begins = (), True
            continue
        space = "" if begins else on_one_line(word.space)
        around = tuple(mark for mark in marks if mark in word.marks)
        is_label = LABEL in word.marks
        places = [Mark("span", {"id": anchor}) for anchor in word.places]
        yield (
            Span(side, space, around),
            Span(side, "" if is_label else word.text, (*places, *word.marks), word.atom, word.atom),
        )
        marks, begins = word.marks, begins and (is_label or not (word.text or word.atom))
