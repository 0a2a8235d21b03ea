"""The actions about preview links, for people without an account. public/ opens them."""

from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.ledger.chains import link_facts
from policies.models import PreviewLink
from policies.workflow.preconditions import clean_required, get_or_refuse, locked_and_allowed
from policies.workflow.refusals import Incomplete, WrongState

DEFAULT_DAYS: Final = 14  # what the form proposes
MAX_DAYS: Final = 90
MAX_RECIPIENT: Final = 200


@transaction.atomic
def share(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    recipient: str,
    days: int = DEFAULT_DAYS,
    takes_comments: bool = False,
) -> PreviewLink:
    """Make a link with which `recipient` reads this revision, and no other, for `days` days.

    It shows the revision's text as it is when it is opened. takes_comments: whether they may
    comment on it, too.
    """
    revision = locked_and_allowed("share", revision_id, by)
    recipient = clean_required(
        recipient, "Enter who the link is for.", most=MAX_RECIPIENT, about="recipient"
    )
    if not 1 <= days <= MAX_DAYS:
        raise Incomplete(f"Enter a number of days from 1 to {MAX_DAYS}.", "days")
    link = PreviewLink.objects.create(
        revision=revision,
        recipient=recipient,
        created_at=at,
        created_by=by,
        expires_at=at + timedelta(days=days),
        takes_comments=takes_comments or None,
    )
    _record("share", link, by=by, at=at)
    return link


@transaction.atomic
def revoke_link(link_id: int, *, by: User, at: datetime) -> PreviewLink:
    """End a preview link now."""
    link = get_or_refuse(PreviewLink.objects.all(), link_id)
    locked_and_allowed("revoke_link", link.revision_id, by)
    link.refresh_from_db()
    if link.revoked_at:
        revoked = link.revision.policy.in_words(link.revoked_at)
        raise WrongState(f"This link was already revoked on {revoked}.")
    link.revoked_at, link.revoked_by = at, by
    link.save(update_fields=["revoked_at", "revoked_by"])
    _record("revoke_link", link, by=by, at=at)
    return link


def _record(action: str, link: PreviewLink, *, by: User, at: datetime) -> None:
    facts = link_facts(link)
    ledger.record_act(action, link.revision, by=by, at=at, reason=link.recipient, facts=facts)
