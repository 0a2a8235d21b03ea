"""Fixtures that the tests of whole pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.site.looking import RULES_AT_LEAST, Looker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page


def pytest_itemcollected(item: pytest.Item) -> None:
    """Measure no coverage in tests with a browser: that doubles their time, and other tests reach
    the same lines.
    """
    if {"live_server", "page"} & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.no_cover)


@pytest.fixture
def looker(page: Page) -> Iterator[Looker]:
    made = Looker(page)
    yield made
    assert not made.wrong, "\n".join(made.wrong)
    assert len(made.rules) >= RULES_AT_LEAST
