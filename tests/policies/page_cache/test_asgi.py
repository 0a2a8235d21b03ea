"""The site under ASGI: who waits, remembered responses, what goes on to Django."""

import asyncio
import io
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from policies.page_cache.asgi import MAX_CACHED_RESPONSES, MAX_KEY_LENGTH, PagesOverASGI
from policies.page_cache.bridge import MAX_BODY, Bridge, environ
from policies.page_cache.core import SILENCE, DjangoResponse, Pages
from policies.page_cache.responses import Page
from policies.page_cache.without_django import NO_DATABASE, redirect_to
from policies.publication_state.state import PublicationState
from tests.loop import apart
from tests.policies.page_cache.pages_site import FIRST, NoWatcher, made


def a_scope(method="GET", path="/privacy/", **more):
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(b"host", b"localhost")],
        **more,
    }


class Client:
    def __init__(self, *bodies):
        self.bodies = list(bodies) or [b""]
        self.sent = []

    async def receive(self):
        if not self.bodies:
            return {"type": "http.disconnect"}
        message = {"type": "http.request", "body": self.bodies.pop(0)}
        return {**message, "more_body": True} if self.bodies else message  # False need not be said

    async def send(self, message):
        self.sent.append(message)

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent)


def unwatched(make, django=lambda *_: []):
    """Return an application with pages that `make` makes, and without a watcher."""
    return PagesOverASGI(django, pages=Pages(make, limit=10**6), watcher=NoWatcher())


class SlowPage:
    """Makes a page once everybody waits for it."""

    def __init__(self):
        self.made, self.everybody_waits = 0, threading.Event()

    def __call__(self, key):
        self.made += 1
        assert self.everybody_waits.wait(timeout=10)
        return made(b"The page.")


def test_concurrent_requests_wait_for_one_page_and_hold_no_thread():
    slow = SlowPage()
    adapter = unwatched(slow)

    async def ask_all():
        clients = [Client() for _ in range(200)]
        tasks = [asyncio.create_task(adapter(a_scope(), c.receive, c.send)) for c in clients]
        await asyncio.sleep(0)
        tasks.pop().cancel()  # a client that goes away takes nothing from the others
        slow.everybody_waits.set()
        await asyncio.gather(*tasks)
        return clients[:-1]

    assert {client.body for client in apart(lambda: asyncio.run(ask_all()))} == {b"The page."}
    assert slow.made == 1
    adapter.stop()


class CountedPages(Pages):
    """Pages that count how often they are looked up: a remembered response needs no look-up."""

    looked_up = 0

    def at(self, key):
        self.looked_up += 1
        return super().at(key)


class Clock:
    now = 1_000.0


class Library:
    """An ASGI adapter whose pages show their path and a number; `ask` returns what a reader gets.

    The state's number is `number`, and it lasts from `since` until `until`.
    """

    def __init__(self, limit=10**6, clock=None):
        self.clock = clock or Clock()
        self.number = 1
        self.since, self.until = -math.inf, math.inf
        self.uptime = 0.0
        self.pages = CountedPages(
            self.make, limit=limit, clock=lambda: self.clock.now, monotonic=lambda: self.uptime
        )
        self.adapter = PagesOverASGI(lambda *_: [], pages=self.pages, watcher=NoWatcher())
        self.memory = self.pages.memory

    @property
    def state(self):
        return PublicationState((str(self.number), ""), self.since, self.until)

    def make(self, key):
        body = f"{key[2]} {self.number} ".encode().ljust(1000, b"x")
        return DjangoResponse(200, [("ETag", '"x"')], body, self.state)

    def publish(self):
        self.number += 1
        self.pages.update(self.state, self.pages.begin_reading())

    def ask(self, path="/a/", *fields, method="GET", **more):
        return asgi_response(self.adapter, path, *fields, method=method, **more)

    def headers(self):
        return dict(asgi_client(self.adapter, "/a/").sent[0]["headers"])


def asgi_client(adapter, path, *fields, method="GET", **more):
    client = Client()
    headers = [(b"host", b"localhost"), *fields]
    scope = a_scope(method, path, headers=headers, **more)
    apart(lambda: asyncio.run(adapter(scope, client.receive, client.send)))
    return client


