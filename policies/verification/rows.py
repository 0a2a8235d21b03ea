"""Whether the rows are as the two chains record them: nothing more, nothing less, nothing else.

Each function checks one thing in the whole database, and yields a sentence for each row that is
wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F, Max, Q

from policies import chains
from policies.models import AuditEvent, Departure, LateApproval, LedgerEntry, Policy, Revision
from policies.states import NUMBERED, Status

from .entries import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from .entries import Known

_EVENT = LedgerEntry.Event


def addresses(known: Known) -> Iterator[str]:
    """Yield policies whose addresses differ from the ledger's or, for addresses from before they
    were public, from the audit's.
    """
    renamings = _renamings()
    policies = Policy.objects.prefetch_related("addresses").order_by("pk")
    for policy in policies.iterator(chunk_size=CHUNK):
        renamed = renamings.get(policy.pk, [])
        slugs = known.slugs.get(policy.pk) or renamed or [policy.slug]
        told = {(slug, policy.language) for slug in (*slugs, *renamed)}
        kept = sorted((it.slug, it.language) for it in policy.addresses.all())
        if slugs[-1] != policy.slug or kept != sorted(told):
            yield f"{policy.label} is, or was, at other addresses than the ledger says."


def _renamings() -> dict[int, list[str]]:
    """Return the slugs that the audit records of each renamed policy, by the policy's id."""
    found: dict[int, list[str]] = {}
    acts = AuditEvent.objects.filter(verb="rename_policy").order_by("sequence")
    for policy_id, reason in acts.values_list("policy", "reason").iterator():
        found.setdefault(policy_id, []).extend(reason.split(" → "))  # as rename_policy writes it
    return found


def unrecorded() -> Iterator[str]:
    """Yield published and withdrawn revisions, and departures, that the ledger does not record."""

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


def gaps() -> Iterator[str]:
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


def retirements() -> Iterator[str]:
    """Yield policies of which the ledger says otherwise whether they are retired, or how."""
    events = LedgerEntry.objects.filter(event__in=[_EVENT.RETIREMENT, _EVENT.REINSTATEMENT])
    latest = {event.policy_id: event for event in events.order_by("sequence").iterator()}
    policies = Policy.objects.prefetch_related("successor__addresses").order_by("pk")
    for policy in policies.iterator(chunk_size=CHUNK):
        last = latest.get(policy.pk)
        retired = last if last and last.event == _EVENT.RETIREMENT else None
        if not _is_retired_as_told(policy, retired):
            yield f"{policy.label} is not retired, or reinstated, as the ledger says."


def _is_retired_as_told(policy: Policy, told: LedgerEntry | None) -> bool:
    """Tell whether a policy is retired as an entry says. told: None if it must not be retired."""
    stored = (policy.retired_at, policy.retirement_notice, chains.act_digest(policy.retired_by_id))
    if told is None:
        return stored == (None, "", chains.act_digest(None)) and policy.successor_id is None
    # The entry has the address that the successor had then.
    successor = policy.successor
    known_as = {chains.address(it) for it in successor.addresses.all()} if successor else {""}
    is_as_told = stored == (told.recorded_at, told.notice, told.private_digest)
    return is_as_told and told.successor in known_as


def languages(known: Known) -> Iterator[str]:
    """Yield public policies whose source, or whose prevailing language, is not as the ledger says.

    The ledger need not name a source that is not public yet.
    """
    events = LedgerEntry.objects.filter(event__in=[_EVENT.TRANSLATION, _EVENT.PREVALENCE])
    latest = {(it.policy_id, it.event): it for it in events.order_by("sequence").iterator()}
    policies = Policy.objects.prefetch_related("translation_of__addresses").order_by("pk")
    for policy in policies.iterator(chunk_size=CHUNK):
        if policy.pk not in known.slugs:
            continue
        translation = latest.get((policy.pk, _EVENT.TRANSLATION))
        prevalence = latest.get((policy.pk, _EVENT.PREVALENCE))
        source = policy.translation_of
        # The entry has the address that the source had then.
        sources = {chains.address(it) for it in source.addresses.all()} if source else {""}
        if source and source.pk not in known.slugs:
            sources.add("")
        if (translation.successor if translation else "") not in sources:
            yield f"{policy.label} is the translation of another policy than the ledger says."
        if (prevalence.notice if prevalence else "") != policy.prevailing_language:
            yield f"Of {policy.label} another language prevails than the ledger says."


def names() -> Iterator[str]:
    """Yield policies whose name differs from the audit's, which records names since version 1.0."""
    acts = AuditEvent.objects.filter(verb__in=["create_policy", "correct_name"]).exclude(reason="")
    told = dict(acts.order_by("sequence").values_list("policy", "reason"))
    for policy in Policy.objects.order_by("pk").iterator(chunk_size=CHUNK):
        if policy.name != told.get(policy.pk, policy.name):
            yield f"{policy.label} has another name than the audit says."


def late_approvals() -> Iterator[str]:
    """Yield late approvals that are not in the audit as they are stored, and vice versa."""
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
