"""A database that is older than the code is reported by every command and probe that checks."""

import io

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from policies.checks import is_migrated
from policies.database import migration_state, triggers


@pytest.fixture
def older(db):
    """Make the database look as before the newest migration."""
    newest = max((settings.BASE_DIR / "policies" / "migrations").glob("0*.py")).stem
    MigrationRecorder(connection).migration_qs.filter(app="policies", name=newest).delete()


@pytest.mark.django_db
def test_a_migrated_database_lacks_nothing():
    assert migration_state.missing(connection) == []
    assert is_migrated(databases=["default"]) == []
    assert is_migrated(databases=None) == []


@pytest.mark.django_db
def test_what_a_newer_version_added_is_no_fault_of_the_database():
    MigrationRecorder(connection).record_applied("policies", "9999_of_tomorrow")

    assert migration_state.missing(connection) == []


@pytest.mark.usefixtures("older")
def test_the_check_says_what_is_lacking_and_what_to_do():
    (error,) = is_migrated(databases=["default"])

    assert error.id == "policies.E004"
    assert "it lacks 1 migration, the first of them policies.0" in error.msg
    assert "manage.py migrate" in str(error.hint)
    with pytest.raises(SystemCheckError, match="it lacks 1 migration"):
        call_command("check", databases=["default"])


@pytest.mark.usefixtures("older")
def test_the_site_is_not_ready(client):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert b"manage.py migrate" in answer.content


@pytest.mark.django_db
def test_what_the_code_wants_is_read_once_in_a_process(client, monkeypatch):
    assert client.get("/readyz").status_code == 200
    monkeypatch.delattr(migration_state, "Path")

    assert client.get("/readyz").status_code == 200


@pytest.fixture
def newer(db):
    """Make the database look as after an upgrade: one more migration, other rules."""
    MigrationRecorder(connection).record_applied("policies", "9999_of_tomorrow")
    triggers.remove(connection)


@pytest.mark.usefixtures("newer")
def test_a_process_of_the_last_version_stays_ready_after_migrate(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.usefixtures("newer")
def test_a_process_that_can_no_longer_read_the_database_is_not_ready(client):
    def refuse(execute, sql, *rest):
        if 'FROM "policies_revision"' in sql:
            raise OperationalError("no such column")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_a_missing_rule_makes_the_site_unready_unless_a_newer_version_has_migrated(client):
    triggers.remove(connection)

    assert client.get("/readyz").status_code == 503


@pytest.mark.usefixtures("older")
def test_verify_says_so_in_one_line():
    output = io.StringIO()

    with pytest.raises(CommandError, match=r"not at this version's state\. Run manage\.py migrate"):
        call_command("verify", jobs=1, stdout=output, stderr=output)

    assert output.getvalue() == ""


@pytest.mark.django_db
def test_a_migration_that_stands_for_others_is_not_missed(monkeypatch):
    """A database that was migrated step by step has those that were squashed since."""
    steps = frozenset({("policies", "0001_initial")})
    squashed = {("policies", "0001_to_9"): steps, ("policies", "0002_x"): frozenset()}
    monkeypatch.setattr(migration_state, "wanted", lambda: squashed)

    assert migration_state.missing(connection) == ["policies.0002_x"]
