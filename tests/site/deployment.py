"""A deployment for tests of faults: several gunicorn instances of the site on one database.

PostgreSQL is reached through a proxy, which a test can make hang or refuse connections.
"""

import json
import os
import signal
import socket
import sqlite3
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup

from tests.conftest import ENVIRONMENT, ON_POSTGRESQL
from tests.nginx import free_port
from tests.servers import PATIENCE, Connection, Instance, printed, python, started
from tests.site.serving import environment, make_database

TOKEN = "a" * 32

SET_UP = """
import json, django
django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from policies.states import Status
from tests.factories import make_document, make_policy, make_revision, make_user

def session(user):
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    (store[BACKEND_SESSION_KEY],) = settings.AUTHENTICATION_BACKENDS
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key

policy = make_policy(slug="privacy")
make_revision(policy=policy, status=Status.PUBLISHED, document=make_document(text="Text 1."))
draft = make_revision(policy=make_policy(slug="cookies"))
approved = make_revision(policy=make_policy(slug="terms"), status=Status.APPROVED)
print(json.dumps({
    "draft": draft.pk,
    "approved": approved.pk,
    "approved_digest": approved.digest,
    "sessions": {role: session(make_user(is_superuser=True)) for role in ("one", "other")},
}))
"""


class Proxy:
    """A TCP proxy to `target` on a port of its own; it can hang, refuse, and be opened again."""

    def __init__(self, target):
        self._target = target
        self._flowing = threading.Event()
        self._sockets = []
        self.port = free_port()
        self.open()

    def open(self):
        self._flowing.set()
        if not any(it.fileno() >= 0 for it in self._sockets[:1]):
            listener = socket.create_server(("127.0.0.1", self.port))
            self._sockets = [listener]
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def hang(self):
        """Keep and accept connections, but let nothing through."""
        self._flowing.clear()

    def refuse(self):
        """Break every connection, and accept no new one."""
        for it in self._sockets:
            with suppress(OSError):
                it.shutdown(socket.SHUT_RDWR)
            it.close()
        self._flowing.set()

    def _accept(self, listener):
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._target)
                self._sockets += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                sink.sendall(data)
        for it in (source, sink):
            with suppress(OSError):
                it.shutdown(socket.SHUT_RDWR)


@dataclass
class Deployment:
    """The deployment. folder: of all its files. facts: what SET_UP printed.

    proxy: in front of PostgreSQL, None on SQLite. more: environment variables for all processes.
    """

    folder: Path
    database_url: str
    proxy: Proxy | None
    facts: dict[str, Any] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)

    @property
    def snapshot(self):
        return self.folder / "pages.snapshot"

    @property
    def file(self):
        return Path(self.database_url.removeprefix("sqlite:///"))

    def apart(self, folder):
        """Return a copy with its own snapshot and, on SQLite, its own database file, which has a
        folder to itself.
        """
        if self.proxy:
            return replace(self, folder=folder)
        (folder / "database").mkdir()
        file = folder / "database" / "site.sqlite3"
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("VACUUM INTO ?", [str(file)])
        return replace(self, folder=folder, database_url=f"sqlite:///{file}")

    def environment(self, port=0):
        return {
            **environment(self.folder, port),
            "DATABASE_URL": self.database_url,
            "PAGES_SNAPSHOT": str(self.snapshot),
            "SITE_URL": "http://localhost",
            **self.more,
        }

    def run(self, *command):
        return printed(*command, env=self.environment())

    def tried(self, *command):
        return python(*command, env=self.environment())

    def publish(self, slug, text, **front):
        done = self.tried_to_publish(slug, text, **front)
        assert done.returncode == 0, done.stderr

    def tried_to_publish(self, slug, text, **front):
        """Have a command publish a text; return the finished process. front: more front matter."""
        file = self.folder / f"{slug}.md"
        more = "".join(f"{name}: {value}\n" for name, value in front.items())
        file.write_text(
            f"---\nslug: {slug}\nlanguage: en\nname: {slug}\ntitle: {slug}\n"
            f"last_updated: 2026-11-01\n{more}---\n\n{text}\n\n## Scope {{#scope}}\n\nAll.\n"
        )
        return self.tried("manage.py", "import_policies", str(file), "--publish")

    def assert_all_is_well(self, instances, *, after):
        """Assert that no reader of these loads noticed anything, and that publishing works."""
        for load in after:
            assert load.failures == []
            assert len(load.bodies) == 1
        self.publish("privacy", "After that.")
        for instance in instances:
            eventually(lambda its=instance: b"After that." in its.get("/privacy/").body)
        self.run("manage.py", "verify")

    @contextmanager
    def serving(self, *, workers=1, server="asgi"):
        made = {**self.environment(free_port()), "WEB_CONCURRENCY": str(workers)}
        with started(made, server=server) as instance:
            yield instance


