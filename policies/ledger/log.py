"""The log: the public ledger as a Merkle tree, in checkpoints that the site and witnesses sign.

Nothing of it is stored but what witnesses have signed: the tree follows from the ledger. A leaf is
the canonical JSON of an entry, of which its digest is made. Formats are those of C2SP:
tlog-checkpoint, tlog-proof, tlog-tiles. docs/log.md has them to the byte.
"""

import threading
from base64 import b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from policies.ledger.chains import canonical_json, public_facts
from policies.ledger.merkle import TILE_HEIGHT, TILE_WIDTH, Tree
from policies.ledger.signed_notes import signature_line, vkey_of
from policies.models import Cosignature, LedgerEntry, Revision

_PUBLICATION = LedgerEntry.Event.PUBLICATION
# The tree that this process made last, and the digest of its last entry.
_tree, _last_digest = Tree(), ""
_extending = threading.Lock()


def is_kept() -> bool:
    return bool(settings.LOG_KEYS)


def vkeys() -> list[str]:
    """Return the public line of each key that signs the log, the newest first."""
    return [vkey_of(settings.LOG_ORIGIN, secret) for secret in settings.LOG_KEYS]


def leaf(entry: LedgerEntry) -> bytes:
    return canonical_json(public_facts(entry))


def tree() -> Tree:
    """Return the tree of all entries: that of the last call, with those that came since.

    It may grow while the caller reads it, so the caller asks once for its size.
    """
    global _tree, _last_digest
    with _extending:
        last = LedgerEntry.objects.filter(sequence=_tree.size, digest=_last_digest)
        if _tree.size and not last.exists():
            _tree = Tree()
        for entry in LedgerEntry.objects.filter(sequence__gt=_tree.size).iterator():
            _tree.append(leaf(entry))
            _last_digest = entry.digest
        return _tree


def checkpoint_text(root: bytes, size: int, *, origin: str = "") -> str:
    """Return what is signed. origin: the log's name, "" for the one that it has now."""
    return f"{origin or settings.LOG_ORIGIN}\n{size}\n{b64encode(root).decode()}\n"


def checkpoint(tree: Tree, size: int) -> str:
    """Return the checkpoint of the first `size` entries, signed by the log and by witnesses."""
    text = checkpoint_text(tree.root(size), size)
    signatures = [signature_line(text, settings.LOG_ORIGIN, key) for key in settings.LOG_KEYS]
    signatures += cosignatures().filter(size=size).values_list("line", flat=True)
    return "".join([text, "\n", *signatures])


def cosignatures() -> QuerySet[Cosignature]:
    return Cosignature.objects.filter(origin=settings.LOG_ORIGIN)


def proof_of(version: Revision) -> str:
    """Return the proof that the publication of a version is in the log, with what that says."""
    entry = version.ledger_entries.get(event=_PUBLICATION)
    current, index = tree(), entry.sequence - 1
    signed = _sizes_for_proofs([entry.sequence])
    size = min(signed.get(entry.sequence, current.size), current.size)
    hashes = [b64encode(value).decode() for value in current.inclusion_proof(index, size)]
    extra = f"extra {b64encode(leaf(entry)).decode()}"
    lines = ["c2sp.org/tlog-proof@v1", extra, f"index {index}", *hashes, ""]
    return "\n".join([*lines, checkpoint(current, size)])


def _sizes_for_proofs(sequences: Iterable[int]) -> dict[int, int]:
    """Return the size of the checkpoint in the proof of each entry that a witness has signed: what
    most have signed, and of that the first, since its times show how early the entry was there.
    """
    most, sizes = 0, list[int]()
    for size, count in cosignatures().values_list("size").annotate(Count("pk")).order_by("-size"):
        if count >= most:  # as many have signed it as any later one
            most = count
            sizes.insert(0, size)
    signed = [sequence for sequence in sequences if sizes and sequence <= sizes[-1]]
    return {sequence: sizes[bisect_left(sizes, sequence)] for sequence in signed}


def fetch_records(versions: Iterable[Any]) -> None:
    """Give each version its `recorded_at` and its `witnesses` in words, if there is a log."""
    if not is_kept():
        return
    published = LedgerEntry.objects.filter(revision__in=versions, event=_PUBLICATION)
    entries = {entry.revision_id: entry for entry in published}
    sizes = _sizes_for_proofs(entry.sequence for entry in entries.values())
    names: dict[int | None, list[str]] = {}
    signed = cosignatures().filter(size__in=set(sizes.values()))
    for size, witness in signed.values_list("size", "witness"):
        names.setdefault(size, []).append(witness.partition("+")[0])
    for version in versions:
        if entry := entries.get(version.pk):
            version.recorded_at = entry.recorded_at
            version.witnesses = ", ".join(names.get(sizes.get(entry.sequence), []))


# --- Tiles ---------------------------------------------------------------------------------------


def tile(level: str, index: int, width: int) -> bytes:
    """Return the first `width` hashes of a tile, or the entries below them, each after its length;
    b"" if some are missing. level: a number, or "entries".
    """
    if level != "entries":
        return tree().tile(int(level), index, width)
    first = index * TILE_WIDTH + 1
    entries = LedgerEntry.objects.filter(sequence__range=(first, first + width - 1))
    leaves = [leaf(entry) for entry in entries]
    bundle = b"".join(len(data).to_bytes(2, "big") + data for data in leaves)
    return bundle if len(leaves) == width else b""


def tile_path(level: str, index: int, width: int) -> str:
    """Return a tile's address after /tile/."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return "/".join([level, *groups]) + partial


def each_tile() -> Iterator[str]:
    """Yield the address of every tile of the whole tree."""
    newest = LedgerEntry.objects.last()
    size = newest.sequence if newest else 0
    hashes = {"entries": size, **{str(level): size >> level * TILE_HEIGHT for level in range(8)}}
    for level, count in hashes.items():
        for first in range(0, count, TILE_WIDTH):
            yield tile_path(level, first // TILE_WIDTH, min(TILE_WIDTH, count - first))
