"""Django's admin application with our own site in it."""

from django.contrib.admin.apps import SimpleAdminConfig


class StaffAdminConfig(SimpleAdminConfig):
    """Without autodiscovery: admin_urls.py does that when the desk is first asked for."""

    default_site = "policies.admin_site.StaffSite"
