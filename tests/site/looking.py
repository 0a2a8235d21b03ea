"""How a page is looked at: by axe and by a ruler, in each scheme, width and size of text."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

from tests.conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import CDPSession, Page

MEASURES = (Path(__file__).parent / "measures.js").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")
NARROW, WIDE = 320, 1280
# Where the layout changes, and beyond: nothing may stick out there either.
BETWEEN = (768, 1440)
SIZES = (100, 200)  # of the text, in per cent
# Beside the rules that are on by themselves: WCAG 2.0 to 2.2, A and AA, and best practices. The
# one on the size of targets (2.5.8) is off in axe until more people ask for WCAG 2.2; that on names
# that lack the words on the screen (2.5.3) is called experimental there. "preload" puts inline
# styles beside a shadow tree, which our own policy forbids. What is in a frame is a page of its
# own and looked at as one; in here axe would wait for an answer that no sandbox gives.
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "preload": False,
    "iframes": False,
    "rules": {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}},
}
RULES_AT_LEAST = 90  # of axe 4.12
# Django's own: a name on a sign that has no role, beside each of its lists of permissions, and the
# two fields of a date and a time, which share one label (tickets of Django, not ours to mend).
DJANGOS = [".selector .help-tooltip", ".datetime input"]
RUN_AXE = """async ([options, exclude]) => {
    const found = await axe.run({exclude}, options);
    const kinds = [found.violations, found.passes, found.incomplete, found.inapplicable];
    return {
        rules: kinds.flat().map(it => it.id),
        problems: found.violations.flatMap(
            it => it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)
        ),
    };
}"""


class Looker:
    """Looks at one page after the other and keeps what is wrong, as sentences."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.rules: set[str] = set()
        self._looked_at = 0
        self._chromium: CDPSession = page.context.new_cdp_session(page)
        page.add_init_script(AXE_SCRIPT)
        page.add_init_script(f"{MEASURES};globalThis.measures = measures")

    def look(self, what: str, *, own_layout: bool = True) -> None:
        """Look at what the browser shows now; own_layout: False for what is Django's own."""
        page = self.page
        page.evaluate("measures.openAll()")
        for width, schemes in self._views():
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.evaluate("measures.settle()")
                found = page.evaluate(RUN_AXE, [AXE_OPTIONS, DJANGOS])
                self.rules.update(found["rules"])
                self._keep(found["problems"], f"{what}, {width} px, {scheme}")
            self._keep(page.evaluate("measures.unseenFocus()"), f"{what}, {width} px")
            for size in SIZES:
                self._set_text_size(size)
                for measure in ("sideways", "cutOff", "overlapping") if own_layout else ():
                    where = f"{what}, {width} px, text at {size} %"
                    self._keep(page.evaluate(f"measures.{measure}()"), where)
            self._set_text_size(100)
        for width, size in product(BETWEEN, SIZES) if own_layout else ():
            page.set_viewport_size({"width": width, "height": 900})
            self._set_text_size(size)
            where = f"{what}, {width} px, text at {size} %"
            self._keep(page.evaluate("measures.sideways()"), where)
        self._set_text_size(100)

    def _views(self) -> list[tuple[int, Sequence[str]]]:
        """Return the widths to look at a page in, each with the schemes in which axe looks there.

        Both in both; but in a quick run one in one, and so at every fourth page in the same.
        """
        if not QUICK:
            return [(NARROW, SCHEMES), (WIDE, SCHEMES)]
        turn = self._looked_at % 4
        self._looked_at += 1
        width, scheme = list(product((NARROW, WIDE), SCHEMES))[turn]
        return [(width, [scheme])]

    def _set_text_size(self, percent: int) -> None:
        """Set the browser's own text size, as readers do: text grows, the window stays."""
        sizes = {"standard": 16 * percent // 100, "fixed": 13 * percent // 100}
        self._chromium.send("Page.setFontSizes", {"fontSizes": sizes})

    def _keep(self, problems: list[str], where: str) -> None:
        self.wrong += [f"{where}: {it}" for it in problems]
