"""A migrated, empty SQLite database: made once in a run of the tests, then copied."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# In the environment, so that workers find the one of the process that started them.
NAME = "MIGRATED_DATABASE"


@contextmanager
def migrated(file: Path) -> Iterator[bool]:
    """Copy the database to `file`; yield whether there was one. If not, whoever asks migrates
    `file` inside the context, while others wait, and gets them theirs.
    """
    kept = Path(os.environ[NAME])
    with kept.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_there = kept.exists()
        if is_there:
            shutil.copy(kept, file)
        yield is_there
        if not is_there:
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(kept)) as copy:
                source.backup(copy)
            kept.chmod(0o600)  # as the site makes them
