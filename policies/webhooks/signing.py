"""Secrets and signatures as of Standard Webhooks 1.0.0, "Signature scheme"."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
NEW = 32  # bytes of a new key; the specification allows 24 to 64


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(NEW)).decode()


def key_of(secret: str) -> bytes:
    """Return the key in a secret that was made here, or checked by the settings."""
    return b64decode(secret.removeprefix(PREFIX))


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
