"""The configurations of applications by others that ours changes, and of the site itself."""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig


class SiteConfig(AppConfig):
    """The site's own commands: createsuperuser takes no weak password."""

    name = "softphonez_site"


class StaffAdminConfig(SimpleAdminConfig):
    """Without autodiscovery: admin_urls.py names what the desk shows, when it is asked for."""

    default_site = "policies.admin_site.StaffSite"

    def ready(self) -> None:
        """Check what the pages of staff need only where there are such pages."""
        if settings.STAFF:
            super().ready()


class LockConfig(AxesConfig):  # type: ignore[misc]  # axes has no types
    """django-axes, whose tables are here from the start and its code when somebody logs in.

    policies/accounts/throttling.py loads it then: no process that only serves pages needs it.
    """

    def ready(self) -> None:
        pass
