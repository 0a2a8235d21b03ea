"""The findings of a stored revision, and how people have answered them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from policies import child_process, languages
from policies.cache import OF_TEXTS
from policies.ledger import removed_anchors
from policies.ledger.actor_names import names_of
from policies.models import Justification, Overruling, Policy, Revision, Section, involved
from policies.text import document as documents
from policies.text import findings
from policies.text.document import Document
from policies.text.findings import Contacts, Finding, Level
from policies.workflow.heavy_work import Outdated


@dataclass(frozen=True)
class ExaminedFinding:
    """A finding, and how somebody has answered it.

    justification: the reason why it may stay. overruling: the reason why it is none; by whom, by
    name. overruled_by: that name also if it does not count, because they had a part in the text.
    """

    finding: Finding
    justification: Justification | None = None
    overruling: Overruling | None = None
    overruled_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it blocks publication."""
        if self.finding.level == Level.BLOCKS:
            return not (self.overruling and self.can_be_overruled)
        answer = self.justification or self.overruling
        return self.finding.level == Level.ACKNOWLEDGE and not answer

    @property
    def answer(self) -> tuple[object, ...]:
        """What people have said to it, to be compared."""
        given, overruled = self.justification, self.overruling
        return (
            given and (given.reason, given.justified_at, given.justified_by_id),
            overruled and (overruled.reason, overruled.overruled_at),
            self.overruled_by,
        )

    @property
    def can_be_overruled(self) -> bool:
        return self.finding.level == Level.BLOCKS and self.finding.rule not in _NEVER_OVERRULED


# Without any text there is nothing that a reviewer could have judged.
_NEVER_OVERRULED = frozenset({"no-text"})


@dataclass(frozen=True)
class FindingGroup:
    """Like findings with the same answer, or without any: shown and answered together."""

    findings: tuple[ExaminedFinding, ...]

    @property
    def first(self) -> ExaminedFinding:
        return self.findings[0]

    @property
    def keys(self) -> str:
        """The key of each sentence once, with spaces between, as the actions take them."""
        return " ".join(dict.fromkeys(examined.finding.key for examined in self.findings))


def grouped(found: Sequence[ExaminedFinding]) -> list[FindingGroup]:
    """Return the findings in groups, of each level those with the same advice together, in the
    order of the first of each.
    """
    groups: dict[tuple[object, ...], list[ExaminedFinding]] = {}
    for examined in found:
        finding = examined.finding
        key = (finding.level, finding.group, examined.answer)
        groups.setdefault(key, []).append(examined)
    by_advice: dict[tuple[Level, str], list[FindingGroup]] = {}
    for like in groups.values():
        finding = like[0].finding
        by_advice.setdefault((finding.level, finding.advice), []).append(FindingGroup(tuple(like)))
    return list(chain.from_iterable(by_advice.values()))


@dataclass(frozen=True)
class Examination:
    """A text, what else of its policy its findings depend on, and the findings."""

    subject: Mapping[str, Any]
    found: Sequence[Finding]


def findings_of(
    revision: Revision,
    *,
    at: datetime,
    ready: Examination | None = None,
    document: Document | None = None,
) -> list[ExaminedFinding]:
    """Return the findings of a revision's stored text, and those of losing anchors in force.

    document: that text, if the caller has it. ready: from `examined_ahead`, for a caller that has a
    transaction open, which a long text would block. Raises Outdated if that was another text,
    NotNow (of child_process) without it.
    """
    policy, document = revision.policy, document or revision.document()
    subject = _subject(policy, document, revision.rendering.values, at=at)
    if ready and ready.subject != subject:
        raise Outdated
    found = ready.found if ready else _examine(policy, subject, at=at)
    return _with_answers(policy, found, revision)


def findings_of_text(
    policy: Policy,
    document: Document,
    *,
    rendering: Mapping[str, Any],
    at: datetime,
    revision: Revision | None = None,
) -> list[ExaminedFinding]:
    """Return the same of a text that may not be stored yet. rendering: its rendering_values.

    revision: the draft that it is for; None: one that nobody has written in. Raises NotNow (of
    child_process).
    """
    subject = _subject(policy, document, rendering, at=at)
    return _with_answers(policy, _examine(policy, subject, at=at), revision)


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
    return Examination(subject, _examine(revision.policy, subject, at=at))


