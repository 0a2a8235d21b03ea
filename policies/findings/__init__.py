"""What a lawyer should look at before a Document is published: findings, checklist, reading.

Pure: no database, no Django. A kind of finding is added by writing one function in rules.py or
structure.py.

    text.py          a Document as sentences with their places
    values.py        what a finding is
    case.py          what a rule is given, and how it becomes one
    rules.py         what is looked at in words and links
    structure.py     what is looked at in how a text is built
    placeholders.py  words that stand for words
    names.py         those of them that stand for names and addresses
    brackets.py      those of them that stand in square brackets
    drafting.py      sentences that speak to the publisher, by these patterns:
    phrases.py       what a pattern is, and the words that many share
    notes.py         what a text says of itself
    orders.py        what somebody is told to do with it
    affairs.py       what the publisher has and does
    conditions.py    what only applies if they do something
    counsel.py       advice to ask a lawyer
    contact.py       ways to reach somebody
    checklist.py     what the laws ask for
    reading.py       length and reading ease
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.findings import rules as rules  # for what they register
from policies.findings import structure as structure
from policies.findings.case import RULES, Case
from policies.findings.checklist import Requirement, checklist
from policies.findings.reading import Reading, reading
from policies.findings.values import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from policies.documents import Document

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
    """Return what should be looked at: what blocks, what to acknowledge, advice; in reading order.

    anchors: every id in the page that was made of the text; None: it is made here, to know them.
    lost: (anchor, heading) of what readers can link to now and could not any more. removed:
    `rendering.Rendered.removed` of the same text. source: the headings of what it translates.
    Raises nothing; takes time in proportion to the text's length.
    """
    case = Case(document, anchors, lost, removed, source)
    found = [one for rule in RULES for one in rule(case)]
    rank = {level: index for index, level in enumerate(Level)}
    found.sort(key=lambda one: (rank[one[1].level], one[0]))
    return [finding for _, finding in found]
