"""Single sign-on as a security review would try it: what the provider says, and who is let in."""

import re
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in
from django.core import mail
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from policies.models import RoleGrant, SignOn, SignOnRenewal
from policies.staff.accounts.sign_on import unlink
from softphonez_site import values
from tests.factories import make_policy, make_revision
from tests.policies.staff.desk import form, page, words
from tests.site.logging_in import (
    ANA,
    LOG_IN,
    OWN,
    PASSWORD,
    code_of,
    grow_stale,
    hidden,
    is_inside,
    linked,
    log_in,
    make_staff,
    set_up,
    state_in,
    try_password,
)
from tests.site.oidc_provider import (
    ANSWER,
    CLIENT_ID,
    come_back,
    go,
    query_of,
    rsa_key,
    sign_on,
    signed,
    signed_with_the_public_key,
    unsigned,
)

pytestmark = pytest.mark.django_db


def with_address(user):
    user.email = f"{user.username}@example.com"
    user.save()
    return user


def signed_on(provider):
    linked()
    client = Client()
    sign_on(provider, client, ANA)
    return client


def let_time_pass(minutes):
    ago = timedelta(minutes=minutes)
    SignOnRenewal.objects.update(renewed_at=F("renewed_at") - ago)


# --- Whom it lets in -----------------------------------------------------------------------------


