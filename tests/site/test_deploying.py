"""docs/deploying.md: nginx and systemd accept its files, which do what the page says."""

import http.client
import json
import os
import re
import ssl
import subprocess
import threading
from contextlib import closing
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest
from django.core.management import get_commands

from tests import nginx
from tests.site.guide import FILES, ROOT, here

# What every proxy and CDN passes on each time; and pages that may be kept, with names like those.
NEVER_KEPT = ("/admin", "/admin/", "/preview/1.x/", "/healthz", "/readyz")
PAGES = ("/privacy/", "/administration/", "/previews/", "/readyz-data/", "/de/admin-rules/")


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


class Origin(BaseHTTPRequestHandler):
    """Replaces the site: counts requests; /private is not public; can be told to fail."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str]]
    fails = False

    def do_GET(self):
        type(self).asked.append((self.path, self.headers["X-Forwarded-Proto"]))
        body = b"The policy."
        self.send_response(503 if self.fails else 200)
        private = self.path.startswith("/private")
        self.send_header("Cache-Control", "no-store" if private else "public, max-age=60")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def certificate(tmp_path):
    nginx.make_certificate(tmp_path, "policies.example.com")
    return tmp_path


@pytest.mark.nginx
def test_the_proxy_keeps_public_pages_for_when_the_site_is_down(certificate, tmp_path):
    Origin.asked, Origin.fails = [], False
    ports = {"http": nginx.free_port(), "https": nginx.free_port()}
    (tmp_path / "cache").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), Origin) as origin:
        threading.Thread(target=origin.serve_forever, daemon=True).start()
        configuration = here("nginx-proxy.conf", certificate, origin=origin.server_port, **ports)
        with nginx.running(tmp_path / "nginx", configuration):
            plain = http.client.HTTPConnection("127.0.0.1", ports["http"], timeout=10)
            with closing(plain):
                plain.request("GET", "/privacy/?a=b", headers={"Host": "policies.example.com"})
                moved = plain.getresponse()
                assert moved.status == 301
                assert moved.headers["Location"] == "https://policies.example.com/privacy/?a=b"
            for path in (*PAGES, *NEVER_KEPT, "/private/"):
                assert _asked(certificate, ports, path).status == 200
            assert {scheme for _, scheme in Origin.asked} == {"https"}
            Origin.fails = True
            for path in PAGES:
                assert _asked(certificate, ports, f"{path}?utm=1").status == 200, path
            for path in (*NEVER_KEPT, "/private/"):
                assert _asked(certificate, ports, path).status == 503, path
        origin.shutdown()


@pytest.mark.nginx
def test_exported_files_are_sent_by_an_nginx_that_root_does_not_configure(certificate, tmp_path):
    from policies.operations.exporting import serving
    from policies.operations.exporting.tree import ExportedUrl

    entries = [
        ExportedUrl("/", 200, {"content-type": "text/html", "x-tried": "yes"}, "index.html", {}),
        ExportedUrl("/old/", 301, {"location": "/new/"}, "", {}),
    ]
    own = tmp_path / "files" / ".export"
    own.mkdir(parents=True)
    (tmp_path / "run").mkdir()
    (tmp_path / "cache").mkdir()
    (own.parent / "index.html").write_text("The policy.")
    http_part, server_part = serving.nginx(entries)
    (own / "nginx-http.conf").write_text(http_part)
    (own / "nginx-server.conf").write_text(server_part)
    ports = {name: nginx.free_port() for name in ("http", "https", "files")}

    files = here("nginx-files.conf", certificate, **ports)
    user = "user root;" if os.geteuid() == 0 else ""
    own_nginx = tmp_path / "run" / "nginx.conf"
    own_nginx.write_text(files.replace("daemon off;", f"{user} daemon on; master_process off;"))
    front = here("nginx-static.conf", certificate, **ports)
    assert ".export" not in front
    # Beside the proxy, which is for staff then.
    staff = here("nginx-proxy.conf", certificate, **ports).replace(
        "policies.example.com", "desk.example.com"
    )
    with (
        nginx.started(tmp_path / "run", own_nginx),
        nginx.running(tmp_path / "nginx", f"{front}\n{staff}"),
    ):
        page, moved, none = (_asked(certificate, ports, it) for it in ("/", "/old/", "//"))
    assert (page.status, page.body, page.headers["X-Tried"]) == (200, b"The policy.", "yes")
    assert (moved.status, moved.headers["Location"]) == (301, "/new/")
    assert none.status == 404


def _asked(certificate, ports, path):
    trusting = ssl.create_default_context(cafile=certificate / "fullchain.pem")
    trusting.check_hostname = False
    connection = http.client.HTTPSConnection(
        "127.0.0.1", ports["https"], context=trusting, timeout=10
    )
    with closing(connection):
        connection.request("GET", path, headers={"Host": "policies.example.com"})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def test_root_loads_nothing_that_the_user_of_the_site_writes():
    """Whoever can write the configuration of an nginx that root starts, can do what root can."""
    for file in FILES.glob("policies*.service"):
        text = file.read_text(encoding="utf-8")
        assert re.search(r"^(User=policies|DynamicUser=yes)$", text, re.MULTILINE)
        assert "NoNewPrivileges=yes" in text
        assert "CapabilityBoundingSet=\n" in text
        (as_root,) = re.findall(r"^Exec\w+=\+(.*)", text, re.MULTILINE) or [""]
        assert "nginx -" not in as_root
    for file in FILES.glob("nginx-*.conf"):
        included = re.findall(r"^ *include (/srv/.*);", file.read_text("utf-8"), re.MULTILINE)
        assert bool(included) == (file.name == "nginx-files.conf")


@pytest.mark.systemd
def test_systemd_takes_the_units(tmp_path):
    units = [path for path in FILES.iterdir() if path.suffix in {".service", ".timer"}]
    assert len(units) == 4
    copies = []
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        # Programs that are not on this machine stand for those that will be on that one.
        text = re.sub(r"(?<==)\S*/(python|sh|nginx)\b", "/bin/true", text)
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE))
    tried = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, copies)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in tried.stderr.splitlines() if "policies" in line]
    assert ours == []


def cron_jobs():
    """Return each job of the crontab: five fields of time, the user, the command."""
    lines = (FILES / "policies.cron").read_text(encoding="utf-8").splitlines()
    return [line.split(maxsplit=6) for line in lines if re.match(r"[0-9*]", line)]


def test_cron_runs_commands_that_there_are_as_the_user_of_the_site():
    jobs = cron_jobs()
    assert len(jobs) == 6
    for *times, user, command in jobs:
        assert all(re.fullmatch(r"[0-9*/]+", it) for it in times)
        assert user == "policies"
        assert "%" not in command.replace(r"\%", "")  # it would end the line (crontab(5))
        assert set(re.findall(r"manage\.py (\w+)", command)) <= get_commands().keys()
        assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0


def run_job(word, folder, *, python):
    """Run the job that contains a word, with a program in place of the site's Python.

    Return its status and what cron would send by mail.
    """
    (command,) = (job[-1] for job in cron_jobs() if word in job[-1])
    for name, script in ((".venv/bin/python", python), ("bin/logger", "cat >>log")):
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    command = command.replace(r"\%", "%").replace("/var/backups/policies", f"{folder}/backups")
    done = subprocess.run(
        ["bash", "-c", command.replace("/srv/policies", str(folder))],
        env={"PATH": f"{folder}/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


DOES_WELL = 'test "$2" != backup || touch "$3"'


@pytest.mark.parametrize(
    "word",
    ["send_reminders", "send_notices", "send_webhooks", "backup", "verify", "forget_log_ins"],
)
def test_cron_hears_that_a_job_failed(tmp_path, word):
    (tmp_path / "backups").mkdir()
    assert run_job(word, tmp_path, python=DOES_WELL) == (0, "")

    status, mail = run_job(word, tmp_path, python="echo why; exit 3")

    assert status == 1
    assert mail.endswith(": journalctl -t policies\n")
    assert "why" in (tmp_path / "log").read_text()


def test_only_after_a_backup_is_an_old_one_removed_and_thirty_are_kept(tmp_path):
    backups = tmp_path / "backups"
    backups.mkdir()
    others = {"before-2026-01-01T1200.zip", "by-hand.zip"}
    ours = [f"2026-{month:02}-{day:02}.zip" for month in (1, 2) for day in range(1, 21)]
    for name in (*others, *ours):
        (backups / name).touch()

    assert run_job("backup", tmp_path, python="exit 1")[0] == 1
    assert len(list(backups.iterdir())) == 42
    assert run_job("backup", tmp_path, python=DOES_WELL) == (0, "")

    left = {it.name for it in backups.iterdir()}
    assert left >= others
    assert len(left - others) == 30
    assert set(ours[-29:]) < left


def passed_on_by(expression):
    """Return which of NEVER_KEPT and PAGES an expression of Cloudflare's speaks of."""
    begins = re.findall(r'starts_with\(http\.request\.uri\.path, "([^"]+)"\)', expression)
    (listed,) = re.findall(r"http\.request\.uri\.path in \{([^}]+)\}", expression)
    paths = re.findall(r'"([^"]+)"', listed)
    return [it for it in (*NEVER_KEPT, *PAGES) if it.startswith(tuple(begins)) or it in paths]


