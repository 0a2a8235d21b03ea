"""Rows that must never change again, attacked in every way through the ORM and raw SQL."""

# ruff: noqa: S608  names of tables and columns are our own

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, models, transaction

from policies import ledger, workflow
from policies.models import AuditEvent
from policies.states import Status
from tests.factories import NOW, make_emergency, make_revision, make_user, make_version
from tests.policies.database.rules.attacks import (
    another,
    columns_of,
    contents,
    field_to_change,
    fields_of,
    in_each_status,
    make_commented_revision,
    make_frozen_rows,
    pk_column,
    refused,
)

pytestmark = pytest.mark.django_db


# --- Frozen: through the ORM ---------------------------------------------------------------------


def by_save(model, row):
    field = field_to_change(model)
    setattr(row, field.attname, another(field, getattr(row, field.attname)))
    row.save()


def by_save_of_nothing(model, row):
    row.save()


def by_update(model, row):
    field = field_to_change(model)
    value = another(field, getattr(row, field.attname))
    model._default_manager.filter(pk=row.pk).update(**{field.attname: value})


def by_bulk_update(model, row):
    field = field_to_change(model)
    setattr(row, field.attname, another(field, getattr(row, field.attname)))
    model._default_manager.bulk_update([row], [field.name])


def by_upsert(model, row):
    field = field_to_change(model)
    setattr(row, field.attname, another(field, getattr(row, field.attname)))
    model._default_manager.bulk_create(
        [row], update_conflicts=True, unique_fields=["pk"], update_fields=[field.name]
    )


def by_new_primary_key(model, row):
    model._default_manager.filter(pk=row.pk).update(**{model._meta.pk.attname: row.pk + 1000})


def by_delete(model, row):
    row.delete()


def by_queryset_delete(model, row):
    model._default_manager.all().delete()


def by_unchecked_delete(model, row):
    queryset = model._default_manager.filter(pk=row.pk)
    queryset._raw_delete(queryset.db)


CHANGES = [by_save, by_save_of_nothing, by_update, by_bulk_update, by_upsert, by_new_primary_key]


@in_each_status
def test_the_orm_does_not_change_or_delete_a_frozen_row(status):
    rows = make_frozen_rows(status)
    before = contents()

    for model, pk in [(type(row), row.pk) for row in rows]:
        for attack in [*CHANGES, by_unchecked_delete]:
            with refused(), transaction.atomic():
                attack(model, model._default_manager.get(pk=pk))
        for attack in [by_delete, by_queryset_delete]:
            # A revision is protected by the rows that refer to it before a rule is asked.
            with pytest.raises(IntegrityError), transaction.atomic():
                attack(model, model._default_manager.get(pk=pk))
        assert contents() == before, model


# --- Frozen: through raw SQL ---------------------------------------------------------------------


@in_each_status
def test_raw_sql_changes_no_column_of_a_frozen_row(status, execute):
    for row in make_frozen_rows(status):
        model = type(row)
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
    "update or replace": "UPDATE OR REPLACE {table} SET {column} = 'x' WHERE {pk} = {id}",
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


@in_each_status
def test_no_statement_changes_a_frozen_row(status, execute):
    own = SQLITE_STATEMENTS if connection.vendor == "sqlite" else POSTGRESQL_STATEMENTS
    for row in make_frozen_rows(status):
        model = type(row)
        column = next(f.column for f in reversed(fields_of(model)) if not f.is_relation)
        for statement in {**STATEMENTS, **own}.values():
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


@pytest.mark.postgresql
def test_copy_adds_nothing_that_an_insert_could_not():
    rows = make_frozen_rows(Status.PUBLISHED)
    before = contents()

    for row in rows:
        table, columns = row._meta.db_table, columns_of(type(row))
        one = f"SELECT {columns} FROM {table} WHERE {pk_column(type(row))} = %s"
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY ({one}) TO STDOUT", [row.pk]) as out:
                lines = b"".join(out)
            with (
                refused(),
                transaction.atomic(),
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into,
            ):
                into.write(lines)
        assert contents() == before, table


# --- Frozen: temporary tables do not stand in for ours -------------------------------------------


@pytest.mark.postgresql
def test_no_rule_looks_at_a_temporary_table_of_the_same_name():
    version = make_version()
    section = version.sections.first()
    assert section is not None
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE policies_revision (id bigint, status text)")
        cursor.execute("INSERT INTO policies_revision VALUES (%s, 'draft')", [version.pk])

        with refused("section_changed_in_draft"), transaction.atomic():
            cursor.execute("UPDATE policies_section SET body = 'Sold.' WHERE id = %s", [section.pk])

        cursor.execute("DROP TABLE pg_temp.policies_revision")


@pytest.mark.sqlite
def test_no_rule_looks_at_a_temporary_table(execute):
    version = make_version()
    execute("CREATE TEMPORARY TABLE policies_revision (id integer, status text)")
    execute("INSERT INTO temp.policies_revision VALUES (?, 'draft')", version.pk)

    with refused("section_changed_in_draft"):
        execute("UPDATE policies_section SET body = 'Sold.' WHERE revision_id = ?", version.pk)


# --- People who leave ----------------------------------------------------------------------------


def test_deleting_an_account_erases_nothing(execute):
    make_commented_revision(Status.WITHDRAWN)
    version = make_emergency()
    workflow.approve_afterwards(version.pk, by=make_user("Reviewers"), at=NOW)
    make_revision(status=Status.APPROVED)
    before = contents()
    first = User.objects.order_by("pk")[0]

    first.delete()
    assert contents() == before
    with connection.cursor() as cursor:
        for table in ("auth_user_groups", "auth_user_user_permissions", "auth_user"):
            cursor.execute(f"DELETE FROM {table}")

    assert User.objects.count() == 0
    assert contents() == before
    assert ledger.verify().problems == []
    assert AuditEvent.objects.exclude(actor="").count() == AuditEvent.objects.count()


def test_an_account_in_the_admin_log_can_be_deleted_and_its_history_stays():
    writer = make_user("Writers")
    revision = make_version(writer=writer)
    LogEntry.objects.create(
        user=writer, object_id=str(revision.pk), object_repr="x", action_flag=CHANGE
    )
    before = contents()

    writer.delete()

    assert contents() == before
    assert ledger.verify().is_sound
