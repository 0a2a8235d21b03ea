"""Two instances on a PostgreSQL whose disk is full: its files are on a small tmpfs."""

import random
import subprocess
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest

from tests.site.cluster import folder_for_a_cluster, running
from tests.site.deployment import Load, Staff, deployed_on, eventually, fields_of

pytestmark = [pytest.mark.postgresql, pytest.mark.mount]

MEGABYTES = 96


class Disk:
    """A disk of MEGABYTES, which can be filled and freed."""

    def __init__(self, folder):
        self._ballast = folder / "ballast"

    def fill(self):
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                try:
                    while ballast.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self):
        self._ballast.unlink()


@contextmanager
def on_a_small_disk():
    with folder_for_a_cluster() as folder, ExitStack() as after:
        disk = folder / "disk"
        disk.mkdir()
        size = f"size={MEGABYTES}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], check=True)
        after.callback(subprocess.run, ["umount", disk], check=True)
        yield after.enter_context(running(disk, folder / "log")), Disk(disk)


def text(seed):
    """Return some 60 kB of text that can't be compressed."""
    chance = random.Random(seed)  # noqa: S311  nothing secret
    lines = (" ".join(chance.randbytes(4).hex() for _ in range(10)) for _ in range(700))
    return "\n\n".join(lines)


def typed(page, seed):
    fields = fields_of(page)
    at = next(number for number, (name, _) in enumerate(fields) if name == "body")
    return [*fields[:at], ("body", text(seed)), *fields[at + 1 :]]


def test_while_the_disk_is_full_readers_read_on_and_staff_lose_nothing(tmp_path):
    with ExitStack() as stack:
        cluster, disk = stack.enter_context(on_a_small_disk())
        deployment = deployed_on(tmp_path, cluster.url)
        one, other = (stack.enter_context(deployment.serving(workers=2)) for _ in range(2))
        for instance in (one, other):
            assert instance.get("/privacy/").status == 200
        # All workers have the page in memory once the load runs.
        load = partial(Load, path="/privacy/", readers=4, pause=0.01)
        with load(one) as at_one, load(other) as at:
            fill_and_free(deployment, cluster, disk, one)
        deployment.assert_all_is_well((one, other), after=(at_one, at))


def fill_and_free(deployment, cluster, disk, instance):
    writer = Staff(instance, deployment.facts["sessions"]["one"])
    edit = f"/admin/policies/revision/{deployment.facts['draft']}/edit/"
    page = writer.get(edit).body
    disk.fill()
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

    disk.free()
    # PostgreSQL stops for good if it finds no room for what it must write: somebody starts it.
    cluster.start()
    eventually(lambda: instance.get("/readyz").status == 200)
    again = writer.post(edit, fields_of(answer.body))
    assert again.status == 302
    assert text(seed).split("\n", 1)[0].encode() in writer.get(edit).body
