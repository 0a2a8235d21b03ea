# /// script
# requires-python = ">=3.10"
# dependencies = ["cryptography"]
# ///
"""Check that a text is what was published, without trusting the site that published it.

    uv run verify.py TEXT PROOF POLICY

TEXT is a version of a policy as Markdown, such as /privacy/versions/3.md, PROOF its proof, such as
/privacy/versions/3.tlog-proof. POLICY is a file of yours that says whom you trust, by the keys that
they have given you (https://c2sp.org/tlog-policy):

    log policies.example.com/ledger+0f1e2d3c+AQ...
    witness anna anna.example+12345678+BA...
    witness ben ben.example+87654321+BA...
    group both all anna ben
    quorum both

Nothing is asked over the network. The exit status is 0 if the text is proved, 1 if it is not, and
2 if a file can't be read or the policy can't be understood. Without uv: Python 3.10 or later, with
the package cryptography. Proofs are as of https://c2sp.org/tlog-proof.
"""

import hashlib
import json
import re
import sys
from base64 import b64decode, b64encode
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = b"\x01", b"\x04"  # the types of Ed25519 keys in signed notes
LAST_TIME = 253402300799  # of the year 9999, in seconds
VKEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]{44})")
PROOF = re.compile(
    r"c2sp\.org/tlog-proof@v1\n"
    r"extra (?P<entry>[A-Za-z0-9+/]+=*)\n"
    r"index (?P<index>0|[1-9][0-9]{0,18})\n"
    r"(?P<hashes>(?:[A-Za-z0-9+/]{43}=\n)*)\n"
    r"(?P<text>(?P<origin>[^\x00-\x1f]+)\n(?P<size>0|[1-9][0-9]{0,18})\n"
    r"(?P<root>[A-Za-z0-9+/]{43}=)\n(?:[^\x00-\x1f]+\n)*)\n"
    r"(?P<signatures>(?:— [^\s\x00-\x1f+]+ [A-Za-z0-9+/]+=*\n)+)"
)


class NotProved(Exception):
    """The proof does not show what it should. The message says why."""


class BadPolicy(Exception):
    """The file that says whom to trust can't be understood. The message says why."""


def decoded(text):
    """Return the bytes of a text in base64. Raises ValueError unless it is written as usual."""
    content = b64decode(text, validate=True)
    if b64encode(content).decode() != text:
        raise ValueError("not canonical")
    return content