def asgi_response(adapter, path="/a/", *fields, **more):
    client = asgi_client(adapter, path, *fields, **more)
    return client.sent[0]["status"], client.body.rstrip(b"x")


@pytest.fixture
def library(monkeypatch):
    clock = Clock()
    # No argument of the adapter: to look it up there would cost each reader 4% of the time.
    monkeypatch.setattr("policies.page_cache.asgi.time", lambda: clock.now)
    library = Library(clock=clock)
    yield library
    library.adapter.stop()


def test_a_repeated_request_gets_the_page_of_the_newest_state(library):
    for _ in range(3):
        assert library.ask() == (200, b"/a/ 1 ")
    assert library.memory.cached_responses
    library.publish()
    for _ in range(3):
        assert library.ask() == (200, b"/a/ 2 ")


def test_a_repeated_request_is_answered_without_looking_up_the_page(library):
    for _ in range(2):
        library.ask()
    before = library.pages.looked_up

    assert library.ask() == (200, b"/a/ 1 ")
    assert library.pages.looked_up == before
    library.ask("/a/", (b"accept-encoding", b"br"))
    assert library.pages.looked_up == before + 1


def test_a_repeated_request_gets_no_page_before_or_after_its_time(library):
    """The number grows at each step, but a page shows the one at which it was made.

    Half of the requests must be answered from remembered responses: else this would not test them.
    """
    seen, remembered = [], 0
    for now in (1_000.0, 1_999.5, 2_000.0, 2_001.0, 1_999.0):
        library.clock.now = now
        scheduled = 2_000.0
        is_before = now < scheduled
        library.since, library.until = (500.0, scheduled) if is_before else (scheduled, math.inf)
        looked_up = library.pages.looked_up
        seen += [library.ask()[1].decode().split()[1] for _ in range(3)]
        remembered += 3 - (library.pages.looked_up - looked_up)
        library.number += 1

    assert seen == ["1"] * 6 + ["3"] * 6 + ["5"] * 3
    assert remembered == 8


def test_after_the_clock_was_set_back_repeated_requests_get_a_date_of_their_own(library):
    """gunicorn's own Date does not change until the clock has caught up."""
    library.clock.now = 3_000.0
    library.adapter.tick()
    for _ in range(2):
        library.ask()
    assert b"date" not in library.headers()

    library.clock.now = 1_000.0
    library.adapter.tick()
    assert b"date" in library.headers()
    library.clock.now = 3_000.0
    assert b"date" not in library.headers()


def test_a_client_that_has_the_page_gets_304_until_the_page_changes(library):
    library.ask()
    tag = library.headers()[b"etag"]
    for _ in range(3):
        assert library.ask("/a/", (b"if-none-match", tag)) == (304, b"")
    library.publish()
    for _ in range(3):
        assert library.ask("/a/", (b"if-none-match", tag)) == (200, b"/a/ 2 ")


def test_a_worker_that_is_leaving_closes_every_connection(library):
    for _ in range(3):
        assert library.headers().get(b"connection") is None
    library.adapter.leave()
    for _ in range(3):
        assert library.headers()[b"connection"] == b"close"
        assert library.ask() == (200, b"/a/ 1 ")


def test_a_request_with_other_headers_gets_its_own_response(library):
    for _ in range(3):
        library.ask()
        library.ask(method="HEAD")
    etag = (b"if-none-match", b'"x"')
    nothing, br = (b"accept-encoding", b"*;q=0"), (b"accept-encoding", b"br")

    assert library.ask() == (200, b"/a/ 1 ")
    assert library.ask(method="HEAD") == (200, b"")
    assert library.ask("/b/") == (200, b"/b/ 1 ")
    assert library.ask("/a/", (b"if-none-match", b"*"))[0] == 304
    assert library.ask("/a/", etag)[0] == 200  # Django's own tag is not the page's
    assert library.ask("/a/", nothing)[0] == 406
    for _ in range(3):
        assert library.ask("/a/", br)[0] == 200
    for _ in range(3):
        assert library.ask("/a/", nothing, br)[0] == 200
        assert library.ask("/a/", br, nothing)[0] == 200
    assert library.ask("/a/", nothing)[0] == 406


