"""The site's SQLite backend: a connection is to the file that now has the database's name."""

import sqlite3

import pytest
from django.db import OperationalError, connection

from softphonez_site.sqlite.base import DatabaseWrapper

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.mark.parametrize("name", ["site.sqlite3", "a site?mode=rwc#1 %41.sqlite3"])
def test_a_file_that_is_taken_away_in_between_is_not_made_again(tmp_path, monkeypatch, name):
    """SQLite would delete the journal of the removed file, with what was written last."""
    file, journal = tmp_path / name, tmp_path / f"{name}-wal"
    database = DatabaseWrapper({**connection.settings_dict, "NAME": str(file)}, alias="own")
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id)")
    database.close()
    assert {it.name for it in tmp_path.iterdir()} == {name}
    stood = database.file_identity()
    file.rename(tmp_path / "elsewhere")
    journal.write_bytes(b"written last")
    monkeypatch.setattr(database, "file_identity", lambda: stood)  # as it was a moment ago

    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        database.connect()

    assert not file.exists()
    assert journal.read_bytes() == b"written last"


def test_a_server_makes_no_file_where_a_database_is_missed(tmp_path, monkeypatch):
    """Its empty one would have a journal, which SQLite would take for that of the one put back."""
    file = tmp_path / "site.sqlite3"
    database = DatabaseWrapper({**connection.settings_dict, "NAME": str(file)}, alias="own")
    monkeypatch.setattr(DatabaseWrapper, "may_make_file", False)

    with pytest.raises(OperationalError, match=r"site\.sqlite3 is not there\. Put it back"):
        database.ensure_connection()

    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_missed_is_used_when_its_journal_has_had_time_to_follow(
    tmp_path, monkeypatch
):
    """One moves three files back, one after the other; SQLite would begin a journal in between."""
    file, away = tmp_path / "site.sqlite3", tmp_path / "away"
    database = DatabaseWrapper({**connection.settings_dict, "NAME": str(file)}, alias="own")
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id)")
    monkeypatch.setattr(DatabaseWrapper, "may_make_file", False)
    file.rename(away)
    with pytest.raises(OperationalError, match="is not there"):
        database.ensure_connection()
    away.rename(file)
    back = file.stat().st_ctime

    monkeypatch.setattr("softphonez_site.sqlite.base.time.time", lambda: back + 0.5)
    with pytest.raises(OperationalError, match="was put back less than a second ago"):
        database.ensure_connection()
    monkeypatch.setattr("softphonez_site.sqlite.base.time.time", lambda: back + 2)
    with database.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    database.close()


def test_a_request_that_was_answered_does_not_fail_because_the_file_was_moved(
    tmp_path, monkeypatch
):
    file = tmp_path / "site.sqlite3"
    database = DatabaseWrapper({**connection.settings_dict, "NAME": str(file)}, alias="own")
    database.ensure_connection()
    monkeypatch.setattr(DatabaseWrapper, "may_make_file", False)
    file.rename(tmp_path / "elsewhere")

    database.close_if_unusable_or_obsolete()  # as Django does at the end of each request

    assert database.connection is None


@pytest.mark.parametrize("kind", [PermissionError, FileNotFoundError])
def test_a_folder_that_is_closed_or_away_is_the_databases_fault(tmp_path, monkeypatch, kind):
    """So that pages stay, /readyz says 503, and commands end with an explanation."""

    def refuse(*_):
        raise kind(1, "It is not to be had")

    file = tmp_path / "away" / "site.sqlite3"
    database = DatabaseWrapper({**connection.settings_dict, "NAME": str(file)}, alias="own")
    with (
        monkeypatch.context() as patched
    ):  # no longer: what clears the folder away opens files, too
        if kind is PermissionError:  # which root never gets
            patched.setattr("softphonez_site.sqlite.base.os.open", refuse)
        with pytest.raises(OperationalError, match=rf"{file} can't be opened: (No such|It is not)"):
            database.ensure_connection()