@pytest.mark.parametrize("alg", ["RS256", "Ed25519"])
def test_a_person_who_is_linked_logs_in_at_the_provider(provider, alg):
    user, client = linked(), Client()
    shown = client.get(LOG_IN, {"next": "/admin/mail/"})

    assert "/admin/sign-on/?next=/admin/mail/" in shown.content.decode()
    back = sign_on(
        provider,
        client,
        ANA,
        query={"next": "/admin/mail/"},
        sign=lambda claims: signed(claims, alg=alg),
    )

    assert (back.status_code, back["Location"]) == (302, "/admin/mail/")
    assert is_inside(client)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_provider_is_asked_with_pkce_a_nonce_and_a_state(provider):
    first, second = go(Client()), go(Client())

    assert first["redirect_uri"] == f"http://testserver{ANSWER}"
    assert (first["response_type"], first["scope"]) == ("code", "openid profile")
    assert first["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 20


def test_nobody_is_led_to_another_site(provider):
    linked()
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"):
        back = sign_on(provider, Client(), ANA, query={"next": target})
        assert back["Location"] == "/admin/"


# What the provider says, or seems to: how the token is signed, and what it claims.
def _by_a_key_of_somebody_else(claims):
    return signed(claims, key=rsa_key("other"))


def _with_the_kid_of_the_real_key(claims):
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(2048, {"kid": rsa_key().kid})
    return signed(claims, key=key)


def _changed_after_signing(claims):
    head, body, signature = signed(claims).split(".")
    return f"{head}.{body[:-4]}AAAA.{signature}"


FORGED = {
    "alg none": {"sign": unsigned},
    "HS256 with the public key": {"sign": signed_with_the_public_key},
    "the key of somebody else": {"sign": _by_a_key_of_somebody_else},
    "the name of the real key": {"sign": _with_the_kid_of_the_real_key},
    "changed after it was signed": {"sign": _changed_after_signing},
    "no token at all": {"sign": lambda claims: None},
    "another audience": {"aud": "another-client"},
    "another audience, with us as azp": {"aud": "another-client", "azp": CLIENT_ID},
    "several audiences, for another": {"aud": [CLIENT_ID, "other"], "azp": "other"},
    "several audiences, for nobody": {"aud": [CLIENT_ID, "other"]},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://evil.example"},
    "an issuer with a slash more": {"iss": "slash"},
    "no issuer": {"iss": None},
    "expired": {"exp": int(time.time()) - 600},
    "without an end": {"exp": None},
    "not valid yet": {"nbf": int(time.time()) + 3600},
    "issued in the future": {"iat": int(time.time()) + 3600},
    "another nonce": {"nonce": "of-another-log-in"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a list": {"sub": [ANA]},
    "the token of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("attack", FORGED)
def test_a_forged_answer_lets_nobody_in(provider, attack):
    linked()
    client, change = Client(), dict(FORGED[attack])
    if change.get("iss") == "slash":
        change["iss"] = f"{provider.issuer}/"
    asked = go(client)
    sub = change.pop("sub", ANA)

    back = come_back(client, asked, provider.code(asked, sub, **change))

    assert back.status_code == 403
    assert "could not be verified" in words(back)
    assert not is_inside(client)


def test_a_state_opens_one_log_in_in_the_browser_that_set_out(provider):
    linked()
    client, other = Client(), Client()
    asked = go(client)
    answered = {"code": provider.code(asked, ANA), "state": asked["state"]}

    assert other.get(ANSWER, answered).status_code == 403  # another browser: log-in CSRF
    assert client.get(ANSWER, {**answered, "state": "made-up"}).status_code == 403
    assert client.get(ANSWER, {"code": answered["code"]}).status_code == 403
    assert client.get(ANSWER, answered).status_code == 302
    client.post("/admin/logout/")
    assert client.get(ANSWER, answered).status_code == 403  # replayed
    again = {"code": provider.code(asked, ANA), "state": asked["state"]}
    assert client.get(ANSWER, again).status_code == 403  # the state, with a fresh code
    assert not is_inside(client)
    assert not is_inside(other)


def test_the_code_of_another_log_in_is_refused(provider):
    linked()
    mine, client = go(Client()), Client()
    asked = go(client)

    back = come_back(client, asked, provider.code(mine, ANA))

    assert back.status_code == 403  # the code verifier (PKCE) is another
    assert not is_inside(client)


def test_an_answer_of_another_provider_is_refused(provider):
    linked()
    for more, promised in (({"iss": "https://evil.example"}, False), ({}, True)):
        provider.metadata = {"authorization_response_iss_parameter_supported": promised}
        _forget_the_provider()
        client = Client()
        asked = go(client)
        back = come_back(client, asked, provider.code(asked, ANA), **more)
        assert back.status_code == 403
        assert "not from the provider that was asked" in words(back)
    asked = go(client)
    assert come_back(client, asked, provider.code(asked, ANA), iss=provider.issuer)["Location"]


def _forget_the_provider():
    """Start anew, as a process does."""
    from policies.staff.accounts.sign_on import client_of

    client_of.cache_clear()


def test_a_configuration_of_another_issuer_is_refused(provider):
    provider.metadata = {"issuer": "https://evil.example"}

    refused = Client().get("/admin/sign-on/")

    assert refused.status_code == 403
    assert "names another issuer" in words(refused)


def test_an_error_of_the_provider_is_a_page_that_repeats_none_of_its_words(provider):
    client = Client()
    asked = go(client)
    answer = {"error": "access_denied", "error_description": "<b>Call 555</b>"}

    refused = client.get(ANSWER, {**answer, "state": asked["state"]})

    assert refused.status_code == 403
    assert "555" not in refused.content.decode()


def test_a_provider_that_is_away_is_no_error_of_ours(provider, settings):
    provider.close()

    refused = Client().get("/admin/sign-on/")

    assert refused.status_code == 403
    assert "did not answer" in words(refused)


def test_the_session_from_before_the_log_in_is_another(provider):
    linked()
    client = Client()
    asked = go(client)
    planted = client.session.session_key

    come_back(client, asked, provider.code(asked, ANA))

    assert client.session.session_key != planted
    attacker = Client()
    attacker.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert not is_inside(attacker)


@pytest.mark.parametrize("is_verified", [True, False, None])
def test_an_e_mail_address_opens_no_account(provider, is_verified):
    user, client = with_address(make_staff()), Client()

    sign_on(provider, client, "stranger", email="ana@example.com", email_verified=is_verified)

    assert not is_inside(client)
    assert not SignOn.objects.filter(user=user).exists()


def test_the_same_subject_of_another_issuer_is_somebody_else(provider):
    user = make_staff()
    SignOn.objects.create(user=user, issuer="https://old.example", subject=ANA)
    client = Client()

    sign_on(provider, client, ANA)

    assert not is_inside(client)


@pytest.mark.parametrize("lacking", ["is_active", "is_staff"])
def test_an_account_that_is_closed_here_stays_closed(provider, lacking):
    user, client = linked(), Client()
    User.objects.filter(pk=user.pk).update(**{lacking: False})

    assert sign_on(provider, client, ANA).status_code == 403
    assert not is_inside(client)


def test_an_account_that_is_unlinked_while_somebody_logs_in_is_closed(provider):
    user, client = linked(), Client()

    def unlink_now(**signal):
        unlink(user, by=user)

    user_logged_in.connect(unlink_now)
    try:
        sign_on(provider, client, ANA)
    finally:
        user_logged_in.disconnect(unlink_now)

    assert not is_inside(client)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"userinfo": {"sub": ANA}},
        {"id_token": None, "userinfo": {"sub": ANA}},
        {"id_token": unsigned({"sub": ANA}), "userinfo": {"sub": ANA}},
    ],
)
def test_nobody_is_let_in_without_a_signed_id_token(provider, answer):
    linked()
    client = Client()
    asked = go(client)
    provider.says_instead = ({"access_token": "x", "token_type": "Bearer", **answer}, 200)

    assert come_back(client, asked, "code").status_code == 403
    assert not is_inside(client)
    make_staff("ben")  # whose account they may not link, either
    try_password(PASSWORD, "ben", client)
    assert not is_inside(client)


