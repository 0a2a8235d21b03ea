"""The configuration of the site as an application, and of others' applications that it changes."""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig


class SiteConfig(AppConfig):
    """The site as an application: only so does Django find its own createsuperuser."""

    name = "softphonez_site"


class StaffAdminConfig(SimpleAdminConfig):
    """Django admin without autodiscovery: admin_urls.py registers models when first loaded."""

    default_site = "policies.staff.site.StaffSite"

    def ready(self) -> None:
        """Register the admin's system checks, but not on a node without pages for staff."""
        if settings.STAFF:
            super().ready()


class LockConfig(AxesConfig):  # type: ignore[misc]  # axes has no types
    """django-axes: its models are loaded at the start, its other code at the first log-in.

    staff/accounts/throttling.py loads that; a process that only serves pages never needs it.
    """

    def ready(self) -> None:
        pass
