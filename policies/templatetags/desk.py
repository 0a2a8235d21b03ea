"""What the templates of the desk need: words of actions and states, how forms describe fields, the
path of a revision from draft to publication.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html

from policies.ledger.actor_names import name_of
from policies.mail import notices
from policies.models import AuditEvent, Policy, Revision, involved
from policies.models.version_status import VersionStatus
from policies.permissions import ACTIONS, REVIEW
from policies.states import NUMBERED, Basis, Status

register = template.Library()


@register.simple_tag
def action_label(action: str) -> str:
    return ACTIONS[action].label


@register.simple_tag(takes_context=True)
def holds(context: dict[str, Any], codename: str, policy: Policy) -> bool:
    """Return whether whoever reads the page holds a permission of ours for a policy."""
    return bool(context["user"].has_perm(f"policies.{codename}", policy))


@register.simple_tag
def status_label(status: str) -> str:
    return str(Status(status).label)


@register.simple_tag
def chip(status: str, label: str = "") -> str:
    """Show the state of a revision (Status), or what a version is to readers (VersionStatus).

    label: other words than the state's own.
    """
    in_words = {state.value: state.label for state in (*VersionStatus, *Status)}
    name = status.replace("_", "-")
    return format_html('<span class="chip chip-{}">{}</span>', name, label or in_words[status])


@register.simple_tag
def field_state(field: BoundField, help_id: str = "") -> str:
    """Write the attributes that name what describes a field: its help, and the form's errors.

    After an error, the field is also marked as wrong (WAI-ARIA 1.2, aria-invalid).
    """
    if field.errors:
        described_by = f"{help_id} problem".strip()  # the box of includes/_problem.html
        return format_html('aria-invalid="true" aria-describedby="{}"', described_by)
    return format_html('aria-describedby="{}"', help_id) if help_id else ""


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


@dataclass
class Step:
    """what: how the revision came here, or what has to happen. at: when it did. holder: who has it
    now, in words. due_on: the day by which a review is wanted.
    """

    status: Status
    what: str = ""
    at: datetime | None = None
    is_done: bool = False
    is_current: bool = False
    is_next: bool = False
    holder: str = ""
    due_on: date | None = None


@register.inclusion_tag("admin/policies/includes/_path.html")
def revision_path(revision: Revision) -> dict[str, Any]:
    """Show the path of a revision. Four queries at most."""
    reached: dict[Status, AuditEvent] = {}
    acts = AuditEvent.objects.filter(revision=revision, action__in=_REACHED).order_by("sequence")
    for act in acts.only("action", "actor", "done_at"):
        status = _REACHED[act.action][0]
        if status == Status.DRAFT and revision.status != Status.DRAFT:
            reached.setdefault(status, act)  # how it began: what sent it back is over
        else:
            reached[status] = act
    steps = [Step(status) for status in _steps_of(revision, reached)]
    now = [step.status for step in steps].index(Status(revision.status))
    for place, step in enumerate(steps):
        step.is_done, step.is_current = place < now, place == now
        if place == now + 1:
            step.what, step.is_next = _NEXT.get(step.status, ""), True
        elif place <= now and step.status in reached:
            act = reached[step.status]
            step.what, step.at = f"{_REACHED[act.action][1]} {act.actor}", act.done_at
        elif place < now:
            step.what, step.is_done = "Nobody has approved this text", False
    request = revision.review_request
    steps[now].holder = _holder(revision, request.reviewer_id if request else None)
    steps[now].due_on = request.due_on if request else None
    return {"steps": steps, "revision": revision}


def _steps_of(revision: Revision, reached: dict[Status, AuditEvent]) -> list[Status]:
    """Return the steps of a revision: also those to come, unless it was discarded."""
    if revision.status == Status.DISCARDED:
        return [*(status for status in _STEPS if status in reached), Status.DISCARDED]
    needless = set()
    if revision.status in NUMBERED:
        needless = {Status.IN_REVIEW} - reached.keys()
        needless |= {Status.APPROVED} if revision.basis == Basis.IMPORT else set()
    steps = [status for status in _STEPS if status not in needless]
    return [*steps, Status.WITHDRAWN] if revision.status == Status.WITHDRAWN else steps


def _holder(revision: Revision, reviewer_id: int | None) -> str:
    """reviewer_id: who is asked to review it; counts only while that person can."""
    if revision.status == Status.DRAFT:
        rows = revision.contributions.select_related("contributed_by")
        return ", ".join(name_of(row.contributed_by) for row in rows) or "the writers"
    if revision.status == Status.IN_REVIEW:
        able = notices.able_staff(REVIEW, revision.policy)
        asked = reviewer_id and able.filter(pk=reviewer_id).first()
        if asked and asked.pk not in involved(revision):
            return name_of(asked)
        return "anyone who may review it"
    return "the publishers" if revision.status == Status.APPROVED else ""
