"""The second factor: setting it up, using it, losing it, requiring it, confirming by it."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from policies.models import AuditEvent, Revision
from policies.staff.accounts import second_factor
from policies.states import Status
from softphonez_site.log_lines import JsonLines
from tests.factories import make_revision
from tests.policies.staff.desk import words
from tests.site.logging_in import (
    LOG_IN,
    OWN,
    PASSWORD,
    code_of,
    grow_stale,
    hidden,
    is_inside,
    log_in,
    make_staff,
    set_up,
    state_in,
    try_code,
    try_password,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_staff("ana", "Writers")


@pytest.fixture
def device(ana):
    return set_up(log_in(Client()), ana)[0]


def test_the_key_is_shown_as_a_picture_and_as_letters_and_counts_once_it_is_proved(ana):
    client = log_in(Client())
    page = client.post(OWN, {"do": "begin"})
    begun = TOTPDevice.objects.get(user=ana)

    assert "otpauth://totp/Softphonez%20policies%3Aana?secret=" in page.content.decode()
    assert page.content.decode().count("<svg") >= 1
    assert re.search(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", words(page))
    assert second_factor.device_of(ana) is None
    wrong = client.post(OWN, {"do": "finish", "code": "000000"})
    assert wrong.status_code == 422
    assert "That code is wrong" in words(wrong)
    assert try_password(PASSWORD).status_code == 302

    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    done = client.post(OWN, {"do": "finish", "code": code_of(begun)})
    assert "They are shown only once." in words(done)
    assert client.get("/admin/").status_code == 200
    assert "10 recovery codes left" in words(client.get(OWN))
    assert "otpauth" not in client.get(OWN).content.decode()
    assert LogEntry.objects.get().change_message == "Second factor set up."


def test_a_password_alone_opens_no_session(device):
    client = Client()
    asked = try_password(PASSWORD, client=client)

    assert asked.status_code == 200
    assert "Authenticator code" in words(asked)
    assert "sessionid" not in client.cookies
    assert client.get("/admin/").status_code == 302
    entered = client.post(LOG_IN, {"state": state_in(asked), "code": code_of(device)})
    assert entered.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_a_code_holds_once(device):
    code = code_of(device)
    assert try_code(Client(), code).status_code == 302

    again = try_code(Client(), code)

    assert again.status_code == 422
    assert "has already been used" in words(again)


def test_a_wrong_code_after_the_right_password_is_logged(device, caplog):
    caplog.clear()
    try_code(Client(), "000000")

    (record,) = [it for it in caplog.records if it.name == "policies.staff.accounts.records"]
    account = device.user_id
    assert record.getMessage() == (
        f"A code was refused, for account {account}, whose password was right."
    )
    assert "000000" not in JsonLines().format(record)


def test_guessing_codes_takes_ever_longer(device):
    client = Client()
    assert try_code(client, "000000").status_code == 422
    TOTPDevice.objects.update(
        throttling_failure_count=8, throttling_failure_timestamp=timezone.now()
    )

    too_soon = try_code(client, code_of(device))

    assert too_soon.status_code == 422
    assert "You entered a wrong code. Wait 3 minutes" in words(too_soon)
    assert client.get("/admin/").status_code == 302


def test_codes_work_again_once_a_clock_that_was_a_year_ahead_is_right(device):
    ahead = timedelta(days=365)
    TOTPDevice.objects.update(
        last_t=F("last_t") + ahead.total_seconds() // device.step,
        throttling_failure_count=1,
        throttling_failure_timestamp=timezone.now() + ahead,
    )

    assert try_code(Client(), code_of(device)).status_code == 302


@pytest.mark.parametrize("code", ["", " ", "1" * 400, "\0", "'; --", "١٢٣٤٥٦", "12345678"])
def test_what_is_not_a_code_is_refused_with_an_explanation(device, code):
    assert "is wrong or has already been used" in words(try_code(Client(), code))


@pytest.mark.parametrize("state", ["", "x", "a:b:c", "\0"])
def test_a_forged_or_old_note_of_the_password_leads_back_to_it(device, state):
    client = Client()
    answer = client.post(LOG_IN, {"state": state, "code": code_of(device)})

    assert answer.status_code == 200
    assert "Enter your password again" in words(answer)
    assert client.get("/admin/").status_code == 302


def test_the_note_ends_with_the_password_and_with_the_account(ana, device):
    client = Client()
    state = state_in(try_password(PASSWORD, client=client))
    ana.is_active = False
    ana.save()
    answer = client.post(LOG_IN, {"state": state, "code": code_of(device)})
    assert "Enter your password again" in words(answer)
    ana.is_active = True
    ana.set_password(f"{PASSWORD}-2")
    ana.save()
    answer = client.post(LOG_IN, {"state": state, "code": code_of(device)})
    assert "Enter your password again" in words(answer)


def test_each_of_ten_recovery_codes_works_once_and_is_kept_as_a_digest(ana):
    _, codes = set_up(log_in(Client()), ana)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", code) for code in codes)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    plain = {code.replace("-", "") for code in codes}
    assert kept.isdisjoint(plain)
    assert not any(token in code or code in token for token in kept for code in plain)

    client = Client()
    assert try_code(client, codes[3].upper().replace("-", " ")).status_code == 302
    assert "9 recovery codes left" in words(client.get(OWN))
    assert try_code(Client(), codes[3]).status_code == 422
    assert "Recovery code used." in LogEntry.objects.values_list("change_message", flat=True)


def test_a_recovery_code_on_paper_outlives_every_change_of_our_own_code(ana):
    """As version 1.0.0 stored it: with another salt, nobody's codes would work any more."""
    client = log_in(Client())
    set_up(client, ana)
    code = "abcd-efgh-jkmn"
    kept = salted_hmac(
        "policies.second_factor", f"{ana.pk}:{code.replace('-', '')}", algorithm="sha256"
    )
    StaticToken.objects.filter(pk=StaticToken.objects.first().pk).update(
        token=kept.hexdigest()[:16]
    )

    assert try_code(Client(), code).status_code == 302


