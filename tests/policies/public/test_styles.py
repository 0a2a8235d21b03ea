"""Styles that only some pages need: in these pages, allowed there, and in no other page."""

from datetime import timedelta

import pytest

from policies.public.inline_assets import STYLE_SOURCES, STYLES
from tests.factories import NOW, make_policy, make_version

pytestmark = pytest.mark.django_db

STYLE_OF = {
    **dict.fromkeys(["/", "/privacy/", "/privacy/embed/", "/privacy/versions/1/"]),
    **dict.fromkeys(
        ["/privacy/compare/1/2/", "/privacy/since/1/", "/privacy/embed/since/1/"], "redline"
    ),
    "/privacy/versions/": "history",
}


def test_only_pages_that_need_a_style_have_it_and_may_have_it(client):
    policy = make_policy(slug="privacy")
    for days in range(2):
        make_version(policy=policy, at=NOW + timedelta(days))

    for path, style in STYLE_OF.items():
        page = client.get(path)

        assert page.status_code == 200, path
        for name in ("redline", "history"):
            assert (f"<style>{STYLES[name]}</style>" in page.content.decode()) is (style == name)
            assert (STYLE_SOURCES[name] in page["Content-Security-Policy"]) is (style == name)
