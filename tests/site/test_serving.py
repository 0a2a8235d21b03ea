"""The site as gunicorn serves it: a real server on a free port, with the settings of a trial."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
SERVER = [
    *(sys.executable, "-m", "gunicorn", "--config", "softphonez_site/gunicorn_conf.py"),
    *("--log-level", "info"),
]


def environment(tmp_path: Path, port: int) -> dict[str, str]:
    """Return the environment of a site whose files all lie in `tmp_path`."""
    return {
        **ENVIRONMENT,
        "DJANGO_SETTINGS_MODULE": "tests.site.served_settings",
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "PORT": str(port),
    }


@pytest.fixture
def port() -> int:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        return finder.getsockname()[1]


@dataclass
class Server:
    process: subprocess.Popen[str]
    said: str


@pytest.fixture
def server(tmp_path, port) -> Iterator[Server]:
    """A server on `port`, all of whose workers take connections."""
    settings = environment(tmp_path, port)
    process = subprocess.Popen(
        SERVER, cwd=ROOT, env=settings, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        said = ""
        while said.count("takes connections") < 2:
            line = process.stdout.readline()
            assert line, f"The server stopped at once:\n{said}"
            said += line
        yield Server(process, said)
    finally:
        process.kill()
        process.communicate()


def test_the_site_answers_on_this_machine_only(server, port):
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/no-such-file.css")
    assert missing.value.code == 404
    missing.value.close()
    assert f"The site is at http://127.0.0.1:{port}/" in server.said
    listening = re.findall(
        rf"([0-9A-F]+):{port:04X} [0-9A-F:]+ 0A",
        Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text(),
    )
    assert set(listening) == {"0100007F"}


def test_the_site_leaves_no_socket_for_remote_commands(server, tmp_path):
    assert [file for file in tmp_path.rglob("*") if file.is_socket()] == []


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_the_site_stops_when_it_is_told_to(server, order):
    server.process.send_signal(order)
    assert server.process.wait() == 0


def test_a_second_server_on_the_port_is_refused_in_words(server, tmp_path, port):
    refused = subprocess.run(
        SERVER,
        cwd=ROOT,
        env=environment(tmp_path, port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in refused.stderr
    assert "Traceback" not in refused.stderr
