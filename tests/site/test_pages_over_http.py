"""The site under real servers: what a client gets, header by header."""

from contextlib import closing

import pytest

from tests.servers import ROOT, Connection, printed
from tests.site.serving import environment, make_database, manage, publish, served, steady

# Its servers have SQLite, whatever the database of the tests is.
pytestmark = pytest.mark.sqlite


def test_a_page_has_the_headers_that_django_gives_it_and_those_that_caches_need(site, server):
    page, again = site.ask("/privacy/"), site.ask("/privacy/")
    assert page.status == 200
    assert b"We keep 3." in page.body
    assert (again.body, steady(again)) == (page.body, steady(page))
    assert page.headers["cache-control"] == (
        "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
    )
    assert "date" in page.headers
    # Under WSGI there is one coding: what is in front may compress.
    assert page.headers.get("vary") == {"asgi": "Accept-Encoding", "wsgi": None}[server]
    assert "set-cookie" not in page.headers
    assert "accept-ranges" not in page.headers
    by_django = site.ask("/no-such-page/")
    assert by_django.status == 404
    for name in (
        *("content-security-policy", "permissions-policy", "referrer-policy"),
        *("x-content-type-options", "x-frame-options", "cross-origin-opener-policy"),
        *("cross-origin-resource-policy", "cross-origin-embedder-policy"),
    ):
        assert page.headers[name] == by_django.headers[name]
    directives = page.headers["content-security-policy"].split("; ")
    assert directives == sorted(directives)


@pytest.mark.slow
def test_a_first_visit_takes_under_8_kb_with_its_headers(tmp_path):
    """The seed, as a public site sends it: behind TLS, under a name of some length."""
    host = "policies.softphonez.example.com"
    public = {
        "HTTPS": "on",
        "BEHIND_PROXY": "on",
        "ALLOWED_HOSTS": host,
        "SITE_URL": f"https://{host}",
    }
    make_database(tmp_path)
    sample = str(ROOT / "tests" / "content" / "privacy.md")
    manage(tmp_path, "import_policies", sample, "--publish", "--despite-blocks", "It is a sample.")
    with served(tmp_path, workers=1, **public) as port, closing(Connection(port)) as site:
        lines = (f"Host: {host}", "X-Forwarded-Proto: https", "Accept-Encoding: br")
        answer = site.ask("/privacy/", *lines)
    assert (answer.status, answer.headers["content-encoding"]) == (200, "br")
    assert "strict-transport-security" in answer.headers
    head = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items())
    assert head + len(answer.body) < 8_000


@pytest.mark.parametrize("path", ["/privacy/", "/feed.xml", "/robots.txt", "/privacy/no-such/"])
def test_every_name_and_port_of_the_site_gets_the_page_of_its_one_address(site, path):
    as_named = site.ask(path, "Host: testserver")
    for host in ("127.0.0.1:1234", "localhost", "LOCALHOST:80", "testserver:99"):
        answer = site.ask(path, f"Host: {host}")
        assert (answer.status, answer.body) == (as_named.status, as_named.body)
        assert host.encode() not in answer.body
    assert b"http://testserver/" in site.ask("/robots.txt", "Host: 127.0.0.1:1234").body


def test_a_program_that_accepts_markdown_gets_the_text_in_force(site):
    led = site.ask("/privacy/", "Accept: text/markdown")
    text = site.ask(led.headers["location"], "Accept: text/markdown")

    assert (led.status, text.status) == (303, 200)
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert text.body.startswith(b"---\n")
    assert site.ask("/privacy/", "Accept: text/html").status == 200


def test_staff_pages_always_come_from_django(site):
    first, second = site.ask("/admin/login/"), site.ask("/admin/login/")
    assert first.headers["set-cookie"] != second.headers["set-cookie"]
    assert "no-store" in first.headers["cache-control"]
    token = first.headers["set-cookie"].split("csrftoken=")[1].split(";")[0]
    form = f"csrfmiddlewaretoken={token}&username=nobody&password={'x' * 400_000}".encode()
    answer = site.ask(
        "/admin/login/",
        f"Cookie: csrftoken={token}",
        "Content-Type: application/x-www-form-urlencoded",
        method="POST",
        body=form,
    )
    assert answer.status == 200
    assert b"Please enter the correct username" in answer.body
    assert site.ask("/favicon.ico").body == (ROOT / "static/root/favicon.ico").read_bytes()


