"""In which language a text is, by its most frequent words or its script. Pure.

It would rather be unsure than wrong: a text in a language that is not in language_detection.toml
has few of any one language's words.
"""

import re
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path

from policies.text.expressions import read

_KNOWN = read(Path(__file__).with_suffix(".toml"))
# A letter of a script that writes no spaces, or a word. In scripts of India, marks are letters.
_WORD = re.compile(
    r"[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]"
    r"|(?:[^\W\d_]|[\u0900-\u0963\u0971-\u0dff])+"
)
# A run of ASCII with what only addresses have in it.
_ADDRESS = re.compile(r"(?<![!-~])[!-~]*?(?://|@|www\.|\]\()[!-~]*")
_LONGEST = 200_000  # characters: more show nothing new
_FEWEST_WORDS = 20
# Finished texts of 40 words have 0.2 (Turkish, Finnish) to 0.5 (English, Spanish) of their words in
# their language's list; of texts in languages without a list hardly any has 0.15.
_LEAST_SHARE = 0.15
_SCRIPT = 0.4  # what a word counts that only its script shows: lists have about 0.4 of a text
_FEWEST_DIFFERENT = 5  # words: one that is frequent in another language shows nothing
# Written so much alike that short texts show no difference, or under one tag as under the other.
_GROUPS = ({"bs", "hr", "sr"}, {"nb", "nn", "no"}, {"id", "ms"})
_ALIKE = {language: group for group in _GROUPS for language in group}


def detect(text: str) -> str | None:
    """Return the primary subtag (BCP 47) of the language of a text, such as "de" of plain German.

    None if the text is too short, in a language that is not known here, or in several.
    """
    counts = Counter(_WORD.findall(_ADDRESS.sub(" ", text[:_LONGEST].lower())))
    if counts.total() < _FEWEST_WORDS:
        return None
    found: dict[str, Set[str]] = {}
    for language, words in _KNOWN.vocabulary.items():
        found[language] = words & counts.keys()
    for language, script in _KNOWN.patterns.items():
        found[language] = set(filter(script.fullmatch, counts))
    weights = {name: _weight(counts, name, words) for name, words in found.items() if words}

    best = max(weights, key=weights.__getitem__, default=None)
    if best is None or len(found[best]) < _FEWEST_DIFFERENT:
        return None
    if weights[best] < _LEAST_SHARE * counts.total():
        return None
    for other in weights.keys() - _ALIKE.get(best, {best}):
        of_other = found[other]
        of_other_alone = _weight(counts, other, of_other - found[best])
        if _weight(counts, best, found[best] - of_other) < 2 * of_other_alone + 2:
            return None
    return best


def _weight(counts: Mapping[str, int], language: str, words: Set[str]) -> float:
    occurrences = sum(map(counts.__getitem__, words))
    return occurrences * (_SCRIPT if language in _KNOWN.patterns else 1)


def are_alike(language: str, other: str) -> bool:
    """Return whether words don't show which of two languages (primary subtags) a text is in."""
    return other in _ALIKE.get(language, {language})
