"""The core of pages in memory: which may be served, which have to be made, by whom, how often."""

import gzip
import math
import random
from collections import OrderedDict

import brotli
import pytest

from policies.page_cache.core import SILENCE
from policies.page_cache.memory import Key, Memory
from policies.page_cache.responses import Page, acceptable, compressed, matches, zstd
from policies.publication_state.state import PublicationState
from tests.policies.page_cache.pages_site import BODY, FIRST, HEADERS, KEY, SECOND, Site, made

DECODE = {
    "br": brotli.decompress,
    "zstd": zstd.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}


# --- What is kept ------------------------------------------------------------------------------


def test_a_page_is_made_once_and_then_comes_from_memory():
    site = Site()
    assert [site.read(), site.read(), site.read()] == [BODY, BODY, BODY]
    assert site.asked == [KEY]
    assert site.pages.made == 1


@pytest.mark.parametrize(
    "other",
    [("http", KEY[1], KEY[2]), (KEY[0], "other.example.com", KEY[2]), (KEY[0], KEY[1], "/terms/")],
)
def test_scheme_host_and_path_make_different_pages(other):
    site = Site(lambda key: made(repr(key).encode()))
    assert site.read() != site.read(other)


@pytest.mark.parametrize("status", [301, 302, 404])
def test_redirects_and_errors_are_passed_on_but_never_kept(status):
    site = Site(lambda key: made(b"elsewhere", state=None, status=status))
    assert [site.read(), site.read()] == [b"elsewhere"] * 2
    assert len(site.asked) == 2
    assert len(site.pages.memory) == site.pages.made == 0


def test_requests_for_paths_that_do_not_exist_leave_nothing_in_memory():
    site = Site(lambda key: None)
    for number in range(500):
        assert site.read((*KEY[:2], f"/made-up/{number}/")) is None
    assert len(site.pages.memory) == 0
    assert site.pages._pending == {}


def test_memory_is_bounded_and_drops_the_least_recently_used_page_first():
    def page(text):
        return Page([], text * 1000, FIRST)

    first, second, third = page(b"1"), page(b"2"), page(b"3")
    memory = Memory(first.size + second.size)
    memory.put(("", "", "1"), first)
    memory.put(("", "", "2"), second)
    assert memory.get(("", "", "1")) is first
    memory.put(("", "", "3"), third)
    assert [memory.get(("", "", name)) for name in "123"] == [first, None, third]
    assert memory.size == first.size + third.size <= memory.limit
    memory.put(("", "", "4"), Page([], b"4" * 10_000, FIRST))  # alone too large: displaces none
    assert [key[2] for key, _ in memory.newest()] == ["3", "1"]
    memory.put(("", "", "1"), third)
    assert memory.size == 2 * third.size
    memory.drop(("", "", "1"))
    memory.drop(("", "", "3"))
    assert (memory.size, len(memory)) == (0, 0)


def test_a_page_that_is_larger_than_the_memory_is_served_and_not_kept():
    site = Site(limit=1000)
    assert [site.read(), site.read()] == [BODY, BODY]
    assert (len(site.asked), len(site.pages.memory)) == (2, 0)


def test_a_page_takes_at_least_the_memory_of_its_bodies():
    for body in (BODY, BODY * 100, b"{}"):
        one = page(body=body)
        assert sum(map(len, [body, *one.coded.values()])) < one.size < 20_000 + 2 * len(body)


# --- Fresh -------------------------------------------------------------------------------------


def test_a_state_holds_from_its_beginning_until_just_before_its_end():
    state = PublicationState(FIRST.heads, since=10, until=20)
    assert [state.holds(at) for at in (9.9, 10, 19.9, 20)] == [False, True, True, False]


def test_pages_are_made_again_after_a_change_and_only_then():
    site = Site()
    site.read()
    site.update(PublicationState(FIRST.heads, FIRST.since, FIRST.until))
    assert site.read() == BODY
    assert len(site.asked) == 1
    site.django = lambda key: made(b"new", state=SECOND)
    site.update(SECOND)
    assert [site.read(), site.read()] == [b"new", b"new"]
    assert len(site.asked) == 2


@pytest.mark.parametrize("texts", ["ab", "ba"])
def test_a_page_that_changed_is_new_in_every_coding(texts):
    old, new = (BODY + text.encode() for text in texts)
    site = Site(lambda key: made(old))
    site.read()
    site.django = lambda key: made(new, state=SECOND)
    site.update(SECOND)
    assert site.read() == new

    page = site.pages.at(KEY)
    assert page is not None
    for coding, decoded in DECODE.items():
        assert decoded(page.response("GET", coding, None).body) == new


