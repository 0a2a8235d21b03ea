"""The configuration of the site as an application, and of others' applications that it changes."""

import sys

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig, apps
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


class PasskeyConfig(AppConfig):
    """django-otp-webauthn, whose models take 15 MB: a server loads them with the desk; any other
    process, such as `backup`, has to know all tables from the start.
    """

    name = "django_otp_webauthn"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        if sys.modules.keys() & {"softphonez_site.asgi", "softphonez_site.wsgi"}:
            self.models = apps.all_models[self.label]  # filled once they are imported
        else:
            super().import_models()
