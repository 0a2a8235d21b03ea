"""Faults and races of a whole deployment: two instances and one database, with real processes."""

import resource
import signal
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import escape
from pathlib import Path

import pytest

from tests.site.deployment import Load, Staff, deployed_on, eventually, fields_of, kill

pytestmark = pytest.mark.slow


def staff(deployment, instance, name="one"):
    return Staff(instance, deployment.facts["sessions"][name])


def test_two_people_publishing_at_once_on_two_instances_make_one_version_that_shows_on_both(
    deployment, instances
):
    people = [staff(deployment, *it) for it in zip(instances, ("one", "other"), strict=True)]
    path = f"/admin/policies/revision/{deployment.facts['approved']}/publish/"
    seen = ("seen_digest", deployment.facts["approved_digest"])
    start = threading.Barrier(2)

    def publish(person):
        start.wait()
        return person.post(path, [("when", "now"), seen])

    assert [it.get("/terms/").status for it in instances] == [404, 404]
    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(publish, people))
    for instance in instances:
        eventually(lambda at=instance: at.get("/terms/").status == 200)

    assert {it.status for it in answers} <= {302, 422}
    assert 302 in {it.status for it in answers}
    assert [it.get("/terms/versions/2/").status for it in instances] == [404, 404]


def test_a_publication_shows_on_every_instance_within_a_second(deployment, instances):
    took = 1.0
    for text in ("Text 2.", "Text 3.", "Text 4."):  # a machine may be busy once, not thrice
        if took < 1:
            break
        deployment.publish("privacy", text)
        took = max(
            eventually(lambda at=it, said=text: said.encode() in at.get("/privacy/").body)
            for it in instances
        )
    assert took < 1


PAGES = ("/", "/privacy/", "/privacy/versions/")


def assert_away(instance, pages):
    """Assert that the database counts as away: pages stay as they were, and /readyz says so."""
    eventually(lambda: instance.get("/readyz").status == 503)
    assert instance.get("/healthz").status == 200
    for path, body in pages.items():
        answer = instance.get(path)
        assert (answer.status, answer.body) == (200, body)
    assert instance.get("/no-such-page/").status == 503


def all_workers_are_ready(instance):
    """Ask so often that each worker is asked: the kernel chooses one for each connection."""
    return all(instance.get("/readyz").status == 200 for _ in range(20))


def assert_nothing_is_lost(deployment, instances, away, back):
    """Take the database away, read and write meanwhile, and bring it back."""
    pages = [{path: it.get(path).body for path in PAGES} for it in instances]
    writer = staff(deployment, instances[1])
    edit = f"/admin/policies/revision/{deployment.facts['draft']}/edit/"
    fields = fields_of(writer.get(edit).body)
    title = f"Typed <while> {away.__name__}"
    typed = [(name, title if "title" in name else it) for name, it in fields]

    away()
    try:
        for instance, seen in zip(instances, pages, strict=True):
            assert_away(instance, seen)
        refused = writer.post(edit, typed)
        refused_again = writer.post(edit, fields_of(refused.body))
    finally:
        back()

    for answer in (refused, refused_again):
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")
        assert answer.headers["cache-control"] == "no-store, private"
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert b"It is not lost" in answer.body
    for instance in instances:
        eventually(lambda at=instance: all_workers_are_ready(at))
    assert writer.post(edit, fields_of(refused_again.body)).status == 302
    assert escape(title).encode() in writer.get(edit).body


@pytest.mark.postgresql
@pytest.mark.parametrize("fault", ["hang", "refuse"])
def test_while_the_database_is_away_readers_read_on_and_staff_lose_nothing(
    deployment, instances, fault
):
    assert deployment.proxy
    away = getattr(deployment.proxy, fault)
    assert_nothing_is_lost(deployment, instances, away, deployment.proxy.open)


