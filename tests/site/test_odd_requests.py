"""Requests that no browser sends: odd paths, too large, cut off, too slow, two in one.

Under ASGI and WSGI it gives the same answers, never a 500, and goes on serving others meanwhile.
"""

import socket
from contextlib import closing

import pytest

from softphonez_site import gunicorn_conf
from tests.servers import Connection

# Its servers have SQLite, whatever the database of the tests is.
pytestmark = pytest.mark.sqlite

HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n"


@pytest.fixture
def port(port):
    """Of a server that goes on, whatever was asked."""
    yield port
    with closing(Connection(port)) as reader:
        assert reader.ask("/privacy/").status == 200


def said(port, request):
    """Send these bytes; return everything that the server sends until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        answer = bytearray()
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass  # what was sent behind a refused request is not read
        return bytes(answer)


def status(answer):
    assert answer.startswith(b"HTTP/1."), answer[:200]
    return int(answer.split(b" ", 2)[1])


def get(target, *lines, method=b"GET", body=b""):
    head = b"".join(line + b"\r\n" for line in lines)
    return b"%s %s HTTP/1.1\r\n%s%s%s\r\n%s" % (method, target, HOST, head, CLOSE, body)


def wrong(port, cases):
    found = {request: status(said(port, request)) for request in cases}
    return {request[:80]: it for request, it in found.items() if it != cases[request]}


TARGETS = {
    b"//privacy/": 404,
    b"/privacy//": 404,
    b"/privacy/../": 404,
    b"/privacy/./": 404,
    b"/%2e%2e/": 404,
    b"/%2e%2e/%2e%2e/etc/passwd": 404,
    b"/static/../manage.py": 404,
    b"/static/%2e%2e/%2e%2e/manage.py": 404,
    b"/static/%00": 404,
    b"/privacy%2F": 404,  # an encoded slash is no slash (RFC 3986, section 2.2)
    b"/privacy/versions%2F1/": 404,
    b"/privacy%2fversions%2f1%2f": 404,
    b"/privacy/?next=%2Fprivacy%2F": 200,
    b"/%2Fprivacy/": 404,
    b"/privacy%252F": 404,
    b"/privacy/%00": 404,
    b"/privacy%00/": 404,
    b"/%ff/": 404,
    b"/%c3%28/": 404,
    b"/privacy/on/%ff/": 404,
    b"/preview/%00.%ff/": 404,
    b"/preview/99999999999999999999.x/": 404,
    b"/privacy/versions/999999999/": 404,
    b"/privacy/versions/01/": 404,
    b"/%0d%0aSet-Cookie:x/": 404,
    b"/%5cevil.example.com/privacy": 404,
    b"//evil.example.com/privacy": 404,
    b"/%": 404,
    b"/privacy/%zz/": 404,
    b"/PRIVACY/": 404,
    b"/privacy/;a=b": 404,
    b"/" + b"a" * 4000: 301,
    b"/privacy/?" + b"q" * 4000: 200,
    b"/privacy/\xff": 400,
    b"privacy/": 400,
    b"*": 400,
    b"": 400,
    b"/privacy/ extra": 400,
}


def test_odd_paths_get_an_error_page(port):
    assert wrong(port, {get(target): wanted for target, wanted in TARGETS.items()}) == {}
    for target in (b"//evil.example.com", b"/%5cevil.example.com", b"/%0d%0ax:y"):
        answer = said(port, get(target)).lower()
        assert b"\r\nlocation:" not in answer
        assert b"\r\nx:" not in answer


def test_a_host_in_the_request_target_replaces_the_host_header(port):
    """RFC 9112, section 3.2.2."""
    page = Connection(port)
    for target in ("http://localhost/privacy/", "HTTP://localhost/privacy/?a=b"):
        for _ in range(2):
            answer = page.ask(target, "Host: evil.example.com")
            assert (answer.status, answer.body) == (200, page.ask("/privacy/").body)
    assert page.ask("http://localhost/admin/login/").status == 200
    assert page.ask("http://localhost").status == 200
    assert page.ask("http://evil.example.com/privacy/").status == 400
    assert page.ask("https:/privacy/").status in {400, 404}
    page.close()


def test_each_page_has_one_spelling_to_which_all_others_lead(port):
    """RFC 3986, section 6.2.2.2."""
    page = Connection(port)
    for path in ("/priv%61cy/", "/%70%72ivacy/?q=%20", "http://localhost/priv%61cy/"):
        for method in ("GET", "HEAD"):
            answer = page.ask(path, method=method)
            query = "?q=%20" if "?" in path else ""
            assert (answer.status, answer.headers["location"]) == (301, f"/privacy/{query}")
    for path in (
        "/privacy/versions/%31.md",
        "/privacy/versions/1%2Emd",
        "/privacy/versions/1.m%64",
    ):
        assert page.ask(path).headers["location"] == "/privacy/versions/1.md"
    page.close()


MESSAGES = {
    # Sizes below the limits.
    get(b"/privacy/", b"X: " + b"a" * 8_000): 200,
    get(b"/privacy/", b"Cookie: " + b"a" * 8_000): 200,
    get(b"/no-such-page/", b"Cookie: " + b"a" * 8_000): 404,
    get(b"/privacy/", *(b"X-%d: 1" % number for number in range(40))): 200,
    get(b"/privacy/", b"If-None-Match: " + b'"x",' * 1_900): 200,
    get(b"/privacy/", b"Accept-Encoding: " + b"x;q=0.1," * 900): 200,
    # Syntax.
    get(b"/privacy/", b"X Y: 1"): 400,
    get(b"/privacy/", b"X : 1"): 400,
    get(b"/privacy/", b": 1"): 400,
    get(b"/privacy/", b"X"): 400,
    get(b"/privacy/", b"X: 1", b" 2"): 400,
    get(b"/privacy/", b"X: a\0b"): 400,
    get(b"/privacy/", b"X: \xff"): 200,
    get(b"/privacy/", method=b"get"): 400,
    get(b"/privacy/", method=b"A" * 30): 400,
    b"\r\n" + get(b"/privacy/"): 200,
    b"GET /privacy/\r\n\r\n": 400,
    b"GET /privacy/ HTTP/2.0\r\n" + HOST + b"\r\n": 400,
    b"GET /privacy/ HTTP/1.1\n" + HOST[:-2] + b"\n\n": 400,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": 400,
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n": 400,
    # Hosts (RFC 9112, section 3.2): none, two, none of ours.
    b"GET /privacy/ HTTP/1.1\r\n" + CLOSE + b"\r\n": 400,
    get(b"/privacy/", b"Host: localhost"): 400,
    **{
        b"GET /privacy/ HTTP/1.1\r\nHost: " + host + b"\r\n" + CLOSE + b"\r\n": 400
        for host in (b"", b"evil", b"localhost@evil", b"localhost:80:80", b"localhost:x", b"\xff")
    },
    # A request in a request: two lengths, or one that can be read in two ways (section 6.3).
    get(b"/privacy/", b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"): 400,
    get(b"/privacy/", b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"): 400,
    get(b"/privacy/", b"Transfer-Encoding: chunked, gzip"): 400,
    get(b"/privacy/", b"Transfer-Encoding: xchunked"): 501,
    get(b"/privacy/", b"Transfer-Encoding:\x0bchunked"): 400,
    get(b"/privacy/", b"Content-Length: 5", b"Content-Length: 6", body=b"hello!"): 400,
    get(b"/privacy/", b"Content-Length: 5, 5", body=b"hello"): 400,
    get(b"/privacy/", b"Content-Length: +5", body=b"hello"): 400,
    get(b"/privacy/", b"Content-Length: -1"): 400,
    get(b"/privacy/", b"Content-Length: 0x5", body=b"hello"): 400,
    # A content that means nothing (RFC 9110, section 9.3.1), and methods that mean nothing here.
    get(b"/privacy/", b"Content-Length: 5", body=b"hello"): 200,
    get(b"/no-such-page/", b"Content-Length: 5", body=b"hello"): 404,
    get(b"/privacy/", b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"): 200,
    get(b"/no-such-page/", b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"): 404,
    get(b"*", method=b"OPTIONS"): 404,
    get(b"/privacy/", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"): 200,
    # HTTP/1.0.
    b"GET /privacy/ HTTP/1.0\r\n" + HOST + b"\r\n": 200,
    b"GET /no-such-page/ HTTP/1.0\r\n" + HOST + b"\r\n": 404,
    b"GET /healthz HTTP/1.0\r\n\r\n": 200,
    b"GET /privacy/ HTTP/1.0\r\n\r\n": 400,
}


def test_odd_messages_are_answered_or_refused_but_never_misread(port):
    assert wrong(port, MESSAGES) == {}


def test_a_request_beyond_the_servers_limits_is_refused_with_an_explanation(port):
    line = said(port, get(b"/" + b"a" * gunicorn_conf.limit_request_line))
    field = said(port, get(b"/", b"X: " + b"a" * gunicorn_conf.limit_request_field_size))
    fields = said(port, get(b"/", *[b"X: 1"] * gunicorn_conf.limit_request_fields))

    assert line.startswith(b"HTTP/1.1 414 ")  # RFC 9110, section 15.5.15
    assert b"request line is too large" in line.lower()
    for answer in (field, fields):
        assert answer.startswith(b"HTTP/1.1 431 ")  # RFC 6585, section 5
        assert b"Request Header Fields Too Large" in answer


def test_a_long_form_in_chunks_is_refused_before_all_of_it_is_there(port):
    """Or, under WSGI, answered without reading it: the last chunk never comes."""
    kind = b"Content-Type: application/x-www-form-urlencoded"
    head = get(b"/privacy/", kind, b"Transfer-Encoding: chunked", method=b"POST")
    answer = said(port, head + b"10000\r\n" + b"x" * 0x10000 + b"\r\n" + b"1\r\nx\r\n")

    assert answer.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 405 "))


def test_no_part_of_a_refused_message_is_taken_for_a_request(port):
    hidden = get(b"/healthz")
    length = b"Content-Length: %d" % len(hidden)
    for second in ([b"Transfer-Encoding: chunked"], [b"Content-Length: 0"], []):
        request = get(b"/privacy/", length, *second).replace(CLOSE, b"")
        assert b"This process is alive" not in said(port, request + hidden + get(b"/nothing/"))


FORM = b"multipart/form-data; boundary=X"
TYPES = [
    *(b"a/b; charset*=none''x", b"a/b; charset*=utf-8''a%00b", b"a/b; x*=a''b; x*0=c"),
    *(b"a/b; x*" + b"9" * 5000 + b"=a", b"", b";", b"/", b"\xff/\xff", b"a/b; charset=undefined"),
    *(b"multipart/form-data", b"multipart/form-data; boundary=", FORM, FORM + b"; charset=idna"),
    *(FORM + b"; charset=" + it for it in (b"rot13", b"hex", b"undefined", b"unicode_escape")),
]
PARTS = [
    b'Content-Disposition: form-data; name="username"',
    b"Content-Disposition: form-data; name=a; x*=a''b; x*0=c",
    b"Content-Disposition: form-data; name=username\r\nContent-Type: a/b; charset*=none''x",
    b'Content-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: a; charset=rot13',
    b"Content-Disposition: form-data; name*=none''x",
    b"",
]


def test_an_odd_content_type_of_a_form_causes_no_error(port):
    """Django decodes Content-Type before any middleware runs."""
    cookie = b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n"
    answers = {}
    for kind in TYPES:
        for part in PARTS if kind.startswith(FORM) else [b""]:
            body = b"--X\r\n" + part + b"\r\n\r\n\\ud800\r\n--X--\r\n"
            length = b"Content-Length: %d\r\n" % len(body)
            fields = HOST + CLOSE + cookie + length + b"Content-Type: " + kind + b"\r\n\r\n"
            for line in (b"POST /admin/login/", b"POST /", b"GET /privacy/timegate/"):
                answers[line, kind, part] = said(port, line + b" HTTP/1.1\r\n" + fields + body)
    strange = {it: answer[:80] for it, answer in answers.items() if status(answer) not in REFUSALS}
    assert strange == {}
    guarded = [it for it in answers.values() if b"content-security-policy" in it.lower()]
    assert len(guarded) > len(answers) / 2


def test_an_absurd_content_length_is_refused(port):
    length = b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n"
    answer = said(port, b"POST /admin/login/ HTTP/1.1\r\n" + HOST + CLOSE + length)
    assert answer == b"" or status(answer) in {400, 413}


REFUSALS = {302, 400, 403, 405}  # 302: a time gate leads on


def test_pipelined_requests_are_answered_in_order(port):
    """RFC 9112, section 9.3.2. From memory and from Django in turn, with and without content."""
    asked = [
        ("GET", "/privacy/", 200),
        ("HEAD", "/privacy/", 200),
        ("GET", "/no-such-page/", 404),
        ("HEAD", "/no-such-page/", 404),
        ("GET", "/privacy/versions/1.md", 200),
        ("POST", "/privacy/", 405),
        ("GET", "/privacy/on/2026-01-02/", 302),
        ("GET", "/healthz", 200),
    ]
    reader = Connection(port)
    reader.socket.sendall(
        b"".join(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            for method, path, _ in asked
        )
    )
    answers = [reader.answer(method) for method, *_ in asked]
    assert [answer.status for answer in answers] == [wanted for *_, wanted in asked]
    assert answers[4].body.startswith(b"---")
    assert answers[7].body == b"This process is alive.\n"
    reader.close()


def test_a_connection_is_closed_when_the_client_asks_for_it(port):
    for request in (
        get(b"/privacy/"),
        get(b"/no-such-page/"),
        b"GET /privacy/ HTTP/1.0\r\n" + HOST + b"\r\n",
    ):
        answer = said(port, request)  # comes to its end, so the server has closed
        assert b"\r\nconnection: close\r\n" in answer.lower() or b"HTTP/1.0" in request
        length = int(answer.lower().split(b"\r\ncontent-length: ", 1)[1].split(b"\r\n", 1)[0])
        assert len(answer.split(b"\r\n\r\n", 1)[1]) == length


def test_a_client_that_expects_100_continue_gets_it_or_the_response(port):
    """RFC 9110, section 10.1.1: an interim answer, or at once the final one."""
    for path, final in ((b"/privacy/", 405), (b"/no-such-page.txt", 404)):
        reader = Connection(port)
        reader.socket.sendall(
            get(path, b"Expect: 100-continue", b"Content-Length: 5", method=b"POST")
        )
        first = int(reader.reader.readline().split()[1])
        assert first in {100, final}
        if first == 100:
            reader.reader.readline()
            reader.socket.sendall(b"hello")
            assert reader.answer("POST").status == final
        reader.close()


def test_slow_clients_are_waited_for_and_delay_nobody(port, server):
    """Each has sent half of a request. Under WSGI, each has one of the four threads."""
    request = get(b"/privacy/")
    slow = [Connection(port) for _ in range({"asgi": 50, "wsgi": 3}[server])]
    for client in slow:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.socket.sendall(request[:30])
    reader = Connection(port)
    for path in ("/privacy/", "/admin/login/", "/no-such-page/", "/privacy/versions/"):
        assert reader.ask(path).status in {200, 404}
    for number in range(30, len(request)):
        slow[0].socket.sendall(request[number : number + 1])
    assert b"We keep 3." in slow[0].answer("GET").body
    for client in [*slow, reader]:
        client.close()
