"""What `make test` prints about skipped tests: short, true, and one list of packages."""

import os

import pytest

from tests import machine
from tests.bench import servers
from tests.machine import Need, how_to_run
from tests.servers import python


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    needs = {
        "pdf": Need(False, "no-pango no-harfbuzz"),
        "nginx": Need(False, "no-nginx"),
        "observatory": Need(False, "no-npm no-nginx", target="observatory"),
        "validator": Need(False, "no-java no-npm", target="validator"),
        "mount": Need(False, "no-postgresql", other="root that may mount a disk"),
        "systemd": Need(True, "no-systemd"),
    }
    monkeypatch.setattr(machine, "NEEDS", needs)


def test_all_packages_are_in_one_list_and_each_once():
    skipped = [{"pdf"}, {"pdf"}, {"nginx", "test_name"}, {"nginx", "observatory"}, {"validator"}]

    assert how_to_run(skipped) == [
        "Skipped 5 tests: apt install no-harfbuzz no-java no-nginx no-npm no-pango; "
        "then make observatory validator"
    ]


def test_what_no_package_brings_is_named_apart():
    assert how_to_run([{"mount"}, {"pdf"}]) == [
        "Skipped 1 test: apt install no-harfbuzz no-pango",
        "Skipped 1 test, for which it takes root that may mount a disk",
    ]


def test_a_test_that_lacks_nothing_is_not_mentioned():
    assert how_to_run([{"systemd"}]) == []


def test_every_marker_that_needs_something_is_documented(pytestconfig):
    documented = {line.partition(":")[0] for line in pytestconfig.getini("markers")}

    assert {*machine.NEEDS} <= documented


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tests", "status"),
    [
        ("tests/site/test_preferences.py", 1),
        ("tests/site/test_preferences.py::test_nothing_public_moves_for_anybody", 1),
        # Of another database: that is not for this run, and the file has more.
        ("tests/policies/database/test_triggers.py", 0),
        # It has nothing else, so the run would check nothing.
        ("tests/policies/database/test_transactions.py", 1),
    ],
)
def test_a_file_that_is_named_fails_where_what_it_promises_can_not_be_checked(tests, status):
    bare = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CHROMIUM", "PYTEST", "REQUIRE", "TEST_", "TRIED", "DJANGO"))
    }

    done = python("-m", "pytest", "-q", "-n", "0", tests, env={**bare, "PATH": "/nowhere"})

    assert done.returncode == status, done.stdout
    assert ("This file was named, and needs:" in done.stdout) is bool(status)


def test_a_benchmark_without_its_tools_installs_nothing(monkeypatch):
    monkeypatch.setattr(servers.shutil, "which", lambda name: None)
    monkeypatch.setattr(servers.subprocess, "run", None)

    with pytest.raises(SystemExit, match="apt install wrk util-linux nginx-light"):
        servers.require_tools()
