"""Backups: the whole site in one file, which either database can be restored from.

    archive.py    the file
    contents.py   which rows are in it, and how they are written
    making.py     a backup is made
    restoring.py  and read back
    schema.py     whether the database is fit for it
    sequences.py  no id is given twice, afterwards

docs/backups.md describes the format.
"""

from .archive import BackupRefused, Manifest, Table, examine
from .contents import LEFT_OUT
from .making import back_up
from .restoring import Restored, restore

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
