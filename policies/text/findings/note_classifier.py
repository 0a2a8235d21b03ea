"""Whether a sentence reads like a note to whoever writes the policy, by all of its words together.

A linear classifier: each word, pair of words, beginning of a word (*), and trait of the
sentence (#) adds its weight; where the sum, divided by the root of how many there are, reaches the
threshold, the sentence reads like a note. Patterns find
what somebody thought of; this also finds the rest, and is wrong more often, so that it only
suggests (docs/adr/0028-findings.md). `python -m tests.bench.train_notes` makes the weights, in
hundredths, from sentences of finished and of unfinished policies in English and German.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Set
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from policies.text.findings.sentences import HIDDEN, Sentence, without_addresses
from policies.text.kept import Kept
from policies.text.sentence_boundaries import vocabulary

WEIGHTS = Path(__file__).with_name("note_weights.json")
LANGUAGES = frozenset({"en", "de"})

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|\ufffc+|[^\w\s]")
_CAPITAL = re.compile(r"\b[A-ZÄÖÜ]")
_PREFIX = 5  # characters: “verify” and “verified”, “Klausel” and “Klauseln”
_HEADINGS = frozenset({"title", "section", "heading", "cell"})
_MOST_WORDS = 4  # of those that are shown as the sign of a note
_MOST_CAPITALS = 3
_LONGEST = 6  # 32 words and more
# Of German, and of no English sentence.
_GERMAN = vocabulary(
    """der das und nicht ist wird werden wir ich sie ein eine einen einer für mit auf von zu zum
    zur bei noch bitte im vom dem den des oder sind sich auch nach aus wie wenn kein keine"""
)


class Model(NamedTuple):
    """weights: of features. threshold: the score from which on a sentence reads like a note."""

    weights: Mapping[str, int]
    threshold: int


class Sign(NamedTuple):
    """The few words of a sentence that weigh most together. start: where in its prose."""

    start: int
    words: str


def reads_like_a_note(sentence: Sentence, language: str) -> Sign | None:
    """Return by which words a sentence reads like a note; None for any other sentence.

    language: the text's, as a tag of BCP 47. Raises nothing.
    """
    if language.lower().partition("-")[0] not in LANGUAGES:
        return None
    asked = sentence.kind, sentence.prose
    return _JUDGED.get(asked, len(sentence.prose), lambda: _judged(*asked))


_JUDGED = Kept()


def _judged(kind: str, prose: str) -> Sign | None:
    weights, threshold = _model()
    if score(features(kind, prose), weights) < threshold:
        return None
    ends = [it.span() for it in _TOKEN.finditer(prose) if it[0][0].isalnum()]
    stretches = [
        (start, end) for at, (start, _) in enumerate(ends) for _, end in ends[at : at + _MOST_WORDS]
    ]
    if not stretches:
        return None
    start, end = max(
        stretches, key=lambda it: _weight(_of_words(_words(prose[slice(*it)])), weights)
    )
    return Sign(start, prose[start:end])


def _weight(found: Iterable[str], weights: Mapping[str, int]) -> int:
    return sum([weights[it] for it in found if it in weights])


def score(found: Set[str], weights: Mapping[str, int]) -> float:
    """Return how much a sentence with some features reads like a note, whatever its length."""
    return _weight(found, weights) / math.sqrt(len(found))


def features(kind: str, prose: str) -> set[str]:
    """Return what the classifier sees of a sentence. kind, prose: as `Sentence` has them."""
    words = _words(prose)  # "" is before the first and after the last, and so in every sentence
    return _of_words(["", *words, ""]) | _traits(kind, prose, words)


def _words(prose: str) -> list[str]:
    tokens = _TOKEN.findall(without_addresses(prose).lower().replace("’", "'"))
    return ["0" if it.isdigit() else it.rstrip(HIDDEN) or HIDDEN for it in tokens]


def _of_words(words: list[str]) -> set[str]:
    """Return words, pairs of adjacent words, and beginnings of words."""
    pairs = {f"{one} {following}" for one, following in pairwise(words)}
    return pairs.union(words, (f"{it[:_PREFIX]}*" for it in words if len(it) > _PREFIX))


def _traits(kind: str, prose: str, words: list[str]) -> set[str]:
    """Return length, last character, the first letter's case, each with the others; capitals."""
    count = sum(it[0].isalnum() for it in words)
    length = f"#{min(count.bit_length(), _LONGEST)}"
    end = "#a" if prose[-1:].isalnum() else f"#{prose[-1:]}"
    capitals = len(_CAPITAL.findall(prose, 1))
    found = {length, length + end, end + ("#lower" if prose[:1].islower() else "")}
    found.add(f"#capitals{min(capitals, _MOST_CAPITALS)}")
    if kind == "item":
        found.add("#item")
    if kind in _HEADINGS:
        found |= {"#heading", "#heading" + end, "#heading" + length}
    if not _GERMAN.isdisjoint(words):
        found |= {"#german", "#german" + end, "#german" + length}
    return found


@cache
def _model() -> Model:
    table = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Model(table["weights"], table["threshold"])
