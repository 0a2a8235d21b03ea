"""What a text may hold to stand in XML. Pure."""

from __future__ import annotations

import re

# What XML 1.0 can't hold, not even escaped (section 2.2, Char).
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_without_controls(text: str) -> str:
    """Return a text without the characters that XML can't hold."""
    return _NOT_IN_XML.sub("", text)
