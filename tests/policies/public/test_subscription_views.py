"""Readers subscribe to e-mails with a form and a link, and unsubscribe with one click."""

import re
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from policies import workflow
from policies.mail import addresses, subscriptions
from policies.models import Subscription, SubscriptionRequest
from tests.factories import make_policy, make_user, make_version
from tests.policies.public.public_site import body
from tests.policies.public.subscribing import ask, confirm_link, subscribe, unsubscribe_link
from tests.policies.public.subscribing import on as on

pytestmark = pytest.mark.django_db

READER = "reader@softphonez.com"


@pytest.fixture
def policy():
    version = make_version(policy=make_policy(slug="privacy"), at=timezone.now())
    return version.policy


# --- Off ------------------------------------------------------------------------------------------


def test_where_subscriptions_are_off_nothing_of_them_exists(client, policy):
    page = client.get("/privacy/")

    assert b"<form" not in page.content
    assert "form-action 'none'" in page["Content-Security-Policy"]
    for path in ("subscribe/", "subscribe/x/", "unsubscribe/x/"):
        for method in ("GET", "POST", "PUT"):
            assert client.generic(method, f"/privacy/{path}").status_code == 404


def test_a_form_and_a_link_to_it_are_all_that_is_added_to_a_page(client, policy, settings):
    off = client.get("/privacy/").content.decode()
    embedded = client.get("/privacy/embed/")
    settings.SUBSCRIPTIONS = True

    on = client.get("/privacy/").content.decode()

    link = '\n  <a href="/privacy/subscribe/">Subscribe</a>'
    assert link in on
    on = on.replace(link, "")
    assert re.sub(r"\s*<form.*?</form>\s*", "\n  ", on, flags=re.DOTALL) == off
    assert client.get("/privacy/versions/1/").content.count(b"<form") == 0
    assert client.get("/privacy/embed/").content == embedded.content
    assert client.get("/privacy/embed/").headers == embedded.headers


# --- Subscribing ----------------------------------------------------------------------------------


def test_a_reader_subscribes_with_one_field_and_a_link(client, policy, on):
    page = client.get("/privacy/")
    assert 'action="/privacy/subscribe/"' in page.content.decode()
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert page["Cache-Control"].startswith("public, max-age=60")

    assert "Check your e-mail" in ask(client, READER).content.decode()
    (message,) = mail.outbox
    assert message.to == [READER]
    assert message.subject == "Confirm your subscription: Privacy Policy"
    link = confirm_link(message)
    assert "Subscribe</button>" in body(client, link)
    assert not Subscription.objects.exists()  # looking changes nothing

    assert "You are subscribed" in client.post(link).content.decode()
    subscription = Subscription.objects.get()
    assert subscription.policy == policy
    assert addresses.decrypt(subscription.address) == READER


def test_the_pages_are_in_the_policys_language(client, on):
    arabic = make_policy(slug="privacy", language="ar")
    make_version(policy=arabic, at=timezone.now())

    client.post("/ar/privacy/subscribe/", {"address": READER})

    (message,) = mail.outbox
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert '<html lang="ar" dir="rtl">' in html
    assert "http://testserver/ar/privacy/subscribe/" in message.body
    assert 'dir="rtl"' in body(client, "/ar/privacy/subscribe/")


def test_a_known_address_gets_the_same_answer_and_the_same_queries_as_an_unknown_one(
    client, policy, on
):
    subscribe(policy, READER)

    with CaptureQueriesContext(connection) as known:
        first = ask(client, READER)
    with CaptureQueriesContext(connection) as unknown:
        second = ask(client, "nobody@softphonez.com")

    assert (first.status_code, first.content) == (second.status_code, second.content)
    tables = [[re.findall(r'"policies_\w+"', it["sql"]) for it in run] for run in (known, unknown)]
    assert tables[0] == tables[1] != []
    assert '"policies_subscription"' not in str(tables)
    assert mail.outbox[0].subject == mail.outbox[1].subject