def _subject(
    policy: Policy, document: Document, rendering: Mapping[str, Any], *, at: datetime
) -> dict[str, Any]:
    """Return the arguments of findings.examine that come from the policy itself, hashable."""
    in_force = policy.revisions.effective(at=at)
    before = in_force.values_list("rendering__anchors", flat=True).first() or []
    return {
        "document": document,
        "anchors": frozenset(anchor["id"] for anchor in rendering["anchors"]),
        "lost": tuple(removed_anchors.missed_by_readers(before, rendering["anchors"])),
        "removed": tuple(rendering["removed"]),
        "source": headings_of_source(policy),
        "language": policy.language,
        "dated": True,
    }


def _contacts_of_other_policies(
    policy: Policy, *, at: datetime
) -> tuple[tuple[str, Contacts], ...]:
    others = Revision.objects.in_force(at=at).exclude(policy=policy).filter(policy__retired_at=None)
    rows = others.select_related("policy").only("digest", "policy__name", "policy__language")
    elsewhere = []
    for revision in rows.order_by("policy__name", "policy__language"):
        other = revision.policy
        if contacts := _contacts(revision.pk, revision.digest):
            name = other.name if other.language == policy.language else other.label
            elsewhere.append((name, contacts))
    return tuple(elsewhere)


def _contacts(version_id: int, digest: str) -> Contacts:
    """Return the contact details in a version. digest: of its text."""

    def find() -> Contacts:
        # Not by child_process: this is in transactions, too, and done once for each version.
        try:
            return findings.contacts(Revision.objects.get(pk=version_id).document())
        except documents.DocumentError:
            return ()

    return OF_TEXTS.get(("contacts", version_id, digest), 0, find)


def _examine(policy: Policy, subject: dict[str, Any], *, at: datetime) -> list[Finding]:
    # Not in the subject: others may change theirs at any moment.
    elsewhere = _contacts_of_other_policies(policy, at=at)
    length = len(documents.body(subject["document"]))
    run = partial(child_process.run, findings.examine, length=length, elsewhere=elsewhere)
    # Whoever publishes a text has just seen the page with its findings.
    key = ("findings", *subject.values(), elsewhere)
    return OF_TEXTS.get(key, length, partial(run, **subject))


def current_overrulings(policy: Policy) -> QuerySet[Overruling]:
    """Return what nobody has withdrawn. Whether it counts depends on the revision."""
    return policy.overrulings.filter(withdrawn_at__isnull=True)


def _with_answers(
    policy: Policy, found: Sequence[Finding], revision: Revision | None
) -> list[ExaminedFinding]:
    if not found:
        return []
    reasons = {justification.key: justification for justification in policy.justifications.all()}
    overrulings = list(current_overrulings(policy))
    authors = involved(revision) if revision and overrulings else set()
    # Of several with one key the last is taken, which counts if any does.
    overrulings.sort(key=lambda row: row.overruled_by_id not in authors)  # False, then True
    overruled = {row.key: row for row in overrulings}
    names = names_of(row.overruled_by_id for row in overrulings) if overrulings else {}

    def answered(finding: Finding) -> ExaminedFinding:
        reason = reasons.get(finding.key) if finding.level == Level.ACKNOWLEDGE else None
        overruling = overruled.get(finding.key)
        if overruling is None:
            return ExaminedFinding(finding, reason)
        who = overruling.overruled_by_id
        return ExaminedFinding(finding, reason, None if who in authors else overruling, names[who])

    return [answered(finding) for finding in found]


def headings_of_source(policy: Policy) -> frozenset[str]:
    """Return the headings of the newest version of a translation's source; none if both are in
    one language.
    """
    source = policy.translation_of
    if source is None or languages.primary(source.language) == languages.primary(policy.language):
        return frozenset()
    newest = source.revisions.published().order_by("-number")[:1]
    return frozenset(Section.objects.filter(revision__in=newest).values_list("heading", flat=True))


def still_open(found: Sequence[ExaminedFinding]) -> list[ExaminedFinding]:
    return [examined for examined in found if examined.is_open]


def count_by_level(found: Sequence[Finding]) -> dict[str, Any]:
    """Return how many there are of each level, as Rendering.findings keeps it, and the keys of
    those that can be answered: the desk counts the open findings of many texts without examining.
    """
    count_of = Counter(finding.level for finding in found)
    return {
        **{level.value: count_of[level] for level in Level},
        "to_answer": [finding.key for finding in found if finding.level == Level.ACKNOWLEDGE],
        "to_overrule": [finding.key for finding in found if finding.level == Level.BLOCKS],
    }
