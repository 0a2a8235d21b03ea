"""Template tags and filters; other modules make what they write.

addresses.py        addresses of a policy's public pages
desk.py             how the forms of the desk describe their fields
languages.py        names of languages, directions, dates in words
moments.py          times as machines read them
inlined.py          the stylesheet and the icon that stand inside every public page
structured.py       what a page tells search engines
external_links.py   links that lead out of a page shown inside an app
paper.py            what only matters in print: where links lead
"""
