"""Text that is made to fit, on one line or in few characters; whether it can be seen at all. Pure.

For subjects, remarks and lists.
"""

from __future__ import annotations

import unicodedata


def one_line(text: str) -> str:
    """Return the text with single spaces and no line breaks."""
    return " ".join(text.split())


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts: "1 version", "12,000 versions". noun: in the singular,
    with an "s" in the plural.
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def has_visible_characters(text: str) -> bool:
    """Tell whether anybody would see any of a text: white space and controls are not seen, nor are
    what joins letters and what has no width (Unicode's categories Z and C).
    """
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters, the last of which says that it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def in_short(text: str, most: int = 60) -> str:
    """Return a text on one line of at most so many characters, cut between words."""
    line = one_line(text)
    if len(line) <= most:
        return line
    # Within a word only where it is a long one, or where words are not set apart.
    at = line.rfind(" ", most - 25, most)
    return line[: at if at > 0 else most - 1].rstrip() + "…"
