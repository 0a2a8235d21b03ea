"""Passkeys as a security review would try them: adding, logging in, confirming, removing."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from policies.models import Revision
from policies.states import Status
from tests.factories import make_revision
from tests.policies.staff.desk import words
from tests.policies.workflow.test_races import race, refused_behind
from tests.servers import printed
from tests.site.authenticator import (
    ASK,
    ORIGIN,
    PRESENT,
    VERIFIED,
    add_passkey,
    asked_by,
    offered_to,
    use,
)
from tests.site.logging_in import (
    LOG_IN,
    OWN,
    PASSWORD,
    code_of,
    fail,
    grow_stale,
    hidden,
    is_inside,
    linked,
    log_in,
    make_staff,
    set_up,
    state_in,
    try_code,
    try_password,
)
from tests.site.oidc_provider import sign_on
from tests.site.serving import environment

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    user = make_staff("ana", "Writers")
    user.email = "ana@example.com"
    user.save()
    return user


@pytest.fixture
def passkey(ana):
    """A passkey of Ana's, who has no authenticator."""
    return add_passkey(log_in(Client()))[0]


def remove(client, credential):
    return client.post(OWN, {"do": "remove", "factor": credential.persistent_id})


def some_time_passes(client, seconds):
    session = client.session
    session["passkey_asked"]["at"] -= seconds
    session.save()


# --- Logging in ----------------------------------------------------------------------------------


def test_a_passkey_alone_lets_its_owner_in(ana, passkey):
    client = Client()
    entered = use(client, passkey, sent={"next": "/admin/mail/"})

    assert (entered.status_code, entered["Location"]) == (302, "/admin/mail/")
    assert client.session["_auth_user_id"] == str(ana.pk)
    assert is_inside(client)
    assert "Last used on" in words(client.get(OWN))


def test_after_the_password_a_passkey_or_a_recovery_code_is_asked_for(ana):
    inside = log_in(Client())
    passkey, shown = add_passkey(inside)
    assert "They are shown only once." in words(shown)
    code = shown.context["codes"][0]

    client = Client()
    asked = try_password(PASSWORD, client=client)
    assert "Recovery code:" in words(asked)
    assert not is_inside(client)
    assert use(client, passkey, sent={"state": state_in(asked)}).status_code == 302
    assert is_inside(client)
    assert try_code(Client(), "123456").status_code == 422
    assert try_code(Client(), code).status_code == 302  # as without scripts


def test_what_is_asked_for_says_nothing_about_any_account(passkey):
    client = Client()
    asked = client.post(ASK).json()

    assert asked["allowCredentials"] == []
    assert (asked["rpId"], asked["userVerification"]) == ("testserver", "required")
    assert asked_by(client) != asked["challenge"]
    elsewhere = client.post(ASK, headers={"Host": "localhost"}).json()
    assert elsewhere["rpId"] == "testserver"


FORGED = {
    "signed by another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "another site": {"origin": "https://evil.example"},
    "another port of this site": {"origin": f"{ORIGIN}:8443"},
    "a host below this one": {"origin": "http://x.testserver"},
    "made for another host": {"host": "evil.example"},
    "of a new passkey": {"type": "webauthn.create"},
    "nobody was checked": {"flags": PRESENT},
    "nobody was there": {"flags": VERIFIED},
    "a counter that stands still": {"uses": 1},
    "a counter that goes back": {"uses": 0},
}


@pytest.mark.parametrize("attack", FORGED)
def test_a_forged_answer_lets_nobody_in(passkey, attack):
    assert use(Client(), passkey).status_code == 302
    client = Client()

    refused = use(client, passkey, **FORGED[attack])

    assert "This passkey was not accepted." in words(refused)
    assert not is_inside(client)


@pytest.mark.parametrize(
    "sent",
    ["x", "[]", "null", "{}", '{"id": 1}', "[" * 5000, '{"id":"a","rawId":"a","response":[]}'],
)
def test_what_is_no_answer_is_refused_with_an_explanation(passkey, sent):
    client = Client()
    asked_by(client)

    assert "This passkey was not accepted." in words(client.post(LOG_IN, {"passkey": sent}))


