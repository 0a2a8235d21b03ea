"""From a Word file to a Document.

docx.py      the whole way, with notes on what is lost
package.py   opens the file, within limits
body.py      reads paragraphs and tables
lists.py     how deep an item of a list is, and its label
bold_headings.py  which paragraphs are headings in a file without styles for them
styles.py    which styles mean headings, quotations, bold words …
inline.py    words, with fields.py for links and numbers, changes.py for tracked changes
writing.py   writes that as elements of HTML, which html/ reads
names.py     names the elements
numbering.py which of Word's numberings give the items of a text their labels
spelling.py  what a text is that went through Word, without making the file
"""
