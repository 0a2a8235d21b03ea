"""From HTML to Markdown.

tree.py             HTML as a tree, within limits; elements.py names the elements
main_content.py     finds the text on a page
blocks.py           reads the text, with lists.py, tables.py, inline.py and footnotes.py
inline_styles.py    what an element's own style says: how its words look, whether it is hidden
word_processors.py  lists that word processors and Google Docs mean, but don't mark up
list_markers.py     numbers, letters and Roman numerals of lists
"""
