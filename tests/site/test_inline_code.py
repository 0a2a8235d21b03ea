"""No page of the project has inline code: scripts and styles are files, or known by hash."""

import re

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from policies.public import pdfs
from policies.public.inline_assets import csp_source
from tests.site.everything import Everything, routes
from tests.site.inline_code import code_in
from tests.site.permissions import UNROUTED

pytestmark = pytest.mark.django_db


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


def test_a_comment_in_a_template_ends_on_its_line() -> None:
    """Otherwise Django shows it to readers."""
    found = [
        (str(file), line)
        for file in (settings.BASE_DIR / "templates").rglob("*.html")
        for line in file.read_text(encoding="utf-8").split("\n")
        if line.count("{#") != line.count("#}")
    ]

    assert found == []


def test_no_template_calls_a_text_safe() -> None:
    """HTML is marked as safe where it is made, with the reason why it is."""
    files = [*(settings.BASE_DIR / "templates").rglob("*.html")]
    found = [str(it) for it in files if re.search(r"\|\s*safe\b|autoescape", it.read_text("utf-8"))]

    assert files
    assert found == []
