"""The snapshot of pages: what it accepts, what it refuses, and the thread that writes it."""

import logging
import math
import os
import threading

import pytest

from policies.page_cache.core import SILENCE, Pages
from policies.page_cache.from_django import may_serve
from policies.page_cache.responses import Page
from policies.page_cache.snapshot import Snapshot
from policies.page_cache.snapshot_writer import SnapshotWriter, essential_paths, site_snapshot
from policies.publication_state.state import PublicationState
from policies.urls import of_policy
from tests.factories import NOW, make_policy, make_version
from tests.policies.page_cache.pages_site import BODY, FIRST, HEADERS, SECOND, Site, made

SITE = ("http", "testserver")
KEY = (*SITE, "/privacy/")
OTHER = (*SITE, "/terms/")
WHENEVER = (-math.inf, math.inf)
SCHEDULED = PublicationState(("ledger 1", "audit 1"), since=1_000.5, until=2_000.25)


def page(body=BODY, *, state=FIRST):
    return Page([*HEADERS, ("Vary", "Cookie")], body, state)


def snapshot(folder, *, secret=b"secret", limit=100_000, allowed=True):
    return Snapshot(folder / "pages", secret=secret, limit=limit, may_serve=lambda key: allowed)


@pytest.mark.parametrize("state", [FIRST, SCHEDULED])
def test_a_page_comes_back_as_it_was_in_every_coding(tmp_path, state):
    before = page(state=state)
    snapshot(tmp_path).write([(KEY, before), (OTHER, page(b"Short."))], SITE)

    after = snapshot(tmp_path).find(KEY)

    assert after is not None
    assert after.state == state
    for coding in ("br", "gzip", "identity"):
        one, other = (it.response("GET", coding, None) for it in (before, after))
        assert (one.headers, one.body) == (other.headers, other.body)
    assert {it.name for it in tmp_path.iterdir()} == {"pages"}
    assert (tmp_path / "pages").stat().st_mode & 0o777 == 0o600


def test_another_host_gets_the_sites_own_page_unless_it_is_not_allowed(tmp_path):
    snapshot(tmp_path).write([(KEY, page())], SITE)

    found = snapshot(tmp_path).find(("https", "127.0.0.1:8000", "/privacy/"))

    assert found is not None
    assert found.body == BODY
    assert snapshot(tmp_path).find(OTHER) is None
    assert snapshot(tmp_path, allowed=False).find(KEY) is None


def test_a_change_of_any_single_byte_is_noticed(tmp_path):
    snapshot(tmp_path).write([(KEY, page(b"Short."))], SITE)
    whole = (tmp_path / "pages").read_bytes()

    for at in range(len(whole)):
        damaged = bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]])
        (tmp_path / "pages").write_bytes(damaged)
        assert snapshot(tmp_path).find(KEY) is None
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "pages").write_bytes(whole[:length])
        assert snapshot(tmp_path).find(KEY) is None
    (tmp_path / "pages").write_bytes(whole)
    assert snapshot(tmp_path).find(KEY) is not None


def test_a_file_with_a_foreign_signature_is_not_used_and_logged_once(tmp_path, caplog):
    snapshot(tmp_path, secret=b"another").write([(KEY, page())], SITE)
    reader = snapshot(tmp_path)

    assert [reader.find(KEY), reader.find(KEY), reader.find(OTHER)] == [None, None, None]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'pages'} is not used: its signature is not ours"
    ]
    snapshot(tmp_path).write([(KEY, page())], SITE)
    assert reader.find(KEY) is not None


def test_a_file_of_another_release_is_no_warning(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    snapshot(tmp_path).write([(KEY, page())], SITE)
    file = tmp_path / "pages"
    file.write_bytes(file.read_bytes().replace(b"policies pages 2\n", b"policies pages 1\n"))

    reader = snapshot(tmp_path)

    assert [reader.find(KEY), reader.find(OTHER)] == [None, None]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.INFO, f"{file} is of another release. It will be written anew.")
    ]


def test_size_is_limited_for_writing_and_reading_and_the_first_pages_are_kept(tmp_path, caplog):
    many = [((*SITE, f"/{number}/"), page()) for number in range(100)]
    limit = 10 * page().size
    snapshot(tmp_path, limit=limit).write(many, SITE)

    reader = snapshot(tmp_path, limit=limit)
    assert [reader.find(key) is not None for key, _ in many] == [True] * 10 + [False] * 90
    for more, reason in (
        (0, "its signature is not ours"),
        (1, f"it has {2 * limit + 1_000_001} bytes"),
    ):
        os.truncate(tmp_path / "pages", 2 * limit + 1_000_000 + more)
        assert reader.find(many[0][0]) is None
        assert caplog.records[-1].getMessage().endswith(f"is not used: {reason}")


