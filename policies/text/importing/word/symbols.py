"""The signs of fonts in which a code does not mean the character of Unicode that has it. Pure.

symbols.txt lists those that texts use: Greek letters and mathematics, check marks, boxes, arrows.
"""

import re
from functools import cache
from pathlib import Path


def sign(font: str, code: str) -> str:
    """Return the sign with a code in hexadecimal digits, as <w:sym> has it; "" if none is known.

    Word puts the codes of such fonts into the private use area, from F000.
    """
    if not re.fullmatch("[0-9A-Fa-f]{1,6}", code):
        return ""
    return _signs().get((font.lower(), int(code, 16) & 0xFFF), "")


@cache
def _signs() -> dict[tuple[str, int], str]:
    text = Path(__file__).with_name("symbols.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line[:1] != "#")
    return {
        (font.lower(), int(first, 16) + at): char
        for font, first, chars in rows
        for at, char in enumerate(chars)
        if char != " "
    }
