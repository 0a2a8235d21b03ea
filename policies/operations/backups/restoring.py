"""Restoring a backup into an empty site: all of it, verified, or nothing."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from policies import roles
from policies.database import migration_state, triggers
from policies.database.transactions import long_timeout, setup_lock
from policies.ledger import verification
from policies.operations.backups import archive, contents, schema
from policies.operations.backups.archive import Archive, BackupRefused, Manifest, Table
from policies.operations.backups.contents import Rows, Unknown, backed_up, table_name

# Rows that are inserted together; few, because a text may have megabytes.
BATCH = 50

# Rows that `migrate` puts into an empty site, and that a backup replaces.
_MADE_BY_MIGRATE: tuple[type[Model], ...] = (Group.permissions.through, Group)

NOTHING_CHANGED = "Nothing was restored; the database is as empty as before."


def check(path: Path, *, unsigned: bool = False) -> Manifest:
    """Read a backup to its end, changing nothing. Raises BackupRefused unless it is whole, and
    signed with this site's key or `unsigned`.
    """
    with archive.open_backup(path) as file:
        _require_genuine(file, unsigned=unsigned)
        return file.manifest


def _require_genuine(file: Archive, *, unsigned: bool) -> None:
    if not unsigned:
        schema.require_signed(file.manifest)  # before anything is unpacked
    file.check()


def restore(
    path: Path, *, quick: bool = False, jobs: int = 1, unsigned: bool = False
) -> tuple[Manifest, verification.Report, list[str]]:
    """Restore a backup into the empty database, and verify it, in one transaction. Returns what it
    says of itself, what was verified, and a sentence about each row that could not be restored.

    A database without tables, or with those of a restore that was killed, is migrated first, once
    the backup is known to be whole.

    quick: verify only the two chains, and leave texts and HTML to a later `verify`. jobs: as for
    verification.verify. unsigned: restore it whoever made or altered it. Raises BackupRefused; no
    row was then restored.
    """
    with archive.open_backup(path) as file:
        _require_genuine(file, unsigned=unsigned)
        # If two restore at once, the second waits, and then finds a complete site that isn't empty.
        with setup_lock():
            if not triggers.can_be_removed(connection):
                raise BackupRefused(
                    f"This account can't lift the database's rules. {NOTHING_CHANGED} "
                    f"{triggers.AS_OWNER}"
                )
            _set_up()
            schema.require_migrated()
            schema.require_fit(file.manifest)
            try:
                with long_timeout(), transaction.atomic():
                    return file.manifest, *_restore(file, quick=quick, jobs=jobs)
            except DatabaseError as error:
                raise BackupRefused(f"The database refused: {error} {NOTHING_CHANGED}") from error


def _set_up() -> None:
    """Migrate a database without tables, or one in which that was broken off.

    Raises BackupRefused, also if somebody else does so.
    """
    tables = set(connection.introspection.table_names())
    if tables and not _is_half_made(tables):
        return
    try:
        call_command("migrate", verbosity=0)
    except (DatabaseError, MigrationSchemaMissing) as error:
        raise BackupRefused(
            f"The new database could not be set up, and nothing was restored: {error}. If another "
            "restore is running there, wait for it; if not, create a new database and try again."
        ) from error


def _is_half_made(tables: set[str]) -> bool:
    """Return whether `migrate` has begun in a database, has not ended, and nobody has used it."""
    if MigrationRecorder.Migration._meta.db_table not in tables:
        return False
    if migration_state.is_newer(connection):
        return False
    if not (migration_state.missing(connection) or triggers.missing(connection)):
        return False
    used = [model for model in backed_up() if model not in _MADE_BY_MIGRATE]
    return not any(model._base_manager.exists() for model in used if model._meta.db_table in tables)


def _restore(file: Archive, *, quick: bool, jobs: int) -> tuple[verification.Report, list[str]]:
    if connection.vendor == "postgresql":  # SQLite keeps others from writing by itself
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in backed_up())
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    require_empty()
    notes: list[str] = []
    tables = {table.name: table for table in file.manifest.tables}
    # The backup's version may not have had the others yet.
    models = [model for model in backed_up() if table_name(model) in tables]
    with triggers.lifted(connection):
        for model in _MADE_BY_MIGRATE:
            model._base_manager.all().delete()
        for model in models:
            notes += _fill(model, file, tables[table_name(model)])
        connection.check_constraints()
    for model in models:
        contents.continue_after(model, tables[table_name(model)].last_id)
    if set(schema.migrations()) - set(file.manifest.migrations):
        roles.make_groups(connection.alias)  # with the permissions of today, as after an upgrade
    report = verification.verify_chains() if quick else verification.verify(jobs=jobs)
    _require_sound(report, file.manifest)
    return report, notes


def require_empty() -> None:
    """Raise BackupRefused unless the database holds only what `migrate` makes."""
    counts = [
        f"{model._meta.label}: {model._base_manager.count():,}"
        for model in backed_up()
        if model not in _MADE_BY_MIGRATE and model._base_manager.exists()
    ]
    if counts:
        raise BackupRefused(
            f"The database is not empty ({', '.join(counts)}), and a backup never replaces or "
            "joins what is there. Set DATABASE_URL to a new database, and restore again."
        )


def _fill(model: type[Model], file: Archive, table: Table) -> list[str]:
    """Insert a table's rows; return a sentence for each row left out, as it refers to one that
    does not exist here.
    """
    rows, batch, notes = Rows(model), list[list[Any]](), list[str]()
    for number, values in file.rows(table):
        try:
            # A column that the backup's version did not have yet stays empty.
            row = dict(zip(table.columns, values, strict=True))
            batch.append(rows.read([row.get(column) for column in rows.columns]))
        except Unknown as error:
            notes.append(f"{table.name}, row {number}, was left out: there is no {error} any more.")
        except contents.UnreadableValue as error:
            raise BackupRefused(
                f"Row {number} of {table.name} can't be read: {error}. The backup was altered: use "
                f"another copy of it. {NOTHING_CHANGED}"
            ) from error
        if len(batch) == BATCH or number == table.rows:
            _insert(rows, batch, f"Row {number} of {table.name}")
            batch.clear()
    return notes


def _insert(rows: Rows, batch: list[list[Any]], last: str) -> None:
    """Insert rows. last: what the last of them is called in the backup. Raises BackupRefused."""
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, rows.columns))
    signs = ", ".join(["%s"] * len(rows.columns))
    table = quote(rows.model._meta.db_table)
    try:
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({signs})", batch)  # noqa: S608
    except (DatabaseError, ValueError, OverflowError) as error:
        raise BackupRefused(
            f"{last}, or one of the {len(batch)} before it, is not valid: {error} {NOTHING_CHANGED}"
        ) from error


def _require_sound(report: verification.Report, manifest: Manifest) -> None:
    problems = list(report.problems)
    for name, head, wanted in (
        ("ledger", report.head, manifest.ledger_head),
        ("audit", report.audit_head, manifest.audit_head),
    ):
        if head != wanted:
            problems.append(f"The head of the {name} is {head or 'missing'}, not {wanted}.")
    if problems:
        more = f" (and {len(problems) - 1:,} more)" if len(problems) > 1 else ""
        raise BackupRefused(
            f"The content of the backup is not sound: {problems[0]}{more} {NOTHING_CHANGED} If "
            "only HTML differs, because Markdown, bleach or nh3 were updated since, restore with "
            "--quick, then run manage.py rerender and manage.py verify."
        )
