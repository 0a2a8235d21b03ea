"""The database's walls, attacked through the ORM, through raw SQL and through the walls themselves.

Raw SQL runs on the most hostile connection that there is. On SQLite that is one to a copy of the
database without any pragma of ours: no foreign keys, no recursive triggers, and no CHECKs either.
"""

from __future__ import annotations

import ast
import re
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, ProtectedError, TextField

from policies import chains, ledger, texts, triggers, workflow
from policies.models import (
    AuditEvent,
    Contribution,
    LateApproval,
    LedgerEntry,
    Policy,
    Rendering,
    ReviewComment,
    Revision,
    Section,
)
from policies.states import MOVES, MOVES_WITHOUT_APPROVAL, NUMBERED, OPEN, Basis, Status
from tests.factories import NOW, make_policy, make_revision, make_user, make_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Execute = Callable[..., None]

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ROOT = Path(settings.BASE_DIR)
on_sqlite = pytest.mark.sqlite
on_postgresql = pytest.mark.postgresql

TEXT = [Section, Rendering]
OF_A_REVISION = [Revision, *TEXT, Contribution, ReviewComment]
APPEND_ONLY = [LateApproval, LedgerEntry, AuditEvent]
GUARDED: list[type[models.Model]] = [Policy, *OF_A_REVISION, *APPEND_ONLY]

# Every table, with the statuses of a revision in which none of its rows may change.
FROZEN: list[tuple[type[models.Model], Status]] = [
    *((model, status) for model in OF_A_REVISION for status in sorted(NUMBERED)),
    *((model, Status.DISCARDED) for model in OF_A_REVISION),
    *((model, status) for model in TEXT for status in [Status.IN_REVIEW, Status.APPROVED]),
    *((Contribution, status) for status in sorted(OPEN)),
    *((model, Status.PUBLISHED) for model in APPEND_ONLY),
]
frozen_rows = pytest.mark.parametrize(
    ("model", "status"), FROZEN, ids=[f"{m.__name__}-{s.value}" for m, s in FROZEN]
)


# --- What is attacked, and how -----------------------------------------------------------------


def make_commented_revision(status: Status, **options: Any) -> Revision:
    """Make a revision in `status` that has a resolved comment."""
    draft = make_revision(status=Status.DRAFT, **options)
    reviewer, writer, publisher = map(make_user, ["Reviewers", "Writers", "Publishers"])
    remark = workflow.comment(draft.pk, by=reviewer, at=NOW, text="Is this so?")
    workflow.resolve_comment(remark.pk, by=writer, at=NOW)
    if status == Status.DISCARDED:
        workflow.discard(draft.pk, by=writer, at=NOW)
    elif status != Status.DRAFT:
        workflow.submit(draft.pk, by=writer, at=NOW)
    if status in {Status.APPROVED, *NUMBERED}:
        workflow.approve(draft.pk, by=reviewer, at=NOW)
    if status in NUMBERED:
        workflow.publish(draft.pk, by=publisher, at=NOW, change_note="New.", effective_at=NOW + DAY)
    if status == Status.WITHDRAWN:
        workflow.withdraw(draft.pk, by=publisher, at=NOW, reason="A mistake.")
    return Revision.objects.get(pk=draft.pk)


def publish_in_emergency() -> Revision:
    draft = make_revision()
    publisher = make_user(permissions=["policies.publish_without_approval"])
    return workflow.publish_without_approval(
        draft.pk, by=publisher, at=NOW, reason="A court order."
    )


def make_row(model: type[models.Model], status: Status) -> Any:
    """Make a row of `model` that belongs to a revision in `status`, and rows of others beside it."""
    make_commented_revision(Status.DRAFT)
    if model in APPEND_ONLY:
        for _ in range(2):
            version = publish_in_emergency()
            workflow.approve_afterwards(version.pk, by=make_user("Reviewers"), at=NOW)
        return model._default_manager.order_by("pk")[0]
    revision = make_commented_revision(status)
    if model is Revision:
        return revision
    return model._default_manager.filter(revision=revision).order_by("pk")[0]


def contents() -> dict[str, list[tuple[Any, ...]]]:
    return {model.__name__: list(model._default_manager.values_list()) for model in GUARDED}


@pytest.fixture
def execute() -> Iterator[Execute]:
    """Return a function that executes SQL on the database with no protection but the walls."""
    if connection.vendor == "postgresql":

        def on_our_connection(sql: str, *params: Any) -> None:
            connection.check_constraints()  # some statements refuse while checks are due
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql.replace("?", "%s"), params or None)

        yield on_our_connection
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as plain:

        def on_a_plain_copy(sql: str, *params: Any) -> None:
            if not plain.execute("SELECT 1 FROM sqlite_master").fetchone():
                plain.executescript("\n".join(connection.connection.iterdump()))
                plain.execute("PRAGMA ignore_check_constraints = ON")
            try:
                plain.execute(sql, [adapted(value) for value in params])
            except sqlite3.IntegrityError as error:
                raise IntegrityError(*error.args) from error

        yield on_a_plain_copy


def adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value


def refused(*names: str) -> Any:
    """Expect the refusal of our own triggers (those named, or any), not one that others give too."""
    rules = [*triggers.rules(), *triggers.sqlite_rules()]
    messages = [rule.message for rule in rules if not names or rule.name in names]
    if not names:
        messages.append(triggers.NEVER_EMPTIED)
    assert messages
    return pytest.raises(IntegrityError, match="|".join(map(re.escape, messages)))


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return list(model._meta.local_concrete_fields)


def field_to_change(model: type[models.Model]) -> models.Field[Any, Any]:
    """Return a column of plain text or time that is neither a key nor looked at by a rule."""
    return next(
        field
        for field in reversed(fields_of(model))
        if isinstance(field, (models.TextField, models.DateTimeField, models.CharField))
    )


def another(field: models.Field[Any, Any], value: Any) -> Any:
    """Return a value of the field's type that is not `value`."""
    if isinstance(field, models.DateTimeField):
        return (value or NOW) + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return (value or NOW.date()) + DAY
    if isinstance(field, models.JSONField):
        return []
    if isinstance(field, (models.CharField, models.TextField)):
        return f"x{value}"[:10]
    return (value or 0) + 1000


def columns_of(model: type[models.Model], *, without: str = "") -> str:
    columns = [str(field.column) for field in fields_of(model)]
    return ", ".join(column for column in columns if column != without)


