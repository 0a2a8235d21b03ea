"""The state of a revision, what this person may do to it now, and what it changes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from policies.models import Revision
from policies.models.participants import participants
from policies.permissions import ACTIONS
from policies.public import comparisons
from policies.public.version_status import VersionStatus, statuses_of
from policies.staff.pages import is_allowed
from policies.states import OPEN, Status


def state_of(revision: Revision) -> str:
    """Return a revision's state as a label; of a published version, what it is to readers now."""
    if revision.status != Status.PUBLISHED:
        return str(revision.get_status_display())
    return status_of_version(revision).label


def status_of_version(version: Revision) -> VersionStatus:
    """Return what a version is to its readers now."""
    now = timezone.now()
    in_force = version.policy.revisions.effective(at=now)[:1]
    return statuses_of([version, *in_force], at=now)[0].status


def is_upcoming(revision: Revision) -> bool:
    """Return whether a revision is published and not in force yet."""
    return revision.policy.revisions.upcoming(at=timezone.now()).filter(pk=revision.pk).exists()


def awaits_late_approval(revision: Revision) -> bool:
    """Return whether a revision was published without approval, and has none since."""
    return Revision.objects.awaiting_late_approval().filter(pk=revision.pk).exists()


def allowed_actions(request: HttpRequest, revision: Revision) -> dict[str, bool]:
    """Return which actions this person may do to a revision in its state; workflow/ checks more."""
    return {
        **{
            action: is_allowed(request, action) and revision.status in it.states
            for action, it in ACTIONS.items()
        },
        "approve_afterwards": is_allowed(request, "approve_afterwards")
        and awaits_late_approval(revision)
        and request.user.pk not in participants(revision),
        "withdraw": is_allowed(request, "withdraw") and is_upcoming(revision),
    }


def against_what_was_before(revision: Revision) -> dict[str, Any]:
    """Return the redline of a draft against the version in force, or of a version against the one
    before it; the whole text if there is nothing to compare with.
    """
    versions = revision.policy.revisions
    if revision.number:
        before = versions.published().filter(number__lt=revision.number).order_by("-number").first()
    else:
        before = versions.effective(at=timezone.now()).first()
    if before is None:
        return {"redline": None, "html": revision.html}
    is_same_text = revision.status in OPEN and revision.digest == before.digest
    return {
        "redline": comparisons.of_texts(before.document(), revision.document()),
        "old": before,
        "newly_renders": is_same_text
        and revision.source_version_id not in {None, before.source_version_id},
    }
