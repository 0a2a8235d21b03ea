"""Which heading, clause and reference of the old text is which of the new. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from policies.text.likeness import shared
from policies.text.markdown.headings import own_number
from policies.text.reading.reference_targets import Found, References
from policies.text.reading.referring import to_be_followed
from policies.text.redline import alignment
from policies.text.redline.matching import OTHER_PLACE, Matcher
from policies.text.redline.outlines import Entry, match_entries

_WORD = re.compile(r"\w+")


def pair_marks(old: References, new: References) -> dict[int, int]:
    """Return which mark of the new text each of the old one is, if it is still there."""
    matcher = match_entries(_entries(old), _entries(new))
    return {i: j for j, i in matcher.partners.items()}


def _entries(references: References) -> list[Entry]:
    """Return the headings and clauses of a text, each with what follows up to the next one, without
    the numbers of references.
    """
    targets, sections = references.targets, references.parts
    entries: list[Entry] = []
    clauses: dict[tuple[int, tuple[str, ...]], int] = {}
    for index, (mark, text) in enumerate(zip(targets.marks, _texts(references), strict=True)):
        section = references.part_of(index)
        anchor, above = sections[section].place.anchor, targets.above[index]
        words = mark.words[len(own_number(mark.words)) :].casefold() if mark.level else None
        if not mark.level:
            clauses[above, mark.path] = index
            outer = ((above, mark.path[:size]) for size in range(len(mark.path) - 1, 0, -1))
            above = next((clauses[path] for path in outer if path in clauses), above)
            anchor = "-".join((anchor, *mark.path))
        elif index != references.first[section]:
            anchor = ""  # of a heading in a section
        find = partial(_words, f"{words or ''} {text}")
        entries.append(Entry(anchor, words, text, find, above if above >= 0 else ""))
    return entries


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _texts(references: References) -> list[str]:
    """Return what is below each mark, up to the next one."""
    texts: list[list[str]] = [[] for _ in references.targets.marks]
    for index, part in enumerate(references.parts):
        spans = {
            place.sentence.index: [(reference.start, reference.end) for reference in followed]
            for place, followed in to_be_followed(part, references.language)
        }
        for sentence in part.text.sentences:
            at = references.mark_at(index, sentence.index)
            if at >= 0 and sentence.kind not in ("section", "heading"):
                texts[at].append(_without(sentence.text, spans.get(sentence.index, ())).casefold())
    return [" ".join(sentences) for sentences in texts]


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
        return tuple(found.words.casefold() for found in self.references)

    @property
    def features(self) -> frozenset[str]:
        return _words(self.form)


def kept_references(
    old: Iterable[Found], new: Iterable[Found], marks: Mapping[int, int]
) -> Iterator[tuple[Found, Found]]:
    """Yield each reference that was there before, and as it is now. marks: of pair_marks."""
    matcher = Matcher(_sentences(old, marks.get), _sentences(new, lambda index: index))
    _by_form(matcher, lambda sentence: (sentence.inside, sentence.form))
    _by_form(matcher, lambda sentence: sentence.form)
    matcher.by_likeness(_likeness, lambda sentence: sentence.features)
    for before, after in matcher:
        yield from _same_words(before, after)


def _by_form(matcher: Matcher[_Sentence], form: Callable[[_Sentence], Hashable]) -> None:
    """Pair sentences that differ in their numbers only.

    If one was added or removed, those that are right are paired first, then those that are equal.
    """
    olds, news = matcher.left()
    before = Counter(form(matcher.old[i]) for i in olds)
    after = Counter(form(matcher.new[j]) for j in news)

    def same_number(sentence: _Sentence) -> Hashable:
        key = form(sentence)
        return key if before[key] == after[key] else None

    matcher.by_key(same_number)
    matcher.by_key(lambda sentence: (form(sentence), sentence.targets))
    matcher.by_key(lambda sentence: (form(sentence), sentence.words))


def _likeness(old: _Sentence, new: _Sentence) -> float:
    score = shared(old.features, new.features)
    return score if score >= OTHER_PLACE else 0


def _same_words(before: _Sentence, after: _Sentence) -> Iterator[tuple[Found, Found]]:
    """Yield the references of two sentences that are written in one way, in the same place."""
    old, new = before.words, after.words  # made anew each time
    places = [alignment.Match(0, 0, len(old))]
    if len(old) != len(new):
        places = alignment.matches(old, new)
    for i, j, length in places:
        for at in range(length):
            if old[i + at] == new[j + at]:
                yield before.references[i + at], after.references[j + at]


def _sentences(found: Iterable[Found], now: Callable[[int], int | None]) -> list[_Sentence]:
    """now: returns the index of a mark in the new text."""
    of_sentence: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for reference in found:
        of_sentence[reference.part, reference.sentence.index].append(reference)
    sentences = []
    for references in of_sentence.values():
        inside = now(references[0].inside)
        leads_to = [reference.leads_to[0] for reference in references if reference.leads_to]
        form = _form(references)
        sentences.append(_Sentence(inside, form, tuple(map(now, leads_to)), references))
    return sentences


def _form(found: Sequence[Found]) -> str:
    spans = [(at.reference.start, at.reference.end) for at in found]
    return _without(found[0].sentence.text, spans).casefold()
