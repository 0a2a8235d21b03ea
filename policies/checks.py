"""System checks: what must stand before the site may be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from . import triggers

if TYPE_CHECKING:
    from collections.abc import Sequence


@register(Tags.database)
def walls_stand(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report each trigger that is missing, switched off or changed (`check --database default`)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if "policies_revision" not in connection.introspection.table_names():
            continue  # before the first migrate there is nothing to guard
        found += [
            Error(
                f"The trigger {name} is missing or changed in the database {alias!r}, so that "
                "what it guards can be changed.",
                hint="Find out who removed it, run `manage.py migrate` and `manage.py verify`.",
                id="policies.E001",
            )
            for name in triggers.missing(connection)
        ]
    return found
