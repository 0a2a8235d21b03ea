"""Every change of a revision's or a policy's state, and its refusals. Nothing else writes status.

A verb is one transaction. It locks the policy, then the revision; asks whether the person may,
and whether the state allows it (both stand in VERBS); checks what is special to it; changes; and
records. `by` is the person who acts, `at` the aware time at which they do: nothing here asks a
clock. A refusal is a Refused, worded for that person; after it nothing has changed.

Three promises live here. What is approved is bound to its text by the text's SHA-256. Nobody
approves what they wrote in. What is published never changes. The database holds them too
(walls/), so that no other door leads around this module.

The verbs that move a revision stand here. The others have modules of their own: drafting (a draft's
text), remarks (comments, reasons), sharing (preview links), lifecycle (a policy as a whole),
translating. All are called from here: workflow.<verb>.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from . import departures, ledger
from .drafting import import_draft as import_draft
from .drafting import save_draft as save_draft
from .drafting import start_draft as start_draft
from .lifecycle import confirm_review as confirm_review
from .lifecycle import create_policy as create_policy
from .lifecycle import reinstate as reinstate
from .lifecycle import rename_policy as rename_policy
from .lifecycle import retire as retire
from .lifecycle import set_review_interval as set_review_interval
from .models import LateApproval, ReviewComment, Revision
from .preconditions import (
    MAX_CHANGE_NOTE,
    begin,
    not_past,
    require_another,
    require_comments_resolved,
    require_nothing_unfinished,
    require_something_new,
    require_text_as_saved,
    required,
    storable,
    when,
)
from .refusals import (
    Incomplete,
    NotAllowed,
    Refused,
    SavedMeanwhile,
    TextChanged,
    Unfinished,
    WrongState,
)
from .remarks import acknowledge as acknowledge
from .remarks import answer_comment as answer_comment
from .remarks import comment as comment
from .remarks import resolve_comment as resolve_comment
from .sharing import revoke_link as revoke_link
from .sharing import share as share
from .states import Basis, Kind, Status
from .translating import newest_of_source
from .translating import set_prevailing_language as set_prevailing_language
from .translating import set_rendered_version as set_rendered_version
from .translating import set_translation_of as set_translation_of
from .verbs import VERBS

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import User

__all__ = [
    "Incomplete",
    "NotAllowed",
    "Refused",
    "SavedMeanwhile",
    "TextChanged",
    "Unfinished",
    "WrongState",
    *VERBS,
]

# --- Handing in --------------------------------------------------------------------------------


@transaction.atomic
def submit(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Hand a draft in for review. Raises NotAllowed, WrongState, TextChanged, Incomplete."""
    revision = begin("submit", revision_id, by)
    require_text_as_saved(revision)
    require_something_new(revision)
    _move(revision, Status.IN_REVIEW, submitted_at=at, submitted_by=by)
    ledger.record_act("submit", revision, by=by, at=at)
    return revision


