"""Checks both chains, entry by entry, and the version that each ledger entry records.

Goes through each chain once; what it learns of each policy on the way is kept in Known.
"""

import heapq
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.db.models import Prefetch, QuerySet

from policies.ledger import chains, removed_anchors
from policies.ledger.verification import rerendering
from policies.models import AuditEvent, LedgerEntry, Policy, Revision
from policies.states import NUMBERED, Status
from policies.text import document as documents
from policies.text.document import Document
from policies.text.short_text import counted

# Rows in memory at a time.
CHUNK = 100

_EVENT = LedgerEntry.Event
_OF_A_VERSION = frozenset({_EVENT.PUBLICATION, _EVENT.WITHDRAWAL, _EVENT.RESCHEDULING})
# The entries that give a version its dates: the last one counts.
_WITH_DATES = Prefetch(
    "ledger_entries",
    LedgerEntry.objects.filter(event__in=[_EVENT.PUBLICATION, _EVENT.RESCHEDULING]),
    to_attr="dated",
)
_WITH_MOVES = Prefetch(
    "audit_events", AuditEvent.objects.filter(action="reschedule"), to_attr="moves"
)


@dataclass
class Report:
    """What verification found. problems: sentences, in the order in which they were found.

    head, audit_head: the newest digests of the ledger and of the audit.
    """

    entries: int = 0
    versions: int = 0
    head: str = ""
    audit_head: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def counts(self) -> str:
        """What was verified, in words: "3 versions in 4 entries of the ledger"."""
        entries = "1 entry" if self.entries == 1 else f"{self.entries:,} entries"
        return f"{counted(self.versions, 'version')} in {entries} of the ledger"

    @property
    def is_sound(self) -> bool:
        return not self.problems


@dataclass
class Known:
    """What is known of each policy from the entries read so far, by the policy's id.

    slugs: all that it has had, the newest last. anchors: those of its newest version. effects: when
    the version in force, and each upcoming one, takes effect, by its number.
    """

    slugs: dict[int, list[str]] = field(default_factory=dict)
    anchors: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    effects: dict[int, dict[int, datetime]] = field(default_factory=dict)


def ledger(report: Report, known: Known, others: ProcessPoolExecutor | None) -> Iterator[str]:
    """Check the ledger and the versions in it; yield problems, or add them to the report.

    others: see rerendering.problems.
    """
    rows = chain(LedgerEntry, report)
    while entries := list(islice(rows, CHUNK)):
        report.entries += len(entries)
        report.head = entries[-1].digest
        yield from _misplaced(entries, known)
        yield from rerendering.problems(_published(entries, known, report), others)


def audit(report: Report) -> Iterator[str]:
    """Check the audit's chain. Yields nothing itself: `chain` adds problems to the report."""
    for event in chain(AuditEvent, report):
        report.audit_head = event.digest
    yield from ()


def chain(model: type[LedgerEntry] | type[AuditEvent], report: Report) -> Iterator[Any]:
    """Yield the entries of a chain in order; add to the report each that does not fit."""
    noun = str(model._meta.verbose_name).capitalize()
    sequence, digest, latest = 0, "", datetime.min.replace(tzinfo=UTC)
    for entry in model._default_manager.order_by("sequence").iterator(chunk_size=CHUNK):
        if entry.sequence != sequence + 1:
            report.problems.append(
                f"{noun} {sequence + 1} is missing: {entry.sequence} follows {sequence}."
            )
        if entry.previous_digest != digest:
            report.problems.append(f"{noun} {entry.sequence} does not follow the entry before it.")
        if entry.digest != chains.entry_digest(entry):
            report.problems.append(f"{noun} {entry.sequence} was changed: its digest is different.")
        at, is_move = _when(entry)
        if is_move and at < latest - chains.TOLERANCE:
            report.problems.append(
                f"{noun} {entry.sequence} says that it is older than one before it."
            )
        sequence, digest, latest = entry.sequence, entry.digest, max(latest, at)
        yield entry


def _when(entry: LedgerEntry | AuditEvent) -> tuple[datetime, bool]:
    """Return the time of an entry, and whether it reschedules a version."""
    if isinstance(entry, LedgerEntry):
        return entry.recorded_at, entry.event == _EVENT.RESCHEDULING
    return entry.done_at, entry.action == "reschedule"


