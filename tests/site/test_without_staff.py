"""STAFF=off: a node for readers, which has no page of staff and is otherwise the same."""

import pytest
from django.urls import get_resolver

from tests.site.readers import READERS, expected, facts, fields, others, reading
from tests.site.serving import served

# Its servers have SQLite, whatever the database of the tests is.
pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


@pytest.fixture
def nodes(ports, whole):
    """A node with staff, and one without, of the same site."""
    contact = "mailto:security@example.com"
    settings = {"STAFF": "off", "SECURITY_CONTACT": contact}
    with (
        reading(ports("asgi")) as site,
        served(whole.folder, workers=1, **settings) as off,
        reading(off) as without,
    ):
        yield site, without


def is_a_preview(sample):
    return sample.view.startswith("preview")


def staff_paths():
    """Return a path for every route of the desk (keys are 1), and some more."""
    found = {"/admin/", "/admin/nowhere/", "/admin/login/?next=/admin/"}
    desk = next(it for it in get_resolver().url_patterns if getattr(it, "namespace", "") == "admin")
    assert desk.url_patterns  # loads them: until then the desk keeps back its names (urls.py)
    for name in filter(lambda it: isinstance(it, str), desk.reverse_dict):
        for path, parameters in desk.reverse_dict.getlist(name)[0][0]:
            found.add("/admin/" + path % dict.fromkeys(parameters, "1"))
    return sorted(found)


def test_every_public_page_is_the_same_to_the_byte(nodes, samples, whole):
    with_staff, without = nodes
    public = [it for it in samples if not is_a_preview(it)]
    asked = [(it.path, list[str]()) for it in public]
    refused = [(path, lines) for _, path, lines in others(whole) if "/preview/" not in path]
    for path, lines in [*asked, *refused, ("/favicon.ico", [])]:
        page = facts(with_staff.ask(path, *lines))
        assert facts(without.ask(path, *lines)) == page, path
        assert facts(without.ask(path, *lines, *fields(READERS))) == page, path
    tags = [without.ask(it.path).headers.get("etag") for it in public if expected(it) == 200]
    assert sum(tag is not None for tag in tags) > 30


def test_no_page_of_staff_is_there(nodes, whole):
    with_staff, without = nodes
    paths = staff_paths()
    assert len(paths) > 60
    missing = without.ask("/no-such-page/")
    for path in [*paths, f"/preview/{whole.open}/", f"/preview/{whole.open}/changes/"]:
        for method in ("GET", "POST", "HEAD"):
            answer = without.ask(path, *fields(READERS), method=method)
            assert answer.status == 404 or (method, answer.status) == ("POST", 405), path
            assert "set-cookie" not in answer.headers
            if method == "GET":
                assert answer.body == missing.body, path
    assert with_staff.ask(f"/preview/{whole.open}/").status == 200
    assert with_staff.ask("/admin/").status == 302
