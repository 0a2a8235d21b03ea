"""What a lawyer should look at before a Document is published: findings, checklist, reading.

Pure: no database, no Django. A kind of finding is added by writing one function in rules.

    text          a Document as sentences with their places
    values        what a finding is
    rules         what is looked at
    placeholders  words that stand for words
    brackets      those of them that stand in square brackets
    drafting      sentences that speak to the publisher, by these patterns:
    phrases       what a pattern is, and the words that many share
    notes         what a text says of itself
    orders        what somebody is told to do with it
    affairs       what the publisher has and does
    counsel       advice to ask a lawyer
    contact       ways to reach somebody
    checklist     what the laws ask for
    reading       length and reading ease
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.findings.checklist import Requirement, checklist
from policies.findings.reading import Reading, reading
from policies.findings.rules import RULES, Case
from policies.findings.values import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    document: Document, *, in_force: Document | None = None, removed: Sequence[str] = ()
) -> list[Finding]:
    """Return what should be looked at: what blocks, what to acknowledge, advice; in reading order.

    in_force: the version that readers see now, whose anchors should live on. removed:
    `rendering.Rendered.removed` of the same text. Raises nothing; takes time in proportion to the
    text's length.
    """
    case = Case(document, in_force, tuple(removed))
    found = [one for rule in RULES for one in rule(case)]
    rank = {level: index for index, level in enumerate(Level)}
    found.sort(key=lambda one: (rank[one[1].level], one[0]))
    return [finding for _, finding in found]
