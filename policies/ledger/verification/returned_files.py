"""Whether Word files that came back, and decisions on them, are those that the audit records."""

import heapq
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from policies.ledger.chains import canonical_json, file_facts
from policies.ledger.verification.entries import CHUNK
from policies.models import AuditEvent, ReturnedFile

_of_revision = attrgetter("revision_id")
# Files at a time in memory, each with two texts.
FILES = 10
_DECISIONS = {"accept_proposals": True, "decline_proposals": False}


def returned_files() -> Iterator[str]:
    """Yield a sentence for each revision whose files or decisions differ from the audit's."""
    acts = AuditEvent.objects.filter(action__in=["bring_back_file", *_DECISIONS])
    files = ReturnedFile.objects.order_by("revision_id", "pk").prefetch_related("decisions")
    both: Iterator[ReturnedFile | AuditEvent] = heapq.merge(
        files.iterator(chunk_size=FILES),
        acts.order_by("revision_id", "sequence").iterator(chunk_size=CHUNK),
        key=_of_revision,
    )
    for revision_id, rows in groupby(both, key=_of_revision):
        stored, recorded = set[tuple[Any, ...]](), set[tuple[Any, ...]]()
        for row in rows:
            if isinstance(row, ReturnedFile):
                stored.add((row.returned_by_id, row.returned_at, canonical_json(file_facts(row))))
                stored |= {
                    (it.decided_by_id, it.decided_at, row.pk, it.change, it.is_accepted)
                    for it in row.decisions.all()
                }
                continue
            done, facts = (row.done_by_id, row.done_at), row.facts or {}
            if row.action == "bring_back_file":
                recorded.add((*done, canonical_json(facts)))
            else:
                is_accepted = _DECISIONS[row.action]
                recorded |= {(*done, facts["file"], it, is_accepted) for it in facts["changes"]}
        if stored != recorded:
            yield (
                f"The Word files that came back for revision {revision_id}, or the decisions on "
                "their proposals, are not as the audit records them."
            )
