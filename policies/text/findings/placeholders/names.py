"""Placeholders for names: Your Company Name, (company name), Acme Inc, 123 Main Street."""

import re
from collections.abc import Iterator

from policies.text.findings.placeholders.brackets import HAS_NOUN, ORDER
from policies.text.findings.sentences import Match, Sentence
from policies.text.sentence_boundaries import vocabulary

_THING = (
    r"(?:Company|Business|Organi[sz]ation|App|Application|Website|Site|Product|Service|Brand|Store"
    r"|Firm|Legal Entity|Domain)"
)
_NAMELESS = re.compile(
    rf"\b(?:Your|YOUR|My|Our|your) (?:{_THING}|COMPANY|BUSINESS|APP|WEBSITE|SITE|PRODUCT|"
    r"ORGANI[SZ]ATION)[',\s]*(?:Name|NAME|URL|Address|Here|Inc\b|LLC\b|Ltd\b|GmbH\b|HERE)"
    r"|\bYOUR_?(?:COMPANY|BUSINESS|APP|WEBSITE|SITE|PRODUCT|EMAIL|NAME|DOMAIN|ADDRESS)_?(?:NAME|"
    r"HERE|ADDRESS)?\b(?= (?:HERE|NAME|INC)|_|\W*\Z)"
    r"|(?:\b(?:at|by|of|to|with|from|contact|for|and|that|©|\(c\)|20\d\d|Welcome to|"
    rf"between) ){_THING} Name\b(?![:'’])"
    rf"|\A(?:the )?{_THING} Name\b(?= ?(?:\(|\"|“|is |are |collects?|respects?|values?|may |will |"
    r"uses?|process|takes?|operates?|provides?|does|,? Inc|,? LLC|,? Ltd|,? and its|\())"
    r"|\b(?:Company|Business|App|Website) Name,? (?:Inc|LLC|Ltd|GmbH)\b"
    r"|\b(?:Full )?(?:Street Address|Address Line 1), (?:City|Town),? (?:State|ST|County|Country)\b"
    r"|\b(?:\d{1,5} [A-Z][a-z]+ (?:Street|St\.?|Road|Ave\.?|Avenue), )(?:City|Your City|Anytown|"
    r"Any Town|Anywhere|Town)\b"
    r"|\bAnytown\b"
    r"|\bCity, State,? (?:ZIP|Zip|\d{5}|Country|Postal)"
    r"|\b(?:Insert|insert|INSERT) (?:[\w'/-]{1,20} ){0,6}(?:here|HERE|below)\b"
    r"|\b(?:[Yy]our|YOUR|[Aa]dd|ADD|[Ee]nter|ENTER|[Pp]aste) (?:[\w-]{1,20} ){0,2}(?:text|content|"
    r"heading|title|description|address|company name|details|TEXT|CONTENT|ADDRESS) (?:here|"
    r"HERE)\b(?! to)"
    r"|\b(?:[Tt]ext|[Cc]ontent|[Cc]opy|[Dd]escription|[Aa]ddress|[Pp]olicy|[Ll]ogo) (?:goes|"
    r"will go|to go|to come) here\b"
    r"|\A\W*(?:Content|Text|Copy|Section|Details|Wording|Policy|Address)(?: is)? (?:pending|needed|"
    r"missing|to come)\b"
    r"|[(\[–—-] ?(?:please )?(?:change|edit|fix|check|replace|update|verify|confirm|fill) (?:this|"
    r"me|these)\b(?=[)\].!]|\W*\Z)"
    r"|\A\W*(?:[Ff]ull|[Pp]ostal|[Cc]ompany|[Bb]usiness|[Rr]egistered|[Ee]mail|[Pp]hone) "
    r"(?:address|name|details|number) here\b"
    r"|\A\W*\((?:[Tt]he )?(?:[Nn]ame|[Dd]etails|[Aa]ddress) of (?:the |your )?(?:company|"
    r"organi[sz]ation|business|charity|school|controller|practice|club|firm|employer)\)"
    r"|\b(?:COMPANY|BUSINESS|WEBSITE|PRODUCT) NAME(?: HERE)?\b"
    r"|\b(?:APP|SITE|COMPANY|LEGAL) (?:NAME|ADDRESS|EMAIL) HERE\b"
    r"|\bYour (?:Full )?Name,? (?:and )?Your (?:Address|E-?mail|Company|Title)\b"
    r"|\b(?:for|of) Your (?:App|Website|Company|Business|Product|Site)\Z"
    r"|\b(?:Company|COMPANY) [XYZ]\b"
    r"|\bXYZ (?:Company|Corp|Inc|Ltd|LLC|Pvt|Corporation|Limited|Enterprises)\b"
    r"|\b(?:ABC|Abc) (?:Company|Corp|Inc|Ltd|LLC|Corporation|Limited)\b"
    r"|\b(?:Acme|ACME|Contoso|Foobar|FooBar|Example|Sample|Dummy|Test) (?:Corporation|Corp|Company|"
    r"Inc|Ltd|LLC|GmbH|Co|Limited|Organi[sz]ation)\b"
    r"|\b(?:Acme|ACME|Contoso|Foobar)\b(?='s|’s| (?:is|may|will|collects|respects|processes|uses|"
    r"reserves|and its)\b)"
    r"|\b(?:John|Jane|Joe) (?:Doe|Bloggs|Smith)\b"
    r"|\bJohn Q\.? Public\b"
    r"|\b12[13] (?:Main|Any|Example|Fake|Sample|Business|Your|Privacy|Street|Anywhere|Legal|Tech|"
    r"Data)\b(?: (?:St|Street|Road|Rd|Ave|Avenue|Lane|Drive|Name|Blvd)\b\.?)?"
    r"|\(?\b555\)?[ .-]\d{3}[ .-]\d{4}\b"
    r"|\b555[ .-]0\d{3}\b"
    r"|\b\(?123\)?[ .-]456[ .-]7890\b"
    r"|\+?1?[ .-]?\(?000\)?[ .-]000[ .-]0000\b"
    r"|\b\+?1 ?\(?234\)?[ -]?567[ -]?890\d?\b"
)
_SURE_NAMES = re.compile(
    r"[Yy]our|YOUR|XYZ|\bNAME\b|\b000\b|here\Z|pending|needed|missing|to come|this|these|\bme\b|"
    r"name of|Name of|details of|address of|\bName\b|City|Address|Anytown|[Ii]nsert|INSERT|My |"
    r"Our |Any Town|HERE"
)
EXAMPLES = re.compile(
    r"\b(?:for example|e\.g\.|for instance|such as|example:|imagine|suppose)", re.IGNORECASE
)


