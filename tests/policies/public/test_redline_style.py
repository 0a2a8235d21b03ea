"""The style of redlines: in pages that compare texts, allowed there, and in no other page."""

from datetime import timedelta

import pytest
from django.test import Client

from policies.public.inline_assets import REDLINE_STYLE, REDLINE_STYLE_SOURCE
from policies.states import Status
from tests.factories import NOW, make_policy, make_revision

pytestmark = pytest.mark.django_db

COMPARE = ["/privacy/compare/1/2/", "/privacy/since/1/", "/privacy/embed/since/1/"]
OTHERS = ["/", "/privacy/", "/privacy/embed/", "/privacy/versions/", "/privacy/versions/1/"]


@pytest.mark.parametrize("path", COMPARE + OTHERS)
def test_only_pages_that_compare_have_it_and_may_have_it(client: Client, path: str) -> None:
    policy = make_policy(slug="privacy")
    for days in range(2):
        make_revision(policy=policy, status=Status.PUBLISHED, at=NOW + timedelta(days))

    page = client.get(path)

    assert page.status_code == 200
    compares = path in COMPARE
    assert (f"<style>{REDLINE_STYLE}</style>" in page.content.decode()) is compares
    assert (REDLINE_STYLE_SOURCE in page["Content-Security-Policy"]) is compares
