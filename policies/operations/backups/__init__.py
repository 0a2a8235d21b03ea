"""Backups: the whole site in one file, which can be restored into SQLite or PostgreSQL.

    archive.py    the file
    contents.py   which rows are in it, how they are written, the ids that a table gives next
    making.py     makes a backup
    restoring.py  restores one
    schema.py     whether a database is fit for either, and whether a backup is as this site made it

docs/backups.md describes the format.
"""
