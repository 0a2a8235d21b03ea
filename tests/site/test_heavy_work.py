"""A server beside heavy work: it answers everybody else, whatever becomes of its child."""

import os
import select
import signal
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bench.bench_heavy import PREPARE, Person
from tests.servers import printed
from tests.site.serving import environment, make_database, served

# Its servers have SQLite, whatever the database of the tests is.
pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

# For each test: two whose long texts find a place, one who is refused, one with a short text.
PEOPLE = 4
# Long enough for the child (child_process.SHORT). It is stopped, so no test needs work that lasts.
WORDS = 6_000


def children(pid):
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # of a thread that has just ended
            found += map(int, path.read_text().split())
    return found


def _works_on_texts(pid):
    return "multiprocessing.spawn" in Path(f"/proc/{pid}/cmdline").read_text()


def _has_port(pid, port):
    return f"PORT={port}\0" in Path(f"/proc/{pid}/environ").read_text()


class Site:
    def __init__(self, port, drafts):
        self.people = [Person(port, *next(drafts).split()) for _ in range(PEOPLE)]
        (server,) = (it for it in children(os.getpid()) if _has_port(it, port))
        (self.worker,) = children(server)

    @property
    def child(self):
        """Beside it, Python starts a process that tidies up."""
        (child,) = (pid for pid in children(self.worker) if _works_on_texts(pid))
        return child


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("heavy")
    make_database(folder)
    return folder


@pytest.fixture(scope="module")
def drafts(folder):
    """Drafts of as many people as all tests need, each with a session of its writer."""
    code = PREPARE.format(people=4 * PEOPLE)
    command = ["manage.py", "shell", "-v", "0", "-c", code]
    return iter(printed(*command, env=environment(folder, 0)).splitlines())


@pytest.fixture
def site(folder, drafts):
    with served(folder, workers=1) as port:
        site = Site(port, drafts)
        for person in site.people:
            assert person.open_editor() == 200
        yield site


def test_others_are_answered_while_long_texts_wait(site):
    *writers, other = site.people
    assert writers[0].save(1, WORDS) == 302
    os.kill(site.child, signal.SIGSTOP)
    with ThreadPoolExecutor() as threads:
        saving = [threads.submit(it.save, 2, WORDS) for it in writers]
        refused = next(as_completed(saving))

        assert refused.result() == 503
        assert other.probe() == 200
        assert other.open_editor() == 200
        assert other.save(1, words=100) == 302
        assert sum(it.done() for it in saving) == 1
        os.kill(site.child, signal.SIGCONT)
    assert sorted(it.result() for it in saving) == [302, 302, 503]


def test_somebody_who_saves_again_and_again_leaves_others_their_turn(site):
    busy, other, *_ = site.people
    assert busy.save(1, WORDS) == 302
    os.kill(site.child, signal.SIGSTOP)
    with ThreadPoolExecutor() as threads:
        saving = [threads.submit(busy.save, number, WORDS) for number in (2, 3, 4)]
        assert next(as_completed(saving)).result() == 503
        theirs = threads.submit(other.save, 1, WORDS)
        refused = as_completed(saving)
        assert [next(refused).result(), next(refused).result()] == [503, 503]
        os.kill(site.child, signal.SIGCONT)

        assert theirs.result() == 302
    assert sorted(request.result() for request in saving) == [302, 503, 503]


def test_work_whose_child_is_killed_is_done_all_the_same(site):
    one, *_ = site.people
    assert one.save(1, WORDS) == 302
    child = site.child
    os.kill(child, signal.SIGSTOP)
    with ThreadPoolExecutor() as threads:
        saving = threads.submit(one.save, 2, WORDS)
        os.kill(child, signal.SIGKILL)

        assert saving.result() == 302
    assert site.child != child


def test_a_worker_that_is_killed_leaves_no_child_behind(site):
    one, *_ = site.people
    assert one.save(1, WORDS) == 302
    watched = os.pidfd_open(site.child)

    os.kill(site.worker, signal.SIGKILL)

    assert select.select([watched], [], [], 30)[0]
    os.close(watched)