def test_a_failed_write_leaves_the_old_file(tmp_path):
    snapshot(tmp_path).write([(KEY, page())], SITE)
    (tmp_path / "pages.new").mkdir()

    with pytest.raises(OSError):
        snapshot(tmp_path).write([(KEY, page(b"New."))], SITE)

    found = snapshot(tmp_path).find(KEY)
    assert found is not None
    assert found.body == BODY


@pytest.mark.parametrize("harm", ["shorter", "longer", "older", "newer", "another", "none"])
def test_a_file_that_somebody_replaced_altered_or_removed_is_noticed(tmp_path, harm):
    file = tmp_path / "pages"
    kept = snapshot(tmp_path)
    kept.write([(KEY, page())], SITE)
    assert kept.is_as_written()

    stat, content = file.stat(), file.read_bytes()
    if harm == "none":
        file.unlink()
    elif harm == "another":
        (tmp_path / "other").write_bytes(content)
        (tmp_path / "other").replace(file)
    elif harm in {"shorter", "longer"}:
        file.write_bytes(content[:-1] if harm == "shorter" else content + b"x")
    if harm != "none":
        by = {"older": -1, "newer": 1}.get(harm, 0)
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + by))
    assert not kept.is_as_written()


@pytest.mark.parametrize("name", ["pages", "pages.new", "pages.lock"])
def test_a_link_or_a_pipe_in_the_place_of_a_file_is_neither_followed_nor_waited_for(tmp_path, name):
    other, there = tmp_path / "other", tmp_path / name
    other.write_text("Somebody's.")
    for make in (there.symlink_to, lambda _: os.mkfifo(there)):
        there.unlink(missing_ok=True)
        make(other)
        if name == "pages":
            assert kept(tmp_path, "/") is None
        pages = pages_that_show({"/": b"One."}, [FIRST])
        run(writer(pages, tmp_path, "/", hours=Hours({1.0: lambda: None})))

        assert other.read_text() == "Somebody's."
        assert kept(tmp_path, "/") == (None if name == "pages.lock" else b"One.")


# --- In front of a database that is away -------------------------------------------------------


def test_a_process_without_pages_serves_the_snapshots_until_the_database_answers():
    old = page(b"Old.")
    site = Site(
        lambda key: made(b"Not available.", state=None, status=503),
        fallback=lambda key: old if key == KEY else None,
    )

    assert site.read(KEY) == b"Old."  # Django fails, and the database has only just gone
    site.uptime += SILENCE + 1
    assert site.pages.at(KEY) is old
    for clock in (10.0, 0.0, 1e10):  # set back and forth
        site.now = clock
        assert site.pages.at(KEY) is old
    assert site.read(OTHER) == b"Not available."
    site.django = lambda key: made(b"New.", state=SECOND)
    site.update(SECOND)
    assert site.read(KEY) == b"New."


def test_a_silent_database_is_not_asked_for_a_page_in_the_snapshot():
    site = Site(fallback=lambda key: page(b"Old."))
    site.uptime += SILENCE + 1

    assert site.read(KEY) == b"Old."
    assert site.asked == []


def writer(pages, folder, *paths, hours=None):
    return SnapshotWriter(
        pages,
        snapshot(folder, limit=10_000_000),
        paths=lambda: list(paths),
        **({"clock": hours.monotonic, "event": lambda: hours} if hours else {}),
    )


def kept(folder, path):
    found = snapshot(folder, limit=10_000_000).find((*SITE, path))
    return None if found is None else found.body


def pages_that_show(text, state, before=lambda key: None):
    """Return pages with these texts; `before` is called before each is made."""
    missing = made(b"Not found.", state=None, status=404)

    def make(key):
        before(key)
        return made(text[key[2]], state=state[0]) if key[2] in text else missing

    pages = Pages(
        make,
        limit=10_000_000,
        monotonic=lambda: 0.0,  # however slow the machine, the database is not taken to be silent
    )
    pages.update(state[0], pages.begin_reading())
    return pages


