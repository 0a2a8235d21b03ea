"""From a Word file to HTML.

docx.py      the way from the file to HTML, with notes on what HTML can't hold
package.py   opens the file, within limits
body.py      reads what it means, with inline.py, fields.py, lists.py, styles.py and changes.py
number_forms.py  writes the numbers of lists
names.py     names the elements
"""
