"""Whether each version was written and approved as the audit records: which text, and by whom; and
whether reviews were asked for, drafts shown to others and Word files brought back as it records.

The private digest in the ledger is computed when a version is published. If somebody altered rows
in the database before that, the digest covers the altered rows; only the audit contradicts.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from django.db.models import Prefetch

from policies.ledger.authorship import WRITING, writers
from policies.ledger.chains import canonical_json, file_facts, link_facts, request_facts
from policies.ledger.verification.entries import CHUNK, by_revision, rows_of_revisions
from policies.models import AuditEvent, PreviewLink, ReturnedFile, ReviewRequest, Revision
from policies.states import NUMBERED, Basis
from policies.text.short_text import in_short

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
        wrote = {who for act in acts if act.action in WRITING for who in writers(act)} - {None}
        if not wrote.issubset(version.contributor_ids()):
            yield f"The audit names somebody who wrote in {version} and is not an author of it."
        if version.basis != Basis.APPROVAL:
            continue
        decided = [
            (act.action, act.done_by_id, act.done_at, act.document_digest)
            for act in acts
            if act.action in _DECIDING
        ]
        stored = ("approve", version.approved_by_id, version.approved_at, version.approved_digest)
        if decided[-1:] != [stored] or version.approved_digest != version.digest:
            yield f"{version} was not approved as the audit records it."
        elif version.approved_by_id in wrote:
            yield f"{version} was approved by somebody who wrote in it, according to the audit."


def review_requests() -> Iterator[str]:
    """Yield a sentence for each revision whose requests differ from those in the audit.

    They have the order of the acts that made them. What version 1.0 submitted has none.
    """
    acts = AuditEvent.objects.filter(action__in=["submit", "reassign_review"], facts__isnull=False)
    for revision_id, requests, done in by_revision(ReviewRequest.objects.all(), acts):
        stored = [(row.asked_by_id, row.asked_at, row.note, request_facts(row)) for row in requests]
        if stored != [(act.done_by_id, act.done_at, act.reason, act.facts) for act in done]:
            yield f"Who was asked to review revision {revision_id} is not as the audit records it."


# How long version 1.0 let a link last: whole days, this many at most.
_MOST_IN_1_0 = timedelta(days=90)


def preview_links() -> Iterator[str]:
    """Yield a sentence for each link that is not in the audit as it is stored, and vice versa.

    The links of a revision have the order of the acts that made them. So each is compared with its
    own act, also if version 1.0 recorded that, without the link's id and the end of its time.
    """
    acts = AuditEvent.objects.filter(action__in=["share", "revoke_link"])
    for _, links, done in by_revision(PreviewLink.objects.all(), acts):
        yield from _not_as_made(links, [act for act in done if act.action == "share"])
        yield from _not_as_revoked(links, [act for act in done if act.action == "revoke_link"])


def _not_as_made(links: list[PreviewLink], acts: list[AuditEvent]) -> Iterator[str]:
    for link, act in zip_longest(links, acts):
        if link is None:
            yield f"The preview link for {in_short(act.reason)} is missing."
        elif act is None or not _is_as_made(link, act):
            yield f"Preview link {link.pk} is not as the audit records it."


def _is_as_made(link: PreviewLink, act: AuditEvent) -> bool:
    if (link.recipient, link.created_by_id, link.created_at) != _said(act):
        return False
    if act.facts:
        return bool(act.facts == link_facts(link))
    lasts = link.expires_at - link.created_at
    return (
        link.takes_comments is None
        and lasts <= _MOST_IN_1_0
        and lasts % timedelta(days=1) == timedelta()
    )


def _not_as_revoked(links: list[PreviewLink], acts: list[AuditEvent]) -> Iterator[str]:
    revoked: dict[int | None, tuple[object, ...]] = {
        link.pk: (link.recipient, link.revoked_by_id, link.revoked_at)
        for link in links
        if link.revoked_at or link.revoked_by_id
    }
    for act in acts:
        said = _said(act)
        alike = (pk for pk, stored in revoked.items() if stored == said)
        pk = act.facts.get("link") if act.facts else next(alike, None)
        if revoked.pop(pk, None) != said:
            yield f"A preview link for {in_short(act.reason)} is not revoked as in the audit."
    for pk in revoked:
        yield f"Preview link {pk} is revoked, but not in the audit."


def _said(act: AuditEvent) -> tuple[object, ...]:
    return act.reason, act.done_by_id, act.done_at


# Files at a time in memory, each with two texts.
FILES = 10
_DECISIONS = {"accept_proposals": True, "decline_proposals": False}


def returned_files() -> Iterator[str]:
    """Yield a sentence for each revision whose files or decisions differ from the audit's."""
    acts = AuditEvent.objects.filter(action__in=["bring_back_file", *_DECISIONS])
    files = ReturnedFile.objects.prefetch_related("decisions")
    for revision_id, rows in rows_of_revisions(files, acts, chunk=FILES):
        stored, recorded = set[tuple[Any, ...]](), set[tuple[Any, ...]]()
        for row in rows:
            if isinstance(row, ReturnedFile):
                stored.add((row.returned_by_id, row.returned_at, canonical_json(file_facts(row))))
                for decision in row.decisions.all():
                    who, when = decision.decided_by_id, decision.decided_at
                    stored.add((who, when, row.pk, decision.change, decision.is_accepted))
                continue
            done, facts = (row.done_by_id, row.done_at), row.facts or {}
            if row.action == "bring_back_file":
                recorded.add((*done, canonical_json(facts)))
            else:
                is_accepted = _DECISIONS[row.action]
                for change in facts["changes"]:
                    recorded.add((*done, facts["file"], change, is_accepted))
        if stored != recorded:
            yield (
                f"The Word files that came back for revision {revision_id}, or the decisions on "
                "their proposals, are not as the audit records them."
            )