@transaction.atomic
def discard(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Give up work in progress. Its text is kept, out of the way. Raises NotAllowed, WrongState."""
    revision = begin("discard", revision_id, by)
    _move(revision, Status.DISCARDED, discarded_at=at, discarded_by=by)
    ledger.record_act("discard", revision, by=by, at=at)
    return revision


# --- Reviewing ---------------------------------------------------------------------------------


@transaction.atomic
def request_changes(revision_id: int, *, by: User, at: datetime, text: str) -> Revision:
    """Send a revision back to its writers, saying what to change.

    Raises NotAllowed, WrongState, Incomplete.
    """
    revision = begin("request_changes", revision_id, by)
    text = required(text, "Say in a comment what has to change.")
    _move(revision, Status.DRAFT, submitted_at=None, submitted_by=None)
    ReviewComment.objects.create(revision=revision, text=text, created_at=at, created_by=by)
    ledger.record_act("request_changes", revision, by=by, at=at, reason=text)
    return revision


@transaction.atomic
def approve(
    revision_id: int, *, by: User, at: datetime, seen_digest: str | None = None
) -> Revision:
    """Approve exactly the text as it stands.

    seen_digest: the digest of the text that this person read; it must be the one that is there.
    Raises NotAllowed, WrongState (also while comments are open), TextChanged.
    """
    revision = begin("approve", revision_id, by)
    require_another(revision, by)
    require_text_as_saved(revision, seen_digest)
    require_comments_resolved(revision, "approved")
    _move(
        revision,
        Status.APPROVED,
        approved_at=at,
        approved_by=by,
        approved_digest=revision.digest,
    )
    ledger.record_act("approve", revision, by=by, at=at)
    return revision


@transaction.atomic
def reopen(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Make an approved revision a draft again; its approval is void.

    Raises NotAllowed, WrongState.
    """
    revision = begin("reopen", revision_id, by)
    _move(
        revision,
        Status.DRAFT,
        submitted_at=None,
        submitted_by=None,
        approved_at=None,
        approved_by=None,
        approved_digest="",
    )
    ledger.record_act("reopen", revision, by=by, at=at)
    return revision


# --- Publishing --------------------------------------------------------------------------------


@transaction.atomic
def publish(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
    effective_at: datetime | None = None,
) -> Revision:
    """Publish an approved revision, in force from `effective_at` (None: at once).

    kind: MATERIAL moves the public "Last updated" date to the day of effect, EDITORIAL keeps it.
    change_note: for the public; required from version 2 on. Raises NotAllowed, WrongState (also
    while comments are open), TextChanged (the text is not the approved one), Unfinished (findings
    are open), Incomplete.
    """
    revision = begin("publish", revision_id, by)
    require_text_as_saved(revision, revision.approved_digest)
    require_comments_resolved(revision, "published")
    require_nothing_unfinished(revision)
    return _publish(
        revision,
        by=by,
        at=at,
        kind=kind,
        change_note=change_note,
        effective_at=not_past(effective_at, at),
        basis=Basis.APPROVAL,
        verb="publish",
    )


@transaction.atomic
def publish_without_approval(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    reason: str,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
    effective_at: datetime | None = None,
    seen_digest: str | None = None,
) -> Revision:
    """Publish in an emergency what nobody has approved; it stays flagged until somebody else has.

    Arguments as for publish; `reason` is kept for ever. seen_digest: the digest of the text that
    this person read; it must be the one that is there. Neither comments nor findings that are
    open hold it up. Raises NotAllowed, WrongState, TextChanged (the text is not the one that was
    saved), Incomplete.
    """
    revision = begin("publish_without_approval", revision_id, by)
    require_text_as_saved(revision, seen_digest)
    return _publish(
        revision,
        by=by,
        at=at,
        kind=kind,
        change_note=change_note,
        effective_at=not_past(effective_at, at),
        basis=Basis.EMERGENCY,
        basis_reason=required(reason, "Say why this can't wait for an approval."),
        verb="publish_without_approval",
    )


@transaction.atomic
def approve_afterwards(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Approve what was published without approval. Raises NotAllowed, WrongState, TextChanged."""
    revision = begin("approve_afterwards", revision_id, by)
    if revision.basis != Basis.EMERGENCY:
        raise WrongState(
            f"{revision} was not published in an emergency: nothing is left to approve."
        )
    if LateApproval.objects.filter(revision=revision).exists():
        raise WrongState(f"{revision} has been approved afterwards already.")
    require_another(revision, by)
    if revision.published_by_id == by.pk:
        raise NotAllowed("You published this version yourself, so somebody else must approve it.")
    require_text_as_saved(revision)
    LateApproval.objects.create(
        revision=revision, approved_at=at, approved_by=by, approved_digest=revision.digest
    )
    ledger.record_act("approve_afterwards", revision, by=by, at=at)
    return revision


@transaction.atomic
def withdraw(revision_id: int, *, by: User, at: datetime, reason: str) -> Revision:
    """Take back a version that is not yet in force. It keeps its number, and `reason` is public.

    Raises NotAllowed, WrongState, Incomplete.
    """
    revision = begin("withdraw", revision_id, by)
    _require_time_to_withdraw(revision, at)
    _require_nothing_corrects(revision)
    reason = required(reason, "Say why this version is withdrawn; readers will see it.")
    _move(revision, Status.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, withdrawal_reason=reason)
    ledger.record_withdrawal(revision, at=at)
    ledger.record_act("withdraw", revision, by=by, at=at, reason=reason)
    return revision


# Before the time of effect, so that whoever waits for a lock is not let through behind it.
LAST_MOMENT = timedelta(seconds=15)


def _require_time_to_withdraw(revision: Revision, at: datetime) -> None:
    effect = revision.effective_at
    assert effect is not None  # noqa: S101  it is published
    if effect <= at:
        raise WrongState(
            f"{revision} is in force since {when(effect)}. Only an upcoming version can be "
            "withdrawn: publish a new one instead."
        )
    if effect <= at + LAST_MOMENT:
        raise WrongState(
            f"{revision} takes effect in a moment: it is too late to withdraw it. Publish a new "
            "one instead."
        )


def _require_nothing_corrects(revision: Revision) -> None:
    """Refuse to withdraw a material version whose text an editorial one is to correct.

    Else what is new in it would come into force under the name of a correction, with the date of
    a version that never took effect, and no app would ask its users.
    """
    later = revision.policy.revisions.published().filter(number__gt=revision.number)
    following = later.order_by("number").first()
    if following and revision.kind == Kind.MATERIAL and following.kind == Kind.EDITORIAL:
        raise WrongState(
            f"{following} is to follow it as an editorial change, and would come into force in its "
            "place. Withdraw that one first."
        )


# --- Importing ---------------------------------------------------------------------------------


@transaction.atomic
def publish_import(
    revision_id: int,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    effective_at: datetime,
    last_updated_on: date | None = None,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
) -> Revision:
    """Publish an imported draft with the dates that it bore where it came from.

    effective_at may lie in the past. last_updated_on: None for what `kind` gives. Raises
    NotAllowed, WrongState (also if a person has written in it), TextChanged, Incomplete.
    """
    revision = begin("publish_import", revision_id, by)
    if revision.contributions.exists():
        raise WrongState(f"Somebody has worked on {revision}: it goes through review instead.")
    require_text_as_saved(revision)
    return _publish(
        revision,
        by=by,
        at=at,
        kind=kind,
        change_note=change_note,
        effective_at=effective_at,
        last_updated_on=last_updated_on,
        basis=Basis.IMPORT,
        basis_reason=required(reason, "Say where it was imported from."),
        verb="publish_import",
    )


# --- What the verbs share ----------------------------------------------------------------------


def _move(revision: Revision, status: Status, **changes: object) -> None:
    """Give a locked revision a new status and what comes with it. The only writer of status."""
    changes["status"] = status
    for name, value in changes.items():
        setattr(revision, name, value)
    revision.save(update_fields=list(changes))


def _rendered(revision: Revision, basis: Basis) -> Revision | None:
    """Return which version a translation renders, now that readers are told. Raises Incomplete."""
    source = revision.policy.translation_of
    if source is None or revision.renders or basis == Basis.IMPORT:
        return revision.renders
    newest = newest_of_source(revision.policy)
    if newest is None:
        raise Incomplete(
            f"{revision.policy.label} is a translation of {source.label}, of which nothing is "
            "published yet: publish that first."
        )
    return newest


def _require_its_turn(number: int, effective_at: datetime, *, after: Revision | None) -> None:
    """Raise Incomplete unless a version takes effect later than the one before it."""
    if not 1000 <= effective_at.year <= 9000:
        raise Incomplete(f"The year {effective_at.year} is too far away: look at the date again.")
    if after and after.effective_at and effective_at <= after.effective_at:
        raise Incomplete(
            f"Version {number} must take effect later than version {after.number}, which does "
            f"so on {when(after.effective_at)}."
        )


def _publish(
    revision: Revision,
    *,
    by: User | None,
    at: datetime,
    kind: Kind,
    change_note: str,
    effective_at: datetime,
    basis: Basis,
    verb: str,
    basis_reason: str = "",
    last_updated_on: date | None = None,
) -> Revision:
    policy = revision.policy
    if policy.retired_at:
        raise WrongState(f"{policy} is retired: take it up again before you publish a version.")
    number = 1 + (policy.revisions.numbered().aggregate(newest=Max("number"))["newest"] or 0)
    previous = policy.revisions.published().order_by("-effective_at").first()
    _require_its_turn(number, effective_at, after=previous)
    change_note = storable(change_note, most=MAX_CHANGE_NOTE)
    if number > 1 and not change_note:
        raise Incomplete("Tell readers in a change note what is new.")
    if kind == Kind.EDITORIAL and previous is None:
        raise Incomplete("An editorial change needs a version that it corrects: choose material.")
    if last_updated_on is None:
        keeps = previous if kind == Kind.EDITORIAL else None
        last_updated_on = keeps.last_updated_on if keeps else policy.day_of(effective_at)
    _move(
        revision,
        Status.PUBLISHED,
        renders=_rendered(revision, basis),
        number=number,
        kind=kind,
        change_note=change_note,
        effective_at=effective_at,
        last_updated_on=last_updated_on,
        published_at=at,
        published_by=by,
        basis=basis,
        basis_reason=basis_reason,
    )
    departures.record(revision)
    ledger.record_publication(revision, at=at)
    ledger.record_act(verb, revision, by=by, at=at, reason=basis_reason)
    return revision
