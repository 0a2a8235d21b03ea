"""The action that moves an upcoming version to another day, without another approval of its text.

An approval is of a text and holds no day. The version keeps its number; the ledger gets an entry
with the new day, and readers see from when to when it was moved.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from policies import ledger
from policies.ledger import chains
from policies.models import AuditEvent, Policy, Revision
from policies.states import DATE_COLUMNS, Kind
from policies.workflow.notice_periods import justified_notice
from policies.workflow.preconditions import (
    LAST_MOMENT,
    clean_required,
    locked_and_allowed,
    locked_policy,
    require_dated_in_time,
    require_later,
    require_near_year,
    require_uncorrected,
    require_upcoming,
)
from policies.workflow.refusals import Incomplete, WrongState


@transaction.atomic
def reschedule(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    effective_at: datetime,
    reason: str,
    short_notice_reason: str = "",
    seen_effective_at: datetime | None = None,
) -> Revision:
    """Let an upcoming version take effect at another time, which is still to come.

    reason: for the audit. short_notice_reason: as for publish; required only for an earlier time,
    since readers learn of that one now. seen_effective_at: refuse if it takes effect at another
    time by now; None: don't ask.
    """
    _lock_translations(revision_id, by)
    revision = locked_and_allowed("reschedule", revision_id, by)
    policy, before = revision.policy, require_upcoming(revision, at, "reschedule", "rescheduled")
    if seen_effective_at not in {None, before}:
        raise WrongState(
            f"Somebody has rescheduled it to {policy.in_words(before)} since you opened this page."
        )
    _require_clock_not_behind(policy, at)
    require_near_year(effective_at)
    if effective_at <= at + LAST_MOMENT:
        raise Incomplete(
            f"{policy.in_words(effective_at)} is in the past, or too close. Choose a later time.",
            "effective_at",
        )
    if effective_at == before:
        raise Incomplete(
            f"{revision} already takes effect on {policy.in_words(before)}.", "effective_at"
        )
    earlier = _require_order_kept(revision, effective_at)
    require_uncorrected(revision, "has its “Last updated” date")
    _require_translations_in_step(revision, effective_at, before)
    reason = clean_required(reason, "Enter a reason for the audit.", about="reason")
    if earlier and effective_at < before:
        short = justified_notice(
            policy, Kind(revision.kind), short_notice_reason, effective_at=effective_at, at=at
        )
        reason = f"{reason}\n{short}".strip()
    if revision.kind == Kind.MATERIAL and revision.last_updated_on == policy.day_of(before):
        revision.last_updated_on = policy.day_of(effective_at)
    elif revision.last_updated_on:
        require_dated_in_time(revision.last_updated_on, latest=policy.day_of(effective_at))
    revision.effective_at = effective_at
    ledger.record_rescheduling(revision, by=by, at=at)
    revision.save(update_fields=DATE_COLUMNS)
    moved = f"{policy.in_words(before)} → {policy.in_words(effective_at)}"
    ledger.record_act("reschedule", revision, by=by, at=at, reason=f"{moved}\n{reason}")
    return revision


def _require_clock_not_behind(policy: Policy, at: datetime) -> None:
    """Refuse what `verify` would never accept: an entry that is older than one before it. (Each
    entry of the ledger has an event of the same time in the audit.)
    """
    newest = AuditEvent.objects.aggregate(newest=Max("done_at"))["newest"]
    if at < newest - chains.TOLERANCE:
        raise WrongState(
            "The server's clock is behind, or was ahead: something was recorded on "
            f"{policy.in_words(newest)}, which is in the future. Have the clock checked, then try "
            "again."
        )


def _lock_translations(revision_id: int, by: User) -> None:
    """Lock the version's policy with its source and its translations, whose days are compared."""
    mine = Policy.objects.filter(revisions__pk=revision_id)
    if policy := mine.first():
        others = policy.translations.values_list("pk", flat=True)
        locked_policy("reschedule", policy.pk, by, policy.translation_of_id, *others)


def _require_order_kept(revision: Revision, effective_at: datetime) -> Revision | None:
    """Refuse a time that isn't between those of the versions around; return the one before."""
    policy = revision.policy
    others = policy.revisions.published()
    earlier = others.filter(number__lt=revision.number).order_by("-number").first()
    later = others.filter(number__gt=revision.number).order_by("number").first()
    require_later(revision.number, earlier, effective_at)
    if later and later.effective_at and effective_at >= later.effective_at:
        raise Incomplete(
            f"Version {revision.number} must take effect before version {later.number}, which does "
            f"so on {policy.in_words(later.effective_at)}. Reschedule that first.",
            "effective_at",
        )
    return earlier


def _require_translations_in_step(
    revision: Revision, effective_at: datetime, before: datetime
) -> None:
    """Refuse to let a translation take effect before the version that it translates, unless it does
    so already: where its language prevails, it would be what counts.
    """
    translations = Revision.objects.published().filter(
        source_version=revision, policy__translation_of=revision.policy
    )
    overtaking = translations.filter(effective_at__gte=before, effective_at__lt=effective_at)
    if translation := overtaking.select_related("policy").first():
        raise Incomplete(
            f"{translation} translates it, and would take effect before it. Reschedule that first.",
            "effective_at",
        )
    source = revision.source_version
    if source and source.effective_at and effective_at < source.effective_at <= before:
        raise Incomplete(
            f"It translates {source}, which takes effect on "
            f"{revision.policy.in_words(source.effective_at)}. Reschedule that first.",
            "effective_at",
        )
