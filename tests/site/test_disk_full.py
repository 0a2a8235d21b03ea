"""A PostgreSQL whose disk is full, under two instances: its files lie on a small tmpfs."""

from __future__ import annotations

import random
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.conftest import INITDB
from tests.site.deployment import Load, Staff, deployed_on, eventually, fields_of
from tests.site.test_pages_over_http import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.site.deployment import Deployment, Instance

pytestmark = [pytest.mark.postgresql, pytest.mark.mount]

MEGABYTES = 96


class Cluster:
    """A PostgreSQL on a disk of MEGABYTES, which `fill` takes and `free` gives back."""

    def __init__(self, disk: Path) -> None:
        self._disk = disk
        self._data = disk / "cluster"
        self.port = free_port()
        self.url = f"postgres://tests@127.0.0.1:{self.port}/postgres"
        self._data.mkdir(mode=0o700)
        subprocess.run(["chown", "postgres:", self._data], check=True)
        self._as_postgres(
            *("initdb", "--username", "tests", "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", "C.UTF-8", "--no-sync", "--wal-segsize", "1"),
        )
        self.start()

    def start(self) -> None:
        """Start the server, unless it runs."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
            "-c min_wal_size=2MB -c max_wal_size=8MB -c dynamic_shared_memory_type=mmap"
        )
        if not self.runs():
            log = str(self._disk.parent / "log")
            self._as_postgres("pg_ctl", "--wait", "--log", log, "--options", options, "start")

    def stop(self) -> None:
        if self.runs():
            self._as_postgres("pg_ctl", "--mode", "immediate", "stop")

    def runs(self) -> bool:
        return self._as_postgres("pg_ctl", "status", check=False) == 0

    def fill(self) -> None:
        """Leave no byte free."""
        with (self._disk / "ballast").open("wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                try:
                    while ballast.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        (self._disk / "ballast").unlink()

    def _as_postgres(self, program: str, *arguments: str, check: bool = True) -> int:
        done = subprocess.run(
            [
                *("runuser", "-u", "postgres", "--", INITDB.with_name(program)),
                *("--pgdata", self._data, *arguments),
            ],
            cwd=self._disk,
            check=check,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode


@contextmanager
def on_a_small_disk() -> Iterator[Cluster]:
    with ExitStack() as after:
        # Not in the tests' own folders, where the server's user can't come by.
        folder = Path(after.enter_context(TemporaryDirectory(prefix="policies-disk-")))
        folder.chmod(0o755)
        disk = folder / "disk"
        disk.mkdir()
        size = f"size={MEGABYTES}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], check=True)
        after.callback(subprocess.run, ["umount", disk], check=True)
        (folder / "log").touch()
        (folder / "log").chmod(0o666)
        cluster = Cluster(disk)
        after.callback(cluster.stop)
        yield cluster


def text(seed: int) -> str:
    """Return words that can't be compressed away: some 60 kB."""
    chance = random.Random(seed)  # noqa: S311  nothing secret
    lines = (" ".join(chance.randbytes(4).hex() for _ in range(10)) for _ in range(700))
    return "\n\n".join(lines)


def typed(page: bytes, seed: int) -> list[tuple[str, str]]:
    """Return the fields of an editor with another text in the first section."""
    fields = fields_of(page)
    at = next(number for number, (name, _) in enumerate(fields) if name == "body")
    return [*fields[:at], ("body", text(seed)), *fields[at + 1 :]]


def test_while_the_disk_is_full_readers_read_on_and_staff_lose_nothing(tmp_path: Path) -> None:
    with ExitStack() as running:
        cluster = running.enter_context(on_a_small_disk())
        deployment = deployed_on(tmp_path, cluster.url)
        one, other = (running.enter_context(deployment.serving(workers=2)) for _ in range(2))
        for instance in (one, other):
            assert instance.get("/privacy/").status == 200
        # All workers have the page in memory once the load runs.
        with Load(one, "/privacy/", readers=4) as at_one, Load(other, "/privacy/", readers=4) as at:
            fill_and_free(deployment, cluster, one)
        for load in (at_one, at):
            assert load.failures == []
            assert len(load.bodies) == 1
        deployment.publish("privacy", "After that.")
        for instance in (one, other):
            eventually(lambda its=instance: b"After that." in its.get("/privacy/").body)
        deployment.run("manage.py", "verify")


def fill_and_free(deployment: Deployment, cluster: Cluster, instance: Instance) -> None:
    writer = Staff(instance, deployment.facts["sessions"]["one"])
    edit = f"/admin/policies/revision/{deployment.facts['draft']}/edit/"
    page = writer.get(edit).body
    cluster.fill()
    for seed in range(1, 200):
        sent = typed(page, seed)
        answer = writer.post(edit, sent)
        if answer.status == 503:
            break
        assert answer.status == 302  # there was room left in files that are there already
        page = writer.get(edit).body
    assert answer.status == 503
    assert b"It is not lost" in answer.body
    assert sent[-1] in fields_of(answer.body)
    assert ("body", text(seed)) in fields_of(answer.body)
    assert instance.get("/healthz").status == 200
    assert instance.get("/privacy/").status == 200

    cluster.free()
    # PostgreSQL stops for good if it finds no room for what it must write: somebody starts it.
    cluster.start()
    eventually(lambda: instance.get("/readyz").status == 200)
    again = writer.post(edit, fields_of(answer.body))
    assert again.status == 302
    assert text(seed).split("\n", 1)[0].encode() in writer.get(edit).body
