"""Staff accounts in Django admin: made, given roles, deactivated; never deleted.

What people did is in the history for ever, so their accounts stay, too.
"""

import unicodedata
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path

from policies.staff.accounts import records, views
from policies.staff.accounts.confirming import confirmed
from policies.staff.guards import View
from policies.staff.hardened_admin import HardenedAdminMixin

# Whoever may change accounts without being a superuser must not make themselves one.
_ABOVE = ("is_superuser", "user_permissions", "groups")

admin.site.unregister([Group, User])


def _careful(view: View, act: str, *, may: bool, has_secrets: bool = False) -> View:
    """Return a view that asks those who may use it for their password; Django refuses the others.

    act: what it does, as for `confirmed`.
    """
    return confirmed(act, has_secrets=has_secrets)(view) if may else view


class StaffForm(UserChangeForm):  # type: ignore[type-arg]
    """The form of an account, whose name is one line: it is in the history for ever."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        for field in {"first_name", "last_name"} & set(self.changed_data):
            kinds = set(map(unicodedata.category, str(self.cleaned_data.get(field, ""))))
            if kinds & {"Cc", "Zl", "Zp"}:  # controls, separators of lines and of paragraphs
                self.add_error(field, "Enter the name on one line, without control characters.")
        return self.cleaned_data


@admin.register(User)
class StaffAdmin(HardenedAdminMixin, UserAdmin):  # type: ignore[type-arg]
    """No account is deleted, by anybody. Only a superuser gives rights, or touches a superuser."""

    form = StaffForm

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
        """Show what keeps somebody out, and lift it; for whoever may change their account."""
        account = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        return views.of_account(request, account)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Add or change an account, after the password was given: a session may be stolen."""
        if object_id is None:
            may, act = self.has_add_permission(request), "add an account"
        else:
            may, act = self._account(request, object_id) is not None, "change an account"
        view = _careful(super().changeform_view, act, may=may, has_secrets=object_id is None)
        return view(request, object_id, *args, **kwargs)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002  Django's name
        form_url: str = "",
    ) -> Any:
        """Set another account's password, as carefully; for one's own, there is another page."""
        account = self._account(request, id)
        if account == request.user:
            return redirect("admin:password_change")
        view = _careful(
            super().user_change_password,
            "set the password of another account",
            may=account is not None,
            has_secrets=True,
        )
        return view(request, id, form_url)

    def _account(self, request: HttpRequest, object_id: str) -> User | None:
        """Return the account if it exists and this person may change it. If not, Django refuses."""
        account: User | None = self.get_object(request, unquote(object_id))
        return account if account and self.has_change_permission(request, account) else None

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account. If its e-mail address changes, notify the old one."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            records.notify_owner(obj, "E-mail address changed.", address=form.initial["email"])

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = (*super().get_readonly_fields(request, obj), "last_login", "date_joined")
        return fields if request.user.is_superuser else (*fields, *_ABOVE)


@admin.register(Group)
class RoleAdmin(HardenedAdminMixin, GroupAdmin):
    """What a role may do is changed by superusers alone: it gives rights to all who have it."""

    # No deletion of several at once, which would ask for no password.
    actions = None

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may, act = request.user.is_superuser, "change what a role may do"
        return _careful(super().changeform_view, act, may=may)(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may, act = request.user.is_superuser, "delete a role"
        return _careful(super().delete_view, act, may=may)(request, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_change_permission = has_delete_permission = has_add_permission
