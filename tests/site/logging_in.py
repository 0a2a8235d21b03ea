"""Helpers for tests of the log-in: accounts, passwords and codes, right and wrong."""

import re
from html import unescape

from django.conf import settings
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from policies.models import SignOn
from tests.factories import make_user

LOG_IN = "/admin/login/"
OWN = "/admin/second-factor/"
# The subject of a person at the OpenID provider.
ANA = "0b7c-ana"
PASSWORD = "kestrel-quarry-lantern"  # noqa: S105  only used in tests


def make_staff(name="ana", *roles, **more):
    user = make_user(*roles, name=name, **more)
    user.set_password(PASSWORD)
    user.save()
    return user


def linked(name="ana", *roles, sub=ANA, **more):
    """Return an account that is linked to a person at the provider."""
    user = make_staff(name, *roles, **more)
    SignOn.objects.create(user=user, issuer=settings.OIDC_ISSUER, subject=sub)
    return user


def try_password(password, name="ana", client=None, **more):
    return (client or Client()).post(LOG_IN, {"username": name, "password": password}, **more)


def fail(times, name="ana", **more):
    for _ in range(times):
        response = try_password("wrong", name, **more)
    return response


def code_of(device):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    return f"{totp.token():06d}"


def log_in(client, name="ana"):
    assert try_password(PASSWORD, name, client).status_code == 302
    return client


def is_inside(client):
    return client.get("/admin/").status_code == 200


def set_up(client, user):
    client.post(OWN, {"do": "begin"})
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    shown = client.post(OWN, {"do": "finish", "code": code_of(device)})
    assert shown.status_code == 200
    codes = re.findall(r"<li><code>([^<]+)</code></li>", shown.content.decode())
    TOTPDevice.objects.update(last_t=-1)  # as if half a minute had gone by
    return TOTPDevice.objects.get(user=user, confirmed=True), codes


def hidden(response, name):
    found = re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())
    assert found
    return unescape(found[1])


def state_in(response):
    return hidden(response, "state")


def try_code(client, code, **more):
    first = try_password(PASSWORD, client=client)
    return client.post(LOG_IN, {"state": state_in(first), "code": code, **more})


def grow_stale(client, *, minutes=6):
    session = client.session
    session["confirmed_at"] -= minutes * 60
    session.save()