def test_the_answer_to_a_question_without_a_nonce_is_refused(provider, settings):
    settings.OIDC_SCOPES = "profile"
    linked()
    client = Client()
    code = provider.code({**go(client), "nonce": None}, ANA)
    provider.says_instead = ({"access_token": "x", "userinfo": {"sub": ANA}, "id_token": "x"}, 200)

    assert come_back(client, go(client), code).status_code == 403
    assert not is_inside(client)


@pytest.mark.parametrize("sub", ["\ud800", "a\0b", 5, ["a"]])
def test_a_subject_that_is_no_text_lets_nobody_in(provider, sub):
    client = Client()
    asked = go(client)

    assert come_back(client, asked, provider.code(asked, sub)).status_code == 403


def test_somebody_who_is_logged_in_is_not_made_somebody_else(provider):
    linked(), linked("ben", sub="ben")
    client = Client()
    sign_on(provider, client, ANA)

    back = sign_on(provider, client, "ben")

    assert "as somebody else" in words(back)
    assert client.session["_auth_user_id"] == str(User.objects.get(username="ana").pk)


def test_a_key_that_the_provider_withdraws_is_good_for_an_hour_at_most(provider, monkeypatch):
    linked()
    client, later = Client(), timezone.now() + timedelta(hours=1)
    assert sign_on(provider, client, ANA).status_code == 302
    client.post("/admin/logout/")

    provider.keys = [rsa_key("new")]
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert sign_on(provider, client, ANA).status_code == 403
    answer = sign_on(provider, client, ANA, sign=lambda claims: signed(claims, key=rsa_key("new")))
    assert answer.status_code == 302


# --- No second door ------------------------------------------------------------------------------


