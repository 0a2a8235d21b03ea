"""`manage.py export_site`: the site as files, from an operator's view."""

import functools
import gzip
import http.client
import json
import re
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.utils import timezone

from policies import workflow
from policies.models import KeptFile, Policy
from policies.operations.exporting import serving
from policies.operations.exporting.export import NOT_KEPT, Export, Site, SiteResponse, joined
from policies.operations.exporting.tree import (
    SUFFIXES,
    ExportedUrl,
    ExportFailed,
    ExportFolder,
    file_of,
)
from policies.page_cache import responses
from policies.page_cache.core import Pages
from policies.page_cache.from_django import page_from
from policies.page_cache.responses import Page
from policies.page_cache.responses import compressed as strongly_compressed
from policies.public import kept_files, listed_urls, pdfs, word_files
from policies.workflow import lifecycle
from tests import nginx
from tests.factories import NOW, make_policy, make_user, make_version
from tests.full_disk import full_disk
from tests.policies.page_cache.pages_site import connection_stays as connection_stays
from tests.policies.page_cache.pages_site import page_at
from tests.printing import PaperlessPrinter

pytestmark = pytest.mark.django_db

BASE = "http://testserver"
in_word = word_files.text


def quickly_compressed(body):
    return {"br": brotli.compress(body, quality=1), "gzip": gzip.compress(body, 1, mtime=0)}


@pytest.fixture(autouse=True)
def _quick(connection_stays, monkeypatch):
    """Printing takes seconds, and is tested in test_pdfs.py; the strongest compression of all pages
    takes more than everything else here; Word files take a third of the rest.
    """
    monkeypatch.setattr(pdfs, "PRINTER", PaperlessPrinter())
    monkeypatch.setattr(responses, "compressed", quickly_compressed)
    monkeypatch.setattr(
        word_files, "text", lambda version: f"{version.digest} {settings.SITE_URL}".encode()
    )


@pytest.fixture
def as_on_a_site(_quick, monkeypatch):
    """Compress as strongly as in production, but each page once; with the Word files."""
    monkeypatch.setattr(responses, "compressed", functools.cache(strongly_compressed))
    monkeypatch.setattr(word_files, "text", in_word)


def make_site():
    """Publish two versions of a policy, a third for later, and one in German; rename the first."""
    at = timezone.now() - timedelta(days=9)
    policy = make_policy(slug="old-privacy")
    make_version(policy=policy, at=at)
    make_version(policy=policy, at=at + timedelta(days=1))
    make_version(
        policy=policy, at=at + timedelta(days=2), effective_at=timezone.now() + timedelta(days=9)
    )
    german = make_policy(slug="datenschutz", language="de")
    make_version(policy=german, at=at)
    workflow.rename_policy(
        policy.pk, slug="privacy", by=make_user(is_superuser=True), at=at + timedelta(days=3)
    )
    return policy


def make_small_site():
    return make_version(policy=make_policy(slug="privacy"), at=NOW).policy


def make_bilingual_site():
    make_version(policy=make_policy(slug="datenschutz", language="de"), at=NOW)
    return make_small_site()


def export(folder, **options):
    out = StringIO()
    call_command("export_site", folder, **{"base_url": BASE, "stdout": out, **options})
    return out.getvalue()


@pytest.fixture
def requested(monkeypatch):
    paths = []
    get = Site.get

    def noting(self, path, **how):
        paths.append(path)
        return get(self, path, **how)

    monkeypatch.setattr(Site, "get", noting)
    return paths


class Live:
    def __init__(self):
        self.django = Site(WSGIHandler(), BASE)
        self.pages = Pages(page_from(WSGIHandler()), limit=10**8)

    def get(self, path, *, encoding="identity"):
        page = page_at(self.pages, ("http", "testserver", path))
        if not isinstance(page, Page):
            return self.django.get(path)
        response = page.response("GET", encoding, None)
        return SiteResponse(response.status, joined(response.headers), response.body)


