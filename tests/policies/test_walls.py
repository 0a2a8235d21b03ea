"""The database's walls, attacked through the ORM, through raw SQL and through the walls themselves.

Raw SQL runs on the most hostile connection that there is. On SQLite that is one to a copy of the
database without any pragma of ours: no foreign keys, no recursive triggers, and no CHECKs either.
"""

# ruff: noqa: S608  names of tables and columns are our own

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import F, ProtectedError

from policies import chains, ledger, triggers, walls, workflow
from policies.documents import Document
from policies.documents import Section as Part
from policies.models import (
    Acknowledgement,
    Address,
    AuditEvent,
    CommentReply,
    Contribution,
    Departure,
    LateApproval,
    LedgerEntry,
    Policy,
    PreviewLink,
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


# --- What is attacked, and how -------------------------------------------------------------------


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
    """Make a row of `model` that belongs to a revision in `status`, with other rows beside it."""
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
    """Expect the refusal of one of our triggers (of those named, if any), not of a constraint."""
    rules = [*walls.rules(), *walls.sqlite_rules()]
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


# --- Frozen: through the ORM ---------------------------------------------------------------------


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


# --- Frozen: through raw SQL ---------------------------------------------------------------------


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


def test_a_section_is_not_moved_into_or_out_of_a_published_version(execute: Execute) -> None:
    version, draft = make_version(), make_revision()
    published, drafted = version.sections.first(), draft.sections.first()
    assert published is not None
    assert drafted is not None

    for section, target in ((published, draft), (drafted, version)):
        with refused(), transaction.atomic():
            Section.objects.filter(pk=section.pk).update(revision=target, position=9, anchor="x")
        with refused():
            execute(
                "UPDATE policies_section SET revision_id = ?, position = 9, anchor = 'x'"
                " WHERE id = ?",
                target.pk,
                section.pk,
            )


@pytest.mark.parametrize("status", [s for s in Status if s != Status.DRAFT])
def test_nothing_is_added_to_a_text_that_is_no_draft(status: Status, execute: Execute) -> None:
    revision = make_revision(status=status)
    added = Section(revision=revision, position=9, heading="More", anchor="more", body="More.")

    with refused(), transaction.atomic():
        added.save()
    with refused(), transaction.atomic():
        Section.objects.bulk_create([added])
    with refused():
        execute(
            "INSERT INTO policies_section (revision_id, position, heading, anchor, body)"
            " VALUES (?, 9, 'More', 'more', 'More.')",
            revision.pk,
        )
    with refused(), transaction.atomic():
        Contribution.objects.create(
            revision=revision, contributed_at=NOW, contributed_by=make_user("Writers")
        )


@pytest.mark.parametrize("status", [*sorted(NUMBERED), Status.DISCARDED])
def test_nobody_comments_on_what_is_finished(status: Status, execute: Execute) -> None:
    revision = make_revision(status=status)

    with refused("comment_on_open_revision"), transaction.atomic():
        ReviewComment.objects.create(revision=revision, text="Late.", created_at=NOW)
    with refused("comment_on_open_revision"):
        execute(
            "INSERT INTO policies_reviewcomment (revision_id, text, section_anchor, created_at)"
            " VALUES (?, 'Late.', '', ?)",
            revision.pk,
            NOW,
        )


def test_a_comment_is_not_born_resolved() -> None:
    draft, writer = make_revision(), make_user("Writers")

    with refused("comment_on_open_revision"), transaction.atomic():
        ReviewComment.objects.create(
            revision=draft,
            text="Fine.",
            created_at=NOW,
            created_by=writer,
            resolved_at=NOW,
            resolved_by=writer,
        )


def test_a_resolved_comment_is_not_opened_again() -> None:
    comment = make_commented_revision(Status.DRAFT).comments.get()

    with refused("comment_resolved_once"), transaction.atomic():
        ReviewComment.objects.filter(pk=comment.pk).update(resolved_at=None, resolved_by=None)


@on_postgresql
@pytest.mark.parametrize("model", [*OF_A_REVISION, *APPEND_ONLY])
def test_copy_adds_nothing_that_an_insert_could_not(model: type[models.Model]) -> None:
    row = make_row(model, Status.PUBLISHED)
    before = contents()
    table, columns = model._meta.db_table, columns_of(model)

    with connection.cursor() as cursor:
        with cursor.copy(
            f"COPY (SELECT {columns} FROM {table} WHERE {pk_column(model)} = %s) TO STDOUT",
            [row.pk],
        ) as out:
            lines = b"".join(out)
        with (
            refused(),
            transaction.atomic(),
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into,
        ):
            into.write(lines)

    assert contents() == before


# --- Frozen: nothing is replaced by a new row with one of its keys -------------------------------


def copy_with(model: type[models.Model], pk: int, **values: object) -> str:
    """SQL for SQLite: INSERT OR REPLACE of a copy of a row, some of whose columns are others."""
    columns = [str(field.column) for field in fields_of(model)]
    chosen = [str(values.get(column, column)) for column in columns]
    if "rowid" in values:
        columns, chosen = ["rowid", *columns], [str(values["rowid"]), *chosen]
    table = model._meta.db_table
    return (
        f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) SELECT {', '.join(chosen)}"
        f" FROM {table} WHERE {pk_column(model)} = {pk}"
    )