def test_new_recovery_codes_void_the_old_ones(ana):
    client = log_in(Client())
    _, old = set_up(client, ana)

    shown = client.post(OWN, {"do": "codes"}).content.decode()

    assert "Your second factor is set up." not in shown
    new = re.findall(r"<li><code>([^<]+)</code></li>", shown)
    assert try_code(Client(), old[0]).status_code == 422
    StaticToken.objects.first().device.throttle_reset()
    assert try_code(Client(), new[0]).status_code == 302


def test_another_persons_code_is_refused(ana, device):
    ben = make_staff("ben")
    theirs, codes = set_up(log_in(Client(), "ben"), ben)

    assert try_code(Client(), codes[0]).status_code == 422
    assert try_code(Client(), code_of(theirs)).status_code == 422


def test_a_new_second_factor_ends_every_other_session(ana):
    here, there = log_in(Client()), log_in(Client())
    assert there.get("/admin/").status_code == 200

    first, _ = set_up(here, ana)
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    assert "_auth_user_id" not in there.session

    assert try_code(there, code_of(first)).status_code == 302
    second, _ = set_up(here, ana)
    assert there.get("/admin/").status_code == 302
    assert here.get("/admin/").status_code == 200
    assert try_code(Client(), code_of(first)).status_code == 422
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert try_code(there, code_of(second)).status_code == 302

    here.post(OWN, {"do": "remove", "factor": second.persistent_id})
    assert there.get("/admin/").status_code == 302
    assert here.get("/admin/").status_code == 200
    assert try_password(PASSWORD).status_code == 302


@pytest.mark.parametrize("act", ["begin", "finish", "codes", "remove"])
def test_nothing_about_it_is_changed_without_password_and_code(ana, act):
    client = log_in(Client())
    device, _ = set_up(client, ana)
    second_factor.begin(ana)
    before = list(StaticToken.objects.values_list("token")), TOTPDevice.objects.count()
    grow_stale(client)
    sent = {"do": act, "code": "123456"}

    asked = client.post(OWN, sent)

    assert asked.status_code == 200
    assert "You are about to change how you log in" in words(asked)
    kept = hidden(asked, "sent")
    for password, code in (("wrong", code_of(device)), (PASSWORD, "000000"), (PASSWORD, "")):
        answer = client.post(OWN, {"sent": kept, "password": password, "code": code})
        assert answer.status_code == 422
    assert (list(StaticToken.objects.values_list("token")), TOTPDevice.objects.count()) == before


