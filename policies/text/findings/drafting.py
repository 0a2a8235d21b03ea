"""Sentences that speak to whoever publishes the policy, not to whoever reads it.

Pure. Finished policies come close: they send readers to lawyers, ask them to review the policy,
tell developers what their own policies must say, and have templates and drafts as products. The
tests list such sentences (corpus/findings).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policies.text.findings import affairs, conditions, counsel, notes, orders
from policies.text.findings.text import Match

if TYPE_CHECKING:
    from policies.text.findings.text import Sentence

_PATTERNS = (
    *notes.PATTERNS,
    *orders.PATTERNS,
    *counsel.PATTERNS,
    *affairs.PATTERNS,
    *conditions.PATTERNS,
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


def drafting_note(sentence: Sentence) -> Match | None:
    """Return the surest sign that a sentence speaks to the publisher, None if there is no sign."""
    text = sentence.words
    if sentence.kind == "title" and (found := _TITLES.search(text)):
        return Match(True, found.start(), found[0])
    if sentence.kind in ("section", "heading") and (found := _HEADINGS.search(text)):
        return Match(True, found.start(), found[0])
    doubt: Match | None = None
    for pattern in _PATTERNS:
        if doubt and not pattern.sure:
            continue
        if not (pattern.words & sentence.vocabulary):
            continue
        match = pattern.regex.search(text)
        if match and not (pattern.unless and pattern.unless.search(text)):
            suspicion = Match(pattern.sure, match.start(), match[0].strip())
            if pattern.sure:
                return suspicion
            doubt = suspicion
    return doubt