def test_essential_pages_are_written_although_nobody_requested_them(tmp_path):
    state = [FIRST]
    text = {f"/{number}/": b"One." for number in range(30)}
    pages = pages_that_show(text, state)
    written_by = writer(pages, tmp_path, *text, "/none/")

    assert written_by.refresh()
    assert {kept(tmp_path, path) for path in text} == {b"One."}
    assert kept(tmp_path, "/none/") is None

    state[0] = SECOND
    pages.update(SECOND, pages.begin_reading())
    text["/0/"] = b"Two."
    del text["/29/"]
    assert written_by.refresh()
    assert (kept(tmp_path, "/0/"), kept(tmp_path, "/1/")) == (b"Two.", b"One.")
    assert kept(tmp_path, "/29/") is None


def test_while_much_is_published_the_first_pages_are_new_and_the_rest_as_before(tmp_path):
    state, text = [FIRST], {f"/{number}/": b"One." for number in range(30)}
    assert writer(pages_that_show(text, state), tmp_path, *text).refresh()
    text.update(dict.fromkeys(text, b"Two."))

    def publish(key):
        if key[2] == "/20/":
            state[0] = PublicationState((state[0].heads[0] + ".", ""), *WHENEVER)
            restarted.update(state[0], restarted.begin_reading())

    restarted = pages_that_show(text, state, publish)
    assert not writer(restarted, tmp_path, *text).refresh()
    assert (kept(tmp_path, "/0/"), kept(tmp_path, "/29/")) == (b"Two.", b"One.")


def test_pages_that_nobody_requested_take_half_of_the_memory_at_most(tmp_path):
    text = {f"/{number}/": b"One." for number in range(30)}
    pages = pages_that_show(text, [FIRST])
    pages.memory.limit = 50 * Page(HEADERS, b"One.", FIRST).size

    assert writer(pages, tmp_path, *text).refresh()
    assert len(pages.memory) == 25
    assert (kept(tmp_path, "/24/"), kept(tmp_path, "/25/")) == (b"One.", None)


def test_a_failure_to_write_is_logged_once_and_the_thread_goes_on(tmp_path, caplog):
    (tmp_path / "pages").mkdir()
    written_by = writer(pages_that_show({"/": b"One."}, [FIRST]), tmp_path, "/")

    assert [written_by.refresh(), written_by.refresh()] == [False, False]
    assert len([it for it in caplog.records if "could not be written" in it.getMessage()]) == 1


def test_nothing_is_written_once_the_database_falls_silent(tmp_path):
    """What Django makes then may be an error page, or old."""
    uptime = 0.0

    def paths():
        nonlocal uptime
        uptime += SILENCE + 1
        return ["/"]

    pages = Pages(lambda key: made(b"One."), limit=10_000_000, monotonic=lambda: uptime)
    pages.update(FIRST, pages.begin_reading())

    assert not SnapshotWriter(pages, snapshot(tmp_path), paths=paths).refresh()
    assert snapshot(tmp_path).find((*SITE, "/")) is None


def test_only_one_process_writes_the_file_and_another_takes_over_when_it_ends(tmp_path):
    asked = [threading.Event(), threading.Event()]

    def paths(number):
        asked[number].set()
        return ["/"]

    text = {"/": b"One."}
    both = [
        SnapshotWriter(
            pages_that_show(text, [FIRST]),
            snapshot(tmp_path, limit=10_000_000),
            paths=lambda number=number: paths(number),
        )
        for number in range(2)
    ]
    both[0].start()
    assert asked[0].wait(30)
    both[1].start()
    both[0].stop()
    assert asked[1].wait(30)
    both[1].stop()
    assert "snapshot" not in {it.name for it in threading.enumerate()}
    assert kept(tmp_path, "/") == b"One."


class Hours:
    """The clock of a snapshot writer and the event that stops it.

    Waiting makes the time pass. At each of the times in `acts` something is done, and after the
    last one the event is set.
    """

    def __init__(self, acts):
        self.now = self.began = 1_000.0
        self.waited = []
        self._acts = sorted(acts.items())

    def monotonic(self):
        return self.now

    def wait(self, seconds):
        self.waited.append(seconds)
        self.now += seconds + 0.01  # no clock is exact
        while self._acts and self.now - self.began >= self._acts[0][0]:
            self._acts.pop(0)[1]()
        return not self._acts

    def is_set(self):
        return not self._acts

    def set(self):
        """Do nothing: the event is set after the last act."""


def run(writer):
    writer.start()
    writer.stop()


