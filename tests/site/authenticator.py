"""A passkey of somebody, as their browser and device answer (WebAuthn Level 3), right or wrong."""

import base64
import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.site.logging_in import LOG_IN, OWN

ASK = "/admin/passkey/"
ORIGIN, HOST = "http://testserver", "testserver"
# In the flags of an answer: somebody was there, and it was checked who.
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def text_of(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Passkey:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.uses = secrets.token_bytes(16), 0

    def new(self, challenge, **changes):
        """Return the answer to what asks for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        kept = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        flags = PRESENT | VERIFIED | HAS_KEY
        data = _data(**{"flags": flags, "uses": 0, **_of_data(changes)}) + kept
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = _client_data("webauthn.create", challenge, changes)
        return self._answer(attestationObject=text_of(attestation), clientDataJSON=text_of(said))

    def answer(self, challenge, **changes):
        """Return the answer to what asks for a passkey. changes: what is wrong with it."""
        self.uses = changes.get("uses", self.uses + 1)
        data = _data(**{"flags": PRESENT | VERIFIED, "uses": self.uses, **_of_data(changes)})
        said = _client_data("webauthn.get", challenge, changes)
        signed = data + hashlib.sha256(said).digest()
        signature = changes.get("key", self.key).sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=text_of(said),
            authenticatorData=text_of(data),
            signature=text_of(signature),
        )

    def _answer(self, **response):
        name = text_of(self.id)
        fields = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**fields, "clientExtensionResults": {"credProps": {"rk": True}}})


def _of_data(changes):
    return {name: changes[name] for name in ("host", "flags", "uses") if name in changes}


def _data(*, flags, uses, host=HOST):
    return hashlib.sha256(host.encode()).digest() + bytes([flags]) + uses.to_bytes(4, "big")


def _client_data(kind, challenge, changes):
    said = {"type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": False}
    said |= {name: changes[name] for name in ("type", "origin") if name in changes}
    return json.dumps(said).encode()


def asked_by(client):
    """Return the challenge that a browser is given when somebody presses the button."""
    return client.post(ASK, headers={"Accept": "application/json"}).json()["challenge"]


def offered_to(client):
    """Return the challenge on the page that adds a passkey."""
    shown = client.post(OWN, {"do": "new_passkey"})
    return shown.context["options"] and json.loads(shown.context["options"])["challenge"]


def add_passkey(client, name="Laptop", **changes):
    """Add a passkey on its page; return it, and the answer."""
    passkey = Passkey()
    sent = {
        "do": "add_passkey",
        "name": name,
        "passkey": passkey.new(offered_to(client), **changes),
    }
    return passkey, client.post(OWN, sent)


def use(client, passkey, address=LOG_IN, sent=(), **changes):
    """Press the button of a form, and send it with the answer of a passkey."""
    answer = passkey.answer(asked_by(client), **changes)
    return client.post(address, {**dict(sent), "passkey": answer})