def test_a_password_opens_nothing_but_an_emergency_account(provider):
    linked(), make_staff("ben"), make_staff("emergency", is_superuser=True)
    for name in ("ana", "ben"):
        client = Client()
        right, wrong = try_password(PASSWORD, name, client), try_password("wrong", name)
        assert right.status_code == wrong.status_code == 200
        assert "correct username and password" in words(right)
        assert not is_inside(client)
        for address in ("/admin/", "/admin/mail/", "/admin/password_change/"):
            client.post(address, {"username": name, "password": PASSWORD})
            assert not is_inside(client)
    for address in ("/admin/password_reset/", "/accounts/login/", "/accounts/password_reset/"):
        assert Client().get(address, follow=True).status_code in {200, 404}
    client = Client()
    assert try_password(PASSWORD, "emergency", client).status_code == 302
    assert is_inside(client)


def test_a_session_from_before_single_sign_on_ends_and_the_other_way_round(provider, settings):
    user, client = linked(), Client()
    settings.OIDC_ISSUER = ""
    log_in(client)
    assert is_inside(client)

    settings.OIDC_ISSUER = provider.issuer
    assert not is_inside(client)

    sign_on(provider, client, ANA)
    assert is_inside(client)
    settings.OIDC_ISSUER = ""
    assert not is_inside(client)
    assert user.check_password(PASSWORD)


def test_a_first_step_from_before_opens_no_session(provider, settings):
    settings.OIDC_ISSUER = ""
    user, client = make_staff(), Client()
    device, _ = set_up(log_in(Client()), user)
    state = state_in(try_password(PASSWORD, client=client))

    settings.OIDC_ISSUER = provider.issuer
    answer = client.post(LOG_IN, {"state": state, "code": code_of(device)})

    assert answer.status_code == 403
    assert not is_inside(client)


def test_the_use_of_an_emergency_account_rings(provider, settings, client):
    settings.METRICS_TOKEN = "t" * 20
    with_address(make_staff("root", is_superuser=True))
    account = make_staff("emergency", is_superuser=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda job, **_: job())
        try_password(PASSWORD, "emergency")

    (sent,) = mail.outbox
    assert sent.to == ["root@example.com"]
    assert "The log-in, emergency: Emergency log-in" in sent.subject
    assert "for the account “emergency”" in sent.body
    assert LogEntry.objects.filter(
        object_id=account.pk, change_message__startswith="Emergency log-in"
    ).exists()
    metrics = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {settings.METRICS_TOKEN}")
    assert "policies_emergency_log_ins 1.0" in metrics.content.decode()


def test_an_emergency_account_is_not_opened_by_the_provider(provider):
    linked("emergency")
    client = Client()

    assert sign_on(provider, client, ANA).status_code == 403
    assert not is_inside(client)


def test_what_is_about_passwords_leads_elsewhere(provider):
    client = signed_on(provider)

    for address in (OWN, "/admin/password_change/"):
        assert client.get(address)["Location"] == "/admin/"
    menu = client.get("/admin/").content.decode()
    assert "Second factor" not in menu
    assert "Change password" not in menu


def test_without_a_provider_there_is_no_such_address(settings):
    for address in ("/admin/sign-on/", ANSWER):
        assert Client().get(address).status_code == 404
    assert "single sign-on" not in Client().get(LOG_IN).content.decode()


# --- Linking -------------------------------------------------------------------------------------


def test_somebody_links_their_account_once_by_its_password(provider):
    user, client = with_address(make_staff()), Client()
    back = sign_on(provider, client, ANA)

    assert back["Location"] == LOG_IN
    shown = client.get(LOG_IN)
    assert ANA in words(shown)
    assert try_password(PASSWORD, client=client).status_code == 302
    assert is_inside(client)
    assert SignOn.objects.get(user=user).subject == ANA
    assert LogEntry.objects.filter(object_id=user.pk, change_message__contains="Linked").exists()
    client.post("/admin/logout/")
    assert not is_inside(client)
    sign_on(provider, client, ANA)
    assert is_inside(client)

    other = Client()
    sign_on(provider, other, "somebody-else")
    try_password(PASSWORD, client=other)
    assert not is_inside(other)
    assert SignOn.objects.get(user=user).subject == ANA


