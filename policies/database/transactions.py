"""Repeatable reads, writing without waiting for a lock or for up to an hour, setting up alone."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper

logger = logging.getLogger(__name__)

# The number of a lock that PostgreSQL keeps for us in each database. Any will do.
_SETTING_UP = 0x706F6C6963796462
# Seconds: how long a command's statement may take, and how much longer the client waits, since a
# server that is alive says by then that it gave up.
AN_HOUR = 3600
MARGIN = 2
# How often a write in the background is tried. Each time, the database waits for 5 seconds.
ATTEMPTS = 6
# What PostgreSQL calls a lock that took too long, and a deadlock.
_LOCKED = {"55P03", "40P01"}

Written = TypeVar("Written")


@contextmanager
def repeatable_read() -> Iterator[None]:
    """Let every query inside see the database as it was at the first of them. Nothing is written.

    Inside a transaction that is open already, it does nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("BEGIN" if sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def long_timeout(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let each statement inside take an hour, where a request's may take seconds (PostgreSQL).

    For commands, around their transactions: what is deferred to a commit takes its time then.
    """
    database = connections[using]
    if database.vendor != "postgresql":
        yield
        return
    with database.with_answer_timeout(AN_HOUR + MARGIN):  # type: ignore[attr-defined]  # softphonez_site/postgresql
        with database.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            (usual,) = cursor.fetchone()
            _limit(cursor, f"{AN_HOUR}s")
        try:
            yield
        finally:
            # A connection that was lost meanwhile has taken the longer time with it.
            if database.connection is not None and database.is_usable():
                with database.cursor() as cursor:
                    _limit(cursor, usual)


def _limit(cursor: CursorWrapper, time: str) -> None:
    cursor.execute("SELECT set_config('statement_timeout', %s, false)", [time])


@contextmanager
def without_waiting() -> Iterator[None]:
    """Let a write inside fail at once, as a DatabaseError, where somebody else writes (SQLite).

    For what can as well be written another time, while a reader waits for a page.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    sqlite = connection.connection
    (usual,) = sqlite.execute("PRAGMA busy_timeout").fetchone()
    sqlite.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        sqlite.execute(f"PRAGMA busy_timeout = {usual:d}")


def retry_while_locked(write: Callable[[], Written]) -> Written:
    """Return what a write returns, tried again while others keep the database from taking it.

    For what nobody waits for, outside of transactions. Raises OperationalError, of another kind at
    once.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return write()
        except OperationalError as error:
            if not _is_lock_timeout(error):
                raise
    return write()


def _is_lock_timeout(error: OperationalError) -> bool:
    """Return whether a write lost to others, who held a lock for too long."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lowest byte of an extended code (https://www.sqlite.org/rescode.html).
        return cause.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return getattr(cause, "sqlstate", None) in _LOCKED


@contextmanager
def setup_lock(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Keep everyone else on PostgreSQL from migrating or restoring: they wait, for an hour at most.

    Two that find the same tables missing would both create them. May be nested. The lock belongs
    to the connection, so a process that is killed leaves none behind.
    """
    database = connections[using]
    if database.vendor != "postgresql":
        yield
        return
    with long_timeout(using), transaction.atomic(using), database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SETTING_UP])
        if cursor.fetchone() == (False,):
            logger.warning("Somebody else is setting this database up. Waiting for them.")
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{AN_HOUR}s"])
            cursor.execute("SELECT pg_advisory_lock(%s)", [_SETTING_UP])
    try:
        yield
    finally:
        if database.connection is not None and database.is_usable():
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SETTING_UP])
