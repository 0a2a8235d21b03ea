"""From HTML to Markdown.

tree.py             HTML as a tree, within limits
elements.py         the names of its elements, and what their own style says: how words look
main_content.py     finds the text on a page
blocks.py           reads the text, with lists.py, tables.py, inline.py and footnotes.py
word_processors.py  lists that word processors and Google Docs mean, but don't mark up
"""
