"""What others notice of heavy work: probes, pages and small saves beside eight large texts.

Eight people preview, and then save, texts of 34,000 words, again and again, at a server with two
workers; then a command publishes such a text. Meanwhile the readiness probe and a page of the desk
are requested ten times a second, and somebody saves a small text again and again. SECONDS says how
long each of the first two parts takes.
"""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlencode

from tests.bench.desk_site import desk_site
from tests.bench.site import ROOT

SECONDS = float(os.environ.get("SECONDS", "15"))
PEOPLE, SECTIONS, WORDS, FEW_WORDS = 8, 60, 34_000, 900
SENTENCE = "We keep the [records](https://softphonez.com/records) of *your* account for ten years. "
# Prints a draft and a session of its writer, for each person.
PREPARE = """
from django.test import Client
from tests.factories import make_revision, make_user
for _ in range({people}):
    writer = make_user("Writers")
    draft = make_revision(writer=writer)
    client = Client()
    client.force_login(writer)
    print(draft.pk, draft.saves, client.cookies["sessionid"].value)
"""


class Person:
    """Somebody logged in, with a draft of their own and a connection for each request."""

    def __init__(self, port, draft, saves, session):
        self._port, self._session, self._token = port, session, ""
        self._page = f"/admin/policies/revision/{draft}/"
        self._saves = int(saves)

    def ask(self, path, fields=None):
        """Return the status of the answer, 0 if there is none within a minute."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Cookie": f"sessionid={self._session}; csrftoken={self._token}"}
        body = None
        if fields is not None:
            body = urlencode([*fields, ("csrfmiddlewaretoken", self._token)])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self._port}"
        try:
            connection.request("GET" if fields is None else "POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except OSError:
            return 0
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if found := re.match(r"csrftoken=(\w+)", cookie):
                self._token = found[1]
        return answer.status

    def probe(self):
        return self.ask("/readyz")

    def open_editor(self):
        return self.ask(f"{self._page}edit/")

    def preview(self, number):
        return self.ask(f"{self._page}preview/", [*text(number, WORDS), ("window", "1")])

    def save(self, number, words=WORDS):
        fields = [("do", "save"), ("seen_saves", str(self._saves)), *text(number, words)]
        status = self.ask(f"{self._page}edit/", fields)
        self._saves += status == 302
        return status


def text(number, words):
    """Return the fields of a form with a text, another for each number."""
    sentences = words // SECTIONS // len(SENTENCE.split())
    body = "\n\n".join([SENTENCE * (sentences // 5)] * 5 if sentences > 5 else [SENTENCE])
    fields = [("title", "A long policy"), ("introduction", f"Round {number}.")]
    for part in range(SECTIONS):
        fields += [("heading", f"Part {part}"), ("anchor", f"part-{part}")]
        fields += [("body", body)]
    return fields


class Watch:
    """Asks for something ten times a second, or else at once, and notes how long that takes."""

    def __init__(self, ask, *, at_a_time):
        self.took = []
        self.statuses = Counter[int]()
        self._ask, self._stopped, self._lock = ask, threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._watch) for _ in range(at_a_time)]
        self._next, self._number = time.monotonic(), 0

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _watch(self):
        while True:
            with self._lock:
                self._next = at = max(self._next + 0.1, time.monotonic())
                self._number = number = self._number + 1
            if self._stopped.wait(max(0.0, at - time.monotonic())):
                return
            status = self._ask(number)
            self.took.append(time.monotonic() - at)
            self.statuses[status] += 1

    def row(self, what, goal):
        took = sorted(self.took) or [0.0]
        median, most = (took[int(len(took) * share)] for share in (0.5, 0.99))
        times = f"{median:.2f} / {most:.2f} / {took[-1]:.2f} s"
        return f"  {what}: {_counted(self.statuses)}", times, goal


def _counted(statuses):
    return ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))


def run():
    with ExitStack() as stack:
        code = PREPARE.format(people=PEOPLE + 2)
        made = desk_site(
            stack, code, drafts=PEOPLE + 2, DJANGO_SETTINGS_MODULE="tests.site.served_settings"
        )
        other, clerk, *people = (Person(made.port, *draft) for draft in made.drafts)
        for person in (other, clerk, *people):
            assert person.open_editor() == 200
        file = made.folder / "long.md"
        body = "\n\n".join(value for name, value in text(0, WORDS) if name == "body")
        file.write_text(f"---\nlast_updated: 2026-05-02\n---\n# A long policy\n\n{body}\n")
        publish = [sys.executable, "manage.py", "import_policies", "--publish", str(file)]

        def import_it():
            done = subprocess.run(publish, cwd=ROOT, env=made.environment, stdout=subprocess.PIPE)
            return Counter({done.returncode: 1})

        load = f"{os.getloadavg()[0]:.1f}"
        return [
            ("load average before; median / 99 of 100 / longest", load, ""),
            *_beside(other, clerk, f"{PEOPLE} × preview", lambda: _repeat(people, Person.preview)),
            *_beside(other, clerk, f"{PEOPLE} × save", lambda: _repeat(people, Person.save)),
            *_beside(other, clerk, "import and publish", import_it),
        ]


def _beside(other, clerk, what, work):
    """Return rows about what others notice of heavy work."""
    with (
        Watch(lambda _: other.probe(), at_a_time=8) as probes,
        Watch(lambda _: other.open_editor(), at_a_time=8) as pages,
        Watch(lambda number: clerk.save(number, FEW_WORDS), at_a_time=1) as saves,
    ):
        began = time.monotonic()
        statuses = work()
        took = time.monotonic() - began
    return [
        (f"{what}: {_counted(statuses)}", f"{took:.0f} s", ""),
        probes.row("/readyz", "< 1 s"),
        pages.row("somebody's editor", "< 0.5 s"),
        saves.row("somebody's saves", "< 0.5 s"),
    ]


def _repeat(people, act):
    """Let everybody do something for SECONDS, each time at once."""
    until, statuses = time.monotonic() + SECONDS, Counter[int]()

    def go_on(person):
        number = 0
        while time.monotonic() < until:
            number += 1
            statuses[act(person, number)] += 1

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(go_on, people))
    return statuses