def pk_column(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


# --- Frozen: through the ORM -------------------------------------------------------------------


def by_save(model: type[models.Model], row: Any) -> None:
    field = field_to_change(model)
    setattr(row, field.attname, another(field, getattr(row, field.attname)))
    row.save()


def by_save_of_nothing(model: type[models.Model], row: Any) -> None:
    row.save()


def by_update(model: type[models.Model], row: Any) -> None:
    field = field_to_change(model)
    value = another(field, getattr(row, field.attname))
    model._default_manager.filter(pk=row.pk).update(**{field.attname: value})


def by_bulk_update(model: type[models.Model], row: Any) -> None:
    field = field_to_change(model)
    setattr(row, field.attname, another(field, getattr(row, field.attname)))
    model._default_manager.bulk_update([row], [field.name])


def by_upsert(model: type[models.Model], row: Any) -> None:
    field = field_to_change(model)
    setattr(row, field.attname, another(field, getattr(row, field.attname)))
    model._default_manager.bulk_create(
        [row], update_conflicts=True, unique_fields=["pk"], update_fields=[field.name]
    )


def by_new_primary_key(model: type[models.Model], row: Any) -> None:
    model._default_manager.filter(pk=row.pk).update(**{model._meta.pk.attname: row.pk + 1000})


def by_delete(model: type[models.Model], row: Any) -> None:
    row.delete()


def by_queryset_delete(model: type[models.Model], row: Any) -> None:
    model._default_manager.all().delete()


def by_unchecked_delete(model: type[models.Model], row: Any) -> None:
    queryset = model._default_manager.filter(pk=row.pk)
    queryset._raw_delete(queryset.db)


CHANGES = [by_save, by_save_of_nothing, by_update, by_bulk_update, by_upsert, by_new_primary_key]


@frozen_rows
def test_the_orm_does_not_change_or_delete_a_frozen_row(
    model: type[models.Model], status: Status
) -> None:
    pk = make_row(model, status).pk
    before = contents()

    for attack in [*CHANGES, by_unchecked_delete]:
        with refused(), transaction.atomic():
            attack(model, model._default_manager.get(pk=pk))
    for attack in [by_delete, by_queryset_delete]:
        # A revision is protected by the rows that refer to it before it meets a wall.
        with pytest.raises(IntegrityError), transaction.atomic():
            attack(model, model._default_manager.get(pk=pk))

    assert contents() == before


@pytest.mark.parametrize("status", Status)
def test_deleting_a_policy_takes_nothing_with_it(status: Status) -> None:
    revision = make_commented_revision(status)
    before = contents()

    with pytest.raises(ProtectedError), transaction.atomic():
        revision.policy.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        Policy.objects.all().delete()

    assert contents() == before


def test_a_policy_without_revisions_is_not_deleted_either() -> None:
    policy = Policy.objects.create(slug="terms", name="Terms", created_at=NOW)

    with refused("policy_kept"), transaction.atomic():
        policy.delete()


# --- Frozen: through raw SQL -------------------------------------------------------------------


@frozen_rows
def test_raw_sql_changes_no_column_of_a_frozen_row(
    model: type[models.Model], status: Status, execute: Execute
) -> None:
    row = make_row(model, status)

    for field in fields_of(model):
        value = another(field, getattr(row, field.attname))
        value = "[]" if isinstance(field, models.JSONField) else value
        with refused():
            execute(
                f"UPDATE {model._meta.db_table} SET {field.column} = ?"
                f" WHERE {pk_column(model)} = ?",
                value,
                row.pk,
            )


STATEMENTS = {
    "delete": "DELETE FROM {table} WHERE {pk} = {id}",
    "delete all": "DELETE FROM {table}",
    "update of nothing": "UPDATE {table} SET {column} = {column} WHERE {pk} = {id}",
    "update from": (
        "UPDATE {table} SET {column} = s.{column} FROM (SELECT * FROM {table}) s"
        " WHERE {table}.{pk} = {id}"
    ),
    "delete in a common table expression": (
        "WITH doomed AS (SELECT {id} AS id) DELETE FROM {table}"
        " WHERE {pk} IN (SELECT id FROM doomed)"
    ),
    "copy": "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE {pk} = {id}",
    "upsert": (
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE {pk} = {id}"
        " ON CONFLICT ({pk}) DO UPDATE SET {column} = excluded.{column}"
    ),
}
SQLITE_STATEMENTS = {
    "replace": "REPLACE INTO {table} SELECT * FROM {table} WHERE {pk} = {id}",
    "insert or replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {pk} = {id}",
    "update or replace": "UPDATE OR REPLACE {table} SET {column} = {column} || 'x' WHERE {pk} = {id}",
    "update or replace of keys": "UPDATE OR REPLACE {table} SET {pk} = {id} WHERE {pk} <> {id}",
    "update or ignore": "UPDATE OR IGNORE {table} SET {column} = 'x' WHERE {pk} = {id}",
    "update or fail": "UPDATE OR FAIL {table} SET {column} = 'x' WHERE {pk} = {id}",
    "rowid": "UPDATE {table} SET rowid = rowid + 1000 WHERE {pk} = {id}",
    "_rowid_": "UPDATE {table} SET _rowid_ = _rowid_ + 1000 WHERE {pk} = {id}",
    "oid": "UPDATE {table} SET oid = oid + 1000 WHERE {pk} = {id}",
    "rowid of another": (
        "UPDATE OR REPLACE {table} SET rowid = (SELECT rowid FROM {table} WHERE {pk} = {id})"
        " WHERE {pk} <> {id}"
    ),
}
POSTGRESQL_STATEMENTS = {
    "truncate cascade": "TRUNCATE {table} CASCADE",
    "truncate only, restart": "TRUNCATE ONLY {table} RESTART IDENTITY CASCADE",
    "merge update": (
        "MERGE INTO {table} t USING (SELECT 1) s ON t.{pk} = {id}"
        " WHEN MATCHED THEN UPDATE SET {column} = t.{column}"
    ),
    "merge delete": (
        "MERGE INTO {table} t USING (SELECT 1) s ON t.{pk} = {id} WHEN MATCHED THEN DELETE"
    ),
    "update in a common table expression": (
        "WITH changed AS (UPDATE {table} SET {column} = {column} WHERE {pk} = {id} RETURNING *)"
        " SELECT * FROM changed"
    ),
    "update only": "UPDATE ONLY {table} SET {column} = {column} WHERE {pk} = {id}",
    "block of code": ("DO $$ BEGIN DELETE FROM {table} WHERE {pk} = {id}; END $$"),
}


def refuse_statements(
    statements: dict[str, str], model: type[models.Model], status: Status, execute: Execute
) -> None:
    row = make_row(model, status)
    column = next(f.column for f in reversed(fields_of(model)) if not f.is_relation)
    for statement in statements.values():
        with refused():
            execute(
                statement.format(
                    table=model._meta.db_table,
                    pk=pk_column(model),
                    id=row.pk,
                    column=column,
                    columns=columns_of(model),
                )
            )


@frozen_rows
def test_no_statement_changes_a_frozen_row(
    model: type[models.Model], status: Status, execute: Execute
) -> None:
    refuse_statements(STATEMENTS, model, status, execute)


@on_sqlite
@frozen_rows
def test_no_statement_of_sqlite_changes_a_frozen_row(
    model: type[models.Model], status: Status, execute: Execute
) -> None:
    refuse_statements(SQLITE_STATEMENTS, model, status, execute)


@on_postgresql
@frozen_rows
def test_no_statement_of_postgresql_changes_a_frozen_row(
    model: type[models.Model], status: Status, execute: Execute
) -> None:
    refuse_statements(POSTGRESQL_STATEMENTS, model, status, execute)
