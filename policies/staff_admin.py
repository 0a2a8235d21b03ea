"""Staff accounts in Django admin: made, given roles, deactivated; never deleted.

What people did stands in the history for ever, so their accounts stay, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path

from . import account_letters, account_views
from .desk_doors import Doorkeeper

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Whoever may change accounts without being a superuser must not make themselves one.
_ABOVE = ("is_superuser", "user_permissions", "groups")

admin.site.unregister([Group, User])


@admin.register(User)
class StaffAdmin(Doorkeeper, UserAdmin):  # type: ignore[type-arg]
    """No account is deleted, by anybody. Only a superuser gives rights, or touches a superuser."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.log_in_of)
        mine = path("<int:pk>/log-in/", view, name="auth_user_log_in")
        return [mine, *super().get_urls()]

    def log_in_of(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show and mend what keeps somebody out, to who may change their account."""
        account = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        return account_views.of_account(request, account)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account. Its old address is told of a new one: letters go there from now on."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            account_letters.tell(obj, "E-mail address changed.", address=form.initial["email"])

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *_ABOVE)


@admin.register(Group)
class RoleAdmin(Doorkeeper, GroupAdmin):
    """What a role may do is changed by superusers alone: it gives rights to all who have it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser
