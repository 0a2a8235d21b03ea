"""Proofs and the verifier that readers run: what it accepts, and all that it refuses."""

import ast
import base64
import hashlib
import re
import subprocess
import sys

import pytest
from django.conf import settings as site
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from policies.webhooks import witnesses
from tests.factories import DAY, NOW, make_policy, make_version
from tests.policies.ledger.log_site import (
    ORIGIN,
    OTHER_SECRET,
    SECRET,
    VERIFIER,
    Reader,
    b64,
    log_vkey,
    policy_naming,
    proof_of_one,
    witnessing,
)

pytestmark = pytest.mark.django_db
VERIFY = site.WHITENOISE_ROOT / "verify.py"
PROVED, REFUSED, NOT_UNDERSTOOD = 0, 1, 2


@pytest.fixture(autouse=True)
def kept(settings):
    settings.LOG_KEYS = [SECRET]


@pytest.fixture
def reader(tmp_path):
    return Reader(tmp_path)


def publish(number=1):
    policy = make_policy(slug="privacy")
    for day in range(number):
        make_version(policy=policy, at=NOW + day * DAY)


def saved(number):
    address = f"/privacy/versions/{number}"
    return Client().get(f"{address}.md").content, Client().get(f"{address}.tlog-proof").content


def test_a_proof_with_two_witnesses_is_accepted_and_says_what_it_shows(reader, capsys):
    publish(3)
    with witnessing("anna.example", "ben.example/w1") as (anna, ben):
        witnesses.run()
        text, proof = saved(2)

        assert reader.verify(text, proof, policy_naming(anna, ben)) == PROVED

    said = capsys.readouterr().out
    assert "Proved: this is the text of privacy, version 2 (en), unchanged." in said
    assert "Recorded at 2026-05-03T12:00:00.000000Z, by the clock of the site." in said
    assert "It was to take effect at 2026-05-03T12:00:00.000000Z." in said
    assert f"Signed by the log {ORIGIN}: entry 2, when it had 3." in said
    assert re.search(r"Signed by the witness w0 at 20[0-9 :-]{17} UTC\.", said)
    assert "independent of the publisher" in said
    assert "It does not show that the version is or was in force" in said


def test_without_witnesses_a_proof_shows_little_and_says_so(reader, capsys):
    publish()

    assert reader.verify(*saved(1), policy_naming()) == PROVED
    assert "No witness that you trust has signed: who has the key" in capsys.readouterr().out


def test_every_changed_byte_and_line_of_a_proof_is_refused(reader):
    publish(5)
    with witnessing("anna.example", "ben.example") as both:
        witnesses.run()
        text, proof = saved(3)
        policy = policy_naming(*both)
        assert reader.verify(text, proof, policy) == PROVED
        for place in range(len(proof)):
            mutant = bytearray(proof)
            mutant[place] ^= 1 << place % 8
            assert reader.verify(text, bytes(mutant), policy) == REFUSED, place
        for place in range(0, len(proof), 7):
            assert reader.verify(text, proof[:place] + proof[place + 1 :], policy) == REFUSED, place
            assert reader.verify(text, proof[:place], policy) == REFUSED, place
        lines = proof.splitlines(keepends=True)
        for place, line in enumerate(lines):
            for other in (b"", line * 2, b"\n", line + b"\n", line.replace(b"\n", b"\r\n")):
                if other != line:
                    mutant = b"".join([*lines[:place], other, *lines[place + 1 :]])
                    assert reader.verify(text, mutant, policy) == REFUSED, (place, other)
        for mutant in (proof + b"\n", proof + b"x", b"\n" + proof, proof * 2, b""):
            assert reader.verify(text, mutant, policy) == REFUSED
        for other in (
            text + b"\n",
            text[:-1],
            text.replace(b"little", b"Little").replace(b"policy", b"Policy"),
            b"",
            saved(2)[0],
        ):
            assert reader.verify(other, proof, policy) == REFUSED


