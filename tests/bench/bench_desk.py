"""How long the desk takes with a long draft, in a browser: 60 sections and 34,000 words, and 6.

Two workers serve it, as by default. Each figure is the median of ROUNDS, and the longest; then, the
median of the processor time that the server and its children took meanwhile. "Beside others" are
PEOPLE who preview such texts of their own again and again.
"""

import os
import statistics
import threading
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.bench_heavy import Person
from tests.bench.desk_site import desk_site
from tests.bench.servers import processor_seconds
from tests.chromium import ARGUMENTS, CHROMIUM

GOALS = {
    "open": "0.8 s",
    "its findings are shown": "",
    "preview": "0.3 s",
    "longest task of the browser, above 0.05 s": "none",
    "save": "0.5 s",
    "submit": "1 s",
    "review": "1 s",
}
ROUNDS = int(os.environ.get("ROUNDS", "9"))
WORDS_EACH, PEOPLE = 560, 4
# Prints a draft, its saves and a session of its writer and of a reviewer, for a number of sections.
# No two sections are alike; the draft has one sentence more than the version in force.
PREPARE = """
import sys
from dataclasses import replace
from itertools import cycle
from django.test import Client
from django.utils import timezone
from policies.text.document import Document, Section
from tests.bench.site import SEED
from tests.factories import make_import, make_policy, make_revision, make_user
LINES = [it for it in SEED.read_text().split("\\n\\n") if len(it.split()) > 9 and it[0].isalpha()]
def text(count):
    lines, sections = cycle(LINES), []
    for at in range(count):
        body = []
        while sum(len(it.split()) for it in body) < {words}:
            body.append(f"In case {{at}}.{{len(body)}}: {{next(lines)}}")
        sections.append(Section(f"Part {{at}}", f"part-{{at}}", "\\n\\n".join(body)))
    return Document("A long policy", "", tuple(sections))
def cookie(person):
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value
def draft(count):
    policy, long, writer = make_policy(), text(count), make_user("Writers")
    make_import(long, policy=policy, at=timezone.now().replace(year=2025))
    new = replace(long, introduction="We have changed this.")
    made = make_revision(policy=policy, document=new, writer=writer)
    print(made.pk, made.saves, cookie(writer), cookie(make_user("Reviewers")))
for count in {counts}:
    draft(count)
"""
# What happens in a page: tasks of more than 50 ms; how long it takes until the preview shows a word
# and until the page says that the text is saved.
WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver(it => window.tasks.push(...it.getEntries().map(one => one.duration)))
    .observe({type: "longtask"});
}"""
PREVIEWED = """word => new Promise((resolve, reject) => {
  const began = performance.now();
  setTimeout(() => reject(new Error(`The preview did not show ${word}.`)), 30_000);
  const look = () => document.querySelector(".preview-host")?.shadowRoot?.textContent.includes(word)
    ? resolve(performance.now() - began) : requestAnimationFrame(look);
  look();
})"""
SAVED = """() => new Promise((resolve, reject) => {
  const began = performance.now();
  setTimeout(() => reject(new Error("The text was not saved.")), 30_000);
  document.querySelector(".editor-bar [value=save]").click();
  const look = () => document.getElementById("state").textContent.trim() === "Saved."
    ? resolve(performance.now() - began) : requestAnimationFrame(look);
  look();
})"""
# What the server sent, and how much the browser has to lay out before anything is wanted.
SIZE = """() => {
  const [{ decodedBodySize: bytes }] = performance.getEntriesByType('navigation');
  const elements = document.querySelectorAll('*').length;
  return `${Math.round(bytes / 1000)} kB, ${elements} elements`;
}"""
OPENED = "() => performance.getEntriesByType('navigation')[0].duration"


def run():
    with ExitStack() as stack:
        code = PREPARE.format(words=WORDS_EACH, counts=[6, 60, *[60] * PEOPLE])
        made = desk_site(stack, code, drafts=2 + PEOPLE, collect=True)
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS
        )
        stack.callback(browser.close)
        site = f"http://127.0.0.1:{made.port}"
        short, long, *of_others = made.drafts
        for what, of, others in (
            ("6 sections", short, []),
            ("60 sections", long, []),
            ("60 sections, beside others", long, of_others),
        ):
            with _busy(made.port, others):
                yield from Desk(browser.new_context(), site, made.server, *of).rows(what)


@contextmanager
def _busy(port, drafts):
    """Let people preview texts of their own meanwhile, each time at once."""
    stopped = threading.Event()

    def go_on(person):
        number = 0
        person.open_editor()
        while not stopped.wait(0.1):
            number += 1
            person.preview(number)

    people = [Person(port, draft, saves, session) for draft, saves, session, _ in drafts]
    threads = [threading.Thread(target=go_on, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


class Desk:
    _numbers = count(1)  # of rounds: a preview must not show the words of an earlier one

    def __init__(self, context, site, server, *of_draft):
        draft, _, *self._sessions = of_draft
        self._context, self._site, self._server = context, site, server
        self._page = f"{site}/admin/policies/revision/{draft}/"

    def rows(self, what):
        took = {}
        for _ in range(ROUNDS):
            for name, seconds, spent in self._round():
                took.setdefault(name, []).append((seconds, spent))
        yield f"{what}: the editor's page", self._size(), "250 kB, 2,000 elements"
        self._context.close()
        for name, its in took.items():
            seconds, spent = zip(*its, strict=True)
            figures = f"{statistics.median(seconds):.2f} / {max(seconds):.2f} s"
            yield f"{what}: {name}", f"{figures}; {statistics.median(spent):.2f} s", GOALS[name]

    def _round(self):
        """Open, write, save, submit, review, and withdraw; yield the seconds that each took, and
        those of processor time.
        """
        number = next(self._numbers)
        page, spent = self._as(0), Spent(self._server)
        page.goto(f"{self._page}edit/")
        yield "open", page.evaluate(OPENED) / 1000, spent.since()
        page.locator("[data-panel=findings]").click()
        page.locator("#findings-list .quiet:visible:not(:empty)").first.wait_for()
        yield "its findings are shown", page.evaluate("performance.now()") / 1000, spent.since()
        page.locator("[data-panel=preview]").click()
        page.evaluate(WATCH)
        section = page.locator(".section").nth(3)
        folded = section.locator(".section-toggle[aria-expanded=false]")
        if folded.count():
            folded.dispatch_event("click")
        section.scroll_into_view_if_needed()  # it is formatted when it comes near the window
        section.locator("[contenteditable=true]").first.click()
        for letter in "abc":
            word = f"w{number}{letter}"
            page.keyboard.press("Control+Home")
            spent.since()
            page.keyboard.type(word)
            yield "preview", page.evaluate(PREVIEWED, word) / 1000, spent.since()
        longest = max(page.evaluate("tasks"), default=0.0)
        yield "longest task of the browser, above 0.05 s", longest / 1000, 0.0
        bar = page.locator(".editor-bar")
        spent.since()
        yield "save", page.evaluate(SAVED) / 1000, spent.since()
        spent.since()
        bar.get_by_role("button", name="Submit").click()
        page.wait_for_url("**/submit/")
        page.get_by_role("button", name="Submit").click()
        page.wait_for_url("**/review/")
        yield "submit", page.evaluate(OPENED) / 1000, spent.since()
        page.close()
        page = self._as(1)
        spent.since()
        page.goto(f"{self._page}review/")
        yield "review", page.evaluate(OPENED) / 1000, spent.since()
        page.close()
        page = self._as(0)
        page.goto(f"{self._page}review/")
        page.get_by_role("button", name="Withdraw submission").click()
        page.locator(".messagelist .success").wait_for()
        page.close()

    def _size(self):
        page = self._as(0)
        page.goto(f"{self._page}edit/", wait_until="commit")
        page.wait_for_load_state("domcontentloaded")
        size = page.evaluate(SIZE)
        page.close()
        return size

    def _as(self, person):
        cookie = {"name": "sessionid", "value": self._sessions[person], "url": self._site}
        self._context.add_cookies([cookie])
        return self._context.new_page()


class Spent:
    def __init__(self, server):
        self._server, self._before = server, 0.0
        self.since()

    def since(self):
        now = sum(map(processor_seconds, _family(self._server)))
        spent, self._before = now - self._before, now
        return spent


def _family(process):
    yield process
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        for child in thread.read_text().split():
            yield from _family(int(child))
