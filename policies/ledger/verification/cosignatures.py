"""Whether the ledger is still what the witnesses of the log have signed."""

from collections.abc import Iterator

from policies.ledger import log
from policies.ledger.merkle import Tree
from policies.ledger.signed_notes import WrongSignature, cosignature_among
from policies.models import Cosignature, LedgerEntry


def cosignatures() -> Iterator[str]:
    """Yield a sentence for each signature of a witness that is not for the ledger as it is now."""
    tree = Tree()
    for row in Cosignature.objects.iterator():
        if not tree.size:  # else it is there; a ledger without entries is soon read again
            for entry in LedgerEntry.objects.iterator():
                tree.append(log.leaf(entry))
        if row.size > tree.size:
            yield f"{row}, and there are {tree.size}: some were cut off since."
            continue
        text = log.checkpoint_text(tree.root(row.size), row.size, origin=row.origin)
        try:
            is_as_signed = cosignature_among(row.line, row.witness, text)[0] == row.line
        except (WrongSignature, ValueError):
            is_as_signed = False
        if not is_as_signed:
            yield f"{row}, and these, or its signature, were changed since."
