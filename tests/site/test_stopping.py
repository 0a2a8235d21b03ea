"""Ctrl-C: a command stops with one line, wherever it is."""

import os
import signal
import subprocess
import sys

import pytest

from tests.nginx import free_port
from tests.servers import ROOT, SERVER, python
from tests.site.serving import environment, make_database, manage

# Every Python imports it at its start.
SITECUSTOMIZE = """
import importlib.abc, os, signal, sys
from multiprocessing import parent_process

# A shell's background job, as CI's, is started with the signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

class Interruption(importlib.abc.MetaPathFinder):
    def find_spec(self, name, *_):
        if name == "{module}" and (parent_process() or not {only_in_a_child}):
            if {only_in_a_child}:  # a terminal sends it to both
                os.kill(os.getppid(), signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interruption())
"""


def interrupted(folder, module, *command, only_in_a_child=False):
    """Run a command of Python's that gets Ctrl-C's signal when it imports a module."""
    text = SITECUSTOMIZE.format(module=module, only_in_a_child=only_in_a_child)
    (folder / "sitecustomize.py").write_text(text)
    variables = {**environment(folder, free_port()), "PYTHONPATH": str(folder)}
    return python(*command, env=variables)


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("migrate", "django"),
        ("migrate", "policies.migrations.0001_initial"),
        ("first_run", "policies.management.commands.first_run"),
    ],
)
def test_a_command_that_is_interrupted_says_so_in_one_line(tmp_path, command, module):
    stopped = interrupted(tmp_path, module, "manage.py", command)

    assert (stopped.returncode, stopped.stderr) == (130, "\nStopped.\n")


def test_a_set_up_that_is_interrupted_before_it_begins_says_so_in_one_line(tmp_path):
    stopped = interrupted(tmp_path, "argparse", "softphonez_site/bootstrap.py", "environment")

    assert stopped.returncode == -signal.SIGINT
    assert stopped.stderr == "\nStopped. The next run picks up from here.\n"


@pytest.mark.slow  # there must be a version, and verify has children that render it
def test_a_verification_that_is_interrupted_says_so_in_one_line(tmp_path):
    make_database(tmp_path)
    manage(tmp_path, "first_run")
    verify = ("manage.py", "verify", "--jobs", "2")

    stopped = interrupted(tmp_path, "policies.text.rendering", *verify, only_in_a_child=True)

    assert (stopped.returncode, stopped.stderr) == (130, "\nStopped.\n")


@pytest.mark.slow
@pytest.mark.parametrize("module", ["softphonez_site.settings", "policies.page_cache.asgi"])
def test_a_server_that_is_interrupted_before_it_runs_says_so_in_one_line(tmp_path, module):
    stopped = interrupted(tmp_path, module, *SERVER[1:])

    assert stopped.returncode == -signal.SIGINT
    assert stopped.stderr.endswith("\nStopped.\n")
    assert "Traceback" not in stopped.stderr


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_command_whose_output_nobody_reads_says_so_in_one_line(tmp_path, unbuffered):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as output:
        stopped = subprocess.run(
            [sys.executable, "manage.py", "examine", "content/privacy.md"],
            env={**environment(tmp_path, 0), "PYTHONUNBUFFERED": unbuffered},
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )

    assert stopped.returncode == 1
    assert stopped.stderr.startswith("The command stopped when what read its output")
    assert stopped.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_command_whose_output_is_closed_does_its_work(tmp_path):
    shell = ["sh", "-c", '"$0" manage.py examine content/privacy.md >&-', sys.executable]
    done = subprocess.run(
        shell, env=environment(tmp_path, 0), cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