def shown(text):
    """Return a text without what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in str(text))


class Key(NamedTuple):
    name: str
    id: bytes
    public: bytes

    def require_signed(self, signature, message):
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise NotProved(f"The signature of {shown(self.name)} is wrong.") from None


class Policy:
    """Whom to trust. logs: their keys. named: by the names that the policy gives them, the keys of
    witnesses, and groups: how many members must have signed, and which these are.
    """

    def __init__(self, text):
        self.logs, self.named, self.quorum = [], {"none": (0, [])}, ""
        self.keys, self.members = set(), {"none"}
        for number, line in enumerate(text.split("\n"), start=1):
            words = [word for word in re.split("[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                try:
                    self.read(words)
                except BadPolicy as problem:
                    raise BadPolicy(f"Line {number}: {problem} {shown(line)}") from None
        if not (self.quorum and self.logs):
            raise BadPolicy("It needs a line with “log” and one with “quorum”.")

    def read(self, words):
        match words:
            case _ if re.search(r"[\x00-\x1f\x7f]", "".join(words)):
                raise BadPolicy("There are control characters, such as line ends of Windows.")
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self.new_key(vkey, LOG))
            case ["witness" | "group", name, *_] if name in self.named:
                raise BadPolicy("This name is taken.")
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self.named[name] = self.new_key(vkey, WITNESS)
            case ["group", name, threshold, *members]:
                self.named[name] = self.new_group(threshold, members)
            case ["quorum", name] if name in self.named and not self.quorum:
                self.quorum = name
            case _:
                raise BadPolicy("This is no line of a policy, or names what is not defined above.")

    def new_key(self, vkey, kind):
        match = VKEY.fullmatch(vkey)
        key = b64decode(match["key"]) if match else b""
        named = match["name"].encode(errors="surrogateescape") + b"\n" + key if match else b""
        if key[:1] != kind or hashlib.sha256(named).hexdigest()[:8] != match["id"]:
            raise BadPolicy("This is no Ed25519 key for this use, or was copied with a mistake.")
        if key in self.keys:
            raise BadPolicy("This key is named twice.")
        self.keys.add(key)
        return Key(match["name"], bytes.fromhex(match["id"]), key[1:])

    def new_group(self, threshold, members):
        numbers = {str(number): number for number in range(1, len(members) + 1)}
        numbers |= {"any": 1, "all": len(members)}
        if not members or threshold not in numbers:
            raise BadPolicy("A group needs any, all, or a number of its members.")
        for member in members:
            if member not in self.named or member in self.members:
                raise BadPolicy("A member is not defined above, or is one twice.")
            self.members.add(member)
        return numbers[threshold], members

    def is_reached(self, name, times):
        """Return whether a group or witness has signed. times: as Proof.times_of returns them."""
        if isinstance(self.named[name], Key):
            return name in times
        needed, members = self.named[name]
        return sum(self.is_reached(member, times) for member in members) >= needed


class Proof:
    """A proof, taken apart. text: what is signed. signatures: by name and key id."""

    def __init__(self, content):
        match = PROOF.fullmatch(content.decode(errors="replace"))
        try:
            self.text, self.origin = match["text"], match["origin"]
            self.index, self.size = int(match["index"]), int(match["size"])
            self.entry, self.root = decoded(match["entry"]), decoded(match["root"])
            self.hashes = [decoded(line) for line in match["hashes"].split()]
            self.signatures = {}
            for line in match["signatures"].split("\n")[:-1]:
                _, name, text = line.split(" ")
                key, signature = (name, decoded(text)[:4]), decoded(text)[4:]
                # One that comes twice is none: by a key that is not known, it does not matter.
                self.signatures[key] = b"twice" if key in self.signatures else signature
        except (TypeError, ValueError):
            problem = "The proof is incomplete, or was changed. Download it again."
            raise NotProved(problem) from None

    def require_inclusion(self):
        """Raise NotProved unless the root follows from the entry (RFC 9162, section 2.1.3.2)."""
        value = hashlib.sha256(b"\x00" + self.entry).digest()
        node, last = self.index, self.size - 1
        is_possible = node <= last
        for sibling in self.hashes:
            is_possible = is_possible and last > 0
            if node % 2 or node == last:
                value = hashlib.sha256(b"\x01" + sibling + value).digest()
                while node and node % 2 == 0:
                    node, last = node // 2, last // 2
            else:
                value = hashlib.sha256(b"\x01" + value + sibling).digest()
            node, last = node // 2, last // 2
        if not is_possible or last or value != self.root:
            raise NotProved("The entry in the proof is not in the log that was signed.")

    def require_log(self, logs):
        """Raise NotProved unless one of these logs signed, and none of them wrongly."""
        is_signed = False
        for key in logs:
            signature = self.signatures.get((key.name, key.id))
            if key.name == self.origin and signature is not None:
                key.require_signed(signature, self.text.encode())
                is_signed = True
        if not is_signed:
            raise NotProved(f"The log {shown(self.origin)} has not signed by a key in your policy.")

    def times_of(self, named):
        """Return when each witness signed, by name. Raises NotProved for a wrong signature."""
        times = {}
        for name, key in named.items():
            signature = isinstance(key, Key) and self.signatures.get((key.name, key.id))
            if signature in (False, None):
                continue
            time = int.from_bytes(signature[:8], "big")
            key.require_signed(signature[8:], f"cosignature/v1\ntime {time}\n{self.text}".encode())
            if time > LAST_TIME:
                raise NotProved(f"{shown(key.name)} signed at a time that can't be.")
            times[name] = f"{datetime.fromtimestamp(time, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
        return times


def published(entry, text):
    """Return what an entry says, which must be about the publication of this text."""
    try:
        facts = json.loads(entry)
        event, digest = facts["event"], facts["document_digest"]
    except (KeyError, TypeError, ValueError, RecursionError):
        event = digest = None
    if event != "publication":
        raise NotProved("The entry in the proof is not about the publication of a policy.")
    if digest != hashlib.sha256(text).hexdigest():
        raise NotProved("The text is not the one that was published: something in it differs.")
    return facts


def report(facts, proof, times):
    """Return in words what was proved, and what was not."""
    version = f"{facts.get('policy')}, version {facts.get('version')} ({facts.get('language')})"
    signed = [f"Signed by the witness {shown(name)} at {time}.\n" for name, time in times.items()]
    worth = f"""\
This shows that the text was in the log at {min(times.values(), default="")} at the latest, by the
clock of that witness, and that none of them has signed a log without it since. It is worth as much
as they are independent of the publisher, and of each other."""
    alone = (
        "No witness that you trust has signed: who has the key of the log can sign another past."
    )
    return f"""\
Proved: this is the text of {shown(version)}, unchanged.
Recorded at {shown(facts.get("recorded_at"))}, by the clock of the site.
It was to take effect at {shown(facts.get("effective_at"))}.
Signed by the log {shown(proof.origin)}: entry {proof.index + 1}, when it had {proof.size}.
{"".join(signed)}
{worth if times else alone}
It does not show that the version is or was in force: another entry may have withdrawn it, moved
its date or given its number to another text. Nor does it show what else others were shown."""


def main(paths):
    if len(paths) != 3 or paths[0].startswith("-"):
        return failed(2, __doc__)
    try:
        text, content, trusted = (Path(path).read_bytes() for path in paths)
        policy = Policy(trusted.decode(errors="surrogateescape"))
        proof = Proof(content)
        proof.require_inclusion()
        proof.require_log(policy.logs)
        times = proof.times_of(policy.named)
        if not policy.is_reached(policy.quorum, times):
            raise NotProved("Too few of the witnesses that your policy requires have signed.")
        facts = published(proof.entry, text)
    except NotProved as problem:
        return failed(1, f"NOT PROVED. {problem}")
    except BadPolicy as problem:
        return failed(2, f"{paths[2]}: {problem}")
    except OSError as problem:
        return failed(2, f"{problem.filename}: {problem.strerror}.")
    print(report(facts, proof, times))
    return 0


def failed(status, words):
    print(words, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
