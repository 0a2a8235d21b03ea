"""The first steps of `make run`: each refuses in one line, and none is done twice."""

import os
import signal
import socket
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from softphonez_site import bootstrap
from tests.nginx import free_port
from tests.servers import PATIENCE, python
from tests.site.deployment import eventually

ROOT = Path(__file__).resolve().parents[2]
THIS_PYTHON = "{} {}".format(*sys.version_info[:2])


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def run(*arguments):
    return python("softphonez_site/bootstrap.py", *arguments)


def test_a_taken_port_is_refused_in_one_line(taken_port):
    refused = run("port", str(taken_port))
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert f"Port {taken_port} on 127.0.0.1 is taken" in refused.stderr


def test_a_free_port_is_passed_in_silence():
    passed = run("port", str(free_port()))
    assert (passed.returncode, passed.stdout, passed.stderr) == (0, "", "")


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "80 80"])
def test_what_is_not_a_port_is_refused(text):
    with pytest.raises(bootstrap.Refusal, match="must be a number from 1 to 65535"):
        bootstrap.port_number(text)


def test_with_an_old_python_the_message_names_what_to_install(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(bootstrap.Refusal, match=r"Python 3\.11 or later is needed.*is 3\.9"):
        bootstrap.check_python()


def test_without_venv_the_message_names_what_to_install(monkeypatch):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(bootstrap.Refusal, match=r"apt install python3\.\d+-venv"):
        bootstrap.check_python()


def test_the_environment_is_for_its_owner_only_and_has_its_own_key(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    bootstrap.write_environment(first)
    bootstrap.write_environment(second)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert first.read_text() != second.read_text()
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_an_environment_that_exists_is_left_alone(tmp_path):
    file = tmp_path / ".env"
    file.write_text("SECRET_KEY=mine\n")
    bootstrap.write_environment(file)
    assert file.read_text() == "SECRET_KEY=mine\n"


def test_a_disk_that_is_full_is_named_in_one_line_and_leaves_nothing_half_written(tmp_path):
    script = tmp_path / "softphonez_site" / "bootstrap.py"
    script.parent.mkdir()
    script.write_bytes((ROOT / "softphonez_site" / "bootstrap.py").read_bytes())
    no_room = f"ulimit -f 0; exec {sys.executable} -B {script} environment"

    refused = subprocess.run(
        ["bash", "-c", f"trap '' XFSZ; {no_room}"], capture_output=True, text=True, check=False
    )

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "The set-up could not go on: [Errno 27] File too large\n"
    assert list(tmp_path.iterdir()) == [script.parent]


class Machine:
    """Replaces subprocess: records what was run, and makes the folders that venv would make."""

    def __init__(self, python=THIS_PYTHON):
        self.ran = []
        self.python = python
        self.fails = False

    def run(self, command, **options):
        if "venv" in command:
            self.ran.append("venv")
            self.python = THIS_PYTHON
            (Path(command[-1]) / "bin").mkdir()
            (Path(command[-1]) / "bin" / "python").touch()
        elif "install" in command:
            self.ran.append("install")
            if self.fails:
                raise subprocess.CalledProcessError(1, command)
        elif not Path(command[0]).exists():
            raise FileNotFoundError(command[0])
        return subprocess.CompletedProcess(command, 0, stdout=self.python, stderr="")


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(bootstrap.subprocess, "run", machine.run)
    monkeypatch.setattr(bootstrap, "run_whole", machine.run)
    return machine


@pytest.fixture
def locks(tmp_path):
    runtime, development = tmp_path / "runtime.txt", tmp_path / "development.txt"
    runtime.write_text("a==1")
    development.write_text("a==1\nb==1")
    return [runtime, development]


def test_packages_are_installed_once(machine, locks, tmp_path):
    packages = bootstrap.Packages(tmp_path / "venv")
    packages.bring_to(locks[:1], any_python=True)
    packages.bring_to(locks[:1], any_python=True)
    assert machine.ran == ["venv", "install"]


def test_packages_follow_a_changed_lock(machine, locks, tmp_path):
    packages = bootstrap.Packages(tmp_path / "venv")
    packages.bring_to(locks[:1], any_python=True)
    locks[0].write_text("a==2")
    packages.bring_to(locks[:1], any_python=True)
    assert machine.ran == ["venv", "install", "install"]


def test_who_has_the_development_packages_has_those_of_the_site(machine, locks, tmp_path):
    packages = bootstrap.Packages(tmp_path / "venv")
    packages.bring_to(locks, any_python=True)
    packages.bring_to(locks[:1], any_python=True)
    assert machine.ran == ["venv", "install"]


def test_an_installation_that_was_broken_off_starts_over(machine, locks, tmp_path):
    packages = bootstrap.Packages(tmp_path / "venv")
    machine.fails = True
    with pytest.raises(subprocess.CalledProcessError):
        packages.bring_to(locks, any_python=True)
    machine.fails = False
    packages.bring_to(locks, any_python=True)
    packages.bring_to(locks, any_python=True)
    assert machine.ran == ["venv", "install", "venv", "install"]


def test_a_named_python_takes_over_and_an_unnamed_one_does_not(machine, locks, tmp_path):
    packages = bootstrap.Packages(tmp_path / "venv")
    packages.bring_to(locks, any_python=True)
    machine.python = "3 99"
    packages.bring_to(locks, any_python=True)
    assert machine.ran == ["venv", "install"]
    packages.bring_to(locks, any_python=False)
    assert machine.ran == ["venv", "install", "venv", "install"]


@pytest.mark.slow
def test_ctrl_c_while_the_environment_is_made_ends_all_of_it_in_one_line(tmp_path):
    script = tmp_path / "softphonez_site" / "bootstrap.py"
    script.parent.mkdir()
    script.write_bytes((ROOT / "softphonez_site" / "bootstrap.py").read_bytes())
    lock = tmp_path / "requirements.txt"
    lock.touch()
    process = subprocess.Popen(
        [sys.executable, str(script), "packages", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs tests in the background of a shell has it ignored, and so would this process.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    eventually((tmp_path / ".venv" / "pyvenv.cfg").exists)

    os.killpg(process.pid, signal.SIGINT)  # what a terminal sends

    # This ends once nobody has these pipes any more, so no process is left over.
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGINT
    assert stderr == "\nStopped. The next run picks up from here.\n"
    packages = bootstrap.Packages(tmp_path / ".venv")
    packages.bring_to([lock], any_python=True)
    assert packages.python.exists()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("exit 1", "is not a Python that runs on this machine"),
        ("exit 0", "is not a Python that runs on this machine"),
        ("echo hello", "is not a Python that runs on this machine"),
        ("echo False", "is older than Python 3.11"),
    ],
)
def test_make_explains_a_python_that_it_can_not_use(tmp_path, program, words):
    named = tmp_path / "python"
    named.write_text(f"#!/bin/sh\n{program}\n")
    named.chmod(0o755)

    made = subprocess.run(
        ["make", "python", f"PYTHON={named}"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert made.returncode == 2
    assert f"{named} {words}" in made.stderr