def names(sentence: Sentence) -> Iterator[Match]:
    """Yield placeholders for names: Your Company Name, Acme Inc, 123 Main Street, 555 numbers.

    Not "Company name: Softphonez Ltd", nor lists of data ("company name, job title").
    """
    text = sentence.words
    if not (_NAME_HINTS & sentence.vocabulary) and not _NUMBER_HINTS.search(text):
        return
    is_example = bool(EXAMPLES.search(text))
    for found in _NAMELESS.finditer(text):
        one = found[0]
        before = text[max(0, found.start() - _AROUND) : found.start()]
        if _is_field(one, before, text[found.end() : found.end() + _AROUND]):
            continue
        sure = bool(_SURE_NAMES.search(one))
        if is_example:
            if not sure or sentence.kind == "item":
                continue
            sure = "nsert" in one or "NSERT" in one
        yield Match(sure, found.start(), one.strip())


# What is done with a reader's data ("collect"), and the words between that and a field's name.
_ASKED = re.compile(
    r"\b(?:collect|provid|enter|submit|ask|request|updat|chang|includ|such as|requir|need|register|"
    r"fill|giv|suppl|display|show|choos|add|upload|stor|process|verif|use|using|print|publish|link|"
    r"keep|sav|edit|confirm|hav)\w*\b(?P<between>[^.;]*)\Z",
    re.IGNORECASE,
)
_FIELDS = re.compile(
    r"(?:,|,? (?:and|or)|/| &) (?:(?:the|your|a|an) )?(?:[\w-]{1,20} ){0,2}?(?:name|address|number|"
    r"e-?mail|phone|url|id|title|password|registration|details|logo)\b",
    re.IGNORECASE,
)
_FIELD_BEFORE = re.compile(
    r"\b(?:name|address|number|e-?mail|phone|url|id|title|password|details|logo),? \Z",
    re.IGNORECASE,
)
_OF_A_FIELD = re.compile(
    r"['’]? (?:(?:will|may|must|can|should|might|could) (?:not |also |only |then )?(?:be|appear)\b|"
    r"(?:is|was) (?:\w+ly |also |not )?(?:shown|displayed|visible|used|required|stored|listed|"
    r"printed|published|public|needed|linked|shared)\b|(?:appears?|fields?)\b)"
)


