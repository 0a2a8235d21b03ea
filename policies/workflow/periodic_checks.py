"""The periodic check of a policy: how often, when it is due, and that its text is still correct."""

import calendar
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from policies import ledger
from policies.models import AuditEvent, Policy, Revision
from policies.text.limits import MAX_MONTHS
from policies.text.short_text import every
from policies.workflow.preconditions import locked_policy
from policies.workflow.refusals import Incomplete, WrongState


@transaction.atomic
def set_check_interval(policy_id: int, *, by: User, at: datetime, months: int | None) -> Policy:
    """Set how often a policy is checked again, in months; None for never."""
    policy = locked_policy("set_check_interval", policy_id, by)
    if months is not None and not 1 <= months <= MAX_MONTHS:
        raise Incomplete(
            f"Enter a number of months from 1 to {MAX_MONTHS}, or leave it empty for never.",
            "months",
        )
    policy.check_every_months = months
    policy.save(update_fields=["check_every_months"])
    ledger.record_act("set_check_interval", policy, by=by, at=at, reason=every(months))
    return policy


@transaction.atomic
def confirm_check(policy_id: int, *, by: User, at: datetime) -> Policy:
    """Record that somebody has checked a policy, and that the version in force is still correct.

    The next check is counted from here. Raises WrongState if nothing is in force, or it is retired.
    """
    policy = locked_policy("confirm_check", policy_id, by)
    in_force = policy.revisions.effective(at=at).first()
    if in_force is None or policy.retired_at:
        raise WrongState(f"{policy} has no version in force to check.")
    ledger.record_act("confirm_check", policy, by=by, at=at, reason=str(in_force))
    return policy


def last_confirmed(**of_policies: object) -> dict[int | None, datetime]:
    """Return when each policy was last confirmed as still correct, by its key: one query.

    of_policies: what narrows the audit down, as `filter` takes it.
    """
    acts = AuditEvent.objects.filter(action="confirm_check", **of_policies).order_by()
    return dict(acts.values_list("policy").annotate(last=Max("done_at")))


def due_on(policy: Policy, in_force: Revision, confirmed_at: datetime | None) -> date | None:
    """Return the day on which a policy is to be checked; None if it sets no interval or is retired.

    Counted from the day on which the version in force was published, or confirmed since.
    """
    if not policy.check_every_months or in_force.published_at is None or policy.retired_at:
        return None
    day = policy.day_of(max(in_force.published_at, confirmed_at or in_force.published_at))
    months = day.month - 1 + policy.check_every_months
    year, month = day.year + months // 12, months % 12 + 1
    last_day = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last_day))


def overdue(*, at: datetime) -> list[tuple[Policy, date]]:
    """Return the policies that are to be checked, each with the day since when: two queries."""
    confirmed_at = last_confirmed()
    versions = Revision.objects.in_force(at=at).order_by("policy__name").defer("introduction")
    found = []
    for version in versions.select_related("policy__owner", "policy__translation_of__owner"):
        policy = version.policy
        due = due_on(policy, version, confirmed_at.get(policy.pk))
        if due and due <= policy.day_of(at):
            found.append((policy, due))
    return found
