"""Placeholders, words still to be written: [Company], {{ name }}, TODO, 20XX, ____ and the like.

A match blocks only if no finished text has it; everything else is for somebody to judge. What a
regular expression can say is in findings/patterns/; what needs logic is here.

    brackets.py  those in square, angle and curly brackets
    links.py     links that lead to one
"""

from policies.text.findings import patterns
from policies.text.findings.finding import Level, Match
from policies.text.findings.placeholders.brackets import in_brackets
from policies.text.findings.placeholders.links import leads_to_placeholder
from policies.text.findings.sentences import Sentence

__all__ = ["leads_to_placeholder", "placeholder"]


def placeholder(sentence: Sentence, language: str = "en") -> Match | None:
    """Return the most serious placeholder in a sentence, the first of several. language: the
    text's.
    """
    best = patterns.search("placeholder", sentence, language)
    if best and best.level is Level.BLOCKS:
        return best
    for found in in_brackets(sentence):
        if best is None or found.level.rank < best.level.rank:
            best = found
    return best
