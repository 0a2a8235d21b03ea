"""The desk: its addresses, and what Django admin's own pages show of it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from . import languages
from .accounts import views as account_views
from .desk import (
    comment_views,
    draft_views,
    history_views,
    link_views,
    mail_views,
    policy_views,
    publish_views,
    review_views,
    translation_views,
    upload_views,
    waiting,
)
from .desk_doors import is_allowed, page, sees
from .models import Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib import admin
    from django.http import HttpRequest, HttpResponse

    from .models import Policy

PAGES = (
    draft_views.PAGES
    | upload_views.PAGES
    | review_views.PAGES
    | comment_views.PAGES
    | link_views.PAGES
    | publish_views.PAGES
    | history_views.PAGES
    | policy_views.PAGES
    | mail_views.PAGES
    | account_views.PAGES
    | translation_views.PAGES
)


def urls(site: admin.AdminSite) -> list[Any]:
    """Return the desk's addresses, before those of Django admin."""
    return [
        path(address, site.admin_view(never_cache(_with_words(view))), name=name)
        for address, (view, name) in PAGES.items()
    ]


def _with_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view that takes forms alone say so, where somebody just opens its address (405)."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405 or request.method != "GET":
            return response
        context = {"title": "This address only takes forms"}
        told = page(request, "only_forms.html", context, status=405)
        told["Allow"] = response["Allow"]
        return told

    return answered


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return what the first page shows: what waits for this person, and every policy."""
    now, may_see_policies = timezone.now(), sees(request, "policy")
    user: Any = request.user
    rows = waiting.rows(at=now) if may_see_policies else []
    return {
        "tasks": [*waiting.tasks(user, at=now), *waiting.overdue(user, rows)],
        "rows": rows,
        "may_see_policies": may_see_policies,
        "may_edit": is_allowed(request, "save_draft"),
        "may_create": is_allowed(request, "create_policy"),
    }


def of_policy(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    """Return how a policy stands and what can be done with it, for its page."""
    (row,) = waiting.rows(at=timezone.now(), only=policy.pk)
    return {
        **translation_views.of_policy(request, policy),
        "row": row,
        "language": languages.name_of(policy.language),
        "may_edit": is_allowed(request, "save_draft"),
        "may_write": is_allowed(request, "start_draft"),
        "may_confirm": is_allowed(request, "confirm_review")
        and row.in_force is not None
        and policy.retired_at is None,
        "last_check": policy.audit_events.filter(verb="confirm_review").last(),
        "may_set_interval": is_allowed(request, "set_review_interval") and not policy.retired_at,
        "may_rename": is_allowed(request, "rename_policy"),
        "may_retire": is_allowed(request, "retire"),
        "may_see_history": sees(request, "revision"),
        "may_audit": sees(request, "auditevent"),
    }


def of_revision(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    """Return what can be done with a revision, for its page in the admin."""
    upcoming = Revision.objects.upcoming(at=timezone.now()).filter(pk=revision.pk)
    return {
        "may_edit": is_allowed(request, "save_draft"),
        "may_withdraw": is_allowed(request, "withdraw") and upcoming.exists(),
    }
