"""The triggers themselves: making, checking, lifting and restoring them."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import TextField

from policies.database import triggers
from policies.ledger.verification import verify_chains
from policies.models import Rendering, Section
from tests.factories import make_version

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
FROZEN = "Only a draft's text can change"


def names():
    return [trigger.name for trigger in triggers._wanted(connection)]


def definition(name):
    return next(t.statements for t in triggers._wanted(connection) if t.name == name)


def table_of(name):
    return next(t.table for t in triggers._wanted(connection) if t.name == name)


def test_a_migrated_database_has_every_trigger():
    assert triggers.missing(connection) == []
    assert len(names()) == len(set(names())) > 40


def test_every_trigger_has_a_name_that_postgresql_does_not_cut():
    assert max(len(name.encode()) for name in names()) <= 63


def test_every_missing_trigger_is_reported():
    for name in names():
        with transaction.atomic():
            triggers.remove(connection, only=frozenset({name}))

            assert triggers.missing(connection) == [name]

            triggers.install(connection, only=frozenset({name}))
    assert triggers.missing(connection) == []


def test_verify_reports_missing_triggers_in_one_sentence():
    triggers.remove(connection)

    (problem,) = verify_chains().problems

    some = ", ".join(sorted(names())[:3])
    assert problem == (
        f"Triggers missing or changed: {len(names())} ({some}, …). Run manage.py migrate."
    )


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" WHEN ", " WHEN 0 AND "),
        (" BEFORE ", " AFTER "),
        ("SELECT RAISE", "SELECT NULL; SELECT RAISE"),
    ],
)
def test_every_altered_trigger_of_sqlite_is_reported(old, new):
    for name in names():
        altered = definition(name)[0].replace(old, new, 1)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(altered, None)

        assert triggers.missing(connection) == [name]

        triggers.install(connection, only=frozenset({name}))


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE {table} DISABLE TRIGGER {name}",
        "ALTER TABLE {table} ENABLE REPLICA TRIGGER {name}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER USER",
        "ALTER TRIGGER {name} ON {table} RENAME TO policies_wall_x",
        "ALTER TABLE {table} RENAME TO elsewhere",
        "ALTER FUNCTION {name}() SET search_path = pg_temp, public",
        "ALTER FUNCTION {name}() RESET search_path",
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        " AS $$BEGIN RETURN COALESCE(NEW, OLD); END$$",
    ],
)
def test_every_trigger_of_postgresql_that_is_switched_off_or_altered_is_reported(change):
    for name in names():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change.format(name=name, table=table_of(name)))

            assert name in triggers.missing(connection)

            transaction.set_rollback(True)
    assert triggers.missing(connection) == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BEFORE", "AFTER"),
        ("FOR EACH ROW", "FOR EACH STATEMENT"),
        ("FOR EACH ROW", "FOR EACH ROW WHEN (false)"),
        ("BEFORE UPDATE", "BEFORE UPDATE OF id"),
        ("policies_wall_revision_frozen()", "policies_wall_revision_moves()"),
    ],
)
def test_a_trigger_of_postgresql_that_is_made_otherwise_is_reported(old, new):
    name = "policies_wall_revision_frozen"
    altered = new.join(definition(name)[1].rsplit(old, 1))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name} ON policies_revision")
        cursor.execute(altered)

    assert triggers.missing(connection) == [name]


@pytest.mark.postgresql
def test_a_trigger_that_fires_for_replicas_too_is_as_good():
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE policies_revision ENABLE ALWAYS TRIGGER policies_wall_revision_frozen"
        )

    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_migrate_installs_again_the_triggers_that_a_rebuilt_table_lost():
    field = Section._meta.get_field("heading")
    optional = TextField(null=True)
    optional.set_attributes_from_name("heading")
    optional.model = Section
    with connection.schema_editor() as editor:
        editor.alter_field(Section, field, optional, strict=True)
        editor.alter_field(Section, optional, field, strict=True)
    if connection.vendor == "sqlite":
        assert "policies_wall_section_changed_in_draft" in triggers.missing(connection)

    call_command("migrate", verbosity=0)

    assert triggers.missing(connection) == []


def test_migrating_leaves_triggers_that_are_right_alone():
    executed = []

    def note(execute, sql, params, many, context):
        executed.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        call_command("migrate", verbosity=0)

    assert executed
    assert not [sql for sql in executed if re.match(r"(CREATE|DROP|ALTER)\b", sql)]


def test_lifted_rules_allow_only_what_they_are_lifted_for():
    version = make_version()

    with triggers.lifted(connection, only=triggers.RENDERING_RULES):
        Rendering.objects.filter(revision=version).update(html="<p>New.</p>")
        with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
            version.sections.update(body="New.")

    assert triggers.missing(connection) == []
    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        Rendering.objects.filter(revision=version).update(html="<p>Newest.</p>")


@pytest.mark.parametrize("only", [None, triggers.RENDERING_RULES], ids=["all", "rendering"])
def test_lifted_rules_hold_again_after_an_error(only):
    version = make_version()
    html = version.rendering.html

    def fail():
        with triggers.lifted(connection, only=only):
            Rendering.objects.filter(revision=version).update(html="<p>New.</p>")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert triggers.missing(connection) == []
    assert Rendering.objects.get(revision=version).html == html


def test_only_rerender_and_restore_lift_rules_and_only_migrate_installs_them():
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for folder in ("policies", "softphonez_site")
        for path in (ROOT / folder).rglob("*.py")
    }
    used = {
        (path, function.name, name)
        for path, text in texts.items()
        if "triggers" in text
        for function in ast.walk(ast.parse(text))
        if isinstance(function, ast.FunctionDef)
        for name in re.findall(r"\btriggers\.(lifted|remove|install)\b", ast.unparse(function))
    }

    assert used == {
        ("policies/workflow/texts.py", "_store_again", "lifted"),
        ("policies/ledger/removed_anchors.py", "record_anew", "lifted"),
        ("policies/operations/backups/restoring.py", "_restore", "lifted"),
        ("policies/apps.py", "after_migrate", "install"),
        ("policies/management/commands/migrate.py", "migration_progress_callback", "remove"),
        ("policies/migrations/0024_rescheduling.py", "lift_rules", "remove"),
        ("policies/migrations/0025_audit_of_webhooks.py", "lift_rules", "remove"),
    }
    assert not [path for path, text in texts.items() if "triggers import" in text]