def _is_field(one: str, before: str, after: str) -> bool:
    """Return whether words name a field of a form: "collect your Company Name and VAT number"."""
    asked = _ASKED.search(before)
    if one.startswith(("Your ", "your ")) and one.endswith(("Name", "URL", "Address")):
        if _OF_A_FIELD.match(after):
            return True
        if not asked or re.search(r"\b(?:at|by|with|from|contact) \Z", before):
            return False
        return one[0] == "y" or len(asked["between"].split()) <= _BETWEEN
    if not asked or not one.startswith(("and ", "for ", "of ", "or ")):
        return False
    return bool(_FIELD_BEFORE.search(before) or _FIELDS.match(after))


# How many words may be between what is done and the field's name.
_BETWEEN = 2
# How many characters on each side of a name are looked at.
_AROUND = 200

_NAME_HINTS = vocabulary(
    """abc acme address any anytown anywhere business change check city come company confirm
    content contoso data details dummy edit example fake fill fix foobar here insert jane joe
    john legal main missing my name needed our pending policy privacy replace sample street tech
    test text update verify xyz your"""
)
_NUMBER_HINTS = re.compile(r"555|456|000|567")


_DOUBLE = re.compile(r"\(\(([^()]{2,60})\)\)")
_ROUND = re.compile(
    r"\((?P<name>(?:(?:the|your|our|full|legal|registered) ){0,2}(?:company|business|"
    r"organi[sz]ation|app|website|site|product|brand|legal entity)(?:'s)? (?:name|url|address|"
    r"e-?mail))\)"
    r"|\((?:please )?(?:fill[ -]in(?: here)?|insert (?:[\w'-]{1,20} ){0,3}(?:name|date|address|"
    r"e-?mail|url|number|company|country|here))\)",
    re.IGNORECASE,
)
_BEFORE_NAMES = re.compile(
    r"(?:\A\W*|[.;:] |\b(?:at|by|to|with|from|contact|how|that|we,?|us,?|between|called|named|"
    r"of) )\Z",
    re.IGNORECASE,
)
_FEW = 5


def in_round_brackets(sentence: Sentence) -> Iterator[Match]:
    """Yield placeholders in round brackets, (fill in), but not "your employer (company name)"."""
    text = sentence.prose
    if "(" not in text:
        return
    for found in _DOUBLE.finditer(text):
        inside = found[1].strip()
        if len(inside.split()) <= _FEW and (ORDER.match(inside) or HAS_NOUN.search(inside)):
            yield Match(not inside[0].islower(), found.start(), found[0])
    for found in _ROUND.finditer(text):
        before = text[max(0, found.start() - _AROUND) : found.start()]
        if not found["name"] or _BEFORE_NAMES.search(before):
            yield Match(True, found.start(), found[0])
