"""A database that several processes set up at once, as on two machines."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ENVIRONMENT
from tests.servers import ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


def begun(url, *command):
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**ENVIRONMENT, "PATH": os.environ["PATH"], "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_that_migrate_at_once_do_so_one_after_the_other(cluster):
    url = cluster.database("migrated")

    both = [begun(url, "migrate") for _ in range(2)]
    told = [it.communicate() for it in both]

    assert [it.returncode for it in both] == [0, 0], told
    assert sum("No migrations to apply." in out for out, _ in told) == 1
    assert not any("Traceback" in err for _, err in told)
    assert "No planned migration operations." in begun(url, "migrate", "--plan").communicate()[0]


def test_of_two_that_restore_into_one_new_database_the_second_finds_it_full(cluster, tmp_path):
    source, url, file = cluster.database("source"), cluster.database("restored"), tmp_path / "b.zip"
    policy = tmp_path / "privacy.md"
    policy.write_text("---\nslug: privacy\nlanguage: en\n---\n# Privacy\n\nWe keep little.\n")
    for command in (
        ("migrate", "--verbosity", "0"),
        ("import_policies", str(policy), "--publish"),
        ("backup", str(file)),
    ):
        one = begun(source, *command)
        told_of_one = one.communicate()
        assert one.returncode == 0, told_of_one

    both = [begun(url, "restore", str(file)) for _ in range(2)]
    told = [it.communicate() for it in both]

    assert sorted(it.returncode for it in both) == [0, 1], told
    assert sum("The database is not empty" in err for _, err in told) == 1, told
    verify = begun(url, "verify")
    assert "Sound: 1 version in" in verify.communicate()[0]
