"""The log as others see it: tree, checkpoint, tiles and proofs, by known answers and by growth."""

import base64
import hashlib
import json
import zipfile

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from policies.ledger import log, signed_notes
from policies.ledger.merkle import Tree
from policies.models import LedgerEntry
from policies.public import listed_urls
from tests.factories import DAY, NOW, make_policy, make_version
from tests.policies.ledger.log_site import (
    ORIGIN,
    OTHER_SECRET,
    SECRET,
    b64,
    is_consistent,
    log_vkey,
    node,
)

# The leaves of Certificate Transparency's tests, and the roots after each of them.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PETER = "PeterNeumann"
PETERS_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETERS_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)


@pytest.fixture
def kept(settings):
    settings.LOG_KEYS = [SECRET]


def tree_of(leaves):
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree


def publish(number=1, *, slug="privacy"):
    policy = make_policy(slug=slug)
    for day in range(number):
        make_version(policy=policy, at=NOW + day * DAY)
    return list(LedgerEntry.objects.all())


def get(path):
    response = Client().get(path)
    assert response.status_code == 200, path
    return response.content


def test_the_tree_is_that_of_certificate_transparency():
    tree = tree_of(LEAVES)

    assert [tree.root(size).hex() for size in range(9)] == ROOTS
    assert [value.hex() for value in tree.inclusion_proof(0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [value.hex() for value in tree.consistency_proof(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_proof_between_all_sizes_verifies_and_no_other_does():
    leaves = [str(number).encode() for number in range(70)]
    tree = tree_of(leaves)

    for size in range(1, 71):
        for old in range(size + 1):
            proof = tree.consistency_proof(old, size)
            arguments = (old, tree.root(old), size, tree.root(size))
            assert is_consistent(*arguments, proof)
            assert len(proof) <= 63
            if 0 < old < size:
                assert not is_consistent(old, tree.root(old - 1), *arguments[2:], proof)
        for index in range(size):
            value = hashlib.sha256(b"\x00" + leaves[index]).digest()
            assert _root_from(value, index, size, tree.inclusion_proof(index, size)) == tree.root(
                size
            )


def _root_from(value, index, size, proof):
    """Return the root that follows from a proof, by its definition (RFC 6962, section 2.1.1)."""
    if size == 1:
        assert proof == []
        return value
    left = 1 << ((size - 1).bit_length() - 1)
    *rest, sibling = proof
    if index < left:
        return node(_root_from(value, index, left, rest), sibling)
    return node(sibling, _root_from(value, index - left, size - left, rest))


def test_notes_are_signed_as_the_reference_of_go_signs_them():
    secret = base64.urlsafe_b64encode(PETERS_SEED).decode()

    assert signed_notes.vkey_of(PETER, secret) == (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    )
    assert signed_notes.signature_line(PETERS_TEXT, PETER, secret) == (
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
        "pRZb6KE6RyyBwJnAM=\n"
    )


@pytest.mark.django_db
def test_a_leaf_is_what_the_digest_in_the_ledger_is_made_of(kept):
    publish(3)
    published = json.loads(get("/ledger.json"))
    bundle = get("/tile/entries/000.p/3")

    leaves = []
    while bundle:
        size = int.from_bytes(bundle[:2], "big")
        leaves.append(bundle[2 : 2 + size])
        bundle = bundle[2 + size :]

    for leaf, entry in zip(leaves, published["entries"], strict=True):
        assert hashlib.sha256(leaf).hexdigest() == entry.pop("digest")
        assert json.loads(leaf) == entry
        plain = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert leaf == plain.encode()
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    assert get("/tile/0/000.p/3") == b"".join(hashes)
    root = node(node(hashes[0], hashes[1]), hashes[2])
    assert get("/checkpoint").decode().startswith(f"{ORIGIN}\n3\n{b64(root)}\n\n— {ORIGIN} ")
    assert published["log"] == {
        "origin": ORIGIN,
        "vkeys": [log_vkey()],
    }


@pytest.mark.django_db
def test_the_same_ledger_gives_the_same_bytes_and_a_longer_one_continues_it(kept):
    publish(2)
    before = get("/checkpoint")
    assert get("/checkpoint") == before
    tile = get("/tile/0/000.p/2")

    publish(1, slug="terms")

    assert get("/checkpoint") != before
    assert get("/tile/0/000.p/2") == tile
    assert get("/tile/0/000.p/3").startswith(tile)


@pytest.mark.django_db
def test_an_empty_ledger_has_a_checkpoint_and_no_tile(kept):
    empty = b64(hashlib.sha256().digest())
    assert get("/checkpoint").decode().startswith(f"{ORIGIN}\n0\n{empty}\n\n")
    assert Client().get("/tile/0/000.p/1").status_code == 404
    assert not [path for path in listed_urls.listed_paths() if "/tile/" in path]


@pytest.mark.django_db
def test_only_tiles_that_are_there_have_an_address_and_each_has_one(kept):
    publish(2)

    for place in ("0/000.p/1", "0/000.p/2", "entries/000.p/1", "entries/000.p/2"):
        response = Client().get(f"/tile/{place}")
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == "*"
    for place in (
        *("0/000", "0/000.p/3", "0/000.p/0", "0/000.p/02", "0/000.p/256", "0/000.p/999"),
        *("entries/000", "entries/000.p/3", "entries/001.p/1", "00/000.p/1", "1/000.p/1"),
        *("63/000.p/1", "99/000.p/1", "0/x000/000.p/1", "0/0.p/1", "0/x001/000"),
        *("0/x999/x999/x999/x999/x999/999", "-1/000.p/1", "0/000.p/1/", "0/٠٠٠.p/1", "log"),
    ):
        response = Client().get(f"/tile/{place}")
        assert response.status_code == 404, place


@pytest.mark.django_db
def test_a_tile_of_a_large_tree_is_where_the_specification_puts_it():
    tree = tree_of(str(number).encode() for number in range(70_000))

    full = [log.tile_path("0", index, 256) for index in (0, 272)]
    assert full == ["0/000", "0/272"]
    assert log.tile_path("entries", 1234067, 256) == "entries/x001/x234/067"
    assert log.tile_path("0", 1000, 7) == "0/x001/000.p/7"
    # The example of tlog-tiles, "Partial Tiles".
    assert len(tree.tile(0, 272, 256)) == 8192
    assert len(tree.tile(0, 273, 112)) == 112 * 32
    assert tree.tile(0, 273, 113) == b""
    assert len(tree.tile(1, 0, 256)) == 8192
    assert len(tree.tile(1, 1, 17)) == 17 * 32
    assert len(tree.tile(2, 0, 1)) == 32
    assert tree.tile(2, 0, 2) == tree.tile(3, 0, 1) == b""


@pytest.mark.django_db
def test_the_list_for_the_export_has_every_tile_of_the_newest_checkpoint(kept):
    publish(2)
    listed = set(listed_urls.listed_paths())

    assert {"/checkpoint", "/tile/0/000.p/2", "/tile/entries/000.p/2", "/verify.py"} <= listed
    assert "/privacy/versions/2.tlog-proof" in listed
    for path in listed:
        if path.startswith("/tile/"):
            assert get(path)


@pytest.mark.django_db
def test_without_a_key_there_is_no_log_and_its_addresses_say_so(settings):
    publish(1)
    assert settings.LOG_KEYS == []

    for path in ("/checkpoint", "/tile/0/000.p/1", "/privacy/versions/1.tlog-proof"):
        response = Client().get(path)
        assert response.status_code == 404
        assert "does not sign a log" in response.content.decode()
        assert path not in set(listed_urls.listed_paths())
    assert "log" not in json.loads(get("/ledger.json"))
    history = get(reverse("policies:history", kwargs={"slug": "privacy", "language": "en"}))
    assert b"Recorded" not in history


@pytest.mark.django_db
def test_while_the_key_is_changed_both_sign_and_then_the_new_one_alone(settings):
    publish(1)
    for secrets in ([SECRET], [OTHER_SECRET, SECRET], [OTHER_SECRET]):
        settings.LOG_KEYS = secrets
        lines = get("/checkpoint").decode().partition("\n\n")[2].splitlines()
        ids = [base64.b64decode(line.split(" ")[2])[:4].hex() for line in lines]
        assert ids == [log_vkey(secret).split("+")[1] for secret in secrets]


@pytest.mark.django_db
def test_the_key_is_in_no_backup_page_or_log(kept, tmp_path, caplog):
    publish(1)
    backup = tmp_path / "backup.zip"
    with caplog.at_level(0):
        call_command("backup", str(backup), verbosity=0)
        pages = b"".join(
            get(path) for path in ("/checkpoint", "/ledger.json", "/privacy/versions/")
        )
    with zipfile.ZipFile(backup) as file:
        content = b"".join(file.read(name) for name in file.namelist())

    assert log_vkey().encode() in pages
    private = base64.urlsafe_b64decode(SECRET)
    for form in (SECRET.encode(), private, private.hex().encode(), base64.b64encode(private)):
        assert form not in content + pages + caplog.text.encode()


@pytest.mark.django_db
def test_the_proof_is_small_also_of_a_long_ledger(kept, settings):
    publish(1)
    entry = LedgerEntry.objects.get()
    tree = tree_of(str(number).encode() for number in range(10_000))
    hashes = "".join(f"{b64(value)}\n" for value in tree.inclusion_proof(4_999, 10_000))
    witness = f"— witness.example.com/w1 {b64(bytes(76))}\n"
    proof = get("/privacy/versions/1.tlog-proof")

    assert entry.change_note
    assert len(proof) + len(hashes) + 3 * len(witness.encode()) + len("9999" * 2) < 3_000


@pytest.mark.django_db
def test_a_transaction_that_was_rolled_back_leaves_nothing_in_the_tree(kept):
    publish(1)
    before = get("/checkpoint")
    for slug in ("terms", "cookies"):
        with transaction.atomic():
            publish(2, slug=slug)
            assert get("/checkpoint") != before
            transaction.set_rollback(True)

        assert get("/checkpoint") == before
