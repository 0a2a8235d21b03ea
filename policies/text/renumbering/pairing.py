"""Which heading, clause and reference of the old text is which of the new. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.text.likeness import shared
from policies.text.markdown.headings import own_number
from policies.text.reading.reference_targets import Found, References
from policies.text.reading.referring import to_be_followed
from policies.text.redline import alignment
from policies.text.redline.alignment import Pairing

# How much of their words two headings with one anchor, two clauses, two clauses in the same one
# must share to be one. As for the redline, see section_pairing.py.
SAME_ANCHOR = 0.2
OTHER_PLACE = 0.5
SAME_PLACE = 0.3

_WORD = re.compile(r"\w+")


@dataclass(eq=False, slots=True)
class _Item:
    """A heading or a clause. above: the index of what it is in. words: of a heading. text: what
    follows, without the numbers of references.
    """

    level: int
    anchor: str
    above: int | None
    words: str
    text: str
    features: frozenset[str]


def pair_marks(old: References, new: References) -> dict[int, int]:
    """Return which mark of the new text each of the old one is, if it is still there.

    Headings are paired by what is in them and by their anchors, clauses by their words: those in
    the same clause or section first.
    """
    pairing = Pairing(_items(old), _items(new))

    def place(item: _Item) -> int | None:
        """Return what a new clause is in, as the old text has it; -1 if that is new as well."""
        return None if item.above is None else pairing.partners.get(item.above, -1)

    def likeness(one: _Item, two: _Item) -> float:
        if one.level:
            is_near = one.anchor and one.anchor == two.anchor
            least = SAME_ANCHOR if is_near else OTHER_PLACE
        else:
            least = SAME_PLACE if place(two) == one.above else OTHER_PLACE
        score = shared(one.features, two.features)
        return score if score >= least else 0

    pairing.by_key(lambda it: (it.level, it.anchor, it.words) if it.level else None)
    pairing.by_key(lambda it: (it.words, it.text) if it.level else None)
    pairing.by_key(lambda it: it.words or None)
    pairing.by_likeness(likeness, lambda it: it.features, among=lambda it: it.level > 0)
    pairing.by_key(lambda it: it.anchor or None)
    pairing.by_key(
        lambda it: (it.above, it.text) if _is_clause(it) else None,
        lambda it: (place(it), it.text) if _is_clause(it) else None,
    )
    pairing.by_key(lambda it: it.text if _is_clause(it) else None)
    pairing.by_likeness(likeness, lambda it: it.features, among=lambda it: not it.level)
    return {i: j for j, i in pairing.partners.items()}


def _is_clause(item: _Item) -> bool:
    return not item.level and bool(item.text)


def _items(references: References) -> list[_Item]:
    texts = _texts(references)
    targets = references.targets
    starts, sections = references.first[2:-1], references.parts[2:]
    anchors = {at: it.place.anchor for at, it in zip(starts, sections, strict=True)}
    items: list[_Item] = []
    clauses: dict[tuple[int, tuple[str, ...]], int] = {}
    for index, mark in enumerate(targets.marks):
        heading = targets.above[index]
        above = heading if heading >= 0 else None
        for size in range(len(mark.path) - 1, 0, -1):
            if (outer := clauses.get((heading, mark.path[:size]))) is not None:
                above = outer
                break
        words = mark.words[len(own_number(mark.words)) :].casefold()
        text = texts[index]
        features = frozenset(_WORD.findall(f"{words} {text}"))
        anchor = anchors.get(index, "") if mark.level == 2 else ""
        items.append(_Item(mark.level, anchor, above, words, text, features))
        if not mark.level:
            clauses[heading, mark.path] = index
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
    pieces, rest = [], 0
    for start, end in sorted(spans):
        pieces += [text[rest:start], "#"]
        rest = end
    return "".join([*pieces, text[rest:]])


# --- References -----------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class _Sentence:
    """A sentence with references. inside: the mark that it is in, as the new text has it. form: it
    without their numbers. targets: the mark that each leads to, as the new text has it.
    """

    inside: int | None
    form: str
    targets: tuple[int | None, ...]
    references: list[Found]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(it.words.casefold() for it in self.references)

    @property
    def features(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.form))


def kept_references(
    old: Iterable[Found], new: Iterable[Found], marks: Mapping[int, int]
) -> Iterator[tuple[Found, Found]]:
    """Yield each reference that was there before, and as it is now. marks: of pair_marks."""
    pairing = Pairing(_sentences(old, marks.get), _sentences(new, lambda index: index))
    for key in (lambda it: (it.inside, it.form), lambda it: it.form):
        _by_form(pairing, key)
    pairing.by_likeness(_likeness, lambda it: it.features)
    for one, two in pairing:
        yield from _same_words(one, two)


def _by_form(pairing: Pairing[_Sentence], form: Callable[[_Sentence], Hashable]) -> None:
    """Pair sentences that differ in their numbers only.

    If one was added or removed, those that are right are paired first, then those that are equal.
    """
    olds, news = pairing.left()
    before = Counter(form(pairing.old[i]) for i in olds)
    after = Counter(form(pairing.new[j]) for j in news)
    pairing.by_key(lambda it: form(it) if before[form(it)] == after[form(it)] else None)
    pairing.by_key(lambda it: (form(it), it.targets))
    pairing.by_key(lambda it: (form(it), it.words))


def _likeness(one: _Sentence, two: _Sentence) -> float:
    score = shared(one.features, two.features)
    return score if score >= OTHER_PLACE else 0


def _same_words(one: _Sentence, two: _Sentence) -> Iterator[tuple[Found, Found]]:
    """Yield the references of two sentences that are written in one way, in the same place."""
    old, new = one.words, two.words  # made anew each time
    if len(old) == len(new):
        places = [alignment.Match(at, at, 1) for at in range(len(old))]
    else:
        places = alignment.matches(old, new)
    for match in places:
        for at in range(match.length):
            if old[match.old + at] == new[match.new + at]:
                yield one.references[match.old + at], two.references[match.new + at]


def _sentences(found: Iterable[Found], now: Callable[[int], int | None]) -> list[_Sentence]:
    """now: returns the index of a mark in the new text."""
    of_sentence: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for one in found:
        of_sentence[one.part, one.sentence.index].append(one)
    return [
        _Sentence(
            now(its[0].inside),
            _form(its),
            tuple(now(it.leads_to[0]) for it in its if it.leads_to),
            its,
        )
        for its in of_sentence.values()
    ]


def _form(found: Sequence[Found]) -> str:
    spans = [(it.reference.start, it.reference.end) for it in found]
    return _without(found[0].sentence.text, spans).casefold()
