"""The site's own servers, and clients that send exactly what they are told. Loads no Django."""

import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVER = [
    *(sys.executable, "-m", "gunicorn", "--config", "softphonez_site/gunicorn_conf.py"),
    *("--log-level", "info"),
]
SERVERS = {
    "asgi": [],
    "wsgi": ["--worker-class", "gthread", "--threads", "4", "softphonez_site.wsgi"],
}
# Seconds. Long enough for any machine: what takes longer is broken, not slow.
PATIENCE = 30


def python(*arguments, env=None, code=ROOT):
    """Run Python in a process of its own to its end. env: None for that of this process.

    code: the folder that it runs in.
    """
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=code,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=20 * PATIENCE,
    )


def printed(*arguments, env, code=ROOT):
    """Run Python as `python` does; return what it prints. Fails if it ends with an error."""
    done = python(*arguments, env=env, code=code)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Response:
    """A response: status, headers by name in lower case, body as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """A kept-alive connection that sends exactly what it is told."""

    def __init__(self, port):
        self.port = port
        # So long only on a machine that has much else to do.
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.reader = self.socket.makefile("rb")

    def close(self):
        self.reader.close()
        self.socket.close()

    def ask(self, path, *lines, method="GET", body=b""):
        if not any(line.lower().startswith("host:") for line in lines):
            lines = ("Host: localhost", *lines)
        if body:
            lines = (*lines, f"Content-Length: {len(body)}")
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
        self.socket.sendall(head.encode("latin-1") + body)
        return self.answer(method)

    def answer(self, method):
        status = int(self.reader.readline().split()[1])
        headers = {}
        while line := self.reader.readline().strip().decode("latin-1"):
            name, _, value = line.partition(": ")
            assert name.lower() not in headers or name.lower() == "set-cookie"
            headers[name.lower()] = value
        if method == "HEAD" or status == 304:
            return Response(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Response(status, headers, b"".join(iter(self.chunk, b"")))
        return Response(status, headers, self.reader.read(int(headers["content-length"])))

    def chunk(self):
        data = self.reader.read(int(self.reader.readline(), 16))
        self.reader.readline()
        return data


@dataclass
class Instance:
    """A gunicorn with its workers. Its output is read all the time, so that it never blocks."""

    port: int
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    _new: threading.Condition = field(default_factory=threading.Condition)

    def listen(self):
        assert self.process.stdout
        for line in self.process.stdout:
            with self._new:
                self.said.append(line)
                self._new.notify_all()
        self.process.wait()
        with self._new:
            self._new.notify_all()

    def wait_until_said(self, words, times=1, *, within=PATIENCE):
        with self._new:
            enough = lambda: sum(words in line for line in self.said) >= times  # noqa: E731
            self._new.wait_for(lambda: enough() or self.process.poll() is not None, within)
            assert enough(), "".join(self.said)

    def workers(self):
        pid = self.process.pid
        return [int(it) for it in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @contextmanager
    def reader(self):
        with closing(Connection(self.port)) as connection:
            yield connection

    def get(self, path, *lines):
        with self.reader() as connection:
            return connection.ask(path, *lines)


@contextmanager
def started(environment, *, server="asgi", code=ROOT):
    """Start a server; yield it once all its workers take connections.

    environment: with PORT and WEB_CONCURRENCY. code: where manage.py is.
    """
    process = subprocess.Popen(
        # A test may take its time between two requests.
        [*SERVER, "--keep-alive", "60", *SERVERS[server]],
        cwd=code,
        env=dict(environment),
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    instance = Instance(int(environment["PORT"]), process)
    listening = threading.Thread(target=instance.listen, daemon=True)
    listening.start()
    try:
        # A machine may have much else to do.
        workers = int(environment["WEB_CONCURRENCY"])
        instance.wait_until_said("takes connections", workers, within=4 * PATIENCE)
        yield instance
    finally:
        process.terminate()
        process.wait()
        listening.join()
        assert process.stdout
        process.stdout.close()
