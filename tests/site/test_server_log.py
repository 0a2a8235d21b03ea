"""gunicorn's own log lines: in the site's format, once even after a reload, without an address."""

import json
import signal
from dataclasses import replace

import pytest

from tests.site.deployment import deployed

pytestmark = pytest.mark.slow

# Whose worker says that a request makes no sense.
WSGI = {"server": "wsgi"}


def test_each_line_is_json_and_comes_once_after_a_reload_too(tmp_path):
    with deployed(tmp_path) as deployment:
        deployment = replace(deployment, more={"LOG_FORMAT": "json"})
        with deployment.serving(**WSGI) as instance:
            instance.process.send_signal(signal.SIGHUP)
            instance.wait_until_said("takes connections", 2)
            with instance.reader() as connection:
                connection.socket.sendall(b"GET / HTTP/9.9\r\n\r\n")
                assert b" 400 " in connection.reader.readline()
            instance.wait_until_said("Invalid request")
    # A warning of Python's comes before there are settings, where static files are not collected.
    said = instance.said
    said = said[next(at for at, line in enumerate(said) if "Starting gunicorn" in line) :]
    told = [json.loads(line)["message"] for line in said]
    (refusal,) = [it for it in told if it.startswith("Invalid request")]
    assert refusal.startswith("Invalid request: ")
    assert sum("takes connections" in it for it in told) == 2
    assert sum(it == "Hang up: Master" for it in told) == 1
    assert all("ip=" not in it for it in told)
