"""Template tags and filters.

addresses.py        links: to the pages of policies, out of an app, and on paper
desk.py             words of actions and states at the desk, how its forms describe their fields,
                    the path of a revision from draft to publication
languages.py        names of languages, directions, dates
inline_assets.py    the stylesheet and the icon inside every public page
structured_data.py  what pages tell search engines
"""
