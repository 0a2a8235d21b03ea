"""Where sentences end."""

import re
from collections.abc import Iterator


def vocabulary(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BRACKETED = re.compile(r"\[[^\[\]]{0,1000}\]")
_END = re.compile(r"(?:[.!?…]{1,3}[\"'”’)\]]{0,3}[ \t]+|[。！？｡]+[」』）]?|[؟।۔][ \t]*|\n)")
_LAST_WORD = re.compile(r"[^\s(\[“\"]{1,24}\Z")
_ABBREVIATIONS = vocabulary(
    """abs al approx apr art arts aug ave blvd bus bzw c.f.r ca cal cap cf ch civ cl d.h dec dept
    dr e.g ed eds eg est etc evtl ext feb ff fig ggf gov i.e i.v.m ie inkl jan jr jul jun lit m mar
    mr mrs ms n.º no nos nov nr núm oct p p.ej par para paras pp prof pág rd ref reg regs rev
    sec secs sep sept sr sra srta st stat tel u.a u.s.c ud uds usw v v.a viz vol vs z.b ziff"""
)
# Abbreviations that may be at the end of a sentence as well as inside it.
_COMPANIES = vocabulary("a.m b.v co corp e.u etc gmbh inc llc ltd n.v p.m plc s.a u.k u.s")
# After one of those, they show that a new sentence has begun.
_STARTERS = vocabulary(
    """a all an any as at by data each for from however i if in it its my no not on our please some
    such that the their there these they this those to under upon users we we'll when where
    while with you you'll your"""
)


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
    if word in _COMPANIES:
        return words[0].lower().rstrip(",") in _STARTERS
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return False
    # Not after the number of a heading or a clause: "1. Scope".
    return not (
        word.replace(".", "").isdigit() and not text[start : found.start() - len(word)].strip()
    )
