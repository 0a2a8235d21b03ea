"""Explains what is wrong with the database to whoever runs a command or reads the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from softphonez_site.values import user_name

if TYPE_CHECKING:
    from django.db import DatabaseError

_NOT_SET_UP = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")
_NOT_OURS = (
    *("readonly database", "unable to open database file", "can't be opened", "permission denied"),
)
_DAMAGED = ("file is not a database", "disk image is malformed")
_DISK = ("disk is full", "disk I/O error")
_READ_ONLY = "read-only transaction"
# The server was reached, but a statement took too long.
_TOOK_LONG = ("statement timeout", "lock timeout")
_SILENT = (
    *("The server has said nothing", "The server did not answer", "connection timeout expired"),
)
_AWAY = "Connection refused"


def explained(error: DatabaseError) -> str:
    """Return sentences: what the database said, which one it is, and what to do about it.

    They never contain the password. For errors outside of the workflow, whose refusals have their
    own words.
    """
    said = " ".join(str(error).split())
    database = settings.DATABASES["default"]
    is_file = "sqlite" in database["ENGINE"]
    where = str(database["NAME"]) if is_file else _address(database)
    kind = f"{type(error.__cause__).__name__} {said}"
    if any(sign in kind for sign in _NOT_SET_UP):
        advice = "It has not been set up for this version: run manage.py migrate."
    elif is_file and any(sign in kind for sign in _NOT_OURS):
        advice = (
            f"DATABASE_URL names this file; you are {user_name()}, who must be able to write "
            "it and its folder. An absolute path has four slashes: sqlite:////srv/site.sqlite3."
        )
    elif is_file and any(sign in kind for sign in _DAMAGED):
        advice = (
            "DATABASE_URL names this file, which is damaged, or no SQLite database. Correct the "
            "address, or restore a backup into a new file (docs/backups.md, Restoring)."
        )
    elif is_file and any(sign in kind for sign in _DISK):
        advice = "Its disk is full, or fails: free some space, or look into the system's log."
    elif is_file:
        advice = "DATABASE_URL names it."
    elif _READ_ONLY in kind:
        advice = (
            "DATABASE_URL names a server that takes no changes now: a standby, or one that was "
            "set to be read only. Name the one that takes them, or wait."
        )
    elif any(sign in kind for sign in _TOOK_LONG):
        advice = (
            "The server cancelled the query: it is busy, or another session holds a lock that it "
            "needs (pg_stat_activity says which). Try again later."
        )
    elif any(sign in kind for sign in _SILENT):
        advice = "It hangs, or the network to it does: look into its log, and try again."
    elif _AWAY in kind:
        advice = "DATABASE_URL names it: start the server, or correct the address."
    else:
        advice = (
            "DATABASE_URL names it; characters such as @ or / in its password are written as %40 "
            "or %2F there."
        )
    end = "" if said.endswith("?") else "."
    return f"The database {where} can't be used: {said.rstrip('.')}{end} {advice}"


def _address(database: dict[str, object]) -> str:
    port = f":{database['PORT']}" if database.get("PORT") else ""
    return f"{database['NAME']} at {database.get('HOST') or 'this machine'}{port}"
