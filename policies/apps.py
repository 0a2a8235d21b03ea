"""The application's entry in Django's registry. After every `migrate`: triggers and roles."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the triggers, and give each role its group and permissions, but take none away.

    Not on the way: rules name tables and columns that may not be there yet, or any more.
    """
    from policies import roles
    from policies.database import migration_state, triggers

    if migration_state.missing(connections[using]):
        return
    triggers.install(connections[using])
    roles.make_groups(using)


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = "Policies"

    def ready(self) -> None:
        from policies import checks  # noqa: F401  registers the system checks

        post_migrate.connect(after_migrate, sender=self)
