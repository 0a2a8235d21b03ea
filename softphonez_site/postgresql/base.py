"""Django's PostgreSQL, but a server that hangs is given up after seconds.

`statement_timeout` is the server's own, and `tcp_user_timeout` and keepalives are answered by its
kernel: where the server's processes stand still and the machine does not (a stopped container, a
full disk under the log, SIGSTOP), psycopg would wait for ever.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg
from django.db.backends.postgresql import base

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# Seconds without a byte from the server. In the middle of a statement more than statement_timeout
# (settings.py), after which a server that is alive says so; less where it is only asked whether it
# is there, which is how each request begins.
IN_A_STATEMENT = 12.0
AT_THE_BEGINNING = 2.0
# Seconds after an attempt to connect that nobody answered, in which no other is made: each takes
# connect_timeout of a thread, and a page can need several.
PAUSE = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections that close themselves when the server has said nothing for `patience` seconds."""

    patience = IN_A_STATEMENT
    _unanswered_at = -PAUSE

    @contextmanager
    def patient_for(self, seconds: float) -> Iterator[None]:
        """Wait this long only for what is asked meanwhile."""
        before, self.patience = self.patience, seconds
        try:
            yield
        finally:
            self.patience = before

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if monotonic() - DatabaseWrapper._unanswered_at < PAUSE:
            raise psycopg.OperationalError("The server did not answer just now.")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            DatabaseWrapper._unanswered_at = monotonic()
            raise
        wait = connection.wait

        def wait_and_give_up(steps: Generator[Any, Any, Any], *args: Any, **options: Any) -> Any:
            try:
                return wait(_bounded(steps, self.patience), *args, **options)
            except _Silence:
                connection.close()
                raise

        connection.wait = wait_and_give_up
        return connection

    def is_usable(self) -> bool:
        with self.patient_for(AT_THE_BEGINNING):
            return bool(super().is_usable())


class _Silence(psycopg.OperationalError):
    """The server hangs. Its connection can't be used any more."""


def _bounded(steps: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """Pass on what psycopg waits for and whether it came; raise _Silence if nothing comes.

    psycopg sends nothing (0) several times a second while nothing has come.
    """
    deadline = monotonic() + seconds
    try:
        wanted = next(steps)
        while True:
            came = yield wanted
            if came:
                deadline = monotonic() + seconds
            elif monotonic() > deadline:
                raise _Silence(f"The server has said nothing for {seconds:g} seconds.")
            wanted = steps.send(came)
    except StopIteration as end:
        return end.value
