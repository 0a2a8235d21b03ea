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
    for it in redline.changes_between(sent, text).listed:
        section = it.place[1:] if it.place.startswith("#") else ""
        authors[it.id] = ()
        if _key(it) not in known:
            named = (authors_of(it.old, it.new, found, where) for where in (section, None))
            authors[it.id] = next(filter(None, named), ())
            if not authors[it.id] and it.place not in places:
                authors[it.id] = _authors_in(section, found)
    return text, authors


def _key(change: redline.Change) -> tuple[str, str, str]:
    return change.place, change.old, change.new


def _authors_in(section: str, found: Returned) -> Named:
    """Return who tracked changes in a section. A change there of which no word was tracked, such as
    a new link, is one of them if nobody changed anything there without tracking.
    """
    changes = zip(found.changes, found.sections, strict=True)
    there = [it for it, its in changes if its == section] or found.changes
    return tuple({it.author: it.at for it in reversed(there)}.items())[::-1]
