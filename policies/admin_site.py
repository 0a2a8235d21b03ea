"""The staff's part of the site: Django admin under its own Content Security Policy, with a desk."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from csp.constants import NONE, SELF
from django.contrib.admin import AdminSite
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme

from . import resending

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Staff pages have scripts and forms, all of them ours and none inline.
STAFF_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    # A public page as it will be, on the desk's own pages.
    "frame-src": [SELF],
    "frame-ancestors": [NONE],
}


def under_staff_policy(view: Any) -> Any:
    """Send the staff's Content Security Policy, unless the view has chosen one (rehearsal.py)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        response._csp_replace = getattr(response, "_csp_replace", STAFF_POLICY)
        return response

    return guarded


class StaffSite(AdminSite):
    """Django's admin site, named after what is kept in it; its first page is the desk.

    A form that is sent after the session has ended is not lost: the log-in page carries what was
    typed, and the page after it sends it again.
    """

    site_header = "Policies"
    site_title = "Policies"
    index_title = "Waiting for you"
    enable_nav_sidebar = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            lost = request.method == "POST" and not self.has_permission(request)
            if lost and request.path != reverse("admin:logout", current_app=self.name):
                return self._ask_to_log_in_again(request)
            return inner(request, *args, **kwargs)

        return under_staff_policy(guarded)

    def _ask_to_log_in_again(self, request: HttpRequest) -> HttpResponse:
        """Show the log-in form with what was sent inside it."""
        kept, target = resending.as_text(request.POST.lists()), request.path
        request.method = "GET"
        login = reverse("admin:login", current_app=self.name)
        request.path = request.path_info = login
        context = {"kept": kept, "next": target, "app_path": login}
        return super().login(request, context)

    @method_decorator(under_staff_policy)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        kept = request.POST.get("kept", "")
        response = super().login(request, {**(extra_context or {}), "kept": kept})
        target = request.POST.get("next", "")
        if kept and response.status_code == 302 and url_has_allowed_host_and_scheme(target, None):
            context = {
                **self.each_context(request),
                "title": "You are logged in again",
                "target": target,
                "fields": resending.from_text(kept),
            }
            return render(request, "admin/send_again.html", context)
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from . import admin_views

        return super().index(request, {**admin_views.desk(request), **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        from . import admin_views

        # Nobody needs Django's redirect to an object of any kind, which asks for no permission.
        theirs = [it for it in super().get_urls() if getattr(it, "name", "") != "view_on_site"]
        return [*admin_views.urls(self), *theirs]
