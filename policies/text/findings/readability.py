"""How long a Document is, and how hard to read."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from policies.text.document import Document
from policies.text.markdown.characters import KATAKANA, UNSPACED
from policies.text.reading.parts import Part, read_parts
from policies.text.reading.sentences import Text
from policies.text.sentence_boundaries import vocabulary

# Words a minute of adults who read silently: Brysbaert 2019, doi:10.1016/j.jml.2019.104047.
_WORDS_A_MINUTE = 238


@dataclass(frozen=True, slots=True)
class Reading:
    """Length and difficulty.

    words, sentences: of introduction and sections, headings included among the words; see
    `count_words`. reading_ease: Flesch 1948, 100 is easy, 0 very hard; None where the text is not
    English or too short to say. minutes: whole, at least 1.
    """

    words: int
    sentences: int
    reading_ease: float | None
    minutes: int


def reading(document: Document) -> Reading:
    """Measure a Document. Raises nothing."""
    return measure(read_parts(document))


def measure(parts: Sequence[Part]) -> Reading:
    counts = [part.fact(_counted) for part in parts[1:]]
    words, sentences, in_latin, english, syllables = map(sum, zip(*counts, strict=True))
    ease = None
    if in_latin >= _ENOUGH and sentences and english >= _SHARE * in_latin:
        ease = round(206.835 - 1.015 * in_latin / sentences - 84.6 * syllables / in_latin, 1)
    return Reading(words, sentences, ease, max(1, round(words / _WORDS_A_MINUTE)))


def _counted(text: Text) -> tuple[int, int, int, int, int]:
    """Return the words of a part, its sentences; and in those, words in Latin letters, how many of
    them are common in English, and syllables.
    """
    words = sentences = 0
    latin: Counter[str] = Counter()
    for sentence in text.sentences:
        length = count_words(sentence.text)
        words += length
        if sentence.kind not in ("section", "heading", "cell") and length:
            sentences += 1
            latin.update(_LATIN.findall(sentence.text.lower()))
    english = sum(times for word, times in latin.items() if word in _COMMON)
    syllables = sum(times * _syllables(word) for word, times in latin.items())
    return words, sentences, latin.total(), english, syllables


def count_words(text: str) -> int:
    """Count words of any script; where no spaces part words, two characters count as one word."""
    if text.isascii():
        return len(_WORDS.findall(text))
    unspaced = len(_UNSPACED.findall(text))
    return len(_WORDS.findall(_UNSPACED.sub(" ", text))) + (unspaced + 1) // 2


_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_UNSPACED = re.compile(f"[{UNSPACED}{KATAKANA}]")
_LATIN = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
# The fewest words that the reading ease is worked out for.
_ENOUGH = 30
# One word in five of English is one of these; of other languages, one in a hundred.
_SHARE = 0.12
_COMMON = vocabulary(
    """a about and any are as be by data for from have if in information is it may not of on or our
    that the this to us use we when which will with you your"""
)


def _syllables(word: str) -> int:
    """Estimate the number of syllables of an English word."""
    groups = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee", "ye")) and groups > 1:
        groups -= 1
    elif word.endswith(("es", "ed")) and not word.endswith(("ted", "ded", "ses", "ces", "xes")):
        groups -= groups > 1
    return max(1, groups)
