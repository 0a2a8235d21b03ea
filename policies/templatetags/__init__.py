"""Template tags and filters.

addresses.py        links: to the pages of policies, out of an app, and on paper
desk.py             how the forms of the desk describe their fields
languages.py        names of languages, directions, dates
inline_assets.py    the stylesheet and the icon inside every public page
structured_data.py  what pages tell search engines
"""