def test_an_answer_counts_once_in_the_browser_that_was_asked_and_for_five_minutes(passkey):
    client, other = Client(), Client()
    answer = passkey.answer(asked_by(client))
    asked_by(other)

    assert "not accepted" in words(other.post(LOG_IN, {"passkey": answer}))  # another's challenge
    assert "This took too long" in words(Client().post(LOG_IN, {"passkey": answer}))  # none
    assert client.post(LOG_IN, {"passkey": answer}).status_code == 302
    client.post("/admin/logout/")
    assert "This took too long" in words(client.post(LOG_IN, {"passkey": answer}))  # replayed
    answer = passkey.answer(asked_by(client))
    some_time_passes(client, 301)
    assert "This took too long" in words(client.post(LOG_IN, {"passkey": answer}))
    assert not any(map(is_inside, (client, other)))


def test_a_refused_answer_uses_up_what_was_asked(passkey):
    client = Client()
    challenge = asked_by(client)
    client.post(LOG_IN, {"passkey": passkey.answer(challenge, origin="https://evil.example")})

    assert "This took too long" in words(
        client.post(LOG_IN, {"passkey": passkey.answer(challenge)})
    )


@pytest.mark.parametrize("lacking", ["is_active", "is_staff"])
def test_an_account_that_is_closed_stays_closed(ana, passkey, lacking):
    setattr(ana, lacking, False)
    ana.save()
    client = Client()

    assert "not accepted" in words(use(client, passkey))
    assert "_auth_user_id" not in client.session


def test_a_passkey_opens_its_own_account_and_no_other(passkey):
    ben = make_staff("ben", "Publishers")
    theirs, _ = add_passkey(log_in(Client(), "ben"))
    client = Client()
    asked = try_password(PASSWORD, client=client)  # Ana's

    assert "not accepted" in words(use(client, theirs, sent={"state": state_in(asked)}))
    assert not is_inside(client)
    theirs.id, passkey.id = passkey.id, theirs.id  # signed by the one in the name of the other
    assert "not accepted" in words(use(client, theirs))
    theirs.id, passkey.id = passkey.id, theirs.id
    use(client, theirs)
    assert client.session["_auth_user_id"] == str(ben.pk)


def test_the_session_from_before_the_log_in_is_another(passkey):
    client = Client()
    answer = passkey.answer(asked_by(client))
    planted = client.session.session_key

    client.post(LOG_IN, {"passkey": answer})

    assert client.session.session_key != planted
    client.cookies["sessionid"] = planted
    assert not is_inside(client)


def test_strangers_who_lock_a_name_do_not_lock_out_its_passkey(passkey):
    fail(6)
    client = Client()

    assert try_password(PASSWORD).status_code == 429
    assert use(client, passkey).status_code == 302


def test_the_log_in_leads_to_no_other_site_and_keeps_what_was_typed(ana, passkey):
    for target in ("https://evil.example/", "//evil.example"):
        assert use(Client(), passkey, sent={"next": target})["Location"] == "/admin/"
    edit = reverse("admin:policies_edit", args=[make_revision(writer=ana).pk])
    client = Client()
    kept = hidden(client.post(edit, {"do": "save", "title": "Kept"}), "kept")

    again = use(client, passkey, sent={"kept": kept, "next": edit})

    assert "Kept" in words(again)


# --- Adding and removing -------------------------------------------------------------------------


def test_several_passkeys_have_names_and_each_change_is_on_record_and_mailed(
    ana, django_capture_on_commit_callbacks
):
    client = log_in(Client())
    with django_capture_on_commit_callbacks(execute=True):
        add_passkey(client, "Laptop")
        second, answer = add_passkey(client, "Blue <key>")

    assert answer.status_code == 302
    shown = words(client.get(OWN))
    assert "Laptop" in shown
    assert "Blue &lt;key&gt;" in shown
    assert "10 recovery codes left" in shown
    first = WebAuthnCredential.objects.get(name="Laptop")
    with django_capture_on_commit_callbacks(execute=True):
        remove(client, first)
        assert use(Client(), second).status_code == 302
        remove(client, WebAuthnCredential.objects.get())
    assert not StaticToken.objects.exists()
    changes = [
        *("Passkey “Laptop” added.", "Passkey “Blue <key>” added."),
        *("Passkey “Laptop” removed.", "Passkey “Blue <key>” removed."),
    ]
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == changes
    subjects = [f"Your log-in, ana: {change.removesuffix('.')}" for change in changes]
    assert [message.subject for message in mail.outbox] == subjects


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "two\nlines", "\0"])
def test_a_name_that_no_list_could_show_is_refused(ana, name):
    client = log_in(Client())
    _, answer = add_passkey(client, name)

    assert answer.status_code == 422
    assert "Enter a name of 64 characters at most." in words(answer)
    assert not WebAuthnCredential.objects.exists()


