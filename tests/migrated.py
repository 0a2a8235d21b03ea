"""A migrated, empty SQLite database: made once for the code as it is, then copied."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import django
from django.core.management.commands import flush
from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[1]
# In the environment, so that workers find the one of the process that started them.
NAME = "MIGRATED_DATABASE"


def place():
    """Return where the database of this code is kept from run to run. Others are removed."""
    folder = ROOT / "var" / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(f"{django.VERSION} {sys.version} {sqlite3.sqlite_version}".encode())
    for file in sorted([*ROOT.glob("policies/**/*"), *ROOT.glob("softphonez_site/**/*.py")]):
        if file.suffix in {".py", ".toml"}:
            digest.update(file.read_bytes())
    kept = folder / f"migrated-{digest.hexdigest()[:16]}.sqlite3"
    for other in folder.glob("migrated-*"):
        if other.stem != kept.stem:
            other.unlink(missing_ok=True)
    return kept


@contextmanager
def migrated(file):
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
            half = kept.with_suffix(".new")
            half.unlink(missing_ok=True)
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(half)) as copy:
                source.backup(copy)
            half.chmod(0o600)  # as the site makes them
            half.replace(kept)


def flush_by_copying():
    """Let `flush`, which ends each test with real transactions, copy back the database as it is
    now. To empty each table and to fill those of Django and the rules again takes 0.3 seconds.
    """
    pristine = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(pristine)
    name, empty_each_table = connection.settings_dict["NAME"], flush.Command.handle

    def copy_back(command, **options):
        to = connections[options["database"]]
        if to.in_atomic_block or to.settings_dict["NAME"] != name:
            empty_each_table(command, **options)
        else:
            to.ensure_connection()
            pristine.backup(to.connection)

    flush.Command.handle = copy_back