@on_sqlite
@pytest.mark.parametrize("model", [LedgerEntry, AuditEvent])
def test_an_entry_that_continues_the_chain_takes_no_earlier_ones_place(
    model: type[LedgerEntry] | type[AuditEvent], execute: Execute
) -> None:
    make_version()
    make_version()
    first, last = model.objects.order_by("sequence")[0], model.objects.order_by("-sequence")[0]
    goes_on = {"sequence": last.sequence + 1, "previous_digest": f"'{last.digest}'"}
    new = {"digest": f"'{'f' * 64}'"}

    # By its place in the file, by its digest, by its event.
    with refused():
        execute(copy_with(model, first.pk, **goes_on, **new, rowid=1, revision_id="NULL"))
    with refused():
        execute(copy_with(model, first.pk, **goes_on, revision_id="NULL"))
    if model is LedgerEntry:
        with refused():
            execute(copy_with(model, first.pk, **goes_on, **new))


@on_sqlite
@pytest.mark.parametrize("model", [Rendering, LateApproval])
def test_a_row_that_may_come_takes_no_published_ones_place_in_the_file(
    model: type[models.Model], execute: Execute
) -> None:
    frozen = make_row(model, Status.PUBLISHED)
    if model is Rendering:
        target = make_revision()
        Rendering.objects.filter(revision=target).delete()
    else:
        target = publish_in_emergency()
    rowid = f"(SELECT rowid FROM {model._meta.db_table} WHERE revision_id = {frozen.pk})"
    digest = {"approved_digest": f"'{target.digest}'"} if model is LateApproval else {}

    with refused():
        execute(copy_with(model, frozen.pk, revision_id=target.pk, rowid=rowid, **digest))

    # Without a place that is taken, the same row comes in: nothing else was wrong with it.
    execute(copy_with(model, frozen.pk, revision_id=target.pk, **digest))


@on_sqlite
def test_a_draft_takes_no_published_versions_number(execute: Execute) -> None:
    version = make_version()
    draft = make_revision(policy=version.policy)

    with refused("revision_publication"):
        execute("UPDATE OR REPLACE policies_revision SET number = 1 WHERE id = ?", draft.pk)
    workflow.discard(draft.pk, by=make_user("Writers"), at=NOW)


@on_sqlite
def test_a_new_draft_takes_no_published_versions_number(execute: Execute) -> None:
    version = make_version()

    with refused("revision_not_replaced"):
        execute(
            copy_with(
                Revision, version.pk, id="NULL", status="'draft'", submitted_at="NULL",
                approved_at="NULL",
            )
        )  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("status", sorted(OPEN))
def test_a_new_draft_takes_no_open_revisions_place(status: Status, execute: Execute) -> None:
    revision = make_revision(status=status)

    with refused("revision_one_open"):
        execute(
            "INSERT OR REPLACE INTO policies_revision (policy_id, status, title, introduction,"
            " digest, saves, created_at, saved_at, approved_digest, kind, change_note, basis,"
            " basis_reason, withdrawal_reason)"
            " VALUES (?, 'draft', 'Mine', '', ?, 0, ?, ?, '', '', '', '', '', '')",
            revision.policy_id,
            "0" * 64,
            NOW,
            NOW,
        )


