"""From a Word file to a Document.

docx.py      the whole way, with notes on what is lost
package.py   opens the file, within limits
body.py      reads what it means, with inline.py, fields.py, lists.py, styles.py and changes.py
writing.py   writes that as elements of HTML
names.py     names the elements
"""
