"""The second factor in a browser, from the picture that sets it up to the next log-in."""

import base64

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from policies.staff.accounts import second_factor
from tests.factories import make_revision
from tests.site.html_checker import complaints
from tests.site.logging_in import (
    PASSWORD,
    code_of,
    fail,
    grow_stale,
    log_in,
    make_staff,
    set_up,
    try_password,
)

pytestmark = pytest.mark.django_db(transaction=True)


def shown_key(page):
    letters = page.locator(".setup-key").inner_text().replace(" ", "")
    return base64.b32decode(letters)


def half_a_minute_goes_by():
    """Make the present code one that has not been used yet."""
    TOTPDevice.objects.update(last_t=-1)


def give_password(page, server):
    page.goto(server.url + "/admin/")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def test_from_the_picture_to_the_next_log_in(page, live_server, looker):
    make_staff("ana", "Writers")

    give_password(page, live_server)
    page.locator(".account-opener").click()
    page.get_by_role("link", name="Second factor").click()
    looker.look("none yet")
    page.get_by_role("button", name="Set up an authenticator").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    looker.look("set-up")
    key = shown_key(page)
    page.get_by_label("Enter the code").fill("000000")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("alert")).to_contain_text("That code is wrong")
    looker.look("a wrong code")
    assert shown_key(page) == key
    TOTPDevice.objects.update(throttling_failure_count=0)
    page.get_by_label("Enter the code").fill(f"{totp(key):06d}")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("They are shown only once.")).to_be_visible()
    looker.look("recovery codes")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have saved them").click()
    page.locator(".account-opener").click()
    page.get_by_role("link", name="Second factor").click()
    expect(page.get_by_text("You have 10 recovery codes left.")).to_be_visible()
    looker.look("set up")

    page.locator(".account-opener").click()
    page.get_by_role("button", name="Log out").click()
    half_a_minute_goes_by()
    give_password(page, live_server)
    expect(page.get_by_label("Authenticator code")).to_be_focused()
    looker.look("the code")
    page.get_by_label("Authenticator code").fill("123 456")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    looker.look("a wrong code at the log-in")
    TOTPDevice.objects.update(throttling_failure_count=0)
    code = f"{totp(key):06d}"
    page.get_by_label("Authenticator code").fill(f"{code[:3]} {code[3:]}")
    page.keyboard.press("Enter")
    expect(page).to_have_url(live_server.url + "/admin/")

    page.locator(".account-opener").click()
    page.get_by_role("button", name="Log out").click()
    give_password(page, live_server)
    page.get_by_label("Authenticator code").fill(codes[7])
    page.keyboard.press("Enter")
    page.locator(".account-opener").click()
    page.get_by_role("link", name="Second factor").click()
    expect(page.get_by_text("You have 9 recovery codes left.")).to_be_visible()


def test_a_locked_out_person_gets_an_accessible_page(page, live_server, looker):
    ana = make_staff("ana", is_superuser=True)
    other = make_staff("ben")
    set_up(log_in(Client(), "ben"), other)
    fail(5, "ben")
    give_password(page, live_server)
    page.goto(live_server.url + reverse("admin:auth_user_log_in", args=[other.pk]))
    expect(page.get_by_role("button", name="Unlock now")).to_be_visible()
    expect(page.get_by_role("button", name="Remove the second factor")).to_be_visible()
    looker.look("another's log-in")

    page.locator(".account-opener").click()
    page.get_by_role("button", name="Log out").click()
    fail(5, ana.username)
    page.context.clear_cookies()  # where they have not been before
    give_password(page, live_server)
    expect(page.get_by_text("too many wrong passwords")).to_be_visible()
    looker.look("locked out")


def test_everything_works_without_scripts(page, live_server):
    ana, browser = make_staff("ana"), page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    give_password(plain, live_server)
    plain.locator(".account-opener").click()
    plain.get_by_role("link", name="Second factor").click()
    plain.get_by_role("button", name="Set up an authenticator").click()
    key = shown_key(plain)
    plain.get_by_label("Enter the code").fill(f"{totp(key):06d}")
    plain.get_by_role("button", name="Finish").click()

    expect(plain.get_by_text("They are shown only once.")).to_be_visible()
    assert second_factor.device_of(ana)
    context.close()


@pytest.mark.validator
def test_the_checker_finds_no_error_on_any_page_of_the_log_in(tmp_path):
    ana = make_staff("ana", is_superuser=True)
    client, stranger = log_in(Client()), Client()
    own, account = "/admin/second-factor/", reverse("admin:auth_user_log_in", args=[ana.pk])
    address = reverse("admin:policies_publish_without_approval", args=[make_revision().pk])
    pages = {"log-in": stranger.get("/admin/login/"), "none yet": client.get(own)}
    pages["set-up"] = client.post(own, {"do": "begin"})
    device = TOTPDevice.objects.get()
    pages["wrong"] = client.post(own, {"do": "finish", "code": "000000"})
    TOTPDevice.objects.update(throttling_failure_count=0)
    pages["codes"] = client.post(own, {"do": "finish", "code": code_of(device)})
    pages["set up"] = client.get(own)
    pages["the code"] = try_password(PASSWORD, client=stranger)
    pages["locked"] = fail(5, "nobody")
    fail(5)
    pages["account"] = client.get(account)
    grow_stale(client)
    pages["confirm"] = client.post(address, {"reason": '"><script>'})
    assert {name: it.status_code for name, it in pages.items() if it.status_code != 200} == {
        "wrong": 422,
        "locked": 429,
    }

    assert complaints({name: it.content for name, it in pages.items()}, tmp_path) == []
