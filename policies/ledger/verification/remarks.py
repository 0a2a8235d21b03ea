"""Whether comments, answers and reasons are stored as the audit records them."""

from __future__ import annotations

import heapq
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from policies.ledger.verification.entries import CHUNK
from policies.models import Acknowledgement, AuditEvent, CommentReply, ReviewComment
from policies.text.short_text import in_short

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

_COMMENT, _RESOLUTION = "A comment", "That a comment was resolved"
_ANSWER, _REASON = "An answer to a comment", "A reason for a finding"
# The kind of remark that an act leaves behind, by its action.
_LEFT_BY = {
    "comment": _COMMENT,
    "request_changes": _COMMENT,
    "resolve_comment": _RESOLUTION,
    "reply_to_comment": _ANSWER,
    "justify": _REASON,
}


class _Remark(NamedTuple):
    what: str
    by: int | None
    at: datetime | None
    text: str
    revision_id: int | None


# Pairs of a policy's key and a remark on it or one of its revisions, in the order of the key.
_Remarks: TypeAlias = "Iterator[tuple[int, _Remark]]"


def remarks() -> Iterator[str]:
    """Yield a sentence for each remark that is not in the audit as it is stored, and vice versa.

    Four queries; holds the remarks on one policy in memory at a time.
    """
    stored = heapq.merge(_comments(), _answers(), _reasons(), key=itemgetter(0))
    yield from _differences(stored, _told())


def _differences(stored: _Remarks, told: _Remarks) -> Iterator[str]:
    both = heapq.merge(
        ((key, True, remark) for key, remark in stored),
        ((key, False, remark) for key, remark in told),
        key=itemgetter(0),
    )
    for _, rows in groupby(both, key=itemgetter(0)):
        count: dict[bool, Counter[_Remark]] = {True: Counter(), False: Counter()}
        for _, is_stored, remark in rows:
            count[is_stored][remark] += 1
        for it in count[True] - count[False]:
            yield f"{it.what} is not as the audit says: “{in_short(it.text)}”."
        for it in count[False] - count[True]:
            yield f"{it.what} is gone, or not as the audit says: “{in_short(it.text)}”."


def _told() -> _Remarks:
    acts = AuditEvent.objects.filter(action__in=_LEFT_BY).order_by("policy_id", "sequence")
    columns = ("policy_id", "action", "done_by_id", "done_at", "reason", "revision_id")
    for policy_id, action, by, at, text, revision_id in _rows(acts, *columns):
        # A reason is stored with the policy, whichever revision it was given for.
        of_revision = None if action == "justify" else revision_id
        yield policy_id, _Remark(_LEFT_BY[action], by, at, text, of_revision)


def _comments() -> _Remarks:
    rows = ReviewComment.objects.order_by("revision__policy_id", "pk")
    columns = ("revision__policy_id", "text", "revision_id", "created_by_id", "created_at")
    for policy_id, text, revision_id, by, at, resolved_by, resolved_at in _rows(
        rows, *columns, "resolved_by_id", "resolved_at"
    ):
        yield policy_id, _Remark(_COMMENT, by, at, text, revision_id)
        if resolved_at:
            yield policy_id, _Remark(_RESOLUTION, resolved_by, resolved_at, text, revision_id)


def _answers() -> _Remarks:
    rows = CommentReply.objects.order_by("comment__revision__policy_id", "pk")
    columns = ("created_by_id", "created_at", "text", "comment__revision_id")
    for policy_id, by, at, text, revision_id in _rows(
        rows, "comment__revision__policy_id", *columns
    ):
        yield policy_id, _Remark(_ANSWER, by, at, text, revision_id)


def _reasons() -> _Remarks:
    rows = Acknowledgement.objects.order_by("policy_id", "pk")
    columns = ("policy_id", "acknowledged_by_id", "acknowledged_at", "reason")
    for policy_id, by, at, text in _rows(rows, *columns):
        yield policy_id, _Remark(_REASON, by, at, text, None)


def _rows(rows: QuerySet[Any], *columns: str) -> Iterator[Any]:
    return rows.values_list(*columns).iterator(chunk_size=CHUNK)
