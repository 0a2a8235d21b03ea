"""Whether each version was written and approved as the audit records: which text, and by whom; and
whether people were asked for a review as it records.

The private digest in the ledger is computed when a version is published. If somebody altered rows
in the database before that, the digest covers the altered rows; only the audit contradicts.
"""

from collections.abc import Iterator

from django.db.models import Prefetch

from policies.ledger.authorship import WRITING, writers
from policies.ledger.chains import request_facts
from policies.ledger.verification.entries import CHUNK, by_revision
from policies.models import AuditEvent, ReviewRequest, Revision
from policies.states import NUMBERED, Basis

# Actions by which an approval is given or ends.
_DECIDING = frozenset({"submit", "withdraw_submission", "request_changes", "approve", "reopen"})


def approvals() -> Iterator[str]:
    """Yield a sentence for each version whose authors or approval differ from the audit."""
    recorded = AuditEvent.objects.filter(action__in=WRITING | _DECIDING).order_by("sequence")
    versions = (
        Revision.objects.filter(status__in=sorted(NUMBERED))
        .select_related("policy")
        .prefetch_related("contributions", Prefetch("audit_events", recorded.defer("reason")))
        .defer("introduction")
    )
    for version in versions.order_by("pk").iterator(chunk_size=CHUNK):
        acts = version.audit_events.all()
        wrote = {who for it in acts if it.action in WRITING for who in writers(it)} - {None}
        if not wrote <= {it.contributed_by_id for it in version.contributions.all()}:
            yield f"By the audit, {version} was written by somebody who is not one of its authors."
        if version.basis != Basis.APPROVAL:
            continue
        decided = [
            (it.action, it.done_by_id, it.done_at, it.document_digest)
            for it in acts
            if it.action in _DECIDING
        ]
        stored = ("approve", version.approved_by_id, version.approved_at, version.approved_digest)
        if decided[-1:] != [stored] or version.approved_digest != version.digest:
            yield f"By the audit, {version} was not approved as it was published."
        elif version.approved_by_id in wrote:
            yield f"By the audit, {version} was approved by somebody who had written in it."


def review_requests() -> Iterator[str]:
    """Yield a sentence for each revision whose requests differ from those in the audit.

    They have the order of the acts that made them. What version 1.0 submitted has none.
    """
    acts = AuditEvent.objects.filter(action__in=["submit", "reassign_review"], facts__isnull=False)
    for revision_id, requests, done in by_revision(ReviewRequest.objects.all(), acts):
        stored = [(it.asked_by_id, it.asked_at, it.note, request_facts(it)) for it in requests]
        if stored != [(it.done_by_id, it.done_at, it.reason, it.facts) for it in done]:
            yield f"Who was asked to review revision {revision_id} is not as the audit records it."
