"""Placeholders in brackets: [Company], [insert date], [●], <your address>, {email}."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from policies.text.findings.finding import Level, Match
from policies.text.findings.sentences import HIDDEN, Sentence
from policies.text.sentence_boundaries import vocabulary

# What has to be filled in.
_NOUNS = vocabulary(
    """company companies business businesses organization organisation organizations organisations
    corporation entity firm employer client customer owner operator controller vendor vendors
    provider providers supplier processor processors name names title date day month months year
    years days weeks week hours hour address addresses street city town state province county
    country countries region zip postcode email mail phone telephone fax number numbers url website
    web site domain app apps application product products service platform brand store shop
    jurisdiction court law authority regulator dpo officer representative amount fee price
    percentage period timeframe frequency duration age time version purpose description list reason
    category categories type types location department team role position signature registration
    vat industry sector placeholder value variable tool tools partner partners link charity school
    council club institution parties party contact contacts currency party's merchant developer
    recipient recipients org logo no basis bases complaints server servers firmenname firma
    unternehmen anschrift adresse ort plz datum dauer frist betrag anzahl zweck anbieter
    telefonnummer kontaktdaten initials locations sitz ansprechpartner ansprechpartnerin bundesland
    land telefon straße produkt frist zahl"""
)
# What comes between such nouns.
_FILLERS = vocabulary(
    """a an the of for and or in to at on by with from our my your its full legal registered
    physical postal mailing trading privacy support effective last updated revised review reviewed
    publication amended modified relevant applicable specific appropriate other new official
    current main third governing local supervisory data protection lead billing general customer
    s here x y n if any form incl process processing publication start end first second other legal
    social media hosting analytics payment cookie policy e inc ltd llc llp gmbh line code chief
    compliance security information collected uses incorporation retention used
    personal additional insert expiry renewal reg"""
)
# What readers fill in themselves, in a model letter or a form.
_READERS = re.compile(
    r"(?:your |my )?(?:(?:full|first|last|given|family|postal|home|e-?mail|order|account|phone|"
    r"telephone|customer|user) ?){0,3}(?:name|address|signature|sign|e-?mail|number|id|phone|"
    r"telephone|username|relationship|title)?(?: here)?",
    re.IGNORECASE,
)
# Instructions to whoever fills it in.
_ORDER = re.compile(
    r"\W*(?:(?:insert|add|enter|fill|specify|describe|include|choose|select|delete|remove|explain"
    r"|confirm|provide|replace|something|someone|somebody|waiting|awaiting|pending|bitte|hier|noch)\b"
    r"|text (?:to\b|follows|folgt|fehlt)|state (?:the|your|how|what|whether|which|here)"
    r"|optional\b|e\.?g\.|note\b(?!s? ?\d)|nb:|todo|to do\b"
    r"|tb[dca]\b|tk\b|fixme|placeholder|drafting|drafter|guidance|instructions?\b"
    r"|names? of|number of|address of|attorney|counsel to|counsel:|lawyer|legal to"
    r"|to be |(?:if|where|as) (?:applicable|relevant)\W*:|[a-z]{1,4}\d?: |same as|identify "
    r"|list (?:the|all|any|every|each|of|here|your)|use (?:this|if|only|when)|set out|outline"
    r"|summari[sz]e|mention|complete |update |customi[sz]e|tailor|adapt|your (?:company|business|"
    r"organi[sz]ation|legal|website|store|app|site|product)|our company|my company|and/or:"
    r"|alternative\b|option\b|client to|company to|if you |when you |only if|keep (?:this|if)"
    r"|developer note|work in progress|internal|x{2,}|full name|jurisdiction)",
    re.IGNORECASE,
)
# What is to come, or a question: [amount, to follow], [steps missing], [London?], [date – ask Ann].
_OPEN = re.compile(
    r"\b(?:missing|to (?:come|follow)|unclear|open point|fehlt|folgt|fehlen|folgen|offen|unklar"
    r"|klären|nachtragen|tb[cd])\b|(?<!sic)(?<!sic )\?\W{0,3}\Z",
    re.IGNORECASE,
)
_FIRST = re.compile(r"([a-z]+)(?:,| ?[–—]| -) ", re.IGNORECASE)
# What finished texts have in square brackets.
_QUIET = re.compile(
    r"""\W*(?:
        \d{1,4}(?:\s?[-–,;/]\s?\d{1,4}){0,8}[a-z]?            # footnotes, pages, years
      | (?:note|fn|nb|ref|fig|figure|table)\.?\s?\d{1,3}
      | [ivxlc]{1,6} | [a-zA-Z]{1,2}                           # marks, letters, languages
      | (?:(?:en|de|fr|es|it|pt|nl|pl|ja|zh|ar)[-_][A-Z]{2})
      | (?-i:[A-Z]{2,3}) | [A-Za-z]\s?[-–]\s?[A-Za-z]             # acronyms, A–Z
      | and/or | sic|recte|emphasis\ .{0,20}|(?:original\ )?emphasis|omitted
      | (?:citations?|footnotes?|internal\ quotations?).{0,20}|as\ (?:amended|revised|in).{0,30}
      | translation|translated.{0,40} | reserved|repealed|deleted|redacted|revoked|archived|spam
      | (?:the\ )?signatures?\ ?(?:pages?|blocks?)?\ (?:to\ )?(?:follow|appear|on|begin)s?\b.{0,40}
      | .{0,40}\bintentionally\b.{0,30} | (?:the\ )?(?:remainder|rest|balance)\ of\ .{0,50}
      | (?:schedules?|exhibits?|annex(?:es)?|appendi(?:x|ces)|attachments?).{0,6}\ (?:follows?
        |attached|on\ .{0,20})
      | continue[sd]\ .{0,30} | (?:next|following)\ page(?:\ follows)?
      | (?:end|start)\ of\ .{0,30} | (?:not\ (?:applicable|used|in\ use)|n/?a)
      | (?:pdf|docx?|xlsx?|csv|zip|html)\b.{0,30}|\d[\d.,]*\ ?(?:kb|mb)|external(?:\ (?:link|site))?
      | opens?\ in\ .{0,30}|(?:new|in\ (?:a\ )?new)\ (?:window|tab).{0,20}
      | video|audio|image|photo|map|edit|top|back(?:\ to\ .{0,20})?|up|home|show|hide|more|less
      | close|menu|toc|print|download|at|dot|punkt|punto|arroba|ät|et|point|where\ (?:applicable|
        relevant)|free\ of\ charge | !?(?:note|tip|warning|important|caution)
      | (?:last\ )?(?:updated|revised|effective|amended)\W.{0,12}\d.{0,20}
      | (?:content|trigger|spoiler)\ warning
      | english|deutsch|français|español|italiano|português|nederlands|日本語|中文
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_CITATION = re.compile(
    r"\b(?:art(?:icle|s|\.)?|sec(?:tion|\.)|recital|reg(?:ulation)?\.?|directive|chapter|annex|"
    r"schedule|clause|para(?:graph)?\.?|act|code|law no|decree|case|v\.?)\s?(?:\(?(?:no\.?\s?)?"
    r"[A-Z]?\d|\([a-z0-9]+\)|of\s\d|[cl]\s?\d)|§"
    r"|\A\W*(?:annex|schedule|appendix|exhibit) [A-Z]\b"
    r"|\b(?:gdpr|dsgvo|rgpd|ccpa|cpra|hipaa|coppa|ferpa|glba|lgpd|pipeda|popia|pdpa|pecr|bdsg|"
    r"fadp|appi|usc|u\.s\.c|c\.f\.r|cfr|sccs?|dpa|eea|iso|nist|rfc|bgbl|eu|uk|edpb)\b"
    r"|\b\d{2,4}/\d{1,5}/?(?:[A-Z]{2,4})?\b|\b[CTF]-?\d{1,4}/\d{2}\b",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"(?:enter|return|esc|escape|tab|shift|ctrl|control|alt|option|cmd|command|space|backspace"
    r"|delete|del|home|end|page up|page down|f\d{1,2})",
    re.IGNORECASE,
)
_CONTROL_BEFORE = re.compile(
    r"(?:click(?:ing)?|text|reply|type|write(?! to )|send(?! to )|press(?:ing)?"
    r"|tap(?:ping)?|select(?:ing)?|choos(?:e|ing)|hit|button|menu"
    r"|go to|open|labell?ed|marked|tick(?:ing)?|check(?:ing)?|switch|subject(?: line)?:?)"
    r"(?: on| to| the| our| your| your browser's| in| in the){0,6}[ “\"'>]{1,3}\Z",
    re.IGNORECASE,
)
_CONTROL_AFTER = re.compile(
    r"[ ”\"'>]{1,3}(?:button|link|menu|tab|key|icon|option|page|setting|checkbox|box|field|toggle"
    r"|screen|command|section of|>)",
    re.IGNORECASE,
)
# Where a text shows what others are to write, or what somebody might have written.
_EXAMPLE = re.compile(
    r"\b(?:e\.g\.|for example|for instance|such as|examples?:|format:|reads?:|as follows:"
    r"|(?:appears?|shown|displayed) as|(?:symbol|sign|character)\b)"
    r"|\b(?:statements?|comments?|phrases?|names?|titles?) like\b|\bendpoint|\bcookies? (?:named|"
    r"called)|\bparameters?\b",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"\b(?:I|I/We|my/our|hereby|undersigned|dear|sincerely|regards|signature|signed|witness|"
    r"print name)\b|\A\W*(?:to|from|re|subject|date|name|attn)\W? ?\["
    r"|\A\[(?:your|my) (?:full )?(?:name|address|signature)\](?:[^\w\[\]]*\[(?:(?:your|my|the|"
    r"today.s) )?(?:full )?(?:name|address|signature|date|place|city|country|post ?code|"
    r"zip(?: code)?|e-?mail(?: address)?|(?:tele)?phone(?: number)?)\])+[^\w\[\]]*\Z",
    re.IGNORECASE,
)
_SIGNS = re.compile(
    r"\s*(?:[●•■▪◾⚫⬤○◦*]\s?){1,4}|\s*[_?#]{1,40}\s*|\s*\.\.\.\s*_+\s*|\s*[xX]{2,}\s*"
    r"|object Object"
)
_UNIT = re.compile(
    r" ?(?:-|calendar |business |working )?(?:%|days?|weeks?|months?|years?|hours?|euros?|dollars?)"
)
_NUMBERS = re.compile(r"\d{1,4}(?: ?/ ?\d{1,4}){0,4}")
_AMOUNT = re.compile(r"[$€£]\s?\d[\d.,]*")
_FOR = re.compile(r"\b(?:within|for|after|least|than|of|every|to|under|over|about) \Z")
_SQUARE = re.compile(r"\[([^\[\]]{0,600})\](?!\()")
_ANGLES = re.compile(r"<([A-Za-z][^<>=\"/：:]{1,80})>(?!\w+</)")
_CURLY = re.compile(
    r"(?<![\w{$#/.-])\{([A-Za-z][A-Za-z0-9]*(?:[ _.-][A-Za-z0-9]{1,30}){0,6})\}(?!\})"
)
_FOREIGN = re.compile(r"[^\x00-\x7f‘’“”–—…•●■□£€©®™×✓·\u00a0]")
_LETTERS = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_IS = "is a placeholder"
_MAY_BE = "may be a placeholder"
# How many characters before and after brackets are looked at.
_BEFORE = 300
_AFTER = 16


class _Bracket(NamedTuple):
    inside: str
    before: str
    after: str
    is_form: bool

    @property
    def words(self) -> list[str]:
        return _LETTERS.findall(_CAMEL.sub(" ", self.inside).lower())

    @property
    def has_noun(self) -> bool:
        return not _NOUNS.isdisjoint(self.words)

    @property
    def is_to_fill(self) -> bool:
        """Whether nothing is in it but what has to be filled in."""
        return self.has_noun and all(it in _NOUNS or it in _FILLERS for it in self.words)

    @property
    def is_shown(self) -> bool:
        """Whether it is among the words of a quotation or of an example."""
        is_all = self.before[-1:] in ("“", '"') and self.after[:1] in ("”", '"')
        return (self.is_quoted and not is_all) or bool(_EXAMPLE.search(self.before))

    @property
    def is_quoted(self) -> bool:
        return self.before.count("“") > self.before.count("”") or self.before.count('"') % 2 == 1

    @property
    def is_for_readers(self) -> bool:
        """Whether readers are to fill it in: in a letter or a form, or [your name]."""
        theirs = self.inside.lower().startswith(("y", "m")) and _READERS.fullmatch(self.inside)
        return self.is_form or bool(theirs)

    @property
    def is_control(self) -> bool:
        """Whether it names a key or a button: press [Enter], the [Save] button."""
        if _KEYS.fullmatch(self.inside):
            return True
        before, after = self.before[-40:], self.after
        return bool(_CONTROL_BEFORE.search(before) or _CONTROL_AFTER.match(after))


def in_brackets(sentence: Sentence) -> Iterator[Match]:
    """Yield the placeholders in brackets, each kind in reading order."""
    text = sentence.prose
    for sign, regex, judge in _KINDS:
        if sign not in text:
            continue
        is_form = bool(_FORM.search(text))
        for found in regex.finditer(text):
            start, end = found.span()
            before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
            bracket = _Bracket(found[1].strip(), before, after, is_form)
            if HIDDEN not in found[0] and (level := judge(bracket)):
                is_sure = level is Level.BLOCKS
                yield Match(level, start, found[0], _IS if is_sure else _MAY_BE)


def _square(bracket: _Bracket) -> Level | None:
    """Judge square brackets: not footnote marks, citations, [sic], [t]he, "terms", buttons."""
    inside = bracket.inside
    if _is_blank(bracket):
        return _unless_for_readers(bracket)
    counted = _FOR.search(bracket.before) or bracket.after.startswith("%")
    if (_NUMBERS.fullmatch(inside) and _UNIT.match(bracket.after) and counted) or (
        _AMOUNT.fullmatch(inside)
    ):
        return Level.ACKNOWLEDGE
    if _is_part_of_a_word(bracket) or not _LETTERS.search(inside.lower()):
        return None
    if inside.lower().replace("\u00a0", " ") == "email protected":
        return Level.ACKNOWLEDGE
    return _instruction(bracket) if _is_instruction(bracket) else _other_words(bracket)


def _is_quiet(bracket: _Bracket) -> bool:
    return bool(_QUIET.fullmatch(bracket.inside)) and bracket.inside.lower() not in _NOUNS


def _is_instruction(bracket: _Bracket) -> bool:
    inside = bracket.inside
    first = _FIRST.match(inside)
    is_open = _OPEN.search(inside) or (first and first[1].lower() in _NOUNS)
    return bool(_ORDER.match(inside) or is_open) and not _is_quiet(bracket)


def _instruction(bracket: _Bracket) -> Level | None:
    if bracket.is_control and not bracket.has_noun:
        return None
    return _unless_for_readers(bracket)


def _other_words(bracket: _Bracket) -> Level | None:
    inside = bracket.inside
    if _is_quiet(bracket) or _CITATION.search(inside):
        return None
    if bracket.is_control or _FOREIGN.search(inside):
        return Level.ACKNOWLEDGE if bracket.has_noun and inside.isupper() else None
    if bracket.is_to_fill:
        return _unless_for_readers(bracket)
    if _CITATION.search(bracket.before[-24:]):
        return None
    is_key = " " not in inside and inside.isupper() and any(char.isdigit() for char in inside)
    if bracket.is_shown or bracket.is_quoted or is_key:  # a key such as [RFC2119]
        return None
    return Level.ACKNOWLEDGE


def _unless_for_readers(bracket: _Bracket) -> Level:
    if bracket.is_shown:
        return Level.ADVICE
    is_doubtful = bracket.is_for_readers or bracket.is_quoted
    return Level.ACKNOWLEDGE if is_doubtful else Level.BLOCKS


def _is_blank(bracket: _Bracket) -> bool:
    """Return whether a value is left open: "Effective date: [ ]", [●], [X] days."""
    inside, before, after = bracket.inside, bracket.before, bracket.after
    if not inside:  # a box to tick, unless a value is missing
        if before.rstrip().endswith(("Annex", "Schedule", "Section", "Clause", "clause")):
            return True
        missing = before.rstrip().endswith((":", "of"))
        return bool(_UNIT.match(after)) or (missing and not after.strip(" .,;"))
    if _NUMBERS.fullmatch(inside) and "/" in inside and _UNIT.match(after):
        return True
    one = len(inside) == 1 and inside in "XxNnYy"
    return bool(_SIGNS.fullmatch(inside)) or (one and bool(_UNIT.match(after)))


def _is_part_of_a_word(bracket: _Bracket) -> bool:
    """Return whether it is a box to tick, a defined "term", [T]he, word[s] or part of a name."""
    inside, before, after = bracket.inside, bracket.before, bracket.after
    if not inside or inside[0] in "\"“”'‘«„":
        return True
    joined = before[-1:].isalnum() or before[-1:] in ("_", "-", "/", ".")
    return joined or (after[:1].isalpha() and len(inside) <= _FEW_LETTERS)


_FEW_LETTERS = 3
# Of HTML, among what has to be filled in.
_TAGS = vocabulary("title time code data label form section")
_FEW_WORDS = 6


def _angle(bracket: _Bracket) -> Level | None:
    """Judge angle brackets: not tags of HTML, names of laws, headings."""
    inside = bracket.inside
    joined = bracket.before[-1:].isalnum() or bracket.before[-1:] in ("_", "-", "/")
    if joined or _KEYS.fullmatch(inside) or inside in _TAGS:
        return None
    if bracket.is_to_fill or _ORDER.match(inside):
        return _unless_for_readers(bracket)
    few = len(bracket.words) <= _FEW_WORDS
    return Level.ACKNOWLEDGE if few and bracket.has_noun and inside[0].islower() else None


def _curly(bracket: _Bracket) -> Level | None:
    """Judge single braces, which finished texts have in names of cookies and of API fields."""
    if bracket.inside.lower().endswith(("id", "token", "user", "hash")) or not bracket.has_noun:
        return Level.ACKNOWLEDGE if _ORDER.match(bracket.inside) else None
    return _unless_for_readers(bracket) if bracket.is_to_fill else Level.ACKNOWLEDGE


_KINDS = ("[", _SQUARE, _square), ("<", _ANGLES, _angle), ("{", _CURLY, _curly)
