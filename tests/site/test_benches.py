"""Code that is only run by hand or in other processes can still be imported."""

import importlib
from pathlib import Path

import pytest

from tests.bench import promises

ROOT = Path(__file__).parents[2]
BENCHES = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("bench_*.py"))


@pytest.mark.parametrize("name", BENCHES)
def test_each_benchmark_can_be_started(name):
    assert callable(importlib.import_module(f"tests.bench.{name}").run)


def test_what_was_reached_is_what_was_measured():
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")

    assert promises.renewed(page) == page
