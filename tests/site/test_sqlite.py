"""Django's SQLite as this site has it: a connection is to the file that has the database's name."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from softphonez_site.sqlite.base import DatabaseWrapper

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.mark.parametrize("name", ["site.sqlite3", "a site?mode=rwc#1 %41.sqlite3"])
def test_a_file_that_is_taken_away_in_between_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Beside the journal of the one that was taken away: that would be deleted with its words."""
    file, journal = tmp_path / name, tmp_path / f"{name}-wal"
    database = DatabaseWrapper({**connection.settings_dict, "NAME": str(file)}, alias="own")
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id)")
    database.close()
    assert {it.name for it in tmp_path.iterdir()} == {name}
    stood = database._file()
    file.rename(tmp_path / "elsewhere")
    journal.write_bytes(b"written last")
    monkeypatch.setattr(database, "_file", lambda: stood)  # as it was a moment ago

    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        database.connect()

    assert not file.exists()
    assert journal.read_bytes() == b"written last"
