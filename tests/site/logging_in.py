"""Helpers for tests of the log-in: accounts, passwords and codes, right and wrong."""

import re
from html import unescape
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories import make_user

LOG_IN = "/admin/login/"
OWN = "/admin/second-factor/"
PASSWORD = "kestrel-quarry-lantern"  # noqa: S105  only used in tests


def make_staff(name: str = "ana", *roles: str, **more: Any) -> User:
    user = make_user(*roles, name=name, **more)
    user.set_password(PASSWORD)
    user.save()
    return user


def try_password(
    password: str, name: str = "ana", client: Client | None = None, **more: Any
) -> Any:
    return (client or Client()).post(LOG_IN, {"username": name, "password": password}, **more)


def fail(times: int, name: str = "ana", **more: Any) -> Any:
    for _ in range(times):
        response = try_password("wrong", name, **more)
    return response


def code_of(device: TOTPDevice) -> str:
    """Return the code that the device's owner reads now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    return f"{totp.token():06d}"


def log_in(client: Client, name: str = "ana") -> Client:
    assert try_password(PASSWORD, name, client).status_code == 302
    return client


def set_up(client: Client, user: User) -> tuple[TOTPDevice, list[str]]:
    """Set up a second factor on its page; return the device and the recovery codes."""
    client.post(OWN, {"do": "begin"})
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    shown = client.post(OWN, {"do": "finish", "code": code_of(device)})
    assert shown.status_code == 200
    codes = re.findall(r"<li><code>([^<]+)</code></li>", shown.content.decode())
    TOTPDevice.objects.update(last_t=-1)  # as if half a minute had gone by
    return TOTPDevice.objects.get(user=user, confirmed=True), codes


def hidden(response: Any, name: str) -> str:
    """Return what the hidden field of this name on a page holds."""
    found = re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())
    assert found
    return unescape(found[1])


def state_in(response: Any) -> str:
    return hidden(response, "state")


def try_code(client: Client, code: str, **more: Any) -> Any:
    first = try_password(PASSWORD, client=client)
    return client.post(LOG_IN, {"state": state_in(first), "code": code, **more})


def grow_stale(client: Client, *, minutes: float = 6) -> None:
    session = client.session
    session["confirmed_at"] -= minutes * 60
    session.save()
