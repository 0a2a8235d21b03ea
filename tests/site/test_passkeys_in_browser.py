"""Passkeys in a browser, kept by Chromium's virtual authenticator: from the first to the last."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django_otp_webauthn.models import WebAuthnCredential
from playwright.sync_api import expect

from policies.models import Revision
from policies.states import Status
from tests.factories import make_revision
from tests.site.logging_in import PASSWORD, grow_stale, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """The authenticator of the browser that shows a page."""

    def __init__(self, page):
        self.chromium = page.context.new_cdp_session(page)
        self.chromium.send("WebAuthn.enable")
        self.id = self._send("addVirtualAuthenticator", options=KIND)["authenticatorId"]

    def check_who_uses_it(self, *, succeeds):
        self._send("setUserVerified", authenticatorId=self.id, isUserVerified=succeeds)

    def forget(self):
        self._send("clearCredentials", authenticatorId=self.id)

    def _send(self, command, **arguments):
        return self.chromium.send(f"WebAuthn.{command}", arguments)


@pytest.fixture
def desk(settings, live_server):
    settings.OTP_WEBAUTHN_RP_ID = "localhost"
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = [live_server.url]
    return live_server.url


@pytest.fixture
def device(page):
    return Device(page)


def give_password(page, desk, name="ana"):
    page.goto(f"{desk}/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def add(page, desk, name):
    page.goto(f"{desk}/admin/second-factor/")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_label("Name of the passkey").press("Enter")


def log_out(page):
    page.locator(".account-opener").click()
    page.get_by_role("button", name="Log out").click()


def press(page, name):
    page.get_by_role("button", name=name).press("Enter")


def expect_inside(page):
    expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()


def test_from_the_first_passkey_to_the_last(page, desk, device, looker):
    make_staff("ana", "Writers")
    give_password(page, desk)
    add(page, desk, "Laptop")
    expect(page.get_by_text("They are shown only once.")).to_be_visible()
    log_out(page)

    page.goto(f"{desk}/admin/mail/")
    looker.look("the log-in")
    press(page, "Log in with a passkey")
    expect(page).to_have_url(f"{desk}/admin/mail/")
    page.goto(f"{desk}/admin/second-factor/")
    expect(page.get_by_text("Last used on")).to_be_visible()
    looker.look("one passkey")
    log_out(page)

    give_password(page, desk)
    expect(page.get_by_label("Recovery code")).to_be_visible()
    looker.look("the second step")
    press(page, "Log in with a passkey")
    expect_inside(page)

    add(page, desk, "Again")
    expect(page.get_by_role("alert")).to_contain_text("There is a passkey for your account here")
    looker.look("a second one on the same device")
    device.forget()
    press(page, "Create the passkey")
    expect(page.get_by_text("Passkey “Again” added.")).to_be_visible()
    press(page, "Remove Laptop")
    expect(page.get_by_text("Passkey “Laptop” removed.")).to_be_visible()
    press(page, "Remove Again")
    expect(page.get_by_text("You can have passkeys, an authenticator, or both.")).to_be_visible()
    log_out(page)

    page.goto(f"{desk}/admin/")
    press(page, "Log in with a passkey")
    expect(page.locator(".errornote")).to_contain_text("This passkey was not accepted.")
    looker.look("a passkey that was removed")


def test_what_does_not_succeed_says_what_to_do(page, desk, device, looker):
    make_staff("ana", "Writers")
    page.goto(f"{desk}/admin/")
    press(page, "Log in with a passkey")
    expect(page.get_by_role("alert")).to_contain_text("this device has none for this site")
    looker.look("no passkey")

    give_password(page, desk)
    device.check_who_uses_it(succeeds=False)
    add(page, desk, "Laptop")
    expect(page.get_by_role("alert")).to_contain_text("No passkey was created")
    looker.look("none was created")
    device.check_who_uses_it(succeeds=True)
    press(page, "Create the passkey")
    expect(page.get_by_text("They are shown only once.")).to_be_visible()
    log_out(page)
    device.check_who_uses_it(succeeds=False)
    page.goto(f"{desk}/admin/")
    press(page, "Log in with a passkey")
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    page.goto(f"{desk.replace('localhost', '127.0.0.1')}/admin/")
    press(page, "Log in with a passkey")
    expect(page.get_by_role("alert")).to_contain_text("Passkeys don’t work at this address.")


def test_a_passkey_confirms_and_the_form_that_waits_goes_on(page, desk, device, looker, client):
    make_staff("dan", "Publishers", permissions=["publish_without_approval"])
    draft = make_revision()
    give_password(page, desk, "dan")
    add(page, desk, "Laptop")
    page.get_by_role("link", name="I have saved them").click()
    page.goto(desk + reverse("admin:policies_publish_without_approval", args=[draft.pk]))
    page.get_by_label("Reason").fill("A court order.")
    client.cookies["sessionid"] = Session.objects.get().session_key
    grow_stale(client)
    page.locator("button[data-label]").click()

    expect(page.get_by_text("Use your passkey")).to_be_visible()
    looker.look("the question")
    press(page, "Confirm with a passkey")

    expect(page.get_by_text("Published").first).to_be_visible()
    assert Revision.objects.get().status == Status.PUBLISHED


def test_without_scripts_there_is_no_button_and_the_password_lets_in(page, desk):
    make_staff("ana")
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{desk}/admin/")

    expect(plain.get_by_role("button", name="Log in with a passkey")).to_have_count(0)
    give_password(plain, desk)
    plain.goto(f"{desk}/admin/second-factor/")
    plain.get_by_role("button", name="Add a passkey").click()
    expect(plain.get_by_text("Switch JavaScript on")).to_be_visible()
    assert not WebAuthnCredential.objects.exists()
    context.close()
