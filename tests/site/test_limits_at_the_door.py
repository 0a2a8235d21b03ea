"""Requests that gunicorn itself refuses, before Django is asked: a real server, raw requests."""

import socket

from softphonez_site import gunicorn_conf
from tests.site.serving import port as port
from tests.site.serving import server as server

BEGIN = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


def ask(port: int, request: bytes) -> tuple[int, str]:
    """Send raw bytes; return the status and the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        answer = b""
        while more := connection.recv(65536):
            answer += more
    return int(answer.split()[1]), answer.decode()


def test_a_request_beyond_the_servers_limits_is_refused_in_words(server, port):
    long = b"a" * gunicorn_conf.limit_request_line
    status, answer = ask(port, b"GET /" + long + b" HTTP/1.1\r\n\r\n")
    assert status == 414  # RFC 9110, section 15.5.15
    assert "request line is too large" in answer.lower()

    long = b"a" * gunicorn_conf.limit_request_field_size
    status, answer = ask(port, BEGIN + b"X-Long: " + long + b"\r\n\r\n")
    assert status == 431  # RFC 6585, section 5
    assert "Request Header Fields Too Large" in answer

    many = b"".join(b"X-%d: a\r\n" % number for number in range(gunicorn_conf.limit_request_fields))
    status, answer = ask(port, BEGIN + many + b"\r\n")
    assert status == 431
    assert "Request Header Fields Too Large" in answer
