"""The site in a real browser: pages need nothing that the `page` fixture forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_front_page_asks_nobody_else_for_anything(page: Page, live_server: LiveServer):
    answer = page.goto(f"{live_server.url}/")
    assert answer
    assert answer.status == 200
    assert page.context.cookies() == []
