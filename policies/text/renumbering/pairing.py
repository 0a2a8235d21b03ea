"""Which heading, clause and reference of the old text is which of the new. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from policies.text.findings.reference_targets import Found, References
from policies.text.findings.referring import to_be_followed
from policies.text.likeness import shared
from policies.text.markdown.headings import own_number
from policies.text.redline import alignment

# How much of their words two headings with one anchor, two clauses, two clauses in the same one
# must share to be one. As for the redline, see section_pairing.py.
SAME_ANCHOR = 0.2
OTHER_PLACE = 0.5
SAME_PLACE = 0.3

_WORD = re.compile(r"\w+")
T = TypeVar("T")
Key = Callable[["_Item"], Hashable]


@dataclass(eq=False, slots=True)
class _Item:
    """A heading or a clause. above: what it is in. words: of a heading. text: what follows, without
    the numbers of references.
    """

    index: int
    level: int
    anchor: str
    above: _Item | None
    words: str
    text: str
    features: frozenset[str]


def pair_marks(old: References, new: References) -> dict[int, int]:
    """Return which mark of the new text each of the old one is, if it is still there.

    Headings are paired by what is in them and by their anchors, clauses by their words: those in
    the same clause or section first.
    """
    pairing = _Pairing(_items(old), _items(new))
    pairing.by_key(lambda it: (it.level, it.anchor, it.words) if it.level else None)
    pairing.by_key(lambda it: (it.words, it.text) if it.level else None)
    pairing.by_key(lambda it: it.words or None)
    pairing.by_likeness(is_heading=True)
    pairing.by_key(lambda it: it.anchor or None)
    for depth in range(1, 1 + max((len(it.path) for it in old.targets.marks), default=0)):
        pairing.by_key(lambda it, depth=depth: pairing.place(it, depth))  # type: ignore[misc]
    pairing.by_key(lambda it: it.text if not it.level and it.text else None)
    pairing.by_likeness(is_heading=False)
    return pairing.indexes()


def _items(references: References) -> list[_Item]:
    texts = _texts(references)
    targets = references.targets
    starts, sections = references.first[2:-1], references.parts[2:]
    anchors = {at: it.place.anchor for at, it in zip(starts, sections, strict=True)}
    items: list[_Item] = []
    clauses: dict[tuple[int, tuple[str, ...]], _Item] = {}
    for index, mark in enumerate(targets.marks):
        heading = targets.above[index]
        above = items[heading] if heading >= 0 else None
        for size in range(len(mark.path) - 1, 0, -1):
            if outer := clauses.get((heading, mark.path[:size])):
                above = outer
                break
        words = mark.words[len(own_number(mark.words)) :].casefold()
        text = texts[index]
        features = frozenset(_WORD.findall(f"{words} {text}"))
        anchor = anchors.get(index, "") if mark.level == 2 else ""
        items.append(_Item(index, mark.level, anchor, above, words, text, features))
        if not mark.level:
            clauses[heading, mark.path] = items[-1]
    return items


def _texts(references: References) -> list[str]:
    """Return what is below each mark, up to the next one."""
    texts: list[list[str]] = [[] for _ in references.targets.marks]
    for index, part in enumerate(references.parts):
        spans = {
            it.sentence.index: [(one.start, one.end) for one in followed]
            for it, followed in to_be_followed(part, references.language)
        }
        for sentence in part.text.sentences:
            at = references.mark_at(index, sentence.index)
            if at >= 0 and sentence.kind not in ("section", "heading"):
                texts[at].append(_without(sentence.text, spans.get(sentence.index, ())).casefold())
    return [" ".join(one) for one in texts]


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}#{text[end:]}"
    return text


class _Pairing:
    def __init__(self, old: Sequence[_Item], new: Sequence[_Item]) -> None:
        self._old, self._new = old, new
        self._partners: dict[_Item, _Item] = {}  # of an old item, the new one
        self._taken: dict[_Item, _Item] = {}

    def indexes(self) -> dict[int, int]:
        return {old.index: new.index for old, new in self._partners.items()}

    def _pair(self, old: _Item, new: _Item) -> None:
        self._partners[old], self._taken[new] = new, old

    def _left(self) -> tuple[list[_Item], list[_Item]]:
        olds = [it for it in self._old if it not in self._partners]
        return olds, [it for it in self._new if it not in self._taken]

    def by_key(self, key: Key) -> None:
        """Pair what has an equal key, in order; None is equal to nothing."""
        waiting: dict[Hashable, list[_Item]] = defaultdict(list)
        olds, news = self._left()
        for item in reversed(olds):
            waiting[key(item)].append(item)
        for item in news:
            if (wanted := key(item)) is not None and waiting.get(wanted):
                self._pair(waiting[wanted].pop(), item)

    def place(self, item: _Item, depth: int) -> Hashable:
        """Return what a clause of a depth is in, as the new text has it, and its words."""
        above, steps = item.above, 1
        while above is not None and not above.level:
            above, steps = above.above, steps + 1
        if item.level or steps != depth or not item.text:
            return None
        return self._place(item), item.text

    def _place(self, item: _Item) -> _Item | None:
        return self._partners.get(item.above, item.above) if item.above else None

    def by_likeness(self, *, is_heading: bool) -> None:
        olds, news = ([it for it in side if bool(it.level) is is_heading] for side in self._left())
        found = alignment.likely_partners(olds, news, self._likeness, lambda it: it.features)
        for new, old in found.items():
            self._pair(olds[old], news[new])

    def _likeness(self, old: _Item, new: _Item) -> float:
        score = shared(old.features, new.features)
        if old.level:
            least = SAME_ANCHOR if old.anchor and old.anchor == new.anchor else OTHER_PLACE
        else:
            least = SAME_PLACE if self._place(old) is new.above else OTHER_PLACE
        return score if score >= least else 0


# --- References -----------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class _Sentence:
    """A sentence with references. inside: the mark that it is in, as the new text has it."""

    inside: int | None
    form: str
    references: list[Found]

    @property
    def words(self) -> list[str]:
        return [it.words.casefold() for it in self.references]


def kept_references(
    old: Iterable[Found], new: Iterable[Found], marks: Mapping[int, int]
) -> Iterator[tuple[Found, Found]]:
    """Yield each reference that was there before, and as it is now. marks: of pair_marks."""
    olds = _sentences(old, marks.get)
    news = _sentences(new, lambda index: index)
    pairs: list[tuple[_Sentence, _Sentence]] = []
    for key in (lambda it: (it.inside, it.form), lambda it: it.form):
        groups: dict[Hashable, tuple[list[_Sentence], list[_Sentence]]] = defaultdict(
            lambda: ([], [])
        )
        for side, sentences in enumerate((olds, news)):
            for one in sentences:
                groups[key(one)][side].append(one)
        found = [pair for group in groups.values() for pair in _paired(*group, marks)]
        pairs += found
        olds = _without_pairs(olds, [one for one, _ in found])
        news = _without_pairs(news, [two for _, two in found])
    likely = alignment.likely_partners(
        olds, news, _likeness, lambda it: frozenset(_WORD.findall(it.form))
    )
    pairs += [(olds[i], news[j]) for j, i in likely.items()]
    for pair in pairs:
        yield from _same_words(*pair)


def _same_words(one: _Sentence, two: _Sentence) -> Iterator[tuple[Found, Found]]:
    """Yield the references of two sentences that are written in one way, in the same place."""
    if len(one.references) == len(two.references):
        places = [alignment.Match(at, at, 1) for at in range(len(one.words))]
    else:
        places = alignment.matches(one.words, two.words)
    for match in places:
        for at in range(match.length):
            if one.words[match.old + at] == two.words[match.new + at]:
                yield one.references[match.old + at], two.references[match.new + at]


def _sentences(found: Iterable[Found], inside: Callable[[int], int | None]) -> list[_Sentence]:
    of_sentence: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for one in found:
        of_sentence[one.part, one.sentence.index].append(one)
    return [_Sentence(inside(its[0].inside), _form(its), its) for its in of_sentence.values()]


def _form(found: Sequence[Found]) -> str:
    spans = [(it.reference.start, it.reference.end) for it in found]
    return _without(found[0].sentence.text, spans).casefold()


def _paired(
    old: Sequence[_Sentence], new: Sequence[_Sentence], marks: Mapping[int, int]
) -> Iterator[tuple[_Sentence, _Sentence]]:
    """Pair sentences that differ in their numbers only.

    If one was added or removed, those that are right are paired first, then those that are equal.
    """
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return

    def before(one: _Sentence) -> Hashable:
        return tuple(marks.get(it.leads_to[0]) for it in one.references if it.leads_to)

    def after(one: _Sentence) -> Hashable:
        return tuple(it.leads_to[0] for it in one.references if it.leads_to)

    for old_key, new_key in ((before, after), (_words, _words)):
        waiting: dict[Hashable, list[_Sentence]] = defaultdict(list)
        for one in reversed(old):
            waiting[old_key(one)].append(one)
        pairs = [(waiting[new_key(two)].pop(), two) for two in new if waiting[new_key(two)]]
        old = _without_pairs(old, [one for one, _ in pairs])
        new = _without_pairs(new, [two for _, two in pairs])
        yield from pairs


def _words(sentence: _Sentence) -> Hashable:
    return tuple(sentence.words)


def _without_pairs(sentences: Sequence[_Sentence], paired: Iterable[_Sentence]) -> list[_Sentence]:
    gone = set(paired)
    return [it for it in sentences if it not in gone]


def _likeness(one: _Sentence, two: _Sentence) -> float:
    score = shared(*(frozenset(_WORD.findall(it.form)) for it in (one, two)))
    return score if score >= OTHER_PLACE else 0
