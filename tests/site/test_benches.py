"""Code that is only run by hand or in other processes can still be imported."""

import importlib
from pathlib import Path

import pytest

from tests.bench import bench_journeys, promises

ROOT = Path(__file__).parents[2]
BENCHES = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("bench_*.py"))


@pytest.mark.parametrize("name", BENCHES)
def test_each_benchmark_can_be_started(name):
    assert callable(importlib.import_module(f"tests.bench.{name}").run)


def test_what_was_reached_is_what_was_measured():
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")

    assert promises.renewed(page) == page


@pytest.mark.django_db(transaction=True)
def test_who_reads_asks_the_database_no_more_often_than_the_goal(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    for step in bench_journeys.steps("ten").values():
        step()

    asked = {
        what: bench_journeys.passed(step).queries
        for what, step in bench_journeys.steps("eleven").items()
    }

    # Other steps also lock rows, on PostgreSQL, and send e-mails, at once in tests.
    for what in ("public page made by Django", "open the editor", "preview"):
        assert asked[what] <= int(bench_journeys.GOALS[what].rsplit("/ ", 1)[1]), what
