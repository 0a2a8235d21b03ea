"""What pages of Django admin share: closed to hostile query strings and prying staff, and with what
the desk knows about an object.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, NotSupportedError
from django.http import HttpRequest

from policies.text.short_text import has_visible_characters

# Characters that somebody looks for in one of Django's own lists.
MAX_SEARCH = 200
# What Django or a database raises for a filter that makes no sense.
_SENSELESS = (ArithmeticError, DataError, LookupError, NotSupportedError, TypeError, ValueError)


def _require_visible(text: str) -> None:
    if not has_visible_characters(text):
        raise ValidationError("Enter something that can be seen.")


class HardenedAdminMixin:
    """To be put before ModelAdmin among the bases of a class."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Refuse a text that nobody can see where one is required, such as a name."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(field, forms.CharField) and field.required:
            field.validators.append(_require_visible)
        return field

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the object. An empty `_to_field` is ignored: Django would look it up."""
        return super().get_object(request, object_id, from_field or None)  # type: ignore[misc]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse regular expressions, since one that takes for ever would block the process; and
        ranges, which take two values where an address gives one.
        """
        if lookup.endswith(("regex", "range")):
            return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Treat as a senseless filter whatever makes Django's own filters or the database fail, and
        a search for so many words, each a condition, that the database would.
        """
        if len(request.GET.get("q", "")) > MAX_SEARCH:
            messages.warning(request, f"Search for at most {MAX_SEARCH} characters.")
            raise IncorrectLookupParameters
        try:
            return super().get_changelist_instance(request)  # type: ignore[misc]
        except _SENSELESS as error:
            raise IncorrectLookupParameters(str(error)) from error

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Find nothing for so long a search where only programs ask, either."""
        if len(search_term) > MAX_SEARCH:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Check the form again if somebody has just taken a name that was free when it was checked:
        then Django says so. Nothing of the first try is left.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Check the permission first: Django shows any member of staff whether an object exists."""
        if not self.has_view_or_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)  # type: ignore[misc]


class WithDesk(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows an object's page under its own name, with what the desk knows about it."""

    desk_context: Callable[[HttpRequest, Any], dict[str, Any]]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = dict(extra_context or {})
        if obj := self.get_object(request, unquote(object_id)):
            desk = self.desk_context(request, obj)
            context |= {"title": str(obj), "subtitle": None, "desk": desk}
        return super().change_view(request, object_id, form_url, context)
