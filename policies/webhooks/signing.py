"""Secrets and signatures as of Standard Webhooks 1.0.0, "Signature scheme"."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error as BinasciiError
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
# Bytes of a key: the specification's bounds, and what a new one has.
SHORTEST, LONGEST, NEW = 24, 64, 32


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(NEW)).decode()


def key_of(secret: str) -> bytes:
    """Return the key in a secret. Raises ValueError, which does not repeat it, if it is none."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except BinasciiError:
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"a secret is {PREFIX} and {SHORTEST} to {LONGEST} bytes in base64")
    return key


def headers(
    message_id: str, body: bytes, *, at: datetime, signed_with: Sequence[str]
) -> dict[str, str]:
    """Return the headers that prove who sent a body. at: the time of this try, to the second.

    signed_with: the secrets that are valid, each of which signs.
    """
    timestamp = int(at.timestamp())
    content = b".".join([message_id.encode(), str(timestamp).encode(), body])
    digests = [hmac.digest(key_of(secret), content, hashlib.sha256) for secret in signed_with]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{b64encode(digest).decode()}" for digest in digests),
    }
