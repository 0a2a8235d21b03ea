"""Markdown: the one place that knows its grammar. Pure.

    grammar.py          what Markdown means: the parsers that markdown-it-py makes
    tree.py             a text as the grammar reads it: blocks and words, read once and kept
    lines.py            what each line is: a heading, code, or what only looks like a heading
    labels.py           which words are labels of clauses: (a), iv., 2.1; their paths: 2.b
    list_rule.py        lists, with items that keep their labels
    attribute_lists.py  {#id .class} and []{#id}
    characters.py       characters that a text may hold, line breaks, where a sign comes next
    limits.py           how large and how deeply nested a text may be
    normalizing.py      from Markdown of any style to Markdown of one style
    outline.py          how a text divides into title, introduction and sections
    headings.py         what a heading's words give: an anchor, a number; which numbers only count
    frontmatter.py      the lines between `---` and `---`; yaml_loader.py reads them
    import_notes.py     what could not be kept as it was

What a text means is in document.py, how it looks in rendering/.
"""
