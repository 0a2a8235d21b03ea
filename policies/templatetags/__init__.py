"""What templates can say: tags and filters, which other modules give their values.

addresses.py        where the public pages of a policy are
desk.py             what the forms of the desk say of their fields
languages.py        names of languages, directions, dates in words
moments.py          times as machines read them
inlined.py          the stylesheet and the icon that stand inside every public page
structured.py       what a page tells search engines
external_links.py   links that lead out of a page shown inside an app
paper.py            what only matters in print: where links lead
"""
