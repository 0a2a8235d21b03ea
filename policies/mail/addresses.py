"""Readers' e-mail addresses: encrypted where they are stored, and found by a keyed hash.

The keys are in the environment only (settings.SUBSCRIPTION_KEYS), so that whoever has the database
or a backup can neither read an address nor try out whether one is there. The first key is used for
what is written; all of them for what is read, so that a key can be replaced.

The package cryptography is loaded when it is first needed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.encoding import punycode

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class UndecryptableAddress(Exception):
    """An address can't be decrypted. The message says why."""


def validate_address(address: str) -> None:
    """Raise ValidationError unless this is an address in a domain: not of this machine or an IP.

    A control character, which RFC 5322 (section 4.1) lets a quoted name have, would break the line
    of the header that has the address.
    """
    EmailValidator(allowlist=[])(address)
    try:
        is_sound = address.isprintable() and not _normalized(address).endswith("]")
    except UnicodeError:
        is_sound = False
    if not is_sound:
        raise ValidationError(EmailValidator.message, code=EmailValidator.code)


def validate_plain(address: str) -> None:
    """Raise ValidationError for a valid address whose name is written in a way that hides it: in
    quotation marks (RFC 5321, section 4.1.2), as an encoded word (RFC 2047), or not in
    ASCII, which Django would encode as one. An owner has no need of these.
    """
    name = address.rpartition("@")[0]
    if '"' in name or "=?" in name or not name.isascii():
        raise ValidationError(EmailValidator.message, code=EmailValidator.code)


def encrypt(address: str) -> str:
    """Return an address encrypted with the first key, and authenticated (the Fernet format)."""
    return _fernet().encrypt(address.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return an address. Raises UndecryptableAddress if no key fits: it was lost, or left out."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet().decrypt(encrypted).decode()
    except InvalidToken as error:
        raise UndecryptableAddress("no key in SUBSCRIPTION_KEY fits its address") from error


def lookups(address: str) -> list[str]:
    """Return what an address can be found by: one value for each key, the first one to store.

    The same in capitals and small letters, and however the domain is written.
    """
    normal = _normalized(address)
    return [_keyed(key, "address", normal) for key in settings.SUBSCRIPTION_KEYS]


def mailbox(address: str) -> str:
    """Return the plain spelling of an address, without quotation marks that 2.0.0 still took."""
    name, _, domain = _normalized(address).rpartition("@")
    if name.startswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return f"{name}@{domain}"


def without_tag(address: str) -> str:
    """Return the mailbox of an address without what follows a + in its name (RFC 5233).

    Many servers deliver all such addresses to one mailbox. Where + is a character like others, a
    few owners only share a limit.
    """
    name, _, domain = mailbox(address).rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


def _normalized(address: str) -> str:
    """Raises UnicodeError if the domain has no form in ASCII (RFC 3490, section 4)."""
    local, _, domain = address.strip().lower().rpartition("@")
    # A full stop of another script at the end becomes the one of the root of the DNS.
    return f"{local}@{punycode(domain).removesuffix('.')}"


def client_hash(client: str | None) -> str:
    """Return a keyed hash of an IP address, to count requests by; "" for None."""
    return _keyed(settings.SUBSCRIPTION_KEYS[0], "client", client) if client else ""


def _keyed(key: str, purpose: str, text: str) -> str:
    """Return an HMAC-SHA256 (RFC 2104) in hex, with a key derived for one purpose alone."""
    derived = hmac.digest(
        key.encode(), f"policies.subscriptions.{purpose}".encode(), hashlib.sha256
    )
    return hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()


def _fernet() -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(key) for key in settings.SUBSCRIPTION_KEYS])
