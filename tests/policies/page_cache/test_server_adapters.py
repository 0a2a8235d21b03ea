"""Both shells around the pages in memory: who waits, cached answers, what goes on to Django."""

from __future__ import annotations

import asyncio
import io
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from policies.page_cache import publication_state, request_targets
from policies.page_cache.asgi import MAX_ANSWERS, MAX_KEY_LENGTH, PagesOverASGI
from policies.page_cache.bridge import MAX_BODY, Bridge, environ
from policies.page_cache.core import DjangoResponse, Pages
from policies.page_cache.head_requests import answering_heads
from policies.page_cache.publication_state import PublicationState
from policies.page_cache.responses import Page
from policies.page_cache.server_adapter import NO_DATABASE
from policies.page_cache.wsgi import PagesOverWSGI
from tests.loop import apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django.fixtures import SettingsWrapper


# --- The shells --------------------------------------------------------------------------------


def a_scope(method: str = "GET", path: str = "/privacy/", **more: Any) -> dict[str, Any]:
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
    """Collects what an ASGI application sends."""

    def __init__(self, *bodies: bytes) -> None:
        self.bodies = list(bodies) or [b""]
        self.sent: list[Any] = []

    async def receive(self) -> dict[str, Any]:
        if not self.bodies:
            return {"type": "http.disconnect"}
        body = self.bodies.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.bodies)}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def without_watcher(shell: Any, make: Any) -> Any:
    publication_state.remove_listener(shell.watcher._changed)
    shell.watcher.running = True  # asks no database
    shell.pages = Pages(make, limit=10**6)
    return shell


def test_under_asgi_all_who_ask_at_once_wait_for_one_page_and_hold_no_thread() -> None:
    asked: list[Any] = []
    everybody_is_there = threading.Event()

    def slow(key: Any) -> DjangoResponse:
        asked.append(key)
        assert everybody_is_there.wait(timeout=10)
        return DjangoResponse(
            200, [], b"The page.", PublicationState(("", ""), -math.inf, math.inf)
        )

    shell = without_watcher(PagesOverASGI(lambda *_: []), slow)

    async def ask_all() -> list[Client]:
        clients = [Client() for _ in range(200)]
        tasks = [asyncio.create_task(shell(a_scope(), c.receive, c.send)) for c in clients]
        await asyncio.sleep(0)
        tasks.pop().cancel()  # whoever goes away takes nothing from the others
        everybody_is_there.set()
        await asyncio.gather(*tasks)
        return clients[:-1]

    assert {client.body for client in apart(lambda: asyncio.run(ask_all()))} == {b"The page."}
    assert len(asked) == 1
    shell._makers.shutdown()


class Library:
    """An ASGI shell whose pages say their path and state; `ask` returns what a reader gets."""

    def __init__(self, limit: int = 10**6) -> None:
        self.number = 1
        self.shell = without_watcher(PagesOverASGI(lambda *_: []), self._make)
        self.shell.pages = Pages(self._make, limit=limit)
        self.memory = self.shell.pages.memory

    @property
    def state(self) -> PublicationState:
        return PublicationState((str(self.number), ""), -math.inf, math.inf)

    def _make(self, key: Any) -> DjangoResponse:
        body = f"{key[2]} {self.number} ".encode().ljust(1000, b"x")
        return DjangoResponse(200, [("ETag", '"x"')], body, self.state)

    def ask(
        self, path: str = "/a/", *fields: tuple[bytes, bytes], method: str = "GET", **more: Any
    ) -> Any:
        client = self._client(path, *fields, method=method, **more)
        return client.sent[0]["status"], client.body.rstrip(b"x")

    def headers(self) -> dict[bytes, bytes]:
        return dict(self._client("/a/").sent[0]["headers"])

    def _client(
        self, path: str, *fields: tuple[bytes, bytes], method: str = "GET", **more: Any
    ) -> Client:
        client = Client()
        headers = [(b"host", b"localhost"), *fields]
        scope = a_scope(method, path, headers=headers, **more)
        apart(lambda: asyncio.run(self.shell(scope, client.receive, client.send)))
        return client

    def close(self) -> None:
        self.shell._makers.shutdown()


