"""The staff's part of the site: Django admin under its own Content Security Policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib.admin import AdminSite
from django.utils.decorators import method_decorator

if TYPE_CHECKING:
    from django.http import HttpRequest

# Staff pages have scripts and forms, all of them ours and none inline.
STAFF_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
under_staff_policy = csp_replace(STAFF_POLICY)


class StaffSite(AdminSite):
    """Django's admin site, named after what is kept in it."""

    site_header = "Policies"
    site_title = "Policies"
    index_title = "The desk"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return under_staff_policy(super().admin_view(view, cacheable))

    @method_decorator(under_staff_policy)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().login(request, extra_context)