def test_linking_takes_the_second_factor_too(provider, settings):
    settings.OIDC_ISSUER = ""
    user, client = make_staff(), Client()
    device, _ = set_up(log_in(Client()), user)
    settings.OIDC_ISSUER = provider.issuer
    sign_on(provider, client, ANA)

    state = state_in(try_password(PASSWORD, client=client))
    assert not SignOn.objects.exists()
    client.post(LOG_IN, {"state": state, "code": code_of(device)})

    assert SignOn.objects.get(user=user).subject == ANA
    assert is_inside(client)


def test_whoever_takes_too_long_to_link_logs_in_again(provider):
    make_staff()
    client = Client()
    sign_on(provider, client, ANA)
    session = client.session
    session["stranger"] = {**session["stranger"], "at": time.time() - 301}
    session.save()

    assert ANA not in words(client.get(LOG_IN))
    try_password(PASSWORD, client=client)
    assert not is_inside(client)
    assert not SignOn.objects.exists()


def test_an_administrator_links_and_unlinks_on_record(provider):
    root = linked("root", sub="root", is_superuser=True)
    user, client, desk = make_staff(), Client(), Client()
    sign_on(provider, desk, "root")
    address = reverse("admin:auth_user_log_in", args=[user.pk])

    assert "is about to" not in words(desk.post(address, {"do": "link", "subject": ANA}))
    sign_on(provider, client, ANA)
    assert is_inside(client)
    desk.post(address, {"do": "link", "subject": "another"})
    assert SignOn.objects.get(user=user).subject == ANA
    desk.post(address, {"do": "unlink"})

    assert not is_inside(client)
    recorded = LogEntry.objects.filter(object_id=user.pk, user=root)
    assert recorded.filter(change_message__startswith="Linked").count() == 1
    assert recorded.filter(change_message__contains="No longer linked").count() == 1


def test_a_person_is_linked_to_one_account_and_an_emergency_account_to_nobody(provider):
    linked(), linked("root", sub="root", is_superuser=True)
    ben, emergency, desk = make_staff("ben"), make_staff("emergency"), Client()
    sign_on(provider, desk, "root")

    for user, subject in (
        (ben, ANA),
        (ben, ""),
        (ben, "x" * 256),
        (ben, "a\nb"),
        (emergency, "em"),
    ):
        address = reverse("admin:auth_user_log_in", args=[user.pk])
        desk.post(address, {"do": "link", "subject": subject})
        assert not SignOn.objects.filter(user=user).exists()


def test_the_database_too_refuses_two_accounts_of_one_person(provider):
    linked()
    ben = make_staff("ben")

    with (
        pytest.raises(IntegrityError, match=r"issuer|sign_on_of_one_account"),
        transaction.atomic(),
    ):
        SignOn.objects.create(user=ben, issuer=provider.issuer, subject=ANA)


# --- Roles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["legal"], {"Reviewers", "Publishers"}),
        (["writers", "choir"], {"Writers"}),
        ([], set()),
        (["choir"], set()),
        (None, {"Writers"}),
        ("legal", {"Writers"}),
        ({"legal": True}, {"Writers"}),
        ([["legal"], 1], set()),
    ],
)
def test_groups_give_roles_and_a_missing_claim_changes_nothing(
    provider, settings, groups, expected, caplog
):
    settings.OIDC_ROLES = [
        ("legal", "Reviewers"),
        ("legal", "Publishers"),
        ("writers", "Writers"),
    ]
    user = linked("ana", "Writers")

    sign_on(provider, Client(), ANA, groups=groups)

    assert set(user.groups.values_list("name", flat=True)) == expected
    is_missing = not isinstance(groups, list)
    assert ("named no groups" in caplog.text) is is_missing
    recorded = LogEntry.objects.filter(object_id=user.pk).values_list("change_message", flat=True)
    assert any("without the claim" in message for message in recorded) is is_missing


