"""Values of environment variables that have a form of their own, checked when the site starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Sequence

# scheme://host, perhaps with a port (RFC 6454, section 6.2). Apps have schemes of their own.
_ORIGIN = re.compile(
    r"[a-z][a-z0-9+.-]*://"
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])"
    r"(?::[0-9]{1,5})?"
)
_EMAIL = re.compile(r"[^\s@:<>,;]+@[^\s@:<>,;]+\.[^\s@:<>,;]+")
_CONTACT = re.compile(r"(?:mailto:[^\s@]+@[^\s@]+|tel:\+?[0-9().-]+|https://[^\s/]+\S*)")

_DNS_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
# authorityName "," date (RFC 4151, section 2.1).
_AUTHORITY = re.compile(
    rf"(?:[a-z0-9._-]+@)?{_DNS_NAME.pattern},"
    r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
)


def listed(text: str) -> list[str]:
    """Return the parts of a list that is separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def origins(name: str, text: str) -> list[str]:
    """Return the origins in a variable, in small letters.

    Raises ImproperlyConfigured for what is not an origin: a path, a pattern, a word of CSP.
    """
    found = [part.lower() for part in listed(text)]
    for origin in found:
        if not _ORIGIN.fullmatch(origin):
            raise ImproperlyConfigured(
                f"{name} has {origin!r}, which is not an origin such as https://app.example.com "
                "(no path, no wildcard, no closing slash). See .env.example."
            )
    return found


def contacts(name: str, text: str) -> list[str]:
    """Return the contacts in a variable as URIs (RFC 9116, section 2.5.3).

    A bare e-mail address becomes mailto:. Raises ImproperlyConfigured for anything else.
    """
    found = [f"mailto:{it}" if _EMAIL.fullmatch(it) else it for it in listed(text)]
    for contact in found:
        if not _CONTACT.fullmatch(contact):
            raise ImproperlyConfigured(
                f"{name} has {contact!r}: write an e-mail address, or an address that begins with "
                "https://, mailto: or tel:. See .env.example."
            )
    return found


def tag_authority(name: str, text: str, hosts: Sequence[str]) -> str:
    """Return who the tag: URIs of the feeds belong to (RFC 4151, section 2.1).

    Without a value it is the first of the hosts that has a name, at the beginning of 2026. Raises
    ImproperlyConfigured for a value of another form.
    """
    value = text.strip().lower()
    if not value:
        names = (host.lower().lstrip(".") for host in hosts)
        return next((it for it in names if _DNS_NAME.fullmatch(it)), "localhost") + ",2026"
    if not _AUTHORITY.fullmatch(value):
        raise ImproperlyConfigured(
            f"{name} is {text!r}: write a host name and a day on which it was yours, such as "
            "policies.example.com,2026-05-02. See .env.example."
        )
    return value


def proxies(name: str, text: str) -> int:
    """Return how many proxies stand in front, each of which adds whom it speaks for.

    "off" is none, "on" is one. Raises ImproperlyConfigured for anything but these or a number.
    """
    typed = text.strip().lower()
    number = {"off": 0, "on": 1}.get(typed, -1)
    if number < 0 and re.fullmatch("[0-9]", typed):
        number = int(typed)
    if number < 0:
        raise ImproperlyConfigured(
            f"{name} must be 'on', 'off' or the number of proxies, not {typed!r}. See .env.example."
        )
    return number
