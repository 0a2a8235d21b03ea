"""Mozilla's HTTP Observatory rates the site behind TLS, deployed as in docs/deploying.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import nginx
from tests.conftest import ENVIRONMENT, OBSERVATORY
from tests.site.deployment import deployed
from tests.site.guide import here
from tests.site.serving import ROOT, served

if TYPE_CHECKING:
    from typing import Any

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
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, which signs itself."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-days", "1", "-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def verdicts(
    certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
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
        session = f"Cookie: {cookie_name()}={deployment.facts['sessions']['one']}"
        pages = [{"path": path, "headers": []} for path in (*PUBLIC, LOG_IN)]
        pages += [{"path": path, "headers": [session]} for path in STAFF]
        with nginx.running(folder / "nginx", configuration):
            return {it["path"]: it for it in judged(certificate, ports, pages)}


def cookie_name() -> str:
    """Return what the session's cookie is called behind TLS."""
    said = subprocess.run(
        [
            *(sys.executable, "-c"),
            "from softphonez_site import settings; from django.conf import global_settings as g;"
            "print(getattr(settings, 'SESSION_COOKIE_NAME', g.SESSION_COOKIE_NAME))",
        ],
        cwd=ROOT,
        env={**ENVIRONMENT, **BEHIND_TLS, "PATH": os.environ["PATH"]},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return said.stdout.strip()


def judged(
    certificate: Path, ports: dict[str, int], pages: list[dict[str, Any]]
) -> list[dict[str, Any]]:
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
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def test_public_pages_have_130_and_more(verdicts: dict[str, dict[str, Any]]) -> None:
    too_few = {path: verdicts[path] for path in PUBLIC if verdicts[path]["score"] < 130}
    assert too_few == {}


def test_staff_pages_have_an_a_and_more(verdicts: dict[str, dict[str, Any]]) -> None:
    worse = {p: it for p in (LOG_IN, *STAFF) if (it := verdicts[p])["grade"] not in {"A", "A+"}}
    assert worse == {}
    assert {verdicts[path]["status"] for path in STAFF} == {200}


def test_the_observatory_has_seen_what_readers_see(verdicts: dict[str, dict[str, Any]]) -> None:
    for path, verdict in verdicts.items():
        assert verdict["verified"], path
        assert verdict["status"] == (404 if path == "/no-such-page/" else 200), path
        assert verdict["failed"] == [], path
        assert {"redirection-to-https", HSTS} <= set(verdict["results"]), path