def test_guesses_at_that_password_lock_like_any_other(ana):
    client = log_in(Client())
    grow_stale(client)
    for _ in range(5):
        answer = client.post(OWN, {"sent": "{}", "password": "wrong"})

    assert answer.status_code == 429
    assert "Retry-After" in answer


def test_an_administrator_removes_a_lost_device_and_it_is_on_record(ana, device):
    theirs = Client()
    try_code(theirs, code_of(device))
    root, client = make_staff("root", is_superuser=True), Client()
    log_in(client, "root")
    page = reverse("admin:auth_user_log_in", args=[ana.pk])
    assert page in client.get(reverse("admin:auth_user_change", args=[ana.pk])).content.decode()

    grow_stale(client)
    assert "Confirm that it is you" in words(client.post(page, {"do": "remove"}))
    assert second_factor.device_of(ana)
    answer = client.post(page, {"sent": '{"do": ["remove"]}', "password": PASSWORD})

    assert answer.status_code == 302
    assert not TOTPDevice.objects.exists()
    assert theirs.get("/admin/").status_code == 302
    entry = LogEntry.objects.get(user=root)
    assert (entry.object_id, entry.change_message) == (
        str(ana.pk),
        "Second factor removed by an administrator.",
    )
    history = words(client.get(reverse("admin:auth_user_history", args=[ana.pk])))
    assert "Second factor removed by an administrator." in history


@pytest.mark.parametrize("by", ["owner", "administrator"])
def test_a_session_that_has_ended_does_not_open_again_when_the_factors_are_as_they_were(ana, by):
    there, here = log_in(Client()), log_in(Client())
    device, _ = set_up(here, ana)
    if by == "owner":
        here.post(OWN, {"do": "remove", "factor": device.persistent_id})
    else:
        make_staff("root", is_superuser=True)
        page = reverse("admin:auth_user_log_in", args=[ana.pk])
        log_in(Client(), "root").post(page, {"do": "remove"})

    assert not TOTPDevice.objects.exists()
    assert not is_inside(there)
    assert is_inside(here) == (by == "owner")
    assert is_inside(log_in(Client()))


def test_who_may_not_change_an_account_helps_nobody_in(ana):
    make_staff("ben", "Publishers")
    client = log_in(Client(), "ben")
    page = reverse("admin:auth_user_log_in", args=[ana.pk])

    assert client.get(page).status_code == 403
    assert client.post(page, {"do": "remove"}).status_code == 403


def test_keys_are_shown_to_nobody_in_the_admin(ana, device):
    root, client = make_staff("root", is_superuser=True), Client()
    client.force_login(root)
    for path in ("/admin/", "/admin/otp_totp/", "/admin/otp_static/", "/admin/axes/"):
        assert "otp_" not in client.get(path).content.decode()  # not the letters of a token
    assert client.get(f"/admin/otp_totp/totpdevice/{device.pk}/change/").status_code == 404


# --- Compulsory ----------------------------------------------------------------------------------


