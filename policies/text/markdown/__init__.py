"""Markdown as lines and characters, before anything is rendered.

    outline.py         how a text divides into title, introduction and sections
    blocks.py          which lines are headings, and which only look like one
    headings.py        what a heading's words give: an anchor, a number
    counting.py        which of those numbers only count, and which name a law or a day
    foreign_anchors.py the anchors that other tools would have given headings
    list_numbers.py    list items that the page shows under another number than they are written
    scripts.py         letters of scripts that put no spaces between words
    normalizing.py         from Markdown of any style to Markdown of one style
    frontmatter.py     the lines between `---` and `---`
    notes.py           remarks on what could not be kept as it was

Pure. What a text means stands in documents.py, how it looks in rendering/.
"""
