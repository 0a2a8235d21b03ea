"""What a lawyer should look at before a Document is published: findings, checklist, reading.

Pure: no database, no Django. A kind of finding is added by writing one function in rules.py or
structure.py.

    text.py          a Document as sentences and links, each with its place
    sentences.py     where sentences end
    values.py        the Finding and its levels
    case.py          what a rule gets to look at, and how a function becomes a rule
    rules.py         the rules about words and links
    structure.py     the rules about structure and length
    placeholders.py  placeholders: words that are still to be written
    names.py         those for names and addresses
    brackets.py      those in square brackets
    drafting.py      sentences that speak to the publisher, found by these patterns:
    phrases.py       what a pattern is, and the vocabulary that many patterns share
    notes.py         what a text says about itself
    orders.py        instructions on editing it
    affairs.py       what the publisher has and does
    conditions.py    instructions under a condition
    counsel.py       advice to ask a lawyer
    contact.py       ways to reach somebody
    checklist.py     what the laws ask a privacy policy to say
    reading.py       length and reading ease
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.text.findings import rules as rules  # for the rules that they register
from policies.text.findings import structure as structure
from policies.text.findings.case import RULES, Context
from policies.text.findings.checklist import Requirement, checklist
from policies.text.findings.reading import Reading, reading
from policies.text.findings.values import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from policies.text.document import Document

__all__ = [
    "Finding",
    "Level",
    "Reading",
    "Requirement",
    "checklist",
    "examine",
    "reading",
]


def examine(
    document: Document,
    *,
    anchors: Set[str] | None = None,
    lost: Sequence[tuple[str, str]] = (),
    removed: Sequence[str] = (),
    source: Set[str] = frozenset(),
) -> list[Finding]:
    """Return the findings: what blocks, what to acknowledge, advice; each level in reading order.

    anchors: every id on the rendered page; None: the text is rendered here to find them. lost:
    (anchor, heading) of each place that readers can link to now and that would be gone. removed:
    `rendering.Rendered.removed` of the same text. source: the headings, in Markdown, of the text
    that this one translates. Raises nothing; takes time in proportion to the text's length.
    """
    case = Context(document, anchors, lost, removed, source)
    found = [placed for rule in RULES for placed in rule(case)]
    rank = {level: index for index, level in enumerate(Level)}
    found.sort(key=lambda placed: (rank[placed.finding.level], placed.at))
    return [placed.finding for placed in found]
