"""Backups: the whole site in one file, which can be restored into SQLite or PostgreSQL.

    archive.py    the file
    contents.py   which rows are in it, and how they are written
    making.py     makes a backup
    restoring.py  restores one
    signatures.py which site made a backup, and whether it is as it was made
    schema.py     whether a database is fit for either
    sequences.py  the ids that a table gives next, so that none is ever given twice

docs/backups.md describes the format.
"""
