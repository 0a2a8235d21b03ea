"""Preferences that readers set in their system: more contrast, forced colours, no motion."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse

from policies.states import Status
from tests.factories import make_policy, make_revision, make_user, make_version
from tests.site.browsing import log_in
from tests.site.looking import SCHEMES
from tests.site.published import publish_history, publish_translations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What moves, or would on the next change of a state.
MOVING = """() => {
    const moves = style => [...style.transitionDuration.split(","),
        ...style.animationDuration.split(",")].some(it => parseFloat(it) > 0);
    const found = [...document.querySelectorAll("*")].filter(it => moves(getComputedStyle(it))
        || getComputedStyle(it).scrollBehavior === "smooth");
    return [...new Set(found.map(it => it.outerHTML.slice(0, 80)))];
}"""
TOO_PALE = """async () => {
    const found = await axe.run(document, {runOnly: ["color-contrast-enhanced"]});
    return found.violations.flatMap(it => it.nodes.map(node => node.html));
}"""
LOOKS = """selector => {
    const style = getComputedStyle(document.querySelector(selector));
    return {
        line: style.textDecorationLine + " " + style.textDecorationStyle,
        outline: style.outlineStyle + " " + style.outlineWidth,
        border: style.borderTopStyle,
    };
}"""


@pytest.fixture
def public(live_server):
    paths = [*publish_history(), "/", "/nowhere/at/all/", *publish_translations()]
    return [live_server.url + path for path in paths]


@pytest.fixture
def desk(page, live_server):
    """The editor, the review and the first page, as a superuser sees them."""
    root = make_user(is_superuser=True)
    log_in(page.context, live_server, root)
    policy = make_version(policy=make_policy(slug="cookies")).policy
    revision = make_revision(policy=policy, status=Status.IN_REVIEW, text="We keep nothing.")
    draft = make_revision(writer=root)
    return [
        live_server.url + path
        for path in (
            reverse("admin:policies_review", args=[revision.pk]),
            reverse("admin:policies_edit", args=[draft.pk]),
            "/admin/",
        )
    ]


def test_nothing_public_moves_for_anybody(page, public):
    """WCAG 2.3.3, and the site's own promise."""
    page.emulate_media(reduced_motion="no-preference")
    for address in public:
        page.goto(address)
        assert page.evaluate(MOVING) == [], address


def test_nothing_moves_at_the_desk_for_those_who_do_not_want_it(page, desk):
    page.emulate_media(reduced_motion="reduce")
    for address in desk:
        page.goto(address)
        assert page.evaluate(MOVING) == [], address


def test_who_asks_for_more_contrast_gets_seven_to_one(page, public):
    """WCAG 1.4.6, which is AAA."""
    page.add_init_script(AXE_SCRIPT)
    for address in public:
        page.goto(address)
        for scheme in SCHEMES:
            page.emulate_media(contrast="more", color_scheme=scheme)
            assert page.evaluate(TOO_PALE) == [], f"{address}, {scheme}"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_at_the_desk_more_contrast_makes_quiet_words_plain(page, desk, scheme):
    colours = """() => ["--body-quiet-color", "--body-fg"].map(name => {
        const it = document.createElement("i");
        it.style.color = `var(${name})`;
        document.body.append(it);
        return getComputedStyle(it).color;
    })"""
    page.emulate_media(color_scheme=scheme)
    page.goto(desk[0])
    usual, plain = page.evaluate(colours)
    assert usual != plain

    page.emulate_media(contrast="more", color_scheme=scheme)
    quiet, plain = page.evaluate(colours)

    assert quiet == plain


def test_redlines_are_distinguishable_where_the_reader_sets_the_colours(page, public, desk):
    """Forced colours remove every background, so lines have to say the same."""
    page.emulate_media(forced_colors="active")
    redline = next(it for it in public if it.endswith("/compare/1/3/"))
    for address in (redline, desk[0]):
        page.goto(address)
        came, went = page.evaluate(LOOKS, "ins"), page.evaluate(LOOKS, "del")
        assert came["line"].startswith("underline")
        assert went["line"].startswith("line-through")


def test_the_focus_and_the_target_are_seen_where_the_reader_sets_the_colours(page, public, desk):
    page.emulate_media(forced_colors="active")
    for address in (public[0], *desk):
        page.goto(address)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate(LOOKS, ":focus")["outline"].split()[0] in {"auto", "solid"}, address
        assert not page.evaluate(LOOKS, ":focus")["outline"].endswith(" 0px"), address
    page.goto(desk[1])
    for button in (".editor-bar .button", ".section-tools button"):
        assert page.evaluate(LOOKS, button)["border"] == "solid"
    page.goto(public[0])
    anchor = page.locator(".prose h2").first.get_attribute("id")
    page.goto(f"{public[0]}#{anchor}")
    assert page.evaluate(LOOKS, "h2:target")["outline"] == "solid 1px"
