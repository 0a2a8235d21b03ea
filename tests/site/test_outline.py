"""The editor of a long text in a browser: its outline, closed sections, where links lead."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from policies import workflow
from policies.text.document import Document, Section
from tests.factories import make_import, make_policy, make_revision, make_user
from tests.site.browsing import editor, log_in, save, show
from tests.site.looking import MEASURES

pytestmark = pytest.mark.django_db(transaction=True)

SIXTY = Document(
    "Long policy",
    "",
    tuple(Section(f"Part {n}", f"part-{n}", f"Words of *part* {n}.") for n in range(1, 61)),
)


def based_on_sixty(writer):
    """A draft that was started from a version with sixty sections."""
    policy = make_policy(slug="long")
    make_import(SIXTY, policy=policy, at=timezone.now())
    return workflow.start_draft(policy.pk, by=writer, at=timezone.now())


def selected(page):
    return page.evaluate(
        "(it => it.value.slice(it.selectionStart, it.selectionEnd))(document.activeElement)"
    )


@pytest.mark.parametrize(
    "markdown",
    [
        "HERE: **We** keep [TBD] [of it](https://example.org/a.b)[^1]. Next.\n\n[^1]: Note.",
        "First. HERE: We keep [TBD] with `code` &amp; a\nnew line. Next.",
        "- one\n- HERE: We keep [TBD].\n\n| a | b |\n| - | - |\n| x | y |",
        "| a | b |\n| - | - |\n| HERE: [TBD] | y |",
    ],
)
def test_the_link_of_a_finding_leads_before_its_sentence_and_selects_nothing(
    page, live_server, writer, markdown
):
    """What is typed next must not take the place of the sentence."""
    body = markdown.replace("HERE: ", "")
    text = Document("T", "", (Section("A", "a", body + "\n\nMore." * 60),))
    page.goto(editor(live_server, make_revision(writer=writer, document=text)))
    show(page, "Findings")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")

    page.locator(".findings-blocks [data-find]").first.click()

    expect(page.locator("[name=body]")).to_be_focused()
    assert selected(page) == ""
    page.keyboard.type("HERE: ")
    assert page.locator("[name=body]").input_value().startswith(markdown)


def test_the_link_of_a_finding_leads_into_a_heading(page, live_server, writer):
    text = Document("T", "", (Section("About [Company]", "a", "Text."),))
    page.goto(editor(live_server, make_revision(writer=writer, document=text)))
    show(page, "Findings")

    page.locator(".findings-blocks [data-find]").first.click()

    expect(page.locator("[name=heading]")).to_be_focused()
    page.keyboard.type("All ")
    expect(page.locator("[name=heading]")).to_have_value("All About [Company]")


def entry(page, name):
    """The line of the outline whose name matches a regular expression from its beginning."""
    links = page.get_by_role("navigation", name="Outline").get_by_role("link")
    return links.and_(page.get_by_role("link", name=re.compile(f"^{name}")))


def test_sixty_sections_are_lines_until_they_are_opened(page, live_server, writer):
    draft = based_on_sixty(writer)
    page.goto(editor(live_server, draft))
    bodies = page.locator("[name=body]:visible")
    expect(bodies).to_have_count(1)
    expect(page.locator(".section").nth(6)).to_contain_text("Part 7 Words of part 7.")

    entry(page, "42. Part 42").click()

    expect(page.locator("[name=heading]").nth(41)).to_be_focused()
    page.keyboard.press("Tab")  # its menu
    page.keyboard.press("Tab")
    expect(page.locator("[name=body]").nth(41)).to_be_focused()
    page.keyboard.type("We keep [TBD]. ")
    page.get_by_role("button", name="Section 3 Part 3").press("Enter")
    expect(bodies).to_have_count(3)
    expect(entry(page, "42. Part 42.*1 to fix")).to_contain_text("changed")
    expect(entry(page, ".*changed")).to_have_count(1)

    save(page)

    expect(bodies).to_have_count(3)
    expect(entry(page, ".*changed")).to_have_count(1)
    page.get_by_role("button", name="Open all").click()
    expect(bodies).to_have_count(60)
    page.locator("[name=body]").nth(41).fill("Words of *part* 42.")
    expect(entry(page, ".*changed")).to_have_count(0)
    page.get_by_role("button", name="Close all").click()
    expect(bodies).to_have_count(0)
    entry(page, "7. ").click()
    expect(bodies).to_have_count(1)


def test_headings_with_numbers_of_their_own_get_no_other(page, live_server, writer):
    names = ["1. Scope", *(f"{number}. Part" for number in range(2, 15)), "Schedule 1"]
    sections = tuple(Section(name, f"part-{at}", "Words.") for at, name in enumerate(names))
    draft = make_revision(writer=writer, document=Document("Terms", "", sections))
    page.goto(editor(live_server, draft))
    entries = page.locator(".outline ol > li")

    expect(entries.nth(1)).to_have_text(re.compile(r"^\s*1\. Scope\s*$"), use_inner_text=True)
    expect(entries.nth(15)).to_have_text(re.compile(r"^\s*Schedule 1\s*$"), use_inner_text=True)
    page.get_by_role("button", name="Close all").click()
    closed = page.get_by_role("button", name="Section 2. Part Words.")
    expect(closed).to_be_visible()
    page.get_by_role("button", name="Open all").click()
    page.locator("[name=heading]").first.fill("Scope")
    page.get_by_label("Heading numbers").select_option("none")
    expect(entries.nth(1)).to_have_text(re.compile(r"^\s*Scope"), use_inner_text=True)


def test_a_section_is_moved_in_the_outline(page, live_server, writer):
    page.goto(editor(live_server, make_revision(writer=writer, document=SIXTY)))
    headings = page.locator("[name=heading]")
    entry(page, "2. Part 2").focus()
    page.keyboard.press("ArrowDown")
    expect(entry(page, "3. Part 3")).to_be_focused()

    page.keyboard.press("Alt+ArrowUp")

    expect(entry(page, "2. Part 3")).to_be_focused()
    expect(headings.nth(1)).to_have_value("Part 3")
    expect(page.locator("#said")).to_contain_text("position 2 of 60")

    entry(page, "5. Part 5").drag_to(entry(page, "1. Part 1"), target_position={"x": 40, "y": 2})

    expect(headings.nth(0)).to_have_value("Part 5")
    expect(entry(page, "1. Part 5")).to_be_visible()
    entry(page, "4. Part 2").focus()
    page.keyboard.press("Enter")
    expect(headings.nth(3)).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Renamed")
    expect(entry(page, "4. Renamed")).to_have_attribute("aria-current", "true")


def test_on_a_phone_the_outline_is_folded_and_gets_out_of_the_way(page, live_server, writer):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(editor(live_server, make_revision(writer=writer, document=SIXTY)))
    expect(entry(page, "50. ")).to_be_hidden()
    page.get_by_text("Outline", exact=True).click()

    entry(page, "50. ").click()

    expect(entry(page, "50. ")).to_be_hidden()
    expect(page.locator("[name=body]").nth(49)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


ROOM = """() => {
    const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    return [box(".surface-text").width, box("#find").width, box("#open-find").height];
}"""


@pytest.mark.slow
def test_at_every_width_the_text_has_room_and_nothing_lies_over_anything(page, live_server, writer):
    page.add_init_script(
        f"{MEASURES};globalThis.measures = measures;localStorage['editor-mode'] = 'formatted'"
    )
    few = Document("Long policy", "", SIXTY.sections[:14])
    page.goto(editor(live_server, make_revision(writer=writer, document=few)))
    expect(page.locator(".surface-text").first).to_be_visible()
    page.get_by_role("button", name="Find and replace").click()
    wrong = []
    for width in range(320, 1921, 20):
        page.set_viewport_size({"width": width, "height": 900})
        text, bar, button = page.evaluate(ROOM)
        has_room = min(text, bar) >= min(width - 62, 500) and button < 40
        wrong += [] if has_room else [f"{width} px: {text:.0f}, {bar:.0f}, {button:.0f} px"]
        for measure in ("sideways", "cutOff", "overlapping"):
            wrong += [f"{width} px: {it}" for it in page.evaluate(f"measures.{measure}()")]

    assert not wrong, "\n".join(wrong)


# How far the page and its column are scrolled.
TOPS = "[scrollY, document.querySelector('aside').scrollTop]"


@pytest.mark.parametrize(("where", "width"), [("edit", 1280), ("review", 390)])
def test_the_page_stays_where_it_is_after_a_reason_and_after_an_answer(
    page, live_server, where, width
):
    page.set_viewport_size({"width": width, "height": 700})
    writer = make_user("Writers", "Reviewers")
    log_in(page.context, live_server, writer)
    links = "\n\n".join(f"See [this](#nowhere-{n})." for n in range(8))
    sections = (*SIXTY.sections[:20], Section("Links", "links", links))
    draft = make_revision(writer=writer, document=Document("T", "", sections))
    for number in range(8):
        workflow.comment(
            draft.pk, text=f"{number}?", section_anchor="", by=writer, at=timezone.now()
        )
    page.goto(live_server.url + reverse(f"admin:policies_{where}", args=[draft.pk]))
    if where == "edit":
        show(page, "Findings")

    def tops():
        return page.evaluate(TOPS)

    def expect_still_there(button, message):
        page.evaluate("scrollTo(0, 400)")
        button.scroll_into_view_if_needed()
        before = tops()
        assert before[0] > 300
        # The last message may be in the same words.
        page.evaluate("document.querySelector('.messagelist')?.remove()")
        button.click()
        expect(page.locator(".messagelist")).to_contain_text(message)
        expect(page.locator(".messagelist")).to_be_in_viewport()
        page.wait_for_function(
            f"before => {TOPS}.every((it, n) => Math.abs(it - before[n]) < 200)", arg=before
        )

    reasons = page.locator("[name=reason]")
    reasons.last.fill("It comes.")
    expect_still_there(page.get_by_role("button", name="Save reason").last, "Reason saved.")
    reasons.nth(4).fill("It comes.")
    expect_still_there(page.get_by_role("button", name="Save reason").nth(4), "Reason saved.")
    if where == "edit":
        show(page, "Comments")
    sixth = page.locator(".remark").nth(5)
    sixth.locator("summary", has_text="Reply").click()
    sixth.get_by_label("Your reply").fill("Because.")
    expect_still_there(sixth.get_by_role("button", name="Reply"), "Reply added.")
    expect_still_there(sixth.get_by_role("button", name="Resolve"), "Comment resolved.")
