"""Work on long texts in a child process: bounded, ended in time, and never outliving its server."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import pytest

from policies import child_process
from policies.child_process import Busy, Child, Superseded, TooSlow
from policies.text import importing, rendering
from tests.in_child import patient, using

ROOT = Path(__file__).resolve().parents[2]


def do(function, *args):
    """Have something done as if for a long text."""
    return child_process.run(function, *args, length=None)


@contextmanager
def at_work(path, begin):
    """Keep the child at work: it reads a pipe that is closed at the end."""
    os.mkfifo(path)
    with ThreadPoolExecutor() as threads:
        future = threads.submit(begin, Path.read_bytes, path)
        with path.open("wb"):  # waits until the child opens it
            yield future


def die_once(path):
    """Die when called for the first time."""
    if path.exists():
        return "done"
    path.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return "not reached"


def test_only_a_server_and_only_for_long_texts_has_a_child():
    assert do(os.getpid) == os.getpid()
    with using(patient()):
        assert child_process.run(os.getpid, length=child_process.SHORT) == os.getpid()
        assert child_process.run(os.getpid, length=child_process.SHORT + 1) != os.getpid()


def test_the_child_stays_for_the_next_text_and_comes_after_everybody_else():
    with using(patient()):
        assert do(os.getpid) == do(os.getpid) != os.getpid()
        priority = do(os.getpriority, os.PRIO_PROCESS, 0)
    assert priority > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_result_and_a_refusal_are_the_same_as_without_a_child():
    text = "One *word*. " * 2_000
    with using(patient()):
        assert do(rendering.render, text) == rendering.render(text)
        with pytest.raises(rendering.RenderingRefused, match="Line 1: quotes and lists are nested"):
            do(rendering.render, "> " * 50 + "x")
        with pytest.raises(importing.ImportRefused) as refusal:
            do(importing.read, "terms.docx", b"no Word file")
    assert (refusal.value.file, refusal.value.line) == ("terms.docx", 1)
    assert str(refusal.value).startswith("terms.docx, line 1: ")


def test_work_that_takes_too_long_is_ended_and_the_next_is_done():
    with using(patient(limit=0.1)), child_process.one_turn():
        for work in ((time.sleep, 60), (os.getpid,)):  # what one request works on has one limit
            with pytest.raises(TooSlow, match="takes too long"):
                do(*work)
    with using(patient()):
        with pytest.raises(TooSlow):
            do(bytes, child_process.BYTES)
        assert do(str.upper, "next") == "NEXT"


def test_a_child_that_is_killed_is_replaced(tmp_path):
    with using(patient()):
        idle = do(os.getpid)
        os.kill(idle, signal.SIGKILL)
        assert do(os.getpid) != idle
        assert do(die_once, tmp_path / "died") == "done"
        with pytest.raises(TooSlow):
            do(os._exit, 1)  # each time
        assert do(str.upper, "next") == "NEXT"


def test_a_child_without_work_ends():
    with using(patient(idle=1)):
        watched = os.pidfd_open(do(os.getpid))

        assert select.select([watched], [], [], 30)[0]
        os.close(watched)
        assert do(str.upper, "next") == "NEXT"


def test_a_full_queue_sends_away_at_once_and_a_long_one_after_a_while(tmp_path):
    refused = pytest.raises(Busy, match="Wait a moment, and try again")
    with using(patient(places=1)), at_work(tmp_path / "one", do) as work, refused:
        do(os.getpid)
    assert work.result() == b""
    with using(patient(places=2, patience=0.1)), at_work(tmp_path / "two", do), pytest.raises(Busy):
        do(os.getpid)


def test_people_take_turns_however_much_one_of_them_wants(tmp_path):
    def ask(person, *work):
        with child_process.on_behalf_of(person):
            return do(*work)

    with using(patient(places=2)), ThreadPoolExecutor() as threads:
        assert ask("Ben", str.upper, "first") == "FIRST"
        with at_work(tmp_path / "pipe", lambda *work: ask("Ana", *work)) as first:
            refused = [threads.submit(ask, "Ana", os.getpid) for _ in range(2)]
            wait(refused, return_when=FIRST_COMPLETED)  # of her two, one waits
            refused += [threads.submit(ask, "Ben", os.getpid) for _ in range(2)]
            new = threads.submit(ask, "Cem", str.upper, "new")
            for request in refused:
                with pytest.raises(Busy):
                    request.result()
            for person in ("Ana", "Ben"):
                with pytest.raises(Busy):
                    ask(person, os.getpid)
        assert (first.result(), new.result()) == (b"", "NEW")


def test_a_reader_who_does_not_wait_takes_nobodys_place(tmp_path):
    def next_one():
        with child_process.on_behalf_of("Ana"):
            return do(str.upper, "next")

    with using(patient(places=2)), ThreadPoolExecutor() as threads:
        with at_work(tmp_path / "pipe", do) as first:
            asked = [threads.submit(next_one) for _ in range(2)]
            wait(asked, return_when=FIRST_COMPLETED)
            with child_process.one_turn(patience=0), pytest.raises(Busy):
                do(os.getpid)
        assert first.result() == b""
        assert [it.exception() is None for it in asked].count(True) == 1


def preview(window, function, *args):
    with child_process.one_turn(ending_previews=window, is_preview=True):
        return do(function, *args)


def test_a_newer_preview_ends_the_older_one_of_the_same_window(tmp_path):
    def older(*work):
        return preview("one", *work)

    with using(patient(grace=0.1)), at_work(tmp_path / "pipe", older) as old:
        assert preview("one", str.upper, "new") == "NEW"
        with pytest.raises(Superseded):
            old.result()


def test_a_child_that_soon_has_done_what_nobody_wants_goes_on_to_the_next(tmp_path):
    is_claimed = threading.Event()

    def newer():
        with child_process.one_turn(ending_previews="one", is_preview=True):
            is_claimed.set()
            return do(os.getpid)

    with using(patient(grace=30)), ThreadPoolExecutor() as threads:
        first = do(os.getpid)
        with at_work(tmp_path / "pipe", lambda *work: preview("one", *work)) as old:
            new = threads.submit(newer)
            is_claimed.wait()
        assert new.result() == first
        with pytest.raises(Superseded):
            old.result()


def test_a_save_ends_previews_and_no_preview_ends_a_save(tmp_path):
    def save(*work):
        with child_process.one_turn(ending_previews="one"):
            return do(*work)

    child = patient(grace=0.1)
    with using(child), at_work(tmp_path / "preview", lambda *work: preview("one", *work)) as old:
        assert save(str.upper, "saved") == "SAVED"
        with pytest.raises(Superseded):
            old.result()
    with using(patient(places=1)), at_work(tmp_path / "save", save) as saving, pytest.raises(Busy):
        preview("one", os.getpid)
    assert saving.result() == b""


def test_all_the_work_of_one_request_is_done_in_one_turn(tmp_path):
    waits = threading.Event()

    def other():
        waits.set()
        return do(str.upper, "other")

    with using(patient()), ThreadPoolExecutor() as threads:
        with child_process.one_turn():
            first = do(os.getpid)
            after = threads.submit(other)
            waits.wait()
            assert do(os.getpid) == first
            assert not after.done()
        assert after.result() == "OTHER"


@pytest.mark.filterwarnings("ignore:.*fork")
def test_the_workers_of_a_server_know_of_each_others_previews():
    child = Child()
    is_newest, is_alone = child.claim("one"), child.claim("two")
    if not (pid := os.fork()):
        child.claim("one")
        os._exit(0)
    os.waitpid(pid, 0)

    assert not is_newest()
    assert is_alone()


def test_the_child_ends_after_a_server_that_is_killed_even_while_it_works(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code = (
        "import pathlib; from policies import child_process as c; c.use(c.Child(limit=2)); "
        f"c.run(pathlib.Path.read_bytes, pathlib.Path({str(pipe)!r}), length=None)"
    )
    server = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    writing = os.open(pipe, os.O_WRONLY)  # waits until the child opens it
    server.kill()
    server.wait()

    waiting = select.poll()
    waiting.register(writing, select.POLLERR)
    assert waiting.poll(30_000), "nobody has closed the other end of the pipe"
    os.close(writing)
