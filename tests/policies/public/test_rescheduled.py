"""What readers and programs get of a version that was moved to another day."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from policies import workflow
from tests.factories import DAY, make_policy, make_user, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved():
    """Version 2 of /privacy/, upcoming, moved from 30 days ahead to 44 days ahead, ten days ago."""
    now, policy = timezone.now(), make_policy(slug="privacy")
    make_version(policy=policy, at=now - 50 * DAY)
    version = make_version(
        policy=policy, at=now - 20 * DAY, effective_at=now + 30 * DAY, change_note="We keep less."
    )
    return workflow.reschedule(
        version.pk,
        by=make_user("Publishers"),
        at=now - 10 * DAY,
        effective_at=now + 44 * DAY,
        reason="The app comes later.",
    )


def words(client, path):
    return " ".join(re.sub(r"</?bdi>", "", client.get(path).text).split())


def moved_on(version):
    assert version.effective_at
    return version.effective_at - 54 * DAY


def sentence(version):
    """In American English, as the site writes days: "May 2, 2026"."""
    days = [version.effective_at - 14 * DAY, version.effective_at, moved_on(version)]
    before, after, on = (f"{it:%B} {it.day}, {it.year}" for it in days)
    return f"Announced for {before}; moved to {after} on {on}."


def test_readers_see_from_when_to_when_it_was_moved(client, moved):
    for path in (
        *("/", "/privacy/", "/privacy/embed/", "/privacy/versions/", "/privacy/versions/2/"),
        *("/privacy/since/1/", "/privacy/versions/2/notice.txt", "/privacy/feed.xml", "/feed.xml"),
    ):
        content = words(client, path)

        assert sentence(moved) in content, path
        assert "app comes later" not in content


def test_one_query_fetches_how_all_versions_were_moved(client):
    now, policy, publisher = timezone.now(), make_policy(slug="privacy"), make_user("Publishers")
    make_version(policy=policy, at=now - DAY)
    upcoming = [
        make_version(policy=policy, at=now, effective_at=now + month * 30 * DAY)
        for month in range(1, 11)
    ]

    paths = ["/privacy/versions/", "/privacy/feed.xml", "/"]

    def queries_once_moved(versions):
        for it in versions:
            to = it.effective_at + 9 * DAY
            workflow.reschedule(it.pk, by=publisher, at=now, effective_at=to, reason="Later.")
        counts = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                page = client.get(path).text
            assert page.count("Announced for") >= len(versions)
            counts.append(len(captured))
        return counts

    none, one, all_ten = (queries_once_moved(it) for it in ([], upcoming[:1], upcoming[1:]))
    assert one == all_ten == [it + 1 for it in none]


def test_programs_get_the_new_time_and_the_history_of_it(client, moved):
    effect = moved.effective_at
    assert effect

    (change,) = client.get("/privacy/versions/2.json").json()["rescheduled"]
    assert change["to"] == client.get("/privacy/current.json").json()["next"]["effective_at"]
    assert change["from"] < change["to"]
    assert "rescheduled" not in client.get("/privacy/versions/1.json").json()
    entry = json.loads(client.get("/ledger.json").content)["entries"][-1]
    assert (entry["event"], entry["version"]) == ("rescheduling", 2)
    assert entry["effective_at"].startswith(f"{effect:%Y-%m-%dT%H:%M}")
    assert entry["document_digest"] == moved.digest


def test_a_feed_has_it_first_as_updated(client, moved):
    newer = make_policy(slug="terms")
    make_version(policy=newer, at=timezone.now() - 15 * DAY)

    feed = client.get("/feed.xml").text

    assert f"<updated>{moved_on(moved):%Y-%m-%d}" in feed.partition("<entry ")[0]
    assert "privacy/en/2" in feed.split("<entry ")[1]
