"""The core of pages in memory: which may be served, which have to be made, by whom, how often."""

from __future__ import annotations

import gzip
import math
import random
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import brotli
import pytest

from policies.page_cache.core import SILENCE, DjangoResponse
from policies.page_cache.memory import Key, Memory
from policies.page_cache.negotiation import acceptable, matches
from policies.page_cache.publication_state import PublicationState
from policies.page_cache.responses import Page, compressed, zstd
from tests.policies.page_cache.pages_site import BODY, FIRST, HEADERS, KEY, SECOND, Site, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


DECODE: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": zstd.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}


# --- What is kept ------------------------------------------------------------------------------


def test_a_page_is_made_once_and_then_comes_from_memory() -> None:
    site = Site()
    assert [site.read(), site.read(), site.read()] == [BODY, BODY, BODY]
    assert site.asked == [KEY]
    assert site.pages.made == 1


@pytest.mark.parametrize(
    "other",
    [
        ("http", KEY[1], KEY[2]),
        (KEY[0], "other.example.com", KEY[2]),
        (KEY[0], KEY[1], "/terms/"),
    ],
)
def test_scheme_host_and_path_make_different_pages(other: Any) -> None:
    site = Site(lambda key: made(repr(key).encode()))
    assert site.read() != site.read(other)


@pytest.mark.parametrize("status", [301, 302, 404])
def test_what_is_no_page_is_answered_and_never_kept(status: int) -> None:
    site = Site(lambda key: made(b"elsewhere", state=None, status=status))
    assert [site.read(), site.read()] == [b"elsewhere"] * 2
    assert len(site.asked) == 2
    assert len(site.pages.memory) == site.pages.made == 0


def test_a_million_made_up_paths_would_leave_nothing_behind() -> None:
    site = Site(lambda key: None)
    for number in range(500):
        assert site.read((*KEY[:2], f"/made-up/{number}/")) is None
    assert len(site.pages.memory) == 0
    assert site.pages._flights == {}


def test_memory_is_bounded_and_the_least_recently_used_goes_first() -> None:
    def page(text: bytes) -> Page:
        return Page([], text * 1000, FIRST)

    first, second, third = page(b"1"), page(b"2"), page(b"3")
    memory = Memory(first.size + second.size)
    memory.put(("", "", "1"), first)
    memory.put(("", "", "2"), second)
    assert memory.get(("", "", "1")) is first
    memory.put(("", "", "3"), third)
    assert [memory.get(("", "", name)) for name in "123"] == [first, None, third]
    assert memory.size == first.size + third.size <= memory.limit
    memory.put(("", "", "1"), third)
    assert memory.size == 2 * third.size
    memory.drop(("", "", "1"))
    memory.drop(("", "", "3"))
    assert (memory.size, len(memory)) == (0, 0)


def test_a_page_that_is_larger_than_the_memory_is_served_and_not_kept() -> None:
    site = Site(limit=1000)
    assert [site.read(), site.read()] == [BODY, BODY]
    assert (len(site.asked), len(site.pages.memory)) == (2, 0)


def test_a_page_takes_at_least_the_memory_of_its_bodies() -> None:
    for body in (BODY, BODY * 100, b"{}"):
        one = page(body=body)
        assert sum(map(len, [body, *one.coded.values()])) < one.size < 20_000 + 2 * len(body)


# --- Fresh -------------------------------------------------------------------------------------


def test_a_new_edition_makes_every_page_anew_and_the_same_one_none() -> None:
    site = Site()
    site.read()
    site.learn(PublicationState(FIRST.heads, FIRST.since, FIRST.until))
    assert site.read() == BODY
    assert len(site.asked) == 1
    site.answers = lambda key: made(b"new", state=SECOND)
    site.learn(SECOND)
    assert [site.read(), site.read()] == [b"new", b"new"]
    assert len(site.asked) == 2


@pytest.mark.parametrize("texts", ["ab", "ba"])
def test_a_page_that_changed_is_new_in_every_coding(texts: str) -> None:
    old, new = (BODY + text.encode() for text in texts)
    site = Site(lambda key: made(old))
    site.read()
    site.answers = lambda key: made(new, state=SECOND)
    site.learn(SECOND)
    assert site.read() == new

    page = site.pages.at(KEY)
    assert page is not None
    for coding, decoded in DECODE.items():
        assert decoded(page.answer("GET", coding, None).body) == new


