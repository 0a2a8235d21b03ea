"""Placeholders in square brackets: [Company], [insert date], [●], [weeks/months]."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from policies.text.findings.sentences import HIDDEN, Match, Sentence
from policies.text.sentence_boundaries import vocabulary

# What has to be filled in: a placeholder if it is in square brackets, braces and the like.
_NOUNS = (
    r"company|companies|business|organi[sz]ation|corporation|entity|firm|employer|client|customer"
    r"|owner|operator|controller|vendor|provider|supplier|processor|name|title|date|day|month|year"
    r"|address|street|city|town|state|province|county|country|countries|region|zip|postcode|e-?mail"
    r"|phone|telephone|fax|number|url|website|web ?site|site|domain|link|app|application|product"
    r"|service|services|platform|brand|store|shop|jurisdiction|court|law|authority|regulator|dpo"
    r"|officer|representative|contact|contacts|details|amount|fee|price|percentage|period|age|time"
    r"|hours|days|weeks|months|years|version|purpose|purposes|description|list|reason|category"
    r"|categories|type|types|location|locations|person|department|team|role|position|signature"
    r"|registration|vat|industry|sector|placeholder|text|content|value|variable|tool|tools|partner"
    r"|partners|cookie|cookies|feature|features|condition|conditions|uses|data|information|"
    r"other|basis|bases|grounds?|criteria|recipients?|institution|school|charity|practice|"
    r"council|club|measures?|safeguards?|rights|terms|currency|language|gender"
)
HAS_NOUN = re.compile(rf"(?:\b|_)(?:{_NOUNS})(?:\b|_|s\b|\d)", re.IGNORECASE)
# Instructions to whoever fills it in.
ORDER = re.compile(
    r"\W*(?:insert|add|enter|fill|specify|describe|list|state (?:the|your|how|what|whether|which)"
    r"|include|choose|select|delete|remove|optional\b|e\.?g\.|example\b|note\b(?!s? ?\d)|nb:|todo"
    r"|to do\b|tb[dca]\b|tk\b|fixme|placeholder|drafting|drafter|guidance|instructions?\b|explain"
    r"|confirm|provide|name of|names of|number of|address of|replace|attorney|counsel to|counsel:"
    r"|lawyer|legal to|to be |(?:if|where|as) (?:applicable|relevant)(?:\W*:|\W+\w)|[a-z]{1,4}\d?: "
    r"|use (?:this|if|only|when)|same as|set |pick |identify |outline|summari[sz]e|mention|detail "
    r"|complete |update |customi[sz]e|tailor|adapt|your\b|our company|my company|or:|and/or:"
    r"|alternative|option\b|option [a-z0-9]\b|version [a-z]\b|client to|company to|be explicit"
    r"|for (?:gdpr|ccpa|eu|uk|us|california)\b.{0,40}:|if you |when you |only if|x{2,}|keep "
    r"(?:this|if))",
    re.IGNORECASE,
)
_QUIET = re.compile(
    r"""\W*(?:
        \d{1,4}(?:\s?[-–,;/]\s?\d{1,4}){0,8}[a-z]?            # footnotes, pages, years
      | (?:note|fn|nb|ref|fig|figure|table)\.?\s?\d{1,3}
      | [ivxlc]{1,6} | [IVXLC]{1,3} | [a-zA-Z]{1,2}            # marks, letters, languages
      | (?:(?:en|de|fr|es|it|pt|nl|pl|ja|zh|ar)[-_][A-Z]{2})
      | (?-i:[A-Z]{2,3}) | [A-Za-z]\s?[-–]\s?[A-Za-z]             # acronyms, A–Z
      | and/or | sic|recte|emphasis\ (?:added|supplied|mine)|(?:original\ )?emphasis|omitted
      | citation\ omitted|as\ (?:amended|revised|in\ original).{0,30}
      | (?:citations?|footnotes?)\ omitted|internal\ quotations?.{0,40}
      | translation|translated.{0,40}
      | reserved|intentionally\ (?:left\ )?(?:blank|omitted).{0,30}
      | repealed|deleted|redacted|revoked
      | (?:the\ )?signatures?(?:\ (?:pages?|blocks?))?(?:\ to)?[ ]
        (?:follow|appear|on|begin)s?\b.{0,40}
      | (?:the\ )?(?:remainder|rest|balance)\ of\ (?:(?:this|the)\ )?page\b.{0,50}
      | (?:(?:this|the)\ )?(?:page|space|section|clause|paragraph)\ (?:(?:is|was|has\ been)\ )?
        intentionally\b.{0,30}
      | (?:schedules?|exhibits?|annex(?:es)?|appendi(?:x|ces)|attachments?)(?:\ [A-Z0-9]{1,3})?[ ]
        (?:follows?|(?:is\ |are\ )?attached|on\ (?:the\ )?(?:next|following)\ pages?)
      | continue[sd]\ (?:on|from|overleaf).{0,30} | (?:next|following)\ page(?:\ follows)?
      | (?:end|start)\ of\ (?:(?:this|the)\ )?(?:page|document|policy|agreement|schedule|annex)
      | (?:not\ (?:applicable|used|in\ use)|n/?a)
      | (?:pdf|docx?|xlsx?|csv|zip|html)\b.{0,30}|\d[\d.,]*\ ?(?:kb|mb)|external(?:\ (?:link|site))?
      | opens?\ in\ .{0,30}|(?:new|in\ (?:a\ )?new)\ (?:window|tab).{0,20}
      | video|audio|image|photo|map
      | edit|top|back(?:\ to\ .{0,20})?|up|home|show|hide|more|less|close|menu|toc|print|download
      | at|dot|punkt|punto|arroba|ät|et|point
      | english|deutsch|français|español|italiano|português|nederlands|日本語|中文
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_CITATION = re.compile(
    r"\b(?:art(?:icle|s|\.)?|sec(?:tion|\.)|recital|reg(?:ulation)?\.?|directive|chapter|annex|"
    r"schedule|clause|para(?:graph)?\.?|act|code|law no|decree|oj|ecli|ewca|ewhc|uksc|ukhl|cjeu|"
    r"case|v\.?)\s?(?:\(?(?:no\.?\s?)?[A-Z]?\d|\([a-z0-9]+\)|of\s\d|civ\b|[cl]\s?\d)"
    r"|§"
    r"|\b(?:gdpr|dsgvo|rgpd|ccpa|cpra|hipaa|coppa|ferpa|glba|lgpd|pipeda|popia|pdpa|pecr|bdsg|"
    r"ttdsg|tdddg|fadp|appi|pipl|usc|u\.s\.c|c\.f\.r|cfr|scc|sccs|dpa|eea|iso|nist|rfc|bgbl|eu|"
    r"uk)\b"
    r"|\b\d{2,4}/\d{1,5}/?(?:[A-Z]{2,4})?\b"
    r"|\b[CTF]-?\d{1,4}/\d{2}\b",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"(?:enter|return|esc|escape|tab|shift|ctrl|control|alt|option|cmd|command|space|backspace"
    r"|delete|del|home|end|page up|page down|f\d{1,2}|[a-z0-9])",
    re.IGNORECASE,
)
_CONTROLS_BEFORE = re.compile(
    r"(?:click(?:ing)?|press(?:ing)?|tap(?:ping)?|select(?:ing)?|choos(?:e|ing)|hit|button|menu"
    r"|go to|open|labell?ed|marked|tick(?:ing)?|check(?:ing)?|switch|subject(?: line)?:?)"
    r"(?: on| to| the| our| your| your browser's| in| in the){0,6}[ “\"'>]{1,3}\Z",
    re.IGNORECASE,
)
_CONTROLS_AFTER = re.compile(
    r"[ ”\"'>]{1,3}(?:button|link|menu|tab|key|icon|option|page|setting|checkbox|box|field|toggle"
    r"|screen|command|section of|>)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\[([^\[\]]{0,600})\](?!\()")
_LETTERS = re.compile(r"[A-Za-z]")
_FOREIGN = re.compile(r"[^\x00-\x7f‘’“”–—…•●■□£€©®™×✓·\u00a0]")
_SIGNS = re.compile(
    r"\s*(?:[●•■▪◾⚫⬤○◦]\s?){1,4}|\s*[_?#]{1,40}\s*|\s*\.\.\.\s*_+\s*|\s*[xX]{2,}\s*"
)


def brackets(sentence: Sentence) -> Iterator[Match]:
    """Yield placeholders in square brackets: [Company], [insert date], [●], [weeks/months].

    Not footnote marks, citations, [sic], [t]he, defined terms in quotes, names of buttons.
    """
    text = sentence.prose
    if "[" not in text:
        return
    for found in _BRACKET.finditer(text):
        start, end = found.span()
        before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
        sure = _is_sure(_Bracket(found[1].strip(), before, after))
        if sure is not None:
            yield Match(sure, start, found[0])


class _Bracket(NamedTuple):
    inside: str
    before: str
    after: str

    @property
    def has_noun(self) -> bool:
        return bool(HAS_NOUN.search(self.inside))

    @property
    def is_quoted(self) -> bool:
        """Whether they are in a quotation: an editor's words, or a name still to be defined."""
        opened = self.before.count("“") > self.before.count("”")
        return opened or self.before.count('"') % 2 == 1


# How many characters before and after the brackets are looked at.
_BEFORE = 300
_AFTER = 16


def _is_sure(bracket: _Bracket) -> bool | None:
    """Return whether square brackets are surely a placeholder; None if they are none at all."""
    if _is_blank(bracket):
        return True
    if _is_never_a_placeholder(bracket):
        return None
    inside = bracket.inside
    if inside.lower().replace("\u00a0", " ") in ("email protected", "citation needed"):
        return False
    quiet = bool(_QUIET.fullmatch(inside))
    if ORDER.match(inside) and not quiet:
        return None if _is_control(bracket) and not bracket.has_noun else True
    if quiet or _CITATION.search(inside):
        return None
    if _CITATION.search(bracket.before[-24:]) or _FOREIGN.search(inside):
        return False if bracket.has_noun else None
    if _is_control(bracket):
        return False if bracket.has_noun and (inside.isupper() or "_" in inside) else None
    return _is_other_placeholder(bracket)


def _is_blank(bracket: _Bracket) -> bool:
    """Return whether a value is left open: "Effective date: [ ]", [●], [X] days."""
    inside, before, after = bracket
    if not inside:  # a box to tick, unless a value is missing
        return before.rstrip().endswith(":") and not after.strip(" .")
    counts = _NUMBERS.fullmatch(inside) and _UNIT.match(after)
    if counts and ("/" in inside or _FOR.search(before)):
        return True
    return bool(_SIGNS.fullmatch(inside)) or bool(
        len(inside) == 1 and inside in "XxNnYy" and _UNIT.match(after)
    )


def _is_never_a_placeholder(bracket: _Bracket) -> bool:
    """Return whether the brackets are a box to tick, a defined "term", [T]he, word[s] or code."""
    inside, before, after = bracket
    if not inside or inside[0] in "\"“”'‘«„" or HIDDEN in inside or not _LETTERS.search(inside):
        return True
    return before[-1:].isalnum() or (after[:1].isalpha() and len(inside) <= _FEW_LETTERS)


_FEW_LETTERS = 3
_FEW_WORDS = 8
_ARTICLES = vocabulary("the a an our its their this these such")


def _is_other_placeholder(bracket: _Bracket) -> bool | None:
    """Judge, as `_is_sure` does, brackets that nothing else explains."""
    inside = bracket.inside
    if _is_code_like(inside):
        return True
    if _ALTERNATIVES.fullmatch(inside) and not bracket.is_quoted:
        return True
    if bracket.is_quoted:
        return False if bracket.has_noun and inside[0].isupper() else None
    words = inside.split()
    if bracket.has_noun and len(words) <= _FEW_WORDS:
        if words[0].lower() not in _ARTICLES or inside.isupper():
            return True
    elif len(words) == 1 and inside.isupper() and any(char.isdigit() for char in inside):
        return None  # a key such as [RFC2119]
    return False


def _is_control(bracket: _Bracket) -> bool:
    """Return whether the brackets name a key or a button: press [Enter], the [Save] button."""
    if _KEYS.fullmatch(bracket.inside) and len(bracket.inside) > 1:
        return True
    return bool(
        _CONTROLS_BEFORE.search(bracket.before[-40:]) or _CONTROLS_AFTER.match(bracket.after)
    )


def _is_code_like(inside: str) -> bool:
    """Return whether the words name a variable: COMPANY_NAME, companyName, company-name."""
    return bool(_VARIABLE.fullmatch(inside)) and bool(
        "_" in inside or HAS_NOUN.search(split_camel(inside))
    )


_ALTERNATIVES = re.compile(r"[A-Za-z][A-Za-z' -]{2,60}(?: ?/ ?[A-Za-z][A-Za-z' -]{2,60}){1,6}")
_NUMBERS = re.compile(r"\d{1,4}(?: ?/ ?\d{1,4}){0,4}")
_FOR = re.compile(r"\b(?:within|for|after|least|than|of|every|to|under|over|about) \Z")
_UNIT = re.compile(
    r" ?(?:-|calendar |business |working )?(?:%|days?|weeks?|months?|years?|hours?|euros?|dollars?)"
)
_VARIABLE = re.compile(
    r"[A-Za-z][A-Za-z0-9]{0,40}(?:[_.-][A-Za-z0-9]{1,40}){1,8}|[a-z]{2,20}(?:[A-Z][a-z]{1,20}){1,5}"
)


def split_camel(text: str) -> str:
    """Return the words in the name of a variable, such as companyName or company_name."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ").replace("-", " ")
