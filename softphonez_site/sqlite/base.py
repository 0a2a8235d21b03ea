"""Django's SQLite backend, but always connected to the file that now has the database's name.

SQLite itself goes on using a file that was moved, deleted or replaced, so a process would serve for
ever what is no longer there. And if there is no file, SQLite makes an empty one; if that is beside
the journal of a database that was moved away, it deletes the journal, and with it what was written
last (https://www.sqlite.org/howtocorrupt.html, sections 1.4 and 2.4). So servers and jobs of cron
make no file: where the database is to come back, there would be an empty one, with its own journal.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, ClassVar

from django.db.backends.sqlite3 import base

# For so many seconds, a file that was missed is left alone: its journal may come just after it.
_SETTLES_IN = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is replaced when another file, or none, has the database's name."""

    # Not in servers (softphonez_site/loading.py) and jobs of cron (manage.py).
    may_make_file: ClassVar[bool] = True
    _was_missed: ClassVar[bool] = False
    _opened: tuple[int, int] | None = None

    def ensure_connection(self) -> None:
        """Connect; also if there is a connection, but to a file that was moved or removed."""
        self._close_if_moved()
        super().ensure_connection()

    def close_if_unusable_or_obsolete(self) -> None:
        """Close a connection to a file that was moved or removed; make none in its place, which
        would fail: Django calls this when a request has its response already.
        """
        self._close_if_moved()
        super().close_if_unusable_or_obsolete()

    def _close_if_moved(self) -> None:
        may_close = self.connection is not None and not self.in_atomic_block
        if may_close and self._opened != self.file_identity():
            self.close()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError where a file is missed, and just after it is back."""
        self._opened = self.file_identity()
        name = self.settings_dict["NAME"]
        if self._opened is None and not self.is_in_memory_db():
            try:
                self._make_file(name)
            except OSError as error:  # a missing or closed folder is to Django a database error
                raise sqlite3.OperationalError(
                    f"{name} can't be opened: {error.strerror}."
                ) from error
        if not self.is_in_memory_db():
            if self._was_missed and not self.may_make_file and self._has_just_come():
                raise sqlite3.OperationalError(f"{name} was put back less than a second ago.")
            DatabaseWrapper._was_missed = False
            # mode=rw: no file is made if it was removed just now (https://www.sqlite.org/uri.html).
            conn_params = {**conn_params, "database": f"{Path(name).absolute().as_uri()}?mode=rw"}
        connection = super().get_new_connection(conn_params)
        self._opened = self._opened or self.file_identity()
        return connection

    def file_identity(self) -> tuple[int, int] | None:
        """Return device and inode of the file with the database's name; None if there is none."""
        found = self._stat()
        return found and (found.st_dev, found.st_ino)

    def _stat(self) -> os.stat_result | None:
        try:
            return Path(self.settings_dict["NAME"]).stat()
        except OSError:
            return None

    def _has_just_come(self) -> bool:
        found = self._stat()  # renaming a file sets its ctime
        return found is None or 0 <= time.time() - found.st_ctime < _SETTLES_IN

    def _make_file(self, name: str) -> None:
        DatabaseWrapper._was_missed = True
        if Path(f"{name}-wal").exists():
            raise sqlite3.OperationalError(
                f"{name} is not there, but its journal, {name}-wal, is. Put the database back; if "
                "it is lost for good, move the journal away."
            )
        if not self.may_make_file:
            raise sqlite3.OperationalError(
                f"{name} is not there. Put it back, with its journal, {name}-wal, first if there "
                "is one; or make a new one with manage.py migrate."
            )
        # Readable by its owner only. SQLite gives its journals the same mode.
        os.close(os.open(name, os.O_CREAT | os.O_RDWR, 0o600))
