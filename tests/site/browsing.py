"""Helpers for tests of the desk in a browser: logging in, the editor's address, saving."""

from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect


def log_in(context, server, user):
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])


def editor(server, revision):
    return server.url + reverse("admin:policies_edit", args=[revision.pk])


def show(page, name):
    page.locator(".editor-buttons [data-panel]", has_text=name).click()


def in_menu(page, name):
    action, _, number = name.partition(" section ")
    page.locator(".section-more").nth(int(number) - 1).click()
    page.locator(".section-menu:popover-open").get_by_role("button", name=action).press("Enter")


def save(page):
    page.locator(".editor-bar").get_by_role("button", name="Save").click()
    expect_saved(page)


def expect_saved(page):
    """Wait until the page says so: in its bar, or at its head if it was loaded anew."""
    said = page.locator(".messagelist, #state").filter(has_text="Saved.")
    expect(said.first).to_be_visible()
    page.wait_for_load_state()


def expect_no_copies(page):
    """Wait until the browser keeps no text: a page shows its message before its scripts run."""
    is_one = "(it) => it.startsWith('unsaved-text')"
    # A function: our pages evaluate no strings.
    page.wait_for_function(f"() => !Object.keys(localStorage).some({is_one})")
