"""What Django admin's own pages show of the desk: the first page, a policy's, a revision's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from policies import languages
from policies.staff import dashboard, translation_views
from policies.staff.pages import is_allowed, sees, user_of
from policies.staff.revision_state import is_upcoming
from policies.text.limits import MAX_MONTHS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from policies.models import Policy, Revision


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return what the first page shows: what waits for this person, and every policy."""
    now, may_see_policies = timezone.now(), sees(request, "policy")
    user = user_of(request)
    rows = dashboard.rows(at=now) if may_see_policies else []
    return {
        "tasks": [*dashboard.tasks(user, at=now), *dashboard.overdue(user, rows)],
        "rows": rows,
        "may_see_policies": may_see_policies,
        "may_edit": is_allowed(request, "save_draft"),
        "may_create": is_allowed(request, "create_policy"),
    }


def of_policy(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    """Return how a policy stands and what can be done with it, for its page."""
    (row,) = dashboard.rows(at=timezone.now(), only=policy.pk)
    return {
        **translation_views.of_policy(request, policy),
        "row": row,
        "language": languages.name_of(policy.language),
        "may_edit": is_allowed(request, "save_draft"),
        "may_write": is_allowed(request, "start_draft"),
        "may_confirm": is_allowed(request, "confirm_check")
        and row.in_force is not None
        and policy.retired_at is None,
        "last_check": policy.audit_events.filter(action="confirm_check").last(),
        "may_set_interval": is_allowed(request, "set_check_interval") and not policy.retired_at,
        "most_months": MAX_MONTHS,
        "may_rename": is_allowed(request, "rename_policy"),
        "may_retire": is_allowed(request, "retire"),
        "may_see_history": sees(request, "revision"),
        "may_audit": sees(request, "auditevent"),
    }


def of_revision(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    """Return what can be done with a revision, for its page in the admin."""
    return {
        "may_edit": is_allowed(request, "save_draft"),
        "may_withdraw": is_allowed(request, "withdraw") and is_upcoming(revision),
    }
