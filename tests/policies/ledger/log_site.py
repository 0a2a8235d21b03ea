"""A site with a log, the verifier that readers run, and a witness on this machine.

The witness is ours, and shares no code with the site: it follows RFC 9162, section 2.1.4.2.
"""

import base64
import hashlib
import threading
import time
import types
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as site

ORIGIN = "testserver/ledger"
SECRET = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_SECRET = base64.urlsafe_b64encode(bytes(range(1, 33))).decode()


def _verifier():
    """Load the file as a module. An import would leave bytecode beside it, to be served."""
    source = (site.WHITENOISE_ROOT / "verify.py").read_text(encoding="utf-8")
    module = types.ModuleType("verify")
    exec(compile(source, "verify.py", "exec"), module.__dict__)  # noqa: S102  our own file
    return module


VERIFIER = _verifier()


def b64(value):
    return base64.b64encode(value).decode()


def vkey(name, kind, private):
    key = bytes([kind]) + private.public_key().public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    return f"{name}+{key_id.hex()}+{b64(key)}"


def log_vkey(secret=SECRET, origin=ORIGIN):
    private = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(secret))
    return vkey(origin, 1, private)


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_consistent(old, old_root, size, root, proof):
    """Whether a consistency proof verifies (RFC 9162, section 2.1.4.2)."""
    if old == 0:
        return not proof
    if old == size:
        return not proof and root == old_root
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not hashes:
        return False
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    one = two = hashes[0]
    for value in hashes[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            one, two = node(value, one), node(value, two)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            two = node(two, value)
        first, last = first >> 1, last >> 1
    return last == 0 and one == old_root and two == root


@dataclass
class Witness:
    """behaviours: for the next requests, one each: functions of the handler and the body; after
    them it is honest. seen: size and root of the newest checkpoint that it has signed.
    """

    name: str
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    port: int = 0
    seen: tuple = (0, b"")
    requests: list = field(default_factory=list)
    behaviours: list = field(default_factory=list)

    @property
    def vkey(self):
        return vkey(self.name, 4, self.private)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def line(self, text, *, at=None, private=None):
        at = int(time.time()) if at is None else at
        message = f"cosignature/v1\ntime {at}\n{text}".encode()
        signature = (private or self.private).sign(message)
        key_id = bytes.fromhex(self.vkey.split("+")[1])
        return f"— {self.name} {b64(key_id + at.to_bytes(8, 'big') + signature)}\n"

    def honest(self, body):
        head, _, note = body.partition("\n\n")
        old, *proof = head.split("\n")
        text = note.partition("\n\n")[0] + "\n"
        origin, size, root = text.split("\n")[:3]
        old, size, root = int(old.removeprefix("old ")), int(size), base64.b64decode(root)
        known, known_root = self.seen
        if origin != ORIGIN:
            return 404, ""
        if old != known:
            return 409, f"{known}\n"
        proof = [base64.b64decode(line) for line in proof]
        if not is_consistent(old, known_root, size, root, proof):
            return 422, ""
        self.seen = size, root
        return 200, self.line(text)


def text_in(body):
    return body.partition("\n\n")[2].partition("\n\n")[0] + "\n"


def answering(status, text=""):
    def answer(handler, body):
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


@contextmanager
def witnessing(*names):
    """Run witnesses with these names, and have the site ask them."""
    witnesses = [Witness(name) for name in names]
    servers = [_served(witness) for witness in witnesses]
    before = site.WITNESSES, site.WEBHOOK_PRIVATE_NETWORKS
    site.WITNESSES = {witness.vkey: witness.url for witness in witnesses}
    site.WEBHOOK_PRIVATE_NETWORKS = True
    try:
        yield witnesses
    finally:
        site.WITNESSES, site.WEBHOOK_PRIVATE_NETWORKS = before
        for server, thread in servers:
            server.shutdown()
            thread.join()
            server.server_close()


def _served(witness):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            witness.requests.append((self.path, body))
            if witness.behaviours:
                witness.behaviours.pop(0)(self, body)
            else:
                answering(*witness.honest(body))(self, body)

        def log_message(self, *args):
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    witness.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    return server, thread


def policy_naming(*witnesses, needed="all", log=None):
    """Return a policy that trusts a log and requires these witnesses."""
    lines = [f"log {log or log_vkey()}"]
    lines += [f"witness w{number} {it.vkey}" for number, it in enumerate(witnesses)]
    names = " ".join(f"w{number}" for number in range(len(witnesses)))
    lines += [f"group all {needed} {names}", "quorum all"] if witnesses else ["quorum none"]
    return "\n".join(lines) + "\n"


def proof_of_one(entry):
    root = hashlib.sha256(b"\x00" + entry).digest()
    text = f"{ORIGIN}\n1\n{b64(root)}\n"
    private = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(SECRET))
    signature = bytes.fromhex(log_vkey().split("+")[1]) + private.sign(text.encode())
    lines = [f"extra {b64(entry)}", "index 0", "", text, f"— {ORIGIN} {b64(signature)}", ""]
    return "\n".join(["c2sp.org/tlog-proof@v1", *lines])


class Reader:
    """Somebody with files, who runs the verifier on them."""

    def __init__(self, folder):
        self.files = [folder / name for name in ("text.md", "text.tlog-proof", "policy")]

    def verify(self, text, proof, policy):
        """Return the exit status. Any of the three may be a text or bytes."""
        for file, content in zip(self.files, (text, proof, policy), strict=True):
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return VERIFIER.main([str(file) for file in self.files])
