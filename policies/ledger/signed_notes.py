"""Signatures and keys of the log and of its witnesses, as of C2SP signed-note, by Ed25519. Pure.

A verifier key (vkey) is public: its owner's name, the id of the key, and the key, as one line.
"""

import re
from base64 import b64decode, b64encode, urlsafe_b64decode
from hashlib import sha256
from typing import Any


class WrongSignature(Exception):
    """A signature does not verify. The message says why."""


def _key(name: str, secret: str) -> tuple[Any, bytes, bytes]:
    """Return a key, its public part and its id. secret: 32 bytes in base64url."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # on demand

    key = Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(secret))
    public = b"\x01" + key.public_key().public_bytes_raw()  # of the type that signs notes
    return key, public, sha256(name.encode() + b"\n" + public).digest()[:4]


def vkey_of(name: str, secret: str) -> str:
    _, public, key_id = _key(name, secret)
    return f"{name}+{key_id.hex()}+{b64encode(public).decode()}"


def signature_line(text: str, name: str, secret: str) -> str:
    """Return the line with the signature of a note's text, which ends with a line feed."""
    key, _, key_id = _key(name, secret)
    return _line(name, key_id + key.sign(text.encode()))


def _line(name: str, signature: bytes) -> str:
    return f"\N{EM DASH} {name} {b64encode(signature).decode()}\n"


def cosignature_among(lines: str, vkey: str, text: str) -> tuple[str, int]:
    """Return a witness's signature under a checkpoint's text, and its time (POSIX, in seconds).

    lines: whatever was received; those of others don't count. Raises WrongSignature.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, key_id, key = vkey.split("+", 2)
    own = rf"^\N{{EM DASH}} {re.escape(name)} ([A-Za-z0-9+/]{{102}}==)$"  # of 76 bytes
    signatures = [b64decode(encoded) for encoded in re.findall(own, lines, re.MULTILINE)]
    signature = next((found for found in signatures if found[:4].hex() == key_id), b"")
    time = int.from_bytes(signature[4:12], "big")
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(signature[12:], message)
    except InvalidSignature as error:
        raise WrongSignature("Its answer has no valid signature for this checkpoint.") from error
    return _line(name, signature), time
