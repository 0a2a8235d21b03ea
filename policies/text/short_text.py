"""Short texts for subjects and lists: on one line, cut to a length, checked to be visible. Pure."""

import re
import unicodedata


def one_line(text: str) -> str:
    """Return the text with single spaces and no line breaks."""
    return " ".join(text.split())


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts: "1 version", "12,000 versions". noun: in the singular,
    with an "s" in the plural.
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def every(months: int | None) -> str:
    """Return in words how often something is done, such as "every 6 months". None: never."""
    if months is None:
        return "never"
    return "every month" if months == 1 else f"every {months} months"


# Characters without ink that Unicode counts among letters, marks and symbols: the combining
# grapheme joiner, selectors of variants, the null notehead; what fills in for a letter of Hangul,
# Khmer, Khitan and Braille.
_WITHOUT_INK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)


def has_visible_characters(text: str) -> bool:
    """Return whether any character of a text can be seen: not white space, controls, joiners or
    others without width (Unicode's categories Z and C), nor what has no ink. A text is empty where
    something must be given if it has none.
    """
    signs = _WITHOUT_INK.sub("", text)
    return any(unicodedata.category(character)[0] not in "CZ" for character in signs)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters, the last of which says that it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def in_short(text: str, most: int = 60) -> str:
    """Return a text on one line of at most so many characters, cut between words."""
    line = one_line(text)
    if len(line) <= most:
        return line
    # Within a word only if it is long, or where the script puts no spaces between words.
    at = line.rfind(" ", most - 25, most)
    return line[: at if at > 0 else most - 1].rstrip() + "…"
