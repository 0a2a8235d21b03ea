"""What changed between two versions, as readers get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from policies.states import Status
from tests.factories import make_document, make_policy, make_revision
from tests.policies.public_site import DAY, body

if TYPE_CHECKING:
    from django.test import Client

    from policies.models import Policy

pytestmark = pytest.mark.django_db


def make_changed() -> Policy:
    now = timezone.now()
    policy = make_policy(slug="privacy")
    for number, text in enumerate(("We keep little.", "We keep nothing.", "We keep much.")):
        make_revision(
            status=Status.PUBLISHED,
            policy=policy,
            document=make_document(text=text),
            at=now - (30 - 10 * number) * DAY,
        )
    make_revision(
        status=Status.PUBLISHED,
        policy=policy,
        document=make_document(text="We keep all."),
        at=now,
        effective_at=now + DAY,
    )
    return policy


def test_any_two_versions_can_be_compared(client: Client) -> None:
    make_changed()

    page = body(client, "/privacy/compare/1/3/")

    assert "little</del>" in page.replace(
        '<span class="redline-label"> [end of deletion]</span>', ""
    )
    assert "1 section changed" in page
    assert '<details class="unchanged"> <summary>Contact<span' in page
    assert 'href="#site:change-1"' in page


def test_since_shows_what_changed_up_to_the_version_in_force(client: Client) -> None:
    make_changed()

    page = body(client, "/privacy/since/2/")

    assert "what changed since version 2" in page
    assert "nothing" in page
    assert "much" in page
    assert "We keep all." not in page


def test_since_the_current_version_nothing_changed(client: Client) -> None:
    make_changed()

    assert "Nothing: version 3, in force since" in body(client, "/privacy/since/3/")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/privacy/compare/2/2/", "/privacy/versions/2/"),
        ("/privacy/compare/3/1/", "/privacy/compare/1/3/"),
        ("/privacy/since/4/", "/privacy/versions/4/"),
    ],
)
def test_an_address_that_compares_nothing_leads_on(client: Client, url: str, target: str) -> None:
    make_changed()

    response = client.get(url)

    assert (response.status_code, response["Location"]) == (302, target)


@pytest.mark.parametrize(
    "url",
    ["/privacy/compare/1/9/", "/privacy/compare/0/1/", "/privacy/since/9/", "/other/since/1/"],
)
def test_what_can_not_be_compared_is_not_found(client: Client, url: str) -> None:
    make_changed()

    assert client.get(url).status_code == 404
