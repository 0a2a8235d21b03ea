"""Make the pictures of the README: `make screenshots`.

Not collected with the tests: its name has to be given to pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings as site

from tests.site.test_pages_in_browser import publish_privacy

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = site.BASE_DIR / "docs" / "images"


@pytest.mark.parametrize(
    ("name", "scheme", "width", "height"),
    [("privacy-light", "light", 1280, 800), ("privacy-dark", "dark", 390, 800)],
)
def test_picture(page: Page, live_server, name, scheme, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server.url + publish_privacy())
    page.screenshot(path=PICTURES / f"{name}.png")
