"""A reader subscribes and unsubscribes in a browser, without a script or a cookie."""

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from policies.models import Subscription
from tests.factories import make_policy, make_version
from tests.policies.public.subscribing import confirm_link, unsubscribe_link
from tests.policies.public.subscribing import on as on
from tests.site.looking import Looker

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_field_is_large_enough_for_a_thumb_and_no_phone_enlarges_the_page(
    page, live_server, on
):
    make_version(policy=make_policy(slug="privacy"), at=timezone.now())
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(live_server.url + "/privacy/")

    field = page.get_by_role("textbox")

    # WCAG 2.2, 2.5.8; WebKit on iOS zooms in on a field whose letters have less than 16 px.
    box = field.bounding_box()
    assert box
    assert box["height"] >= 24
    assert field.evaluate("it => parseFloat(getComputedStyle(it).fontSize)") >= 16
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_reader_subscribes_and_unsubscribes(page, live_server, on):
    make_version(policy=make_policy(slug="privacy"), at=timezone.now())
    looker = Looker(page)
    page.goto(live_server.url + "/privacy/")
    looker.look("a policy with the form")

    page.get_by_role("textbox").fill("reader@softphonez.com")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    looker.look("sent")
    page.goto(live_server.url + confirm_link(mail.outbox[0]))
    looker.look("confirming")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("main")).to_contain_text("You are subscribed")
    looker.look("subscribed")
    page.goto(live_server.url + unsubscribe_link(Subscription.objects.get()))
    looker.look("unsubscribing")
    page.get_by_role("button", name="Unsubscribe").click()

    expect(page.locator("main")).to_contain_text("unsubscribed")
    looker.look("unsubscribed")
    assert not Subscription.objects.exists()
    assert page.context.cookies() == []
