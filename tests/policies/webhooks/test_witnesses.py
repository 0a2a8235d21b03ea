"""Witnesses on the wire: those that keep to the protocol, those that don't, and what they catch."""

import base64
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from policies import ledger
from policies.database import triggers
from policies.ledger import chains, log
from policies.models import Cosignature, LedgerEntry, Revision, Section
from policies.text import document as documents
from policies.webhooks import requesting, witnesses
from tests.factories import DAY, NOW, make_policy, make_user, make_version
from tests.policies.ledger.log_site import (
    ORIGIN,
    OTHER_SECRET,
    SECRET,
    Reader,
    answering,
    policy_naming,
    text_in,
    witnessing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    settings.LOG_KEYS = [SECRET]


def publish(policy=None, *, day=0):
    policy = policy or make_policy()
    make_version(policy=policy, at=NOW + day * DAY)
    return policy


def proof(policy, number):
    return Client().get(policy.url("proof", number=number)).content


def test_honest_growth_is_signed_each_time_and_nobody_is_asked_twice():
    with witnessing("anna.example", "ben.example") as (anna, ben):
        for day in range(5):
            publish(day=day)
            for _ in range(2):
                call_command("send_webhooks")

        assert [body.split("\n")[0] for _, body in anna.requests] == [
            f"old {known}" for known in range(5)
        ]
        assert {path for path, _ in anna.requests} == {"/add-checkpoint"}
        assert anna.seen == ben.seen == (5, log.tree().root(5))
    signed = Client().get("/checkpoint").content.decode()
    assert signed.count("\n— anna.example ") == signed.count("\n— ben.example ") == 1
    assert Cosignature.objects.count() == 10
    assert ledger.verify().is_sound


def test_a_proof_has_the_first_checkpoint_that_most_witnesses_have_signed():
    policies = [publish(day=0), publish(day=1)]
    with witnessing("anna.example", "ben.example") as (_, ben):
        ben.behaviours = [answering(500)]
        witnesses.run()
        assert f"\n{ORIGIN}\n2\n".encode() in proof(policies[0], 1)
        policies.append(publish(day=2))
        witnesses.run()
        policies.append(publish(day=3))
        witnesses.run()

        for policy, size in zip(policies, (3, 3, 3, 4), strict=True):
            text = proof(policy, 1).decode()
            assert f"\n{ORIGIN}\n{size}\n" in text
            assert text.count("\n— ") == 3


def rewrite_version_1(policy):
    """Do what an owner of the database can: drop the triggers, write version 1 anew, and chain
    every entry anew.
    """
    version = policy.revisions.get(number=1)
    with triggers.lifted(connection):
        Section.objects.filter(revision=version).update(body="We sell your data.")
        changed = Revision.objects.get(pk=version.pk)
        Revision.objects.filter(pk=version.pk).update(
            digest=documents.digest(changed.document()),
            approved_digest=documents.digest(changed.document()),
        )
        previous = ""
        for entry in LedgerEntry.objects.all():
            if entry.revision_id == version.pk:
                changed = Revision.objects.get(pk=version.pk)
                entry.document_digest = changed.digest
                entry.private_digest = chains.private_digest(changed, dates=entry)
            entry.previous_digest = previous
            entry.digest = previous = chains.entry_digest(entry)
            entry.save()


def test_an_owner_who_rewrites_version_1_is_caught_by_an_old_proof_and_by_each_witness(
    tmp_path, caplog
):
    policy = publish()
    publish(policy, day=1)
    reader = Reader(tmp_path)
    with witnessing("anna.example", "ben.example") as (anna, ben):
        witnesses.run()
        trusted = policy_naming(anna, ben)
        old_text = Client().get(policy.url("markdown", number=1)).content
        old_proof = proof(policy, 1)
        assert reader.verify(old_text, old_proof, trusted) == 0

        rewrite_version_1(policy)

        new_text = Client().get(policy.url("markdown", number=1)).content
        assert new_text != old_text
        # Offline: the proof that somebody kept does not fit the new text, and no new one can be
        # made, since the signatures of the witnesses are for the old entries.
        assert reader.verify(new_text, old_proof, trusted) == 1
        assert reader.verify(old_text, old_proof, trusted) == 0
        assert reader.verify(new_text, proof(policy, 1), trusted) == 1
        # Nor does any witness sign what comes next, not even if it is asked as for the first time.
        publish(policy, day=2)
        Cosignature.objects.all().delete()
        witnesses.run()
        assert not Cosignature.objects.exists()
        assert anna.seen[0] == ben.seen[0] == 2
        assert reader.verify(new_text, proof(policy, 1), trusted) == 1
    assert caplog.text.count("some were lost or changed since") == 2


def test_verify_finds_that_the_ledger_is_not_what_a_witness_has_signed():
    policy = publish()
    publish(policy, day=1)
    with witnessing("anna.example"):
        witnesses.run()
    assert ledger.verify().is_sound

    rewrite_version_1(policy)

    sentence = (
        "The witness anna.example has signed 2 entries, and these, or its signature, were changed "
        "since."
    )
    assert sentence in ledger.verify().problems
    assert sentence in ledger.verification.verify_chains().problems


@pytest.mark.parametrize(
    "values",
    [
        {"size": 1},
        {"origin": "other.example/ledger"},
        {"line": "— anna.example AAAA\n"},
        {"witness": "ben.example+00000000+BAAA"},
        {"witness": "nonsense"},
    ],
)
def test_verify_finds_a_changed_signature(values):
    publish()
    publish(day=1)
    with witnessing("anna.example"):
        witnesses.run()

    Cosignature.objects.update(**values)

    assert len(ledger.verify().problems) == 1


def test_verify_finds_that_entries_were_cut_off():
    publish()
    publish(day=1)
    with witnessing("anna.example"):
        witnesses.run()

    Cosignature.objects.update(size=3)

    assert ledger.verify().problems == [
        "The witness anna.example has signed 3 entries, and there are 2: some were cut off since."
    ]


OTHER_KEY = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(OTHER_SECRET))


