"""Every public URL over HTTP follows RFC 9110 and RFC 9111, from memory and from Django.

The URLs are made from the routes in urls.py, so that a new route is tested by itself.
"""

import gzip
from collections import defaultdict
from http import HTTPStatus

import brotli
import pytest
from httplint import HttpRequestLinter, HttpResponseLinter
from httplint.note import levels

from tests.site.readers import PROXIES, QUERY, READERS, expected, facts, fields, others, reading
from tests.site.serving import served, steady

# Its servers have SQLite, whatever the database of the tests is.
pytestmark = pytest.mark.sqlite


def test_every_route_answers_a_sample_request(site, samples):
    answers = {it: site.ask(it.path) for it in samples}
    wrong = {it: answer.status for it, answer in answers.items() if answer.status != expected(it)}
    assert wrong == {}
    for answer in answers.values():
        assert "set-cookie" not in answer.headers
        assert "date" in answer.headers
        assert "etag" in answer.headers or (
            answer.status == 302 or answer.headers["cache-control"] == "no-store"
        )


def test_refusals_have_the_security_headers_of_a_page(site, whole):
    """Also if the server answers without asking Django."""
    wrong = {}
    for _, path, lines in [(200, "/healthz", []), *others(whole)]:
        headers = site.ask(path, *lines).headers
        missing = GUARDS - headers.keys()
        if missing:
            wrong[path, *lines] = missing
    assert wrong == {}


GUARDS = {
    *("content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"),
    *("referrer-policy", "x-content-type-options"),
}


def test_head_is_answered_as_get_without_the_content(site, samples, whole):
    """RFC 9110, section 9.3.2. Also where the answer comes from Django."""
    asked = [(it.path, list[str]()) for it in samples]
    for path, lines in [*asked, *(rest for _, *rest in others(whole)), ("/favicon.ico", [])]:
        page = site.ask(path, *lines)
        head = site.ask(path, *lines, method="HEAD")
        assert (head.status, steady(head)) == (page.status, steady(page)), path
        assert head.headers["content-length"] == str(len(page.body))
        if page.status == 200 and "etag" in page.headers:
            known = f"If-None-Match: {page.headers['etag']}"
            assert site.ask(path, known, method="HEAD").status == 304


def test_a_client_that_has_the_page_gets_304(site, samples):
    """RFC 9110, sections 13.1 and 15.4.5. From memory and from Django alike."""
    for path in [it.path for it in samples if expected(it) == 200]:
        page = site.ask(path)
        if page.headers["cache-control"] == "no-store":
            continue
        tag = page.headers["etag"]
        assert "last-modified" not in page.headers
        for known in (tag, f"W/{tag}", f'"x" , W/"y",{tag}', f'"a,b", {tag}', "*"):
            condition = f"If-None-Match: {known}"
            unchanged = site.ask(path, condition)
            assert unchanged.status == 304, (path, condition)
            assert "date" in unchanged.headers
            assert "content-length" not in unchanged.headers
            assert "content-type" not in unchanged.headers
            for name in ("cache-control", "etag", "vary", "content-location"):
                assert unchanged.headers.get(name) == page.headers.get(name), (path, name)
        late = "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"
        for condition in ('If-None-Match: "x"', f"If-None-Match: {tag[1:-1]}", late):
            assert facts(site.ask(path, condition)) == facts(page), (path, condition)


def test_a_file_that_has_not_changed_since_is_not_sent_again(site):
    file = site.ask("/favicon.ico")
    modified = f"If-Modified-Since: {file.headers['last-modified']}"
    for condition in (modified, f"If-None-Match: {file.headers['etag']}"):
        unchanged = site.ask("/favicon.ico", condition)
        assert unchanged.status == 304
        assert unchanged.headers["cache-control"] == file.headers["cache-control"]
        assert "content-length" not in unchanged.headers
    # Section 13.2.2: the tag decides alone.
    assert site.ask("/favicon.ico", modified, 'If-None-Match: "x"').status == 200


