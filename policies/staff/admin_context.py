"""What our templates add to Django admin's own pages: the first one, a policy's, a revision's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from policies import languages
from policies.models import Policy, Revision
from policies.staff import dashboard
from policies.staff.pages import is_allowed, may_view, user_of
from policies.staff.revision_state import is_upcoming
from policies.staff.translation_views import translations_context
from policies.text.limits import MAX_MONTHS


def dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the first page shows: this person's tasks, and every policy."""
    now, may_see_policies = timezone.now(), may_view(request, "policy")
    user = user_of(request)
    rows = dashboard.rows(at=now) if may_see_policies else []
    return {
        "tasks": [*dashboard.tasks(user, at=now), *dashboard.overdue(user, rows)],
        "rows": rows,
        "may_see_policies": may_see_policies,
        "may_edit": is_allowed(request, "save_draft"),
        "may_create": is_allowed(request, "create_policy"),
    }


def policy_context(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    """Return the state of a policy and what can be done with it, for its page."""
    (row,) = dashboard.rows(at=timezone.now(), only=policy.pk)
    return {
        **translations_context(request, policy),
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
        "may_see_history": may_view(request, "revision"),
        "may_audit": may_view(request, "auditevent"),
    }


def revision_context(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    """Return what can be done with a revision, for its page in the admin."""
    return {
        "may_edit": is_allowed(request, "save_draft"),
        "may_withdraw": is_allowed(request, "withdraw") and is_upcoming(revision),
    }