def test_each_change_ends_all_other_sessions(ana):
    here, there = log_in(Client()), log_in(Client())
    first, _ = add_passkey(here)
    assert (is_inside(here), is_inside(there)) == (True, False)

    use(there, first)
    set_up(here, ana)
    assert (is_inside(here), is_inside(there)) == (True, False)
    use(there, first)
    second, _ = add_passkey(here)
    assert (is_inside(here), is_inside(there)) == (True, False)
    use(there, first)
    third = Client()
    use(third, second)
    remove(here, WebAuthnCredential.objects.first())
    assert list(map(is_inside, (here, there, third))) == [True, False, False]
    assert "not accepted" in words(use(there, first))
    remove(here, TOTPDevice.objects.get())
    assert is_inside(here)
    assert StaticToken.objects.count() == 10
    assert "Authenticator code" not in words(try_password(PASSWORD))


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_that_remove_a_passkey_at_once_one_does_and_says_so(ana, passkey):
    here = Client()
    use(here, passkey)
    there = Client()
    there.cookies = here.cookies
    key = WebAuthnCredential.objects.get()

    _, errors = race(*[lambda it=it: remove(it, key) for it in (here, there)])

    assert not errors
    assert not WebAuthnCredential.objects.exists()
    assert LogEntry.objects.filter(change_message__endswith=" removed.").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_at_once_none_removes_the_last_factor_where_one_is_needed(
    ana, passkey, settings
):
    settings.TWO_FACTOR = "required"
    here = Client()
    use(here, passkey)
    add_passkey(here, name="Second")
    there = Client()
    there.cookies = here.cookies
    first, second = WebAuthnCredential.objects.all()

    _, errors = race(lambda: remove(here, first), lambda: remove(there, second))

    assert not errors
    assert WebAuthnCredential.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_an_owner_and_an_administrator_who_remove_a_passkey_at_once_one_does(ana, passkey):
    make_staff("root", is_superuser=True)
    owner, administrator = Client(), log_in(Client(), "root")
    use(owner, passkey)
    key = WebAuthnCredential.objects.get()
    page = reverse("admin:auth_user_log_in", args=[ana.pk])

    refused_behind(lambda: administrator.post(page, {"do": "remove"}), lambda: remove(owner, key))

    assert not WebAuthnCredential.objects.exists()
    removals = LogEntry.objects.filter(change_message__contains="removed")
    assert [it.change_message for it in removals] == ["Second factor removed by an administrator."]


WRONG = {
    "made for another site": {"origin": "https://evil.example"},
    "made for another host": {"host": "evil.example"},
    "of one that is there": {"type": "webauthn.get"},
    "nobody was checked": {"flags": PRESENT | 0x40},
}


@pytest.mark.parametrize("attack", WRONG)
def test_no_passkey_is_kept_that_was_made_otherwise(ana, attack):
    client = log_in(Client())
    _, answer = add_passkey(client, **WRONG[attack])

    assert answer.status_code == 422
    assert "This passkey was not accepted." in words(answer)
    assert not WebAuthnCredential.objects.exists()
    assert is_inside(client)


def test_a_passkey_is_kept_once_and_not_for_another_account(ana, passkey):
    make_staff("ben")
    client = log_in(Client(), "ben")
    sent = {"do": "add_passkey", "name": "Mine", "passkey": passkey.new(offered_to(client))}

    assert "not accepted" in words(client.post(OWN, sent))
    assert WebAuthnCredential.objects.get().user == ana


def test_nothing_about_passkeys_is_changed_by_a_session_that_was_left_open(ana, passkey):
    client = Client()
    use(client, passkey)
    grow_stale(client)

    for sent in ({"do": "new_passkey"}, {"do": "add_passkey", "name": "X", "passkey": "{}"}):
        assert "Confirm that it is you" in words(client.post(OWN, sent))
    remove(client, WebAuthnCredential.objects.get())
    assert WebAuthnCredential.objects.exists()


def test_nobody_removes_the_passkey_of_another(passkey):
    make_staff("ben")
    client = log_in(Client(), "ben")
    add_passkey(client)

    for name in (WebAuthnCredential.objects.first().persistent_id, "x", "", "\0"):
        client.post(OWN, {"do": "remove", "factor": name})

    assert WebAuthnCredential.objects.count() == 2


