"""What a policy says: values in, values out. No Django model, no database.

document.py      the Document and its canonical Markdown
document_tree.py a Document as trees of blocks and words, each part read once
markdown/        Markdown and its grammar: lines, characters, parsers, front matter
rendering/       Markdown to safe HTML, with anchors and a table of contents
redline/         what changed from one Document to another
references/      references within a text, and where they lead
reading/         a Document as sentences and references, each part read once
findings/        what a lawyer should look at before a Document is published
checklist.py     what laws and app stores require of a privacy policy
renumbering/     references that a change to a text has made wrong
surface.py       a text as blocks, which the editor shows formatted
quotations.py    words quoted from a text: found again after it was edited, or replaced
quoted_html.py   the words in a policy's HTML, and marks around them
word_export/     a Document, or a redline, as a Word file
importing/       .docx, .html, .md and pasted text to a Document
word_proposals.py  what a Word file that came back would change in the text, and who changed it
akoma_ntoso/     a version in the OASIS standard for legal documents
likeness.py      how alike two texts are
numerals.py      numbers in digits, letters and Roman numerals
xml_text.py      text in XML
expressions.py   words and regular expressions from TOML files
language_detection.py   in which language a text is
sentence_boundaries.py  where sentences end
short_text.py    subjects and list entries, on one line
timestamps.py    times as programs read them
limits.py        limits that the database, imports and the staff's pages share
"""
