"""Placeholders, words still to be written: [Company], {{ name }}, TODO, 20XX, ____ and the like.

A match is sure only if no finished text has it; everything else is for somebody to judge. Each
search names what it leaves alone because finished policies have it.

    brackets.py  those in square brackets
    names.py     those for names and addresses
"""

import re
from collections.abc import Iterator

from policies.text.findings.placeholders.brackets import HAS_NOUN, ORDER, brackets, split_camel
from policies.text.findings.placeholders.names import EXAMPLES, in_round_brackets, names
from policies.text.findings.sentences import HIDDEN, Match, Sentence
from policies.text.sentence_boundaries import vocabulary


def placeholder(sentence: Sentence) -> Match | None:
    """Return the first sure placeholder in a sentence, else the first doubtful one, or None."""
    best: Match | None = None
    for search in _SEARCHES:
        for found in search(sentence):
            if found.sure:
                return found
            best = best or found
    return best


# --- Braces and other signs of template engines ---------------------------------------------------

_ENGINES = re.compile(
    r"\{\{[^{}]{0,200}\}\}|\{%[^{}%]{0,200}%\}|[$#]\{[^{}]{1,200}\}|<%=?[^%<>]{0,200}%>"
    r"|<<[^<>]{1,80}>>|<\?=?[^<>?]{0,200}\?>|%%[A-Za-z_ ]{2,40}%%|@@[A-Za-z_ ]{2,40}@@|\{\{"
    r"|\}\}(?!\})"
    r"|(?<![\w%])%(?:[A-Z][A-Z0-9_]{1,40}|[a-z]{2,20}(?:_[a-z]{2,20}){1,4})%"
    r"|(?<![\w#])#[A-Z][A-Za-z0-9_]{2,40}#"
    r"|(?<![\w$])\$[A-Z][A-Z0-9]{0,30}(?:_[A-Z0-9]{1,30}){1,6}\b"
    r"|(?<![\w$])\$(?:COMPANY|NAME|DATE|EMAIL|ADDRESS|WEBSITE|URL|APP|PRODUCT|PHONE|BUSINESS|"
    r"DOMAIN)\b"
    r"|(?<![\w{])\{[A-Za-z][A-Za-z0-9]{0,30}(?:_[A-Za-z0-9]{1,30}){0,6}\}"
    r"|(?<![\w.])_{0,2}[A-Z]{2,30}(?:_[A-Z0-9]{1,30}){1,6}(?![\w.])"
    r"|«[A-Za-z]{2,30}(?:_[A-Za-z]{1,30}){1,5}»"
)


def _engines(sentence: Sentence) -> Iterator[Match]:
    """Yield what a template engine should have replaced: {{ name }}, ${date}, %NAME%, COMPANY_NAME.

    Not amounts ($100), shares (100%), ids in braces, nor anything in code.
    """
    text = sentence.words
    if not _ENGINE_HINTS.search(text):
        return
    for found in _ENGINES.finditer(text):
        one = found[0]
        sure = True
        if one[0] == "{" and one[1] not in "{%":
            sure = "_" in one or one[1:-1].isupper() or bool(HAS_NOUN.search(split_camel(one)))
        elif one[0] in "%#" and one[1] not in "%{" and not HAS_NOUN.search(split_camel(one)):
            continue
        elif one[0].isalpha() or one[0] == "_":
            # Finished policies name constants, such as ACCESS_FINE_LOCATION and PHPSESSION_ID.
            if not HAS_NOUN.search(one) or _CONSTANTS.search(one):
                continue
            sure = bool(_CONSTANT_NOUNS.search(one))
        yield Match(sure, found.start(), one)


