"""How sentences name an open revision, unresolved comments and the last act."""

from policies.models import Revision
from policies.states import Status
from policies.text.short_text import counted

_WORK = {
    Status.DRAFT: "a draft",
    Status.IN_REVIEW: "a revision in review",
    Status.APPROVED: "an approved revision",
}


def work(revision: Revision) -> str:
    """Return how a sentence names an open revision: "a draft", "an approved revision"."""
    return _WORK[Status(revision.status)]


def unresolved(revision: Revision, what: str) -> str:
    """Return the sentence that open comments prevent `what`, a participle; "" if there are none."""
    waiting = revision.comments.filter(resolved_at__isnull=True).count()
    if not waiting:
        return ""
    return (
        f"{counted(waiting, 'comment')} on this revision must be resolved before it can be {what}."
    )


def latest_act(revision: Revision) -> str:
    """Return " Ana Lopez: approved, November 24, 2026, 16:10 (UTC)." for the last recorded act."""
    act = revision.audit_events.order_by("-sequence").first()
    if act is None:
        return ""
    return f" {act.actor}: {act.act}, {revision.policy.in_words(act.done_at)}."
