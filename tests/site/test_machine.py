"""What `make test` prints about skipped tests: short, true, and one list of packages."""

import pytest

from tests import machine
from tests.machine import Need, how_to_run


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {
        "pdf": Need(False, "no-pango no-harfbuzz"),
        "nginx": Need(False, "no-nginx"),
        "observatory": Need(False, "no-npm no-nginx", target="observatory"),
        "validator": Need(False, "no-java no-npm", target="validator"),
        "mount": Need(False, "no-postgresql", other="root that may mount a disk"),
        "systemd": Need(True, "no-systemd"),
    }
    monkeypatch.setattr(machine, "NEEDS", needs)


def test_all_packages_are_in_one_list_and_each_once() -> None:
    skipped = [{"pdf"}, {"pdf"}, {"nginx", "test_name"}, {"nginx", "observatory"}, {"validator"}]

    assert how_to_run(skipped) == [
        "Skipped 5 tests: apt install no-harfbuzz no-java no-nginx no-npm no-pango; "
        "then make observatory validator"
    ]


def test_what_no_package_brings_is_named_apart() -> None:
    assert how_to_run([{"mount"}, {"pdf"}]) == [
        "Skipped 1 test: apt install no-harfbuzz no-pango",
        "Skipped 1 test, for which it takes root that may mount a disk",
    ]


def test_a_test_that_lacks_nothing_is_not_mentioned() -> None:
    assert how_to_run([{"systemd"}]) == []


def test_every_marker_that_needs_something_is_documented(pytestconfig: pytest.Config) -> None:
    documented = {line.partition(":")[0] for line in pytestconfig.getini("markers")}

    assert {*machine.NEEDS} <= documented
