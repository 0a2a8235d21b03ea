"""`manage.py migrate`: Django's own, which the walls do not have to stand for beforehand.

Django asks every check of the database first. After an upgrade that brings new walls they are
missing, and nothing else than this command puts them up (apps.after_migrate).
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from policies import checks


class Command(migrate.Command):
    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str | None, Any]:
        """Return the checks of the code alone."""
        asked: dict[str | None, Any] = {**super().get_check_kwargs(options), "databases": None}
        return asked

    def handle(self, *args: Any, **options: Any) -> Any:
        for problem in checks.can_be_written(databases=[options["database"]]):
            raise CommandError(f"{problem.msg} {problem.hint}")
        return super().handle(*args, **options)
