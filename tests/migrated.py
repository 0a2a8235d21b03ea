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