@pytest.fixture
def library() -> Iterator[Library]:
    library = Library()
    yield library
    library.close()


def test_who_asks_in_the_same_words_gets_what_is_right_now(library: Library) -> None:
    for _ in range(3):
        assert library.ask() == (200, b"/a/ 1 ")
    assert library.memory.cached_answers
    library.number = 2
    library.shell.pages.learn(library.state, library.shell.pages.ticket())
    for _ in range(3):
        assert library.ask() == (200, b"/a/ 2 ")


def test_who_asks_in_the_same_words_is_answered_without_a_closer_look(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        library.ask()

    async def look(*_: Any) -> None:
        raise AssertionError("Nobody looks.")

    monkeypatch.setattr(library.shell, "_look", look)
    assert library.ask() == (200, b"/a/ 1 ")
    with pytest.raises(AssertionError):
        library.ask("/a/", (b"accept-encoding", b"br"))


def test_who_asks_in_the_same_words_gets_no_page_before_or_after_its_time(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("policies.page_cache.asgi.time", lambda: now)
    library.shell._latest = now
    pages = library.shell.pages = Pages(library._make, limit=10**6, clock=lambda: now)
    heads = ("1", "")
    monkeypatch.setattr(
        Library,
        "state",
        property(
            lambda self: (
                PublicationState(heads, 500.0, 2_000.0)
                if now < 2_000
                else PublicationState(heads, 2_000.0, math.inf)
            )
        ),
    )
    seen = []
    for moment, number in ((1_000.0, 1), (1_999.5, 2), (2_000.0, 3), (2_001.0, 4), (1_999.0, 5)):
        now, library.number = moment, number
        seen += [library.ask()[1] for _ in range(3)]

    assert pages.cached_answers
    assert [it.split()[1] for it in seen] == [b"1"] * 6 + [b"3"] * 6 + [b"5"] * 3


def test_who_has_the_page_hears_so_until_there_is_another(library: Library) -> None:
    library.ask()
    tag = library.headers()[b"etag"]
    for _ in range(3):
        assert library.ask("/a/", (b"if-none-match", tag)) == (304, b"")
    library.number = 2
    library.shell.pages.learn(library.state, library.shell.pages.ticket())
    for _ in range(3):
        assert library.ask("/a/", (b"if-none-match", tag)) == (200, b"/a/ 2 ")


def test_a_worker_that_leaves_tells_everybody_so(library: Library) -> None:
    for _ in range(3):
        assert library.headers().get(b"connection") is None
    library.shell.leave()
    for _ in range(3):
        assert library.headers()[b"connection"] == b"close"
        assert library.ask() == (200, b"/a/ 1 ")


def test_other_words_are_looked_at(library: Library) -> None:
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


def test_what_names_its_host_in_the_target_is_looked_at(library: Library) -> None:
    """Servers pass such a request on with a path that is of no use."""
    for _ in range(3):
        for place in ("/a/", "/b/"):
            target = f"http://localhost{place}".encode()
            assert library.ask("", raw_path=target) == (200, f"{place} 1 ".encode())


def test_what_is_remembered_is_bounded_and_keeps_no_page_alive(library: Library) -> None:
    library.ask()
    for number in range(MAX_ANSWERS):
        library.ask("/a/", (b"accept-encoding", b"x%d" % number))
    assert len(library.memory.cached_answers) == MAX_ANSWERS
    for number in range(MAX_ANSWERS):
        library.ask("/a/", (b"accept-encoding", b"y%d" % number))
    assert 0 < len(library.memory.cached_answers) <= MAX_ANSWERS
    remembered = set(library.memory.cached_answers)
    library.ask("/a/", (b"accept-encoding", b"x" * MAX_KEY_LENGTH))
    assert set(library.memory.cached_answers) == remembered

    library.memory.drop(("http", "localhost", "/a/"))
    assert library.memory.cached_answers == {}


def test_whether_the_site_is_ready_is_known_at_once_while_the_database_is_silent(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no other request is answered like that."""
    monkeypatch.setattr(Pages, "silent", True)

    status, words = library.ask("/readyz")
    assert (status, words.decode().strip()) == (503, NO_DATABASE)
    for place in ("/a/", "/z/"):
        assert library.ask(place) == (200, f"{place} 1 ".encode())


def test_who_is_asked_for_in_the_same_words_all_the_time_is_not_put_out() -> None:
    library = Library(limit=2 * Page([], b"x" * 1000, PublicationState(("", ""), 0, 1)).size + 500)
    library.ask("/a/")
    library.ask("/b/")
    for other in ("/c/", "/d/", "/e/"):
        for _ in range(3):
            library.ask("/a/")
        library.ask(other)
    assert {key[2] for key, _ in library.memory.newest()} == {"/a/", "/e/"}
    library.close()


def test_django_is_asked_for_what_it_has_and_head_takes_no_content() -> None:
    closed: list[str] = []

    class Content(list[bytes]):
        def close(self) -> None:
            closed.append("yes")

    def django(environ: dict[str, Any], start_response: Callable[..., Any]) -> Content:
        start_response("200 OK", [("ETag", '"x"')])
        return Content([environ["REQUEST_METHOD"].encode()])

    heads = answering_heads(django)
    assert list(heads({"REQUEST_METHOD": "POST"}, lambda *_: None)) == [b"POST"]
    headers: list[Any] = []
    assert list(heads({"REQUEST_METHOD": "HEAD"}, lambda *it: headers.extend(it))) == []
    assert headers == ["200 OK", [("ETag", '"x"')]]
    assert closed == ["yes"]


def test_a_target_that_names_the_host_is_taken_apart() -> None:
    """RFC 9112, section 3.2.2."""
    scope = {"path": "", "raw_path": b"http://a:1/p%61?x", "headers": [(b"host", b"b")]}
    assert request_targets.of_scope(scope)["path"] == "/pa"
    assert request_targets.of_scope(scope)["headers"] == [(b"host", b"a:1")]
    environ = request_targets.of_environ(
        {"RAW_URI": "https://a?x", "HTTP_HOST": "b", "PATH_INFO": ""}
    )
    assert (environ["HTTP_HOST"], environ["PATH_INFO"]) == ("a", "/")
    for other in ("*", "a:443", "httpx://a/"):
        assert request_targets.of_scope({"raw_path": other.encode()}) == {
            "raw_path": other.encode()
        }
        assert request_targets.of_environ({"RAW_URI": other}) == {"RAW_URI": other}


def test_the_asgi_shell_takes_part_in_start_and_stop_and_refuses_web_sockets() -> None:
    shell = without_watcher(PagesOverASGI(lambda *_: []), lambda key: None)
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    client = Client()

    async def receive() -> Any:
        return messages.pop(0)

    apart(lambda: asyncio.run(shell({"type": "lifespan"}, receive, client.send)))
    apart(lambda: asyncio.run(shell({"type": "websocket"}, client.receive, client.send)))
    assert [message["type"] for message in client.sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
        "websocket.close",
    ]


def test_under_wsgi_all_who_ask_at_once_wait_for_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    on_board = threading.Semaphore(0)
    everybody_is_there = threading.Event()

    def slow(key: Any) -> DjangoResponse:
        asked.append(key)
        assert everybody_is_there.wait(timeout=10)
        return DjangoResponse(
            200, [], b"The page.", PublicationState(("", ""), -math.inf, math.inf)
        )

    shell = without_watcher(PagesOverWSGI(lambda *_: []), slow)
    flight = shell.pages.flight
    said: list[bytes] = []

    def boarding(key: Any) -> Any:
        found = flight(key)
        on_board.release()
        return found

    monkeypatch.setattr(shell.pages, "flight", boarding)

    def ask() -> None:
        request = environ(a_scope(), io.BytesIO())
        said.append(b"".join(shell(request, lambda status, headers: None)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert all(on_board.acquire(timeout=10) for _ in threads)
    everybody_is_there.set()
    for thread in threads:
        thread.join()
    assert said == [b"The page."] * 8
    assert len(asked) == 1


def over_wsgi(shell: Any, path: str = "/a/", **more: Any) -> tuple[int, bytes]:
    started: list[str] = []
    request = environ(a_scope(path=path, **more), io.BytesIO())
    body = b"".join(shell(request, lambda status, headers: started.append(status)))
    return int(started[0].split()[0]), body


def test_under_wsgi_it_is_known_at_once_that_the_site_is_not_ready_and_pages_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = PublicationState(("", ""), -math.inf, math.inf)
    shell = without_watcher(
        PagesOverWSGI(lambda *_: []), lambda key: DjangoResponse(200, [], key[2].encode(), state)
    )
    monkeypatch.setattr(Pages, "silent", True)

    assert over_wsgi(shell, "/readyz") == (503, f"{NO_DATABASE}\n".encode())
    for path in ("/a/", "/z/"):
        assert over_wsgi(shell, path) == (200, path.encode())


@pytest.mark.parametrize("kind", [PagesOverASGI, PagesOverWSGI])
def test_who_waits_while_the_database_falls_silent_gets_the_page_as_it_was(
    library: Library, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    monkeypatch.setattr(f"policies.page_cache.{kind.__module__.rpartition('.')[2]}.PATIENCE", 0.01)
    uptime = [0.0]
    shell = without_watcher(kind(lambda *_: []), library._make)
    pages = shell.pages = Pages(
        library._make,
        limit=10**6,
        monotonic=lambda: uptime.pop(0) if len(uptime) > 1 else uptime[0],
    )
    key = ("http", "localhost", "/a/")
    pages.fly(pages.flight(key)[0])
    library.number = 2
    pages.learn(library.state, pages.ticket())
    pages.flight(key)  # whoever makes the page hangs in the database
    uptime += [0.0, 10.0]

    if kind is PagesOverWSGI:
        status, body = over_wsgi(shell)
    else:
        library.shell._makers.shutdown()
        library.shell = shell
        status, body = library.ask()
    assert (status, body.rstrip(b"x")) == (200, b"/a/ 1 ")


def test_under_wsgi_what_is_no_page_is_answered_or_left_to_django() -> None:
    def django(environ: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return [b"Django's."]

    def make(key: Any) -> DjangoResponse | None:
        return (
            None
            if key[2] == "/a/"
            else DjangoResponse(302, [("Location", "/a/")], b"Elsewhere.", None)
        )

    shell = without_watcher(PagesOverWSGI(django), make)
    assert over_wsgi(shell) == (404, b"Django's.")
    assert over_wsgi(shell, "/b/") == (302, b"Elsewhere.")
    assert over_wsgi(shell, "/b/", method="HEAD") == (302, b"")


def test_every_answer_is_counted_once_by_its_kind(library: Library) -> None:
    def django(environ: Any, start_response: Any) -> list[bytes]:
        start_response("405 Method Not Allowed", [])
        return []

    by_asgi, by_wsgi = (
        without_watcher(kind(django), library._make) for kind in (PagesOverASGI, PagesOverWSGI)
    )
    library.shell._makers.shutdown()
    library.shell = by_asgi
    nothing = [(b"host", b"localhost"), (b"accept-encoding", b"*;q=0")]
    for _ in range(3):  # made, looked for, and asked for in the same words
        assert library.ask()[0] == over_wsgi(by_wsgi)[0] == 200
    for method, fields, status in (("GET", nothing, 406), ("POST", nothing[:1], 405)):
        assert library.ask("/a/", *fields[1:], method=method)[0] == status
        assert over_wsgi(by_wsgi, method=method, headers=fields)[0] == status

    assert by_asgi.answered == by_wsgi.answered == {200: 3, 406: 1, "django": 1}


@pytest.mark.parametrize("kind", [PagesOverASGI, PagesOverWSGI])
def test_pages_take_as_much_memory_as_the_site_is_set_to(
    kind: Any, settings: SettingsWrapper
) -> None:
    settings.PAGES_MEMORY_MB = 3
    shell = kind(lambda *_: [])
    publication_state.remove_listener(shell.watcher._changed)
    assert shell.pages.memory.limit == 3_000_000


# --- What goes on to Django under ASGI ---------------------------------------------------------


def bridged(application: Any, by: Client, **scope: Any) -> Client:
    with ThreadPoolExecutor(1) as threads:
        bridge = Bridge(application, threads)
        apart(lambda: asyncio.run(bridge(a_scope(**scope), by.receive, by.send)))
    return by


class Streamed:
    """A WSGI answer of many pieces, which has to be closed."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self.closed = False

    def __iter__(self) -> Any:
        return iter([b"x" * 10_000] * self.pieces)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(("method", "size"), [("GET", 200_000), ("HEAD", 0)])
def test_an_answer_is_passed_on_in_large_pieces_and_closed(method: str, size: int) -> None:
    answer = Streamed(20)

    def application(environ: Any, start_response: Any) -> Any:
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


def test_who_does_not_read_or_goes_away_holds_no_thread() -> None:
    """A client that stopped reading a large answer once occupied a thread for ever."""
    answers: list[Streamed] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        answers.append(Streamed(100))
        return answers[-1]

    class Unwilling(Client):
        async def send(self, message: Any) -> None:
            await asyncio.Event().wait()

    async def ask() -> int:
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


def test_a_request_arrives_as_a_wsgi_server_would_hand_it_over() -> None:
    seen: dict[str, Any] = {}

    def application(environ: Any, start_response: Any) -> Any:
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
def test_of_a_body_that_django_would_refuse_nothing_more_is_kept(
    declared: int | None, sizes: list[int], kept: int, settings: SettingsWrapper
) -> None:
    """Its sender sees Django's page about it, and can't fill the disk."""
    settings.UPLOAD_MAX_REQUEST_SIZE = 1_000
    seen: list[int] = []

    def application(environ: Any, start_response: Any) -> Any:
        seen.append(len(environ["wsgi.input"].read()))
        start_response("413 Content Too Large", [])
        return []

    length = [] if declared is None else [(b"content-length", str(declared).encode())]
    headers = [(b"accept", b"1"), *length, (b"x-length", b"1")]
    bridged(application, Client(*[b"x" * it for it in sizes]), method="POST", headers=headers)
    assert seen == [kept]


@pytest.mark.parametrize(("size", "is_on_disk"), [(200_000, False), (300_000, True)])
def test_what_is_large_waits_on_disk_and_not_in_memory(size: int, is_on_disk: bool) -> None:
    seen: list[bool] = []

    def application(environ: Any, start_response: Any) -> Any:
        seen.append(environ["wsgi.input"]._rolled)
        start_response("200 OK", [])
        return []

    bridged(application, Client(b"x" * size), method="POST")
    assert seen == [is_on_disk]


def test_a_body_that_is_too_large_is_refused_and_one_that_never_ends_is_given_up() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        raise AssertionError("Nobody asks Django.")

    declared = [(b"content-length", str(MAX_BODY + 1).encode())]
    start, body = bridged(application, Client(), headers=declared).sent
    assert start["status"] == 413
    assert body["body"] == b"This request is too large.\n"
    guards = {b"content-security-policy", b"referrer-policy", b"x-content-type-options"}
    assert guards <= dict(start["headers"]).keys()
    pieces = Client(*[b"x" * (MAX_BODY // 4 + 1)] * 5)
    assert bridged(application, pieces).sent[0]["status"] == 413
    gone = Client()
    gone.bodies = []
    assert bridged(application, gone).sent == []


def test_a_name_that_cgi_takes_for_another_is_not_passed_on() -> None:
    """A proxy replaces X-Forwarded-For, but not X_Forwarded_For."""
    headers = [(b"x-forwarded-for", b"203.0.113.66"), (b"x_forwarded_for", b"198.51.100.7")]
    for order in (headers, headers[::-1]):
        made = environ(a_scope(headers=order), io.BytesIO())
        assert made["HTTP_X_FORWARDED_FOR"] == "203.0.113.66"
