"""What a Word file that came back would change in the text that was sent, and who changed it."""

from datetime import datetime
from importlib.util import find_spec

from policies.text import redline, word_export
from policies.text.document import Document
from policies.text.importing.returned import Returned, authors_of, read_returned
from policies.text.redline.merging import with_edits
from policies.text.word_export import Facts

# The authors of each single change (redline.Change), by its id: names and times.
Authors = dict[str, tuple[tuple[str, datetime | None], ...]]


def proposed(sent: Document, found: Returned, facts: Facts) -> tuple[Document, Authors]:
    """Return the text of a file as an edit of what was sent, and the authors of each change in it.

    facts: to write the text that was sent once more, so that what Word spells otherwise is no
    change. A site that writes no Word files any more has that among the changes.
    """
    copy = sent
    if find_spec("docx"):
        copy = read_returned("sent.docx", word_export.write(sent, facts)).after
    text = with_edits(sent, copy, found.after)
    listed = redline.changes_between(sent, text).listed
    return text, {it.id: authors_of(it.old, it.new, found) for it in listed}
