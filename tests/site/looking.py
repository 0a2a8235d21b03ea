"""Checks a page by axe and by measuring it, in each colour scheme, width and text size."""

from itertools import product
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

from tests.conftest import is_quick

MEASURES = (Path(__file__).parent / "measures.js").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")
NARROW, WIDE = 320, 1280
# Where the layout changes, and a width beyond: nothing may overflow there either.
BETWEEN = (768, 1440)
SIZES = (100, 200)  # of the text, in per cent
# By default, axe checks WCAG 2.0 to 2.2, A and AA, and best practices. Two rules are added: the one
# on target size (2.5.8), which axe leaves off until more people ask for WCAG 2.2; and that on names
# that lack the visible label (2.5.3), which axe calls experimental. "preload" is off, as it adds
# inline styles to shadow trees, which our own policy forbids. Frames are left out: each frame is a
# page that is checked by itself, and axe would wait for an answer that a sandboxed one never gives.
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "preload": False,
    "iframes": False,
    "rules": {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}},
}
RULES_AT_LEAST = 90  # of axe 4.12
# Excluded, because Django has to correct it (there are tickets): a name on an icon without a role,
# beside its lists of permissions; and a date field and a time field that share one label.
DJANGOS = [".selector .help-tooltip", ".datetime input"]
# What has scrolled half under a sticky bar is no small target.
RUN_AXE = """async ([options, exclude]) => {
    const bar = document.querySelector(".editor-bar, .to-contents");
    if (bar) bar.style.position = "static";
    const found = await axe.run({exclude}, options);
    if (bar) bar.style.position = "";
    const kinds = [found.violations, found.passes, found.incomplete, found.inapplicable];
    return {
        rules: kinds.flat().map(it => it.id),
        problems: found.violations.flatMap(
            it => it.nodes.map(node => `${it.id}: ${node.html} ${node.failureSummary}`)
        ),
    };
}"""


class Looker:
    """Checks one page after the other and collects what is wrong, as sentences."""

    def __init__(self, page):
        self.page = page
        self.wrong = []
        self.rules = set()
        self._looked_at = 0
        self._chromium = page.context.new_cdp_session(page)
        page.add_init_script(AXE_SCRIPT)
        page.add_init_script(f"{MEASURES};globalThis.measures = measures")

    def look(self, what, *, own_layout=True):
        """Check what the browser shows now. own_layout: False if the layout is Django's."""
        page = self.page
        folded = {**AXE_OPTIONS, "runOnly": ["target-size"]}
        self._keep(page.evaluate(RUN_AXE, [folded, DJANGOS])["problems"], f"{what}, folded")
        page.evaluate("measures.openAll()")
        for width, schemes in self._views():
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in schemes:
                # Without motion: a colour that is still on its way to the other scheme is none.
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
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

    def _views(self):
        """Return the widths in which to check a page, each with the colour schemes for axe.

        Both widths in both schemes; but in a quick run one of the four combinations, in turn.
        """
        if not is_quick():
            return [(NARROW, SCHEMES), (WIDE, SCHEMES)]
        turn = self._looked_at % 4
        self._looked_at += 1
        width, scheme = list(product((NARROW, WIDE), SCHEMES))[turn]
        return [(width, [scheme])]

    def _set_text_size(self, percent):
        """Set the browser's default text size, as readers do: text grows, the window does not."""
        sizes = {"standard": 16 * percent // 100, "fixed": 13 * percent // 100}
        self._chromium.send("Page.setFontSizes", {"fontSizes": sizes})

    def _keep(self, problems, where):
        self.wrong += [f"{where}: {it}" for it in problems]
