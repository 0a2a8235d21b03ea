"""The characters that a text may hold, and its line breaks: the one place that lists them; and
where a text has some next. Pure.

A Document refuses control characters, an import replaces them, a page leaves them out, and
front matter escapes them. What XML can't hold is the rule of another format (xml_text).
"""

import re
from collections.abc import Iterator
from itertools import islice

from policies.text.markdown.import_notes import ImportNote

# C0 without tab and the five that break lines or pages; DEL and C1.
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x9f"
# Halves of a pair, which UTF-8 can't carry.
_SURROGATES = "\ud800-\udfff"

# Unicode's two line breaks are line breaks to some programs and text to others.
_NOT_IN_DOCUMENTS = re.compile(f"[{_CONTROLS}{_SURROGATES}\x0b-\x0d\u2028\u2029]")
_REPLACED = re.compile(f"[{_CONTROLS}{_SURROGATES}]")
# Python-Markdown and the renderer use some controls as marks. LRO and RLO show letters in another
# order than the one that was approved; the gentler marks of Arabic and Hebrew text stay.
# Noncharacters are no text at all.
_NOT_ON_PAGES = re.compile(
    f"[{_CONTROLS}{_SURROGATES}\x0b\x0c\u202d\u202e\ufdd0-\ufdef\ufffe\uffff]"
)
_NOT_BARE_IN_YAML = re.compile(f"[{_CONTROLS}{_SURROGATES}\t-\r\u2028\u2029\ufeff\ufffe\uffff]")

MAX_NOTES = 10_000
_LINE_BREAKS = re.compile("\r\n|[\r\u2028]")
_PAGE_BREAKS = re.compile("[\x0b\x0c]")

# Ranges for a character class: letters of scripts that put no spaces between words: Thai, Lao,
# Burmese, Khmer, Hiragana, Chinese characters.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# No spaces either, but each run of them is in effect one word.
KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f"


def with_plain_line_breaks(text: str) -> str:
    """Return a text without a byte order mark, and with "\\n" for every other line break."""
    return _LINE_BREAKS.sub("\n", text.removeprefix("\ufeff")).replace("\u2029", "\n\n")


def clean(text: str) -> tuple[str, tuple[ImportNote, ...]]:
    """Return a text whose line breaks are "\\n" and which holds no control character but tab.

    Form feeds and Unicode line breaks count as line breaks. U+0080–U+009F are read as the letters
    of Windows-1252 that they mean in practice (and in HTML); other controls become spaces.
    """
    text = _PAGE_BREAKS.sub("\n", with_plain_line_breaks(text))
    return _REPLACED.sub(_replacement, text), tuple(_notes_on_controls(text))


def _notes_on_controls(text: str) -> Iterator[ImportNote]:
    """Yield a note on each, up to a number that no text comes near; then one on the others."""
    kind, line, counted = "control character replaced", 1, 0
    matches = _REPLACED.finditer(text)
    for match in islice(matches, MAX_NOTES):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        yield ImportNote(kind, code_point(match[0]), line)
    if others := sum(1 for _ in matches):
        yield ImportNote(kind, f"and {others:,} more")


def _replacement(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0x80 <= code <= 0x9F:
        return bytes([code]).decode("cp1252", "ignore") or " "
    return "\ufffd" if code >= 0xD800 else " "


def forbidden_in_document(text: str) -> re.Match[str] | None:
    """Return the first character that no Document may hold."""
    return _NOT_IN_DOCUMENTS.search(text)


def without_controls(text: str) -> str:
    """Return the text without the characters that no page shows."""
    return _NOT_ON_PAGES.sub("", text)


def controls_in(text: str) -> list[str]:
    """Return the characters in a text that no page shows as "U+0000", each once."""
    if not _NOT_ON_PAGES.search(text):
        return []
    return [code_point(char) for char in sorted(set(_NOT_ON_PAGES.findall(text)))]


def escape_for_yaml(text: str) -> str:
    """Return a text with those characters as \\uXXXX that a YAML scalar can't hold bare."""
    return _NOT_BARE_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04X}", text)


def code_point(char: str) -> str:
    """Return a character's name in Unicode's charts: "U+0000"."""
    return f"U+{ord(char):04X}"


class TextSearch:
    """Finds strings in one text, in linear time however often it is asked: it remembers where each
    was found last. A text may ask a thousand times for an end that is far away, or nowhere.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, tuple[int, int]] = {}

    def place(self, wanted: str, start: int) -> int:
        """Return the index of the first one from `start` on; the text's length if there is none."""
        since, place = self._found.get(wanted, (0, -1))
        if not since <= start <= place:
            place = self._text.find(wanted, start)
            place = place if place >= 0 else len(self._text)
            self._found[wanted] = (start, place)
        return place
