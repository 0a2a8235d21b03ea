"""What staff see of policies in Django admin. Everything here can be read and nothing edited:
every change goes through workflow/.

Django's ModelAdmin is generic for the type checker only, hence the ignores.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from policies import languages
from policies.models import AuditEvent, LedgerEntry, Policy, Revision, grants
from policies.permissions import ACTIONS, VIEW_POLICY, VIEW_REVISION
from policies.staff import dashboard, presence
from policies.staff import webhook_admin as webhook_admin  # registers the webhooks
from policies.staff.accounts import staff_admin as staff_admin  # registers the accounts
from policies.staff.asking_views import staff_with
from policies.staff.guards import user_of
from policies.staff.hardened_admin import HardenedAdminMixin, WithDesk
from policies.staff.policy_views import checklists_context, translations_context
from policies.text.limits import MAX_MONTHS, MAX_NOTICE_DAYS


class ReadOnly(HardenedAdminMixin):
    """No adding, changing or deleting, superusers included."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


def policy_context(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    """Return the state of a policy and what can be done with it, for its page."""
    now, user = timezone.now(), user_of(request)
    rows = dashboard.rows(at=now, about=policy)
    (row,) = [row for row in rows if row.policy == policy]
    visits = presence.visits(row.open, at=now) if row.open else []
    return {
        **translations_context(request, policy, rows),
        "row": row,
        "people": staff_with(VIEW_POLICY, policy),
        "visits": [visit for visit in visits if visit.user_id != request.user.pk],
        "notices": [*filter(None, [row.in_force]), *row.upcoming],
        "language": languages.name_of(policy.language),
        "subscribers": policy.subscriptions.count() if settings.SUBSCRIPTIONS else None,
        "may": {name: action.is_open_to(user, policy) for name, action in ACTIONS.items()},
        "last_check": policy.audit_events.filter(action="confirm_check").last(),
        "most_months": MAX_MONTHS,
        "most_notice_days": MAX_NOTICE_DAYS,
        "checklists": checklists_context(policy),
        "may_see_history": user.has_perm(VIEW_REVISION, policy),
        "may_audit": user.has_perm("policies.view_auditevent", policy),
    }


@admin.register(Policy)
class PolicyAdmin(ReadOnly, WithDesk):
    """A policy with what can be done with it; the pages behind the buttons are in staff/."""

    list_display = ["name", "slug", "language", "time_zone", "retired_at"]
    list_filter = ["language"]
    search_fields = ["name", "slug"]
    fields = ()  # its template shows its state
    view_on_site = False  # the page has a link of its own, where there is something to see
    desk_context = staticmethod(policy_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        visible = grants.visible_policies(user_of(request))
        return super().get_queryset(request).filter(pk__in=visible)

    def has_view_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        user = user_of(request)
        return user.has_perm(VIEW_POLICY, obj) or (obj is None and grants.is_limited(user))


@admin.register(Revision)
class RevisionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "status", "number", "kind", "effective_at", "published_at"]
    list_filter = ["status", "policy"]
    list_select_related = ["policy"]
    search_fields = ["title", "policy__name", "change_note"]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """Lead to the page on which a revision is reviewed, which shows all about it."""
        revision = self.get_object(request, unquote(object_id))
        if revision and request.method == "GET" and self.has_view_permission(request):
            return redirect("admin:policies_review", revision.pk)
        return super().change_view(request, object_id, *args, **kwargs)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["sequence", "event", "slug", "language", "version", "recorded_at", "digest"]
    list_filter = ["event", "slug"]
    ordering = ["-sequence"]


class ActionFilter(admin.SimpleListFilter):
    """What was done, in the words of the list beside it."""

    title = "action"
    parameter_name = "action"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[AuditEvent]
    ) -> list[tuple[str, str]]:
        return [(name, action.past) for name, action in ACTIONS.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent]
    ) -> QuerySet[AuditEvent]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["sequence", "done_at", "actor", "act", "policy", "revision", "reason"]
    list_filter = [ActionFilter, "policy"]
    list_select_related = ["policy", "revision__policy"]
    ordering = ["-sequence"]
    fields = [
        *("sequence", "done_at", "actor", "done_by", "act", "policy", "revision", "reason"),
        *("document_digest", "facts", "previous_digest", "digest"),
    ]
    readonly_fields = ["act"]

    @admin.display(ordering="action")
    def act(self, event: AuditEvent) -> str:
        return event.act
