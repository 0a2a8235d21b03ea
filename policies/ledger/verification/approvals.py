"""Whether each version was written and approved as the audit records: which text, and by whom.

The private digest in the ledger is computed when a version is published. If somebody altered rows
in the database before that, the digest covers the altered rows; only the audit contradicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from policies.ledger.authorship import WRITING
from policies.ledger.verification.entries import CHUNK
from policies.models import AuditEvent, Contribution, Revision
from policies.states import NUMBERED, Basis

# Actions by which an approval is given or ends.
_DECIDING = frozenset({"submit", "withdraw_submission", "request_changes", "approve", "reopen"})


def approvals() -> Iterator[str]:
    """Yield a sentence for each version whose authors or approval differ from the audit."""
    of_versions = {"revision__status__in": sorted(NUMBERED)}
    authors = _Grouped(
        Contribution.objects.filter(**of_versions)
        .order_by("revision_id")
        .values_list("revision_id", "contributed_by_id")
    )
    acts = _Grouped(
        AuditEvent.objects.filter(action__in=WRITING | _DECIDING, **of_versions)
        .order_by("revision_id", "sequence")
        .values_list("revision_id", "action", "done_by_id", "done_at", "document_digest")
    )
    versions = Revision.objects.filter(status__in=sorted(NUMBERED)).select_related("policy")
    for version in versions.defer("introduction").order_by("pk").iterator(chunk_size=CHUNK):
        wrote = {person for (person,) in authors.rows_of(version.pk)}
        yield from _problems(version, wrote, acts.rows_of(version.pk))


class _Grouped:
    """Rows grouped by their first column, by which they are sorted; not all in memory at once."""

    def __init__(self, rows: Any) -> None:
        self._groups: Iterator[tuple[int, Iterator[tuple[Any, ...]]]]
        self._groups = groupby(rows.iterator(chunk_size=CHUNK), itemgetter(0))
        self._next = next(self._groups, None)

    def rows_of(self, key: int) -> list[tuple[Any, ...]]:
        """Return a key's rows, without the key. Call it once for each key, in ascending order."""
        rows: list[tuple[Any, ...]] = []
        while self._next and self._next[0] <= key:
            if self._next[0] == key:
                rows = [row[1:] for row in self._next[1]]
            self._next = next(self._groups, None)
        return rows


def _problems(
    version: Revision, authors: set[int], acts: Sequence[tuple[Any, ...]]
) -> Iterator[str]:
    """Yield a sentence for each way in which a version differs from its acts in the audit.

    acts: action, person's id, time, and the digest of the text at that time; in order.
    """
    wrote = {by for action, by, _, _ in acts if action in WRITING and by is not None}
    if not wrote <= authors:
        yield f"By the audit, {version} was written by somebody who is not one of its authors."
    if version.basis != Basis.APPROVAL:
        return
    decided = [act for act in acts if act[0] in _DECIDING]
    stored = ("approve", version.approved_by_id, version.approved_at, version.approved_digest)
    if not decided or decided[-1] != stored or version.approved_digest != version.digest:
        yield f"By the audit, {version} was not approved as it was published."
    elif version.approved_by_id in wrote:
        yield f"By the audit, {version} was approved by somebody who had written in it."
