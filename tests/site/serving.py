"""Serves the site by real servers on free ports; clients that send exactly what they are told."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT
from tests.migrated import migrated
from tests.nginx import free_port

ROOT = Path(__file__).resolve().parents[2]
SERVER = [
    *(sys.executable, "-m", "gunicorn", "--config", "softphonez_site/gunicorn_conf.py"),
    *("--log-level", "info"),
]


def environment(tmp_path: Path, port: int) -> dict[str, str]:
    """Return the environment of a site whose files are all in `tmp_path`."""
    return {
        **ENVIRONMENT,
        "DJANGO_SETTINGS_MODULE": "tests.site.served_settings",
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "PORT": str(port),
    }


ADAPTERS = {
    "asgi": [],
    "wsgi": ["--worker-class", "gthread", "--threads", "4", "softphonez_site.wsgi"],
}
# Parameters for tests in both server adapters. Where they differ, tests/policies tests both, too.
EACH_ADAPTER = ["asgi", pytest.param("wsgi", marks=pytest.mark.slow)]
POLICY = """---
slug: privacy
language: en
name: Privacy Policy
title: Privacy Policy
last_updated: 2026-11-0{number}
---

This is text {number}.

## Scope {{#scope}}

{text}
"""


@dataclass
class Response:
    """A response: status, headers by name in lower case, body as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """A kept-alive connection that sends exactly what it is told."""

    def __init__(self, port: int) -> None:
        self.port = port
        # So long only on a machine that has much else to do.
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.reader = self.socket.makefile("rb")

    def close(self) -> None:
        self.reader.close()
        self.socket.close()

    def ask(self, path: str, *lines: str, method: str = "GET", body: bytes = b"") -> Response:
        if not any(line.lower().startswith("host:") for line in lines):
            lines = ("Host: localhost", *lines)
        if body:
            lines = (*lines, f"Content-Length: {len(body)}")
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
        self.socket.sendall(head.encode("latin-1") + body)
        return self.answer(method)

    def answer(self, method: str) -> Response:
        status = int(self.reader.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self.reader.readline().strip().decode("latin-1"):
            name, _, value = line.partition(": ")
            assert name.lower() not in headers or name.lower() == "set-cookie"
            headers[name.lower()] = value
        if method == "HEAD" or status == 304:
            return Response(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Response(status, headers, b"".join(iter(self.chunk, b"")))
        return Response(status, headers, self.reader.read(int(headers["content-length"])))

    def chunk(self) -> bytes:
        data = self.reader.read(int(self.reader.readline(), 16))
        self.reader.readline()
        return data


def manage(folder: Path, *arguments: str, code: Path = ROOT) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=code,
        env=environment(folder, 0),
        check=True,
        capture_output=True,
    )


def make_database(folder: Path) -> None:
    """Give the site in `folder` an empty, migrated database."""
    with migrated(folder / "site.sqlite3") as is_there:
        if not is_there:
            manage(folder, "migrate", "--verbosity", "0")


def publish(folder: Path, number: int) -> None:
    """Publish a version by a command in another process, while the site may be running."""
    file = folder / "privacy.md"
    file.write_text(POLICY.format(number=number, text=f"We keep little {number}. " * 100))
    manage(folder, "import_policies", str(file), "--publish")


def said_until_ready(process: subprocess.Popen[str], workers: int) -> str:
    """Return what a server says until so many of its workers take connections."""
    assert process.stdout
    said = ""
    while said.count("takes connections") < workers:
        line = process.stdout.readline()
        assert line, f"The server stopped at once:\n{said}"
        said += line
    return said


@contextmanager
def served(
    folder: Path, adapter: str, *, workers: int, code: Path = ROOT, **variables: str
) -> Iterator[int]:
    """Serve the site in `folder`; yield the port once all workers accept connections.

    code: where manage.py is. variables: added to the environment.
    """
    port = free_port()
    process = subprocess.Popen(
        # A test may take its time between two requests.
        [*SERVER, "--keep-alive", "60", *ADAPTERS[adapter]],
        cwd=code,
        env={**environment(folder, port), "WEB_CONCURRENCY": str(workers), **variables},
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    # Each 404 is logged: a pipe that nobody reads would fill up and block the server.
    logged = threading.Thread(target=process.stdout.read, daemon=True)
    try:
        said_until_ready(process, workers)
        logged.start()
        yield port
    finally:
        process.terminate()
        process.wait()
        if logged.ident:
            logged.join()
        process.stdout.close()


def steady(response: Response) -> dict[str, str]:
    """Return the headers without what changes each minute and what the server says of itself."""
    passing = {"date", "connection", "server"}
    return {name: value for name, value in response.headers.items() if name not in passing}