@pytest.mark.postgresql
@pytest.mark.cluster
@pytest.mark.parametrize(
    ("fault", "mend"), [("halt", "go_on"), ("stop", "start"), ("kill", "start")]
)
def test_readers_are_served_under_load_whatever_happens_to_a_server(tmp_path, cluster, fault, mend):
    deployment = deployed_on(tmp_path, cluster.database(fault))
    away, back = getattr(cluster, fault), getattr(cluster, mend)
    with deployment.serving(workers=2) as one, deployment.serving(workers=2) as other:
        for path in (*PAGES, *PAGES):
            assert one.get(path).status == other.get(path).status == 200
        with Load(one, "/privacy/", readers=4) as at_one, Load(other, "/privacy/", readers=4) as at:
            assert_nothing_is_lost(deployment, (one, other), away, back)
        deployment.assert_all_is_well((one, other), after=(at_one, at))


@pytest.mark.postgresql
def test_a_database_that_was_restarted_is_asked_again_without_an_error(deployment, instances):
    assert deployment.proxy
    desk = staff(deployment, instances[0])
    assert desk.get("/admin/").status == 200
    deployment.proxy.refuse()
    deployment.proxy.open()
    assert desk.get("/admin/").status == 200
    assert instances[1].get("/privacy/").status == 200


@pytest.mark.sqlite
@pytest.mark.parametrize("moved", ["the database", "its journal, too"])
def test_a_database_that_was_moved_away_is_missed_and_comes_back_whole(
    deployment, instances, moved
):
    """SQLite by itself would go on with the moved file, or make an empty one in its place."""
    files = [deployment.file]
    if moved != "the database":
        files += [Path(f"{files[0]}-wal"), Path(f"{files[0]}-shm")]
    elsewhere = deployment.folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    deployment.publish("privacy", f"Written last, before {moved}.")
    for instance in instances:
        eventually(lambda at=instance: b"Written last" in at.get("/privacy/").body)

    def moved_away():
        for file in files:
            file.rename(elsewhere / file.name)

    def moved_back():
        assert not deployment.file.exists()  # no server made an empty one in its place
        for file in reversed(files):  # without its journal it is not the database that it was
            (elsewhere / file.name).rename(file)

    assert_nothing_is_lost(deployment, instances, moved_away, moved_back)
    deployment.run("manage.py", "verify")
    with deployment.serving() as fresh:
        assert f"Written last, before {moved}.".encode() in fresh.get("/privacy/").body


@pytest.mark.sqlite
@pytest.mark.parametrize("fault", ["locked", "full"])
def test_a_form_that_can_not_be_saved_can_be_sent_again(deployment, instances, fault):
    instance = instances[0]
    writer = staff(deployment, instance)
    edit = f"/admin/policies/revision/{deployment.facts['draft']}/edit/"
    fields = fields_of(writer.get(edit).body)
    typed = [(name, f"Typed while {fault}" if "title" in name else it) for name, it in fields]
    (worker,) = instance.workers()

    if fault == "locked":
        other = sqlite3.connect(deployment.file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        refused = writer.post(edit, typed)
        other.close()
    else:
        before = resource.prlimit(worker, resource.RLIMIT_FSIZE)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, before[1]))
        refused = writer.post(edit, typed)
        assert instance.get("/privacy/").status == 200
        resource.prlimit(worker, resource.RLIMIT_FSIZE, before)

    assert refused.status == 503
    assert writer.post(edit, fields_of(refused.body)).status == 302
    assert f"Typed while {fault}".encode() in writer.get(edit).body


def test_readers_notice_neither_a_killed_worker_nor_a_reload(deployment):
    with deployment.serving(workers=2) as instance:
        body = instance.get("/privacy/").body
        with Load(instance, "/privacy/", readers=8) as load:
            for number, worker in enumerate(instance.workers()):
                kill(worker)
                instance.wait_until_said("takes connections", 3 + number)
            # A reader has one request in flight, and a worker that dies takes it along.
            assert set(load.failures) <= {"broken"}
            assert len(load.failures) <= 8 * 2
            load.forget()
            workers = set(instance.workers())
            instance.process.send_signal(signal.SIGHUP)
            instance.wait_until_said("takes connections", 6)
            eventually(lambda: not workers & set(instance.workers()))
        assert load.failures == []
        assert load.bodies == {body}