@on_sqlite
def test_an_author_takes_no_other_record_of_their_own_place(execute: Execute) -> None:
    contribution = Contribution.objects.get(revision=make_revision())

    with refused("contribution_not_replaced"):
        execute(copy_with(Contribution, contribution.pk, id="NULL"))


@on_sqlite
def test_a_policy_takes_no_other_policys_place(execute: Execute) -> None:
    one, other = make_policy(slug="one"), make_policy(slug="other")

    with refused("policy_not_replaced"):
        execute(copy_with(Policy, one.pk, id="NULL"))
    with refused("policy_address_kept"):
        execute("UPDATE OR REPLACE policies_policy SET slug = 'one' WHERE id = ?", other.pk)


def test_a_policy_moves_only_to_an_address_of_its_own(execute: Execute) -> None:
    policy = make_policy()

    with refused("policy_address_kept"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(slug="elsewhere")
    with refused("policy_identity"), transaction.atomic():
        execute("UPDATE policies_policy SET language = 'de' WHERE id = ?", policy.pk)
    Address.objects.create(policy=policy, slug="elsewhere", language="en")
    Policy.objects.filter(pk=policy.pk).update(slug="elsewhere")


def test_an_address_is_given_once_and_for_ever(execute: Execute) -> None:
    policy, other = make_policy(slug="one"), make_policy(slug="two")
    workflow.rename_policy(policy.pk, by=make_user("Publishers"), at=NOW, slug="three")

    with refused("policy_address_new"), transaction.atomic():
        Policy.objects.create(slug="one", language="en", name="A policy", created_at=NOW)
    with refused("address_not_replaced", "address_is_the_policys"), transaction.atomic():
        Address.objects.create(policy=policy, slug="two", language="en")
    with refused("address_is_the_policys"), transaction.atomic():
        Address.objects.create(policy=policy, slug="drei", language="de")
    with refused("policy_address_kept"), transaction.atomic():
        Policy.objects.filter(pk=other.pk).update(slug="one")
    with refused("address_frozen", "address_place_kept"), transaction.atomic():
        execute("UPDATE policies_address SET policy_id = ? WHERE slug = 'one'", other.pk)
    with refused("address_kept"):
        execute("DELETE FROM policies_address WHERE slug = ?", "one")


def test_an_answer_belongs_to_work_in_progress_and_stays(execute: Execute) -> None:
    revision = make_commented_revision(Status.DRAFT)
    writer, comment = make_user("Writers"), revision.comments.get()
    reply = workflow.answer_comment(comment.pk, by=writer, at=NOW, text="So.")

    with refused("reply_frozen", "commentreply_place_kept"), transaction.atomic():
        CommentReply.objects.filter(pk=reply.pk).update(text="Not so.")
    with refused("reply_kept"), transaction.atomic():
        CommentReply.objects.filter(pk=reply.pk).delete()
    workflow.discard(revision.pk, by=writer, at=NOW)
    with refused("reply_on_open_revision"):
        execute(
            "INSERT INTO policies_commentreply (comment_id, text, created_at)"
            " VALUES (?, 'Late', ?)",
            comment.pk,
            NOW,
        )


def test_a_preview_link_is_bound_for_ever_and_revoked_once(execute: Execute) -> None:
    writer, other = make_user("Writers"), make_revision()
    link = workflow.share(make_revision().pk, by=writer, at=NOW, recipient="Counsel")

    for changes in ({"revision": other}, {"expires_at": NOW + 900 * DAY}, {"recipient": "All"}):
        with refused("preview_link_frozen"), transaction.atomic():
            PreviewLink.objects.filter(pk=link.pk).update(**changes)
    PreviewLink.objects.filter(pk=link.pk).update(uses=7, last_used_at=NOW)
    workflow.revoke_link(link.pk, by=writer, at=NOW)
    with refused("preview_link_frozen"), transaction.atomic():
        PreviewLink.objects.filter(pk=link.pk).update(revoked_at=None, revoked_by=None)
    with refused("preview_link_kept"):
        execute("DELETE FROM policies_previewlink WHERE id = ?", link.pk)


def test_a_policys_time_zone_stays_once_it_has_a_version() -> None:
    policy = make_policy()
    Policy.objects.filter(pk=policy.pk).update(time_zone="Asia/Tokyo")
    make_version(policy=policy)

    with refused("policy_time_zone_kept"):
        Policy.objects.filter(pk=policy.pk).update(time_zone="Europe/Berlin")


def test_a_reason_that_was_given_stays(execute: Execute) -> None:
    given = Acknowledgement.objects.create(
        policy=make_policy(), key="a" * 64, reason="It is right.", acknowledged_at=NOW
    )

    with refused("acknowledgement_frozen", "acknowledgement_place_kept"), transaction.atomic():
        Acknowledgement.objects.filter(pk=given.pk).update(reason="Never mind.")
    with refused("acknowledgement_kept"):
        execute("DELETE FROM policies_acknowledgement WHERE id = ?", given.pk)


def test_what_departs_with_a_version_is_recorded_when_it_is_published_alone(
    execute: Execute,
) -> None:
    policy = make_policy()
    make_version(policy=policy)
    plain = Document("T", "", (Part("Else", "else", "Words."),))
    version = make_revision(
        status=Status.PUBLISHED, policy=policy, document=plain, at=NOW + timedelta(days=1)
    )
    draft = make_revision(policy=policy)
    assert version.departures.count() == 2

    for revision in (version, draft):
        with refused("departure_at_publication"), transaction.atomic():
            Departure.objects.create(revision=revision, anchor="x", heading="X")
    with refused("departure_frozen", "departure_place_kept"), transaction.atomic():
        execute("UPDATE policies_departure SET heading = ? WHERE anchor = 'scope'", "Y")
    with refused("departure_kept"):
        execute("DELETE FROM policies_departure WHERE anchor = ?", "scope")


@pytest.mark.parametrize("column", ["id", "created_by_id"])
def test_who_made_a_policy_never_changes(column: str, execute: Execute) -> None:
    policy = make_policy()

    with refused("policy_identity", "policy_place_kept"):
        execute(f"UPDATE policies_policy SET {column} = 1000 WHERE id = ?", policy.pk)


def test_when_a_policy_was_made_never_changes() -> None:
    policy = make_policy()

    with refused("policy_identity"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(created_at=NOW - DAY)


# --- Frozen: temporary tables do not stand in for ours -------------------------------------------


@on_postgresql
def test_no_rule_looks_at_a_temporary_table_of_the_same_name() -> None:
    version = make_version()
    section = version.sections.first()
    assert section is not None
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE policies_revision (id bigint, status text)")
        cursor.execute("INSERT INTO policies_revision VALUES (%s, 'draft')", [version.pk])

        with refused("section_changed_in_draft"), transaction.atomic():
            cursor.execute("UPDATE policies_section SET body = 'Sold.' WHERE id = %s", [section.pk])

        cursor.execute("DROP TABLE pg_temp.policies_revision")


@on_sqlite
def test_no_rule_looks_at_a_temporary_table(execute: Execute) -> None:
    version = make_version()
    execute("CREATE TEMPORARY TABLE policies_revision (id integer, status text)")
    execute("INSERT INTO temp.policies_revision VALUES (?, 'draft')", version.pk)

    with refused("section_changed_in_draft"):
        execute("UPDATE policies_section SET body = 'Sold.' WHERE revision_id = ?", version.pk)


# --- States --------------------------------------------------------------------------------------


def companions(revision: Revision, status: Status, basis: Basis) -> dict[str, Any]:
    """Return what a revision needs besides its new status, as the workflow would set it."""
    someone = make_user().pk
    published = {
        "number": (Revision.objects.filter(policy=revision.policy).count()),
        "kind": "material",
        "change_note": "New.",
        "effective_at": NOW + 9 * DAY,
        "last_updated_on": NOW.date(),
        "published_at": NOW,
        "published_by_id": someone,
        "basis": basis.value,
        "basis_reason": "" if basis == Basis.APPROVAL else "A reason.",
    }
    return {
        Status.DRAFT: {
            "submitted_at": None,
            "submitted_by_id": None,
            "approved_at": None,
            "approved_by_id": None,
            "approved_digest": "",
        },
        Status.IN_REVIEW: {"submitted_at": NOW, "submitted_by_id": someone},
        Status.APPROVED: {
            "approved_at": NOW,
            "approved_by_id": someone,
            "approved_digest": revision.digest,
        },
        Status.PUBLISHED: published,
        Status.WITHDRAWN: {
            "withdrawn_at": NOW,
            "withdrawn_by_id": someone,
            "withdrawal_reason": "A mistake.",
        },
        Status.DISCARDED: {"discarded_at": NOW, "discarded_by_id": someone},
    }[status]


def is_a_move(old: Status, new: Status, basis: Basis) -> bool:
    if new != Status.PUBLISHED:
        return new in MOVES[old]
    if basis == Basis.APPROVAL:
        return new in MOVES[old]
    # What a person wrote is no import, and the revisions of these tests have writers.
    return new in MOVES_WITHOUT_APPROVAL.get(old, ()) and basis == Basis.EMERGENCY


@pytest.mark.parametrize("new", Status)
@pytest.mark.parametrize("old", Status)
def test_the_database_knows_the_moves_of_states_py_and_no_other(
    old: Status, new: Status, execute: Execute
) -> None:
    revision = make_commented_revision(old)
    moved = 0

    for basis in Basis if new == Status.PUBLISHED else [Basis.APPROVAL]:
        values = {"status": new.value, **companions(revision, new, basis)}
        change = "UPDATE policies_revision SET {} WHERE id = ?".format(
            ", ".join(f"{column} = ?" for column in values)
        )
        if is_a_move(old, new, basis) or old == new == Status.DRAFT:
            execute(change, *values.values(), revision.pk)
            moved += 1
        else:
            with refused():
                execute(change, *values.values(), revision.pk)

    expected = new in MOVES[old] | MOVES_WITHOUT_APPROVAL.get(old, frozenset())
    assert moved == (expected or old == new == Status.DRAFT)


@pytest.mark.parametrize("status", [s for s in Status if s != Status.DRAFT])
def test_a_revision_is_born_a_draft(status: Status, execute: Execute) -> None:
    born = make_revision(status=status)
    values = {field.attname: getattr(born, field.attname) for field in fields_of(Revision)}
    policy = make_policy()
    values |= {"id": None, "policy_id": policy.pk}
    columns = [name for name in values if name != "id"]

    with refused("revision_born_draft"), transaction.atomic():
        Revision(**values).save()
    with refused("revision_born_draft"):
        execute(
            f"INSERT INTO policies_revision ({', '.join(columns)})"
            f" VALUES ({', '.join('?' * len(columns))})",
            *(values[name] for name in columns),
        )


@pytest.mark.parametrize(
    "traces",
    [{"submitted_at": NOW}, {"approved_at": NOW}, {"number": 1}],
    ids=["submitted", "approved", "numbered"],
)
def test_a_draft_is_born_without_a_past(traces: dict[str, Any]) -> None:
    draft = Revision(
        policy=make_policy(), title="T", digest="0" * 64, created_at=NOW, saved_at=NOW, **traces
    )

    with refused("revision_born_draft"), transaction.atomic():
        draft.save()


def test_a_draft_is_not_based_on_another_policys_revision() -> None:
    other = make_version()

    with refused("revision_origin"), transaction.atomic():
        Revision.objects.create(
            policy=make_policy(),
            based_on=other,
            title="T",
            digest="0" * 64,
            created_at=NOW,
            saved_at=NOW,
        )


@pytest.mark.parametrize("status", sorted(OPEN))
def test_there_is_no_second_open_revision(status: Status) -> None:
    policy = make_revision(status=status).policy

    with refused("revision_one_open"), transaction.atomic():
        Revision.objects.create(
            policy=policy, title="T", digest="0" * 64, created_at=NOW, saved_at=NOW
        )


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED])
@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"digest": "f" * 64},
        {"saves": 7},
        {"saved_by_id": 999_999},
        {"submitted_at": NOW + DAY},
        {"approved_digest": "f" * 64},
        {"approved_at": NOW + DAY},
        {"number": 1},
        {"change_note": "Psst."},
        {"created_at": NOW - DAY},
        {"based_on_id": 999_999},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_under_review_or_approved_stays_as_it_is(
    status: Status, change: dict[str, Any]
) -> None:
    revision = make_revision(status=status)

    with refused(), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(**change)


