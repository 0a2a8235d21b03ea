"""From Documents to Word files: one text, or a redline of two as tracked changes.

    facts.py        what a file says beside its text
    writing.py      the whole file: styles.xml, numberings, header, properties
    spans.py        words, by the texts that have them
    words.py        words as runs, links and bookmarks; elements of WordprocessingML
    body.py         blocks as paragraphs and tables
    footnotes.py    footnotes
    comments.py     comments, with answers

python-docx is loaded by whoever writes the first file: a server
that leaves that to a child process has none of it in its memory. See docs/adr/0033-word-files.md.
"""

from collections.abc import Sequence

from policies.text.document import Document
from policies.text.word_export.facts import Comment, Facts

__all__ = ["Comment", "Facts", "write", "write_redline"]


def write(document: Document, facts: Facts, comments: Sequence[Comment] = ()) -> bytes:
    """Return a text as .docx: the same bytes for the same text, facts and comments."""
    return write_redline(document, document, facts, comments)


def write_redline(
    old: Document, new: Document, facts: Facts, comments: Sequence[Comment] = ()
) -> bytes:
    """Return the changes between two texts as tracked changes in a .docx.

    All of them accepted give what `write` writes of the new text, all rejected that of the old.
    """
    from policies.text.word_export import writing

    return writing.write(old, new, facts, comments)
