"""A policy's whole life by keyboard: nothing here moves a mouse or clicks."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from policies.models import Policy, Revision
from policies.states import Status
from tests.factories import make_revision, make_user
from tests.site.browsing import expect_saved, log_in
from tests.site.looking import MEASURES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MANY = 150  # more stops than any page of this test has


class Hands:
    """A user with a keyboard and no mouse, who sees the screen."""

    def __init__(self, page, server):
        self.page, self.server = page, server
        page.set_viewport_size({"width": 1280, "height": 720})

    def sit_down_as(self, user):
        self.page.context.clear_cookies()
        log_in(self.page.context, self.server, user)
        self.page.goto(f"{self.server.url}/admin/")

    def go_to(self, wanted):
        """Press Tab until an element has the focus; check that each stop shows the focus."""
        expect(wanted).to_be_visible()
        for _ in range(MANY):
            if wanted.evaluate("it => it === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            assert self._unseen() == []
        raise AssertionError(f"Tab does not lead to {wanted}")

    def press(self, role, name):
        """Go to the first link or button of this name, and press Enter."""
        found = self.page.get_by_role(role, name=name, exact=True)
        self.go_to(found.first)
        self.page.keyboard.press("Enter")

    def save(self):
        self.go_to(self.page.locator(".editor-bar [value=save]"))
        self.page.keyboard.press("Enter")

    def fill(self, field, words):
        self.go_to(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def is_told(self, words):
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    def _unseen(self):
        return self.page.evaluate(f"(() => {{ {MEASURES}; return measures.unseenStop(); }})()")


@pytest.fixture
def hands(page, live_server):
    return Hands(page, live_server)


def test_a_policy_is_made_reviewed_published_and_withdrawn_by_keyboard(hands, page):
    ana, ben = make_user("Writers", name="ana"), make_user("Reviewers", name="ben")
    cyn = make_user("Publishers", name="cyn")

    # Ana makes a policy, drafts it, renames a section, moves one, and hands in.
    hands.sit_down_as(ana)
    hands.press("link", "New policy")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Cookie policy")
    hands.press("button", "Create policy")
    page.wait_for_url("**/edit/")  # with its scripts: without them, a button loads it anew
    headings, bodies = page.locator("[name=heading]"), page.locator("[name=body]")
    hands.fill(page.get_by_label("Introduction"), "This policy is about cookies.")
    hands.fill(headings.first, "Cookies")
    hands.fill(bodies.first, "Small files.")
    hands.press("button", "Add section")
    expect(headings.nth(1)).to_be_focused()
    page.keyboard.type("Your choices")
    hands.fill(bodies.nth(1), "Write to privacy@softphonez.com.")
    hands.fill(headings.first, "What cookies are")
    hands.go_to(page.locator(".section-more").first)
    page.keyboard.press("Space")
    hands.go_to(page.locator("[value='down:1']"))
    page.keyboard.press("Space")
    expect(headings.nth(1)).to_have_value("What cookies are")
    expect(page.locator("[value='down:2']")).to_be_focused()
    hands.save()
    expect_saved(page)
    hands.press("button", "Submit for review …")
    page.wait_for_url("**/submit/")
    hands.press("button", "Submit for review")
    hands.is_told("Submitted for review")

    # Ben asks; Ana answers, resolves; Ben approves.
    hands.sit_down_as(ben)
    hands.press("link", "Review Cookie policy")
    hands.fill(page.get_by_label("Your comment"), "Which files?")
    hands.press("button", "Comment")
    hands.is_told("Comment added")
    hands.sit_down_as(ana)
    hands.press("link", "In review")
    hands.go_to(page.locator("summary", has_text="Reply"))
    page.keyboard.press("Enter")
    hands.fill(page.get_by_label("Your reply"), "Those of the shop.")
    hands.press("button", "Reply")
    hands.press("button", "Resolve")
    hands.is_told("Comment resolved.")
    hands.sit_down_as(ben)
    hands.press("link", "Review Cookie policy")
    hands.press("button", "Approve")
    hands.is_told("Approved.")

    # Cyn publishes it for a day to come, and withdraws it before that day.
    hands.sit_down_as(cyn)
    hands.press("link", "Publish Cookie policy")
    hands.press("link", "Publish …")
    hands.go_to(page.get_by_label("At once"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("On this day, at this time")).to_be_checked()
    hands.go_to(page.get_by_label("Day and time"))
    page.keyboard.type("05022099")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("0900AM")
    hands.press("button", "Preview")
    readers = page.frame_locator("iframe[name=readers]")
    expect(readers.get_by_role("heading", level=1)).to_have_text("Cookie policy")
    hands.press("button", "Publish on May 2, 2099, 09:00 UTC")
    expect(page.get_by_role("heading", name="version 1 is scheduled")).to_be_visible()
    hands.press("link", "History")
    hands.press("link", "Version 1")
    hands.press("link", "Withdraw …")
    hands.fill(page.get_by_label("Reason"), "Too early.")
    hands.press("button", "Withdraw")
    hands.is_told("Withdrawn.")

    policy, revision = Policy.objects.get(), Revision.objects.get()
    assert (policy.name, revision.status) == ("Cookie policy", Status.WITHDRAWN)
    assert [it.heading for it in revision.document().sections] == [
        "Your choices",
        "What cookies are",
    ]

    # And renames the policy.
    page.goto(hands.server.url + reverse("admin:policies_rename", args=[policy.pk]))
    hands.fill(page.locator("[name=slug]"), "biscuits")
    hands.press("button", "Rename")
    hands.is_told("biscuits")


def test_who_made_a_mistake_is_led_from_the_error_to_its_place(hands, page):
    """WCAG 3.3.1, and where the focus is after an answer that refuses."""
    writer = make_user("Writers")
    draft = make_revision(writer=writer)
    hands.sit_down_as(writer)
    page.goto(hands.server.url + reverse("admin:policies_edit", args=[draft.pk]))
    hands.fill(page.locator("[name=heading]").nth(1), " ")
    hands.press("button", "Submit for review …")

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Give this section a heading")
    expect(summary).to_be_focused()
    hands.press("link", "Section 2")
    heading = page.locator("[name=heading]").nth(1)
    expect(heading).to_be_focused()
    expect(heading).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("Contact")
    hands.save()
    expect_saved(page)


def test_the_first_stop_at_the_desk_skips_to_the_content(hands, page):
    hands.sit_down_as(make_user("Writers"))

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator("main :focus")).to_have_count(1)


def test_a_reviewer_gets_to_the_decision_without_passing_the_whole_text(hands, page):
    hands.sit_down_as(make_user("Reviewers"))
    revision = make_revision(status=Status.IN_REVIEW)
    page.goto(hands.server.url + reverse("admin:policies_review", args=[revision.pk]))

    hands.go_to(page.locator(".review-jump a").first)
    assert page.locator(".review-jump").bounding_box()["height"] > 10
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    focused = page.evaluate("document.activeElement.innerText")
    assert focused == "Approve"
