"""Where sentences end."""

import re
from collections.abc import Iterator
from pathlib import Path

from policies.text.expressions import read


def vocabulary(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BRACKETED = re.compile(r"\[[^\[\]]{0,1000}\]")
_END = re.compile(r"(?:[.!?…]{1,3}[\"'”’)\]]{0,3}[ \t]+|[。！？｡]+[」』）]?|[؟।۔][ \t]*|\n)")
_LAST_WORD = re.compile(r"[^\s(\[“\"]{1,24}\Z")
_VOCABULARY = read(Path(__file__).with_suffix(".toml")).vocabulary


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends. Never divides inside square brackets."""
    brackets = [found.span() for found in _BRACKETED.finditer(text)] if "[" in text else []
    at = start = 0
    for found in _END.finditer(text):
        while at < len(brackets) and brackets[at][1] <= found.start():
            at += 1
        inside = at < len(brackets) and brackets[at][0] < found.start() < brackets[at][1] - 1
        if not inside and _ends(text, start, found):
            yield start, found.end()
            start = found.end()
    if start < len(text):
        yield start, len(text)


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    sign = found[0]
    if sign[0] not in ".…":
        return True
    words = text[found.end() : found.end() + 24].lstrip("\"'“‘«([¿¡*").split()
    if not words or words[0][0].islower():
        return False
    if sign[0] == "…" or sign.startswith(".."):
        return True
    match = _LAST_WORD.search(text, max(start, found.start() - 24), found.start())
    word = match[0].lower().lstrip("'‘«") if match else ""
    if word in _VOCABULARY["companies"]:
        return words[0].lower().rstrip(",") in _VOCABULARY["starters"]
    if word in _VOCABULARY["abbreviations"] or (len(word) == 1 and word.isalpha()):
        return False
    # Not after the number of a heading or a clause: "1. Scope".
    return not (
        word.replace(".", "").isdigit() and not text[start : found.start() - len(word)].strip()
    )