def test_confirming_twice_subscribes_once(client, policy, on):
    for _ in range(2):
        ask(client, "Reader@Softphonez.com")
        client.post(confirm_link(mail.outbox[-1]))
    ask(client, READER)
    client.post(confirm_link(mail.outbox[-1]))

    assert Subscription.objects.count() == 1


def test_a_link_that_expired_or_was_made_up_subscribes_nobody(client, policy, on):
    ask(client, READER)
    link = confirm_link(mail.outbox[0])
    forged = re.sub(r"\.[^.]+/\Z", ".forged/", link)

    assert client.post(forged).status_code == 410
    too_late = timezone.now() - subscriptions.LINK_VALID
    SubscriptionRequest.objects.update(requested_at=too_late)
    assert client.get(link).status_code == client.post(link).status_code == 410
    assert not Subscription.objects.exists()
    assert '<form class="screen-only" method="post" action="/privacy/subscribe/">' in (
        client.get(link).content.decode()
    )


NO_ADDRESSES = [
    *("", "x", "a@b", "a b@softphonez.com", "a@softphonez.com\nBcc: b@c.org", "\0", "a" * 300),
    *("a@localhost", "a@[127.0.0.1]", "a@[::1]"),
    # What ends a line to Python, and so in the header "To".
    *('"a\x0bb"@softphonez.com', '"a\x1cb"@softphonez.com', '"a\\\x0cb"@softphonez.com'),
    # Other spellings of a mailbox: RFC 5321, section 4.1.2; RFC 2047; what Django would encode.
    *('"bomb"@softphonez.com', '"b\\omb"@softphonez.com', '"bo mb"@softphonez.com'),
    *("=?utf-8?q?bomb?=@softphonez.com", "bo\u017fs@softphonez.com", "\u212aim@softphonez.com"),
    # Domains that have no form in ASCII (RFC 3490, section 4).
    *(f"a@{'ü' * 60}.com", "a@xn--ü.com", "a@אb.com"),
]


def test_what_is_not_an_address_is_refused_and_comes_back(client, policy, on):
    for typed in NO_ADDRESSES:
        response = ask(client, typed)

        assert response.status_code == 422, typed
        assert "Enter an e-mail address" in response.content.decode()
    assert mail.outbox == []


