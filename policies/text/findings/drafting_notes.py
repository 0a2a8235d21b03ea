"""Drafting notes: sentences for whoever publishes the policy, not for whoever reads it.

Finished policies come close: they send readers to lawyers, ask them to review it, explain to
developers what their own policies must say, and have templates and drafts as products. So what is
found is for somebody to judge. The patterns and their examples are in patterns/.
"""

from policies.text.findings import patterns
from policies.text.findings.finding import Match
from policies.text.findings.sentences import Sentence


def drafting_note(sentence: Sentence, language: str = "en") -> Match | None:
    """Return the most serious sign that a sentence is for the publisher. language: the text's."""
    return patterns.search("drafting-note", sentence, language)