def test_a_page_whose_body_did_not_change_is_not_compressed_again(monkeypatch):
    bodies = []
    monkeypatch.setattr(
        "policies.page_cache.responses.compressed",
        lambda body: bodies.append(body) or {"br": b"Short."},
    )
    site = Site()
    site.read()
    site.django = lambda key: made(state=SECOND)
    site.update(SECOND)
    assert site.read() == BODY

    page = site.pages.at(KEY)
    assert page is not None
    assert page.response("GET", "br", None).body == b"Short."
    assert bodies == [BODY]


def test_a_page_is_kept_although_watcher_and_maker_read_the_state_separately():
    """The watcher and the maker of a page each read the state from the database."""
    site = Site(lambda key: made(state=PublicationState(FIRST.heads, FIRST.since, FIRST.until)))
    site.update(FIRST)
    assert [site.read(), site.read()] == [BODY, BODY]
    assert site.asked == [KEY]


def test_a_commit_of_this_process_shows_at_once_whatever_the_watcher_read_before():
    site = Site()
    site.read()
    before = site.pages.begin_reading()
    site.pages.invalidate()
    site.pages.update(FIRST, before)  # a reading that began before the commit
    site.django = lambda key: made(b"new", state=SECOND)
    assert site.read() == b"new"


def test_a_scheduled_version_takes_effect_on_time_even_if_the_clock_is_set_back():
    site = Site()
    before = PublicationState(FIRST.heads, since=500.0, until=2000.0)
    after = PublicationState(FIRST.heads, since=2000.0, until=math.inf)
    site.django = lambda key: (
        made(b"new", state=after) if site.now >= 2000 else made(b"old", state=before)
    )
    said = []
    for now in (1000.0, 1999.999, 2000.0, 3000.0, 1999.0, 2001.0):
        site.now = now
        said.append(site.read())
    assert said == [b"old", b"old", b"new", b"new", b"old", b"new"]


def test_a_page_is_made_again_if_something_is_published_meanwhile():
    site = Site()

    def overtaken(key):
        if len(site.asked) == 1:
            site.update(SECOND)
            return made(b"old", state=FIRST)
        return made(b"new", state=SECOND)

    site.django = overtaken
    assert [site.read(), site.read()] == [b"new", b"new"]
    assert len(site.asked) == 2


def test_nobody_waits_for_a_pending_page_that_was_started_before_a_change():
    site = Site()
    old, must_make = site.pages.pending(KEY)
    assert must_make
    assert site.pages.pending(KEY) == (old, False)
    site.pages.invalidate()
    new, must_make = site.pages.pending(KEY)
    assert must_make
    assert new is not old
    site.update(FIRST)  # what has come of the change is no further one
    assert site.pages.pending(KEY) == (new, False)
    site.pages.make(new)
    site.pages.make(old)
    assert site.pages._pending == {}


def test_nobody_waits_for_a_pending_page_once_another_process_has_published():
    site = Site()
    site.update(FIRST)
    old, _ = site.pages.pending(KEY)
    site.update(SECOND)
    assert site.pages.pending(KEY)[0] is not old


def test_readers_wait_for_a_pending_page_of_the_newest_state_until_it_is_compressed(monkeypatch):
    site = Site()
    site.update(FIRST)
    pending, _ = site.pages.pending(KEY)
    waiting = []

    def compressed(body):
        waiting.append(site.pages.pending(KEY))
        return {}

    def overtaken(key):
        site.update(SECOND)  # as the watcher reads it, before the page is made
        return made(state=PublicationState(SECOND.heads, SECOND.since, SECOND.until))

    monkeypatch.setattr("policies.page_cache.responses.compressed", compressed)
    site.django = overtaken
    site.pages.make(pending)
    assert waiting == [(pending, False)]


class Read(OrderedDict[Key, Page]):
    """A dictionary of pages in which a reader moves one whenever somebody iterates over it."""

    def __iter__(self):
        found = super().__iter__()
        self.move_to_end(next(super().__iter__()))
        return found


