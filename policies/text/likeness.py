"""How alike two texts are, judged by the words that distinguish them. Pure."""

import re
from hashlib import sha256
from zlib import crc32

from policies.text.markdown.characters import KATAKANA, UNSPACED

# From this length on, words mostly carry meaning. Shorter ones are articles, prepositions and the
# like, which any two sentences share. Measured as in redline/word_diff.py.
LONG_WORD = 4  # at 3: 4 edits, 21 redlines; at 5: 8, 18
# A text that holds all of another one is as alike as this. It means nothing if the other one has
# fewer features than that.
WHOLE_IN_OTHER = 0.8  # at 0: 0, 8; at 1: 0, 5
FEW_FEATURES = 6  # at 3: 2, 5; at 9: 0, 3

_UNSPACED = re.compile(f"[{UNSPACED}{KATAKANA}]+")
_WORDS = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


def features(text: str) -> frozenset[str]:
    """Return what distinguishes a text: long words, numbers, pairs of unspaced characters."""
    found = _WORDS.findall(text.lower())
    distinct = {word for word in found if len(word) >= LONG_WORD or word[0].isdigit()}
    for unspaced in _UNSPACED.findall(text):
        distinct.discard(unspaced)
        distinct.update(unspaced[at : at + 2] for at in range(len(unspaced) - 1))
    return frozenset(distinct or found or [text])


def shared(old: frozenset[str], new: frozenset[str]) -> float:
    """Return how much two sets share, from 0 to 1."""
    common = len(old & new)
    if not common:
        return 0
    least = min(len(old), len(new))
    part = WHOLE_IN_OTHER * common / least if least >= FEW_FEATURES else 0
    return max(2 * common / (len(old) + len(new)), part)


# Of a feature, and of all words together: how many hexadecimal digits of their digest are kept.
_FEATURE, _WHOLE = 5, 16
# How many features of a text are kept, those with the least digests: a sample that two texts share
# as far as they share all.
_SAMPLE = 32


def sketch(text: str) -> str:
    """Return a text's digest and those of its features, short enough to be kept beside it.

    White space makes no difference. At most 176 characters; 16 for a text without words.
    """
    line = " ".join(text.split())
    of_features = features(line) if line else ()
    found = {f"{crc32(feature.encode()):08x}"[:_FEATURE] for feature in of_features}
    return sha256(line.encode()).hexdigest()[:_WHOLE] + "".join(sorted(found)[:_SAMPLE])


def sketched(words: str) -> tuple[str, frozenset[str]]:
    """Return the digest in a sketch, and its features."""
    starts = range(_WHOLE, len(words), _FEATURE)
    return words[:_WHOLE], frozenset(words[at : at + _FEATURE] for at in starts)
