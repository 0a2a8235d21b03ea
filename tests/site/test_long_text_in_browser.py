"""The editor of a long text: it opens at once, and a change costs only the section it is in."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from policies.text.document import Document, Section
from tests.factories import make_revision, make_user
from tests.site.browsing import in_menu, log_in, save

BODY = "We keep the records of your account for ten years. " * 400
PARTS = ".preview-host [data-digest]"


@pytest.mark.django_db(transaction=True)
def test_only_the_section_that_changed_is_sent_and_shown_again(page, live_server):
    writer, sent = make_user("Writers"), list[str]()
    sections = [Section(name, name.lower(), f"{name} TODO.\n\n{BODY}") for name in ("One", "Two")]
    draft = make_revision(writer=writer, document=Document("Long", "First.", tuple(sections)))
    log_in(page.context, live_server, writer)

    def note(request):
        if request.url.endswith("/preview/"):
            sent.append(request.post_data or "")

    page.on("request", note)
    page.goto(live_server.url + reverse("admin:policies_edit", args=[draft.pk]))
    expect(page.locator("#findings-list")).to_contain_text("TODO")
    one, two = (page.locator(PARTS).nth(at) for at in (1, 2))
    one.evaluate("it => { it.isStillThere = true; }")

    page.get_by_label("Text of section 2").fill(f"Changed.\n\n{BODY}")
    expect(two).to_contain_text("Changed.")
    assert one.evaluate("it => it.isStillThere")
    page.get_by_label("Text of section 1").fill("Shorter.")
    expect(one).to_contain_text("Shorter.")
    in_menu(page, "Move up section 2")
    expect(one).to_contain_text("Changed.")
    expect(two).to_contain_text("Shorter.")

    assert "ten years" not in sent[0]
    assert "One TODO" not in sent[1]
    page.evaluate("it => scrollTo(0, 0)")
    page.get_by_role("button", name="Add section").click()
    page.get_by_label("Section 3", exact=True).fill("Three")
    expect(page.locator(PARTS)).to_have_count(4)
    save(page)
    shown = ("First.", "1. Two", "2. One", "3. Three")
    expect(page.locator(PARTS)).to_have_text([re.compile(f"^{it}") for it in shown])


@pytest.mark.django_db(transaction=True)
def test_a_preview_that_a_save_ended_is_asked_for_again(page, live_server, draft):
    """A save that leaves the page as it is ends what the server makes for the same window."""
    ended = []

    def end_the_first(route):
        if ended:
            route.continue_()
            return
        ended.append(route)
        problems = {"document": "A newer request has taken the place of this one."}
        route.fulfill(status=409, json={"problems": problems})

    page.route("**/preview/", end_the_first)
    page.get_by_label("Introduction").fill("Ended, then shown.")

    expect(page.locator(PARTS).first).to_contain_text("Ended, then shown.")
    expect(page.locator("#state")).not_to_contain_text("out of date")
    assert ended
