"""Django's SQLite, but a connection is to the file that has the database's name now.

SQLite itself goes on with a file that was moved, deleted or replaced, so that a process would serve
for ever what is not there any more. And where there is no file it makes an empty one; beside the
journal of a database that was moved away it then deletes that journal, and with it what was written
last (https://www.sqlite.org/howtocorrupt.html, sections 1.4 and 2.4).
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections that are given up when another file, or none, has the name of theirs."""

    _opened: tuple[int, int] | None = None

    def ensure_connection(self) -> None:
        """Connect, also where there is a connection, but to a file that was taken away."""
        may_close = self.connection is not None and not self.in_atomic_block
        if may_close and self._opened != self._file():
            self.close()
        super().ensure_connection()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; refuse to begin an empty database beside the journal of another."""
        self._opened = self._file()
        name = self.settings_dict["NAME"]
        if self._opened is None and not self.is_in_memory_db():
            try:
                _begin(name)
            except OSError as error:  # a folder that is away or closed: the database's, to Django
                raise sqlite3.OperationalError(
                    f"{name} can't be opened: {error.strerror}."
                ) from error
        if not self.is_in_memory_db():
            # Not made if it was taken away just now (https://www.sqlite.org/uri.html, mode).
            conn_params = {**conn_params, "database": f"{Path(name).absolute().as_uri()}?mode=rw"}
        connection = super().get_new_connection(conn_params)
        self._opened = self._opened or self._file()
        return connection

    def _file(self) -> tuple[int, int] | None:
        """Return which file has the database's name; None: none has, or it is in memory."""
        try:
            found = Path(self.settings_dict["NAME"]).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _begin(name: str) -> None:
    """Make the file of a database, unless the journal of another lies beside it."""
    if Path(f"{name}-wal").exists():
        raise sqlite3.OperationalError(
            f"{name} is not there, but its journal, {name}-wal, is. Put the database back; if "
            "it is lost for good, move the journal away."
        )
    # What is in it is for its owner alone. SQLite gives its journals the same mode.
    os.close(os.open(name, os.O_CREAT | os.O_RDWR, 0o600))
