"""A PostgreSQL server for one test, which can be halted, stopped and killed."""

import os
import signal
import subprocess
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory

import psycopg
from psycopg.sql import SQL, Identifier

from tests.machine import INITDB
from tests.nginx import free_port

# Settings that keep the server's files within a few dozen megabytes.
SMALL = (
    "-c min_wal_size=2MB -c max_wal_size=8MB -c dynamic_shared_memory_type=mmap "
    "-c unix_socket_directories= -c listen_addresses=127.0.0.1"
)


class Cluster:
    """A server with its files in a folder that the server's user can reach."""

    def __init__(self, folder, log):
        self._folder = folder
        self._data = folder / "cluster"
        self._log = log
        self.port = free_port()
        self.url = f"postgres://tests@127.0.0.1:{self.port}/postgres"
        self._data.mkdir(mode=0o700)
        log.touch()
        if os.geteuid() == 0:  # as which PostgreSQL does not run
            subprocess.run(["chown", "postgres:", self._data, log], check=True)
        self._control(
            *("initdb", "--username", "tests", "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", "C.UTF-8", "--no-sync", "--wal-segsize", "1"),
        )
        self.start()

    def start(self):
        if not self.runs():
            options = f"-p {self.port} {SMALL}"
            self._control("pg_ctl", "--wait", "--log", self._log, "--options", options, "start")

    def stop(self):
        """Stop the server at once, whoever is connected, as a hasty restart does."""
        if self.runs():
            with self._gone():
                self._control("pg_ctl", "--mode", "immediate", "stop")

    def kill(self):
        """Kill the server in the middle of whatever it is doing."""
        with self._gone():
            self._send(signal.SIGKILL)
        while self.runs():  # a zombie, until its parent has noticed its end
            pass

    def halt(self):
        """Make the server hang: connections are accepted, but nothing is answered."""
        self._send(signal.SIGSTOP)

    def go_on(self):
        self._send(signal.SIGCONT)

    def database(self, name):
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self.url.removesuffix("postgres") + name

    def runs(self):
        return self._control("pg_ctl", "status", check=False) == 0

    def _processes(self):
        first = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, others)]

    def _send(self, kind):
        for pid in self._processes():
            with suppress(ProcessLookupError):  # some end by themselves meanwhile
                os.kill(pid, kind)

    @contextmanager
    def _gone(self):
        """Leave the `with` block only when none of the processes is left.

        pg_ctl waits only until the server's pid file is gone, but the server lives a moment longer;
        until it has ended, its working folder can't be unmounted or removed.
        """
        with ExitStack() as after:
            ends = []
            for pid in self._processes():
                with suppress(ProcessLookupError):
                    ends.append(os.pidfd_open(pid))
                    after.callback(os.close, ends[-1])
            yield
            for end in ends:
                select([end], [], [])

    def _control(self, program, *arguments, check=True):
        assert INITDB is not None
        user = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
        done = subprocess.run(
            [*user, INITDB.with_name(program), "--pgdata", self._data, *arguments],
            cwd=self._folder,
            check=check,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode


@contextmanager
def folder_for_a_cluster():
    with TemporaryDirectory(prefix="policies-cluster-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def running(folder, log):
    """Yield a running server, and stop it in the end, whatever state it is in."""
    with ExitStack() as after:
        cluster = Cluster(folder, log)
        after.callback(cluster.stop)
        yield cluster
