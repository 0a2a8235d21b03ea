"""A machine's clock is set back and forth while the site runs: real processes, a faked clock.

libfaketime gives each process a clock whose offset is read from a file each time it is asked.
"""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.machine import FAKETIME
from tests.site.deployment import Load, Staff, deployed, eventually

pytestmark = [pytest.mark.faketime, pytest.mark.slow]

HOUR = timedelta(hours=1)


class Clock:
    """The clock of all processes that are started with `variables`."""

    def __init__(self, folder):
        self._file = folder / "clock"
        self.off = timedelta()
        self.set(timedelta())
        self.variables = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            # A real machine's monotonic clock doesn't jump, nor do the times of its files.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, off):
        """Set the clock's offset from the right time."""
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(f"{off.total_seconds():+.0f}\n")
        unfinished.replace(self._file)
        self.off = off

    @property
    def now(self):
        return datetime.now(UTC) + self.off

    @property
    def said(self):
        """Now, as a file's front matter says it."""
        return self.now.isoformat()


@contextmanager
def at_any_time(instance):
    """Read pages all the time meanwhile; assert that none fails and each shows one version."""
    with Load(instance, "/privacy/", readers=1, pause=0.01) as load:
        yield
    assert load.failures == []
    assert load.bodies
    assert all(body.count(b"Text ") == 1 for body in load.bodies)


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    return Clock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def deployment(clock, tmp_path_factory):
    with deployed(tmp_path_factory.mktemp("deployment")) as deployment:
        yield replace(deployment, more=clock.variables)


@pytest.fixture(scope="module")
def instances(deployment):
    with (
        deployment.serving() as one,
        deployment.serving() as other,
        at_any_time(one),
        at_any_time(other),
    ):
        yield one, other
        said = "".join([*one.said, *other.said])
    assert "Traceback" not in said
    assert "ERROR" not in said


def test_what_is_in_force_follows_the_clock_wherever_it_jumps(deployment, clock, instances):
    clock.set(0 * HOUR)
    desk = Staff(instances[0], deployment.facts["sessions"]["one"])
    publish = f"/admin/policies/revision/{deployment.facts['approved']}/publish/"
    comes = f"{clock.now + HOUR:%Y-%m-%dT%H:%M}"
    seen = ("seen_digest", deployment.facts["approved_digest"])
    assert desk.post(publish, [("when", "later"), ("effective", comes), seen]).status == 302

    for hours, status in ((0, 404), (2, 200), (-2, 404), (3, 200), (0, 404)):
        clock.set(hours * HOUR)
        for instance in instances:
            eventually(lambda at=instance, it=status: at.get("/terms/").status == it)
            for path in ("/", "/privacy/", "/terms/versions/1/", "/readyz", "/healthz"):
                answer = instance.get(path)
                assert answer.status == 200
                says = parsedate_to_datetime(answer.headers["date"])
                assert abs(says - clock.now) < timedelta(seconds=10)


def test_a_publication_after_each_jump_is_seen_and_none_takes_effect_before_an_earlier_one(
    deployment, clock, instances
):
    def shows(text):
        return max(
            eventually(lambda at=it: text.encode() in at.get("/privacy/").body) for it in instances
        )

    took = []
    for number, hours in enumerate((1, 2, 3), start=2):
        clock.set(hours * HOUR)
        deployment.publish("privacy", f"Text {number}.", effective=clock.said)
        took.append(shows(f"Text {number}."))
    assert min(took) < 1  # a machine may be busy once, not thrice

    clock.set(-HOUR)
    shows("Text 1.")
    refused = deployment.tried_to_publish("privacy", "Text 5.", effective=clock.said)
    assert refused.returncode == 1
    assert "must take effect later than version 4" in refused.stderr
    clock.set(4 * HOUR)
    shows("Text 4.")
    deployment.publish("privacy", "Text 5.", effective=clock.said)
    shows("Text 5.")

    entries = json.loads(instances[0].get("/ledger.json").body)["entries"]
    effects = [it["effective_at"] for it in entries if it["policy"] == "privacy"]
    assert len(effects) == 5
    assert effects == sorted(set(effects))
    deployment.run("manage.py", "verify")