@pytest.mark.parametrize("workers", [1, 2])
def test_reloads_under_load_cut_off_nobody(deployment, workers):
    with deployment.serving(workers=workers) as instance:
        instance.get("/privacy/")
        with Load(instance, "/privacy/", readers=4) as load:
            for number in range(2, 7):
                old = set(instance.workers())
                instance.process.send_signal(signal.SIGHUP)
                instance.wait_until_said("takes connections", number * workers)
                eventually(lambda gone=old: not gone & set(instance.workers()))
        assert load.failures == []
        assert len(load.bodies) == 1


@contextmanager
def away(deployment, how):
    """Take the database away; yield a function that brings it back.

    how: a server can "refuse" or "hang"; with SQLite, "refuse" moves the database's folder away,
    and "hang" puts another file into its place.
    """
    file, elsewhere = deployment.file, deployment.folder / "elsewhere"

    def back():
        if deployment.proxy:
            deployment.proxy.open()
        elif elsewhere.is_dir():
            elsewhere.rename(file.parent)
        elif elsewhere.exists():
            elsewhere.replace(file)

    if deployment.proxy:
        getattr(deployment.proxy, how)()
    elif how == "refuse":
        file.parent.rename(elsewhere)
    else:
        file.rename(elsewhere)
        file.write_bytes(b"This is no database. " * 500)
    try:
        yield back
    finally:
        back()


def wait_until_kept(deployment, pages, *more):
    """Wait until these pages stand in the snapshot, and these words of pages nobody asked for."""

    def are_kept():
        file = deployment.snapshot.read_bytes() if deployment.snapshot.exists() else b""
        return all(it in file for it in (*(page.body for page in pages.values()), *more))

    eventually(are_kept)


def test_a_cold_start_with_the_database_away_serves_what_was_published_last(deployment, tmp_path):
    """Also at a host that they were not made for."""
    deployment = deployment.apart(tmp_path)
    text = "Text 8."
    deployment.publish("privacy", text)
    with deployment.serving() as before:
        pages = {path: before.get(path) for path in ("/", "/privacy/", "/privacy/embed/")}
        # Of the first version as Markdown: no page in HTML has a paragraph end like that.
        wait_until_kept(deployment, pages, b"Text 1.\n\n")

    for how in ("refuse", "hang"):
        with away(deployment, how) as back, deployment.serving() as instance:
            for path, page in pages.items():
                answer = instance.get(path)
                assert (answer.status, answer.body) == (200, page.body)
                policy = "content-security-policy"
                assert answer.headers[policy] == page.headers[policy]
            assert text.encode() in instance.get("/privacy/", "Host: 127.0.0.1").body
            assert instance.get("/privacy/", "Host: evil.example").status == 400
            assert instance.get("/privacy/versions/1.md").status == 200  # nobody has asked for it
            assert instance.get("/privacy/versions/99/").status == 503
            assert instance.get("/readyz").status == 503
            assert instance.get("/healthz").status == 200

            back()
            eventually(lambda at=instance: at.get("/readyz").status == 200)
            if how == "refuse":
                text = "Text 9."
                deployment.publish("privacy", text)
                eventually(lambda at=instance: b"Text 9." in at.get("/privacy/").body)
                pages = {path: instance.get(path) for path in pages}
                elsewhere = instance.get("/privacy/", "Host: 127.0.0.1")
                wait_until_kept(deployment, {**pages, "at another host": elsewhere})


@pytest.mark.parametrize("harm", ["removed", "altered", "its folder emptied"])
def test_a_damaged_snapshot_is_written_again(deployment, tmp_path, harm):
    """Even if nothing is published: a cold start may need it before that."""
    deployment = deployment.apart(tmp_path)
    with deployment.serving() as instance:
        pages = {"/privacy/": instance.get("/privacy/")}
        wait_until_kept(deployment, pages)
        if harm == "altered":
            deployment.snapshot.write_bytes(deployment.snapshot.read_bytes()[:1000])
        else:
            everything = deployment.snapshot.parent.glob(f"{deployment.snapshot.name}*")
            for file in [deployment.snapshot] if harm == "removed" else everything:
                file.unlink(missing_ok=True)  # one that was just being written has its name by now
        wait_until_kept(deployment, pages)