_ENGINE_HINTS = re.compile(r"[{}%$_@«#]|<[<%?]")
_CONSTANTS = re.compile(
    r"ACCESS|READ|WRITE|PERMISSION|SESS|TOKEN|STATE$|CAMERA|CONTACTS|_ID$|COOKIE|CSRF"
)
_CONSTANT_NOUNS = re.compile(
    r"(?:COMPANY|BUSINESS|LEGAL|CONTACT|SUPPORT|PRIVACY|YOUR|APP|SITE|WEBSITE|PRODUCT|SERVICE"
    r"|ORG\w*|EFFECTIVE|UPDATED?|PHONE|DPO|ENTITY|BRAND)_|_(?:NAME|ADDRESS|EMAIL|URL|DATE"
    r"|JURISDICTION|LAW)\b"
)

_ANGLES = re.compile(r"<([A-Za-z][^<>=\"/]{1,80})>(?!\w+</)")
_HTML = re.compile(
    r"(?:a|abbr|address|article|aside|audio|b|base|bdi|bdo|big|blockquote|body|br|button|caption"
    r"|center|cite|code|col|data|dd|del|details|dfn|div|dl|dt|em|embed|figure|font|footer|form"
    r"|frame|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map"
    r"|mark|menu|meta|nav|object|ol|option|p|param|picture|pre|q|s|script|section|select|small"
    r"|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot"
    r"|th|thead|time|title|tr|tt|u|ul|var|video|wbr)\b(?: .{0,300})?"
)


def _angles(sentence: Sentence) -> Iterator[Match]:
    """Yield placeholders in angle brackets, <Company>; not tags of HTML or comparisons."""
    text = sentence.words
    if "<" not in text:
        return
    for found in _ANGLES.finditer(text):
        inside = found[1].strip()
        if HIDDEN in inside or _HTML.fullmatch(inside):
            continue
        sure = ORDER.match(inside) or HAS_NOUN.search(split_camel(inside)) or inside.isupper()
        yield Match(bool(sure), found.start(), found[0])


# --- Marks that authors leave for themselves ------------------------------------------------------

_ROMANCE = re.compile(
    r"\b(?:el|la|los|las|lo|de|del|que|y|en|es|un|una|por|para|con|se|su|sus|al|o|e|os|as|do|da"
    r"|dos|das|no|na|em|ao|um|uma|com|usuario|usuarios|contenido|derecho|derechos|tipo|dato|datos"
    r"|momento)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:the|of|to|we|our|you|your|this|is|are|for|with|add|confirm|check|legal|update|replace"
    r"|describe|list|insert|write|review|ask|fix|link|address|email|name|date|section)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"\bTODOS?\b|\bFIXME\b|\bT\.?B\.?[DCA]\b\.?|\bt\.b\.[dca]\b\.?"
    r"|\b(?:REPLACE|CHANGE|EDIT|FILL)[ _-]?ME\b"
    r"|\bTK\s?TK\b"
    r"|\bWIP\b(?=\s?[:\])–-]|\W*\Z)"
    r"|\bTo[- ][Dd]o:|\b[Tt]odo:|@todo\b|\?{3,}|\btbd\b|\btbc\b(?=\W*\Z)|\b[A-Z]{1,2}X{4,}\b"
    r"|\b0{6,}\b|\bXXX+\b|\b[Xx]xx+\b"
    r"|\b(?:XX|xx)(?=[\s-]{1,2}(?:(?:calendar|business|working)\s)?(?:days?|weeks?|months?|years?|"
    r"hours?|%|euros?|dollars?))"
    r"|\b(?:XX|xx|DD|dd|MM|mm)[./-](?:XX|xx|MM|mm|DD|dd)[./-](?:XX|xx|YY|yy){1,2}\b"
    r"|\b(?:YYYY|yyyy)[./-](?:MM|mm)[./-](?:DD|dd)\b"
    r"|\b20(?:XX|xx|__|\?\?)|[$€£]X{1,4}\b(?!,)"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December) (?:XX|xx|DD|dd|__)\b"
    r"|\b(?:Month|MONTH|Mmmm) (?:DD|dd|Day|DAY|XX),? (?:YYYY|yyyy|Year|YEAR|20XX)"
    r"|\b(?:DD|Day|D) (?:Month|MMMM|MONTH) (?:YYYY|Year)"
    r"|\b00[./-]00[./-]0000\b|\b\d?XX?%|\bLOREM IPSUM\b|\b[Ll]orem [Ii]psum\b|\b[Dd]olor sit amet\b"
    r"|\b(?:blah[ ,]+){1,3}blah\b"
    r"|\basdf\w*\b|\b[Cc]hangeme\b"
)
_ROMAN_BEFORE = re.compile(
    r"(?:article|chapter|title|part|book|annex|appendix|schedule|volume|louis|section|artículo"
    r"|capítulo|título|chapitre|titre|artikel|kapitel)\.? \Z",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"\w\S* (?!Contact|Call|Email|Phone|Tel)[A-Z][a-z]+ \Z")