def test_the_rules_for_cdns_are_well_formed_and_name_what_is_never_kept():
    policy = json.loads((FILES / "cloudfront-cache-policy.json").read_text(encoding="utf-8"))
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "none"
    assert key["CookiesConfig"]["CookieBehavior"] == "none"
    rules = json.loads((FILES / "cloudflare-cache-rules.json").read_text(encoding="utf-8"))["rules"]
    for rule in rules:
        assert passed_on_by(rule["expression"]) == [*NEVER_KEPT]
    vcl = (FILES / "fastly.vcl").read_text(encoding="utf-8")
    (pattern,) = re.findall(r'req\.url\.path ~ "([^"]+)"', vcl)
    assert [it for it in (*NEVER_KEPT, *PAGES) if re.search(pattern, it)] == [*NEVER_KEPT]
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    assert "`/admin/`, `/preview/`, `/healthz` and `/readyz`" in page


def test_what_root_creates_can_be_read_by_the_user_of_the_site():
    """What a root whose umask is 077 clones or installs, only root can read."""
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n)+", page, re.MULTILINE)
    creating = [it for it in blocks if re.search(r"git (clone|merge|checkout)|bootstrap\.py", it)]
    creating += [it for it in blocks if "export_site /srv/" in it]
    assert len(creating) == 4
    pages = (path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    blocks = [it for page in pages for it in re.findall(r"(?:^    .*\n)+", page, re.MULTILINE)]
    installing = [it for it in blocks if "pip install" in it]
    assert len(installing) == 1
    for block in (*creating, *installing):
        assert "umask 022" in "".join(block.splitlines()[:1]), block


def test_every_file_is_explained_and_every_explained_file_is_there():
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(deploying/([^)]+)\)", page)) == {p.name for p in FILES.iterdir()}
