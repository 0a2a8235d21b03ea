"""Where a request may go, and what comes of a receiver that is slow, huge or misleading."""

import socket
import ssl
import subprocess
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from policies.webhooks import requesting
from tests.policies.webhooks.receiver import answering

BODY = b"{}"

# By the registries of IANA for special-purpose addresses, and what else leads into a network.
NOT_PUBLIC = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),  # noqa: S104
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255"),
    # What releases of Python took for public, and what lies at the ends of it.
    *("192.0.0.0", "192.0.0.1", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.255"),
    *("192.88.99.0", "192.88.99.1", "192.88.99.255", "2001:1::1", "2001:1::2", "2001:3::1"),
    *("2001:4:112::1", "2001:20::1", "2001:30::1", "2001:1ff:ffff::1", "2002::", "3fff::"),
    *("3fff::1", "3fff:fff:ffff::1", "5f00::1"),
    *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1"),
    # IPv4 in IPv6: mapped, compatible, translated (NAT64), 6to4, Teredo; most of them also of
    # public addresses.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "::ffff:8.8.8.8", "2002:7f00:1::"),
    "2002:808:808::",
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1", "100::1"),
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "100.63.255.255", "172.32.0.1", "2606:4700::1111"]
# Beside the ranges of the registry.
PUBLIC += ["192.0.1.255", "192.88.98.255", "192.88.100.1", "2001:200::1", "2003::1", "3ffe::1"]


