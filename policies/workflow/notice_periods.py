"""The notice that readers are given of material changes: set for a policy, and kept to.

An import bears the dates that it had elsewhere, and a first version changes nothing, so neither
needs notice.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.models import Policy
from policies.states import Kind
from policies.text.limits import MAX_NOTICE_DAYS
from policies.workflow.preconditions import clean_text, locked_policy
from policies.workflow.refusals import Incomplete


@transaction.atomic
def set_notice_period(policy_id: int, *, by: User, at: datetime, days: int | None) -> Policy:
    """Set how many days before it takes effect a material change is published; None for none."""
    policy = locked_policy("set_notice_period", policy_id, by)
    if days is not None and not 1 <= days <= MAX_NOTICE_DAYS:
        raise Incomplete(
            f"Enter a number of days from 1 to {MAX_NOTICE_DAYS}, or leave it empty for none.",
            "days",
        )
    policy.notice_days = days
    policy.save(update_fields=["notice_days"])
    ledger.record_act("set_notice_period", policy, by=by, at=at, reason=policy.notice_in_words)
    return policy


def first_allowed(policy: Policy, *, at: datetime) -> datetime | None:
    """Return the start of the first day on which a material change published at `at` may take
    effect, in UTC: whole days of notice lie between. None if the policy has no notice period.
    """
    if policy.notice_days is None:
        return None
    return policy.start_of(policy.day_of(at) + timedelta(days=policy.notice_days + 1))


def justified_notice(
    policy: Policy, kind: Kind, reason: str, *, effective_at: datetime, at: datetime
) -> str:
    """Return why a change takes effect before the notice period has passed, for the audit; "" if
    it doesn't. Raises Incomplete if it does, and no reason is given.

    effective_at: of a policy that has a version. Counted in hours, so that a form that proposes the
    first allowed day stays valid when it is sent a little later.
    """
    if kind == Kind.EDITORIAL or policy.notice_days is None:
        return ""
    if effective_at - at >= timedelta(days=policy.notice_days):
        return ""
    reason = clean_text(reason, about="short_notice_reason")
    if not reason:
        raise Incomplete(
            f"Readers are given {policy.notice_in_words} of notice. Choose "
            f"{policy.in_words(first_allowed(policy, at=at) or at)} or later, or enter a reason "
            "why this change can’t wait.",
            "short_notice_reason",
        )
    return f"Less than {policy.notice_in_words} of notice: {reason}"
