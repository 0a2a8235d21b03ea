"""The actions of a review: submit a draft, ask and remind a reviewer, request changes, approve,
reopen, discard.

A submission may name a reviewer and a day. Being asked gives no right and takes none: whoever may
approve a revision can do so, asked or not.
"""

from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import capfirst

from policies import ledger
from policies.ledger.actor_names import name_of
from policies.ledger.chains import request_facts
from policies.models import ReviewedText, ReviewRequest, Revision, involved
from policies.permissions import REVIEW
from policies.states import Status
from policies.text import document as documents
from policies.text.document import Document
from policies.text.short_text import has_visible_characters
from policies.workflow import commenting, quoting, texts
from policies.workflow.heavy_work import with_work_ahead
from policies.workflow.preconditions import (
    clean_required,
    clean_text,
    locked_and_allowed,
    person_able_to,
    require_comments_resolved,
    require_complete,
    require_near_year,
    require_something_new,
    require_source_as_seen,
    require_text_as_saved,
    require_uninvolved,
)
from policies.workflow.refusals import Incomplete, WrongState
from policies.workflow.transitions import move

# Between two reminders about the same submission.
HOURS_BETWEEN_REMINDERS = 24


class Asked(TypedDict, total=False):
    """Whom a writer asks. reviewer_id: None for anyone who may. due_on: by when; may be None."""

    reviewer_id: int | None
    due_on: date | None
    note: str


def ask(action: str, revision: Revision, *, by: User, at: datetime, **asked: Unpack[Asked]) -> None:
    """Store and record who is asked to review a submission. The revision is locked and in review.

    action: the one that asks. Raises Incomplete.
    """
    request = ReviewRequest(
        revision=revision,
        asked_at=at,
        asked_by=by,
        reviewer=_reviewer(revision, asked.get("reviewer_id")),
        due_on=_due_day(revision, asked.get("due_on"), at),
        note=clean_text(asked.get("note", ""), about="note"),
    )
    request.save()
    facts = request_facts(request)
    ledger.record_act(action, revision, by=by, at=at, reason=request.note, facts=facts)


@transaction.atomic
def reassign_review(
    revision_id: int, *, by: User, at: datetime, **asked: Unpack[Asked]
) -> Revision:
    """Ask somebody else to review a submission, or by another day. Raises Incomplete."""
    revision = locked_and_allowed("reassign_review", revision_id, by)
    now = revision.review_request
    as_it_is = (now.reviewer_id, now.due_on) if now else (None, None)
    wanted = (asked.get("reviewer_id"), asked.get("due_on"))
    if wanted == as_it_is and not has_visible_characters(asked.get("note", "")):
        raise Incomplete("Nothing was changed. Choose another reviewer or day, or write a note.")
    ask("reassign_review", revision, by=by, at=at, **asked)
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
    return sent.values_list("done_at", flat=True).last()


def _reviewer(revision: Revision, reviewer_id: int | None) -> User | None:
    """Return the person who is asked. Raises Incomplete if that is nobody who may approve it."""
    person = person_able_to(REVIEW, revision.policy, reviewer_id, about="reviewer_id")
    if person and person.pk in involved(revision):
        name = capfirst(name_of(person))
        raise Incomplete(
            f"{name} worked on this revision, so somebody else must review it.", "reviewer_id"
        )
    return person


def _due_day(revision: Revision, due_on: date | None, at: datetime) -> date | None:
    """Return the day. Raises Incomplete if it is past, unless the review is overdue already."""
    if due_on is None:
        return None
    now = revision.review_request
    if now and now.due_on == due_on:
        return due_on
    require_near_year(due_on, about="due_on")
    if due_on < revision.policy.day_of(at):
        raise Incomplete("This day is in the past. Choose a day from today on.", "due_on")
    return due_on


def last_reviewed(revision: Revision) -> Document | None:
    """Return what a revision said when it was last taken out of review; None if it never was.

    Also None if the text kept is not the one that the audit names: a forged one would hide changes.
    """
    kept = ReviewedText.objects.filter(revision=revision).first()
    ended = ("request_changes", "withdraw_submission", "reopen")
    acts = revision.audit_events.filter(action__in=ended)
    if kept is None or (last := acts.last()) is None:
        return None
    try:
        document = documents.parse(kept.markdown)
    except documents.DocumentError:
        return None
    return document if documents.digest(document) == last.document_digest else None


