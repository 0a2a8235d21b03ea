"""References to parts of a text: "section 14", "clause 4(b)", "Sections 3 to 5", "Anhang B".

Only recognises them, in a piece of plain text; targets.py looks where they lead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from policies.text.sentence_boundaries import vocabulary

Path = tuple[str, ...]


class Target(StrEnum):
    """Which document a reference names."""

    THIS = "this"  # "of this policy", "above"
    ITSELF = "itself"  # "this section 3": where the reference is
    OTHER = "other"  # a law or another document
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Reference:
    """One number of a reference.

    kind: "section", "article", "paragraph" (of a section) or "annex", whichever word says so.
    path: the parts of its number in lower case: ("4", "2", "b") of "clause 4.2(b)". start, end:
    where in the text, with the word where that is right before the number. document: the name of
    the document that it is said to be in, "" if none is named.
    """

    kind: str
    path: Path
    start: int
    end: int
    target: Target
    document: str = ""


_NUMBER = (
    r"(?:\d{1,3}[A-Za-z]?(?:\.(?:\d{1,3}[A-Za-z]?|[A-Za-z]|[ivx]{2,5})(?!\w))*(?![\w%€$]|\.\d)"
    r"|[IVX]{2,6}(?!\w)|[A-Z](?![\w’'&]))"
)
# A letter without brackets, after a German word that is followed by nothing else.
_LETTER = r"(?:(?<=lit\. )|(?<=Buchst\. )|(?<=Buchstabe )|(?<=Buchstaben ))[a-z](?!\w)"
_INNER = r"(?:\s?\((?:[ivx]{1,5}|[a-z]{1,2}|[A-Z]|\d{1,2})\))"
_TOKEN = re.compile(r"\d+[A-Za-z]?|[A-Za-z]+")
# Laws and contracts that are not the text itself, in the words of which they are called so.
_LAW = (
    r"(?:Acts?|Codes?|Laws?|Regulations?|Directives?|Statutes?|Ordinances?|Constitution|Treaty|"
    r"Convention|Charter|Decree|Civ\. Code|Stat\.|SCCs?|Contractual Clauses|[A-Z]{2,5}PR|CCPA|"
    r"CPRA|DMCA|LGPD|PIPEDA|HIPAA|COPPA|FTC|DPA|TFEU|CISG|U\.?S\.?C\.?A?|C\.?F\.?R|I\.?R\.?C|RGPD|"
    r"DSGVO|[A-ZÄÖÜ]\w{1,8}G|BGB|HGB|StGB|ZPO|EGBGB|UrhG|\w*[Gg]esetz\w*|\w*[Vv]erordnung|"
    r"\w+ordnung|Richtlinie)"
)
# A sentence that speaks of a law is taken to refer to that.
_IS_ABOUT_LAW = re.compile(
    rf"(?<![\w-])(?:{_LAW}|(?:law|regulation|statute|directive|act|code) of|\d+ U\.?S|Lei|Ley|Loi)"
    r"(?![\w-])|\d{2,4}/\d{2,4}|\b(?:EU|EC|EEC|UK) (?:No\.? )?\d|\b(?:FINRA|SEC) Rule"
)


@lru_cache(maxsize=16)
def law_in(sentence: str) -> int | None:
    """Return where a sentence speaks of a law, None for nowhere. Kept: each reference asks."""
    found = _IS_ABOUT_LAW.search(sentence)
    return found.start() if found else None


_DOCUMENTS = (
    r"(?:Policy|Policies|Terms(?: of \w+)?|Agreement|Notice|Addendum|Statement|Guidelines|"
    r"Licen[cs]e|Contract|Conditions|Standards|Rules|Principles|Program|AGB|Bedingungen|"
    r"\w*[Rr]ichtlinien?|\w*[Ee]rklärung|\w*[Vv]ertrags?|\w*[Vv]ereinbarung)"
)
# Words before a number that name its document, at the end of what is before the reference.
_BEFORE = re.compile(
    rf"(?:{_LAW}|(?P<document>(?:[A-Z][\w’'&-]* ){{0,4}}{_DOCUMENTS}))"
    r"(?:,? (?:of )?(?:19|20)\d\d)?[”“\"’')\]]{0,3}(?:['’]s)?[,;:]?\s?\(?"
    r"(?:(?:and|at|under|in|see|its|their|or|the|gemäß|nach|siehe|dort|,) ?){0,3}\Z"
)


@dataclass(frozen=True, slots=True)
class _Language:
    """Patterns of how texts refer: a word with a number, a further number, what may follow."""

    head: re.Pattern[str]
    more: re.Pattern[str]
    this: re.Pattern[str]
    other: re.Pattern[str]
    outer: re.Pattern[str]


def _language(
    kinds: dict[str, str], *, levels: str, joined: str, this: str, other: str, outer: str
) -> _Language:
    """Compile patterns. kinds: the words of each kind. levels: words between the levels of one
    number. joined: between two numbers. this, other: what comes after a number in this document, in
    another. outer: what comes between a paragraph and its section, "(b) of section 4".
    """
    words = "|".join(f"(?P<{kind}>{words})" for kind, words in kinds.items())
    number = (
        rf"(?P<number>(?:{_NUMBER}{_INNER}*|{_INNER}+|{_LETTER})"
        rf"(?:{levels}(?:{_NUMBER}|[a-z]\b){_INNER}*)*)"
    )
    return _Language(
        re.compile(
            rf"(?<![\w.§/=#?&@-])(?:{words})(?!\(s\))"
            rf"(?:\s?(?=[\d(])|\s(?:[Nn]o\. |number |#)?){number}"
        ),
        re.compile(rf"{joined}{number}(?![\w%€$-])"),
        re.compile(this),
        re.compile(other),
        re.compile(outer),
    )


_NAME = r"[“„\"(]*[A-ZÄÖÜ][\w’'&.-]*"
_LANGUAGES = {
    "en": _language(
        {
            "section": r"[Ss]ections?|SECTIONS?|[Cc]lauses?|CLAUSES?|Secs?\.|§§?",
            "article": r"Articles?|ARTICLES?|Arts?\.|Parts?|Chapters?",
            "paragraph": r"(?:[Ss]ub-?)?[Pp]aragraphs?|[Pp]aras?\.|"
            r"[Ss]ub-?(?:[Ss]ections?|[Cc]lauses?)|(?:[Pp]oint|[Ii]tem)s?(?=\s?\()",
            "annex": r"Schedules?|SCHEDULES?|Annex(?:es)?|ANNEX|Appendix|Appendices|APPENDIX|"
            r"Exhibits?|EXHIBITS?|Attachments?|ATTACHMENTS?|Addend(?:um|a)",
        },
        levels=r",? (?:(?:sub-?)?(?:paragraph|point|item)|sub-?(?:clause|section)) ",
        joined=r"(?:\s?,\s?(?:and |or |and/or )?|\s(?:and|or|and/or|to|through|&)\s|\s?[–-]\s?)",
        this=r",? \(?(?:above|below|hereof|herein|hereto)\b|,? (?:of|in|to|under|from|within|on) "
        r"(?:this|these|the present)\b",
        other=r",? ?\(?(?:of|in|to|under|from|at|within) "
        r"(?:(?:the|our|your|their|its|such|any|that|an?|each) )?"
        rf"(?P<document>{_NAME}(?: (?:of|and|the|for|on|{_NAME})){{0,6}})"
        r"|,? of (?:the|our|your|their|its|such|any|that|those|applicable|an?) \w"
        rf"|,?(?: ff?\.)? (?:{_NAME} ){{0,5}}(?:{_LAW}|(?P<short>[A-Z]{{3,}}))(?![\w-])",
        outer=r" (?:of|in|to|under) (?:the )?",
    ),
    "de": _language(
        {
            "section": r"Abschnitt(?:e[ns]?|s)?|Ziffern?|Ziff\.|Klauseln?|Punkt(?:e[ns]?|s)?|"
            r"Nummern?|Kapiteln?|§§?",
            "article": r"Artikeln?|Art\.|Teil(?:e[ns]?|s)?",
            "paragraph": r"(?:Unter)?[Aa]bs(?:ätzen?|atz(?:es)?|\.)|Unterabschnitt(?:e[ns]?|s)?|"
            r"Buchstaben?|Buchst\.|lit\.",
            "annex": r"Anlagen?|Anh[aä]ng(?:e[ns]?|s)?|Beilagen?",
        },
        levels=r",? ?(?:(?:Unter)?[Aa]bs(?:atz|\.)|UAbs\.|Satz|S\.|Buchstaben?|Buchst\.|lit\.|"
        r"Nr\.|Nummer|Punkt|Ziffer|Ziff\.) ?",
        joined=r"(?:\s?,\s?(?:und |oder )?|\s(?:und|oder|bis|sowie|&)\s|\s?[–-]\s?)",
        this=r",? \(?(?:oben|unten)\b|"
        r",? (?:(?:in|von|zu|aus|nach) )?(?:diese[rsmn]|de[rs] vorliegenden)\b",
        other=r",? ?\(?(?:de[rs]|von|in|im|aus|zu[rm]|unsere[rs]|[Ii]hre[rs]|eine[rs]) "
        r"(?:(?:de[rm]|den) )?"
        rf"(?:[a-zäöü-]+en )?(?P<document>{_NAME})"
        rf"|,?(?: ff?\.)? (?:{_NAME} ){{0,3}}(?:{_LAW}|(?P<short>[A-ZÄÖÜ]{{3,}}))(?![\w-])",
        outer=r" (?:de[rs]|von|in|unter) ",
    ),
}


def references(text: str, language: str) -> list[Reference]:
    """Return the references in a text, in order. language: a tag; only "en" and "de" are known."""
    grammar = _LANGUAGES.get(language.partition("-")[0].lower())
    if grammar is None or not _HAS_NUMBER.search(text) or not any(it in text for it in _SIGNS):
        return []
    return list(_references(text, grammar))


_HAS_NUMBER = re.compile(rf"\d|\(\w{{1,5}}\)|\b(?:[A-Z]|[IVX]{{2,6}})\b|{_LETTER}")
# Pieces of the words that refer, one of which a text has that refers to something.
_SIGNS = vocabulary(
    """ection SECTION lause CLAUSE ec. ecs. § rticle ARTICLE rt. rts. Part Chapter aragraph ara.
    aras. chedule SCHEDULE nnex ANNEX ppendi APPENDIX xhibit EXHIBIT ttachment ATTACHMENT ddend
    bschnitt iffer iff. lausel unkt ummer apitel rtikel eil bs uchst lit. nlage nhang nhäng
    eilage oint item Item"""
)


def _references(text: str, grammar: _Language) -> Iterator[Reference]:
    inner: Path = ()  # of a paragraph whose section comes next
    start = -1
    for head in grammar.head.finditer(text):
        numbers, after = [head], head.end()
        is_letter = head["number"].isalpha() and head["number"].islower()
        more = _MORE_LETTERS if is_letter else grammar.more
        while further := more.match(text, after):
            is_plural = _PLURAL.match(head[0]) or _NUMBER_ENDS.match(text, further.end())
            if not is_plural or _is_level(numbers[-1]["number"], further):
                break
            numbers.append(further)
            after = further.end()
        kind = next(it for it, words in head.groupdict().items() if words and it != "number")
        outer = grammar.outer.match(text, after) if kind == "paragraph" else None
        if outer and grammar.head.match(text, outer.end()):
            inner, start = _path(head["number"]), head.start()
            continue
        target, document = _target(grammar, text, head.start(), after)
        for found in numbers:
            begins = found.start() if found is head else found.start("number")
            path = _path(found["number"])
            if found is not head and found["number"][:1] == "(":  # "4(b) or (c)"
                path = (*_above(head["number"], path), *path)
            if inner:
                begins, path, inner = start, (*path, *inner), ()
            if path:
                yield Reference(kind, path, begins, found.end(), target, document)


def _is_level(before: str, further: re.Match[str]) -> bool:
    """Return whether what follows a hyphen is no end of a range: "section 16-1"."""
    number = further["number"]
    is_hyphen = further[0][: -len(number)] == "-" and before.isdigit() and number.isdigit()
    return is_hyphen and int(number) <= int(before)


_MORE_LETTERS = re.compile(r"(?:, | und | oder | bis )(?P<number>[a-z])(?!\w)")
# "section 4 and 14 days": after a single section, a number may count something else.
_PLURAL = re.compile(r"\w+(?:s|S|rn|ln|en)\b|(?:Abschnitt|Punkt|Absätz|Anhäng)e\b|Secs|§§")
_NUMBER_ENDS = re.compile(
    r"\W*(?:\Z|[.,;:)]|(?:of|above|below|hereof|and|or|shall|will|apply|applies|is|are|do|does|und|"
    r"oder|gilt|gelten|oben|unten|dieser|dieses)\b)"
)


def _path(number: str) -> Path:
    return tuple(token.lower() for token in _TOKEN.findall(_LEVEL.sub(" ", number)))


def _above(number: str, path: Path) -> Path:
    """Return what a second number leaves out: ("2", "1") before "(c)" after "2.1(b)"."""
    outer, *inner = number.partition("(")
    inner_path = _path("".join(inner))
    alike = [at for at, it in enumerate(inner_path) if _sort(it) == _sort(path[0])]
    return (*_path(outer), *inner_path[: alike[-1] if alike else -1])


def _sort(token: str) -> str:
    return "1" if token.isdigit() else "i" if set(token) <= set("ivx") else "a"


# Words between levels: "4 paragraph b", "5 Abs. 2 lit. b".
_LEVEL = re.compile(r"\b(?![ivx]+\b|[IVX]+\b)[A-Za-zÄÖÜäöü]{3,}|\bS\.|\bNr\.")


def _target(grammar: _Language, text: str, start: int, end: int) -> tuple[Target, str]:
    if _ITSELF.search(text, max(0, start - _NEAR), start):
        return Target.ITSELF, ""
    if heading := _HEADING.match(text, end):
        end = heading.end()
    if grammar.this.match(text, end):
        return Target.THIS, ""
    after = grammar.other.match(text, end)
    if after and not (after["short"] and text[start : start + 3].isupper()):
        return Target.OTHER, (after["document"] or "").strip('“„"( .')
    before = _BEFORE.search(text, max(0, start - _AROUND), start)
    if before and not _OWN.search(text, max(0, before.start() - _NEAR), before.start()):
        return Target.OTHER, before["document"] or ""
    return Target.UNSAID, ""


_ITSELF = re.compile(r"\b(?:[Tt]his|[Dd]iese[rsmn]?) \Z")
# 'Section 1 ("Information we collect") of our Privacy Policy'
_HEADING = re.compile(r"\.(?=\s[a-z])|[,:]?\s?(?:\([^()]{1,80}\)|[“„\"][^”“\"]{1,80}[”“\"])")
_OWN = re.compile(r"\b(?:this|these|This|These|[Dd]iese[rsmn]?) \Z")
# Characters before a reference in which its document may be named, and "this" before a word.
_AROUND, _NEAR = 80, 10