def test_where_it_is_required_nothing_else_opens_before_it_is_set_up(settings, ana):
    settings.TWO_FACTOR = "required"
    draft = make_revision(writer=ana)
    client = log_in(Client())
    edit = reverse("admin:policies_edit", args=[draft.pk])

    for path in ("/admin/", edit, "/admin/password_change/", "/admin/mail/", "/admin/x/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, OWN), path
    sent = client.post(edit, {"do": "save", "title": "Kept <b>"})
    assert sent.status_code == 403
    assert "Kept &lt;b&gt;" in words(sent)
    assert Revision.objects.get().saves == draft.saves

    set_up(client, ana)
    assert client.get(edit).status_code == 200
    client.post(OWN, {"do": "remove"})
    assert second_factor.device_of(ana)
    assert "Everybody needs a second factor on this site" in words(client.get(OWN))
    assert client.post("/admin/logout/").status_code == 200


# --- Confirming ----------------------------------------------------------------------------------


@pytest.fixture
def hasty():
    return make_staff("dan", "Publishers", permissions=["publish_without_approval"])


def test_nobody_publishes_without_approval_from_a_session_that_was_left_open(hasty):
    draft = make_revision()
    address = reverse("admin:policies_publish_without_approval", args=[draft.pk])
    client = log_in(Client(), "dan")
    grow_stale(client)
    reason = 'A court\'s "order" <1> & more.\n\nTwo lines.'

    asked = client.post(address, {"when": "now", "reason": reason, "seen_digest": draft.digest})

    assert asked.status_code == 200
    assert "You are about to publish without approval" in words(asked)
    assert Revision.objects.get().status == Status.DRAFT
    kept = hidden(asked, "sent")
    wrong = client.post(address, {"sent": kept, "password": "wrong"})
    assert wrong.status_code == 422
    assert "That password is wrong." in words(wrong)
    assert Revision.objects.get().status == Status.DRAFT

    done = client.post(address, {"sent": kept, "password": PASSWORD})
    assert done.status_code == 302
    assert Revision.objects.get().status == Status.PUBLISHED
    assert AuditEvent.objects.get(action="publish_without_approval").reason == reason


def test_with_a_second_factor_its_code_is_asked_for_too(hasty):
    client = log_in(Client(), "dan")
    device, _ = set_up(client, hasty)
    draft = make_revision()
    address = reverse("admin:policies_publish_without_approval", args=[draft.pk])
    grow_stale(client)
    sent = {"when": ["now"], "reason": ["Now."], "seen_digest": [draft.digest]}
    form = {"sent": json.dumps(sent), "password": PASSWORD}

    assert client.post(address, form).status_code == 422
    assert Revision.objects.get().status == Status.DRAFT
    assert client.post(address, {**form, "code": code_of(device)}).status_code == 302
    assert Revision.objects.get().status == Status.PUBLISHED


def test_a_form_continues_once_it_is_confirmed_in_another_window(hasty):
    """The waiting form was thrown away, and the view got the question's own fields instead."""
    client = log_in(Client(), "dan")
    grow_stale(client)
    draft = make_revision()
    address = reverse("admin:policies_publish_without_approval", args=[draft.pk])
    form = {"when": "now", "reason": "A court order.", "seen_digest": draft.digest}
    asked = client.post(address, form)
    kept = hidden(asked, "sent")
    grow_stale(client, minutes=-6)

    client.post(address, {"sent": kept, "password": ""})

    assert Revision.objects.get().status == Status.PUBLISHED
    assert AuditEvent.objects.get(action="publish_without_approval").reason == "A court order."


def test_another_persons_password_confirms_nothing(hasty, ana):
    ana.set_password(f"{PASSWORD}-of-ana")
    ana.save()
    client = log_in(Client(), "dan")
    grow_stale(client)
    address = reverse("admin:policies_publish_without_approval", args=[make_revision().pk])

    answer = client.post(
        address, {"sent": "{}", "username": "ana", "password": f"{PASSWORD}-of-ana"}
    )

    assert answer.status_code == 422


def test_a_form_from_before_the_log_in_goes_through_both_steps(ana):
    device, _ = set_up(log_in(Client()), ana)
    draft = make_revision(writer=ana)
    edit = reverse("admin:policies_edit", args=[draft.pk])
    client = Client()
    login = client.post(edit, {"do": "save", "title": "Kept"})
    kept = hidden(login, "kept")

    fields = {"kept": kept, "next": edit}
    code = client.post(LOG_IN, {"username": "ana", "password": PASSWORD, **fields})
    again = client.post(LOG_IN, {"state": state_in(code), "code": code_of(device), **fields})

    assert "Resubmit" in words(again)
    assert "Kept" in words(again)


@pytest.mark.parametrize(
    "target", ["https://evil.example.com/", "//evil.example.com", "javascript:x"]
)
def test_the_log_in_leads_to_no_other_site(device, target):
    client = Client()
    asked = client.post(LOG_IN, {"username": "ana", "password": PASSWORD, "next": target})
    fields = {"state": state_in(asked), "code": code_of(device), "next": target, "kept": "{}"}

    assert client.post(LOG_IN, fields)["Location"] == "/admin/"