def _take_out_of_review(revision: Revision) -> None:
    """Make a draft of it again, without any approval, and keep what was reviewed."""
    markdown = documents.serialize(revision.document())
    ReviewedText.objects.update_or_create(revision=revision, defaults={"markdown": markdown})
    nobody = dict.fromkeys(["submitted_at", "submitted_by", "approved_at", "approved_by"])
    move(revision, Status.DRAFT, **nobody, approved_digest="")


def submit(revision_id: int, *, by: User, at: datetime, **asked: Unpack[Asked]) -> Revision:
    """Submit a draft for review.

    Raises TextChanged, Incomplete (also if it says nothing new), NotNow.
    """

    def submit_rendered(ready: texts.Ahead) -> Revision:
        revision = locked_and_allowed("submit", revision_id, by)
        require_complete(require_text_as_saved(revision))
        require_something_new(revision)
        texts.render_for_good(revision, ready)
        move(revision, Status.IN_REVIEW, submitted_at=at, submitted_by=by)
        ask("submit", revision, by=by, at=at, **asked)
        return revision

    return with_work_ahead(lambda: texts.rendered_ahead(revision_id), submit_rendered)


@transaction.atomic
def withdraw_submission(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Withdraw a submission, to go on writing."""
    revision = locked_and_allowed("withdraw_submission", revision_id, by)
    _take_out_of_review(revision)
    ledger.record_act("withdraw_submission", revision, by=by, at=at)
    return revision


@transaction.atomic
def discard(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Discard work in progress. Its text is kept, out of the way; what was not saved is not."""
    revision = locked_and_allowed("discard", revision_id, by)
    move(revision, Status.DISCARDED, discarded_at=at, discarded_by=by)
    revision.unsaved_texts.all().delete()
    ledger.record_act("discard", revision, by=by, at=at)
    return revision


@transaction.atomic
def request_changes(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    text: str = "",
    **about: Unpack[quoting.Suggestion],
) -> Revision:
    """Return a revision to its writers with a comment, as `comment` takes it.

    text: may be empty if this person's comments on what was submitted say what has to change.
    """
    revision = locked_and_allowed("request_changes", revision_id, by)
    is_empty = not (has_visible_characters(text) or about.get("words"))
    if has_commented := is_empty and has_open_comment(revision, by):
        text = ""
    else:
        text = clean_required(text, "Enter a comment: what has to change?", about="text")
    columns = quoting.comment_columns(revision, **about)
    _take_out_of_review(revision)
    if has_commented:
        ledger.record_act("request_changes", revision, by=by, at=at)
    else:
        commenting.add("request_changes", revision, columns, by=by, at=at, text=text)
    return revision


def has_open_comment(revision: Revision, person: User) -> bool:
    """Return whether somebody has commented on a text since it was submitted, and the comment is
    not resolved yet.
    """
    own = revision.comments.filter(created_by=person, resolved_at=None)
    return (
        revision.submitted_at is not None
        and own.filter(created_at__gte=revision.submitted_at).exists()
    )


@transaction.atomic
def approve(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    seen_digest: str | None = None,
    seen_source_version: int | None = None,
) -> Revision:
    """Approve exactly the text as it is, and the source version of a translation.

    seen_digest: the digest of the text that this person read; it must be the one that is there.
    seen_source_version: the number of its source version then, 0 for none. None: do not check.
    Raises WrongState (also while comments are open), TextChanged.
    """
    revision = locked_and_allowed("approve", revision_id, by)
    require_uninvolved(revision, by)
    require_text_as_saved(revision, seen_digest)
    require_source_as_seen(revision, seen_source_version)
    require_comments_resolved(revision, "approved")
    approval = {"approved_at": at, "approved_by": by, "approved_digest": revision.digest}
    move(revision, Status.APPROVED, **approval)
    ledger.record_act("approve", revision, by=by, at=at)
    return revision


@transaction.atomic
def reopen(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Make an approved revision a draft again; its approval is void."""
    revision = locked_and_allowed("reopen", revision_id, by)
    _take_out_of_review(revision)
    ledger.record_act("reopen", revision, by=by, at=at)
    return revision
