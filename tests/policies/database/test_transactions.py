"""Slow statements: the server and the client wait for those of commands, and for no others."""

from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection, transaction

from policies import ledger
from policies.database import transactions
from policies.database.transactions import long_timeout
from policies.operations.backups.restoring import check
from tests.factories import make_version
from tests.policies.operations.backup_files import back_up, restore
from tests.policies.operations.backup_files import sound as sound

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def limits():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return cursor.fetchone()[0], connection.answer_timeout


SLOW = "SELECT pg_sleep(1.6)"


def slow():
    with connection.cursor() as cursor:
        cursor.execute(SLOW)


@pytest.fixture
def hasty():
    """Let the client wait only a second for the slow statement where it waits as in a request; see
    that there was one. Any other may take longer, on a busy machine.
    """
    executed, usual = [], connection.answer_timeout

    def note(execute, sql, *more):
        executed.append(sql)
        is_hasty = sql == SLOW and connection.answer_timeout == usual
        with connection.with_answer_timeout(1.0 if is_hasty else connection.answer_timeout):
            return execute(sql, *more)

    with connection.execute_wrapper(note):
        yield
    assert SLOW in executed


@pytest.mark.usefixtures("hasty")
def test_only_inside_is_a_slow_statement_waited_for():
    with long_timeout():
        slow()

    with pytest.raises(OperationalError, match=r"said nothing for 1 seconds"):
        slow()
    connection.close()


def test_the_usual_limits_hold_again_however_it_ends():
    usual = limits()

    with long_timeout():
        assert limits() == ("1h", transactions.AN_HOUR + transactions.MARGIN)
    assert limits() == usual
    with (
        suppress(ProgrammingError),
        long_timeout(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT nothing")
    assert limits() == usual
    with long_timeout():
        connection.close()
    assert limits() == usual


@pytest.mark.usefixtures("hasty")
def test_a_restore_takes_its_time(sound, monkeypatch):
    from policies.operations.backups import restoring

    check = restoring.require_empty
    monkeypatch.setattr(restoring, "require_empty", lambda: (slow(), check()))

    restore(sound)

    assert ledger.verify().entries


@pytest.mark.usefixtures("hasty")
def test_a_backup_takes_its_time(tmp_path, monkeypatch):
    from policies.operations.backups import making

    make_version()
    heads = making.head_of
    monkeypatch.setattr(making, "head_of", lambda model: (slow(), heads(model))[1])

    back_up(tmp_path / "site.zip")

    assert check(tmp_path / "site.zip").ledger_head


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("command", "slowed"),
    [
        ("migrate", "policies.database.triggers.install"),
        ("verify", "policies.database.triggers.missing"),
    ],
)
def test_so_do_migrate_and_verify(command, slowed, monkeypatch):
    def slowly(*_, **__):
        slow()
        return []

    monkeypatch.setattr(slowed, slowly)

    call_command(command, **({"jobs": 1} if command == "verify" else {}), verbosity=0)
