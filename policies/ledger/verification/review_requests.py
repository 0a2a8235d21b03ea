"""Whether requests for a review are those that the audit records."""

import heapq
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from policies.ledger.chains import request_facts
from policies.ledger.verification.entries import CHUNK
from policies.models import AuditEvent, ReviewRequest

_of_revision = attrgetter("revision_id")


def review_requests() -> Iterator[str]:
    """Yield a sentence for each revision whose requests differ from those in the audit.

    They have the order of the acts that made them. What version 1.0 submitted has none.
    """
    acts = AuditEvent.objects.filter(action__in=["submit", "reassign_review"], facts__isnull=False)
    both: Iterator[ReviewRequest | AuditEvent] = heapq.merge(
        ReviewRequest.objects.order_by("revision_id", "pk").iterator(chunk_size=CHUNK),
        acts.order_by("revision_id", "sequence").iterator(chunk_size=CHUNK),
        key=_of_revision,
    )
    for revision_id, rows in groupby(both, key=_of_revision):
        stored, recorded = [], []
        for row in rows:
            if isinstance(row, ReviewRequest):
                facts = request_facts(row)
                stored.append((row.asked_by_id, row.asked_at, row.note, facts))
            else:
                recorded.append((row.done_by_id, row.done_at, row.reason, row.facts))
        if stored != recorded:
            yield f"Who was asked to review revision {revision_id} is not as the audit records it."
