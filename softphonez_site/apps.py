"""Django's admin application with our own site in it."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "policies.admin_site.StaffSite"