def files(folder):
    """Return the modification time and content of each file, except the export's own record."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and not re.search(r"lock$|/(record|next)\b", str(path))
    }


def contents(folder):
    return {name: content for name, (_, content) in files(folder).items()}


# --- What is written -----------------------------------------------------------------------------


@pytest.mark.usefixtures("as_on_a_site")
def test_each_page_is_a_file_with_the_bytes_of_the_live_site(tmp_path):
    make_site()

    export(tmp_path)

    live = Live()
    pages = [url for url in listed_urls.listed_paths() if live.get(url).status == 200]
    assert len(pages) > 25
    for url in pages:
        for coding, suffix in {"identity": "", **SUFFIXES}.items():
            response = live.get(url, encoding=coding)
            if response.headers.get("content-encoding", "identity") == coding:
                file = tmp_path / f"{file_of(url)}{suffix}"
                assert file.read_bytes() == response.body, file
    assert not (tmp_path / "old-privacy").exists()
    assert b"There is no page" in (tmp_path / "404.html").read_bytes()


def test_static_hosts_get_each_header_and_each_redirect_and_no_link_leads_nowhere(tmp_path):
    make_site()

    export(tmp_path)

    listing = (tmp_path / ".export/files.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in listing]
    known = {entry["url"] for entry in entries}
    followed = set()
    for entry in entries:
        if entry["file"] and entry["file"].endswith(".html"):
            text = (tmp_path / entry["file"]).read_text()
            for link in re.findall(r'(?:href|src)="([^"]+)"', text):
                url = urljoin(f"{BASE}{entry['url']}", link)
                if url.startswith(f"{BASE}/"):
                    assert urlsplit(url).path in known, (entry["url"], link)
                    followed.add(urlsplit(url).path)
    assert {"/", "/privacy/", "/privacy/compare/1/2/", "/de/datenschutz/versions/"} <= followed
    rules = dict(
        re.findall(r"^(/\S*)\n((?:  .+\n)*)", (tmp_path / "_headers").read_text(), re.MULTILINE)
    )
    assert "X-Content-Type-Options: nosniff" in rules["/*"]
    assert "Content-Type: text/markdown; charset=utf-8" in rules["/privacy/versions/1.md"]
    assert "max-age=31536000, immutable" in rules["/privacy/versions/1.md"]
    assert "stale-while-revalidate=600" in rules["/privacy/"]
    assert "Content-Security-Policy: " in rules["/privacy/"]
    redirects = (tmp_path / "_redirects").read_text().splitlines()
    assert "/old-privacy/* /privacy/:splat 301" in redirects
    assert "/privacy/since/3/ /privacy/versions/3/ 302" in redirects


# --- Again ---------------------------------------------------------------------------------------


def test_unchanged_files_are_not_touched_and_files_of_gone_pages_are_removed(tmp_path):
    policy = make_bilingual_site()
    export(tmp_path)
    before = files(tmp_path)

    assert " 0 pages written" in export(tmp_path)
    assert " 0 pages written" in export(tmp_path, request_all=True)
    assert files(tmp_path) == before
    (tmp_path / "index.html").write_text("Cut of")
    (tmp_path / "ledger.json.br").unlink()
    assert " 2 pages written" in export(tmp_path)
    assert contents(tmp_path) == {name: text for name, (_, text) in before.items()}
    before = files(tmp_path)

    by = make_user(is_superuser=True)
    workflow.rename_policy(policy.pk, slug="data", by=by, at=timezone.now())
    export(tmp_path)

    after = files(tmp_path)
    assert "data/versions/1.md" in after
    assert not (tmp_path / "privacy").exists()
    untouched = {"de/datenschutz/index.html", "favicon.ico", "404.html"}
    assert {name: before[name] for name in untouched} == {name: after[name] for name in untouched}


def test_a_stopped_run_is_continued_and_ends_like_one_that_was_not_stopped(tmp_path, monkeypatch):
    make_bilingual_site()
    export(tmp_path / "whole")
    requested = []
    get = Site.get

    def stopped(self, path, **options):
        requested.append(path)
        if len(requested) == 20:
            raise KeyboardInterrupt
        return get(self, path, **options)

    monkeypatch.setattr(Site, "get", stopped)
    with pytest.raises(CommandError, match="goes on from here"):
        export(tmp_path / "broken")
    assert files(tmp_path / "broken") == {}
    first = set(requested[:19])
    export(tmp_path / "broken")

    again = first & set(requested[20:]) - {"/no/such/page/"}
    assert len(again) <= 1  # the one that it was at
    assert contents(tmp_path / "whole") == contents(tmp_path / "broken")


def test_after_a_publication_nothing_from_a_stopped_run_counts_as_current(tmp_path, monkeypatch):
    upcoming = make_version(
        policy=make_small_site(), at=NOW, effective_at=timezone.now() + timedelta(days=9)
    )
    finish = Export.finish

    def broken(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Export, "finish", broken)
    with pytest.raises(CommandError):
        export(tmp_path)
    monkeypatch.setattr(Export, "finish", finish)
    workflow.withdraw(
        upcoming.pk, by=make_user(is_superuser=True), at=timezone.now(), reason="A mistake."
    )

    export(tmp_path)

    assert '"standing": "withdrawn"' in (tmp_path / "privacy/versions/2.json").read_text()


# --- What is not ours ----------------------------------------------------------------------------


def test_files_of_others_are_neither_replaced_nor_removed(tmp_path):
    make_small_site()
    other = tmp_path / "privacy" / "versions" / "notes.txt"
    other.parent.mkdir(parents=True)
    other.write_text("Ours.")
    export(tmp_path)
    assert other.read_text() == "Ours."

    by = make_user(is_superuser=True)
    workflow.rename_policy(
        Policy.objects.get(slug="privacy").pk, slug="data", by=by, at=timezone.now()
    )
    export(tmp_path)

    assert [path for path in (tmp_path / "privacy").rglob("*") if path.is_file()] == [other]


def test_a_link_does_not_lead_an_export_out_of_its_folder(tmp_path):
    make_small_site()
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "site").mkdir()
    (outside / "versions").mkdir()
    (tmp_path / "site" / "privacy").symlink_to(outside)

    with pytest.raises(CommandError, match="is a link"):
        export(tmp_path / "site")

    assert [path.name for path in outside.rglob("*")] == ["versions"]


@pytest.mark.parametrize("what", ["files", "a link"])
def test_a_folder_named_like_the_record_that_is_none_is_refused(tmp_path, what):
    make_small_site()
    theirs = tmp_path / ("site/.export" if what == "files" else "theirs")
    (theirs / "unfinished").mkdir(parents=True)
    for name in ("lock", "unfinished/mine.txt"):
        (theirs / name).write_text("Somebody else's.")
    if what == "a link":
        (tmp_path / "site").mkdir()
        (tmp_path / "site/.export").symlink_to(theirs)

    with pytest.raises(CommandError, match="is a link" if what == "a link" else "was not made by"):
        export(tmp_path / "site")

    found = {path.name: path.read_text() for path in theirs.rglob("*") if path.is_file()}
    assert found == dict.fromkeys(["lock", "mine.txt"], "Somebody else's.")


# --- What can't be done --------------------------------------------------------------------------


def test_bad_arguments_are_refused_with_a_reason(tmp_path):
    make_small_site()
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(CommandError, match="can't be written to: Not a directory"):
        export(file)
    with pytest.raises(CommandError, match="is not an address like https"):
        export(tmp_path / "new", base_url="policies.example.com")
    with pytest.raises(CommandError, match="is not an address like https"):
        export(tmp_path / "new", base_url="https://policies.example.com:port")
    assert not (tmp_path / "new").exists()
    with pytest.raises(CommandError, match="ALLOWED_HOSTS"):
        export(tmp_path, base_url="http://elsewhere.example.com")


def test_a_folder_that_version_1_exported_goes_on_being_used(tmp_path):
    """It has no record but a database, and the list of files for servers."""
    make_small_site()
    export(tmp_path)
    before = files(tmp_path)
    (tmp_path / ".export" / "record.jsonl").unlink()
    (tmp_path / ".export" / "manifest.sqlite3").touch()
    (tmp_path / ".export" / "unfinished").mkdir()

    assert " 0 pages written" in export(tmp_path)

    assert files(tmp_path) == before


@pytest.mark.slow
def test_a_full_disk_leaves_the_last_export_whole_and_the_next_goes_on(tmp_path):
    make_bilingual_site()
    export(tmp_path)
    before = files(tmp_path)
    by, german = make_user(is_superuser=True), Policy.objects.get(language="de")
    lifecycle.retire(german.pk, by=by, at=timezone.now(), notice="It has ended.")

    with full_disk(), pytest.raises(CommandError, match=r"written to: .*the next export goes on"):
        export(tmp_path)

    assert files(tmp_path) == before
    export(tmp_path)
    assert b"It has ended." in files(tmp_path)["de/datenschutz/index.html"][1]


@pytest.mark.slow
def test_a_run_that_is_killed_while_it_moves_files_into_place_goes_on(tmp_path, monkeypatch):
    policy = make_bilingual_site()
    export(tmp_path / "site")
    by, german = make_user(is_superuser=True), Policy.objects.get(language="de")
    workflow.rename_policy(policy.pk, slug="data", by=by, at=timezone.now())
    lifecycle.retire(german.pk, by=by, at=timezone.now(), notice="It has ended.")
    replace, moved = Path.replace, list[Path]()

    def killed(self, target):
        moved.append(target)
        if len(moved) == 9:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as kill:
        kill.setattr(Path, "replace", killed)
        with pytest.raises(CommandError, match="Stopped"):
            export(tmp_path / "site")
    export(tmp_path / "site")
    export(tmp_path / "new")

    assert contents(tmp_path / "site") == contents(tmp_path / "new")


def test_a_pdf_that_can_not_be_made_is_named_and_keeps_nothing_else_back(tmp_path, monkeypatch):
    class Broken(PaperlessPrinter):
        def print_page(self, page):
            raise OSError("no fonts")

    policy = make_site()
    policy.refresh_from_db()  # it was renamed
    monkeypatch.setattr(pdfs, "PRINTER", Broken())
    said = StringIO()

    export(tmp_path, stderr=said)

    version = tmp_path / policy.get_absolute_url().strip("/") / "versions"
    assert (version / "1.md").exists()
    assert not (version / "1.pdf").exists()
    named = re.findall(r"^(\S+) could not be made now", said.getvalue(), re.MULTILINE)
    assert f"{policy.get_absolute_url()}versions/1.pdf" in named
    KeptFile.objects.filter(kind=kept_files.PDF).delete()  # as ten minutes later
    monkeypatch.setattr(pdfs, "PRINTER", PaperlessPrinter())
    export(tmp_path)
    assert (version / "1.pdf").exists()


def test_two_exports_to_one_folder_do_not_run_at_once(tmp_path):
    first = ExportFolder(tmp_path)
    with pytest.raises(CommandError, match="Another export"):
        export(tmp_path)
    first.close()


@pytest.mark.parametrize("url", ["/../x", "/a//b", "/.export/x", "/%2e/", "x"])
def test_no_url_becomes_a_file_outside_or_among_the_exports_own(url):
    with pytest.raises(ExportFailed):
        file_of(url)


def test_a_header_that_nginx_can_not_write_is_refused():
    entry = ExportedUrl(
        "/", 200, {"content-type": "text/html", "x-price": "$5"}, "index.html", ("identity",)
    )
    with pytest.raises(ExportFailed):
        serving.nginx([entry])


# --- Under nginx ---------------------------------------------------------------------------------

# nginx makes its own, of a file's size and time of change, and says that it takes ranges.
ITS_OWN = {*NOT_KEPT, "server", "accept-ranges"}
# A redirect's body is nginx's own, and so is the type that it has.
OF_A_REDIRECT = {*ITS_OWN, "content-type"}

SERVER = """
include {folder}/.export/nginx-http.conf;
server {{
  listen 127.0.0.1:{port};
  root {folder};
  brotli_static on;
  include {folder}/.export/nginx-server.conf;
}}
"""


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def close(self):
        self.connection.close()

    def get(self, path, *, method="GET", **headers):
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers={"Host": "testserver", **fields})
        found = self.connection.getresponse()
        return SiteResponse(found.status, joined(found.getheaders()), found.read())


@pytest.mark.slow
@pytest.mark.nginx
@pytest.mark.usefixtures("as_on_a_site")
def test_nginx_responds_as_the_live_site_does(tmp_path):
    make_site()
    folder = tmp_path / "site"
    export(folder)
    live = Live()
    port = nginx.free_port()

    configuration = SERVER.format(folder=folder, port=port)
    with nginx.running(tmp_path / "nginx", configuration), closing(Client(port)) as exported:
        urls = [
            *listed_urls.listed_paths(),
            "/nowhere/",
            "/privacy/compare/1/",
            "/privacy",
            "//privacy/",
        ]
        for url in urls:
            for coding in ("identity", "gzip", "br"):
                expected = live.get(url, encoding=coding)
                found = exported.get(url, accept_encoding=coding)
                assert found.status == expected.status, url
                own = OF_A_REDIRECT if expected.is_redirect else ITS_OWN
                assert without(own, found) == without(own, expected), url
                for name in ("content-encoding", "location"):
                    assert found.headers.get(name) == expected.headers.get(name), (url, name)
                if not expected.is_redirect:
                    assert found.body == expected.body, (url, coding)

        page = exported.get("/privacy/")
        known = exported.get("/privacy/", if_none_match=page.headers["etag"])
        assert (known.status, known.body) == (304, b"")
        assert known.headers["cache-control"] == page.headers["cache-control"]
        head = exported.get("/privacy/", method="HEAD")
        assert (head.status, head.headers["etag"]) == (200, page.headers["etag"])
        assert exported.get("/privacy/", method="POST").status == 405
        assert exported.get("/privacy/?next=%2F").status == 200
        for hidden in (
            *("/privacy%2Fversions/", "/privacy%2f", "/privacy/versions%2F1.md"),
            *("/index.html", "/privacy/index.html", "/404.html", "/_headers", "/_redirects"),
            *("/.export/files.jsonl", "/.export/record.jsonl", "/privacy/versions/1.md.gz"),
        ):
            refused = exported.get(hidden)
            assert (refused.status, b"<h1" in refused.body) == (404, True), hidden


def without(names, response):
    return {name: value for name, value in response.headers.items() if name not in names}