def test_the_file_is_rewritten_at_once_after_a_publication_and_later_for_more_pages(tmp_path):
    state, text = [FIRST], {"/a/": b"One.", "/b/": b"Read."}
    pages = pages_that_show(text, state)
    seen = {}
    times = []
    file = tmp_path / "pages"

    def read():
        pages.make(pages.pending((*SITE, "/b/"))[0])

    def publish():
        state[0], text["/a/"] = SECOND, b"Two."
        pages.update(SECOND, pages.begin_reading())

    def look(at, path):
        return lambda: seen.update({at: kept(tmp_path, path)})

    def stat():
        times.append(file.stat().st_mtime_ns)

    acts = {
        1.0: look(1.0, "/a/"),
        2.0: read,
        29.0: look(29.0, "/b/"),
        31.0: look(31.0, "/b/"),
        32.0: stat,
        90.0: stat,  # nothing has happened
        91.0: publish,
        92.0: look(92.0, "/a/"),
        94.0: file.unlink,
        95.0: look(95.0, "/a/"),
        95.25: file.unlink,
        95.75: look(95.75, "/a/"),  # whoever takes it away all the time keeps no processor busy
        97.0: look(97.0, "/a/"),
    }
    run(writer(pages, tmp_path, "/a/", hours=Hours(acts)))

    assert seen == {
        1.0: b"One.",
        29.0: None,
        31.0: b"Read.",
        92.0: b"Two.",
        95.0: b"Two.",
        95.75: None,
        97.0: b"Two.",
    }
    assert times[0] == times[1]


def test_the_writer_pauses_for_as_long_as_the_pages_took(tmp_path):
    """On a large site where drafts are saved all the time, readers need the processors."""
    hours = Hours({100.0: lambda: None})

    def take_time(key):
        hours.now += 3.0

    paths = [*(f"/{number}/" for number in range(20)), "/last/"]
    pages = pages_that_show(dict.fromkeys(paths, b"One."), [FIRST], take_time)
    run(writer(pages, tmp_path, *paths, hours=hours))

    # Without a pause for the first, which matter most; one as long as its making for each other.
    assert [it for it in hours.waited if it > 1] == pytest.approx([3.0, 20 * 3.0 + 3.0 + 3.01])


def test_a_folder_that_cannot_be_written_to_is_logged_once_and_tried_again(tmp_path, caplog):
    folder = tmp_path / "folder"
    folder.write_text("This is no folder.")
    hours = Hours({150.0: folder.unlink, 300.0: lambda: None})
    run(writer(pages_that_show({"/": b"One."}, [FIRST]), folder, "/", hours=hours))

    assert kept(folder, "/") == b"One."
    (record,) = caplog.records
    assert f"{folder / 'pages'} could not be written" in record.getMessage()


# --- Of the site -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_essential_pages_are_first_what_is_in_force_and_then_all_versions():
    privacy = make_policy(slug="privacy")
    make_version(policy=privacy)
    make_version(policy=make_policy(slug="datenschutz", language="de"))
    make_policy(slug="never-published")

    paths = essential_paths(at=NOW)

    assert paths[:4] == ["/", "/de/", "/privacy/", "/de/datenschutz/"]
    assert {"/privacy/embed/", "/privacy/current.json", "/privacy/versions/1.md"} <= set(paths)
    assert {"/ledger.json", "/sitemap.xml", "/feed.xml", "/robots.txt"} <= set(paths)
    made_when_asked_for = {"pdf", "word", "since", "embed_since", "older", "timegate", "subscribe"}
    made_when_asked_for.add("proof")
    for route in of_policy:
        given = dict.fromkeys(route.pattern.converters, 1)
        if set(given) <= {"number"} and route.name not in made_when_asked_for:
            assert privacy.url(str(route.name), **given) in paths
    assert not any("never-published" in path for path in paths)
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize(
    ("key", "may"),
    [
        (("http", "testserver", "/privacy/"), True),
        (("http", "testserver:8000", "/privacy/"), True),
        (("http", "evil.example", "/privacy/"), False),
        (("http", "", "/privacy/"), False),
        (("http", "testserver", "/admin/"), False),
        (("http", "testserver", "/no/such/page"), False),
    ],
)
def test_a_snapshot_serves_only_public_pages_of_allowed_hosts(key, may):
    assert may_serve(key) is may


def test_another_key_or_database_has_another_snapshot(tmp_path, settings):
    settings.PAGES_SNAPSHOT = None
    assert site_snapshot(1_000_000) is None
    settings.PAGES_SNAPSHOT = tmp_path / "pages"
    first = site_snapshot(1_000_000)
    assert first is not None
    first.write([(KEY, page())], SITE)

    same = site_snapshot(1_000_000)
    settings.SECRET_KEY += "another"
    other = site_snapshot(1_000_000)

    assert same is not None
    assert other is not None
    assert (same.find(KEY) is None, other.find(KEY) is None) == (False, True)
