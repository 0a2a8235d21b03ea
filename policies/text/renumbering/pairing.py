"""Which heading, clause and reference of the old text is which of the new. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from policies.text.likeness import shared
from policies.text.markdown.headings import own_number
from policies.text.reading.reference_targets import (
    FoundReference,
    References,
    followed_references,
)
from policies.text.reading.sentences import Sentence
from policies.text.redline import alignment
from policies.text.redline.matching import OTHER_PLACE, Matcher
from policies.text.redline.outlines import Entry, match_entries
from policies.text.references.recognition import Reference

_WORD = re.compile(r"\w+")


def pair_places(old: References, new: References) -> dict[int, int]:
    """Return which heading or clause of the new text each of the old one is, if it is there."""
    matcher = match_entries(_entries(old), _entries(new))
    return {i: j for j, i in matcher.partners.items()}


def _entries(references: References) -> list[Entry]:
    """Return the headings and clauses of a text, each with what follows up to the next one, without
    the numbers of references.
    """
    targets, sections = references.targets, references.parts
    entries: list[Entry] = []
    clauses: dict[tuple[int, tuple[str, ...]], int] = {}
    for index, (place, text) in enumerate(zip(targets.places, _texts(references), strict=True)):
        section = references.part_of(index)
        anchor, above = sections[section].place.anchor, targets.above[index]
        words = place.words[len(own_number(place.words)) :].casefold() if place.level else None
        if not place.level:
            clauses[above, place.path] = index
            outer = ((above, place.path[:size]) for size in range(len(place.path) - 1, 0, -1))
            above = next((clauses[path] for path in outer if path in clauses), above)
            anchor = "-".join((anchor, *place.path))
        elif index != references.first[section]:
            anchor = ""  # of a heading in a section
        find = partial(_word_set, f"{words or ''} {text}")
        entries.append(Entry(anchor, words, text, find, above if above >= 0 else ""))
    return entries


def _word_set(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _texts(references: References) -> list[str]:
    """Return what is below each heading or clause, up to the next one."""
    texts: list[list[str]] = [[] for _ in references.targets.places]
    for index, part in enumerate(references.parts):
        referring = {
            sentence.index: followed
            for sentence, followed in followed_references(part, references.language)
        }
        for sentence in part.text.sentences:
            above = references.above(index, sentence.index)
            if above >= 0 and sentence.kind not in ("section", "heading"):
                found = referring.get(sentence.index, ())
                texts[above].append(_without_numbers(sentence, found))
    return [" ".join(sentences) for sentences in texts]


def _without_numbers(sentence: Sentence, references: Iterable[Reference]) -> str:
    """Return a sentence in lower case, with "#" for each of its references."""
    pieces, rest = [], 0
    for start, end in sorted((reference.start, reference.end) for reference in references):
        pieces += [sentence.text[rest:start], "#"]
        rest = end
    return "".join([*pieces, sentence.text[rest:]]).casefold()


# --- References -----------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class _Sentence:
    """A sentence with references. form: it without their numbers. inside, targets: the heading or
    clause that it is in, and those that they lead to, as the new text has them.
    """

    inside: int | None
    form: str
    targets: tuple[int | None, ...]
    references: list[FoundReference]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(found.words.casefold() for found in self.references)

    @property
    def features(self) -> frozenset[str]:
        return _word_set(self.form)


def kept_references(
    old: Iterable[FoundReference], new: Iterable[FoundReference], partners: Mapping[int, int]
) -> Iterator[tuple[FoundReference, FoundReference]]:
    """Yield each reference that was there before, and as it is now. partners: of pair_places."""
    matcher = Matcher(_sentences(old, partners.get), _sentences(new, lambda index: index))
    _by_form(matcher, lambda sentence: (sentence.inside, sentence.form))
    _by_form(matcher, lambda sentence: sentence.form)
    matcher.by_likeness(_likeness, lambda sentence: sentence.features)
    for before, after in matcher:
        olds, news = before.words, after.words  # made anew each time
        places = [alignment.Match(0, 0, len(olds))]
        if len(olds) != len(news):
            places = alignment.matches(olds, news)
        for i, j, length in places:
            for at in range(length):
                if olds[i + at] == news[j + at]:
                    yield before.references[i + at], after.references[j + at]


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


def _sentences(
    found: Iterable[FoundReference], now: Callable[[int], int | None]
) -> list[_Sentence]:
    """now: returns the index of a heading or clause in the new text."""
    of_sentence: dict[tuple[int, int], list[FoundReference]] = defaultdict(list)
    for reference in found:
        of_sentence[reference.part, reference.sentence.index].append(reference)
    sentences: list[_Sentence] = []
    for references in of_sentence.values():
        first = references[0]
        targets = [now(reference.leads_to[0]) for reference in references if reference.leads_to]
        form = _without_numbers(first.sentence, [reference.reference for reference in references])
        sentences.append(_Sentence(now(first.inside), form, tuple(targets), references))
    return sentences