def test_a_page_that_an_edition_did_not_change_is_not_compressed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies: list[bytes] = []
    monkeypatch.setattr(
        "policies.page_cache.responses.compressed",
        lambda body: bodies.append(body) or {"br": b"Short."},
    )
    site = Site()
    site.read()
    site.answers = lambda key: made(state=SECOND)
    site.learn(SECOND)
    assert site.read() == BODY

    page = site.pages.at(KEY)
    assert page is not None
    assert page.answer("GET", "br", None).body == b"Short."
    assert bodies == [BODY]


def test_a_page_is_kept_whoever_read_the_edition_that_it_shows() -> None:
    """The watcher and the maker of a page each read the state from the database."""
    site = Site(lambda key: made(state=PublicationState(FIRST.heads, FIRST.since, FIRST.until)))
    site.learn(FIRST)
    assert [site.read(), site.read()] == [BODY, BODY]
    assert site.asked == [KEY]


def test_what_this_process_commits_shows_at_once_whatever_the_watcher_read_before() -> None:
    site = Site()
    site.read()
    before = site.pages.ticket()
    site.pages.changed()
    site.pages.learn(FIRST, before)  # a reading that began before the commit
    site.answers = lambda key: made(b"new", state=SECOND)
    assert site.read() == b"new"


def test_a_scheduled_version_takes_effect_at_its_instant_and_the_clock_may_go_back() -> None:
    site = Site()
    before = PublicationState(FIRST.heads, since=500.0, until=2000.0)
    after = PublicationState(FIRST.heads, since=2000.0, until=math.inf)
    site.answers = lambda key: (
        made(b"new", state=after) if site.now >= 2000 else made(b"old", state=before)
    )
    said = []
    for now in (1000.0, 1999.999, 2000.0, 3000.0, 1999.0, 2001.0):
        site.now = now
        said.append(site.read())
    assert said == [b"old", b"old", b"new", b"new", b"old", b"new"]


def test_a_page_that_was_overtaken_while_it_was_made_is_made_again() -> None:
    site = Site()

    def overtaken(key: Any) -> DjangoResponse:
        if len(site.asked) == 1:
            site.learn(SECOND)
            return made(b"old", state=FIRST)
        return made(b"new", state=SECOND)

    site.answers = overtaken
    assert [site.read(), site.read()] == [b"new", b"new"]
    assert len(site.asked) == 2


def test_a_flight_that_began_before_a_change_takes_no_passengers() -> None:
    site = Site()
    old, ours = site.pages.flight(KEY)
    assert ours
    assert site.pages.flight(KEY) == (old, False)
    site.pages.changed()
    new, ours = site.pages.flight(KEY)
    assert ours
    assert new is not old
    site.learn(FIRST)  # what has come of the change is no further one
    assert site.pages.flight(KEY) == (new, False)
    site.pages.fly(new)
    site.pages.fly(old)
    assert site.pages._flights == {}


def test_a_flight_takes_no_passengers_once_another_process_has_published() -> None:
    site = Site()
    site.learn(FIRST)
    old, _ = site.pages.flight(KEY)
    site.learn(SECOND)
    assert site.pages.flight(KEY)[0] is not old


def test_a_page_that_shows_the_newest_edition_takes_passengers_until_it_is_compressed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site()
    site.learn(FIRST)
    flight, _ = site.pages.flight(KEY)
    boarded: list[Any] = []

    def compressed(body: bytes) -> dict[str, bytes]:
        boarded.append(site.pages.flight(KEY))
        return {}

    def overtaken(key: Any) -> DjangoResponse:
        site.learn(SECOND)  # as the watcher reads it, before the page is made
        return made(state=PublicationState(SECOND.heads, SECOND.since, SECOND.until))

    monkeypatch.setattr("policies.page_cache.responses.compressed", compressed)
    site.answers = overtaken
    site.pages.fly(flight)
    assert boarded == [(flight, False)]


