"""Mozilla's HTTP Observatory rates the site behind TLS, deployed as in docs/deploying.md."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests import nginx
from tests.machine import OBSERVATORY
from tests.site.deployment import deployed
from tests.site.guide import here
from tests.site.serving import served

pytestmark = [pytest.mark.observatory, pytest.mark.slow]

SCRIPT = Path(__file__).with_name("observatory.mjs")

BEHIND_TLS = {"HTTPS": "on", "BEHIND_PROXY": "on", "SITE_URL": "https://localhost"}
PUBLIC = [
    *("/", "/privacy/", "/privacy/versions/", "/privacy/versions/1/", "/privacy/since/1/"),
    *("/privacy/embed/", "/privacy/embed/since/1/", "/no-such-page/"),
]
LOG_IN = "/admin/login/"
STAFF = ["/admin/", "/admin/policies/policy/", "/admin/auth/user/", "/admin/mail/"]
HSTS = "hsts-implemented-max-age-at-least-six-months"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, which signs itself."""
    folder = tmp_path_factory.mktemp("certificate")
    nginx.make_certificate(folder, "localhost")
    return folder


@pytest.fixture(scope="module")
def verdicts(certificate, tmp_path_factory):
    """The verdict on each page, by path: the public ones as a reader, the rest as a superuser."""
    folder = tmp_path_factory.mktemp("observatory")
    ports = {"http": nginx.free_port(), "https": nginx.free_port()}
    with (
        deployed(folder) as deployment,
        served(
            folder, "asgi", workers=1, DATABASE_URL=deployment.database_url, **BEHIND_TLS
        ) as origin,
    ):
        configuration = here("nginx-proxy.conf", certificate, origin=origin, **ports)
        configuration = configuration.replace("policies.example.com", "localhost")
        # There, the redirect leads to port 443.
        configuration = configuration.replace("https://$host", f"https://$host:{ports['https']}")
        (certificate / "cache").mkdir()
        session = f"Cookie: __Host-sessionid={deployment.facts['sessions']['one']}"
        pages = [{"path": path, "headers": []} for path in (*PUBLIC, LOG_IN)]
        pages += [{"path": path, "headers": [session]} for path in STAFF]
        with nginx.running(folder / "nginx", configuration):
            return {it["path"]: it for it in judged(certificate, ports, pages)}


def judged(certificate, ports, pages):
    """Have the Observatory fetch and judge pages. It trusts this certificate besides the usual."""
    request = {
        "hostname": "localhost",
        "httpPort": str(ports["http"]),
        "httpsPort": str(ports["https"]),
        "pages": pages,
    }
    run = subprocess.run(
        ["node", str(SCRIPT), str(OBSERVATORY), json.dumps(request)],
        env={**os.environ, "NODE_EXTRA_CA_CERTS": f"{certificate}/fullchain.pem"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_public_pages_have_130_and_more(verdicts):
    too_few = {path: verdicts[path] for path in PUBLIC if verdicts[path]["score"] < 130}
    assert too_few == {}


def test_staff_pages_have_an_a_and_more(verdicts):
    worse = {p: it for p in (LOG_IN, *STAFF) if (it := verdicts[p])["grade"] not in {"A", "A+"}}
    assert worse == {}
    assert {verdicts[path]["status"] for path in STAFF} == {200}


def test_the_observatory_has_seen_what_readers_see(verdicts):
    for path, verdict in verdicts.items():
        assert verdict["verified"], path
        assert verdict["status"] == (404 if path == "/no-such-page/" else 200), path
        assert verdict["failed"] == [], path
        assert {"redirection-to-https", HSTS} <= set(verdict["results"]), path
