"""The application's entry in Django's registry. After every `migrate`: triggers and roles."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def make_groups(using: str) -> None:
    """Give each role its group and permissions; take none away."""
    from django.contrib.auth.models import Group, Permission

    from policies.roles import ROLES

    for role, names in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=role)
        codenames = [name.removeprefix("policies.") for name in names]
        permissions = Permission.objects.using(using).filter(
            content_type__app_label="policies", codename__in=codenames
        )
        group.permissions.add(*permissions.exclude(group=group))


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Set up triggers and roles, unless the tables were just dropped (`migrate policies zero`)."""
    from policies.database import triggers

    if "policies_auditevent" in connections[using].introspection.table_names():
        triggers.install(connections[using])
        make_groups(using)


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = "Policies"

    def ready(self) -> None:
        from policies import checks  # noqa: F401  registers the system checks

        post_migrate.connect(after_migrate, sender=self)
