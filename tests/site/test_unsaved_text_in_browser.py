"""A writer's text when networks, sessions and windows end: nothing that was typed is lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from policies.models import Revision, UnsavedText
from tests.site.browsing import editor, expect_no_copies, log_in, save
from tests.site.logging_in import PASSWORD, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile(r"Saved \d\d:\d\d, for you only\.")


@pytest.fixture
def writer(page, writer):
    """The same, with a clock of the test's own; nothing may ask them."""
    page.clock.install()
    page.on("dialog", lambda dialog: pytest.fail(f"asked: {dialog.type}"))
    return writer


def pause(page):
    """Let the page's clock stand still: otherwise, it also goes by as much as the test takes."""
    page.clock.pause_at(page.evaluate("Date.now() + 10"))


def type_in(page, words):
    page.get_by_label("Introduction").fill(words)


def expect_typed(page, words):
    expect(page.get_by_label("Introduction")).to_have_value(words)
    expect(page.locator(".unsaved-note").first).to_contain_text("It is not saved in the draft yet")


def test_a_text_saves_itself_and_is_there_when_its_writer_comes_back(page, live_server, draft):
    state = page.locator("#state")
    pause(page)
    type_in(page, "Typed.")
    page.clock.run_for(2_900)
    expect(state).to_have_text("Not saved yet.")
    page.clock.run_for(200)
    expect(state).to_have_text(SAVED)
    for number in range(6):  # somebody who never pauses
        type_in(page, f"Typed {number}.")
        page.clock.run_for(2_600)
    expect(state).to_have_text(SAVED)
    assert "Typed 5." in UnsavedText.objects.get().fields
    page.clock.resume()

    type_in(page, "Typed in a hurry.")
    page.get_by_role("link", name="Home").click()
    page.goto(editor(live_server, draft))

    expect_typed(page, "Typed in a hurry.")
    assert Revision.objects.get(pk=draft.pk).saves == draft.saves
    page.get_by_label("Title").focus()
    page.keyboard.press("Control+s")
    expect(state).to_have_text("Saved.")
    assert Revision.objects.get(pk=draft.pk).introduction == "Typed in a hurry."
    expect(page.locator(".unsaved-note")).to_have_count(0)
    assert not UnsavedText.objects.exists()


@pytest.mark.parametrize("comes_back", [True, False])
def test_while_the_server_is_away_the_browser_keeps_the_text(
    page, live_server, draft, *, comes_back
):
    page.route("**/keep/", lambda route: route.abort())
    type_in(page, "Typed on a train.")
    page.clock.run_for(3_000)
    expect(page.locator("#state")).to_have_text("No connection. Your text is kept in this browser.")

    if comes_back:
        page.unroute("**/keep/")
        page.clock.run_for(3_000)
        expect(page.locator("#state")).to_have_text(SAVED)
    page.goto("about:blank")
    page.unroute_all()
    page.goto(editor(live_server, draft))

    expect_typed(page, "Typed on a train.")
    assert "Typed on a train." in UnsavedText.objects.get().fields
    expect_no_copies(page)
    type_in(page, "Typed in vain.")
    page.get_by_role("button", name="Discard it and show the saved draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Discarded.")
    expect(page.get_by_label("Introduction")).to_have_value(draft.introduction)
    expect_no_copies(page)
    assert not UnsavedText.objects.exists()


@pytest.mark.parametrize("button", ["Save", "Submit for review …"])
def test_what_does_not_arrive_stays_in_the_browser(page, live_server, draft, button):
    page.get_by_role("button", name="Add section").click()
    page.locator("[name=heading]").last.fill("Third")
    type_in(page, "Typed on a train.\n\nIn two paragraphs.")
    page.route(re.compile("/(edit|keep)/"), lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "/edit/" in request.url):
        page.locator(".editor-bar").get_by_role("button", name=button).click()
    page.unroute_all()

    page.goto(editor(live_server, draft))

    expect_typed(page, "Typed on a train.\n\nIn two paragraphs.")
    expect(page.locator("[name=heading]")).to_have_count(3)
    save(page)
    expect_no_copies(page)


