"""What a person's step runs through: modules of ours, calls of our functions, queries.

Each step is taken twice, on two policies of two sections, and the second is counted: what a
process loads only once does not count. Their texts differ, so that nothing is known of the second.
LIST=1 also lists the modules.
"""

import os
import sys
from typing import NamedTuple

from tests.bench.site import ROOT

OURS = str(ROOT / "policies") + "/"
# At most, from the plan of this round: modules, calls, queries.
GOALS = {
    "public page made by Django": "≤ 28 / 225 / 4",
    "open the editor": "≤ 40 / 900 / 15",
    "save a draft": "≤ 45 / 1,000 / 25",
    "preview": "≤ 40 / 1,000 / 10",
    "publish": "≤ 45 / 700 / 35",
    "bring back a Word file with one change": "≤ 60 / 5,000 / 30",
}


class Passed(NamedTuple):
    """modules: names of files. calls: of functions in them, comprehensions included. parses: how
    often the grammar read a text.
    """

    modules: set[str]
    calls: int
    queries: int
    parses: int


def passed(step):
    """Take a step, and return what it ran through."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    modules = set()
    calls = parses = 0

    def note(frame, event, _):
        nonlocal calls, parses
        if event != "call":
            return
        path = frame.f_code.co_filename
        if path.startswith(OURS) and "/migrations/" not in path:
            modules.add(path.removeprefix(OURS))
            calls += 1
        elif frame.f_code.co_qualname == "MarkdownIt.parse":
            parses += 1

    with CaptureQueriesContext(connection) as queries:
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            step()
        finally:
            sys.setprofile(before)
    return Passed(modules, calls, len(queries), parses)


def steps(years):
    """Return each step of a policy that is edited, sent to counsel and published, in order.

    years: a word of its text.
    """
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.utils import timezone

    from policies import workflow
    from policies.models import Revision
    from tests.factories import confirm, make_policy, make_revision, make_user, make_version
    from tests.policies.staff.desk import form, page
    from tests.policies.text.word_edits import tracked

    now = timezone.now()
    text = f"We keep your name for 30 days, and your invoices for *{years}* years."
    policy = make_policy()
    make_version(policy=policy, text=text, at=now)
    draft = make_revision(policy=policy, text=text.replace("invoices", "bills"), at=now)
    clients = {}
    for role in ("Writers", "Publishers"):
        clients[role] = Client()
        clients[role].force_login(make_user(role))
        confirm(clients[role])
    writer = clients["Writers"]

    def fields(number, **more):
        current = Revision.objects.get(pk=draft.pk)
        bodies = [section.body for section in current.document().sections]
        return form(current, body=[f"{bodies[0]} Again, {number}.", *bodies[1:]], **more)

    def expect(status, response):
        assert response.status_code == status, (response.status_code, response.content[:2000])
        return response

    preview = fields(1, window="1")
    save = fields(2)
    word = []

    def bring_back():
        file = SimpleUploadedFile("counsel.docx", word[0])
        address = page("bring_back_file", draft.pk)
        expect(302, writer.post(address, {"file": file}))

    def send():
        sent = writer.get(page("word", draft.pk)).content
        word.append(tracked(sent, "30 days", "14 days"))

    def publish():
        seen = Revision.objects.get(pk=draft.pk).digest
        sent = {"kind": "material", "change_note": "Bills.", "when": "now", "seen_digest": seen}
        expect(302, clients["Publishers"].post(page("publish", draft.pk), sent))

    def approve():
        workflow.submit(draft.pk, by=make_user("Writers"), at=timezone.now())
        workflow.approve(draft.pk, by=make_user("Reviewers"), at=timezone.now())
        # Nobody publishes without this page, from which `seen_digest` comes.
        expect(200, clients["Publishers"].get(page("publish", draft.pk)))

    return {
        "public page made by Django": lambda: expect(200, Client().get(f"/{policy.slug}/")),
        "open the editor": lambda: expect(200, writer.get(page("edit", draft.pk))),
        "preview": lambda: expect(200, writer.post(page("preview", draft.pk), preview)),
        "save a draft": lambda: expect(302, writer.post(page("edit", draft.pk), save)),
        "(send the draft to counsel)": send,
        "bring back a Word file with one change": bring_back,
        "(approve the draft, open the page that publishes it)": approve,
        "publish": publish,
    }


def run():
    """Return rows of (what, modules / calls / queries, goal)."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    for step in steps("ten").values():
        step()
    rows = []
    for what, step in steps("eleven").items():
        found = passed(step)
        if what in GOALS:
            rows.append((what, _shown(found), GOALS[what]))
            if os.environ.get("LIST"):
                sys.stdout.writelines(f"    {path}\n" for path in sorted(found.modules))
    return rows


def _shown(found):
    shown = f"{len(found.modules)} / {found.calls:,} / {found.queries}"
    return f"{shown}; text parsed {found.parses} ×" if found.parses else shown