_FORMATS = re.compile(
    r"\b(?:formats?|digits?|mask(?:ed|s)?|shown as|displayed as|card numbers?|iban|last four"
    r"|written as|entered as|rated|adult|pornograph\w*|sexually|movies?"
    r"|dates? (?:are|is) written)\b",
    re.IGNORECASE,
)


def _marks(sentence: Sentence) -> Iterator[Match]:
    """Yield marks of unfinished text: TODO, TBD, FIXME, XXX, 20XX, DD/MM/YYYY, lorem ipsum.

    Not the Spanish "todo", Roman numerals, masked numbers ("shown as XXXX 1234").
    """
    text = sentence.words
    if not (_MARK_WORDS & sentence.vocabulary) and not _MARK_HINTS.search(text):
        return
    for found in _MARKS.finditer(text):
        before = text[max(0, found.start() - _AROUND) : found.start()]
        after = text[found.end() : found.end() + _AROUND]
        mark = found[0].lower()
        if _is_spanish(mark, before, after) or _is_number(mark, before, after, sentence.kind):
            continue
        if mark[:1] in "dmxy" and _FORMATS.search(before + after):
            continue
        sure = mark[0] not in "$€£" and (mark not in _DOUBTFUL or len(text) < _SHORT)
        yield Match(sure, found.start(), found[0])


# In characters: what is looked at on each side of a mark, and the length of a short sentence.
_AROUND = 200
_SHORT = 60
_MARK_WORDS = vocabulary(
    """todo todos do fixme tbd tba tbc t tk wip w month d day dd mm yyyy lorem dolor blah changeme
    replace replaceme change edit fill"""
)
_MARK_HINTS = re.compile(r"[Xx]{2}|[$€£]X|\dX|\?{3}|00[./-]00|000000|__|20\?|asdf|\d%")
_DOUBTFUL = vocabulary("wip w.i.p asdf ???")


def _is_spanish(mark: str, before: str, after: str) -> bool:
    if mark == "todos":
        return not after.startswith((":", " -", " –"))
    romance = mark.startswith("todo") and _ROMANCE.search(before + after)
    return bool(romance) and not _ENGLISH.search(after)


def _is_number(mark: str, before: str, after: str, kind: str) -> bool:
    """Return whether X's are a Roman numeral or a part of an address: Chapter XXX, xxx@…"""
    if set(mark) != {"x"}:
        return False
    if _ROMAN_BEFORE.search(before) or _NAME_BEFORE.search(before):
        return True
    if HIDDEN in before[-1:] + after[:1]:
        return True
    starts = not before.strip() and len(mark) == len("xxx")
    return starts and (kind in ("section", "heading", "title") or after[:1] in (".", ")"))