def test_a_thousand_readers_at_once_have_one_page_made() -> None:
    site = Site()
    everybody_waits = threading.Barrier(20 + 1, timeout=10)
    said: list[bytes | None] = []

    def slow(key: Any) -> DjangoResponse:
        everybody_waits.wait()
        return made()

    def reader() -> None:
        flight, ours = site.pages.flight(KEY)
        if ours:
            site.pages.fly(flight)
        else:
            everybody_waits.wait()
        result = flight.landed.result(timeout=10)
        assert result is not None
        said.extend(result.answer("GET", None, None).body for _ in range(50))

    site.answers = slow
    threads = [threading.Thread(target=reader) for _ in range(21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [BODY] * 1050
    assert len(site.asked) == 1


class Read(OrderedDict[Key, Page]):
    """A dictionary of pages in which a reader moves one whenever somebody iterates over it."""

    def __iter__(self) -> Iterator[Key]:
        found = super().__iter__()
        self.move_to_end(next(super().__iter__()))
        return found


def test_pages_are_put_into_memory_while_readers_move_them() -> None:
    """The oldest was once found with an iterator, which breaks when a reader moves a page."""
    one = Page(HEADERS, BODY, FIRST)
    memory = Memory(limit=2 * one.size)
    memory._pages = Read()

    for number in range(5):
        memory.put(("http", "testserver", f"/{number}/"), one)

    assert len(memory) == 2
    assert memory.size == 2 * one.size


# --- While the database fails ------------------------------------------------------------------


def test_while_the_database_is_silent_what_is_in_memory_is_served_and_nobody_is_asked() -> None:
    site = Site()
    site.answers = lambda key: made(state=PublicationState(FIRST.heads, 0.0, until=2000.0))
    site.read()
    site.now, site.uptime = 2500.0, SILENCE + 1
    assert site.read() == BODY
    assert len(site.asked) == 1


@pytest.mark.parametrize("failure", ["answer", "exception"])
def test_where_django_fails_the_old_page_is_better_than_none(failure: str) -> None:
    site = Site()
    site.read()
    site.learn(SECOND)

    def fails(key: Any) -> DjangoResponse:
        if failure == "exception":
            raise OSError("The database is gone.")
        return made(b"sorry", state=None, status=500)

    site.answers = fails
    assert site.read() == BODY
    site.answers = lambda key: made(b"new", state=SECOND)
    assert site.read() == b"new"


def test_without_an_old_page_django_says_itself_what_is_wrong() -> None:
    def fails(key: Any) -> DjangoResponse:
        raise OSError("The database is gone.")

    assert Site(fails).read() is None
    assert Site(lambda key: made(b"sorry", state=None, status=500)).read() == b"sorry"


# --- What a client gets ------------------------------------------------------------------------


def page(headers: Any = HEADERS, body: bytes = BODY) -> Page:
    return Page(headers, body, FIRST)


def headers_of(answer: Any) -> dict[str, str]:
    assert [(name.lower().encode(), value.encode()) for name, value in answer.headers] == (
        answer.as_bytes()
    )
    names = [name for name, _ in answer.headers]
    assert len(names) == len(set(names))
    return dict(answer.headers)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br ; q=0, gzip;q=0.001", "gzip"),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "zstd"),
        ("gzip;q=0, br;q=0", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity, *;q=0", "identity"),
        ("identity;q=0, gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, zstd", "zstd"),
        ("deflate", "identity"),
        ("gzip;q=2", "identity"),
        (",, ;q=1, gzip;level=9;q=0.3", "gzip"),
    ],
)
def test_a_client_gets_the_coding_that_it_likes_best(field: str | None, expected: str) -> None:
    answer = page().answer("GET", field, None)
    assert headers_of(answer).get("Content-Encoding", "identity") == expected
    assert DECODE[expected](answer.body) == BODY
    assert headers_of(answer)["Content-Length"] == str(len(answer.body))
    assert headers_of(answer)["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("field", ["identity;q=0", "*;q=0", "gzip;q=0, identity;q=0"])
def test_a_client_that_accepts_nothing_is_told_so(field: str) -> None:
    assert acceptable(field) == ()
    answer = page().answer("GET", field, None)
    assert (answer.status, headers_of(answer)["Cache-Control"]) == (406, "no-store")
    assert page().answer("HEAD", field, None).body == b""


def test_each_coding_has_an_entity_tag_of_its_own_and_none_is_djangos() -> None:
    tags = {headers_of(page().answer("GET", c, None))["ETag"] for c in ("br", "zstd", "gzip", None)}
    assert len(tags) == 4
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
    assert '"of Django"' not in tags


def test_a_page_is_compressed_as_far_as_it_goes_and_a_very_large_one_at_once() -> None:
    words = random.Random(1)  # noqa: S311  a text, no secret
    small, large = (
        b" ".join(b"%d" % words.randrange(10**4) for _ in range(number))
        for number in (4_000, 60_000)
    )
    assert len(small) < 256 * 1024 < len(large)
    assert compressed(small)["br"] == brotli.compress(small, quality=11)
    assert compressed(small)["zstd"] == zstd.compress(small, 19)
    assert compressed(large)["br"] == brotli.compress(large, quality=5)
    assert compressed(large)["zstd"] == zstd.compress(large, 3)


def test_small_or_incompressible_pages_go_out_as_they_are() -> None:
    answer = page(body=b"{}").answer("GET", "br, gzip", None)
    assert (answer.body, "Content-Encoding" in headers_of(answer)) == (b"{}", False)


def test_head_has_the_headers_of_get_and_no_body() -> None:
    whole, head = (page().answer(method, "br", None) for method in ("GET", "HEAD"))
    assert headers_of(head) == headers_of(whole)
    assert head.body == b""


def test_a_client_that_has_the_page_is_told_so_with_what_its_cache_needs() -> None:
    tag = headers_of(page().answer("GET", "br", None))["ETag"]
    answer = page().answer("GET", "br", {"if-none-match": tag})
    assert (answer.status, answer.line, answer.body) == (304, "304 Not Modified", b"")
    assert headers_of(answer) == {
        "Cache-Control": "public, max-age=60",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    # The gzip of the same page is another representation.
    assert page().answer("GET", "gzip", {"if-none-match": tag}).status == 200


@pytest.mark.parametrize(
    ("field", "weakly", "strongly"),
    [
        ('"a"', True, True),
        ('W/"a"', True, False),
        ('"b", W/"c", "a"', True, True),
        ('"b","a"', True, True),
        ("*", True, True),
        ('"b"', False, False),
        ('"ab"', False, False),
        ("a", False, False),
        ('w/"a', False, False),
        ("", False, False),
    ],
)
def test_entity_tags_are_compared_as_http_says(field: str, weakly: bool, strongly: bool) -> None:
    assert matches(field, '"a"', weakly=True) is weakly
    assert matches(field, '"a"', weakly=False) is strongly


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"'}, 200),
        ({"if-match": '"x"'}, 412),
        ({"if-match": "*"}, 200),
        ({"if-match": "*", "if-none-match": "*"}, 304),
        ({"if-modified-since": "Sat, 02 May 2026 00:00:00 GMT"}, 304),
        ({"if-modified-since": "Fri, 01 May 2026 23:59:59 GMT"}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-unmodified-since": "Fri, 01 May 2026 23:59:59 GMT"}, 412),
        ({"if-unmodified-since": "Sat, 02 May 2026 00:00:00 GMT"}, 200),
        ({"if-none-match": '"x"', "if-modified-since": "Sat, 02 May 2026 00:00:00 GMT"}, 200),
    ],
)
def test_conditions_are_met_in_the_order_of_http(conditions: dict[str, str], status: int) -> None:
    dated = page([*HEADERS, ("Last-Modified", "Sat, 02 May 2026 00:00:00 GMT")])
    assert dated.answer("GET", None, conditions).status == status


def test_without_a_date_of_change_a_condition_about_dates_says_nothing() -> None:
    since = {"if-modified-since": "Sat, 02 May 2026 00:00:00 GMT"}
    assert page().answer("GET", None, since).status == 200


def test_many_different_wishes_for_codings_cost_no_memory() -> None:
    one = page()
    for number in range(1000):
        one.answer("GET", f"br;q=0.{number}", None)
    assert len(one._chosen) <= 16


def test_nor_does_a_wish_that_is_longer_than_any_browsers() -> None:
    one = page()
    assert one.answer("GET", "br" + ", x" * 2000, None).status == 200
    assert not one._chosen
