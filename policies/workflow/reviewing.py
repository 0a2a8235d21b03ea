"""The actions of a review: submit a draft, request changes, approve, reopen, discard."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.models import ReviewedText, Revision
from policies.states import Status
from policies.text import document as documents
from policies.text.document import Document
from policies.workflow import asking, commenting, quoting, texts
from policies.workflow.heavy_work import with_work_ahead
from policies.workflow.preconditions import (
    clean_required,
    locked_and_allowed,
    require_another,
    require_comments_resolved,
    require_complete,
    require_something_new,
    require_source_as_seen,
    require_text_as_saved,
)
from policies.workflow.transitions import move


def last_reviewed(revision: Revision) -> Document | None:
    """Return what a revision said when it was last taken out of review; None if it never was.

    Also None if the text kept is not the one that the audit names: a forged one would hide changes.
    """
    kept = ReviewedText.objects.filter(revision=revision).first()
    ended = ("request_changes", "withdraw_submission", "reopen")
    last = revision.audit_events.filter(action__in=ended).order_by("sequence").last()
    if kept is None or last is None:
        return None
    try:
        document = documents.parse(kept.markdown)
    except documents.DocumentError:
        return None
    return document if documents.digest(document) == last.document_digest else None


def _keep_what_was_reviewed(revision: Revision) -> None:
    markdown = documents.serialize(revision.document())
    ReviewedText.objects.update_or_create(revision=revision, defaults={"markdown": markdown})


def submit(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    reviewer_id: int | None = None,
    due_on: date | None = None,
    note: str = "",
) -> Revision:
    """Submit a draft for review. reviewer_id: who is asked, None for anyone who may.

    Raises TextChanged, Incomplete (also if it says nothing new), NotNow.
    """

    def submit_rendered(ready: texts.Ahead) -> Revision:
        revision = locked_and_allowed("submit", revision_id, by)
        require_complete(require_text_as_saved(revision))
        require_something_new(revision)
        texts.render_for_good(revision, ready)
        move(revision, Status.IN_REVIEW, submitted_at=at, submitted_by=by)
        asked = asking.Asked(reviewer_id, due_on, note)
        asking.ask("submit", revision, asked, by=by, at=at)
        return revision

    return with_work_ahead(lambda: texts.rendered_ahead(revision_id), submit_rendered)


@transaction.atomic
def withdraw_submission(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Withdraw a submission, to go on writing."""
    revision = locked_and_allowed("withdraw_submission", revision_id, by)
    _keep_what_was_reviewed(revision)
    move(revision, Status.DRAFT, submitted_at=None, submitted_by=None)
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
    section_anchor: str = "",
    words: str = "",
    prefix: str = "",
    suffix: str = "",
    replacement: str = "",
) -> Revision:
    """Return a revision to its writers with a comment, as `comment` takes it.

    text: may be empty if this person's comments on what was submitted say what has to change.
    """
    revision = locked_and_allowed("request_changes", revision_id, by)
    if has_commented := not (text.strip() or words) and has_open_comment(revision, by):
        text = ""
    else:
        text = clean_required(text, "Enter a comment: what has to change?", about="text")
    about = quoting.quoted(
        revision,
        section_anchor,
        words=words,
        prefix=prefix,
        suffix=suffix,
        replacement=replacement,
    )
    _keep_what_was_reviewed(revision)
    move(revision, Status.DRAFT, submitted_at=None, submitted_by=None)
    if has_commented:
        ledger.record_act("request_changes", revision, by=by, at=at)
    else:
        commenting.add("request_changes", revision, about, by=by, at=at, text=text)
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
    require_another(revision, by)
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
    _keep_what_was_reviewed(revision)
    no_approval = {"approved_at": None, "approved_by": None, "approved_digest": ""}
    move(revision, Status.DRAFT, submitted_at=None, submitted_by=None, **no_approval)
    ledger.record_act("reopen", revision, by=by, at=at)
    return revision
