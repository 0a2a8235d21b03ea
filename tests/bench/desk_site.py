"""A site with drafts, in a folder of its own and served by two workers, to measure the desk at."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.bench.bench_servers import settings
from tests.bench.site import ROOT
from tests.nginx import free_port
from tests.servers import started


class DeskSite(NamedTuple):
    """folder, environment: the site's. server: the process. drafts: the words of each line that
    was printed.
    """

    folder: Path
    environment: dict[str, str]
    port: int
    server: int
    drafts: list[list[str]]


def desk_site(stack, code, *, drafts, collect=False, **more):
    """Make a site and serve it until the stack ends.

    code: what makes the drafts, and prints a line for each. collect: whether static files are to
    have their final names. more: of its environment.
    """
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="policies-bench-")))
    port = free_port()
    environment = {
        **os.environ,
        **settings(folder),
        "PAGES_SNAPSHOT": "",
        "WEB_CONCURRENCY": "2",
        "PORT": str(port),
        **more,
    }

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments, "-v", "0"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    manage("migrate")
    if collect:
        manage("collectstatic", "--no-input", "--clear")
    printed = manage("shell", "-c", code).splitlines()[-drafts:]
    server = stack.enter_context(started(environment)).process
    return DeskSite(folder, environment, port, server.pid, [line.split() for line in printed])