@pytest.mark.parametrize("is_superuser", [False, True])
def test_an_author_does_not_approve_through_the_orm(is_superuser: bool) -> None:
    writer = make_user("Writers", is_superuser=is_superuser)
    revision = make_revision(status=Status.IN_REVIEW, writer=writer)

    with refused("revision_four_eyes"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(
            status=Status.APPROVED,
            approved_at=NOW,
            approved_by=writer,
            approved_digest=F("digest"),
        )
    revision.status, revision.approved_at, revision.approved_by = Status.APPROVED, NOW, writer
    revision.approved_digest = revision.digest
    with refused("revision_four_eyes"), transaction.atomic():
        revision.save()


@pytest.mark.parametrize("trace", ["created_by", "saved_by"])
def test_whoever_made_or_saved_a_draft_wrote_it_even_if_no_contribution_says_so(trace: str) -> None:
    me = make_user(is_superuser=True)
    draft = Revision.objects.create(
        policy=make_policy(),
        title="Mine",
        digest="0" * 64,
        created_at=NOW,
        saved_at=NOW,
        **{trace: me},
    )
    Revision.objects.filter(pk=draft.pk).update(
        status=Status.IN_REVIEW, submitted_at=NOW, submitted_by=me
    )

    with refused("revision_four_eyes"), transaction.atomic():
        Revision.objects.filter(pk=draft.pk).update(
            status=Status.APPROVED, approved_at=NOW, approved_by=me, approved_digest=F("digest")
        )


def test_an_author_does_not_approve_an_emergency_afterwards() -> None:
    version = publish_in_emergency()

    for person in (version.created_by_id, version.published_by_id):
        with refused("late_approval_by_another"), transaction.atomic():
            LateApproval.objects.create(
                revision=version,
                approved_at=NOW,
                approved_by_id=person,
                approved_digest=version.digest,
            )


@pytest.mark.parametrize("fault", ["digest", "basis", "status"])
def test_a_late_approval_is_of_an_emergency_and_of_its_text(fault: str) -> None:
    if fault == "digest":
        revision, digest = publish_in_emergency(), "f" * 64
    else:
        revision = make_revision(status=Status.PUBLISHED if fault == "basis" else Status.IN_REVIEW)
        digest = revision.digest

    with refused("late_approval_by_another"), transaction.atomic():
        LateApproval.objects.create(
            revision=revision,
            approved_at=NOW,
            approved_by=make_user("Reviewers"),
            approved_digest=digest,
        )


def test_an_open_comment_blocks_approval() -> None:
    revision = make_revision(status=Status.IN_REVIEW)
    workflow.comment(revision.pk, by=make_user("Reviewers"), at=NOW, text="Is this so?")

    with refused("revision_comments_first"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(
            status=Status.APPROVED,
            approved_at=NOW,
            approved_by=make_user("Reviewers"),
            approved_digest=F("digest"),
        )


def test_an_open_comment_blocks_publication() -> None:
    revision = make_revision(status=Status.APPROVED)
    workflow.comment(revision.pk, by=make_user("Reviewers"), at=NOW, text="Is this so?")
    values = companions(revision, Status.PUBLISHED, Basis.APPROVAL)

    with refused("revision_comments_first"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


@pytest.mark.parametrize("number", [None, 0, 1, 3, 1000], ids=str)
def test_a_version_gets_the_next_number_and_no_other(number: int | None) -> None:
    policy = make_version().policy
    revision = make_revision(status=Status.APPROVED, policy=policy)
    values = companions(revision, Status.PUBLISHED, Basis.APPROVAL) | {"number": number}

    with refused("revision_number_next"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


def test_the_number_of_a_withdrawn_version_is_not_given_again() -> None:
    policy = make_revision(status=Status.WITHDRAWN).policy
    revision = make_revision(status=Status.APPROVED, policy=policy)
    values = companions(revision, Status.PUBLISHED, Basis.APPROVAL) | {"number": 1}

    with refused("revision_number_next"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


@pytest.mark.parametrize("shift", [timedelta(0), -timedelta(microseconds=1), -DAY], ids=str)
def test_a_version_takes_effect_after_every_earlier_one(shift: timedelta) -> None:
    version = make_version(effective_at=NOW + DAY)
    revision = make_revision(status=Status.APPROVED, policy=version.policy)
    values = companions(revision, Status.PUBLISHED, Basis.APPROVAL)
    values["effective_at"] = NOW + DAY + shift

    with refused("revision_effective_later"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


@pytest.mark.parametrize("basis", [Basis.IMPORT, Basis.EMERGENCY])
def test_what_was_approved_is_published_on_its_approval(basis: Basis) -> None:
    revision = make_revision(status=Status.APPROVED)
    values = companions(revision, Status.PUBLISHED, basis)

    with refused("revision_basis"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_what_a_person_wrote_is_not_published_as_an_import(status: Status) -> None:
    revision = make_revision(status=status)
    values = companions(revision, Status.PUBLISHED, Basis.IMPORT)

    with refused("revision_basis"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(status=Status.PUBLISHED, **values)


@pytest.mark.parametrize("model", [LedgerEntry, AuditEvent])
@pytest.mark.parametrize("fault", ["gap", "place", "link"])
def test_an_entry_follows_the_last_one_of_its_chain(
    model: type[LedgerEntry] | type[AuditEvent], fault: str
) -> None:
    make_version()
    entry = model.objects.order_by("-sequence")[0]
    entry.previous_digest = entry.digest
    entry.sequence += {"gap": 2, "place": -1, "link": 1}[fault]
    if fault == "link":
        entry.previous_digest = "f" * 64
    entry.digest = chains.entry_digest(entry)
    if model is LedgerEntry:
        entry.revision = None

    with refused(), transaction.atomic():
        entry.save(force_insert=True)


# --- People who leave ----------------------------------------------------------------------------


def test_deleting_an_account_erases_nothing(execute: Execute) -> None:
    make_commented_revision(Status.WITHDRAWN)
    version = publish_in_emergency()
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


def test_an_entry_of_the_admins_own_log_neither_stops_a_deletion_nor_takes_history_along() -> None:
    writer = make_user("Writers")
    revision = make_revision(status=Status.PUBLISHED, writer=writer)
    LogEntry.objects.create(
        user=writer, object_id=str(revision.pk), object_repr="x", action_flag=CHANGE
    )
    before = contents()

    writer.delete()

    assert contents() == before
    assert ledger.verify().is_sound


# --- Two transactions at once --------------------------------------------------------------------


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_slipped_into_a_text_while_it_is_handed_in() -> None:
    draft, writer = make_revision(), make_user("Writers")
    settings_of = connection.settings_dict
    with psycopg.connect(
        dbname=settings_of["NAME"],
        user=settings_of["USER"],
        password=settings_of["PASSWORD"] or None,
        host=settings_of["HOST"],
        port=settings_of["PORT"],
    ) as other:
        other.execute(
            "INSERT INTO policies_section (revision_id, position, heading, anchor, body)"
            " VALUES (%s, 9, 'Sale', 'sale', 'We sell it all.')",
            [draft.pk],
        )

        # Uncommitted, so whoever hands the draft in can't see it, and must wait for it.
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            workflow.submit(draft.pk, by=writer, at=NOW)
        other.commit()

    with pytest.raises(workflow.TextChanged):
        workflow.submit(draft.pk, by=writer, at=NOW)


# --- What the walls cost -------------------------------------------------------------------------


SUBSELECT = re.compile(r"\((SELECT [^()]*(?:\([^()]*\)[^()]*)*)\)")


def subselects() -> set[str]:
    """Return the SELECTs of every rule, with a value in the place of NEW's and OLD's columns."""
    found: set[str] = set()
    for rule in walls.rules():
        for select in SUBSELECT.findall(rule.condition):
            select = re.sub(r"(?:NEW|OLD)\.\"?(\w+)\"?", _literal, select)
            found.add(select.replace(" FOR SHARE", ""))
    return found


def _literal(match: re.Match[str]) -> str:
    name = match[1]
    if name.endswith("_at"):
        return "'2026-05-02 12:00:00'"
    return (
        "7"
        if name == "id" or name.endswith("_id") or name in {"number", "sequence", "position"}
        else "'x'"
    )


def test_the_rules_look_rows_up_by_index_so_that_their_cost_does_not_grow() -> None:
    selects = subselects()
    assert len(selects) > 15
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for select in sorted(selects):
            explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            cursor.execute(f"{explain} {select}")
            plan = "\n".join(str(row) for row in cursor.fetchall())

            assert not re.search(r"Seq Scan|'SCAN (?!CONSTANT)", plan), (select, plan)
