"""Limits that the database, imports and the desk share. Pure."""

from datetime import date

# What a slug is: lower-case letters, digits and single hyphens. A regular expression.
SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
# Characters.
MAX_SLUG = 80
MAX_LANGUAGE = 20
# Lists of versions, feeds and mails show a change note in full.
MAX_CHANGE_NOTE = 1_000
# Between two periodic checks of a policy.
MAX_MONTHS = 120
# Between the publication of a material change and its effect.
MAX_NOTICE_DAYS = 365
# Bytes of a Word file, and of whatever file is uploaded at the desk.
MAX_FILE = 10_000_000


def is_supported_year(day: date) -> bool:
    """Return whether a day or a moment is so far from either end of the calendar that it exists in
    every time zone.
    """
    return 1000 <= day.year <= 9000
