"""The way back to the contents, the section that one reads, and what changed, in a browser."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from policies.text import document as documents
from tests.factories import DAY, make_import, make_policy


@pytest.fixture
def privacy(live_server):
    """The address of a policy of twenty long sections, with a second version in force."""
    policy = make_policy(slug="privacy")
    for days in (9, 2):
        body = f"We keep little {days}. " * 60
        sections = tuple(documents.Section(f"Part {n}", f"part-{n}", body) for n in range(20))
        document = documents.Document("Privacy", "", sections)
        make_import(document, policy=policy, at=timezone.now() - days * DAY)
    return f"{live_server.url}/privacy/"


def test_on_a_phone_the_contents_are_one_tap_away_and_fold_again(page, privacy):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{privacy}#part-9")
    entries = page.locator(".contents ol")
    expect(entries).to_be_hidden()

    page.get_by_role("link", name="Back to contents").click()

    expect(page.locator(".contents")).to_be_in_viewport()
    if page.evaluate("CSS.supports('selector(::details-content)')"):
        expect(entries).to_be_visible()
        entries.get_by_role("link", name="Part 3").click()
        expect(entries).to_be_hidden()
        expect(page.get_by_role("heading", name="Part 3")).to_be_in_viewport()


def test_the_way_back_covers_nothing_until_one_has_scrolled(page, privacy):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(privacy)
    back = page.get_by_role("link", name="Back to contents")
    if page.evaluate("CSS.supports('animation-timeline', 'scroll()')"):
        expect(back).to_be_hidden()

    page.mouse.wheel(0, 200)

    expect(back).to_be_in_viewport()


def test_what_changed_unfolds_on_screen_and_is_left_out_on_paper(page, privacy):
    page.goto(privacy)
    note = page.get_by_text("What is new.")
    expect(note).to_be_hidden()

    page.get_by_text("What changed").click()

    expect(note).to_be_visible()
    expect(page.get_by_role("link", name="Changes since version 1")).to_be_visible()
    page.reload()
    page.emulate_media(media="print")
    expect(page.get_by_text("Last updated")).to_be_visible()
    for words in ("What changed", "Back to contents"):
        expect(page.get_by_text(words)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_contents_mark_the_section_that_one_reads(page, privacy, scheme):
    page.set_viewport_size({"width": 1280, "height": 700})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(privacy)
    if not page.evaluate("CSS.supports('selector(:target-current)')"):
        pytest.skip("this browser does not know which section is read")
    marked = page.locator(".contents a:target-current")
    for number in (7, 12, 3):
        page.get_by_role("heading", name=f"Part {number}", exact=True).evaluate(
            "heading => scrollBy(0, heading.getBoundingClientRect().top - 20)"
        )
        expect(marked).to_have_text(re.compile(rf"Part {number}$"))
        expect(marked).to_have_css("text-decoration-line", "underline")


def test_on_paper_no_section_is_marked_as_the_one_that_is_read(page, privacy):
    page.goto(privacy)

    page.emulate_media(media="print")

    lines = "all => all.filter(it => getComputedStyle(it).textDecorationLine != 'none').length"
    assert page.locator(".contents a").evaluate_all(lines) == 0
