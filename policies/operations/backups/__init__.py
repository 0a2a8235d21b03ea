"""Backups: the whole site in one file, which can be restored into SQLite or PostgreSQL.

    archive.py    the file
    contents.py   which rows are in it, and how they are written
    making.py     makes a backup
    restoring.py  restores one
    schema.py     whether a database is fit for either
    sequences.py  the ids that a table gives next, so that none is ever given twice

docs/backups.md describes the format.
"""

from policies.operations.backups.archive import BackupRefused, Manifest, Table, examine
from policies.operations.backups.contents import LEFT_OUT
from policies.operations.backups.making import back_up
from policies.operations.backups.restoring import Restored, restore

__all__ = [
    "LEFT_OUT",
    "BackupRefused",
    "Manifest",
    "Restored",
    "Table",
    "back_up",
    "examine",
    "restore",
]
