"""`manage.py migrate`: Django's own, but it runs while rules are missing, and loses no history.

Django runs every check of the database first. After an upgrade that brings new rules, the check for
them would fail, and only this command can install them (apps.after_migrate).

It also refuses to go backwards once something was published: a column that is dropped takes its
content with it, and no later migration brings that back.

Each migration is recorded in its own transaction, so that one that was killed can be run again.

On PostgreSQL, if two run at once, as on two machines, the second waits for the first and finds
nothing to do.
"""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import AmbiguityError, NodeNotFoundError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation

from policies import checks
from policies.database import migration_state, triggers
from policies.database.transactions import long_timeout, setup_lock
from policies.models import LedgerEntry
from policies.text.short_text import counted


class _RunDeferred(Operation):
    """Runs the statements that Django keeps for a migration's end. While there are some, it records
    the migration only after the commit, and would apply it again if it is killed before that.
    """

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change no model."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement)
        schema_editor.deferred_sql.clear()


class Command(migrate.Command):
    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str | None, Any]:
        """Leave out the checks of the database."""
        asked: dict[str | None, Any] = {**super().get_check_kwargs(options), "databases": None}
        return asked

    def handle(self, *args: Any, **options: Any) -> Any:
        database = self._database = options["database"]
        for problem in checks.can_be_written(databases=[database]):
            raise CommandError(f"{problem.msg} {problem.hint}")
        if options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)
        _require_rights(connections[database])
        if not options["fake"]:
            _require_no_loss(database, options["app_label"], options["migration_name"])
        with setup_lock(database), long_timeout(database):
            return super().handle(*args, **options)

    def migration_progress_callback(
        self, action: str, migration: Any = None, fake: bool = False
    ) -> None:
        if action == "apply_start":
            migration.operations.append(_RunDeferred())
        if action == "unapply_start" and not fake:
            # A rule may name a column that goes. apps.after_migrate brings them back.
            triggers.remove(connections[self._database])
        super().migration_progress_callback(action, migration, fake)


def _require_rights(connection: BaseDatabaseWrapper) -> None:
    """Raise CommandError if a migration is missing and this account can't change the schema."""
    if migration_state.missing(connection) and not triggers.can_be_removed(connection):
        raise CommandError(
            "The database lacks migrations, and this account may not change its schema. Nothing "
            f"was changed. {triggers.AS_OWNER}"
        )


def _require_no_loss(database: str, app: str | None, name: str | None) -> None:
    """Raise CommandError if this would undo a migration of policies and something is published."""
    undone = _undone(database, app, name) if app and name else []
    if not undone:
        return
    count = LedgerEntry.objects.using(database).count()
    if count:
        raise CommandError(
            f"migrate {app} {name} would undo {', '.join(undone)}, and delete what only these "
            f"store, although something was published ({counted(count, 'event')} in the ledger). "
            "Nothing was changed. To go back to an older version, restore the backup that was made "
            "before the upgrade, with the version that made it (docs/deploying.md, Going back)."
        )


def _undone(database: str, app: str, name: str) -> list[str]:
    """Return the migrations of policies that migrating to a migration undoes, newest first.

    Empty if the name is unknown or ambiguous: Django refuses that itself.
    """
    executor = MigrationExecutor(connections[database])
    try:
        target = None if name == "zero" else executor.loader.get_migration_by_prefix(app, name).name
        plan = executor.migration_plan([(app, target)])
    except (AmbiguityError, KeyError, NodeNotFoundError):
        return []
    return [node.name for node, backwards in plan if backwards and node.app_label == "policies"]