def of_another_tree(witness):
    def answer(handler, body):
        answering(200, witness.line(f"{ORIGIN}\n1\n{'A' * 43}=\n"))(handler, body)

    return answer


def signed(witness, **how):
    def answer(handler, body):
        answering(200, witness.line(text_in(body), **how))(handler, body)

    return answer


def without_end(handler, body):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b"x" * 1_000_000)


def slow(handler, body):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def cut_off(handler, body):
    handler.connection.close()


HOSTILE = {
    "nothing": lambda witness: answering(200),
    "words": lambda witness: answering(200, "Signed, honestly.\n"),
    "another tree": of_another_tree,
    "another key": lambda witness: signed(witness, private=OTHER_KEY),
    "another name": lambda witness: answering(200, "— ben.example AAAA\n"),
    "no signature": lambda witness: answering(200, f"— {witness.name} AAAA\n"),
    "a short one": lambda witness: answering(200, f"— {witness.name} {short(witness)}\n"),
    "the future": lambda witness: signed(witness, at=int(time.time()) + 200_000),
    "the end of time": lambda witness: signed(witness, at=2**64 - 1),
    "long ago": lambda witness: signed(witness, at=0),
    "409 without a size": lambda witness: answering(409, "conflict"),
    "409 with a size of another number": lambda witness: answering(409, "-1\n"),
    "409 with a huge size": lambda witness: answering(409, "9" * 5_000),
    "409 with a larger size": lambda witness: answering(409, "7\n"),
    "403": lambda witness: answering(403),
    "404": lambda witness: answering(404),
    "422": lambda witness: answering(422),
    "500": lambda witness: answering(500),
    "302": lambda witness: answering(302),
    "megabytes": lambda witness: without_end,
    "drop by drop": lambda witness: slow,
    "cut off": lambda witness: cut_off,
}


def short(witness):
    return base64.b64encode(bytes.fromhex(witness.vkey.split("+")[1])).decode()


def test_a_hostile_witness_gets_nothing_kept_and_keeps_nobody_from_signing(monkeypatch, caplog):
    monkeypatch.setattr(requesting, "TIMEOUT", 0.5)
    policy = publish()
    with witnessing("anna.example", "ben.example") as (anna, ben):
        for what, behaviour in HOSTILE.items():
            Cosignature.objects.all().delete()
            anna.behaviours = [behaviour(anna)]
            anna.seen = ben.seen = (0, b"")
            witnesses.run()

            assert [row.witness for row in Cosignature.objects.all()] == [ben.vkey], what
            assert caplog.records[-1].getMessage().endswith("."), what
            caplog.clear()
            assert "anna.example" not in proof(policy, 1).decode()
        # However long it has been so: once it is honest, it signs.
        witnesses.run()
        assert Cosignature.objects.count() == 2


def test_409_for_ever_takes_two_requests_in_a_run():
    publish()
    with witnessing("anna.example") as [anna]:
        anna.behaviours = [answering(409, "0\n")] * 9
        witnesses.run()

        assert len(anna.requests) == 2
        assert not Cosignature.objects.exists()


def test_a_witness_whose_answer_was_lost_or_who_knows_more_is_asked_for_what_it_knows():
    publish()
    with witnessing("anna.example") as [anna]:
        anna.behaviours = [lambda handler, body: (anna.honest(body), cut_off(handler, body))]
        witnesses.run()
        assert (anna.seen[0], Cosignature.objects.count()) == (1, 0)

        publish(day=1)
        witnesses.run()

        assert [body.split("\n")[0] for _, body in anna.requests] == ["old 0", "old 0", "old 1"]
        assert Cosignature.objects.get().size == 2


def test_of_each_witness_one_signature_under_a_checkpoint_is_kept():
    publish()
    with witnessing("anna.example"):
        witnesses.run()
    again = Cosignature.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError):
        again.save()


def test_those_who_manage_webhooks_see_which_witness_does_not_sign(client):
    publish()
    with witnessing("anna.example", "ben.example") as (_, ben):
        ben.behaviours = [answering(500)]
        witnesses.run()
        words = "The witness ben.example has signed nothing that was published since May 2, 2026"
        for role, is_shown in (("Publishers", True), ("Writers", False)):
            client.force_login(make_user(role))
            page = client.get(reverse("admin:index")).content.decode()
            assert (words in page) == is_shown, role
            assert "anna.example" not in page
        witnesses.run()
        client.force_login(make_user("Publishers"))
        assert "ben.example" not in client.get(reverse("admin:index")).content.decode()


def test_a_private_network_is_reached_only_with_leave(settings, caplog):
    publish()
    with witnessing("anna.example") as [anna]:
        settings.WEBHOOK_PRIVATE_NETWORKS = False
        witnesses.run()

        assert anna.requests == []
        assert "WEBHOOK_PRIVATE_NETWORKS" in caplog.text or "https" in caplog.text
