"""The e-mails to the owner of an account when something about their log-in changes."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.site.logging_in import (
    LOG_IN,
    OWN,
    PASSWORD,
    code_of,
    log_in,
    make_staff,
    set_up,
    state_in,
    try_password,
)

pytestmark = pytest.mark.django_db(transaction=True)

ANOTHER = "heron-basalt-window"


@pytest.fixture
def ana():
    ana = make_staff("ana", "Writers")
    ana.email = "ana@example.com"
    ana.save()
    return ana


def told():
    found = [(message.to[0], message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


def of_ana(subject):
    return [("ana@example.com", f"Your log-in, ana: {subject}")]


def boss():
    make_staff("bea", is_superuser=True)
    return log_in(Client(), "bea")


def test_of_their_own_second_factor(ana):
    client = log_in(Client())
    set_up(client, ana)
    assert told() == of_ana("Second factor set up")
    device, _ = set_up(client, ana)
    assert told() == of_ana("Second factor replaced")
    client.post(OWN, {"do": "codes"})
    assert told() == of_ana("New recovery codes made")
    client.post(OWN, {"do": "remove", "factor": device.persistent_id})
    assert told() == of_ana("Second factor removed")


def test_of_a_recovery_code_that_opened_the_door(ana):
    _, codes = set_up(log_in(Client()), ana)
    told()
    client = Client()
    asked = try_password(PASSWORD, client=client)
    client.post(LOG_IN, {"state": state_in(asked), "code": codes[0]})

    assert told() == of_ana("Recovery code used")


def test_not_of_what_they_do_each_day(ana):
    client = log_in(Client())
    device, _ = set_up(client, ana)
    told()
    asked = try_password(PASSWORD, client=(again := Client()))
    entered = again.post(LOG_IN, {"state": state_in(asked), "code": code_of(device)})
    boss().post(reverse("admin:auth_user_log_in", args=[ana.pk]), {"do": "lift"})

    assert entered.status_code == 302
    assert told() == []


def by_themselves(ana):
    fields = {"old_password": PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER}
    log_in(Client()).post(reverse("admin:password_change"), fields)


def by_an_administrator(ana):
    fields = {"password1": ANOTHER, "password2": ANOTHER, "usable_password": "true"}
    boss().post(reverse("admin:auth_user_password_change", args=[ana.pk]), fields)


def by_a_command(ana):
    ana.refresh_from_db()
    ana.set_password(ANOTHER)
    ana.save()


@pytest.mark.parametrize("change", [by_themselves, by_an_administrator, by_a_command])
def test_of_a_new_password(ana, change):
    log_in(Client())
    change(ana)

    assert try_password(ANOTHER).status_code == 302
    assert told() == of_ana("Password changed")


def test_not_of_the_first_password(ana):
    call_command("createsuperuser", "--no-input", username="cora", email="cora@example.com")
    by_a_command(ana)

    assert told() == []


def test_the_owner_is_notified_when_an_administrator_removes_a_second_factor(ana):
    set_up(log_in(Client()), ana)
    told()
    boss().post(reverse("admin:auth_user_log_in", args=[ana.pk]), {"do": "remove"})

    assert told() == of_ana("Second factor removed by an administrator")


def test_the_old_address_is_notified_of_a_new_one(ana):
    client = boss()
    address = reverse("admin:auth_user_change", args=[ana.pk])
    form = client.get(address).context["adminform"].form
    fields = {name: value for name, value in form.initial.items() if value not in (None, False)}
    fields |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "groups": []}
    fields.pop("password", None)

    assert client.post(address, {**fields, "first_name": "Ana"}).status_code == 302
    assert told() == []
    assert client.post(address, {**fields, "email": "eve@example.com"}).status_code == 302
    assert User.objects.get(pk=ana.pk).email == "eve@example.com"
    assert told() == of_ana("E-mail address changed")


def test_the_message_names_the_change_and_what_to_do(ana):
    set_up(log_in(Client()), ana)
    (message,) = mail.outbox
    (page, _), *_ = message.alternatives

    for text in (message.body, page):
        assert "for your account “ana”: Second factor set up." in text
        assert "If not, tell an administrator of this site at once" in text
        assert "http://testserver/admin/second-factor/" in text
        assert "Choose which" not in text
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_who_has_no_address_or_no_way_in_is_not_written_to(ana):
    client = log_in(Client())
    User.objects.update(email="")
    set_up(client, ana)

    assert told() == []


class Down(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


def test_no_change_fails_with_the_mail_server(ana, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    client = log_in(Client())
    _, codes = set_up(client, ana)

    assert len(codes) == 10
    assert f"Account {ana.pk} was not notified" in caplog.text
    assert "ana@example.com" not in caplog.text