def test_the_probes_answer_whether_the_process_is_alive_and_ready(site):
    alive = site.ask("/healthz", "Host: 10.0.0.7:8000")
    assert (alive.status, alive.body) == (200, b"This process is alive.\n")
    ready = site.ask("/readyz")
    assert (ready.status, ready.body) == (
        200,
        b"The database answers, and its rules are in place.\n",
    )
    for answer in (alive, ready):
        assert "no-store" in answer.headers["cache-control"]


def test_a_publication_shows_in_every_process_and_none_goes_back(tmp_path, server):
    """By another process, as a command does it; each connection sees one version, then the next."""
    make_database(tmp_path)
    publish(tmp_path, 1)
    with served(tmp_path, server, workers=2) as port:
        readers = [Connection(port) for _ in range(8)]
        for reader in readers:
            assert b"This is text 1." in reader.ask("/privacy/").body
        publish(tmp_path, 2)
        for reader in readers:
            seen = []
            while 2 not in seen or len(seen) < 3:
                body = reader.ask("/privacy/").body
                version = 2 if b"This is text 2." in body else 1
                assert f"We keep little {version}.".encode() in body
                assert f"Version {version}".encode() in body
                seen.append(version)
            assert seen == sorted(seen)
        page = readers[0].ask("/privacy/")
        # Its journals first. None is overwritten: a process reads -shm as its own memory, and
        # would be killed (SIGBUS) if that were shorter just then.
        for file in sorted(tmp_path.glob("site.sqlite3*"), reverse=True):
            other = tmp_path / "other"
            other.write_bytes(b"This is no database. " * 500)
            other.replace(file)
        # The database is gone: what is in memory stays.
        kept = {"asgi": 200, "wsgi": 503}[server]
        for reader in readers:
            answer = reader.ask("/privacy/")
            assert (answer.status, answer.body == page.body) == (kept, kept == 200)
        assert readers[0].ask("/privacy/versions/1/").status == 503
        assert readers[0].ask("/readyz").status == 503
        assert readers[0].ask("/healthz").status == 200
        for reader in readers:
            assert reader.ask("/privacy/").status == kept
            reader.close()


# Has every kind of public page made, and prints what the process has loaded by then.
READ = """
import sys
from wsgiref.util import setup_testing_defaults
from softphonez_site.asgi import django
from policies.public import pdfs
pdfs.are_made = lambda: False  # as on a site without WeasyPrint
for path in sys.argv[1:]:
    environ = {"PATH_INFO": path, "HTTP_HOST": "localhost", "HTTP_ACCEPT_ENCODING": "br"}
    setup_testing_defaults(environ)
    said = []
    b"".join(django(environ, lambda status, *_: said.append(status)))
    assert said in (["200 OK"], ["302 Found"]), (path, said)
print(*sys.modules)
"""
PAGES = [
    *("/", "/privacy/", "/privacy/embed/", "/privacy/versions/", "/privacy/versions/1/"),
    *("/privacy/current.json", "/privacy/versions/1.md", "/privacy/versions/1.json"),
    *("/privacy/since/3/", "/privacy/timegate/", "/privacy/timemap/", "/privacy/feed.xml"),
    *("/ledger.json", "/sitemap.xml", "/robots.txt"),
]


def test_a_process_that_only_serves_pages_loads_neither_the_desk_nor_what_reads_texts(whole):
    """Half of the time until the first answer, and a quarter of the memory. No page is rendered."""
    # The keys of a log are made by cryptography.
    settings = {"DJANGO_SETTINGS_MODULE": "softphonez_site.settings", "LOG_KEY": ""}
    loaded = printed("-c", READ, *PAGES, env=environment(whole.folder, 0) | settings).split()
    assert "policies.public.views" in loaded
    desk = {
        *("policies.admin", "policies.text.findings", "policies.text.importing"),
        "policies.text.redline",
    }
    markdown = {
        *("markdown", "markdown_it", "mdit_py_plugins", "bleach", "nh3", "policies.text.rendering"),
    }
    files = {"yaml", "bs4", "html5lib", "lxml", "docx", "cryptography", "weasyprint", "ctypes"}
    assert (desk | markdown | files) & set(loaded) == set()