def test_a_group_gives_what_holds_for_a_part_and_what_was_given_here_goes(provider, settings):
    german, here = Group.objects.create(name="Legal Germany"), Group.objects.create(name="Choir")
    settings.OIDC_ROLES = [("legal-de", "Legal Germany")]
    user = linked("ana", "Writers")
    user.groups.add(here)
    reviewers = Group.objects.get(name="Reviewers")
    RoleGrant.objects.create(user=user, role=reviewers, granted_at=timezone.now())
    RoleGrant.objects.create(group=german, role=reviewers, language="de", granted_at=timezone.now())

    sign_on(provider, Client(), ANA, groups=["legal-de"])
    assert set(user.groups.all()) == {german, here}
    again = User.objects.get(pk=user.pk)
    assert not again.has_perm("policies.review_revision")
    assert again.has_perm("policies.review_revision", make_policy(language="de"))

    sign_on(provider, Client(), ANA, groups=[])
    assert set(user.groups.all()) == {here}


def test_without_roles_to_give_groups_mean_nothing(provider):
    user = linked("ana", "Writers")

    sign_on(provider, Client(), ANA, groups=[])

    assert user.groups.count() == 1


# --- Disabled there, out here --------------------------------------------------------------------


def test_whoever_is_disabled_there_is_out_within_fifteen_minutes(provider):
    client = signed_on(provider)
    let_time_pass(9)
    assert is_inside(client)

    provider.disabled.add(ANA)
    let_time_pass(2)

    assert not is_inside(client)
    provider.disabled.clear()
    assert not is_inside(client)  # they have to log in again


def test_whoever_is_not_goes_on_and_their_roles_are_those_of_now(provider, settings):
    settings.OIDC_ROLES = [("writers", "Writers")]
    user, client = linked(), Client()
    sign_on(provider, client, ANA, groups=["writers"])
    assert user.groups.count() == 1

    for minutes in (11, 240):
        let_time_pass(minutes)
        assert is_inside(client)
    (renewed,) = provider.refreshing.items()
    provider.refreshing[renewed[0]] = {**renewed[1], "groups": []}
    let_time_pass(11)

    assert is_inside(client)
    assert user.groups.count() == 0


def test_a_provider_that_is_away_lets_them_go_on_for_five_minutes(provider):
    client = signed_on(provider)
    provider.says_instead = {"error": "temporarily_unavailable"}, 503

    let_time_pass(11)
    assert is_inside(client)
    let_time_pass(5)

    assert not is_inside(client)


@pytest.mark.parametrize("answer", [({"message": "no"}, 403), ({}, 200), ({"error": "no"}, 400)])
def test_an_answer_without_a_token_renews_nothing(provider, answer):
    client = signed_on(provider)
    provider.says_instead = answer
    let_time_pass(11)

    assert not is_inside(client)


@pytest.mark.parametrize("token", [None, "\ud800", "\0", 5, ["x"]])
def test_a_renewal_without_a_new_token_leaves_the_old_one(provider, token):
    client = signed_on(provider)
    before = SignOnRenewal.objects.get().refresh_token
    let_time_pass(11)
    provider.says_instead = ({"access_token": "x", "refresh_token": token}, 200)

    assert is_inside(client)
    assert SignOnRenewal.objects.get().refresh_token == before


def test_what_the_editor_keeps_renews_too_and_is_there_after_the_next_log_in(provider):
    user, draft, client = linked("ana", "Writers"), make_revision(), Client()
    sign_on(provider, client, ANA)
    fields = {"window": "1", "writer": user.pk, "title": "An hour of typing"}

    def keep():
        sent = form(draft, **fields)
        return client.post(page("keep", draft.pk), sent, headers={"Accept": "application/json"})

    let_time_pass(11)
    assert keep().status_code == 200
    provider.disabled.add(ANA)
    let_time_pass(11)
    assert keep().status_code == 401
    provider.disabled.clear()
    sign_on(provider, client, ANA)

    assert "An hour of typing" in words(client.get(page("edit", draft.pk)))