def test_an_administrator_removes_lost_passkeys_with_all_the_rest(ana, passkey):
    theirs = Client()
    use(theirs, passkey)
    root, client = make_staff("root", is_superuser=True), Client()
    log_in(client, root.username)
    page = reverse("admin:auth_user_log_in", args=[ana.pk])
    assert "Passkey “Laptop”, added on" in words(client.get(page))

    client.post(page, {"do": "remove"})

    assert not WebAuthnCredential.objects.exists()
    assert not StaticToken.objects.exists()
    assert not is_inside(theirs)


# --- Confirming ----------------------------------------------------------------------------------


def test_a_passkey_confirms_what_cannot_be_undone(passkey):
    hasty = make_staff("dan", "Publishers", permissions=["publish_without_approval"])
    client = log_in(Client(), hasty.username)
    own, _ = add_passkey(client)
    draft = make_revision()
    address = reverse("admin:policies_publish_without_approval", args=[draft.pk])
    grow_stale(client)
    asked = client.post(address, {"when": "now", "reason": "Now.", "seen_digest": draft.digest})
    sent = {"sent": hidden(asked, "sent")}

    assert "Use your passkey, or enter your password and a code" in words(asked)
    assert client.post(address, {**sent, "password": PASSWORD}).status_code == 422  # and no code
    assert "not accepted" in words(use(client, passkey, address, sent))  # somebody else's
    assert "not accepted" in words(use(client, own, address, sent, flags=PRESENT))
    assert Revision.objects.get().status == Status.DRAFT
    assert use(client, own, address, sent).status_code == 302
    assert Revision.objects.get().status == Status.PUBLISHED


# --- Demanded ------------------------------------------------------------------------------------


def test_where_passkeys_are_demanded_nothing_opens_before_there_is_one(settings, ana):
    settings.TWO_FACTOR = "passkey"
    device, _ = set_up(log_in(Client()), ana)
    client = Client()
    assert try_code(client, code_of(device)).status_code == 302

    for path in ("/admin/", "/admin/mail/", "/admin/password_change/"):
        assert client.get(path)["Location"] == OWN
    assert "This site requires a passkey." in words(client.get(OWN))
    passkey, _ = add_passkey(client)
    assert is_inside(client)
    TOTPDevice.objects.update(last_t=-1)
    assert try_code(Client(), code_of(device)).status_code == 422  # what a page could pass on
    assert "Authenticator" not in words(client.get(OWN))
    remove(client, WebAuthnCredential.objects.get())
    assert "Everybody needs a second factor" in words(client.get(OWN))
    assert use(Client(), passkey).status_code == 302


def test_sessions_that_an_authenticator_opened_end_when_passkeys_are_demanded(settings, ana):
    inside = log_in(Client())
    passkey, _ = add_passkey(inside)
    device, _ = set_up(inside, ana)
    client = Client()
    try_code(client, code_of(device))
    assert is_inside(client)

    settings.TWO_FACTOR = "passkey"

    assert not is_inside(client)
    assert use(client, passkey).status_code == 302
    assert is_inside(client)


# --- Single sign-on ------------------------------------------------------------------------------


def test_with_single_sign_on_a_passkey_is_no_second_door(ana, passkey, settings, provider):
    client = Client()

    assert "not accepted" in words(use(client, passkey))
    assert not is_inside(client)
    settings.OIDC_EMERGENCY_ACCOUNTS = ["ana"]
    assert use(client, passkey).status_code == 302
    assert is_inside(client)
    assert LogEntry.objects.filter(change_message__startswith="Emergency log-in").exists()


def test_whoever_the_provider_lets_in_needs_no_passkey_and_has_none(settings, provider):
    settings.TWO_FACTOR = "passkey"
    linked()
    client = Client()
    sign_on(provider, client, "0b7c-ana")

    assert is_inside(client)
    assert client.post(OWN, {"do": "new_passkey"}).status_code == 302
    assert "passkey_asked" not in client.session


# --- A process for readers -----------------------------------------------------------------------


LOAD = """
import sys
from softphonez_site.asgi import django
from policies.operations.backups.contents import backed_up
print("webauthn" in sys.modules)
import softphonez_site.admin_urls
print("webauthn" in sys.modules, "WebAuthnCredential" in str(backed_up()))
"""


def test_a_server_loads_webauthn_with_the_desk(tmp_path):
    """For those who only read, it would be a quarter of the memory."""
    settings = {"DJANGO_SETTINGS_MODULE": "softphonez_site.settings", "LOG_KEY": ""}
    for staff in ("on", "off"):
        loaded = printed("-c", LOAD, env=environment(tmp_path, 0) | settings | {"STAFF": staff})
        assert loaded.split() == ["False", "True", "True"]