_BLANKS = re.compile(r"_{3,}|\.{6,}(?!\s*\d)|…{2,}(?!\s*\d)|(?:_ ){3,}|(?<=[:\s])-{5,}(?=\s|\Z)")
_SIGNED = re.compile(r"\bsign(?:ature|ed)\b", re.IGNORECASE)
_FORM = re.compile(
    r"\b(?:signature|signed|sign here|consumer|ordered on|withdraw|witness|delete as appropriate"
    r"|parent or guardian|print name|form)\b",
    re.IGNORECASE,
)


def _blanks(sentence: Sentence) -> Iterator[Match]:
    """Yield blanks to be filled in: ____, ......, -----.

    Not sure in forms, such as the model withdrawal form; none where somebody has to sign.
    """
    text = sentence.words
    if not any(hint in text for hint in ("__", "..", "……", "_ _", "---")):
        return
    blanks = list(_BLANKS.finditer(text))
    if not blanks or _SIGNED.search(text):
        return
    form = _FORM.search(text)
    for found in blanks:
        before = text[max(0, found.start() - _AROUND) : found.start()].rstrip()
        yield Match(
            not form and (found[0][0] == "_" or before[-1:] == ":"), found.start(), found[0][:20]
        )


# --- Addresses ------------------------------------------------------------------------------------

_DOMAINS = re.compile(
    r"\b(?:[\w.+-]{1,64}@)?(?:www\.)?(?:"
    r"(?P<sure>(?:your|my|the)[-_]?(?:company|business|domain|site|website|app|organi[sz]ation|"
    r"firm|store|shop|brand|product|startup|email|name|practice|saas|project)"
    r"(?:[-_]?(?:name|here|domain|site|url|app))?\.[a-z]{2,12}"
    r"|(?:company|business|website|site|app)[-_]?name\.[a-z]{2,12}"
    r"|xxx+\.[a-z]{2,4}|placeholder\.[a-z]{2,6}|insert\w{0,20}\.[a-z]{2,6})"
    r"|(?P<doubt>(?:company|business|domain|website|yoursite|mysite|email|abc|xyz|acme|contoso|test)"
    r"\.(?:com|org|net|io|co)))(?![\w.-]*\w)",
    re.IGNORECASE,
)
_YOUR_ADDRESS = re.compile(
    r"\b(?:your|my)[-_.]?(?:e-?mail|name|address)?@[\w.-]{1,60}|\b(?:user|name|someone|"
    r"email)@(?:domain|company|email|website|mail)\.\w{2,4}",
    re.IGNORECASE,
)


def _domains(sentence: Sentence) -> Iterator[Match]:
    """Yield domains in place of the real one: yourcompany.com; example.com has its own rule."""
    text = sentence.prose
    if "." not in text:
        return
    domains = [*_DOMAINS.finditer(text), *_YOUR_ADDRESS.finditer(text)]
    if not domains or EXAMPLES.search(text):
        return
    for found in domains:
        sure = found[0].lower().startswith(("your", "name@")) or (
            found.re is _DOMAINS and bool(found["sure"])
        )
        yield Match(sure, found.start(), found[0])


def in_target(target: str) -> bool:
    """Return whether a link's target is a placeholder: mailto:[EMAIL], https://yourcompany.com."""
    if not _TARGET_HINTS.search(target):
        return False
    found = _DOMAINS.search(target)
    return bool(_TARGET.search(target) or (found and found["sure"]))


_TARGET_HINTS = re.compile(
    r"[\[{<%_$]|your|my|name|the|insert|xxx|placeholder|%5B|%7B", re.IGNORECASE
)
_TARGET = re.compile(
    r"\[[^\]]{1,80}\]|\{\{.{0,80}|\$?\{[\w .]{1,60}\}|%5B|%7B%7B|<[A-Za-z ]{2,40}>"
    r"|\b(?:INSERT|YOUR|ADD)_\w{2,40}"
    r"|\byour[-_](?:company|domain|site|website|email|privacy|policy|app|link|url)\b",
    re.IGNORECASE,
)

_SEARCHES = brackets, _engines, _angles, _marks, _blanks, names, in_round_brackets, _domains
