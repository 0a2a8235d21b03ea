"""No page of the project holds code of its own: scripts and styles are files, or known by hash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import html5lib
import pytest
from django.db import transaction
from django.test import Client

from policies import pdfs
from policies.inlined import csp_source
from tests.site.everything import Everything, routes
from tests.site.test_permissions import UNROUTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

pytestmark = pytest.mark.django_db

# What a browser takes for an address.
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "cite", "ping"}
# A scheme in what a browser reads there: it takes out tabs, ends of lines and leading controls.
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SCHEMES = {"http", "https", "mailto", "tel"}


def code_in(page: bytes, policy: str) -> list[str]:
    """Return what in an HTML page runs or styles without being a file or known by hash."""
    root = html5lib.parse(page.decode(), treebuilder="etree", namespaceHTMLElements=False)
    return [found for element in root.iter() for found in _code_at(element, policy)]


def _code_at(element: Element, policy: str) -> Iterator[str]:
    name = str(element.tag)
    text = element.text or ""
    if name == "script" and "src" not in element.attrib:
        # JSON-LD and Django's JSON are data: no browser runs them.
        is_data = element.get("type", "").endswith("json")
        if not is_data and csp_source(text) not in policy:
            yield f"<script>{text[:60]}"
    if name == "style" and csp_source(text) not in policy:
        yield f"<style>{text[:60]}"
    if name in {"base", "object", "embed", "applet", "meta"} and (
        name != "meta" or element.get("http-equiv")
    ):
        yield f"<{name}>"
    for attribute, value in element.attrib.items():
        if attribute.startswith("on") or attribute in {"style", "srcdoc"}:
            yield f"<{name} {attribute}={value[:60]!r}>"
        scheme = SCHEME.match(re.sub(r"[\t\n\r]", "", unquote(value)))
        if attribute in ADDRESSES and scheme and scheme[1].lower() not in SCHEMES:
            is_icon = name in {"link", "img"} and scheme[1].lower() == "data"
            if not is_icon:
                yield f"<{name} {attribute}={value[:60]!r}>"


@pytest.mark.parametrize("letter", ["-", "S"])
def test_no_page_has_code_inside(letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "are_made", lambda: False)
    site, client = Everything(), Client()
    if letter == "S":
        client.force_login(site.root)
    found, pages = {}, 0
    for path in [*(site.path(route) for _, route in routes()), *UNROUTED]:
        for method in ("GET", "POST"):
            if path == "/admin/logout/" and letter == "S":
                continue
            with transaction.atomic():
                response = client.generic(method, path)
                body = b"".join(response)
                transaction.set_rollback(True)
            if response.get("Content-Type", "").startswith("text/html"):
                pages += bool(body)
                policy = response["Content-Security-Policy"]
                assert "unsafe" not in policy, path
                assert "default-src 'none'" in policy, path
                if inside := code_in(body, policy):
                    found[method, path] = inside
    assert found == {}
    assert pages > 100


def test_code_is_found_where_it_is() -> None:
    for hostile in (
        *("<script>1</script>", "<style>a{}</style>", "<p style='a:b'>", "<p onclick=a>"),
        *("<a href='java&#10;script:1'>", "<a href=' JAVASCRIPT:1'>", "<form action=data:x>"),
        *("<base href=x>", "<svg onload=1>", "<iframe srcdoc=x>", "<meta http-equiv=refresh>"),
    ):
        assert code_in(hostile.encode(), "") != [], hostile
    policy = f"style-src {csp_source('a{}')}"
    fine = "<style>a{}</style><script src=/a.js></script><a href=/x>a</a><a href='#a:b'>a</a>"
    assert code_in(fine.encode(), policy) == []
