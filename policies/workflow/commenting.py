"""The actions of a discussion: comments, replies, and suggestions.

A suggestion is a comment with other words for those that it is about.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Unpack

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from policies import ledger
from policies.ledger import authorship
from policies.ledger.actor_names import name_of, name_of_id
from policies.ledger.chains import audited_facts, reply_facts
from policies.models import AuditEvent, CommentReply, PreviewLink, ReviewComment, Revision
from policies.permissions import VIEW_REVISION
from policies.states import Status
from policies.text import document as documents
from policies.text.document import Document
from policies.text.markdown.outline import without_marks
from policies.text.quotations import replaced
from policies.text.quoted_html import text_parts
from policies.workflow import quoting, texts
from policies.workflow.heavy_work import Outdated, with_work_ahead
from policies.workflow.preconditions import (
    clean_required,
    get_or_refuse,
    locked_and_allowed,
    person_able_to,
)
from policies.workflow.refusals import Incomplete, NotAllowed, TooMany, WrongState

# Characters of a comment from outside, and of the name under it.
MAX_GUEST_COMMENT: Final = 5_000
MAX_GUEST: Final = 100
# Comments from outside: by one link, by one link in an hour, by all links of a policy in an hour.
MAX_OF_LINK: Final = 200
MAX_OF_LINK_PER_HOUR: Final = 30
MAX_OF_POLICY_PER_HOUR: Final = 300
HOUR: Final = timedelta(hours=1)


@transaction.atomic
def comment(
    revision_id: int, *, by: User, at: datetime, text: str, **about: Unpack[quoting.Suggestion]
) -> ReviewComment:
    """Comment on a revision, on one of its sections, or on words in it."""
    revision = locked_and_allowed("comment", revision_id, by)
    text = clean_required(text, "Enter a comment.", about="text")
    columns = quoting.comment_columns(revision, **about)
    return add("comment", revision, columns, by=by, at=at, text=text)


def add(
    action: str,
    revision: Revision,
    columns: dict[str, Any],
    *,
    by: User | None,
    at: datetime,
    text: str,
    actor: str = "",
) -> ReviewComment:
    """Add a comment, which an action has brought.

    columns: of quoting.comment_columns and, of a comment from outside, how it came and the name
    that was given. by, actor: as for ledger.record_act.
    """
    created = ReviewComment.objects.create(
        revision=revision, **columns, text=text, created_at=at, created_by=by
    )
    facts = audited_facts(created)
    ledger.record_act(action, revision, by=by, actor=actor, at=at, reason=text, facts=facts)
    return created


@transaction.atomic
def comment_by_link(
    link_id: int,
    *,
    at: datetime,
    guest: str,
    text: str,
    **about: Unpack[quoting.Suggestion],
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
    columns = {**quoting.comment_columns(revision, **about), "link": link, "guest": name}
    actor = f"{name} (preview link for {link.recipient})"
    return add("comment_by_link", revision, columns, by=None, actor=actor, at=at, text=text)


def _require_few(link: PreviewLink, at: datetime) -> None:
    """Refuse more comments from outside than people write, so that no link can flood the desk, and
    those of one policy keep nobody from commenting on another.
    """
    of_policy = ReviewComment.objects.filter(revision__policy=link.revision.policy_id)
    lately = of_policy.filter(link__isnull=False, created_at__gt=at - HOUR)
    if (
        link.comments.count() >= MAX_OF_LINK
        or lately.filter(link=link).count() >= MAX_OF_LINK_PER_HOUR
        or lately.count() >= MAX_OF_POLICY_PER_HOUR
    ):
        raise TooMany("No more comments can be sent with this link now. Try again in an hour.")


@transaction.atomic
def reply_to_comment(comment_id: int, *, by: User, at: datetime, text: str) -> CommentReply:
    """Reply to a comment, which stays open."""
    comment, revision = locked_open_comment("reply_to_comment", comment_id, by)
    text = clean_required(text, "Enter a reply.", about="text")
    reply = CommentReply.objects.create(comment=comment, text=text, created_at=at, created_by=by)
    facts = reply_facts(reply)
    ledger.record_act("reply_to_comment", revision, by=by, at=at, reason=text, facts=facts)
    return reply


@transaction.atomic
def assign_comment(
    comment_id: int, *, by: User, at: datetime, assignee_id: int | None
) -> ReviewComment:
    """Ask somebody to answer a comment, which then is among their tasks; None for nobody."""
    comment, revision = locked_open_comment("assign_comment", comment_id, by)
    assignee = person_able_to(VIEW_REVISION, revision.policy, assignee_id, about="assignee_id")
    name = name_of(assignee) if assignee else "nobody"
    facts = {"comment": comment.pk, "assignee": assignee_id}
    ledger.record_act("assign_comment", revision, by=by, at=at, reason=name, facts=facts)
    return comment


def assignees(revisions: Iterable[int] | QuerySet[Revision]) -> dict[int, int | None]:
    """Return who is asked to answer each comment that was assigned, by the comment's key: what the
    audit says last. One query.
    """
    acts = AuditEvent.objects.filter(action="assign_comment", revision__in=revisions)
    rows = acts.order_by("sequence").values_list("facts", flat=True)
    return {facts["comment"]: facts["assignee"] for facts in rows if facts}


@transaction.atomic
def resolve_comment(comment_id: int, *, by: User, at: datetime) -> ReviewComment:
    """Mark a comment as dealt with."""
    comment, revision = locked_open_comment("resolve_comment", comment_id, by)
    mark_as_resolved(comment, by=by, at=at)
    ledger.record_act("resolve_comment", revision, by=by, at=at, reason=comment.text)
    return comment


def mark_as_resolved(comment: ReviewComment, *, by: User, at: datetime) -> None:
    """Resolve a comment, as several actions do, with the revision locked."""
    comment.resolved_at, comment.resolved_by = at, by
    comment.save(update_fields=["resolved_at", "resolved_by"])


def locked_open_comment(action: str, comment_id: int, by: User) -> tuple[ReviewComment, Revision]:
    """Return a comment, with its revision locked."""
    comment = get_or_refuse(ReviewComment.objects.all(), comment_id)
    revision = locked_and_allowed(action, comment.revision_id, by)
    comment.refresh_from_db()
    if comment.resolved_at:
        resolved = revision.policy.in_words(comment.resolved_at)
        raise WrongState(f"This comment was already resolved on {resolved}.")
    return comment, revision


_BY_HAND = (
    "This change can’t be made with the button: there is a link, a note, bold type or the like in "
    "the words, or more than the words would change. Change the text yourself, then resolve the "
    "comment."
)


def accept_suggestion(comment_id: int, *, by: User, at: datetime) -> Revision:
    """Change a draft as a comment suggests, and resolve the comment.

    Whoever accepts it becomes an author of the draft, as does whoever suggested it, if they have an
    account. Raises WrongState (the words are gone), Incomplete (they can't be replaced), NotNow.
    """

    def prepare() -> tuple[Document, texts.Prepared] | None:
        comment = get_or_refuse(
            ReviewComment.objects.select_related("revision__policy"), comment_id
        )
        revision = comment.revision
        if revision.status != Status.DRAFT:
            return None
        ready = texts.prepare(_as_suggested(revision, comment), revision.policy)
        _require_rest_as_it_was(revision, comment, ready)
        return revision.document(), ready

    def accept(prepared: tuple[Document, texts.Prepared] | None) -> Revision:
        comment, revision = locked_open_comment("accept_suggestion", comment_id, by)
        if prepared is None or revision.document() != prepared[0]:
            raise Outdated
        before, ready = prepared
        changed = authorship.changed_parts(before, ready.document)
        texts.replace(revision, ready, by=by, at=at)
        proposer = comment.created_by_id
        if proposer:
            texts.add_author(revision, proposer, at=at)
        name = comment.guest or name_of_id(proposer)
        facts = {"text": comment.text, "proposer": proposer, "name": name}
        ledger.record_act("accept_suggestion", revision, by=by, at=at, reason=changed, facts=facts)
        mark_as_resolved(comment, by=by, at=at)
        return revision

    return with_work_ahead(prepare, accept)


@transaction.atomic
def decline_suggestion(comment_id: int, *, by: User, at: datetime) -> ReviewComment:
    """Leave the draft as it is, and resolve the comment."""
    comment, revision = locked_open_comment("decline_suggestion", comment_id, by)
    _replacement(comment)
    mark_as_resolved(comment, by=by, at=at)
    ledger.record_act("decline_suggestion", revision, by=by, at=at, reason=comment.text)
    return comment


def _replacement(comment: ReviewComment) -> str:
    words: str = (comment.quotation or {}).get("replacement", "")
    if not words:
        raise Incomplete("This comment suggests no other words.")
    return words


def _require_rest_as_it_was(
    revision: Revision, comment: ReviewComment, ready: texts.Prepared
) -> None:
    """Refuse a suggestion that does not give readers its own words in place of those it is about,
    and all else as it was.
    """
    place = quoting.quoted_places(revision, [comment])[comment.pk]
    before = [part.words for part in quoting.parts_of(revision)]
    anchors = {section.anchor for section in ready.document.sections}
    after = [part.words for part in text_parts(ready.values["html"], anchors)]
    if place is None or len(before) != len(after):
        raise Incomplete(_BY_HAND)
    index, (start, end) = place.part, place.span
    old, new = before.pop(index), after.pop(index)
    suggested = f"{old[:start]}{without_marks(_replacement(comment))}{old[end:]}"
    if before != after or new.split() != suggested.split():
        raise Incomplete(_BY_HAND)


def _as_suggested(revision: Revision, comment: ReviewComment) -> Document:
    """Return a draft's text as a comment suggests it. Raises WrongState, Incomplete."""
    replacement = _replacement(comment)
    place = quoting.quoted_places(revision, [comment])[comment.pk]
    if place is None:
        raise WrongState("The words that this would replace are gone. Change the text yourself.")
    document, part = revision.document(), quoting.parts_of(revision)[place.part]
    section = {section.anchor: section for section in document.sections}.get(place.anchor)
    sources = (section.heading, section.body) if section else (document.introduction,)
    changed = None
    if part.kind != "notes":
        changed = replaced(sources, part.words, place.span, replacement)
    if changed is None:
        raise Incomplete(_BY_HAND)
    try:
        if section is None:
            return replace(document, introduction=changed[0])
        new = replace(section, heading=changed[0], body=changed[1])
        sections = tuple(new if other is section else other for other in document.sections)
        return replace(document, sections=sections)
    except documents.DocumentError as error:
        raise Incomplete(f"The text would not be valid with the new words. {error}") from error
