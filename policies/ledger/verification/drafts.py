"""Whether work in progress, and what was discarded, is as the audit records it.

Of what was published, the private digest in the ledger covers every value.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from policies.ledger.authorship import SAVING, WRITING, writers
from policies.ledger.verification.entries import CHUNK
from policies.models import AuditEvent, Policy, Revision, participants
from policies.permissions import ACTIONS
from policies.states import NUMBERED, Status
from policies.text import document as documents

_NOBODY = (None, None)
# What only a version has.
_of_a_version = attrgetter(
    *("number", "kind", "change_note", "effective_at", "last_updated_on", "basis", "basis_reason"),
    *("published_at", "published_by_id", "withdrawn_at", "withdrawn_by_id", "withdrawal_reason"),
)


def drafts() -> Iterator[str]:
    """Yield a sentence for each revision without a number whose state, dates, people or text differ
    from the audit, and for each that is in the audit alone.
    """
    rows = (
        Revision.objects.exclude(status__in=sorted(NUMBERED))
        .select_related("policy", "based_on", "source_version__policy")
        .prefetch_related(
            *("sections", "contributions"),
            Prefetch("audit_events", AuditEvent.objects.order_by("sequence").defer("reason")),
        )
    )
    for revision in rows.order_by("pk").iterator(chunk_size=CHUNK):
        acts = list(revision.audit_events.all())
        if _stored(revision) != _recorded(acts):
            yield f"{revision} (revision {revision.pk}) is not as the audit records it."
        if not _has_its_text(revision, acts):
            yield f"The text of {revision} (revision {revision.pk}) is not what was saved."
        if not _has_its_authors(revision, acts):
            yield f"{revision} (revision {revision.pk}) has other authors than the audit records."
    policies = Policy.objects.filter(pk=OuterRef("policy_id"))
    homeless = Revision.objects.exclude(Exists(policies)).order_by("pk")
    for pk in homeless.values_list("pk", flat=True):
        yield f"Revision {pk} is of no policy."
    gone = AuditEvent.objects.filter(revision__isnull=False).exclude(
        Exists(Revision.objects.filter(pk=OuterRef("revision_id")))
    )
    for pk in sorted(set(gone.values_list("revision_id", flat=True))):
        yield f"Revision {pk} is missing, but in the audit."


def _stored(revision: Revision) -> dict[str, Any]:
    return {
        "policy": revision.policy_id,
        "status": revision.status,
        "saves": revision.saves,
        "created": (revision.created_at, revision.created_by_id),
        "saved": (revision.saved_at, revision.saved_by_id),
        "submitted": (revision.submitted_at, revision.submitted_by_id),
        "approved": (revision.approved_at, revision.approved_by_id),
        "approved_digest": revision.approved_digest,
        "discarded": (revision.discarded_at, revision.discarded_by_id),
        "published": any(value not in {None, ""} for value in _of_a_version(revision)),
    }


def _recorded(acts: list[AuditEvent]) -> dict[str, Any]:
    """Return what a revision has after these acts, as `_stored` does."""
    facts: dict[str, Any] = {
        "policy": acts[0].policy_id if acts else None,
        "status": Status.DRAFT,
        "saves": 0,
        "approved_digest": "",
        "published": False,
        **dict.fromkeys(["created", "saved", "submitted", "approved", "discarded"], _NOBODY),
    }
    for act in acts:
        done = (act.done_at, act.done_by_id)
        moved_to = ACTIONS[act.action].moves_to if act.action in ACTIONS else None
        facts["status"] = moved_to or facts["status"]
        if act.action in SAVING:
            facts["created"] = done if facts["saves"] == 0 else facts["created"]
            facts |= {"saved": done, "saves": facts["saves"] + 1}
        elif act.action == "submit":
            facts["submitted"] = done
        elif act.action == "approve":
            facts |= {"approved": done, "approved_digest": act.document_digest}
        elif act.action == "discard":
            facts["discarded"] = done
        elif moved_to == Status.DRAFT:
            facts |= {"submitted": _NOBODY, "approved": _NOBODY, "approved_digest": ""}
    return facts


def _has_its_text(revision: Revision, acts: list[AuditEvent]) -> bool:
    saved = [act.document_digest for act in acts if act.action in SAVING]
    try:
        digest = documents.digest(revision.document())
    except documents.DocumentError:
        return False
    return [digest] == saved[-1:] and digest == revision.digest


def _has_its_authors(revision: Revision, acts: list[AuditEvent]) -> bool:
    """Return whether everybody is an author who wrote it, or what it is based on if nobody approved
    that; and nobody else but for a reason.
    """
    wrote: dict[int | None, datetime] = {}
    for act in acts:
        if act.action in WRITING:
            for person in writers(act):
                wrote.setdefault(person, act.done_at)
    stored = {(row.contributed_by_id, row.contributed_at) for row in revision.contributions.all()}
    others = stored - wrote.items()
    people = {person for person, _ in stored}
    return (wrote.keys() - {None}) | participants(revision) <= people and (
        not others or others <= {*_first_authors(revision), *_choosing_a_source(revision)}
    )


def _first_authors(revision: Revision) -> Iterator[tuple[int, datetime]]:
    """Yield the authors of the text that a draft began with, and when they became its own.

    A translation can begin with the headings of its source, whichever version was the newest then.
    """
    origins: Iterable[Revision] = [revision.based_on] if revision.based_on else []
    if revision.source_version and not revision.based_on:
        origins = revision.source_version.policy.revisions.all()
    for origin in origins:
        for person in participants(origin):
            yield person, revision.created_at


def _choosing_a_source(revision: Revision) -> Iterator[tuple[int | None, datetime]]:
    """Yield who set or removed, when, what the policy translates: an author of its open draft."""
    acts = AuditEvent.objects.filter(action="set_translation_of", policy=revision.policy_id)
    yield from acts.values_list("done_by_id", "done_at")
