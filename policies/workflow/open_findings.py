"""The findings of a stored revision, with the reasons that justify some of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policies import languages
from policies.ledger import removed_anchors
from policies.models import Justification, Policy, Revision
from policies.text import findings
from policies.text.document import Document
from policies.text.findings import Finding, Level


@dataclass(frozen=True)
class ExaminedFinding:
    """A finding, and the reason why it may stay, if somebody gave one."""

    finding: Finding
    justification: Justification | None = None

    @property
    def is_open(self) -> bool:
        """Whether it blocks publication."""
        level = self.finding.level
        return level == Level.BLOCKS or (level == Level.ACKNOWLEDGE and not self.justification)


def findings_of(revision: Revision, *, at: datetime) -> list[ExaminedFinding]:
    """Return the findings of a revision's stored text, and those of losing anchors in force."""
    values = revision.rendering.values
    return findings_of_text(revision.policy, revision.document(), rendering=values, at=at)


def findings_of_text(
    policy: Policy, document: Document, *, rendering: Mapping[str, Any], at: datetime
) -> list[ExaminedFinding]:
    """Return the same of a text that may not be stored yet. rendering: its rendering_values."""
    current = policy.revisions.effective(at=at).select_related("rendering").first()
    before = current.rendering.anchors if current else []
    examined = findings.examine(
        document,
        anchors={anchor["id"] for anchor in rendering["anchors"]},
        lost=removed_anchors.lost(before, rendering["anchors"]),
        removed=rendering["removed"],
        source=headings_of_source(policy),
    )
    given = {it.key: it for it in policy.justifications.all()}
    return [
        ExaminedFinding(it, given.get(it.key) if it.level == Level.ACKNOWLEDGE else None)
        for it in examined
    ]


def headings_of_source(policy: Policy) -> frozenset[str]:
    """Return the headings of the newest version of a translation's source; none if both are in
    one language.
    """
    source = policy.translation_of
    if source is None or languages.primary(source.language) == languages.primary(policy.language):
        return frozenset()
    newest = source.revisions.newest()
    return frozenset(newest.sections.values_list("heading", flat=True) if newest else ())


def still_open(found: Sequence[ExaminedFinding]) -> list[ExaminedFinding]:
    return [it for it in found if it.is_open]


def count(found: Sequence[Finding]) -> dict[str, Any]:
    """Return how many there are of each level, as Rendering.findings keeps it, and the keys of
    those that can be justified: the desk counts the open findings of many texts without examining.
    """
    return {
        **{level.value: sum(it.level == level for it in found) for level in Level},
        "to_answer": [it.key for it in found if it.level == Level.ACKNOWLEDGE],
    }
