"""The actions of a suggestion, a comment with other words for those that it is about."""

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.ledger import authorship
from policies.ledger.actor_names import names_of
from policies.models import ReviewComment, Revision
from policies.states import Status
from policies.text import document as documents
from policies.text.document import Document
from policies.text.replacing import replaced
from policies.workflow import quoting, texts
from policies.workflow.commenting import mark_as_resolved, open_comment
from policies.workflow.heavy_work import Outdated, with_work_ahead
from policies.workflow.preconditions import get_or_refuse
from policies.workflow.refusals import Incomplete, WrongState

_BY_HAND = (
    "These words can't be replaced by themselves: that would change more than them, or there is a "
    "link, a note or other type within them, or they are in an address, too. Change the text "
    "yourself."
)


def accept_suggestion(comment_id: int, *, by: User, at: datetime) -> Revision:
    """Change a draft as a comment suggests, and resolve the comment.

    Whoever suggested it becomes an author of the draft, as does whoever accepts it. Raises
    WrongState (the words are gone), Incomplete (they can't be replaced), NotNow.
    """

    def ahead() -> texts.Prepared | None:
        comment = get_or_refuse(
            ReviewComment.objects.select_related("revision__policy"), comment_id
        )
        revision = comment.revision
        if revision.status != Status.DRAFT:
            return None
        ready = texts.prepare(_as_suggested(revision, comment), revision.policy)
        _require_rest_as_it_was(revision, comment, ready)
        return ready

    def accept(ready: texts.Prepared | None) -> Revision:
        comment, revision = open_comment("accept_suggestion", comment_id, by)
        if ready is None or _as_suggested(revision, comment) != ready.document:
            raise Outdated
        changed = authorship.changed_parts(revision.document(), ready.document)
        texts.replace(revision, ready, by=by, at=at)
        proposer = comment.created_by_id
        if person := User.objects.filter(pk=proposer or 0).first():
            texts.count_as_author(revision, person, at=at)
        facts = {"text": comment.text, "proposer": proposer, "name": names_of([proposer])[proposer]}
        ledger.record_act("accept_suggestion", revision, by=by, at=at, reason=changed, facts=facts)
        mark_as_resolved(comment, by=by, at=at)
        return revision

    return with_work_ahead(ahead, accept)


@transaction.atomic
def decline_suggestion(comment_id: int, *, by: User, at: datetime) -> ReviewComment:
    """Leave the draft as it is, and resolve the comment."""
    comment, revision = open_comment("decline_suggestion", comment_id, by)
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
    """Refuse a suggestion that changes more of what readers see than the words it is about."""
    place = quoting.places(revision, [comment])[comment.pk]
    before = [it.words for it in quoting.parts_of(revision)]
    anchors = {it.anchor for it in ready.document.sections}
    after = [it.words for it in quoting.parts_of_html(ready.values["html"], anchors)]
    if place is None or len(before) != len(after):
        raise Incomplete(_BY_HAND)
    index, (start, end) = place.part, place.span
    old, new = before.pop(index), after.pop(index)
    if (
        before != after
        or not new.startswith(old[:start])
        or not new.removeprefix(old[:start]).endswith(old[end:])
    ):
        raise Incomplete(_BY_HAND)


def _as_suggested(revision: Revision, comment: ReviewComment) -> Document:
    """Return a draft's text as a comment suggests it. Raises WrongState, Incomplete."""
    replacement = _replacement(comment)
    place = quoting.places(revision, [comment])[comment.pk]
    if place is None:
        raise WrongState("The words that this would replace are gone. Change the text yourself.")
    document, part = revision.document(), quoting.parts_of(revision)[place.part]
    section = next((it for it in document.sections if it.anchor == place.anchor), None)
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
        sections = tuple(new if it is section else it for it in document.sections)
        return replace(document, sections=sections)
    except documents.DocumentError as error:
        raise Incomplete(f"The text would not be valid with the new words. {error}") from error
