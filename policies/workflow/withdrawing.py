"""The action that withdraws a version before it takes effect."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.models import Revision
from policies.states import Kind, Status
from policies.workflow.preconditions import clean_required, locked_and_allowed, require_upcoming
from policies.workflow.refusals import WrongState
from policies.workflow.transitions import move


@transaction.atomic
def withdraw(revision_id: int, *, by: User, at: datetime, reason: str) -> Revision:
    """Withdraw a version that is not yet in force. It keeps its number, and `reason` is public."""
    revision = locked_and_allowed("withdraw", revision_id, by)
    require_upcoming(revision, at, "withdraw", "withdrawn")
    _require_no_correction_upcoming(revision)
    _require_no_translation_upcoming(revision, at)
    reason = clean_required(
        reason, "Enter a reason for the withdrawal. Readers will see it.", about="reason"
    )
    move(revision, Status.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, withdrawal_reason=reason)
    ledger.record_withdrawal(revision, at=at)
    ledger.record_act("withdraw", revision, by=by, at=at, reason=reason)
    return revision


def _require_no_correction_upcoming(revision: Revision) -> None:
    """Else what is new in a material version would come into force under the name of a correction,
    with the date of a version that never took effect, and no app would ask its users.
    """
    later = revision.policy.revisions.published().filter(number__gt=revision.number)
    following = later.order_by("number").first()
    if following and revision.kind == Kind.MATERIAL and following.kind == Kind.EDITORIAL:
        raise WrongState(
            f"{following} corrects it as an editorial change, and would come into force in its "
            "place. Withdraw that version first."
        )


def _require_no_translation_upcoming(revision: Revision, at: datetime) -> None:
    """Refuse to withdraw a version with an upcoming translation: that would come into force
    without it, and where its language prevails, it would be what counts.
    """
    upcoming = Revision.objects.upcoming(at=at).filter(
        source_version=revision, policy__translation_of=revision.policy
    )
    if translation := upcoming.select_related("policy").first():
        effect = translation.policy.in_words(translation.effective_at)  # type: ignore[arg-type]
        raise WrongState(
            f"{translation} translates it, and would still come into force on {effect}. "
            "Withdraw that version first."
        )
