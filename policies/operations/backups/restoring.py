"""Restoring a backup into an empty site: all of it, verified, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.exceptions import MigrationSchemaMissing

from policies.database import triggers
from policies.database.transactions import setting_up, taking_time
from policies.ledger import verification
from policies.operations.backups import archive, schema, sequences
from policies.operations.backups.archive import BackupRefused
from policies.operations.backups.contents import Rows, Unknown, Unreadable, backed_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.models import Model

    from policies.operations.backups.archive import Archive, Manifest, Table

# Rows are inserted together until there are so many, or until they have so many bytes.
BATCH = 500
BATCH_BYTES = 4_000_000

# Rows that `migrate` puts into an empty site, and that a backup replaces.
_MADE_BY_MIGRATE: tuple[type[Model], ...] = (Group.permissions.through, Group)

NOTHING_CHANGED = "Nothing was restored; the database is as empty as before."


@dataclass
class Restored:
    """The outcome of a restore. notes: sentences about rows that could not be restored."""

    manifest: Manifest
    report: verification.Report
    notes: list[str] = field(default_factory=list)


def restore(path: Path, *, quick: bool = False, jobs: int = 1) -> Restored:
    """Restore a backup into the empty database, and verify it, in one transaction.

    A database without tables is migrated first, once the backup is known to be whole.

    quick: verify only the two chains, and leave texts and HTML to a later `verify`. jobs: as for
    verification.verify. Raises BackupRefused; no row was then restored.
    """
    with archive.opened(path) as file:
        file.check()
        # If two restore at once, the second waits, and then finds a complete site that isn't empty.
        with setting_up():
            _set_up()
            schema.require_migrated()
            schema.require_fit(file.manifest)
            try:
                with taking_time(), transaction.atomic():
                    return _restore(file, quick=quick, jobs=jobs)
            except DatabaseError as error:
                raise BackupRefused(f"The database refused: {error} {NOTHING_CHANGED}") from error


def _set_up() -> None:
    """Migrate a database without tables. Raises BackupRefused, also if somebody else does so."""
    if connection.introspection.table_names():
        return
    try:
        call_command("migrate", verbosity=0)
    except (DatabaseError, MigrationSchemaMissing) as error:
        raise BackupRefused(
            f"The new database could not be set up, and nothing was restored: {error}. If another "
            "restore is running there, wait for it; if not, create a new database and try again."
        ) from error


def _restore(file: Archive, *, quick: bool, jobs: int) -> Restored:
    _lock()
    _require_empty()
    notes: list[str] = []
    tables = {table.name: table for table in file.manifest.tables}
    with triggers.lifted(connection):
        for model in _MADE_BY_MIGRATE:
            model._base_manager.all().delete()
        for model in backed_up():
            notes += _fill(model, file, tables[model._meta.label])
        connection.check_constraints()
    for model in backed_up():
        sequences.continue_after(model, tables[model._meta.label].last_id)
    report = verification.verify_chains() if quick else verification.verify(jobs=jobs)
    _require_sound(report, file.manifest)
    return Restored(file.manifest, report, notes)


def _lock() -> None:
    """Keep others from writing rows until the transaction ends. (On SQLite it does by itself.)"""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(it._meta.db_table) for it in backed_up())
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _require_empty() -> None:
    there = {
        model._meta.label: model._base_manager.count()
        for model in backed_up()
        if model not in _MADE_BY_MIGRATE and model._base_manager.exists()
    }
    if there:
        counts = ", ".join(f"{label}: {count:,}" for label, count in there.items())
        raise BackupRefused(
            f"The database is not empty ({counts}), and a backup never replaces or joins what is "
            "there. Set DATABASE_URL to a new database, and restore again."
        )


def _fill(model: type[Model], file: Archive, table: Table) -> Iterator[str]:
    """Insert a table's rows; yield a sentence for each row left out, as it refers to one that
    does not exist here.
    """
    rows, batch = Rows(model), _Batch(model, table.name)
    order = [table.columns.index(column) for column in rows.columns]
    for number, values, length in file.rows(table):
        try:
            row = rows.read([values[place] for place in order])
        except Unknown as error:
            yield f"{table.name}, row {number}, was left out: there is no {error} any more."
        except Unreadable as error:
            raise BackupRefused(
                f"Row {number} of {table.name} can't be read: {error}. The backup was altered: use "
                f"another copy of it. {NOTHING_CHANGED}"
            ) from error
        else:
            batch.add(number, row, length)
    batch.insert()


class _Batch:
    """Collects rows of a table and inserts them together. name: the table's, in the backup."""

    def __init__(self, model: type[Model], name: str) -> None:
        quote = connection.ops.quote_name
        columns = [quote(str(it.column)) for it in Rows(model).fields]
        self._insert = (
            f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608
            f" VALUES ({', '.join(['%s'] * len(columns))})"
        )
        self._name = name
        self._rows: list[list[Any]] = []
        self._bytes = self._last = 0

    def add(self, number: int, row: list[Any], length: int) -> None:
        """Add a row; insert all once there are enough. length: its bytes in the backup."""
        self._rows.append(row)
        self._bytes += length
        self._last = number
        if len(self._rows) >= BATCH or self._bytes >= BATCH_BYTES:
            self.insert()

    def insert(self) -> None:
        """Insert the rows collected so far. Raises BackupRefused."""
        if not self._rows:
            return
        try:
            with connection.cursor() as cursor:
                cursor.executemany(self._insert, self._rows)
        except (DatabaseError, ValueError, OverflowError) as error:
            raise BackupRefused(
                f"Row {self._last} of {self._name}, or one of the {len(self._rows)} before it, is "
                f"not valid: {error} {NOTHING_CHANGED}"
            ) from error
        self._rows.clear()
        self._bytes = 0


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
