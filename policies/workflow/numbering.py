"""References that the changes in a draft have made wrong, and their correction.

They are compared with the text that the draft is based on. The correction is a text to be saved
like any other: no number is filled in that nobody has approved.
"""

from policies.models import Revision
from policies.text import child_process, renumbering
from policies.text import document as documents
from policies.text.document import Document
from policies.text.renumbering import StaleReference


def stale_references(revision: Revision, document: Document) -> list[StaleReference]:
    """Return the references that are wrong in a text of a draft, stored or not.

    Raises NotNow (of child_process).
    """
    before = revision.base_document()
    if before is None or before == document:
        return []
    found: list[StaleReference] = child_process.run(
        renumbering.stale_references,
        before,
        document,
        language=revision.policy.language,
        length=len(documents.body(document)),
    )
    return found


def corrected(revision: Revision, document: Document) -> Document:
    """Return the text with the right number wherever there is one. Raises NotNow, too."""
    before = revision.base_document()
    if before is None:
        return document
    right: Document = child_process.run(
        renumbering.corrected,
        before,
        document,
        language=revision.policy.language,
        length=len(documents.body(document)),
    )
    return right