def test_a_form_of_another_site_is_refused(client, policy, on):
    response = client.post(
        "/privacy/subscribe/", {"address": READER}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403
    assert mail.outbox == []


def test_a_retired_policy_takes_no_subscriptions(client, policy, on):
    workflow.retire(
        policy.pk, by=make_user(is_superuser=True), at=timezone.now(), notice="It is no more."
    )

    assert b"<form" not in client.get("/privacy/").content
    assert ask(client, READER).status_code == 404


def test_no_page_of_it_is_kept_by_a_cache_or_sets_a_cookie(client, policy, on):
    ask(client, READER)
    link = confirm_link(mail.outbox[0])
    end = unsubscribe_link(subscribe(policy, "other@softphonez.com"))

    answers = [
        *(client.get("/privacy/subscribe/"), ask(client, READER), ask(client, "")),
        *(client.get(link), client.post(link), client.get(end), client.post(end)),
    ]

    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies


# --- Floods ---------------------------------------------------------------------------------------


def test_one_address_gets_few_requests_and_nobody_notices(client, policy, on):
    answers = {ask(client, READER).content for _ in range(subscriptions.MAX_TO_ADDRESS + 3)}

    assert len(answers) == 1
    assert len(mail.outbox) == subscriptions.MAX_TO_ADDRESS


@pytest.mark.parametrize(
    "spellings",
    [
        ["bomb@softphonez.com", "BOMB@softphonez.com", "bomb@SOFTPHONEZ.com"],
        ["bomb+1@softphonez.com", "bomb@softphonez.com", "Bomb+2@softphonez.com"],
        ["bomb@bücher.com", "bomb@xn--bcher-kva.com", "bomb@bu\u0308cher.com"],
        ["bomb@xn--bcher-kva.com", "bomb@XN--BCHER-KVA.com", "bomb@ｂücher.com"],
        ["bomb@softphonez.com", "bomb@softphonez.com\u3002", "bomb@softphonez.com\uff0e"],
    ],
)
def test_all_spellings_of_a_mailbox_get_few_requests_together(client, policy, on, spellings):
    for spelling in spellings * subscriptions.MAX_TO_ADDRESS:
        assert ask(client, spelling).status_code == 200

    assert len(mail.outbox) == subscriptions.MAX_TO_ADDRESS


def test_addresses_with_different_tags_are_different_subscriptions(client, policy, on):
    for address in ("reader@softphonez.com", "reader+terms@softphonez.com"):
        ask(client, address)
        client.post(confirm_link(mail.outbox[-1]))
    (subscription,) = Subscription.objects.filter(pk__gt=Subscription.objects.first().pk)

    client.post(unsubscribe_link(subscription))

    assert Subscription.objects.count() == 1
    assert [it["address"] for it in subscriptions.export(READER)] == [READER, None, None]


def test_who_unsubscribes_in_between_gets_no_more_requests(client, policy, on):
    for _ in range(subscriptions.MAX_TO_ADDRESS):
        ask(client, READER)
        client.post(confirm_link(mail.outbox[-1]))
        client.post(unsubscribe_link(Subscription.objects.get()))

    assert "Check your e-mail" in ask(client, READER).content.decode()
    assert len(mail.outbox) == subscriptions.MAX_TO_ADDRESS


def test_one_client_can_enter_few_addresses_in_an_hour(client, policy, on, monkeypatch):
    monkeypatch.setattr(subscriptions, "MAX_BY_CLIENT", 3)
    elsewhere = Client(REMOTE_ADDR="9.9.9.9")
    here = Client(REMOTE_ADDR="8.8.8.8")

    statuses = [ask(here, f"reader{n}@softphonez.com").status_code for n in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert ask(elsewhere, READER).status_code == 200
    SubscriptionRequest.objects.update(requested_at=timezone.now() - timedelta(hours=1))
    assert ask(here, "later@softphonez.com").status_code == 200
    assert "8.8.8.8" not in str(list(SubscriptionRequest.objects.values()))


def test_one_policy_takes_a_bounded_number_of_addresses_in_an_hour(client, policy, on, monkeypatch):
    monkeypatch.setattr(subscriptions, "MAX_FOR_POLICY", 2)
    make_version(policy=make_policy(slug="terms"), at=timezone.now())

    statuses = [ask(client, f"reader{n}@softphonez.com").status_code for n in range(3)]

    assert statuses == [200, 200, 429]
    assert ask(client, READER, slug="terms").status_code == 200


# --- Unsubscribing --------------------------------------------------------------------------------


def test_a_mail_program_unsubscribes_with_one_click(client, policy, on):
    """RFC 8058, section 3.2: a POST without cookies or a page before it."""
    address = unsubscribe_link(subscribe(policy, READER))

    assert "Unsubscribe</button>" in body(client, address)
    assert Subscription.objects.count() == 1
    for _ in range(2):
        response = client.post(
            address, {"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert response.status_code == 200
        assert "You are unsubscribed" in response.content.decode()

    assert not Subscription.objects.exists()
    assert not SubscriptionRequest.objects.exists()


def test_only_the_whole_link_of_an_e_mail_unsubscribes(client, policy, on):
    """A Message-ID has the token alone, and is known to more than the reader."""
    subscription = subscribe(policy, READER)
    link = unsubscribe_link(subscription)

    for token in (subscription.token, f"{subscription.token}.forged", link[:-2].split("/")[-1]):
        for answer in (client.get, client.post):
            response = answer(f"/privacy/unsubscribe/{token}/")
            assert response.status_code == 410
            assert "This link does not work" in response.content.decode()
            assert "Copy the whole link" in response.content.decode()
            assert "See all policies" in response.content.decode()

    assert Subscription.objects.exists()


def test_who_has_unsubscribed_can_not_be_brought_back_by_an_old_link(client, policy, on):
    ask(client, READER)
    link = confirm_link(mail.outbox[0])
    client.post(link)

    client.post(unsubscribe_link(Subscription.objects.get()))

    assert client.post(link).status_code == 410
    assert not Subscription.objects.exists()
    assert {it["address"] for it in subscriptions.export(READER)} == {None}
    assert subscriptions.encrypt_anew() == (0, 0)


def test_no_old_link_brings_somebody_back_after_a_new_key(client, policy, on, settings):
    subscription = subscribe(policy, READER)
    settings.SUBSCRIPTION_KEYS = [Fernet.generate_key().decode(), *settings.SUBSCRIPTION_KEYS]
    ask(client, READER)

    client.post(unsubscribe_link(subscription))

    assert client.post(confirm_link(mail.outbox[0])).status_code == 410


def test_a_reader_unsubscribes_though_the_key_is_lost(client, policy, on, settings):
    link = unsubscribe_link(subscribe(policy, READER))
    settings.SUBSCRIPTION_KEYS = [Fernet.generate_key().decode()]

    assert client.post(link).status_code == 200
    assert not Subscription.objects.exists()


def test_a_request_whose_key_is_lost_is_made_again(client, policy, on, settings):
    ask(client, READER)
    settings.SUBSCRIPTION_KEYS = [Fernet.generate_key().decode()]

    link = confirm_link(mail.outbox[0])
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 410
        assert "Enter your address again." in response.content.decode()


# --- What is stored -------------------------------------------------------------------------------


def test_the_database_has_no_address_and_nothing_to_try_one_out_by(policy, on, settings):
    subscribe(policy, READER)
    row = Subscription.objects.values().get()

    assert "reader" not in str(row)
    settings.SUBSCRIPTION_KEYS = [Fernet.generate_key().decode()]
    assert addresses.lookups(READER)[0] != row["lookup"]
    assert subscriptions.export(READER) == []


def test_a_key_can_be_replaced(client, policy, on, settings):
    subscribe(policy, READER)
    old, new = settings.SUBSCRIPTION_KEYS, [Fernet.generate_key().decode()]

    settings.SUBSCRIPTION_KEYS = [*new, *old]
    ask(client, READER)
    client.post(confirm_link(mail.outbox[-1]))
    assert Subscription.objects.count() == 1
    call_command("subscribers", "encrypt-anew")

    settings.SUBSCRIPTION_KEYS = new
    assert {it["address"] for it in subscriptions.export(READER)} == {READER}
    assert {it.lookup for it in Subscription.objects.all()} == {*addresses.lookups(READER)}


def test_without_the_key_of_some_addresses_all_others_are_encrypted_anew(policy, on, settings):
    old = settings.SUBSCRIPTION_KEYS[0]
    lost, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SUBSCRIPTION_KEYS = [lost]
    subscribe(policy, "lost@softphonez.com")
    settings.SUBSCRIPTION_KEYS = [old]
    subscribe(policy, READER)

    settings.SUBSCRIPTION_KEYS = [new, old]
    with pytest.raises(CommandError, match=r"1 row can't be read .*--drop-unreadable"):
        call_command("subscribers", "encrypt-anew")
    settings.SUBSCRIPTION_KEYS = [new]
    assert subscriptions.export(READER) != []
    assert Subscription.objects.count() == 2
    call_command("subscribers", "encrypt-anew", "--drop-unreadable")
    assert Subscription.objects.count() == 1


def test_who_subscribed_again_while_a_key_was_missing_is_subscribed_once(policy, on, settings):
    subscribe(policy, READER)
    old, new = settings.SUBSCRIPTION_KEYS[0], Fernet.generate_key().decode()
    settings.SUBSCRIPTION_KEYS = [new]
    again = subscribe(policy, READER)

    settings.SUBSCRIPTION_KEYS = [new, old]
    call_command("subscribers", "encrypt-anew")

    assert Subscription.objects.get() == again
