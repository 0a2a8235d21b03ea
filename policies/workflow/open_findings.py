"""The findings of a stored revision, with the reasons that justify some of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policies import languages
from policies.ledger import removed_anchors
from policies.models import Justification, Policy, Revision
from policies.text import child_process, findings
from policies.text import document as documents
from policies.text.document import Document
from policies.text.findings import Finding, Level
from policies.workflow.heavy_work import Outdated


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


@dataclass(frozen=True)
class Examination:
    """A text, all else on which its findings depend (see findings.examine), and the findings."""

    subject: Mapping[str, Any]
    found: Sequence[Finding]


def findings_of(
    revision: Revision, *, at: datetime, ready: Examination | None = None
) -> list[ExaminedFinding]:
    """Return the findings of a revision's stored text, and those of losing anchors in force.

    ready: from `examined_ahead`, for a caller that has a transaction open, which a long text would
    block. Raises Outdated if that was another text, NotNow (of child_process) without it.
    """
    policy = revision.policy
    subject = _subject(policy, revision.document(), revision.rendering.values, at=at)
    if ready is None:
        return _with_reasons(policy, _examine(subject))
    if ready.subject != subject:
        raise Outdated
    return _with_reasons(policy, ready.found)


def findings_of_text(
    policy: Policy, document: Document, *, rendering: Mapping[str, Any], at: datetime
) -> list[ExaminedFinding]:
    """Return the same of a text that may not be stored yet. rendering: its rendering_values.

    Raises NotNow (of child_process).
    """
    return _with_reasons(policy, _examine(_subject(policy, document, rendering, at=at)))


def examined_ahead(revision_id: int, *, at: datetime) -> Examination:
    """Examine a stored text before anything is locked: a long one takes a second.

    The examination of what does not exist, or is no valid document, is empty: the action refuses
    that. Raises NotNow (of child_process).
    """
    revisions = Revision.objects.select_related("policy", "rendering")
    revision = revisions.filter(pk=revision_id, rendering__isnull=False).first()
    try:
        document = revision.document() if revision else None
    except documents.DocumentError:
        document = None
    if revision is None or document is None:
        return Examination({}, ())
    subject = _subject(revision.policy, document, revision.rendering.values, at=at)
    return Examination(subject, _examine(subject))


def _subject(
    policy: Policy, document: Document, rendering: Mapping[str, Any], *, at: datetime
) -> dict[str, Any]:
    """Return the arguments of findings.examine."""
    current = policy.revisions.effective(at=at).select_related("rendering").first()
    before = current.rendering.anchors if current else []
    return {
        "document": document,
        "anchors": {anchor["id"] for anchor in rendering["anchors"]},
        "lost": removed_anchors.lost(before, rendering["anchors"]),
        "removed": rendering["removed"],
        "source": headings_of_source(policy),
        "language": policy.language,
    }


def _examine(subject: dict[str, Any]) -> list[Finding]:
    length = len(documents.body(subject["document"]))
    return child_process.run(findings.examine, length=length, **subject)


def _with_reasons(policy: Policy, found: Sequence[Finding]) -> list[ExaminedFinding]:
    given = {it.key: it for it in policy.justifications.all()}
    return [
        ExaminedFinding(it, given.get(it.key) if it.level == Level.ACKNOWLEDGE else None)
        for it in found
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
