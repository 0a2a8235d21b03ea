"""Proof that what is stored is what was published: every digest, both chains, the HTML.

Reads everything once, in chunks, in constant memory. Changes nothing.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, F, Max, Q

from . import chains, documents, rendering, triggers
from .models import AuditEvent, LateApproval, LedgerEntry, Policy, Revision, contents_as_json
from .states import NUMBERED, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet

CHUNK = 100


@dataclass
class Report:
    """What verification found. `problems` are sentences, in the order in which they were met."""

    entries: int = 0
    versions: int = 0
    head: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.problems


def verify(*, head: str | None = None, jobs: int = 1) -> Report:
    """Recompute every digest and both chains, and render every published text again.

    head: a ledger digest noted earlier; it must still stand in the chain, which proves that
    nothing was cut off or rewritten since. jobs: processes that render (1: none but this one).
    """
    report = Report()
    noted_is_found = head is None
    for name in triggers.missing(connection):
        report.problems.append(f"The trigger {name} is missing or changed: run manage.py migrate.")
    with _Renderer(jobs) as renderer:
        for entries in _chunks(_chain(LedgerEntry, "ledger entry", report)):
            noted_is_found = noted_is_found or any(entry.digest == head for entry in entries)
            report.problems += renderer.problems(_published(entries, report))
            report.entries += len(entries)
            report.head = entries[-1].digest
        report.problems += renderer.rest()
    if not noted_is_found:
        report.problems.append(
            f"The head {head} is not in the ledger: entries were cut off or rewritten since it "
            "was noted."
        )
    report.problems += _unrecorded()
    report.problems += _gaps()
    report.problems += _retirements()
    deque(_chain(AuditEvent, "audit event", report), maxlen=0)
    report.problems += _late_approvals()
    return report


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


def _published(entries: list[LedgerEntry], report: Report) -> Iterator[Revision]:
    """Yield the revisions that some entries publish, noting each that is not as recorded."""
    revisions = (
        Revision.objects.select_related("policy", "rendering")
        .prefetch_related(*chains.PRIVATE_ROWS)
        .in_bulk([entry.revision_id for entry in entries if entry.revision_id])
    )
    for entry in entries:
        if entry.event not in {LedgerEntry.Event.PUBLICATION, LedgerEntry.Event.WITHDRAWAL}:
            continue
        name = f"{entry.language}/{entry.slug} version {entry.version}"
        revision = revisions.get(entry.revision_id or 0)
        if revision is None:
            report.problems.append(
                f"Ledger entry {entry.sequence} names {name}, which is not there."
            )
            continue
        if entry.event == LedgerEntry.Event.WITHDRAWAL:
            report.problems += _withdrawal_problems(entry, revision, name)
        else:
            report.versions += 1
            report.problems += _publication_problems(entry, revision, name)
            yield revision


def _publication_problems(entry: LedgerEntry, revision: Revision, name: str) -> Iterator[str]:
    try:
        text = documents.digest(revision.document())
    except documents.DocumentError as error:
        text = ""
        yield f"The text of {name} is no document any more: {error}"
    if text and text != entry.document_digest:
        yield f"The text of {name} is not what was published (ledger entry {entry.sequence})."
    stored = (
        revision.policy_id,
        revision.policy.slug,
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
        entry.slug,
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
    elif chains.private_digest(revision) != entry.private_digest:
        yield (
            f"The rows behind {name} were changed: who wrote, approved or published it, when, or "
            f"what was said about it (ledger entry {entry.sequence})."
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


def _unrecorded() -> Iterator[str]:
    """Yield published and withdrawn revisions that the ledger does not know."""
    event = LedgerEntry.Event

    def without(status: Iterable[Status], wanted: str) -> QuerySet[Revision]:
        recorded = Count("ledger_entries", filter=Q(ledger_entries__event=wanted))
        rows = Revision.objects.filter(status__in=sorted(status)).select_related("policy")
        return rows.annotate(recorded=recorded).exclude(recorded=1)

    for revision in without(NUMBERED, event.PUBLICATION).iterator(chunk_size=CHUNK):
        yield f"{revision} is published, but not in the ledger."
    for revision in without({Status.WITHDRAWN}, event.WITHDRAWAL).iterator(chunk_size=CHUNK):
        yield f"{revision} is withdrawn, but not in the ledger."


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
    events = LedgerEntry.objects.filter(
        event__in=[LedgerEntry.Event.RETIREMENT, LedgerEntry.Event.REINSTATEMENT]
    )
    for policy in Policy.objects.select_related("successor").iterator(chunk_size=CHUNK):
        last = events.filter(policy=policy).order_by("-sequence").first()
        retired = last if last and last.event == LedgerEntry.Event.RETIREMENT else None
        recorded = (
            (
                retired.recorded_at,
                retired.notice,
                retired.successor,
                retired.private_digest,
            )
            if retired
            else (None, "", "", chains.act_digest(None))
        )
        stored = (
            policy.retired_at,
            policy.retirement_notice,
            chains.address(policy.successor),
            chains.act_digest(policy.retired_by_id),
        )
        if stored != recorded:
            yield f"{policy.label} is not retired, or reinstated, as the ledger says."


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

    def problems(self, revisions: Iterable[Revision]) -> Iterator[str]:
        """Yield a sentence for each revision whose stored HTML does not come from its text."""
        for revision in revisions:
            try:
                body = documents.body(revision.document())
            except documents.DocumentError:
                continue  # reported with the text
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
        elif (stored.html, stored.contents) != (again.html, contents_as_json(again.contents)):
            yield (
                f"The HTML of {revision} does not come from its text. If the renderer was "
                "updated, run manage.py rerender; else somebody changed it."
            )
