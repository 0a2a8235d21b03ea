"""The benchmarks themselves: they are run by hand, so a test sees that they still can be."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.bench import promises

ROOT = Path(__file__).parents[2]
BENCHES = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("bench_*.py"))


@pytest.mark.parametrize("name", BENCHES)
def test_each_benchmark_can_be_begun(name: str) -> None:
    assert callable(importlib.import_module(f"tests.bench.{name}").run)


def test_what_was_reached_is_what_was_measured() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")

    assert promises.renewed(page) == page


def test_there_are_benchmarks() -> None:
    assert len(BENCHES) >= 9
