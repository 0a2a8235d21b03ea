"""The actions of a discussion: comments and replies."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.ledger.chains import audited_facts
from policies.models import CommentReply, ReviewComment, Revision
from policies.workflow import quoting
from policies.workflow.preconditions import clean_required, get_or_refuse, locked_and_allowed
from policies.workflow.refusals import WrongState


@transaction.atomic
def comment(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    text: str,
    section_anchor: str = "",
    words: str = "",
    prefix: str = "",
    suffix: str = "",
) -> ReviewComment:
    """Comment on a revision, on one of its sections, or on words in it: see quoting.quoted."""
    revision = locked_and_allowed("comment", revision_id, by)
    text = clean_required(text, "Enter a comment.", about="text")
    about = quoting.quoted(revision, section_anchor, words=words, prefix=prefix, suffix=suffix)
    return add("comment", revision, about, by=by, at=at, text=text)


def add(
    action: str, revision: Revision, about: dict[str, Any], *, by: User, at: datetime, text: str
) -> ReviewComment:
    """Add a comment, which an action has brought. about: as quoting.quoted returns it."""
    created = ReviewComment.objects.create(
        revision=revision, **about, text=text, created_at=at, created_by=by
    )
    facts = audited_facts(created)
    ledger.record_act(action, revision, by=by, at=at, reason=text, facts=facts)
    return created


@transaction.atomic
def reply_to_comment(comment_id: int, *, by: User, at: datetime, text: str) -> CommentReply:
    """Reply to a comment, which stays open."""
    comment, revision = _open_comment("reply_to_comment", comment_id, by)
    text = clean_required(text, "Enter a reply.", about="text")
    reply = CommentReply.objects.create(comment=comment, text=text, created_at=at, created_by=by)
    ledger.record_act("reply_to_comment", revision, by=by, at=at, reason=text)
    return reply


@transaction.atomic
def resolve_comment(comment_id: int, *, by: User, at: datetime) -> ReviewComment:
    """Mark a comment as dealt with."""
    comment, revision = _open_comment("resolve_comment", comment_id, by)
    comment.resolved_at, comment.resolved_by = at, by
    comment.save(update_fields=["resolved_at", "resolved_by"])
    ledger.record_act("resolve_comment", revision, by=by, at=at, reason=comment.text)
    return comment


def _open_comment(action: str, comment_id: int, by: User) -> tuple[ReviewComment, Revision]:
    """Return a comment, with its revision locked."""
    comment = get_or_refuse(ReviewComment.objects.all(), comment_id)
    revision = locked_and_allowed(action, comment.revision_id, by)
    comment.refresh_from_db()
    if comment.resolved_at:
        resolved = revision.policy.in_words(comment.resolved_at)
        raise WrongState(f"This comment was already resolved on {resolved}.")
    return comment, revision
