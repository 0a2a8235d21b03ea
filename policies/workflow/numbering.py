"""References that the changes in a draft have made wrong, and their correction.

They are compared with the text that the draft is based on. The correction is a text to be saved
like any other: no number is filled in that nobody has approved.
"""

from collections.abc import Callable
from typing import TypeVar

from policies import child_process
from policies.models import Revision
from policies.text import document as documents
from policies.text import renumbering
from policies.text.document import Document
from policies.text.renumbering import StaleReference

Result = TypeVar("Result")


def stale_references(revision: Revision, document: Document) -> list[StaleReference]:
    """Return the references that are wrong in a text of a draft, stored or not.

    Raises NotNow (of child_process).
    """
    return _since_base(renumbering.stale_references, revision, document) or []


def corrected(revision: Revision, document: Document) -> Document:
    """Return the text with the right number wherever there is one. Raises NotNow, too."""
    return _since_base(renumbering.corrected, revision, document) or document


def _since_base(
    compare: Callable[..., Result], revision: Revision, document: Document
) -> Result | None:
    """Return what a comparison with the text that a draft is based on gives; None if it is that."""
    before = revision.base_document
    if before is None or before == document:
        return None
    length, language = len(documents.body(document)), revision.policy.language
    return child_process.run(compare, before, document, language=language, length=length)