@pytest.mark.django_db(transaction=True)
def test_two_requests_that_renew_at_once_do_not_end_the_session(provider):
    client = signed_on(provider)
    let_time_pass(11)

    def the_other_one_is_faster():
        SignOnRenewal.objects.update(refresh_token="newer", renewed_at=timezone.now())
        connection.close()

    provider.refreshing.clear()  # so that this token has been used
    provider.meanwhile = the_other_one_is_faster

    assert is_inside(client)
    assert SignOnRenewal.objects.get().renewed_at > timezone.now() - timedelta(minutes=1)


def test_the_second_factor_that_is_required_is_that_of_the_provider(provider, settings):
    settings.TWO_FACTOR = "required"
    linked(), make_staff("emergency")
    client, emergency = Client(), Client()
    sign_on(provider, client, ANA)
    try_password(PASSWORD, "emergency", emergency)

    assert is_inside(client)
    assert emergency.get("/admin/")["Location"] == OWN


def test_without_a_refresh_token_a_session_lasts_fifteen_minutes(provider):
    linked()
    provider.gives_refresh_tokens = False
    client = Client()
    sign_on(provider, client, ANA)

    let_time_pass(14)
    assert is_inside(client)
    let_time_pass(2)
    assert not is_inside(client)


def test_a_renewal_for_somebody_else_is_none(provider):
    linked(), linked("ben", sub="ben")
    client = Client()
    sign_on(provider, client, ANA)
    ((token, claims),) = provider.refreshing.items()
    provider.refreshing[token] = {**claims, "sub": "ben"}
    let_time_pass(11)

    assert not is_inside(client)


def test_a_form_that_is_sent_after_the_end_is_kept_and_can_be_sent_again(provider):
    linked("ana", "Writers")
    revision = make_revision()
    client = Client()
    sign_on(provider, client, ANA)
    provider.disabled.add(ANA)
    let_time_pass(11)
    address = reverse("admin:policies_edit", args=[revision.pk])

    shown = client.post(address, {"title": "A title that took an hour"})

    text = shown.content.decode()
    assert "A title that took an hour" in text
    assert f'action="{address}"' in text
    assert 'target="_blank"' in text
    provider.disabled.clear()
    sign_on(provider, client, ANA, query={"next": "/admin/sign-on/done/"})
    assert "Close this tab" in words(client.get("/admin/sign-on/done/"))


# --- Confirming ----------------------------------------------------------------------------------


def test_what_cannot_be_undone_asks_the_provider_again(provider):
    linked("root", sub="root", is_superuser=True)
    user, client = make_staff(), Client()
    hours_ago = int(time.time()) - 7200
    sign_on(provider, client, "root", auth_time=hours_ago)
    address = reverse("admin:auth_user_log_in", args=[user.pk])
    link = {"do": "link", "subject": ANA}

    question = client.post(address, link)
    assert "Log in once more" in words(question)
    assert 'name="password"' not in question.content.decode()
    sent = {"sent": hidden(question, "sent")}
    assert client.post(address, {**sent, "password": PASSWORD}).status_code == 422
    assert not SignOn.objects.filter(user=user).exists()

    way = re.search(r'href="(/admin/sign-on/\?confirm[^"]+)"', question.content.decode())[1]
    asked = query_of(client.get(way.replace("&amp;", "&")))
    assert (asked["prompt"], asked["max_age"]) == ("login", "300")
    for auth_time in (hours_ago, None, "yesterday", True, 0, -1):
        come_back(client, asked, provider.code(asked, "root", auth_time=auth_time))
        assert client.post(address, sent).status_code == 422
        asked = go(client, confirm="")
    back = come_back(client, asked, provider.code(asked, "root"))
    assert back.status_code == 302

    assert client.post(address, sent).status_code == 302
    assert SignOn.objects.get(user=user).subject == ANA


