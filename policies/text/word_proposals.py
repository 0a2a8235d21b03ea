"""What a Word file that came back would change in the text that was sent, and who changed it."""

from datetime import datetime
from importlib.util import find_spec

from policies.text import redline, word_export
from policies.text.document import Document
from policies.text.importing import read_word
from policies.text.importing.returned import Returned, authors_of
from policies.text.redline.merging import with_edits
from policies.text.word_export import Facts

# Names and times.
Named = tuple[tuple[str, datetime | None], ...]
# The authors of each single change (redline.Change), by its id.
Authors = dict[str, Named]


def proposed(sent: Document, found: Returned, facts: Facts) -> tuple[Document, Authors]:
    """Return the text of a file as an edit of what was sent, and the authors of each change in it.

    facts: to write the text that was sent once more, so that what Word spells otherwise is no
    change. A site that writes no Word files any more has that among the changes.
    """
    copy = sent
    if find_spec("docx"):
        copy = read_word("sent.docx", word_export.write(sent, facts)).document
    text, rejected = (with_edits(sent, copy, it) for it in (found.after, found.before))
    untracked = redline.changes_between(sent, rejected).listed
    known, places = {_key(it) for it in untracked}, {it.place for it in untracked}
    authors: Authors = {}
    for change in redline.changes_between(sent, text).listed:
        authors[change.id] = ()
        if _key(change) not in known:
            named = authors_of(change.old, change.new, found)
            is_sure = named or change.place in places
            authors[change.id] = named if is_sure else _authors_there(change.place, found)
    return text, authors


def _key(change: redline.Change) -> tuple[str, str, str]:
    return change.place, change.old, change.new


def _authors_there(place: str, found: Returned) -> Named:
    """Return who tracked changes in a section. A change there of which no word was tracked, such as
    a new link, is one of them if nobody changed anything there without tracking.
    """
    section = place[1:] if place.startswith("#") else ""
    changes = zip(found.changes, found.sections, strict=True)
    there = [it for it, its in changes if its == section] or found.changes
    return tuple({it.author: it.at for it in reversed(there)}.items())[::-1]
