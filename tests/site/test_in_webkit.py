"""The public pages in WebKit, the engine of Safari and of every webview on iOS."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests import webkit
from tests.site.test_pages_in_browser import publish_everything, publish_history

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.webkit

OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
TOP = "Math.round(document.getElementById('{}').getBoundingClientRect().top)"


def free_port() -> int:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        return int(finder.getsockname()[1])


@pytest.fixture
def dark(tmp_path: Path) -> Iterator[webkit.Session]:
    with webkit.opened(tmp_path, free_port(), "--dark-mode") as session:
        yield session


def test_pages_fit_follow_anchors_and_the_colour_scheme_in_webkit(live_server, dark):
    everything = live_server.url + publish_everything()
    pages = [live_server.url + page for page in ("/", *publish_history())]

    for page in [everything, *pages]:
        dark.show(page, width=320)
        assert dark.evaluate("innerWidth") == 320
        assert dark.evaluate(OVERFLOW) <= 0, page
        style = "getComputedStyle(document.body)"
        assert dark.evaluate(f"[{style}.color, {style}.backgroundColor]") == [
            "rgb(228, 227, 223)",
            "rgb(19, 20, 22)",
        ], page

    # The table scrolls in itself.
    dark.show(everything, width=320)
    assert dark.evaluate(
        "(it => it.scrollWidth > it.clientWidth)(document.querySelector('.table-scroll'))"
    )

    # A link from elsewhere, and one in the contents.
    dark.show(f"{everything}#retention", width=320)
    assert 0 <= dark.evaluate(TOP.format("retention")) < 100
    dark.click(".contents summary")
    dark.click(".contents a[href='#words']")
    assert dark.evaluate("location.hash") == "#words"
    assert 0 <= dark.evaluate(TOP.format("words")) < 100

    # A wide window has the contents beside the text.
    dark.show(everything, width=1280)
    assert dark.evaluate(OVERFLOW) <= 0
    left, right = (
        dark.evaluate(f"document.querySelector('{part}').getBoundingClientRect().{edge}")
        for part, edge in ((".prose", "left"), (".contents", "right"))
    )
    assert right < left
