"""Drafting notes: sentences for whoever publishes the policy, not for whoever reads it.

    draft_markers.py             what a text says about itself: a template, a draft
    editing_instructions.py      how to edit it
    publisher_practices.py       what the publisher has and does: "your actual data practices"
    conditional_instructions.py  what to write under a condition: "If you use analytics, …"
    legal_review_notes.py        advice to have it reviewed by a lawyer
    patterns.py                  what a pattern is, and the vocabulary that many patterns share

Finished policies come close: they send readers to lawyers, ask them to review it, explain to
developers what their own policies must say, and have templates and drafts as products. The tests
list such sentences (corpus/findings).
"""

import re

from policies.text.findings.drafting_notes import (
    conditional_instructions,
    draft_markers,
    editing_instructions,
    legal_review_notes,
    publisher_practices,
)
from policies.text.findings.sentences import Match, Sentence

_PATTERNS = (
    *draft_markers.PATTERNS,
    *editing_instructions.PATTERNS,
    *legal_review_notes.PATTERNS,
    *publisher_practices.PATTERNS,
    *conditional_instructions.PATTERNS,
)

# Not "Test", "Title" or "Section 1": they are poor, but a finished text may have them.
_TITLES = re.compile(
    r"\b(?:template|draft|sample|boilerplate|placeholder|skeleton|lorem)\b(?!s)|"
    r"\A\W*(?:untitled|copy of|todo|new (?:document|policy|page|section))\b",
    re.IGNORECASE,
)
_HEADINGS = re.compile(
    r"\A\W*(?:untitled(?: \w+)?|(?:section|sub-?section) (?:title|name|heading)(?: here)?|"
    r"(?:privacy |this )?(?:policy )?(?:template|draft|sample|boilerplate|placeholder)(?: "
    r"(?:only|text|section|content|policy|notes?))?|lorem ipsum.{0,40}|your heading(?: here)?|"
    r"title here)\W*\Z",
    re.IGNORECASE,
)
_TITLES_BY_KIND = {"title": _TITLES, "section": _HEADINGS, "heading": _HEADINGS}


def drafting_note(sentence: Sentence) -> Match | None:
    """Return the first sure sign that a sentence is for the publisher, else a doubtful one."""
    text = sentence.words
    titles = _TITLES_BY_KIND.get(sentence.kind)
    if titles and (found := titles.search(text)):
        return Match(True, found.start(), found[0])
    doubtful: Match | None = None
    for pattern in _PATTERNS:
        if (doubtful and not pattern.sure) or not (pattern.words & sentence.vocabulary):
            continue
        found = pattern.regex.search(text)
        if found and not (pattern.unless and pattern.unless.search(text)):
            match = Match(pattern.sure, found.start(), found[0].strip())
            if match.sure:
                return match
            doubtful = match
    return doubtful