def test_each_client_gets_a_content_coding_that_it_accepts(site, samples):
    """RFC 9110, section 12.5.3. What else a field can say: test_page_cache.py."""
    for path in [it.path for it in samples if expected(it) == 200]:
        plain = site.ask(path)
        for field in ("br", "gzip", "br;q=0, gzip;q=0"):
            page = site.ask(path, f"Accept-Encoding: {field}")
            coding = page.headers.get("content-encoding", "")
            assert coding in {"", field}
            assert plain_bytes(page) == plain.body
            assert page.headers.get("vary") == plain.headers.get("vary")
            if coding:  # section 8.8.3.3: each is a representation of its own
                tag = page.headers["etag"]
                assert tag != plain.headers["etag"]
                unchanged = site.ask(path, f"Accept-Encoding: {field}", f"If-None-Match: {tag}")
                assert (unchanged.status, unchanged.headers["etag"]) == (304, tag)


def test_who_accepts_no_coding_at_all_gets_no_page_from_memory(ports):
    """Under WSGI, everybody gets the one that there is."""
    with reading(ports("asgi")) as site:
        for fields in (["*;q=0"], ["br;q=0", "*;q=0"]):
            lines = [f"Accept-Encoding: {field}" for field in fields]
            refused = site.ask("/privacy/", *lines)
            assert refused.status == 406
            assert refused.headers.keys() >= GUARDS
            assert complaints(refused, "GET", *lines) == set()


def plain_bytes(answer):
    decode = {"br": brotli.decompress, "gzip": gzip.decompress}
    coding = answer.headers.get("content-encoding", "")
    return decode[coding](answer.body) if coding else answer.body


def test_ranges_are_not_served_and_not_promised(site, samples):
    """RFC 9110, section 14.2: a server may ignore Range. Pages are small and come whole."""
    for path in [it.path for it in samples]:
        page = site.ask(path)
        assert "accept-ranges" not in page.headers
        tag = page.headers.get("etag", '"x"')
        for lines in (
            ["Range: bytes=0-9"],
            ["Range: bytes=999999999-"],
            ["Range: bytes=-1, 2-1", f"If-Range: {tag}"],
            ["Range: lines=1-2"],
        ):
            assert facts(site.ask(path, *lines)) == facts(page), (path, lines)


def test_methods_that_change_something_are_refused_with_those_that_are_allowed(site, samples):
    """RFC 9110, section 15.5.6: 405 with Allow, and not the 403 of a form without its token."""
    for sample in samples:
        # One takes a form; the others exist with SUBSCRIPTIONS=on only.
        if sample.view in {"preview_comment", "subscribe", "confirm", "unsubscribe"}:
            continue
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            answer = site.ask(sample.path, method=method)
            found = answer.status, answer.headers.get("allow")
            assert found == (405, "GET, HEAD"), (sample.path, method)
        form = site.ask(
            sample.path,
            *("Content-Type: application/x-www-form-urlencoded", "Cookie: csrftoken=x"),
            *("Origin: https://evil.example.com", "Sec-Fetch-Site: cross-site"),
            method="POST",
            body=b"csrfmiddlewaretoken=y&_method=DELETE",
        )
        assert (form.status, form.headers["allow"]) == (405, "GET, HEAD")


def test_nothing_depends_on_the_reader(site, samples, whole):
    """On no cookie, no language, no query string; nor, without a proxy, on a proxy's headers."""
    hostile = fields(READERS | PROXIES | {"X-Forwarded-Proto": "https"})
    some = {"/", "/privacy/", "/privacy/current.json", "/privacy/versions/1.pdf", "/feed.xml"}
    for path in [it.path for it in samples]:
        page = facts(site.ask(path))
        assert facts(site.ask(path, *hostile)) == page, path
        assert facts(site.ask(path + QUERY, *hostile)) == page, path
        for line in hostile if path in some else []:
            assert facts(site.ask(path, line)) == page, (path, line)
    for status, path, lines in others(whole):
        refused = facts(site.ask(path, *lines))
        assert refused[0] == status
        assert facts(site.ask(path, *lines, *hostile)) == refused, path


def test_the_timegate_leads_to_the_version_of_the_day(site):
    """RFC 7089. An answer that depends on a request's header can't come from memory."""
    for _ in range(2):
        for day, number in ((2, 2), (1, 1), (9, 3)):
            there = site.ask(
                "/privacy/timegate/", f"Accept-Datetime: Fri, 0{day} Jan 2026 23:59:59 GMT"
            )
            assert there.status == 302
            assert there.headers["location"].endswith(f"/privacy/versions/{number}/")
            assert there.headers["vary"] == "accept-datetime"


