"""Markdown as lines and characters, before anything is rendered.

    outline.py         how a text divides into title, introduction and sections
    blocks.py          which lines are headings, and which only look like one
    headings.py        what a heading's words give: an anchor, a number
    counting.py        which of those numbers only count, and which name a law or a day
    foreign_anchors.py the anchors that other tools would have given it
    list_numbers.py    numbers of lists that readers are shown otherwise than they are written
    scripts.py         letters of scripts that put no spaces between words
    tidying.py         Markdown of any habit becomes Markdown of one habit
    frontmatter.py     the lines between `---` and `---`
    notes.py           what is said about what could not be kept as it was

Pure. What a text means stands in documents.py, how it looks in rendering/.
"""
