"""The network address that a request comes from: what wrong passwords and forms are counted by."""

import re
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """Return the address that a request comes from, None if it has none.

    In X-Forwarded-For, only what our own proxies have added counts, from the right; anybody can
    make up what is further left. An IPv6 network (/64) is one address: a single machine has all
    of it.
    """
    typed = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        named = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(named) >= settings.PROXIES:
            typed = named[-settings.PROXIES].strip() or typed
    try:
        address = ip_address(_PORT.sub(r"\1\2", typed))
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), 64), strict=False).network_address)
    return str(address)


# Some proxies write the port as well: 192.0.2.1:4711, [2001:db8::1]:4711.
_PORT = re.compile(r"\A(?:\[(.*)\](?::\d+)?|([\d.]+):\d+)\Z")


def public_address_of(request: HttpRequest) -> str | None:
    """Return the same, but None for an address that is not public: it may be a proxy's, and so
    everybody's.
    """
    address = address_of(request)
    return address if address and ip_address(address).is_global else None
