"""Serves a small site by real servers on free ports."""

import os
from contextlib import contextmanager

import pytest

from tests.conftest import ENVIRONMENT
from tests.migrated import migrated
from tests.nginx import free_port
from tests.servers import ROOT, printed, started


def environment(tmp_path, port):
    """Return the environment of a site whose files are all in `tmp_path`."""
    return {
        **ENVIRONMENT,
        "DJANGO_SETTINGS_MODULE": "tests.site.served_settings",
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "LOG_KEY": "only-for-tests-only-for-tests-only-for-test=",
        "PORT": str(port),
    }


# Parameters for tests of what readers get: from memory, and under WSGI from Django.
EACH_SERVER = ["asgi", pytest.param("wsgi", marks=pytest.mark.slow)]
POLICY = """---
slug: privacy
language: en
name: Privacy Policy
title: Privacy Policy
last_updated: 2026-11-0{number}
---

This is text {number}.

## Scope {{#scope}}

{text}
"""


def manage(folder, *arguments, code=ROOT):
    printed("manage.py", *arguments, env=environment(folder, 0), code=code)


def make_database(folder):
    with migrated(folder / "site.sqlite3") as is_there:
        if not is_there:
            manage(folder, "migrate", "--verbosity", "0")


def publish(folder, number):
    file = folder / "privacy.md"
    file.write_text(POLICY.format(number=number, text=f"We keep little {number}. " * 100))
    manage(folder, "import_policies", str(file), "--publish")


@contextmanager
def served(folder, server="asgi", *, workers, code=ROOT, **variables):
    """Serve the site in `folder`; yield the port once all workers accept connections.

    code: where manage.py is. variables: added to the environment.
    """
    made = environment(folder, free_port())
    made |= {"WEB_CONCURRENCY": str(workers), **variables}
    with started(made, server=server, code=code) as instance:
        yield instance.port


def steady(response):
    """Return the headers without what changes each minute and what the server says of itself."""
    passing = {"date", "connection", "server"}
    return {name: value for name, value in response.headers.items() if name not in passing}