def test_a_page_can_be_added_while_readers_change_the_order_of_use():
    """The oldest was once found with an iterator, which breaks when a reader moves a page."""
    one = Page(HEADERS, BODY, FIRST)
    memory = Memory(2 * one.size, store=Read())

    for number in range(5):
        memory.put(("http", "testserver", f"/{number}/"), one)

    assert len(memory) == 2
    assert memory.size == 2 * one.size


# --- While the database fails ------------------------------------------------------------------


def test_while_the_database_is_silent_pages_are_served_from_memory_without_asking_django():
    site = Site()
    site.django = lambda key: made(state=PublicationState(FIRST.heads, 0.0, until=2000.0))
    site.read()
    site.now, site.uptime = 2500.0, SILENCE + 1
    assert site.read() == BODY
    assert len(site.asked) == 1


@pytest.mark.parametrize("failure", ["answer", "exception"])
def test_the_old_page_is_served_where_django_fails(failure):
    site = Site()
    site.read()
    site.update(SECOND)

    def fails(key):
        if failure == "exception":
            raise OSError("The database is gone.")
        return made(b"sorry", state=None, status=500)

    site.django = fails
    assert site.read() == BODY
    site.django = lambda key: made(b"new", state=SECOND)
    assert site.read() == b"new"


def test_without_an_old_page_the_error_comes_from_django():
    def fails(key):
        raise OSError("The database is gone.")

    assert Site(fails).read() is None
    assert Site(lambda key: made(b"sorry", state=None, status=500)).read() == b"sorry"


# --- What a client gets ------------------------------------------------------------------------


def page(headers=HEADERS, body=BODY):
    return Page(headers, body, FIRST)


def headers_of(answer):
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
def test_a_client_gets_the_content_coding_that_it_prefers(field, expected):
    answer = page().response("GET", field, None)
    assert headers_of(answer).get("Content-Encoding", "identity") == expected
    assert DECODE[expected](answer.body) == BODY
    assert headers_of(answer)["Content-Length"] == str(len(answer.body))
    assert headers_of(answer)["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("field", ["identity;q=0", "*;q=0", "gzip;q=0, identity;q=0"])
def test_a_client_that_accepts_no_coding_gets_406(field):
    assert acceptable(field) == ()
    answer = page().response("GET", field, None)
    assert (answer.status, headers_of(answer)["Cache-Control"]) == (406, "no-store")
    assert page().response("HEAD", field, None).body == b""


def test_each_coding_has_its_own_entity_tag_and_none_is_djangos():
    tags = {
        headers_of(page().response("GET", c, None))["ETag"] for c in ("br", "zstd", "gzip", None)
    }
    assert len(tags) == 4
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
    assert '"of Django"' not in tags


def test_pages_are_compressed_strongly_and_very_large_ones_quickly():
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


def test_pages_that_compression_would_not_shrink_are_sent_uncompressed():
    answer = page(body=b"{}").response("GET", "br, gzip", None)
    assert (answer.body, "Content-Encoding" in headers_of(answer)) == (b"{}", False)


def test_head_has_the_headers_of_get_and_no_body():
    whole, head = (page().response(method, "br", None) for method in ("GET", "HEAD"))
    assert headers_of(head) == headers_of(whole)
    assert head.body == b""


def test_a_client_that_has_the_page_gets_304_with_the_headers_that_its_cache_needs():
    tag = headers_of(page().response("GET", "br", None))["ETag"]
    answer = page().response("GET", "br", {"if-none-match": tag})
    assert (answer.status, answer.body) == (304, b"")
    assert headers_of(answer) == {
        "Cache-Control": "public, max-age=60",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    # The gzip of the same page is another representation.
    assert page().response("GET", "gzip", {"if-none-match": tag}).status == 200


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
def test_entity_tags_are_compared_by_the_rules_of_http(field, weakly, strongly):
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
        # No page has a Last-Modified.
        ({"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 200),
        ({"if-unmodified-since": "Fri, 01 May 2026 23:59:59 GMT"}, 200),
        ({"if-none-match": '"x"', "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 200),
    ],
)
def test_conditional_headers_are_evaluated_in_the_order_of_http(conditions, status):
    assert page().response("GET", None, conditions).status == status


def test_many_different_values_of_accept_encoding_take_no_memory():
    one = page()
    for number in range(1000):
        one.response("GET", f"br;q=0.{number}", None)
    assert len(one._chosen) <= 16


def test_a_very_long_accept_encoding_is_not_remembered():
    one = page()
    assert one.response("GET", "br" + ", x" * 2000, None).status == 200
    assert not one._chosen
