"""What a browser prints: where pages end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from tests.factories import NOW, make_document, make_policy, make_user, make_version
from tests.printing import lines_of_pages
from tests.site.browsing import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

LINE = "We keep what you give us for as long as the law asks, and then we delete all of it."


@pytest.fixture
def paper(page: Page, live_server: LiveServer) -> Callable[[str], list[int]]:
    def print_it(path: str) -> list[int]:
        page.goto(live_server.url + path)
        return lines_of_pages(page.pdf(prefer_css_page_size=True, format="A4"))

    return print_it


# Around the length at which the last lines no longer fit on the second page.
@pytest.mark.parametrize("paragraphs", range(39, 45))
@pytest.mark.django_db(transaction=True)
def test_no_policy_ends_on_a_page_that_has_one_line(
    paper: Callable[[str], list[int]], paragraphs: int
) -> None:
    document = make_document(text="\n\n".join([LINE] * paragraphs))
    version = make_version(document=document)

    first, *others = paper(version.policy.get_absolute_url())

    assert first > 20
    assert others[-1] >= 3


@pytest.mark.django_db(transaction=True)
def test_the_public_history_begins_on_the_first_page(paper: Callable[[str], list[int]]) -> None:
    policy = make_policy()
    for day in range(6):
        make_version(policy=policy, at=NOW + timedelta(days=day))

    first, *others = paper(policy.url("history"))

    assert first > 10
    assert others[-1] >= 3


@pytest.mark.django_db(transaction=True)
def test_no_history_of_the_desk_ends_on_a_page_that_has_one_version(
    paper: Callable[[str], list[int]], page: Page, live_server: LiveServer
) -> None:
    log_in(page.context, live_server, make_user("Writers"))
    policy, ends = make_policy(), []

    for day in range(17):
        make_version(policy=policy, at=NOW + timedelta(days=day))
        if day > 12:
            ends.append(paper(reverse("admin:policies_history", args=[policy.pk])))

    assert any(len(it) > 1 for it in ends)
    assert min(it[-1] for it in ends) >= 6  # of two versions