def test_somebody_else_cannot_confirm(provider):
    linked("root", sub="root", is_superuser=True), linked()
    user, client = make_staff("ben"), Client()
    sign_on(provider, client, "root", auth_time=int(time.time()) - 7200)

    assert sign_on(provider, client, ANA, query={"confirm": ""}).status_code == 403

    address = reverse("admin:auth_user_log_in", args=[user.pk])
    assert "Log in once more" in words(client.post(address, {"do": "link", "subject": "ben"}))


def test_a_confirmation_holds_for_five_minutes(provider):
    linked("root", sub="root", is_superuser=True)
    client = Client()
    sign_on(provider, client, "root")
    address = reverse("admin:auth_user_add")
    assert "Log in once more" not in words(client.get(address))

    grow_stale(client)

    assert "Log in once more" in words(client.get(address))


def test_an_emergency_account_confirms_by_its_password(provider):
    make_staff("emergency", is_superuser=True)
    client = Client()
    try_password(PASSWORD, "emergency", client)
    grow_stale(client)
    address = reverse("admin:auth_user_add")

    assert 'name="password"' in client.get(address).content.decode()
    assert client.post(address, {"sent": "", "password": PASSWORD}).status_code == 302


# --- The way out, and the way in for the first ---------------------------------------------------


def test_the_log_out_leads_to_that_of_the_provider(provider):
    client = signed_on(provider)
    id_token = client.session["id_token"]

    text = client.post("/admin/logout/").content.decode()

    assert f"0; url={provider.issuer}/logout?" in text
    assert f"id_token_hint={id_token}" in text
    assert not is_inside(client)
    assert not SignOnRenewal.objects.exists()


def test_a_provider_without_a_log_out_keeps_nobody_inside(provider):
    provider.metadata = {"end_session_endpoint": None}
    client = signed_on(provider)

    assert "You are logged out" in words(client.post("/admin/logout/"))
    assert not is_inside(client)


def test_the_first_administrator_cannot_lock_everybody_out(provider, settings):
    def problems():
        found = run_checks(tags=[Tags.database], databases=["default"])
        return [problem.id for problem in found if problem.id in {"policies.E009", "policies.E010"}]

    root = make_staff("root", is_superuser=True)
    assert problems() == ["policies.E010"]
    settings.OIDC_EMERGENCY_ACCOUNTS = ["root"]
    assert problems() == []
    User.objects.filter(pk=root.pk).update(is_active=False)
    assert problems() == ["policies.E010"]
    linked("second", sub="second", is_superuser=True)
    assert problems() == []
    settings.OIDC_ROLES = [("legal", "Kings")]
    assert problems() == ["policies.E009"]
    settings.OIDC_ISSUER = ""
    assert problems() == []


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (lambda text: values.issuer("OIDC_ISSUER", text, may_be_http=False), "http://id.example"),
        (
            lambda text: values.issuer("OIDC_ISSUER", text, may_be_http=False),
            "https://id.example?a",
        ),
        (lambda text: values.issuer("OIDC_ISSUER", text, may_be_http=False), "id.example"),
        (lambda text: values.scopes("OIDC_SCOPES", text), "profile openid-connect"),
        (lambda text: values.pairs("OIDC_ROLES", text), "legal"),
        (lambda text: values.pairs("OIDC_ROLES", text), "legal=Reviewers,=Writers"),
    ],
)
def test_a_wrong_setting_stops_the_start(call, value):
    with pytest.raises(ImproperlyConfigured, match="OIDC_"):
        call(value)


def test_a_group_may_have_an_equals_sign_in_its_name():
    found = values.pairs("OIDC_ROLES", "cn=legal=Reviewers, /legal/writers = Writers")

    assert found == [("cn=legal", "Reviewers"), ("/legal/writers", "Writers")]
