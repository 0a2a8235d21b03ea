"""The site's URLs. Staff pages live under /admin/; everything else is public."""

from django.urls import include, path
from django.urls.resolvers import RoutePattern

from policies.http.staff_only import DESK, StaffOnly

handler400 = "policies.http.error_pages.bad_request"
handler403 = "policies.http.error_pages.forbidden"
handler404 = "policies.http.error_pages.not_found"
handler500 = "policies.http.unavailable.failed"


class Desk(StaffOnly):
    """The desk's URLs, loaded when somebody first asks for one of them.

    The desk would be half of what a process loads, in time and in memory, and a process that only
    serves public pages never needs it.
    """

    def _populate(self) -> None:
        """Collect no names until the URLs are loaded; reversing an "admin:…" name loads them."""
        if "urlconf_module" in self.__dict__:
            super()._populate()


urlpatterns = [
    Desk(
        RoutePattern(DESK.removeprefix("/")),
        "softphonez_site.admin_urls",
        app_name="admin",
        namespace="admin",
    ),
    path("", include("policies.urls")),
]