def by_revision(
    rows: QuerySet[Any], acts: QuerySet[AuditEvent]
) -> Iterator[tuple[int, list[Any], list[AuditEvent]]]:
    """Yield the id of each revision with its rows and its acts, in the order in which they came."""
    for revision_id, group in rows_of_revisions(rows, acts):
        stored = list(group)
        acts_of_revision = [row for row in stored if isinstance(row, AuditEvent)]
        rows_of_revision = [row for row in stored if not isinstance(row, AuditEvent)]
        yield revision_id, rows_of_revision, acts_of_revision


def rows_of_revisions(
    rows: QuerySet[Any], acts: QuerySet[AuditEvent], *, chunk: int = CHUNK
) -> Iterator[tuple[int, Iterator[Any]]]:
    """Yield the id of each revision with its rows and its acts, as they are read. chunk: rows at a
    time in memory.
    """
    of_revision = attrgetter("revision_id")
    both = heapq.merge(
        rows.order_by("revision_id", "pk").iterator(chunk_size=chunk),
        acts.order_by("revision_id", "sequence").iterator(chunk_size=CHUNK),
        key=of_revision,
    )
    return groupby(both, key=of_revision)


def _misplaced(entries: list[LedgerEntry], known: Known) -> Iterator[str]:
    policies = Policy.objects.in_bulk({entry.policy_id for entry in entries})
    for entry in entries:
        policy = policies.get(entry.policy_id)
        slugs = known.slugs.setdefault(entry.policy_id, [entry.slug])
        is_its = policy and (slugs[-1], policy.language) == (entry.slug, entry.language)
        if entry.event == _EVENT.RENAMING:
            slugs.append(entry.successor.partition("/")[2])
        if not is_its:
            yield (
                f"Ledger entry {entry.sequence} is about {entry.language}/{entry.slug}, but "
                "belongs to another policy."
            )
        if entry.revision_id is not None and entry.event not in _OF_A_VERSION:
            yield f"Ledger entry {entry.sequence} is about a policy, but belongs to a version."


def _published(
    entries: list[LedgerEntry], known: Known, report: Report
) -> Iterator[tuple[Revision, Document]]:
    """Yield each version that the entries publish, with its text; report what differs from them."""
    revisions = (
        Revision.objects.select_related("policy", "rendering", "source_version")
        .prefetch_related(*chains.PRIVATE_ROWS, "removed_anchors", _WITH_DATES, _WITH_MOVES)
        .prefetch_related("source_version__policy__addresses")
        .in_bulk([entry.revision_id for entry in entries if entry.revision_id])
    )
    for entry in entries:
        if entry.event not in _OF_A_VERSION:
            continue
        name = f"{entry.language}/{entry.slug} version {entry.version}"
        report.problems += _order_problems(entry, known, name)
        revision = revisions.get(entry.revision_id or 0)
        if revision is None:
            report.problems.append(f"Ledger entry {entry.sequence} names {name}, which is missing.")
            continue
        if entry.event == _EVENT.WITHDRAWAL:
            report.problems += _withdrawal_problems(entry, revision, name)
        elif entry.event == _EVENT.RESCHEDULING:
            report.problems += _rescheduling_problems(entry, revision, name)
        else:
            report.versions += 1
            report.problems += _publication_problems(entry, revision, name)
            report.problems += _anchor_problems(revision, known, name)
            if document := _text(entry, revision, name, report):
                yield revision, document


def _order_problems(entry: LedgerEntry, known: Known, name: str) -> Iterator[str]:
    """Each version takes effect later than those with a lower number, the withdrawn ones aside."""
    effects = known.effects.setdefault(entry.policy_id, {})
    version, effect = entry.version or 0, entry.effective_at
    effects.pop(version, None)
    if effect is None:  # a withdrawal
        return
    if any(
        (at >= effect) if number < version else (at <= effect) for number, at in effects.items()
    ):
        yield (
            f"{name} takes effect before a version with a lower number, or after one with a higher "
            f"number (ledger entry {entry.sequence})."
        )
    effects[version] = effect
    past = sorted(number for number, at in effects.items() if at <= entry.recorded_at)
    for number in past[:-1]:
        del effects[number]


