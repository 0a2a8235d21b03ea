"""`manage.py migrate`: always forwards, but backwards only while nothing is published."""

import io
import os
import re
import signal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from policies.database import triggers
from policies.models import LedgerEntry
from tests.conftest import ENVIRONMENT, is_quick
from tests.factories import make_version
from tests.servers import printed, python

KILLED_WHILE_IT_RECORDS_A_MIGRATION = """
import os, runpy, signal, sys
from django.db.migrations.recorder import MigrationRecorder

record = MigrationRecorder.record_applied

def killed(recorder, app, name):
    if app == "otp_static":
        os.kill(os.getpid(), signal.SIGKILL)
    record(recorder, app, name)

MigrationRecorder.record_applied = killed
sys.argv = ["manage.py", "migrate", "otp_static"]
runpy.run_path("manage.py", run_name="__main__")
"""


def applied():
    return set(MigrationRecorder(connection).applied_migrations())


@pytest.mark.django_db
@pytest.mark.parametrize("target", [("policies", "0003"), ("policies", "zero"), ("auth", "zero")])
def test_a_published_history_is_not_migrated_away(target):
    make_version()
    before, entries = applied(), LedgerEntry.objects.count()

    words = rf"migrate {target[0]} {target[1]} would undo .*\b{entries} events? in .*Going back"
    with pytest.raises(CommandError, match=words):
        call_command("migrate", *target, verbosity=0)

    assert applied() == before
    assert LedgerEntry.objects.count() == entries
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_what_only_asks_or_goes_forward_works_as_before():
    make_version()
    told = io.StringIO()

    call_command("migrate", "policies", "0003", plan=True, stdout=told)
    call_command("migrate", "policies", verbosity=0)
    call_command("migrate", "auth", verbosity=0)
    with pytest.raises(CommandError, match=re.escape("Cannot find a migration matching 'none'")):
        call_command("migrate", "policies", "none", verbosity=0)

    assert "Undo" in told.getvalue()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_where_nothing_was_published_nothing_is_lost():
    newest = max(name for app, name in applied() if app == "policies")

    call_command("migrate", "policies", "0020" if is_quick() else "0005", verbosity=0)
    try:
        assert ("policies", newest) not in applied()
    finally:
        call_command("migrate", verbosity=0)

    assert ("policies", newest) in applied()


@pytest.mark.slow
def test_one_that_was_killed_while_it_recorded_a_migration_is_run_again(tmp_path):
    """This migration has statements that Django keeps for its end."""
    database = f"sqlite:///{tmp_path}/site.sqlite3"
    variables = {**ENVIRONMENT, "PATH": os.environ["PATH"], "DATABASE_URL": database}

    killed = python("-c", KILLED_WHILE_IT_RECORDS_A_MIGRATION, env=variables)
    assert killed.returncode == -signal.SIGKILL

    assert "otp_static.0001_initial... OK" in printed(
        "manage.py", "migrate", "otp_static", env=variables
    )