def test_base64_that_only_looks_different_is_refused(reader):
    publish()
    text, proof = saved(1)
    signature = proof.split(b" ")[-1].strip()
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert signature.endswith(b"=")
    last = signature.rstrip(b"=")[-1:]
    other = alphabet[alphabet.index(last) + 1 :][:1]
    mutant = signature.rstrip(b"=")[:-1] + other + b"=" * signature.count(b"=")
    assert base64.b64decode(mutant) == base64.b64decode(signature)

    assert reader.verify(text, proof.replace(signature, mutant), policy_naming()) == REFUSED


def test_signatures_of_others_are_ignored_and_those_of_the_trusted_have_to_be_right(reader):
    publish()
    with witnessing("anna.example", "ben.example") as (anna, ben):
        witnesses.run()
        text, proof = saved(1)
        head, _, signatures = proof.rpartition(b"\n\n")
        stranger = f"— stranger.example {b64(b'1234' + bytes(72))}\n".encode()
        same_name = f"— anna.example {b64(b'1234' + bytes(72))}\n".encode()
        for line in (stranger, same_name):
            assert reader.verify(text, proof + line, policy_naming(anna, ben)) == PROVED
            assert (
                reader.verify(text, head + b"\n\n" + line + signatures, policy_naming()) == PROVED
            )
        of_log, of_anna, of_ben = signatures.splitlines(keepends=True)
        without = {
            "the log": of_anna + of_ben,
            "anna": of_log + of_ben,
            "both": of_log,
        }
        policies = {
            "all": policy_naming(anna, ben),
            "any": policy_naming(anna, ben, needed="any"),
            "none": policy_naming(),
        }
        expected = {
            ("the log", "all"): REFUSED,
            ("the log", "any"): REFUSED,
            ("the log", "none"): REFUSED,
            ("anna", "all"): REFUSED,
            ("anna", "any"): PROVED,
            ("anna", "none"): PROVED,
            ("both", "all"): REFUSED,
            ("both", "any"): REFUSED,
            ("both", "none"): PROVED,
        }
        for (missing, trusted), status in expected.items():
            mutant = head + b"\n\n" + without[missing]
            assert reader.verify(text, mutant, policies[trusted]) == status, (missing, trusted)
        # Anna's is wrong, and Ben's would do.
        wrong = anna.line("another text\n").encode()
        mutant = head + b"\n\n" + of_log + wrong + of_ben
        assert reader.verify(text, mutant, policies["any"]) == REFUSED


def test_another_key_another_log_and_another_witness_are_refused(reader):
    publish()
    with witnessing("anna.example", "ben.example") as (anna, ben):
        site.WITNESSES.pop(ben.vkey)
        witnesses.run()
        text, proof = saved(1)

        assert reader.verify(text, proof, policy_naming(anna)) == PROVED
        for policy in (
            policy_naming(anna, log=log_vkey(OTHER_SECRET)),
            policy_naming(anna, log=log_vkey(origin="other.example/ledger")),
            policy_naming(ben),
            policy_naming(anna, ben),
        ):
            assert reader.verify(text, proof, policy) == REFUSED


