"""Proof that what is stored is what was published: every digest, both chains, the HTML.

Reads everything once, in chunks: memory does not grow with the number of versions. Changes nothing.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, zip_longest
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection
from django.db.models import Count, F, Max, Q

from . import chains, departures, documents, rendering, triggers
from .derived_models import rendering_values
from .models import (
    AuditEvent,
    Departure,
    LateApproval,
    LedgerEntry,
    Policy,
    Revision,
)
from .snapshots import snapshot
from .states import NUMBERED, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet

    from .documents import Document

CHUNK = 100


# What reading a row raises when a stored value is of no kind that its column can have.
_UNREADABLE = (ValueError, TypeError, AttributeError, DatabaseError)

_EVENT = LedgerEntry.Event
# What each ledger entry is called in the audit, which tells of it too.
_VERBS = {
    _EVENT.PUBLICATION: ("publish", "publish_without_approval", "publish_import"),
    _EVENT.WITHDRAWAL: ("withdraw",),
    _EVENT.RETIREMENT: ("retire",),
    _EVENT.REINSTATEMENT: ("reinstate",),
    _EVENT.RENAMING: ("rename_policy",),
    _EVENT.TRANSLATION: ("set_translation_of",),
    _EVENT.PREVALENCE: ("set_prevailing_language",),
}
_OF_A_VERSION = frozenset({_EVENT.PUBLICATION, _EVENT.WITHDRAWAL})


@dataclass
class Report:
    """What verification found. `problems` are sentences, in the order in which they were met."""

    entries: int = 0
    versions: int = 0
    head: str = ""
    audit_head: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.problems


def verify(*, head: str | None = None, jobs: int = 1) -> Report:
    """Recompute every digest and both chains, and render every published text again.

    head: a digest of the ledger or the audit noted earlier; it must still stand in its chain, which
    proves that nothing before it was cut off or rewritten since. jobs: processes that render (1:
    none but this one).
    """
    report, known = Report(), _Known()
    with snapshot(), _Renderer(jobs) as renderer:
        for part in (
            _walls(),
            _ledger(report, known, renderer),
            _audit(report),
            _noted(head),
            _unrecorded(),
            _addresses(known),
            _gaps(),
            _retirements(),
            _languages(),
            _late_approvals(),
            _acts(),
        ):
            try:
                report.problems += part
            except _UNREADABLE as error:
                report.problems.append(
                    f"A stored value can't be read, so part of this was not verified: {error}"
                )
    return report


def _walls() -> Iterator[str]:
    for name in triggers.missing(connection):
        yield f"The trigger {name} is missing or changed: run manage.py migrate."


def verify_chains() -> Report:
    """Recompute both chains and nothing else: quick, and no proof of what the entries tell of."""
    report = Report()
    with snapshot():
        for entry in _chain(LedgerEntry, "ledger entry", report):
            report.entries, report.head = entry.sequence, entry.digest
        report.problems += [*_walls(), *_audit(report)]
    return report


@dataclass
class _Known:
    """What the entries read so far have told of each policy, by its id.

    slugs: those it has had, the newest last. anchors: those of its newest version.
    """

    slugs: dict[int, list[str]] = field(default_factory=dict)
    anchors: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


def _ledger(report: Report, known: _Known, renderer: _Renderer) -> Iterator[str]:
    for entries in _chunks(_chain(LedgerEntry, "ledger entry", report)):
        report.entries += len(entries)
        report.head = entries[-1].digest
        yield from _misplaced(entries, known)
        yield from renderer.problems(_published(entries, known, report))
    yield from renderer.rest()


def _audit(report: Report) -> Iterator[str]:
    for event in _chain(AuditEvent, "audit event", report):
        report.audit_head = event.digest
    yield from ()  # _chain has noted what there is to say


def _noted(head: str | None) -> Iterator[str]:
    """Yield a sentence unless an entry of either chain has the digest that was noted, if any."""
    if head is None or any(
        model._default_manager.filter(digest=head).exists() for model in (LedgerEntry, AuditEvent)
    ):
        return
    yield (
        f"The head {head} is in neither chain: entries were cut off or rewritten since it was "
        "noted."
    )


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _chain(model: type[LedgerEntry] | type[AuditEvent], noun: str, report: Report) -> Iterator[Any]:
    """Yield the entries of a chain in order, noting each that does not fit its neighbours."""
    sequence, digest = 0, ""
    for entry in model._default_manager.order_by("sequence").iterator(chunk_size=CHUNK):
        if entry.sequence != sequence + 1:
            report.problems.append(
                f"{noun.capitalize()} {sequence + 1} is missing: "
                f"{entry.sequence} follows {sequence}."
            )
        if entry.previous_digest != digest:
            report.problems.append(
                f"{noun.capitalize()} {entry.sequence} does not follow the entry before it."
            )
        if entry.digest != chains.entry_digest(entry):
            report.problems.append(
                f"{noun.capitalize()} {entry.sequence} was changed: its digest is another."
            )
        sequence, digest = entry.sequence, entry.digest
        yield entry


def _misplaced(entries: list[LedgerEntry], known: _Known) -> Iterator[str]:
    """Yield the entries that stand with another policy, or with another thing, than they name."""
    policies = Policy.objects.in_bulk({entry.policy_id for entry in entries})
    for entry in entries:
        policy = policies.get(entry.policy_id)
        slugs = known.slugs.setdefault(entry.policy_id, [entry.slug])
        is_its = policy and (slugs[-1], policy.language) == (entry.slug, entry.language)
        if entry.event == _EVENT.RENAMING:
            slugs.append(entry.successor.partition("/")[2])
        if not is_its:
            yield (
                f"Ledger entry {entry.sequence} is about {entry.language}/{entry.slug}, but stands "
                "with another policy."
            )
        if entry.revision_id is not None and entry.event not in _OF_A_VERSION:
            yield f"Ledger entry {entry.sequence} is about a policy, but stands with a version."


def _published(
    entries: list[LedgerEntry], known: _Known, report: Report
) -> Iterator[tuple[Revision, Document]]:
    """Yield what some entries publish, with its text, noting what is not as recorded."""
    revisions = (
        Revision.objects.select_related("policy", "rendering", "renders")
        .prefetch_related(*chains.PRIVATE_ROWS, "departures", "renders__policy__addresses")
        .in_bulk([entry.revision_id for entry in entries if entry.revision_id])
    )
    for entry in entries:
        if entry.event not in _OF_A_VERSION:
            continue
        name = f"{entry.language}/{entry.slug} version {entry.version}"
        revision = revisions.get(entry.revision_id or 0)
        if revision is None:
            report.problems.append(
                f"Ledger entry {entry.sequence} names {name}, which is not there."
            )
            continue
        if entry.event == _EVENT.WITHDRAWAL:
            report.problems += _withdrawal_problems(entry, revision, name)
        else:
            report.versions += 1
            report.problems += _publication_problems(entry, revision, name)
            report.problems += _departure_problems(revision, known, name)
            try:
                document = revision.document()
            except documents.DocumentError as error:
                report.problems.append(f"The text of {name} is no document any more: {error}")
                continue
            if documents.digest(document) != entry.document_digest:
                report.problems.append(
                    f"The text of {name} is not what was published (ledger entry {entry.sequence})."
                )
            yield revision, document


def _publication_problems(entry: LedgerEntry, revision: Revision, name: str) -> Iterator[str]:
    traces = (revision.withdrawn_at, revision.withdrawn_by_id, revision.withdrawal_reason)
    if revision.status not in NUMBERED or (
        revision.status == Status.PUBLISHED and traces != (None, None, "")
    ):
        yield (
            f"{name} was published (ledger entry {entry.sequence}), but its row says "
            f"“{revision.status}” now, or bears traces of a withdrawal that there was not."
        )
    stored = (
        revision.policy_id,
        revision.policy.language,
        revision.number,
        revision.digest,
        revision.kind,
        revision.change_note,
        revision.effective_at,
        revision.last_updated_on,
    )
    recorded = (
        entry.policy_id,
        entry.language,
        entry.version,
        entry.document_digest,
        entry.kind,
        entry.change_note,
        entry.effective_at,
        entry.last_updated_on,
    )
    if stored != recorded:
        yield (
            f"The dates, number or notes of {name} are not as recorded (ledger entry "
            f"{entry.sequence})."
        )
    elif entry.renders not in _renders(revision):
        yield (f"{name} renders another version than recorded (ledger entry {entry.sequence}).")
    elif chains.private_digest(revision) != entry.private_digest:
        yield (
            f"The rows behind {name} were changed: who wrote, approved or published it, when, or "
            f"what was said about it (ledger entry {entry.sequence})."
        )


def _renders(revision: Revision) -> set[str]:
    """Return what the ledger may say that a version renders, under any address it ever had."""
    source = revision.renders
    if source is None:
        return {""}
    return {f"{address}/{source.number}" for address in source.policy.addresses.all()}


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


def _departure_problems(revision: Revision, known: _Known, name: str) -> Iterator[str]:
    """Yield a sentence unless what is recorded as gone is what this version no longer has."""
    rendering = getattr(revision, "rendering", None)
    anchors = rendering.anchors if rendering else []
    gone = departures.between(known.anchors.get(revision.policy_id, []), anchors)
    known.anchors[revision.policy_id] = anchors
    if [(row.anchor, row.heading) for row in revision.departures.all()] != gone:
        yield (
            f"The anchors that departed with {name} are not those that the version before had. If "
            "the renderer was updated, run manage.py rerender; else somebody changed them."
        )


def _addresses(known: _Known) -> Iterator[str]:
    """Yield policies that have other addresses than the ledger says."""
    policies = Policy.objects.prefetch_related("addresses").order_by("pk")
    for policy in policies.iterator(chunk_size=CHUNK):
        slugs = known.slugs.get(policy.pk, [policy.slug])
        kept = sorted((it.slug, it.language) for it in policy.addresses.all())
        if slugs[-1] != policy.slug or kept != sorted((s, policy.language) for s in set(slugs)):
            yield f"{policy.label} is, or was, at other addresses than the ledger says."


def _unrecorded() -> Iterator[str]:
    """Yield published and withdrawn revisions that the ledger does not know."""

    def without(status: Iterable[Status], wanted: str) -> QuerySet[Revision]:
        recorded = Count("ledger_entries", filter=Q(ledger_entries__event=wanted))
        rows = Revision.objects.filter(status__in=sorted(status)).select_related("policy")
        return rows.annotate(recorded=recorded).exclude(recorded=1)

    for revision in without(NUMBERED, _EVENT.PUBLICATION).iterator(chunk_size=CHUNK):
        yield f"{revision} is published, but not in the ledger."
    for revision in without({Status.WITHDRAWN}, _EVENT.WITHDRAWAL).iterator(chunk_size=CHUNK):
        yield f"{revision} is withdrawn, but not in the ledger."
    for departure in Departure.objects.exclude(revision__status__in=sorted(NUMBERED)):
        yield f"{departure} is recorded, but that was never published."


def _gaps() -> Iterator[str]:
    """Yield policies whose version numbers do not run 1, 2, 3 …"""
    numbers = Policy.objects.annotate(
        versions=Count("revisions__number"), newest=Max("revisions__number")
    ).exclude(versions=0)
    wrong = numbers.exclude(versions=F("newest")).values("slug", "language", "versions", "newest")
    for row in wrong.iterator():
        yield (
            f"{row['language']}/{row['slug']} has {row['versions']} versions, but the newest is "
            f"{row['newest']}."
        )


def _retirements() -> Iterator[str]:
    """Yield policies that are retired, or not, otherwise than the ledger says."""
    events = LedgerEntry.objects.filter(event__in=[_EVENT.RETIREMENT, _EVENT.REINSTATEMENT])
    latest = {event.policy_id: event for event in events.order_by("sequence").iterator()}
    policies = Policy.objects.prefetch_related("successor__addresses").order_by("pk")
    for policy in policies.iterator(chunk_size=CHUNK):
        last = latest.get(policy.pk)
        retired = last if last and last.event == _EVENT.RETIREMENT else None
        recorded = (
            (
                retired.recorded_at,
                retired.notice,
                retired.successor,
                bool(retired.successor),
                retired.private_digest,
            )
            if retired
            else (None, "", "", False, chains.act_digest(None))
        )
        # Under whichever address the successor was known then.
        successors = (
            {str(it) for it in policy.successor.addresses.all()} if policy.successor else {""}
        )
        stored = (
            policy.retired_at,
            policy.retirement_notice,
            recorded[2] if recorded[2] in successors else None,
            policy.successor_id is not None,
            chains.act_digest(policy.retired_by_id),
        )
        if stored != recorded:
            yield f"{policy.label} is not retired, or reinstated, as the ledger says."


def _languages() -> Iterator[str]:
    """Yield policies whose source, or whose prevailing language, is not as the ledger says."""
    events = LedgerEntry.objects.filter(event__in=[_EVENT.TRANSLATION, _EVENT.PREVALENCE])
    latest = {(it.policy_id, it.event): it for it in events.order_by("sequence").iterator()}
    policies = Policy.objects.prefetch_related("translation_of__addresses").order_by("pk")
    for policy in policies.iterator(chunk_size=CHUNK):
        translation = latest.get((policy.pk, _EVENT.TRANSLATION))
        prevalence = latest.get((policy.pk, _EVENT.PREVALENCE))
        source = policy.translation_of
        # Under whichever address the source was known then.
        sources = {str(it) for it in source.addresses.all()} if source else {""}
        if (translation.successor if translation else "") not in sources:
            yield f"{policy.label} is the translation of another policy than the ledger says."
        if (prevalence.notice if prevalence else "") != policy.prevailing_language:
            yield f"Of {policy.label} another language prevails than the ledger says."


def _late_approvals() -> Iterator[str]:
    """Yield late approvals that the audit does not know as they stand, and the other way round."""
    recorded = set(
        AuditEvent.objects.filter(verb="approve_afterwards").values_list(
            "revision_id", "done_at", "done_by_id", "document_digest"
        )
    )
    stored = set(
        LateApproval.objects.values_list(
            "revision_id", "approved_at", "approved_by_id", "approved_digest"
        )
    )
    for revision_id, *_ in sorted(recorded ^ stored):
        yield f"The late approval of revision {revision_id} is not as the audit says."


def _acts() -> Iterator[str]:
    """Yield where the ledger and the audit first differ; both are written in the same order."""
    event_of = {verb: event for event, verbs in _VERBS.items() for verb in verbs}
    told = LedgerEntry.objects.order_by("sequence").values_list(
        "event", "policy", "revision", "recorded_at"
    )
    done = (
        AuditEvent.objects.filter(verb__in=event_of)
        .order_by("sequence")
        .values_list("verb", "policy", "revision", "done_at")
    )
    acts = ((event_of[verb], *rest) for verb, *rest in done.iterator(chunk_size=CHUNK))
    pairs = zip_longest(told.iterator(chunk_size=CHUNK), acts)
    for sequence, (entry, act) in enumerate(pairs, start=1):
        if entry != act:
            yield f"From ledger entry {sequence} on, the audit tells something else."
            return


class _Renderer:
    """Renders published texts again, in other processes if there are jobs for them."""

    def __init__(self, jobs: int) -> None:
        self._waiting: deque[tuple[Revision, Future[rendering.Rendered]]] = deque()
        # "spawn": a child that inherited the database connection could disturb it.
        self._pool = (
            ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) if jobs > 1 else None
        )

    def __enter__(self) -> _Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        with self._pool or nullcontext():
            pass

    def problems(self, published: Iterable[tuple[Revision, Document]]) -> Iterator[str]:
        """Yield a sentence for each revision whose stored HTML does not come from its text."""
        for revision, document in published:
            body = documents.body(document)
            if self._pool is None:
                yield from self._compare(revision, partial(rendering.render, body))
                continue
            self._waiting.append((revision, self._pool.submit(rendering.render, body)))
            if len(self._waiting) > CHUNK:
                yield from self._next()

    def rest(self) -> Iterator[str]:
        """Yield what the processes have not yet answered."""
        while self._waiting:
            yield from self._next()

    def _next(self) -> Iterator[str]:
        revision, answer = self._waiting.popleft()
        yield from self._compare(revision, answer.result)

    def _compare(
        self, revision: Revision, render: Callable[[], rendering.Rendered]
    ) -> Iterator[str]:
        try:
            again = render()
        except rendering.RenderingRefused as error:
            yield f"The text of {revision} can no longer be rendered: {error}"
            return
        stored = getattr(revision, "rendering", None)
        if stored is None:
            yield f"The HTML of {revision} is missing: run manage.py rerender."
        elif stored.values != rendering_values(again):
            yield (
                f"The HTML of {revision} does not come from its text. If the renderer was "
                "updated, run manage.py rerender; else somebody changed it."
            )
