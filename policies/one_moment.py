"""What reads and what writes while others go on writing: as of one moment, or without waiting."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_of_one_moment() -> Iterator[None]:
    """Let every query inside see the database as it was at the first of them. Nothing is written.

    Inside a transaction that is open already, it is that one.
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


def take_your_time() -> None:
    """Let this transaction's statements take longer than a request's may (PostgreSQL)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


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
