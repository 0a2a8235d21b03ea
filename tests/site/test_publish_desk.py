"""Publishing in a browser: when it takes effect is named before it happens."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from policies.models import Policy, Revision
from policies.states import Status
from tests.factories import make_policy, make_revision, make_user, make_version
from tests.site.browsing import log_in

pytestmark = pytest.mark.django_db(transaction=True)


def address(server: LiveServer, name: str, pk: int) -> str:
    return server.url + reverse(f"admin:policies_{name}", args=[pk])


def test_the_button_names_when_it_takes_effect_by_the_policys_clock(
    page: Page, live_server: LiveServer
) -> None:
    policy = make_policy()
    Policy.objects.filter(pk=policy.pk).update(time_zone="Pacific/Auckland")
    revision = make_revision(status=Status.APPROVED, policy=policy)
    log_in(page.context, live_server, make_user("Publishers"))
    page.goto(address(live_server, "publish", revision.pk))
    button = page.locator(".submit-row .default")
    expect(button).to_have_text("Publish")

    page.get_by_label("At once").check()
    expect(button).to_have_text("Publish now")
    page.get_by_label("Day and time").fill("2090-03-01T00:30")
    expect(button).to_have_text("Publish on March 1, 2090, 00:30 Pacific/Auckland")
    page.get_by_label("Day and time").fill("")
    expect(button).to_have_text("Publish")


def test_without_scripts_a_page_names_when_it_takes_effect(
    page: Page, live_server: LiveServer
) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    log_in(context, live_server, make_user("Publishers"))
    plain = context.new_page()
    revision = make_revision(status=Status.APPROVED, policy=make_version().policy)

    plain.goto(address(live_server, "publish", revision.pk))
    plain.get_by_label("Change note").fill("We keep less.\n\nMuch less.")
    plain.get_by_label("On this day, at this time").check()
    plain.get_by_label("Day and time").fill("2090-03-01T09:00")
    plain.get_by_role("button", name="Publish", exact=True).click()
    plain.get_by_role("button", name="Change something").click()
    plain.get_by_label("Day and time").fill("2090-03-02T09:00")
    plain.get_by_role("button", name="Publish", exact=True).click()
    assert not Revision.objects.filter(number=2).exists()
    plain.get_by_role("button", name="Publish on March 2, 2090, 09:00 UTC", exact=True).click()

    expect(plain.get_by_role("heading", name="version 2 is scheduled")).to_be_visible()
    assert Revision.objects.get(number=2).change_note == "We keep less.\n\nMuch less."
    context.close()