def test_behind_a_proxy_only_its_header_decides_the_scheme(whole, samples, server):
    public = {"BEHIND_PROXY": "on", "HTTPS": "on", "SITE_URL": "https://localhost"}
    with served(whole.folder, server, workers=1, **public) as port, reading(port) as site:
        for path in ("/privacy/", "/feed.xml", "/no-such-page/"):
            for line in ("X-Forwarded-Proto: http", *fields(PROXIES)):
                # A balancer's probe, which says nothing that a reader says.
                assert site.ask("/readyz", "Host: 10.0.0.7:8000", line).status == 200
                insecure = site.ask(path + "?a=b", line)
                assert insecure.status == 301
                assert insecure.headers["location"] == f"https://localhost{path}?a=b"
                assert complaints(insecure) == set()
        secure = "X-Forwarded-Proto: https"
        for sample in samples:
            if sample.view in {"pdf", "security", "healthz", "metrics"}:
                continue
            page = site.ask(sample.path, secure)
            assert page.status == expected(sample)
            again = site.ask(sample.path, secure, *fields(READERS | PROXIES))
            assert facts(again) == facts(page), sample
            assert b"http://localhost" not in page.body
            assert "max-age=31536000" in page.headers["strict-transport-security"]


# --- A second opinion ---------------------------------------------------------------------------

# RFC 9111, sections 3.5 and 5.2.2.9: `public` lets a shared cache keep the answer to a request with
# Authorization, which it may not without. Nothing public depends on that field, and browsers send
# it to every page once one page of a host has asked for it.
NEEDED = {"STORE_PUBLIC_UNNECESSARY"}
# What it says of each 400, whatever its headers are.
SAYS_ITS_STATUS = {"STATUS_BAD_REQUEST"}


def complaints(answer, method="GET", *lines):
    linter = linted(answer, method, lines)
    found = {
        type(it).__name__ for it in flat(linter.notes) if it.level in {levels.BAD, levels.WARN}
    }
    return found - NEEDED - (SAYS_ITS_STATUS if answer.status == 400 else set())


def linted(answer, method, lines):
    asked = HttpRequestLinter()
    asked.process_request_topline(method.encode(), b"http://localhost/", b"HTTP/1.1")
    asked.process_headers(
        [(b"Host", b"localhost"), *(tuple(it.encode().split(b": ", 1)) for it in lines)]
    )
    asked.finish_content(True)
    linter = HttpResponseLinter(_related=asked, no_content=method == "HEAD")
    status = HTTPStatus(answer.status)
    linter.process_response_topline(b"HTTP/1.1", str(status.value).encode(), status.phrase.encode())
    linter.process_headers(
        [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    )
    linter.feed_content(answer.body)
    linter.finish_content(True)
    return linter


def flat(notes):
    for note in notes:
        yield note
        yield from flat(note.subnotes)


def test_httplint_finds_no_errors_or_warnings(site, samples, whole):
    found = defaultdict(set)

    def look(path, *lines, method="GET"):
        answer = site.ask(path, *lines, method=method)
        for name in complaints(answer, method, *lines):
            found[name].add((answer.status, method, path, lines))
        return answer

    for sample in samples:
        page = look(sample.path)
        look(sample.path, "Accept-Encoding: br")
        look(sample.path, "Accept-Encoding: gzip", method="HEAD")
        look(sample.path, method="POST")
        if page.status == 200 and "etag" in page.headers:
            assert look(sample.path, f"If-None-Match: {page.headers['etag']}").status == 304
    for status, path, lines in others(whole):
        assert look(path, *lines).status == status
        look(path, *lines, method="HEAD")
    assert found == {}


def test_public_is_what_lets_shared_caches_keep_a_page_for_readers_with_authorization(site):
    """The one thing that httplint doubts; without `public`, it says that caches may not."""
    authorized = fields({"Authorization": READERS["Authorization"]})
    page = site.ask("/privacy/", *authorized)

    def notes():
        return {type(it).__name__ for it in flat(linted(page, "GET", authorized).notes)}

    assert "STORE_PUBLIC_AUTH" in notes()
    page.headers["cache-control"] = page.headers["cache-control"].removeprefix("public, ")
    assert "STORE_PRIVATE_AUTH" in notes()