def test_of_two_saves_the_second_has_what_was_typed_during_the_first(page, draft):
    held = []

    def hold(route):
        is_first = route.request.method == "POST" and not held
        held.append(route) if is_first else route.continue_()

    page.route("**/edit/", hold)
    pause(page)
    type_in(page, "First.")
    with page.expect_request(lambda it: it.method == "POST" and it.url.endswith("/edit/")):
        page.keyboard.press("Control+s")
    type_in(page, "Second.")
    page.keyboard.press("Control+s")
    held[0].continue_()

    expect(page.locator("#state")).to_have_text("Saved.")
    expect(page.get_by_label("Introduction")).to_have_value("Second.")
    saved = Revision.objects.get(pk=draft.pk)
    assert (saved.introduction, saved.saves) == ("Second.", draft.saves + 2)
    expect_no_copies(page)
    assert not UnsavedText.objects.exists()


def test_while_the_server_takes_long_to_save_the_browser_keeps_what_is_typed(page, draft):
    page.route("**/edit/", lambda route: None)
    type_in(page, "Sent.")
    with page.expect_request(lambda it: it.method == "POST" and it.url.endswith("/edit/")):
        page.keyboard.press("Control+s")
    type_in(page, "Sent. Later.")

    page.clock.run_for(3_000)

    is_later = "(it) => it.includes('Later.')"
    page.wait_for_function(f"() => Object.values(localStorage).some({is_later})")


def test_a_save_waits_in_its_page_until_the_server_is_there_again(page, draft):
    type_in(page, "Typed during a restart.")
    page.route("**/*", lambda route: route.abort())
    page.keyboard.press("Control+s")
    expect(page.locator("#state")).to_have_text("No connection. Your text is kept in this browser.")
    expect(page.get_by_label("Introduction")).to_have_value("Typed during a restart.")
    page.unroute_all()

    save(page)

    assert Revision.objects.get(pk=draft.pk).introduction == "Typed during a restart."
    expect_no_copies(page)


def test_whoever_was_logged_out_logs_in_in_another_tab_and_goes_on(page, writer, draft):
    state = page.locator("#state")
    Session.objects.all().delete()
    type_in(page, "A long morning's work.")
    page.clock.run_for(3_000)
    expect(state).to_have_text("You are logged out. Log in in another tab; your text is kept here.")
    expect(page.locator(".beside")).to_contain_class("stale")

    with page.expect_popup() as opened:
        state.get_by_role("link", name="Log in in another tab").click()
    other = opened.value
    other.get_by_label("Username").fill(writer.username)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Log in", exact=True).click()
    expect(other.get_by_role("heading", name="Your tasks")).to_be_visible()
    page.bring_to_front()
    page.clock.run_for(6_000)

    expect(state).to_have_text(SAVED)
    save(page)
    assert Revision.objects.get(pk=draft.pk).introduction == "A long morning's work."


def test_nobody_gets_the_text_of_the_person_before_in_the_same_browser(page, live_server, draft):
    page.route("**/keep/", lambda route: route.abort())
    type_in(page, "Of the first person.")
    page.clock.run_for(3_000)
    expect(page.locator("#state")).to_contain_text("kept in this browser")
    log_in(page.context, live_server, make_staff("ben", "Writers"))
    page.unroute_all()
    page.clock.run_for(6_000)
    expect(page.locator("#state")).to_contain_text("Somebody else has logged in here.")

    page.goto(editor(live_server, draft))

    expect(page.get_by_label("Introduction")).to_have_value(draft.introduction)
    assert not UnsavedText.objects.exists()


def test_each_of_two_windows_keeps_its_own_text(page, live_server, draft):
    other = page.context.new_page()
    other.goto(editor(live_server, draft))
    for tab, words in ((page, "In the first."), (other, "In the second.")):
        type_in(tab, words)
        tab.clock.run_for(3_000)
        expect(tab.locator("#state")).to_contain_text(SAVED)
    expect(other.locator("#state")).to_contain_text("Also open in another window.")

    other.reload()
    expect_typed(other, "In the second.")
    other.locator(".unsaved-note a").click()

    expect_typed(other, "In the first.")
