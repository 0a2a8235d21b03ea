"""The steps of `make run` and `make test` that come before any package is installed.

Run by the machine's own Python. So this file imports nothing but the standard library, and even an
old Python can parse it and say that it is too old.

    bootstrap.py port 8000              stop with one line if the port can't be had
    bootstrap.py packages LOCK …        bring .venv to what the lock files pin
    bootstrap.py environment            write a .env for a trial, unless there is one
"""

from __future__ import annotations

import sys


def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Report what ends the process; Ctrl-C in one line."""
    if kind is KeyboardInterrupt:
        sys.stderr.write("\nStopped. The next run picks up from here.\n")
    else:
        sys.__excepthook__(kind, error, trace)


# Before the imports, which take most of the time of a run that has nothing to do.
if __name__ == "__main__":
    sys.excepthook = report

# ruff: noqa: E402
import argparse
import contextlib
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent

ENVIRONMENT = """\
# Written by `make run` for a trial on this machine. .env.example says what each line means.
SECRET_KEY={secret_key}
LOG_KEY={log_key}=
ALLOWED_HOSTS=127.0.0.1,localhost,[::1]
# A trial on 127.0.0.1 has no certificate. A public site has, and says on.
HTTPS=off
# For people; programs read json better.
LOG_FORMAT=text
"""


class Refusal(Exception):
    """A step can't be taken. The message is one sentence for the person at the terminal."""


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def check_python() -> None:
    """Raise Refusal unless this Python is new enough and can make virtual environments."""
    major, minor = sys.version_info[:2]
    if (major, minor) < OLDEST_PYTHON:
        raise Refusal(
            "Python {}.{} or later is needed, and {} is {}.{}. Install one and name it, "
            "for example: PYTHON=python3.13 make run".format(
                *OLDEST_PYTHON, sys.executable, major, minor
            )
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Refusal(
            f"{sys.executable} can't make virtual environments. "
            f"On Debian: apt install python{major}.{minor}-venv"
        )


def port_number(text: str) -> int:
    """Return a port's number. Raise Refusal for anything else."""
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise Refusal(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def check_free(port: int, host: str = "127.0.0.1") -> None:
    """Raise Refusal unless a port is free at an address of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the server does: old connections in TIME_WAIT then don't count as using the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except PermissionError:
            raise Refusal(
                f"Port {port} is for root only. Choose one above 1023, such as PORT=8000."
            ) from None
        except OSError:
            raise Refusal(
                f"Port {port} on {host} is taken. Stop what uses it, or choose another, such as "
                f"PORT={port + 1}."
            ) from None


def write_environment(file: Path) -> None:
    """Write `file` with fresh secret keys, readable by its owner only, unless it exists."""
    if file.exists():
        return
    # Written aside and linked into place: a run that is killed leaves no incomplete file, and of
    # two runs at once the first one's key is kept.
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:
            keys = {"secret_key": secrets.token_urlsafe(50), "log_key": secrets.token_urlsafe(32)}
            stream.write(ENVIRONMENT.format(**keys))
        os.link(unfinished, file)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()
    say(f"Wrote {file.name} with new secret keys.")


def run_whole(command: list[str]) -> None:
    """Run a command; if it fails, raise CalledProcessError.

    It is in a group of its own, so Ctrl-C reaches only this process. That ends the whole group:
    the command prints no traceback, and leaves no process that goes on writing into .venv.
    """
    process = subprocess.Popen(command, process_group=0)
    try:
        status = process.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if status:
        raise subprocess.CalledProcessError(status, command)


class Packages:
    """The virtual environment in `folder`, and which lock files are installed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.finished = folder / "installed-locks"
        self.unfinished = folder / "installing"

    def bring_to(self, locks: list[Path], *, any_python: bool) -> None:
        """Install what the lock files pin, unless that was done before.

        The last lock is what is installed; those before it are parts of it. any_python: keep an
        environment that another version of Python made; else it is made anew with this one.
        """
        wanted = {hashlib.sha256(lock.read_bytes()).hexdigest() for lock in locks}
        usable = self._is_usable(any_python=any_python)
        if usable and wanted <= self._installed():
            return
        if not usable:
            say(f"Making {self.folder.name} with Python {sys.version.split()[0]} …")
            if self.folder.is_symlink():
                self.folder.unlink()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir()
            self.unfinished.touch()
            run_whole([sys.executable, "-m", "venv", str(self.folder)])
        say(f"Installing what {locks[-1]} pins …")
        self.finished.unlink(missing_ok=True)
        self.unfinished.touch()
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        run_whole([*pip, "install", "--quiet", "--require-hashes", "--requirement", str(locks[-1])])
        self.finished.write_text("\n".join(sorted(wanted)), encoding="utf-8")
        self.unfinished.unlink()

    def _installed(self) -> set[str]:
        try:
            return set(self.finished.read_text(encoding="utf-8").split())
        except FileNotFoundError:
            return set()

    def _is_usable(self, *, any_python: bool) -> bool:
        """Return whether packages can be installed into the existing environment."""
        if self.unfinished.exists():  # a run was killed between two files of a package
            return False
        question = "import pip, sys; print(*sys.version_info[:2])"
        try:
            answer = subprocess.run(
                [str(self.python), "-c", question], capture_output=True, text=True, check=True
            ).stdout
        except (OSError, subprocess.CalledProcessError):
            return False
        major, minor = (int(part) for part in answer.split())
        if any_python:
            return (major, minor) >= OLDEST_PYTHON
        return (major, minor) == sys.version_info[:2]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="First steps of `make run` and `make test`.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("port").add_argument("number")
    verbs.add_parser("environment")
    packages = verbs.add_parser("packages")
    packages.add_argument("--any-python", action="store_true")
    packages.add_argument("locks", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    for order in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(order, signal.default_int_handler)
    try:
        check_python()
        if options.verb == "port":
            check_free(port_number(options.number))
        elif options.verb == "environment":
            write_environment(ROOT / ".env")
        else:
            Packages(ROOT / ".venv").bring_to(options.locks, any_python=options.any_python)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except subprocess.CalledProcessError as failure:
        sys.stderr.write(f"Could not set up .venv: {failure.cmd[2]} failed; see above.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The set-up could not go on: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
