"""Template tags and filters.

addresses.py        addresses of a policy's public pages
desk.py             how the forms of the desk describe their fields
languages.py        names of languages, directions, dates in words
timestamps.py       times as machines read them
inline_assets.py    the stylesheet and the icon inside every public page
structured_data.py  what pages tell search engines
external_links.py   links that lead out of a page shown inside an app
paper.py            links on paper: where they lead
"""
