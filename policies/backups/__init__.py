"""Backups: the whole site in one file, which either database can be restored from.

`archive` is the file, `contents` says which rows are in it and how they are written, `making` and
`restoring` do it; `schema` asks whether the database is fit for it, `sequences` sees that no id is
given twice. docs/backups.md describes the format.
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