# What is in place of {0} is the key of a log, of {1} to {3} that of a witness.
POLICIES = {
    "log {0}\nquorum none\n": PROVED,
    "  # a comment\n\nlog\t {0} https://log.example\nquorum none": PROVED,
    "log {0}\nwitness a {1}\nquorum a\n": PROVED,
    "log {0}\nwitness a {1} https://a.example\nwitness b {2}\ngroup g 2 a b\nquorum g\n": PROVED,
    "log {0}\nwitness a {1}\nwitness c {3}\ngroup g any a c\nquorum g\n": PROVED,
    "log {0}\nwitness a {1}\nwitness c {3}\ngroup g all a c\nquorum g\n": REFUSED,
    "log {0}\nwitness a {1}\nwitness b {2}\nwitness c {3}\n"
    "group x 2 a b\ngroup y any c\ngroup z 1 x y\nquorum z\n": PROVED,
    "log {0}\nwitness a {1}\nwitness b {2}\nwitness c {3}\n"
    "group x 2 a b\ngroup y any c\ngroup z all x y\nquorum z\n": REFUSED,
    "log {0}\nwitness none-of-these {1}\nwitness \u00e9 {2}\nquorum \u00e9\n": PROVED,
    **dict.fromkeys(
        [
            *("", "quorum none\n", "log {0}\n", "log {0}\nquorum\n", "log {0}\nquorum a\n"),
            "log {0}\nquorum none\nquorum none\n",
            "log {0}\nlog {0}\nquorum none\n",
            "log {0} a b\nquorum none\n",
            "log\nquorum none\n",
            "log {1}\nquorum none\n",
            "log {0}\nwitness a {0}\nquorum a\n",
            "log {0}\nwitness a {1}\nwitness b {1}\nquorum a\n",
            "log {0}\nwitness a {1}\nwitness a {2}\nquorum a\n",
            "log {0}\nwitness none {1}\nquorum none\n",
            "log {0}\nquorum a\nwitness a {1}\n",
            "log {0}\nwitness a {1}\ngroup g 0 a\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g 2 a\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g some a\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g +1 a\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g ١ a\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g all\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g all a none\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g all a a\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g any g a\nquorum g\n",
            "log {0}\nwitness a {1}\ngroup g any a\ngroup h any a\nquorum h\n",
            "log {0}\r\nquorum none\r\n",
            "log {0}\nLOG {0}\nquorum none\n",
            "log {0}\nquorum none\nlog x+12345678+AQ==\n",
            "log {0}\nquorum none\nlog x+12345678+\n",
            "log {0}\nquorum none\nlog x\n",
            "log \u00a0{0}\nquorum none\n",
        ],
        NOT_UNDERSTOOD,
    ),
}


def test_a_policy_is_read_as_the_specification_has_it(reader, capsys):
    publish()
    with witnessing("anna.example", "ben.example", "carl.example") as (anna, ben, carl):
        site.WITNESSES.pop(carl.vkey)
        witnesses.run()
        text, proof = saved(1)
        for policy, status in POLICIES.items():
            keys = [log_vkey(), anna.vkey, ben.vkey, carl.vkey]
            written = policy.format(*keys)
            assert reader.verify(text, proof, written) == status, policy
            if status == NOT_UNDERSTOOD:
                assert "policy: " in capsys.readouterr().err
        for key in (log_vkey(), anna.vkey):
            name, key_id, rest = key.split("+", 2)
            for wrong in (f"x{key}", f"{name}+00000000+{rest}", f"{name}+{key_id}+{rest[:-4]}"):
                written = policy_naming(anna).replace(key, wrong)
                assert reader.verify(text, proof, written) == NOT_UNDERSTOOD


def test_a_file_that_is_missing_is_named(reader, capsys):
    publish()
    assert reader.verify(*saved(1), policy_naming()) == PROVED
    for file in reader.files:
        content = file.read_bytes()
        file.unlink()
        paths = [str(path) for path in reader.files]
        command = [sys.executable, "-I", str(VERIFY), *paths]
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (NOT_UNDERSTOOD, "")
        assert done.stderr == f"{file}: No such file or directory.\n"
        file.write_bytes(content)
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (PROVED, "")


def test_an_entry_that_is_no_publication_proves_no_text(reader):
    text = b"# A\n"
    digest = hashlib.sha256(text).hexdigest()
    right = f'{{"event":"publication","document_digest":"{digest}"}}'
    assert reader.verify(text, proof_of_one(right.encode()), policy_naming()) == PROVED
    for entry in (
        *(b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"event":"publication"}'),
        right.replace("publication", "withdrawal").encode(),
        b'{"event":"publication","document_digest":null}',
    ):
        assert reader.verify(text, proof_of_one(entry), policy_naming()) == REFUSED


def test_the_verifier_is_one_short_file_without_us():
    source = VERIFY.read_text(encoding="utf-8")
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.partition(".")[0])

    assert imported - sys.stdlib_module_names == {"cryptography"}
    assert imported.isdisjoint({"socket", "http", "urllib", "ssl", "subprocess"})
    assert len(source.splitlines()) < 300
    assert source.startswith("# /// script\n")
    assert '# dependencies = ["cryptography"]\n# ///\n' in source


@given(st.binary(max_size=300))
def test_no_bytes_break_the_verifier(content):
    for start in (b"", b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n"):
        with pytest.raises(VERIFIER.NotProved):
            VERIFIER.Proof(start + content)
