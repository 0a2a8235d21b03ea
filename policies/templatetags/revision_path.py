"""The path of a revision from draft to publication: where it is, who has it, what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template

from policies.ledger.actor_names import name_of
from policies.models import AuditEvent, Revision
from policies.states import NUMBERED, Basis, Status

register = template.Library()

_STEPS = [Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.PUBLISHED]
# The state to which an action brings a revision, and what a step shows of it.
_REACHED = {
    "start_draft": (Status.DRAFT, "Started by"),
    "import_draft": (Status.DRAFT, "Uploaded by"),
    "withdraw_submission": (Status.DRAFT, "Submission withdrawn by"),
    "request_changes": (Status.DRAFT, "Changes requested by"),
    "reopen": (Status.DRAFT, "Reopened by"),
    "submit": (Status.IN_REVIEW, "Submitted by"),
    "approve": (Status.APPROVED, "Approved by"),
    "approve_afterwards": (Status.APPROVED, "Approved after publication by"),
    "publish": (Status.PUBLISHED, "Published by"),
    "publish_without_approval": (Status.PUBLISHED, "Published by"),
    "publish_import": (Status.PUBLISHED, "Imported by"),
    "withdraw": (Status.WITHDRAWN, "Withdrawn by"),
    "discard": (Status.DISCARDED, "Discarded by"),
}
# What has to happen for a revision to reach a step.
_NEXT = {
    Status.IN_REVIEW: "Next: a writer submits it",
    Status.APPROVED: "Next: somebody who did not write it reviews it",
    Status.PUBLISHED: "Next: a publisher publishes it",
}
_WITH = {Status.IN_REVIEW: "anyone who may review it", Status.APPROVED: "the publishers"}


@dataclass
class Step:
    """what: how the revision came here, or what has to happen. at: when it did. holder: who has it
    now, in words.
    """

    status: Status
    what: str = ""
    at: datetime | None = None
    is_done: bool = False
    is_current: bool = False
    holder: str = ""


@register.inclusion_tag("admin/policies/includes/_path.html")
def revision_path(revision: Revision) -> dict[str, Any]:
    """Show the path of a revision. Three queries at most."""
    return {"steps": _steps(revision), "revision": revision}


def _steps(revision: Revision) -> list[Step]:
    reached: dict[Status, AuditEvent] = {}
    acts = AuditEvent.objects.filter(revision=revision, action__in=_REACHED).order_by("sequence")
    for act in acts.only("action", "actor", "done_at"):
        reached[_REACHED[act.action][0]] = act
    steps = [Step(status) for status in _passed(revision, reached)]
    now = [it.status for it in steps].index(Status(revision.status))
    for place, step in enumerate(steps):
        step.is_done, step.is_current = place < now, place == now
        if place == now + 1:
            step.what = _NEXT.get(step.status, "")
        elif place <= now and step.status in reached:
            act = reached[step.status]
            step.what, step.at = f"{_REACHED[act.action][1]} {act.actor}", act.done_at
        elif place < now:
            step.what, step.is_done = "Nobody has approved this text", False
    steps[now].holder = _holder(revision)
    return steps


def _passed(revision: Revision, reached: dict[Status, AuditEvent]) -> list[Status]:
    """Return the steps of a revision: also those to come, unless it was discarded."""
    if revision.status == Status.DISCARDED:
        return [*(it for it in _STEPS if it in reached), Status.DISCARDED]
    needless = set()
    if revision.status in NUMBERED:
        needless = {Status.IN_REVIEW} - reached.keys()
        needless |= {Status.APPROVED} if revision.basis == Basis.IMPORT else set()
    steps = [it for it in _STEPS if it not in needless]
    return [*steps, Status.WITHDRAWN] if revision.status == Status.WITHDRAWN else steps


def _holder(revision: Revision) -> str:
    if revision.status != Status.DRAFT:
        return _WITH.get(Status(revision.status), "")
    rows = revision.contributions.select_related("contributed_by")
    return ", ".join(name_of(it.contributed_by) for it in rows) or "the writers"
