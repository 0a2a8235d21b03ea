"""The site as gunicorn serves it: a real server on a free port, with the settings of a trial."""

import re
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.nginx import free_port
from tests.servers import ROOT, SERVER, started
from tests.site.serving import environment


def two_workers(folder):
    return {**environment(folder, free_port()), "WEB_CONCURRENCY": "2"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def server(folder):
    with started(two_workers(folder)) as server:
        yield server


def test_the_site_answers_on_this_machine_only(server):
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/no-such-file.css")
    assert missing.value.code == 404
    missing.value.close()
    assert f"The site is at http://127.0.0.1:{server.port}/" in "".join(server.said)
    listening = re.findall(
        rf"([0-9A-F]+):{server.port:04X} [0-9A-F:]+ 0A",
        Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text(),
    )
    assert set(listening) == {"0100007F"}


@pytest.mark.slow
def test_the_command_line_overrules_where_the_site_is(server, tmp_path):
    """Also while the port that PORT names is in use."""
    other = free_port()
    command = [*SERVER, "--bind", f"127.0.0.1:{other}"]
    settings = environment(tmp_path, server.port)
    with subprocess.Popen(
        command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            said = process.stdout.readline()
        finally:
            process.terminate()
    assert said == f"The site is at http://127.0.0.1:{other}/ (Ctrl-C stops it)\n"


@pytest.mark.slow
def test_the_site_starts_although_its_output_is_on_a_full_disk(tmp_path):
    settings = two_workers(tmp_path)
    with (
        Path("/dev/full").open("w") as full,
        subprocess.Popen(
            SERVER, cwd=ROOT, env=settings, stdout=full, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stderr
        said = next((line for line in process.stderr if "takes connections" in line), "")
        process.terminate()
    assert said


def test_the_site_leaves_no_socket_for_remote_commands(server, folder):
    assert [file for file in folder.rglob("*") if file.is_socket()] == []


@pytest.mark.slow
@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_the_site_stops_on_each_signal(tmp_path, order):
    with started(two_workers(tmp_path)) as server:
        server.process.send_signal(order)
        assert server.process.wait() == 0


@pytest.mark.slow
def test_a_second_server_on_the_port_is_refused_with_an_explanation(server, tmp_path):
    settings = environment(tmp_path, server.port)
    refused = subprocess.run(
        SERVER, cwd=ROOT, env=settings, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert f"Port {server.port} on 127.0.0.1 is taken" in refused.stderr
    assert "Traceback" not in refused.stderr
