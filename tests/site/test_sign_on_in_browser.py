"""Single sign-on in a browser: there, back, confirming in another tab, and the way out."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from policies.models import SignOn, SignOnRenewal
from tests.factories import make_revision
from tests.site.html_checker import complaints
from tests.site.logging_in import ANA, PASSWORD, grow_stale, linked, make_staff
from tests.site.oidc_provider import sign_on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(provider, settings, live_server):
    settings.STAFF_URL = live_server.url
    provider.person = ANA
    return live_server.url


def log_in(page, desk):
    page.goto(f"{desk}/admin/")
    page.get_by_role("link", name="Log in with Example ID").click()


def test_the_first_log_in_links_the_account(page, desk, looker):
    make_staff("ana", "Writers")

    page.goto(f"{desk}/admin/")
    looker.look("the log-in")
    page.get_by_role("link", name="Log in with Example ID").click()
    expect(page.get_by_text("no account here is linked to you")).to_be_visible()
    looker.look("to link an account")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Link this account").click()
    expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    page.locator(".account-opener").click()
    expect(page.get_by_role("link", name="Change password")).to_have_count(0)

    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/logout?**")
    log_in(page, desk)
    expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()


def test_an_administrator_confirms_in_another_tab_and_links_an_account(page, desk, looker):
    linked("root", is_superuser=True)
    ben = make_staff("ben")
    log_in(page, desk)
    expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    _let_the_confirmation_grow_stale()

    page.goto(desk + reverse("admin:auth_user_log_in", args=[ben.pk]))
    looker.look("an account that is not linked")
    page.get_by_label("Subject").fill("ben-at-example")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_text("Log in once more to confirm that it is you")).to_be_visible()
    looker.look("the question")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("You have not confirmed it yet")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="in another tab").click()
    expect(opened.value.get_by_text("Close this tab")).to_be_visible()
    opened.value.close()
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_text("Linked to ben-at-example")).to_be_visible()
    looker.look("an account that is linked")
    page.goto(f"{desk}/admin/sign-on/done/")
    looker.look("in the other tab")


def test_what_was_typed_is_kept_while_they_log_in_again(page, desk, looker):
    linked("ana", "Publishers")
    policy = make_revision().policy
    log_in(page, desk)
    page.goto(desk + reverse("admin:policies_rename", args=[policy.pk]))
    page.get_by_label("Name", exact=True).fill("A name that took an hour")
    SignOnRenewal.objects.all().delete()

    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    looker.look("what is kept")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="in another tab").click()
    expect(opened.value.get_by_text("Close this tab")).to_be_visible()
    opened.value.close()
    page.get_by_role("button", name="Resubmit").click()
    page.get_by_role("button", name="Resubmit").click()  # the form was of another log-in

    expect(
        page.locator("h1, .success").filter(has_text="A name that took an hour").first
    ).to_be_visible()
    policy.refresh_from_db()
    assert policy.name == "A name that took an hour"


def test_a_refusal_says_why(page, desk, looker):
    linked("ana")
    User.objects.update(is_active=False)

    log_in(page, desk)

    expect(page.get_by_role("alert")).to_contain_text("can’t be used with single sign-on")
    looker.look("a refusal")
    assert SignOn.objects.count() == 1


@pytest.mark.validator
def test_its_pages_are_valid_html(provider, tmp_path):
    linked("root", is_superuser=True)
    ben = make_staff("ben")
    desk, stranger = Client(), Client()
    sign_on(provider, desk, ANA)
    sign_on(provider, stranger, "stranger")
    account = reverse("admin:auth_user_log_in", args=[ben.pk])
    pages = {
        "log-in": Client().get("/admin/login/"),
        "to link": stranger.get("/admin/login/"),
        "kept": Client().post("/admin/mail/", {"kind": "a <b>"}),
        "refused": Client().get("/admin/sign-on/answer/"),
        "in the other tab": desk.get("/admin/sign-on/done/"),
        "to be linked": desk.get(account),
        "linked": desk.post(account, {"do": "link", "subject": "ben"}, follow=True),
        "question": _stale(desk).post(account, {"do": "unlink"}),
        "logged out": desk.post("/admin/logout/"),
    }

    found = complaints({name: page.content for name, page in pages.items()}, tmp_path)

    assert found == []


def _stale(client):
    grow_stale(client)
    return client


def _let_the_confirmation_grow_stale():
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        if "confirmed_at" in session:
            session["confirmed_at"] -= 360
            session.save()
