"""Two people at two instances send forms about the same revision at the same instant."""

import csv
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from bs4 import BeautifulSoup

from tests.site.deployment import Staff

pytestmark = pytest.mark.slow

# The status of the revision, and what each of the two does to it.
RACES = [
    ("IN_REVIEW", "approve", "approve"),
    ("IN_REVIEW", "approve", "request-changes"),
    ("APPROVED", "publish", "reopen"),
    ("APPROVED", "publish", "publish"),
    ("UPCOMING", "withdraw", "withdraw"),
]
ROUNDS = 3
FIELDS = {
    "request-changes": [("text", "Say it shorter.")],
    "publish": [("when", "now"), ("change_note", "What is new.")],
    "withdraw": [("reason", "It says the wrong thing.")],
}
MAKE = """
import json, sys, django
django.setup()
from datetime import timedelta
from django.utils import timezone
from policies.states import Status
from tests.factories import make_policy, make_revision, make_user
people = {"writer": "Writers", "reviewer": "Reviewers", "publisher": "Publishers"}
people = {name: make_user(role, name=name) for name, role in people.items()}
made = []
for status in json.loads(sys.argv[1]):
    how = {"status": Status[status]} if status != "UPCOMING" else {
        "status": Status.PUBLISHED, "effective_at": timezone.now() + timedelta(days=9)}
    revision = make_revision(policy=make_policy(slug=f"race-{len(made)}"), **people, **how)
    made.append([revision.policy_id, revision.pk, revision.digest, revision.audit_events.count()])
print(json.dumps(made))
"""


@pytest.fixture(scope="module")
def prepared(deployment):
    """Revisions with their digests and how many acts made them, ROUNDS of them for each race."""
    statuses = [status for status, *_ in RACES for _ in range(ROUNDS)]
    return json.loads(deployment.run("-c", MAKE, json.dumps(statuses)))


def told(person, answer):
    """Return the kinds of messages that this person gets: success, warning, error."""
    page = answer if answer.status != 302 else person.get(answer.headers["location"])
    soup = BeautifulSoup(page.body, "html.parser")
    found = {str(kind) for it in soup.select(".messagelist li") for kind in it["class"]}
    if answer.status == 422:
        found.add("error")
    return found


@pytest.mark.parametrize("number", range(len(RACES)), ids=[" ".join(it) for it in RACES])
def test_of_two_at_one_instant_one_wins_and_the_other_reads_why_not(
    deployment, instances, prepared, number
):
    _, *actions = RACES[number]
    people = [
        Staff(instance, deployment.facts["sessions"][name])
        for instance, name in zip(instances, ("one", "other"), strict=True)
    ]
    raced = prepared[number * ROUNDS : (number + 1) * ROUNDS]
    for policy, pk, digest, before in raced:
        answers = at_once(people, actions, pk, digest)

        assert {it.status for it in answers} <= {200, 302, 409, 422}
        kinds = [told(*it) for it in zip(people, answers, strict=True)]
        assert sum(bool(kind & {"warning", "error"}) for kind in kinds) == 1, kinds
        if actions == ["publish", "publish"]:  # the loser is led to what was published, too
            assert {it.status for it in answers} == {302}
        acts = acts_on(people[0], policy, pk)
        assert len(acts) == before + 1
        assert acts[-1].replace("_", "-") in actions


def acts_on(person, policy, pk):
    """Return the actions that were done to a revision, as its policy's audit has them."""
    table = person.get(f"/admin/policies/policy/{policy}/audit.csv").body.decode()
    rows = csv.DictReader(StringIO(table))
    return [it["what"] for it in rows if it["revision"] == str(pk)]


def at_once(people, actions, pk, digest):
    """Have both send their forms at the same instant; return the answers in the same order."""
    start = threading.Barrier(2)

    def send(person, action):
        fields = [*FIELDS.get(action, []), ("seen_digest", digest)]
        start.wait(30)
        path = f"/admin/policies/revision/{pk}/{action}/"
        return person.post(path, fields)

    with ThreadPoolExecutor() as threads:
        return list(threads.map(send, people, actions))