def test_a_request_in_absolute_form_is_one_for_the_host_and_path_of_its_target():
    """RFC 9112, section 3.2.2. Servers pass such a request on with a path that is of no use."""

    def django(environ, start_response):
        start_response("404 Not Found", [])
        return [f"{environ['HTTP_HOST']} {environ['PATH_INFO']} {environ['RAW_URI']}".encode()]

    adapter = unwatched(lambda key: made(), django)
    for target, seen in {
        "http://a:1/p%61?x": "a:1 /pa /p%61",
        "HTTPS://a?x": "a / /",
        "*": "localhost * *",
        "a:443": "localhost a:443 a:443",
        "httpx://a/": "localhost httpx://a/ httpx://a/",
    }.items():
        for _ in range(3):
            assert asgi_response(adapter, "", raw_path=target.encode()) == (404, seen.encode())
    adapter.stop()


def test_behind_a_proxy_its_header_decides_the_scheme_and_without_it_the_connection(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    adapter = unwatched(lambda key: made(key[0].encode()))
    for said, scheme in {(b"https, http",): b"https", (b"http",): b"http", (): b"http"}.items():
        fields = [(b"x-forwarded-proto", value) for value in said]
        assert asgi_response(adapter, "/a/", *fields) == (200, scheme)
    assert asgi_response(adapter, "/a/", (b"x-forwarded-proto", b""), scheme="https")[1] == b"http"
    adapter.stop()


def test_remembered_responses_are_bounded_and_keep_no_page_alive(library):
    library.ask()
    for number in range(MAX_CACHED_RESPONSES):
        library.ask("/a/", (b"accept-encoding", b"x%d" % number))
    assert len(library.memory.cached_responses) == MAX_CACHED_RESPONSES
    for number in range(MAX_CACHED_RESPONSES):
        library.ask("/a/", (b"accept-encoding", b"y%d" % number))
    assert 0 < len(library.memory.cached_responses) <= MAX_CACHED_RESPONSES
    remembered = set(library.memory.cached_responses)
    library.ask("/a/", (b"accept-encoding", b"x" * MAX_KEY_LENGTH))
    assert set(library.memory.cached_responses) == remembered

    library.memory.drop(("http", "testserver", "/a/"))
    assert library.memory.cached_responses == {}


def test_a_page_that_is_always_requested_in_the_same_way_is_not_dropped_as_unused():
    library = Library(limit=2 * Page([], b"x" * 1000, PublicationState(("", ""), 0, 1)).size + 500)
    library.ask("/a/")
    library.ask("/b/")
    for other in ("/c/", "/d/", "/e/"):
        for _ in range(3):
            library.ask("/a/")
        library.ask(other)
    assert {key[2] for key, _ in library.memory.newest()} == {"/a/", "/e/"}
    library.adapter.stop()


def test_lifespan_events_are_answered_and_web_sockets_refused():
    adapter = unwatched(lambda key: None)
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    client = Client()

    async def receive():
        return messages.pop(0)

    apart(lambda: asyncio.run(adapter({"type": "lifespan"}, receive, client.send)))
    apart(lambda: asyncio.run(adapter({"type": "websocket"}, client.receive, client.send)))
    assert [message["type"] for message in client.sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
        "websocket.close",
    ]


def has_markdown(key):
    """Make two pages, and Markdown beside the first."""
    return made(key[2].encode()) if key[2] in {"/a/", "/b/", "/a/current.md"} else None


def who_accepts(accept, adapter, path="/a/"):
    return asgi_response(adapter, path, (b"accept", accept))


@pytest.mark.parametrize("browser_first", [True, False])
@pytest.mark.parametrize(
    ("accept", "is_led"),
    [
        (b"text/markdown", True),
        (b"text/markdown, text/html, */*", True),
        (b"text/html;q=0.8, text/markdown", True),
        (b"*/*", False),
        (b"text/html, text/markdown;q=0.9", False),
        (b"text/markdown;q=0, */*;q=0.1", False),
    ],
)
def test_who_prefers_markdown_is_led_to_it_and_nobody_else_whoever_asks_first(
    browser_first, accept, is_led
):
    adapter = unwatched(has_markdown)
    adapter.pages.update(FIRST, adapter.pages.begin_reading())
    page, redirect = (200, b"/a/"), (303, b"See /a/current.md\n")
    wanted = {b"text/html,*/*;q=0.8": page, accept: redirect if is_led else page}
    order = list(wanted) if browser_first else list(wanted)[::-1]

    assert [who_accepts(it, adapter) for it in order * 2] == [wanted[it] for it in order * 2]
    # Where there is no Markdown, everybody gets the page.
    assert {who_accepts(it, adapter, "/b/") for it in order} == {(200, b"/b/")}
    adapter.stop()


def test_a_second_accept_field_decides_for_its_own_request_only():
    adapter = unwatched(has_markdown)
    adapter.pages.update(FIRST, adapter.pages.begin_reading())
    first = (b"accept", b"text/markdown;q=0.9, text/html;q=0.8")

    for _ in range(3):
        assert asgi_response(adapter, "/a/", first, (b"accept", b"text/html"))[0] == 200
        assert asgi_response(adapter, "/a/", first)[0] == 303
    adapter.stop()


def test_no_cache_keeps_what_leads_to_markdown():
    response = redirect_to("/a/current.md").response("GET")

    assert {
        ("Location", "/a/current.md"),
        ("Cache-Control", "no-store"),
        ("Vary", "Accept"),
    } <= set(response.headers)


def test_a_site_without_its_database_is_not_ready_but_serves_pages(library):
    adapter = PagesOverASGI(lambda *_: [], pages=library.pages, watcher=NoWatcher())
    library.uptime = SILENCE + 1

    assert asgi_response(adapter, "/readyz") == (503, f"{NO_DATABASE}\n".encode())
    for path in ("/a/", "/z/"):
        assert asgi_response(adapter, path) == (200, f"{path} 1 ".encode())
    adapter.stop()


def test_a_request_that_waits_gets_the_old_page_once_the_database_falls_silent(
    library, monkeypatch
):
    monkeypatch.setattr("policies.page_cache.asgi.POLL_SECONDS", 0.01)
    pages = FallsSilent(library.make, limit=10**6)
    adapter = PagesOverASGI(lambda *_: [], pages=pages, watcher=NoWatcher())
    key = ("http", "testserver", "/a/")
    pages.make(pages.pending(key)[0])
    library.number = 2
    pages.update(library.state, pages.begin_reading())
    pages.pending(key)  # whoever makes the page hangs in the database

    assert asgi_response(adapter) == (200, b"/a/ 1 ")
    assert pages.looked_up == 3
    adapter.stop()


class FallsSilent(CountedPages):
    """Pages whose database has fallen silent at the third look."""

    @property
    def silent(self):
        return self.looked_up > 2


def test_what_is_not_a_page_is_passed_on_or_left_to_django():
    def django(environ, start_response):
        start_response("404 Not Found", [])
        return [b"Django's."]

    elsewhere = DjangoResponse(302, [("Location", "/a/")], b"Elsewhere.", None)
    adapter = unwatched(lambda key: None if key[2] == "/a/" else elsewhere, django)

    assert asgi_response(adapter) == (404, b"Django's.")
    assert asgi_response(adapter, "/b/") == (302, b"Elsewhere.")
    assert asgi_response(adapter, "/b/", method="HEAD") == (302, b"")
    adapter.stop()


def test_each_response_is_counted_once_by_its_kind(library):
    def django(environ, start_response):
        start_response("405 Method Not Allowed", [])
        return []

    adapter = unwatched(library.make, django)
    for _ in range(3):  # made, looked up, and remembered
        assert asgi_response(adapter)[0] == 200
    assert asgi_response(adapter, "/a/", (b"accept-encoding", b"*;q=0"))[0] == 406
    assert asgi_response(adapter, method="POST")[0] == 405

    assert adapter.answered == {200: 3, 406: 1, "django": 1}
    adapter.stop()


def test_pages_take_as_much_memory_as_the_settings_allow(settings):
    settings.PAGES_MEMORY_MB = 3
    adapter = PagesOverASGI(lambda *_: [], watcher=NoWatcher())
    assert adapter.pages.memory.limit == 3_000_000
    adapter.stop()


# --- What goes on to Django --------------------------------------------------------------------


def bridged(application, by, **scope):
    with ThreadPoolExecutor(1) as threads:
        bridge = Bridge(application, threads)
        apart(lambda: asyncio.run(bridge(a_scope(**scope), by.receive, by.send)))
    return by


class Streamed:
    def __init__(self, pieces):
        self.pieces = pieces
        self.closed = False

    def __iter__(self):
        return iter([b"x" * 10_000] * self.pieces)

    def close(self):
        self.closed = True


@pytest.mark.parametrize(("method", "size"), [("GET", 200_000), ("HEAD", 0)])
def test_a_response_is_passed_on_in_large_pieces_and_closed(method, size):
    answer = Streamed(20)

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return answer

    client = bridged(application, Client(), method=method)
    fields = dict(client.sent[0]["headers"])
    assert parsedate_to_datetime(fields.pop(b"date").decode()) <= datetime.now(UTC)
    assert fields == {b"content-type": b"text/plain"}
    assert len(client.body) == size
    assert len(client.sent) < 8
    assert client.sent[-1]["more_body"] is False
    assert answer.closed


def test_a_client_that_does_not_read_or_goes_away_holds_no_thread():
    """A client that stopped reading a large answer once occupied a thread for ever."""
    answers = []

    def application(environ, start_response):
        start_response("200 OK", [])
        answers.append(Streamed(100))
        return answers[-1]

    class Unwilling(Client):
        async def send(self, message):
            await asyncio.Event().wait()

    async def ask():
        with ThreadPoolExecutor(1) as threads:
            bridge = Bridge(application, threads)
            slow = [Unwilling() for _ in range(3)]
            tasks = [asyncio.create_task(bridge(a_scope(), c.receive, c.send)) for c in slow]
            willing = Client()
            await bridge(a_scope(), willing.receive, willing.send)
            for task in tasks:
                task.cancel()
            gone = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(it, asyncio.CancelledError) for it in gone)
            again = Client()
            await bridge(a_scope(), again.receive, again.send)
        return len(willing.body) + len(again.body)

    assert apart(lambda: asyncio.run(ask())) == 2_000_000
    assert all(it.closed for it in answers)


