"""Asking for a review: whom, and by when; asking somebody else; reminding them.

Being asked gives no right and takes none: whoever may approve a revision can do so, asked or not.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.ledger.actor_names import name_of
from policies.ledger.chains import request_facts
from policies.mail import notices
from policies.models import ReviewRequest, Revision
from policies.models.participants import participants
from policies.workflow.preconditions import clean_text, locked_and_allowed, require_near_year
from policies.workflow.refusals import Incomplete, WrongState

# Between two reminders about the same submission.
HOURS_BETWEEN_REMINDERS = 24


@dataclass(frozen=True)
class Asked:
    """What a writer asks for. reviewer_id: None for anyone who may. due_on: None for no day."""

    reviewer_id: int | None = None
    due_on: date | None = None
    note: str = ""


def ask(action: str, revision: Revision, asked: Asked, *, by: User, at: datetime) -> None:
    """Store and record who is asked to review a submission. The revision is locked and in review.

    action: the one that asks. Raises Incomplete.
    """
    request = ReviewRequest(
        revision=revision,
        asked_at=at,
        asked_by=by,
        reviewer=_able(revision, asked.reviewer_id),
        due_on=_not_past(revision, asked.due_on, at),
        note=clean_text(asked.note, about="note"),
    )
    request.save()
    facts = request_facts(request)
    ledger.record_act(action, revision, by=by, at=at, reason=request.note, facts=facts)


@transaction.atomic
def reassign_review(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    reviewer_id: int | None = None,
    due_on: date | None = None,
    note: str = "",
) -> Revision:
    """Ask somebody else to review a submission, or by another day. Raises Incomplete."""
    revision = locked_and_allowed("reassign_review", revision_id, by)
    now = revision.review_request
    as_it_is = (now.reviewer_id, now.due_on) if now else (None, None)
    if (reviewer_id, due_on) == as_it_is and not note.strip():
        raise Incomplete("Nothing was changed. Choose another reviewer or day, or write a note.")
    ask("reassign_review", revision, Asked(reviewer_id, due_on, note), by=by, at=at)
    return revision


@transaction.atomic
def nudge(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Remind whoever is asked to review a submission, by e-mail. Raises WrongState (too soon)."""
    revision = locked_and_allowed("nudge", revision_id, by)
    last = last_nudge(revision)
    if last and at < last + timedelta(hours=HOURS_BETWEEN_REMINDERS):
        raise WrongState(
            f"A reminder was sent on {revision.policy.in_words(last)}. You can send the next one "
            f"{HOURS_BETWEEN_REMINDERS} hours later."
        )
    ledger.record_act("nudge", revision, by=by, at=at)
    return revision


def last_nudge(revision: Revision) -> datetime | None:
    """Return when somebody last sent a reminder about this submission; None if nobody has."""
    sent = revision.audit_events.filter(action="nudge", done_at__gte=revision.submitted_at)
    return sent.order_by("-sequence").values_list("done_at", flat=True).first()


def _able(revision: Revision, reviewer_id: int | None) -> User | None:
    """Return the person who is asked. Raises Incomplete if that is nobody who may approve it."""
    if reviewer_id is None:
        return None
    person = notices.able_reviewers().filter(pk=reviewer_id).first()
    if person is None:
        raise Incomplete(
            "This person can’t review it. Choose somebody else, or anyone who may.", "reviewer_id"
        )
    if person.pk in participants(revision):
        raise Incomplete(
            f"{name_of(person)} worked on this revision, so somebody else must review it.",
            "reviewer_id",
        )
    return person


def _not_past(revision: Revision, due_on: date | None, at: datetime) -> date | None:
    """Return the day. Raises Incomplete if it is past, unless the review is overdue already."""
    now = revision.review_request
    if due_on is None or (now and now.due_on == due_on):
        return due_on
    require_near_year(due_on, about="due_on")
    if due_on < revision.policy.day_of(at):
        raise Incomplete("This day is in the past. Choose a day from today on.", "due_on")
    return due_on