def resolving(monkeypatch, *addresses):
    """Let every name have these addresses. Return a list to which looked-up names are added."""
    asked = []
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        if host in addresses:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        families = [socket.AF_INET6 if ":" in it else socket.AF_INET for it in addresses]
        return [
            (family, socket.SOCK_STREAM, 6, "", (address, port))
            for family, address in zip(families, addresses, strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public_are_refused(monkeypatch, address):
    resolving(monkeypatch, address)
    with pytest.raises(requesting.RequestRefused, match="not on the public internet"):
        requesting.target_of("https://hooks.softphonez.com/")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(monkeypatch, address):
    resolving(monkeypatch, address)
    target = requesting.target_of("https://hooks.softphonez.com/a?b=c")
    assert (target.addresses, target.port, target.path) == ((address,), 443, "/a?b=c")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    resolving(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(requesting.RequestRefused):
        requesting.target_of("https://hooks.softphonez.com/")


@pytest.mark.parametrize(
    "url",
    [
        *("http://93.184.216.34/", "ftp://93.184.216.34/", "//93.184.216.34/", "", "https://"),
        *("https://user@93.184.216.34/", "https://:pw@93.184.216.34/", "javascript:alert(1)"),
        *("https://93.184.216.34/a b", "https://93.184.216.34/#x", "https://93.184.216.34:99999/"),
        *("https://93.184.216.34/\r\nX: y", "https://[::1", "https://a..b/", "file:///etc/passwd"),
        "https://127.0.0.1\\@93.184.216.34/",
        # Other ways to write 127.0.0.1.
        *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/"),
        *("https://localhost/", "https://[::ffff:127.0.0.1]/", "https://[::1]/"),
    ],
)
def test_urls_that_lead_elsewhere_than_to_https_on_the_internet_are_refused(url):
    with pytest.raises(requesting.RequestRefused):
        requesting.target_of(url)


def test_with_leave_private_addresses_are_allowed_by_https_and_http_only_to_this_machine(settings):
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    assert requesting.target_of("https://10.0.0.1/").addresses == ("10.0.0.1",)
    assert requesting.target_of("http://127.0.0.1:81/").port == 81
    with pytest.raises(requesting.RequestRefused, match="https://"):
        requesting.target_of("http://10.0.0.1/")


def test_a_name_is_looked_up_once_so_that_it_can_not_lead_elsewhere_in_between(
    receiver, monkeypatch
):
    asked = resolving(monkeypatch, "127.0.0.1")

    answer = requesting.post(f"http://hooks.softphonez.com:{receiver.port}/hook", BODY, {})

    assert (answer.status, asked) == (204, ["hooks.softphonez.com"])
    assert receiver.messages[0].headers["host"] == f"hooks.softphonez.com:{receiver.port}"


def test_an_address_that_became_private_after_the_set_up_is_refused_at_the_request(
    receiver, settings, monkeypatch
):
    settings.WEBHOOK_PRIVATE_NETWORKS = False
    resolving(monkeypatch, "127.0.0.1")
    with pytest.raises(requesting.RequestRefused):
        requesting.post(f"https://hooks.softphonez.com:{receiver.port}/", BODY, {})
    assert receiver.messages == []


# --- Receivers -----------------------------------------------------------------------------------


def test_redirects_are_not_followed(receiver):
    receiver.behaviours = [answering(302, Location=receiver.url)]

    assert requesting.post(receiver.url, BODY, {}).status == 302
    assert len(receiver.messages) == 1


def test_no_proxy_is_asked(receiver, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert requesting.post(receiver.url, BODY, {}).status == 204


def test_of_a_huge_answer_only_the_beginning_is_read(receiver):
    stopped = threading.Event()

    def pour(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(10_000):
                handler.wfile.write(b"x" * 100_000)
        except OSError:
            stopped.set()

    receiver.behaviours = [pour]

    answer = requesting.post(receiver.url, BODY, {})

    assert answer == requesting.ReceivedAnswer(200, "x" * requesting.MAX_ANSWER)
    assert stopped.wait(10)


def hang(handler):
    handler.rfile.read(1)


def write_on(handler, piece):
    pauses = threading.Event()
    with suppress(OSError):
        while not pauses.wait(0.02):
            handler.wfile.write(piece)
            handler.wfile.flush()


def drip(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    write_on(handler, b"x")


def continue_for_ever(handler):
    write_on(handler, b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("slow", [hang, drip, continue_for_ever])
def test_a_slow_receiver_is_cut_off(receiver, monkeypatch, slow):
    monkeypatch.setattr(requesting, "TIMEOUT", 0.5)
    receiver.behaviours = [slow]
    before = time.monotonic()

    with pytest.raises(requesting.RequestFailed, match="No answer within"):
        requesting.post(receiver.url, BODY, {})
    assert time.monotonic() - before < 5


def stop_in_the_middle(handler):
    handler.wfile.write(b"half")
    handler.wfile.flush()
    handler.rfile.read(1)


def drip_on(handler):
    write_on(handler, b"x")


@pytest.mark.parametrize("go_on", [stop_in_the_middle, drip_on])
@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_an_answer_that_began_counts_even_if_its_end_never_comes(
    receiver, monkeypatch, version, go_on
):
    """With the older version, http.client gives the connection to the answer."""

    def begin(handler):
        handler.protocol_version = version
        handler.send_response(200)
        handler.send_header("Content-Length", "900")
        handler.end_headers()
        go_on(handler)

    for seconds in (0.5, 5):  # a machine may be busy once
        monkeypatch.setattr(requesting, "TIMEOUT", seconds)
        receiver.behaviours = [begin]
        before = time.monotonic()
        with suppress(requesting.RequestFailed):
            answer = requesting.post(receiver.url, BODY, {})
            break

    assert answer.status == 200
    assert answer.text.strip("x") in {"", "half"}
    assert time.monotonic() - before < 5 + seconds


def test_a_request_that_is_cut_off_while_it_connects_ends(receiver, monkeypatch):
    """There was no socket yet to cut off, and what dripped then was read for hours."""

    class AtOnce(threading.Timer):
        def start(self):
            self.function()

    monkeypatch.setattr(requesting, "Timer", AtOnce)
    receiver.behaviours = [drip]

    with pytest.raises(requesting.RequestFailed, match="No answer within"):
        requesting.post(receiver.url, BODY, {})


def test_a_closed_port_is_a_failure_with_an_explanation(settings):
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(requesting.RequestFailed, match="No connection"):
            requesting.post(url, BODY, {})


# --- TLS -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and a certificate of hooks.softphonez.com in one file."""
    folder = tmp_path_factory.mktemp("tls")
    name = "hooks.softphonez.com"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-addext", f"subjectAltName=DNS:{name}"),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "certificate.pem").read_bytes())
    return both


class Tls(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        answering(200, self.headers["Host"])(self)

    def log_message(self, *args):
        """Print nothing."""


@pytest.mark.parametrize(
    ("host", "is_trusted", "problem"),
    [
        ("hooks.softphonez.com", True, ""),
        ("hooks.softphonez.com", False, "self-signed certificate"),
        ("other.softphonez.com", True, "[Hh]ostname mismatch"),
    ],
)
def test_the_certificate_must_be_that_of_the_host_and_trusted(
    certificate, settings, monkeypatch, host, is_trusted, problem
):
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    resolving(monkeypatch, "127.0.0.1")
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Tls) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"https://{host}:{server.server_port}/"
        try:
            if problem:
                with pytest.raises(
                    requesting.RequestFailed, match=f"certificate is not valid: {problem}"
                ):
                    requesting.post(url, BODY, {})
            else:
                answer = requesting.post(url, BODY, {})
                assert answer == requesting.ReceivedAnswer(200, f"{host}:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


def test_a_receiver_that_never_finishes_the_handshake_is_cut_off(settings, monkeypatch):
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    monkeypatch.setattr(requesting, "TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(requesting.RequestFailed, match="No answer within"):
            requesting.post(url, BODY, {})