def _text(entry: LedgerEntry, revision: Revision, name: str, report: Report) -> Document | None:
    try:
        document = revision.document()
    except documents.DocumentError as error:
        report.problems.append(f"The text of {name} is no longer a valid document: {error}")
        return None
    if documents.digest(document) != entry.document_digest:
        report.problems.append(
            f"The text of {name} is not what was published (ledger entry {entry.sequence})."
        )
    return document


# What a publication records, and the same facts of the version, in the same order.
_recorded_facts = attrgetter(
    *("policy_id", "language", "version", "document_digest", "kind", "change_note")
)
_stored_facts = attrgetter(
    *("policy_id", "policy.language", "number", "digest", "kind", "change_note")
)
_dates = attrgetter("effective_at", "last_updated_on")


def _publication_problems(entry: LedgerEntry, revision: Revision, name: str) -> Iterator[str]:
    source = revision.source_version
    # At any address that the source ever had.
    sources = {""}
    if source:
        sources = {f"{address}/{source.number}" for address in chains.addresses(source.policy)}
    traces = (revision.withdrawn_at, revision.withdrawn_by_id, revision.withdrawal_reason)
    if revision.status not in NUMBERED or (
        revision.status == Status.PUBLISHED and traces != (None, None, "")
    ):
        yield (
            f"{name} was published (ledger entry {entry.sequence}), but its status is "
            f"“{revision.status}” now, or it has data of a withdrawal that never happened."
        )
    dated = [*revision.dated, entry]  # type: ignore[attr-defined]
    latest = max(dated, key=attrgetter("sequence"))
    if _stored_facts(revision) != _recorded_facts(entry) or _dates(revision) != _dates(latest):
        yield (
            f"The dates, number or notes of {name} are not as recorded (ledger entry "
            f"{entry.sequence})."
        )
    elif entry.renders not in sources:
        yield f"{name} translates another version than recorded (ledger entry {entry.sequence})."
    elif chains.private_digest(revision, dates=entry) != entry.private_digest:
        yield (
            f"The rows behind {name} were changed: who wrote, approved or published it, when, or "
            f"its comments (ledger entry {entry.sequence})."
        )


def _withdrawal_problems(entry: LedgerEntry, revision: Revision, name: str) -> Iterator[str]:
    as_recorded = (
        revision.status == Status.WITHDRAWN
        and revision.number == entry.version
        and revision.policy_id == entry.policy_id
        and revision.digest == entry.document_digest
        and revision.withdrawal_reason == entry.notice
        and revision.withdrawn_at == entry.recorded_at
        and chains.act_digest(revision.withdrawn_by_id) == entry.private_digest
    )
    if not as_recorded:
        yield f"{name} is not withdrawn as recorded (ledger entry {entry.sequence})."


def _rescheduling_problems(entry: LedgerEntry, revision: Revision, name: str) -> Iterator[str]:
    """Its dates are those of the version if it is the last: _publication_problems compares them."""
    dated = revision.dated  # type: ignore[attr-defined]
    before = [earlier for earlier in dated if earlier.sequence < entry.sequence]
    moves = revision.moves  # type: ignore[attr-defined]
    movers = [move.done_by_id for move in moves if move.done_at == entry.recorded_at]
    as_recorded = (
        (revision.policy_id, revision.number, revision.digest)
        == (entry.policy_id, entry.version, entry.document_digest)
        and before
        and entry.recorded_at < min(before[-1].effective_at, entry.effective_at)
        and entry.private_digest in map(chains.act_digest, movers)
    )
    if not as_recorded:
        yield f"{name} is not rescheduled as recorded (ledger entry {entry.sequence})."


def _anchor_problems(revision: Revision, known: Known, name: str) -> Iterator[str]:
    rendering = getattr(revision, "rendering", None)
    anchors = rendering.anchors if rendering else []
    changed = removed_anchors.changed(known.anchors.get(revision.policy_id, []), anchors)
    known.anchors[revision.policy_id] = anchors
    rows = revision.removed_anchors.all()
    if [(row.anchor, row.heading, row.moved_to) for row in rows] != changed:
        yield (
            f"The anchors that {name} removed are not those that the version before had. If "
            "the renderer was updated, run manage.py rerender; else somebody changed them."
        )