@contextmanager
def deployed(folder):
    with _database(folder) as (url, proxy):
        deployment = Deployment(folder, url, proxy)
        if ON_POSTGRESQL:
            _migrate(deployment)
        else:
            make_database(folder)
        yield _set_up(deployment)


def deployed_on(folder, database_url):
    """Return a deployment on an empty database that the test brings, which SET_UP then fills."""
    deployment = Deployment(folder, database_url, None)
    _migrate(deployment)
    return _set_up(deployment)


def _migrate(deployment):
    deployment.run("manage.py", "migrate", "--verbosity", "0")


def _set_up(deployment):
    deployment.facts = json.loads(deployment.run("-c", SET_UP))
    return deployment


@contextmanager
def _database(folder):
    if not ON_POSTGRESQL:
        yield f"sqlite:///{folder}/site.sqlite3", None
        return
    import psycopg

    url = urlsplit(ENVIRONMENT["DATABASE_URL"])
    name = f"faults_{os.getpid()}_{free_port()}"
    with psycopg.connect(ENVIRONMENT["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        proxy = Proxy((str(url.hostname), url.port or 5432))
        account = url.netloc.rpartition("@")[0]
        try:
            yield f"postgres://{account}@127.0.0.1:{proxy.port}/{name}", proxy
        finally:
            proxy.refuse()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class Staff:
    """Somebody at the desk of an instance."""

    instance: Instance
    session: str

    def get(self, path):
        return self.instance.get(path, self._cookies)

    def post(self, path, fields):
        with self.instance.reader() as connection:
            return connection.ask(
                path,
                self._cookies,
                "Content-Type: application/x-www-form-urlencoded",
                method="POST",
                body=urlencode([("csrfmiddlewaretoken", TOKEN), *fields]).encode(),
            )

    @property
    def _cookies(self):
        return f"Cookie: sessionid={self.session}; csrftoken={TOKEN}"


def fields_of(page):
    """Return the fields that a page's first form with a textarea would send, without the token."""
    soup = BeautifulSoup(page, "html.parser")
    areas = soup.select_one("main form textarea, #content form textarea")
    assert areas is not None
    form = areas.find_parent("form")
    assert form is not None
    found = []
    for it in form.select("input[name], textarea[name]"):
        if it["name"] == "csrfmiddlewaretoken" or it.get("type") in {"submit", "file", "checkbox"}:
            continue
        is_text = it.name == "textarea"
        value = it.get_text().removeprefix("\n") if is_text else it.get("value", "")
        found.append((str(it["name"]), str(value)))
    return found


def eventually(answer, *, within=PATIENCE):
    """Call `answer` until it returns something true; return how many seconds that took.

    Between two calls, it leaves the processor to what it waits for.
    """
    began, pause = time.monotonic(), threading.Event()
    while not answer():
        assert time.monotonic() - began < within
        pause.wait(0.01)
    return time.monotonic() - began


class Load:
    """Readers who ask for a page all the time, until the `with` block ends.

    Half of them keep their connection, half make a new one for each request. pause: seconds between
    a reader's requests, if they need not be many. failures: the outcome of each request that did
    not get the whole page: "refused", "broken" or a status. A kept connection that is closed
    without notice counts as broken.
    """

    def __init__(self, instance, path, *, readers, pause=0):
        self.failures = []
        self.bodies = set()
        self._instance = instance
        self._path = path
        self._pause = pause
        self._stop = threading.Event()
        self._asked = [0] * readers
        self._threads = [
            threading.Thread(target=self._read, args=(number,)) for number in range(readers)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def forget(self):
        """Forget the failures, also those of requests that are still under way."""
        before = list(self._asked)
        pairs = lambda: zip(self._asked, before, strict=True)  # noqa: E731
        eventually(lambda: all(now > then + 1 for now, then in pairs()))
        self.failures.clear()

    def _read(self, number):
        while not self._stop.is_set():
            self._asked[number] += 1
            try:
                connection = Connection(self._instance.port)
            except OSError:
                self.failures.append("refused")
                continue
            with closing(connection):
                self._read_on(connection, number)

    def _read_on(self, connection, number):
        stays = number % 2 == 0
        while not self._stop.wait(self._pause):
            self._asked[number] += 1
            try:
                response = connection.ask(self._path)
            except (OSError, IndexError, KeyError):
                self.failures.append("broken")
                return
            if response.status != 200:
                self.failures.append(str(response.status))
            self.bodies.add(response.body)
            if not stays or response.headers.get("connection") == "close":
                return


def kill(pid):
    os.kill(pid, signal.SIGKILL)
