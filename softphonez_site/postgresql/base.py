"""Django's PostgreSQL backend, but it gives up on a server that hangs after a few seconds.

`statement_timeout` is enforced by the server, and `tcp_user_timeout` and keepalives only test the
machine's kernel. If the server's processes are frozen while the machine runs (a stopped container,
a full disk under the log, SIGSTOP), psycopg alone would wait for ever.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg
from django.db.backends.postgresql import base

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# Seconds without a byte from the server. During a statement, more than statement_timeout
# (settings.py), after which a live server reports an error; less for the question whether it is
# there at all, with which each request begins.
STATEMENT_TIMEOUT = 12.0
PING_TIMEOUT = 2.0
# Seconds after an unanswered attempt to connect in which no other is made: each occupies a thread
# for connect_timeout, and a page can need several.
PAUSE = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is closed when the server has been silent for `answer_timeout` seconds."""

    answer_timeout = STATEMENT_TIMEOUT
    unanswered_at = -PAUSE

    @contextmanager
    def with_answer_timeout(self, seconds: float) -> Iterator[None]:
        """Set another timeout for the statements of a `with` block."""
        before, self.answer_timeout = self.answer_timeout, seconds
        try:
            yield
        finally:
            self.answer_timeout = before

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if monotonic() - DatabaseWrapper.unanswered_at < PAUSE:
            raise psycopg.OperationalError("The server did not answer just now.")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            DatabaseWrapper.unanswered_at = monotonic()
            raise
        # Not documented (tests/site/test_locks.py): psycopg has no time limit of its own.
        wait = connection.wait

        def wait_within_timeout(steps: Generator[Any, Any, Any], *args: Any, **options: Any) -> Any:
            try:
                return wait(_bounded(steps, self.answer_timeout), *args, **options)
            except _NoAnswer:
                connection.close()
                raise

        connection.wait = wait_within_timeout
        return connection

    def is_usable(self) -> bool:
        with self.with_answer_timeout(PING_TIMEOUT):
            return bool(super().is_usable())


class _NoAnswer(psycopg.OperationalError):
    """The server hangs. Its connection can't be used any more."""


def _bounded(steps: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """Wrap psycopg's generator of waits; raise _NoAnswer once nothing has come for so many seconds.

    While nothing comes, psycopg sends 0 into it several times a second.
    """
    deadline = monotonic() + seconds
    try:
        wanted = next(steps)
        while True:
            answered = yield wanted
            if answered:
                deadline = monotonic() + seconds
            elif monotonic() > deadline:
                raise _NoAnswer(f"The server has said nothing for {seconds:g} seconds.")
            wanted = steps.send(answered)
    except StopIteration as end:
        return end.value