def test_a_request_arrives_as_a_wsgi_server_would_pass_it_on():
    seen = {}

    def application(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("204 No Content", [])
        return []

    bridged(
        application,
        Client(b"a" * 300_000, b"b"),
        method="POST",
        raw_path=b"/caf%C3%A9/",
        query_string=b"a=b",
        server=("127.0.0.1", 8000),
        client=("10.0.0.1", 5),
        headers=[
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
            (b"x-many", b"1"),
            (b"x-many", b"2"),
            (b"content-type", b"text/plain"),
        ],
    )
    assert seen["body"] == b"a" * 300_000 + b"b"
    assert seen["PATH_INFO"] == "/café/".encode().decode("latin-1")
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("a=b", "10.0.0.1")
    assert (seen["HTTP_COOKIE"], seen["HTTP_X_MANY"]) == ("a=1; b=2", "1,2")
    assert (seen["CONTENT_TYPE"], seen["SERVER_PORT"]) == ("text/plain", "8000")


@pytest.mark.parametrize(
    ("declared", "sizes", "kept"),
    [
        (1_000, [400, 600], 1_000),
        (1_001, [400, 601], 0),
        (1_001, [1_000], 0),
        (None, [400, 600], 1_000),
        (None, [400, 600, 1], 1_000),
        (None, [400, 700, 1], 400),
        (MAX_BODY, [1], 0),
        (None, [MAX_BODY], 0),
    ],
)
def test_a_body_that_django_would_refuse_is_received_but_not_kept(declared, sizes, kept, settings):
    """The sender sees Django's page about it, and can't fill the disk."""
    settings.UPLOAD_MAX_REQUEST_SIZE = 1_000
    seen = []

    def application(environ, start_response):
        seen.append(len(environ["wsgi.input"].read()))
        start_response("413 Content Too Large", [])
        return []

    length = [] if declared is None else [(b"content-length", str(declared).encode())]
    headers = [(b"accept", b"1"), *length, (b"x-length", b"1")]
    bridged(application, Client(*[b"x" * it for it in sizes]), method="POST", headers=headers)
    assert seen == [kept]


@pytest.mark.parametrize(("size", "is_on_disk"), [(200_000, False), (300_000, True)])
def test_a_large_body_is_kept_on_disk_and_not_in_memory(size, is_on_disk):
    seen = []

    def application(environ, start_response):
        seen.append(environ["wsgi.input"]._rolled)
        start_response("200 OK", [])
        return []

    bridged(application, Client(b"x" * size), method="POST")
    assert seen == [is_on_disk]


class AtWork:
    """A WSGI application that notes the paths it is asked for, and is long at work on /long."""

    def __init__(self):
        self.paths = []
        self.is_at_work, self.may_end = threading.Event(), threading.Event()

    def __call__(self, environ, start_response):
        self.paths.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/long":
            self.is_at_work.set()
            assert self.may_end.wait(timeout=10)
        start_response("204 No Content", [])
        return []


class WaitingClient(Client):
    """A client that sends a large body, and stays until `leaves` is set."""

    def __init__(self):
        super().__init__(b"x" * 100_000)
        self.leaves = asyncio.Event()

    async def receive(self):
        if not self.bodies:
            await self.leaves.wait()
        return await super().receive()


def test_large_requests_are_passed_on_one_after_another_and_small_ones_at_once():
    application = AtWork()

    async def ask_all(bridge):
        def asked(path, client):
            scope = a_scope(method="POST", raw_path=path.encode())
            return asyncio.create_task(bridge(scope, client.receive, client.send))

        first = asked("/long", WaitingClient())
        await asyncio.to_thread(application.is_at_work.wait, 10)
        gone, second = WaitingClient(), WaitingClient()
        left = asked("/gone", gone)
        waiting = asked("/second", second)
        await asked("/small", Client(b"x" * 1_000))
        gone.leaves.set()
        await left
        assert sorted(application.paths) == ["/long", "/small"]
        assert gone.sent == second.sent == []
        application.may_end.set()
        await asyncio.gather(first, waiting)
        assert application.paths[-1] == "/second"

    with ThreadPoolExecutor(4) as threads:
        apart(lambda: asyncio.run(ask_all(Bridge(application, threads, max_wait=10))))


def test_a_large_request_that_has_waited_is_passed_on_all_the_same():
    application = AtWork()

    async def ask_both(bridge):
        def asked(path, client):
            scope = a_scope(method="POST", raw_path=path)
            return asyncio.create_task(bridge(scope, client.receive, client.send))

        first = WaitingClient()
        long = asked(b"/long", first)
        await asyncio.to_thread(application.is_at_work.wait, 10)
        await asked(b"/second", WaitingClient())
        assert not first.sent
        application.may_end.set()
        await long

    with ThreadPoolExecutor(4) as threads:
        apart(lambda: asyncio.run(ask_both(Bridge(application, threads, max_wait=0.01))))
    assert application.paths == ["/long", "/second"]


def test_a_body_that_is_too_large_is_refused_whether_its_size_is_declared_or_not():
    def application(environ, start_response):
        raise AssertionError("Nobody asks Django.")

    declared = [(b"content-length", str(MAX_BODY + 1).encode())]
    start, body = bridged(application, Client(), headers=declared).sent
    assert start["status"] == 413
    assert body["body"] == b"This request is too large.\n"
    guards = {b"content-security-policy", b"referrer-policy", b"x-content-type-options"}
    assert guards <= dict(start["headers"]).keys()
    pieces = Client(*[b"x" * (MAX_BODY // 4 + 1)] * 5)
    assert bridged(application, pieces).sent[0]["status"] == 413
    chunked = Client(*[b"x" * 1_000] * 5_000)
    headers = [(b"transfer-encoding", b"chunked")]
    assert bridged(application, chunked, method="POST", headers=headers).sent[0]["status"] == 413
    assert len(chunked.bodies) > 4_900, "it was read further than it had to be"
    gone = Client()
    gone.bodies = []
    assert bridged(application, gone).sent == []


def test_a_header_with_an_underscore_is_not_passed_on():
    """A proxy replaces X-Forwarded-For, but not X_Forwarded_For."""
    headers = [(b"x-forwarded-for", b"203.0.113.66"), (b"x_forwarded_for", b"198.51.100.7")]
    for order in (headers, headers[::-1]):
        made = environ(a_scope(headers=order), io.BytesIO())
        assert made["HTTP_X_FORWARDED_FOR"] == "203.0.113.66"
