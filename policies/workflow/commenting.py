"""The actions of a discussion: comments and replies."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.ledger.chains import audited_facts
from policies.models import CommentReply, PreviewLink, ReviewComment, Revision
from policies.workflow import quoting
from policies.workflow.preconditions import clean_required, get_or_refuse, locked_and_allowed
from policies.workflow.refusals import NotAllowed, TooMany, WrongState

# Characters of a comment from outside, and of the name under it.
MAX_GUEST_COMMENT: Final = 5_000
MAX_GUEST: Final = 100
# Comments from outside: by one link, by one link in an hour, by all links in an hour.
MAX_OF_LINK: Final = 200
MAX_OF_LINK_PER_HOUR: Final = 30
MAX_PER_HOUR: Final = 300
HOUR: Final = timedelta(hours=1)


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
    replacement: str = "",
) -> ReviewComment:
    """Comment on a revision, on one of its sections, or on words in it: see quoting.quoted.

    replacement: Markdown that is suggested in their place; "" for no suggestion.
    """
    revision = locked_and_allowed("comment", revision_id, by)
    text = clean_required(text, "Enter a comment.", about="text")
    about = quoting.quoted(
        revision,
        section_anchor,
        words=words,
        prefix=prefix,
        suffix=suffix,
        replacement=replacement,
    )
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
def comment_by_link(
    link_id: int,
    *,
    at: datetime,
    guest: str,
    text: str,
    section_anchor: str = "",
    words: str = "",
    prefix: str = "",
    suffix: str = "",
) -> ReviewComment:
    """Comment as somebody without an account, called `guest`, who has a preview link.

    Raises TooMany, and NotAllowed if the link is not open or takes no comments.
    """
    link = get_or_refuse(PreviewLink.objects.all(), link_id)
    revision = locked_and_allowed("comment_by_link", link.revision_id, None)
    link.refresh_from_db()
    if not link.takes_comments or not link.is_open(at=at):
        raise NotAllowed("This link takes no comments.")
    _require_few(link, at)
    name = " ".join(guest.split())
    name = clean_required(name, "Enter your name.", most=MAX_GUEST, about="guest")
    text = clean_required(text, "Enter a comment.", most=MAX_GUEST_COMMENT, about="text")
    about = quoting.quoted(revision, section_anchor, words=words, prefix=prefix, suffix=suffix)
    created = ReviewComment.objects.create(
        revision=revision, **about, text=text, created_at=at, link=link, guest=name
    )
    ledger.record_act(
        "comment_by_link",
        revision,
        by=None,
        actor=f"{name} (preview link for {link.recipient})",
        at=at,
        reason=text,
        facts=audited_facts(created),
    )
    return created


def _require_few(link: PreviewLink, at: datetime) -> None:
    """Refuse more comments from outside than people write, so that no link can flood the desk."""
    lately = ReviewComment.objects.filter(link__isnull=False, created_at__gt=at - HOUR)
    if (
        link.comments.count() >= MAX_OF_LINK
        or lately.filter(link=link).count() >= MAX_OF_LINK_PER_HOUR
        or lately.count() >= MAX_PER_HOUR
    ):
        raise TooMany("No more comments can be sent with this link now. Try again in an hour.")


@transaction.atomic
def reply_to_comment(comment_id: int, *, by: User, at: datetime, text: str) -> CommentReply:
    """Reply to a comment, which stays open."""
    comment, revision = open_comment("reply_to_comment", comment_id, by)
    text = clean_required(text, "Enter a reply.", about="text")
    reply = CommentReply.objects.create(comment=comment, text=text, created_at=at, created_by=by)
    ledger.record_act("reply_to_comment", revision, by=by, at=at, reason=text)
    return reply


@transaction.atomic
def resolve_comment(comment_id: int, *, by: User, at: datetime) -> ReviewComment:
    """Mark a comment as dealt with."""
    comment, revision = open_comment("resolve_comment", comment_id, by)
    mark_as_resolved(comment, by=by, at=at)
    ledger.record_act("resolve_comment", revision, by=by, at=at, reason=comment.text)
    return comment


def mark_as_resolved(comment: ReviewComment, *, by: User, at: datetime) -> None:
    """Resolve a comment, as several actions do, with the revision locked."""
    comment.resolved_at, comment.resolved_by = at, by
    comment.save(update_fields=["resolved_at", "resolved_by"])


def open_comment(action: str, comment_id: int, by: User) -> tuple[ReviewComment, Revision]:
    """Return a comment, with its revision locked."""
    comment = get_or_refuse(ReviewComment.objects.all(), comment_id)
    revision = locked_and_allowed(action, comment.revision_id, by)
    comment.refresh_from_db()
    if comment.resolved_at:
        resolved = revision.policy.in_words(comment.resolved_at)
        raise WrongState(f"This comment was already resolved on {resolved}.")
    return comment, revision
