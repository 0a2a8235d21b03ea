"""Whether comments, replies and answers to findings are stored as the audit records them."""

import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from django.db.models import QuerySet

from policies.ledger.chains import audited_facts, canonical_json, reply_facts
from policies.ledger.verification.entries import CHUNK
from policies.models import AuditEvent, CommentReply, Justification, Overruling, ReviewComment
from policies.text.short_text import in_short

_COMMENT, _RESOLUTION = "A comment", "The resolution of a comment"
_REPLY, _REASON = "A reply to a comment", "The reason for a finding"
_OVERRULING, _WITHDRAWAL = "An overruling", "The withdrawal of an overruling"
# What an action adds to the review, by the action.
_ADDED_BY = {
    "comment": _COMMENT,
    "comment_by_link": _COMMENT,
    "comment_by_file": _COMMENT,
    "request_changes": _COMMENT,
    "resolve_comment": _RESOLUTION,
    "decline_suggestion": _RESOLUTION,
    "accept_suggestion": _RESOLUTION,
    "reply_to_comment": _REPLY,
    "reply_by_file": _REPLY,
    "justify": _REASON,
    "overrule": _OVERRULING,
    "withdraw_overruling": _WITHDRAWAL,
}
# Of these, version 1.0 recorded less than is stored. What is stored of a comment beyond that, it
# could not have.
_LESS_IN_1_0 = frozenset({_REPLY, _REASON})
# A policy keeps these, whichever of its revisions they were made for.
_OF_A_POLICY = frozenset({_REASON, _OVERRULING, _WITHDRAWAL})


class _Record(NamedTuple):
    """finding: the key and the excerpt of the one that was answered; of a reason that version 1.0
    recorded, the audit has neither. Of a comment or a reply, what version 1.0 did not record of it.
    """

    what: str
    by: int | None
    at: datetime | None
    text: str
    revision_id: int | None
    finding: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What was written or, of a withdrawal, what the finding is about; shortened."""
        return in_short(self.text or " ".join(self.finding[1:]))


# Pairs of a policy's key and a record of it or one of its revisions, in the order of the key.
_Records: TypeAlias = "Iterator[tuple[int, _Record]]"


def comments() -> Iterator[str]:
    """Yield a sentence for each of them that is not in the audit as it is stored, and vice versa.

    Five queries; holds what belongs to one policy in memory at a time.
    """
    stored = heapq.merge(_comments(), _replies(), _reasons(), _overrulings(), key=itemgetter(0))
    both = heapq.merge(
        ((key, 1, record) for key, record in stored),
        ((key, -1, record) for key, record in _audited()),
        key=itemgetter(0),
    )
    for _, group in groupby(both, key=itemgetter(0)):
        rows = list(group)
        recorded = {(record.what, record.finding) for _, sign, record in rows if sign < 0}
        surplus: Counter[_Record] = Counter()
        for _, sign, record in rows:
            is_whole = record.what not in _LESS_IN_1_0 or (record.what, record.finding) in recorded
            surplus[record if is_whole else record._replace(finding=())] += sign
        for record in +surplus:
            yield f"{record.what} is not as the audit records it: “{record.words}”."
        for record in -surplus:
            yield f"{record.what} is missing or was changed since: “{record.words}”."


def _audited() -> _Records:
    acts = AuditEvent.objects.filter(action__in=_ADDED_BY).order_by("policy_id", "sequence")
    columns = ("policy_id", "action", "done_by_id", "done_at", "reason", "revision_id", "facts")
    for policy_id, action, by, at, text, revision_id, facts in _rows(acts, *columns):
        what = _ADDED_BY[action]
        of_revision = None if what in _OF_A_POLICY else revision_id
        if action == "accept_suggestion":  # its reason is what it changed
            yield policy_id, _Record(what, by, at, facts["text"], of_revision)
            continue
        if what is _COMMENT and not text:
            continue  # changes were requested by whoever had commented already
        if what in {_COMMENT, _REPLY} and facts:
            about = (canonical_json(facts).decode(),)
            yield policy_id, _Record(what, by, at, text, of_revision, about)
            continue
        for finding in facts["findings"] if facts else [()]:
            yield policy_id, _Record(what, by, at, text, of_revision, tuple(finding))


def _comments() -> _Records:
    rows = ReviewComment.objects.order_by("revision__policy_id", "pk")
    columns = [
        *("revision__policy", "section_anchor", "text", "quotation", "link", "guest"),
        *("file", "created_at", "created_by", "resolved_at", "resolved_by"),
    ]
    for comment in rows.select_related("revision").only(*columns).iterator(chunk_size=CHUNK):
        policy_id, text, revision_id = comment.revision.policy_id, comment.text, comment.revision_id
        about = (canonical_json(facts).decode(),) if (facts := audited_facts(comment)) else ()
        by, at = comment.created_by_id, comment.created_at
        yield policy_id, _Record(_COMMENT, by, at, text, revision_id, about)
        if comment.resolved_at:
            by, at = comment.resolved_by_id, comment.resolved_at
            yield policy_id, _Record(_RESOLUTION, by, at, text, revision_id)


def _replies() -> _Records:
    rows = CommentReply.objects.order_by("comment__revision__policy_id", "pk")
    for reply in rows.select_related("comment__revision").iterator(chunk_size=CHUNK):
        revision = reply.comment.revision
        about = (canonical_json(reply_facts(reply)).decode(),)
        by, at = reply.created_by_id, reply.created_at
        yield revision.policy_id, _Record(_REPLY, by, at, reply.text, revision.pk, about)


def _reasons() -> _Records:
    rows = Justification.objects.order_by("policy_id", "pk")
    columns = ("policy_id", "justified_by_id", "justified_at", "reason", "key", "excerpt")
    for policy_id, by, at, reason, *finding in _rows(rows, *columns):
        yield policy_id, _Record(_REASON, by, at, reason, None, tuple(finding))


def _overrulings() -> _Records:
    rows = Overruling.objects.order_by("policy_id", "pk")
    columns = ("policy_id", "key", "excerpt", "overruled_by_id", "overruled_at", "reason")
    for policy_id, key, excerpt, by, at, reason, withdrawn_by, withdrawn_at in _rows(
        rows, *columns, "withdrawn_by_id", "withdrawn_at"
    ):
        yield policy_id, _Record(_OVERRULING, by, at, reason, None, (key, excerpt))
        if withdrawn_at:
            by, at = withdrawn_by, withdrawn_at
            yield policy_id, _Record(_WITHDRAWAL, by, at, "", None, (key, excerpt))


def _rows(rows: QuerySet[Any], *columns: str) -> Iterator[Any]:
    return rows.values_list(*columns).iterator(chunk_size=CHUNK)
