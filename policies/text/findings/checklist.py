"""What GDPR Articles 13–14 and CCPA § 1798.130 require of a privacy policy, and where it covers it.

Looks for the words that English policies use. Found means that a section mentions the subject, not
that what it says is enough: that is for a lawyer. Drafting notes and placeholders don't count.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from policies.text.document import Document
from policies.text.findings.drafting_notes import drafting_note
from policies.text.findings.placeholders import placeholder
from policies.text.findings.sentences import read


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the checklist.

    law: its source, "GDPR Article 13(1)(a)". what: in words. anchors: the sections that mention it,
    the best first; "" is the introduction.
    """

    law: str
    what: str
    anchors: tuple[str, ...]


def _item(
    law: str, what: str, found: str, about: str
) -> tuple[str, str, re.Pattern[str], re.Pattern[str]]:
    """Return a requirement, and how to find where a policy meets it.

    law, what: as in Requirement. found: in a sentence that meets it. about: in the heading of a
    section on it, which is listed before others.
    """
    return law, what, re.compile(found, re.IGNORECASE), re.compile(about, re.IGNORECASE)


_DATA = (
    r"(?:(?:your |the |any |such |their |collected |certain |sensitive ){0,6}"
    r"(?:personal |customer |user |account )?(?:data|information|details)|it|them)"
)
_REACH = (
    r"(?:[\w.+-]{1,64}@[\w-]{1,64}\.\w|\+\d[\d ()-]{7,20}\d|\b\d{5}(?:-\d{4})?\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|contact form|web ?form|by post\b"
    r"|registered (?:office|address)|mailing address)"
)

# GDPR: Regulation (EU) 2016/679; Article 14 for data that do not come from the person.
# CCPA: California Civil Code, as amended by the CPRA of 2020.
_ITEMS = (
    _item(
        "GDPR Article 13(1)(a)",
        "Who the controller is, and how to reach them",
        rf"\b(?:data )?controllers?\b.{{0,300}}(?:\bis\b|\bare\b|:|{_REACH})|\b(?:we are|operated "
        r"by|provided by|owned by|refers? to)\b.{0,120}\b(?:ltd|limited|inc|llc|gmbh|"
        rf"corp(?:oration)?|plc|b\.?v|s\.?a|ag|oy|ab|pty|company number|registered)\b|{_REACH}",
        r"\bcontact|who we are|controller|about us|imprint|how to reach|get in touch|questions",
    ),
    _item(
        "GDPR Article 13(1)(b)",
        "How to reach the data protection officer, where there is one",
        r"\bdata[- ]protection[- ]officer|\bDPO\b|\bdata privacy officer|\bprivacy officer",
        r"data protection officer|\bDPO\b",
    ),
    _item(
        "GDPR Article 13(1)(c)",
        "The purposes of the processing",
        r"\b(?:we|us|to|may|and|will) (?:\w+ ){0,2}(?:use|uses|process|processes|collect|collects) "
        rf"(?:\w+ ){{0,6}}?{_DATA}\b.{{0,80}}?\b(?:to|for|in order to)\b|\bpurposes? (?:of|for "
        rf"which|are|include|below)|\bfor the (?:following )?purposes?\b|\buse (?:\w+ )?{_DATA} "
        r"to\b",
        r"\b(?:how|why|what) we (?:\w+ )?(?:use|process|collect)|purpose|use of (?:your |personal "
        r")?(?:data|information)|how .{1,40} uses?",
    ),
    _item(
        "GDPR Article 13(1)(c)",
        "The legal basis of the processing",
        r"\b(?:legal|lawful) (?:bas[ei]s|grounds?)\b|\bprocessing (?:may be |is |are )?(?:\w+ "
        r")?based on\b|\bArt(?:icle|\.)? ?6 ?\(1\)|\b(?:performance of|perform) (?:a|the|our|this) "
        r"contract\b|\bbased on your consent\b|\blegal obligations? .{0,80}legitimate interests?",
        r"legal bas|lawful bas|legal grounds|bas[ie]s for",
    ),
    _item(
        "GDPR Article 13(1)(d)",
        "Which legitimate interests are pursued, where they are the basis",
        r"\blegitimate (?:business )?interests?\b",
        r"legitimate interest",
    ),
    _item(
        "GDPR Article 13(1)(e)",
        "The recipients of the data",
        r"\b(?:share|shares|disclose|discloses|transfer|pass|provide|give|send|sell)\b (?:\w+ "
        rf"){{0,8}}?(?:{_DATA} )?(?:\w+ ){{0,4}}?(?:with|to)\b.{{0,160}}\b(?:providers?|partners?|"
        r"third[- ]part(?:y|ies)|affiliates?|processors?|vendors?|authorit(?:y|ies)|subsidiaries|"
        r"advis[eo]rs?|companies|law enforcement|nobody|no one|anyone)|\brecipients?\b|\bdo(?:es)? "
        r"not (?:share|sell|disclose)\b|\bsub-?processors?\b|\bdisclose personal data\b",
        r"shar(?:e|ing)|disclos|recipients|third[- ]part|who (?:we|receives|has access)|processors",
    ),
    _item(
        "GDPR Article 13(1)(f)",
        "Transfers to other countries, and their safeguards",
        r"\btransfer\w*\b.{0,160}\b(?:countr(?:y|ies)|borders?|outside|internationally|united "
        r"states|eea|european economic area|abroad)\b|\b(?:outside|other than)\b.{0,60}\b(?:eea|"
        r"european (?:union|economic area)|eu|uk|united kingdom|your (?:own )?country)\b|"
        r"\bstandard contractual clauses\b|\badequacy (?:decision|regulations?)\b|\bdata privacy "
        r"framework\b|\bbinding corporate rules\b|\bcross-border\b|\bcountries (?:different from|"
        r"other than)\b",
        r"transfers?\b|where (?:we|your data) .{0,20}(?:store|process)|international|cross-border",
    ),
    _item(
        "GDPR Article 13(2)(a)",
        "How long the data are kept",
        r"\b(?:retain(?:s|ed)?|keeps?|kept|stored?|stores|hold|held|delete[sd]?|"
        r"erase[sd]?)\b.{0,120}\b(?:as long as|until|for (?:up to |at least |a (?:period|"
        r"maximum) of |no longer than |approximately )?(?:\d+|one|two|three|four|five|six|seven|"
        r"ten|twelve|thirty|ninety|an? (?:year|month|week|day))\b"
        r"|within \d+|no longer|after (?:\d+|\w+ (?:days|months|years))|\d+ (?:days|weeks|months|"
        r"years)|period)|\bretention (?:periods?|schedule|policy|of)\b|\bno longer than (?:is "
        r")?necessary\b",
        r"retention|how long|storage period|keep your|retain",
    ),
    _item(
        "GDPR Article 13(2)(b)",
        "The right of access",
        r"\b(?:rights?|you (?:can|may)|request|ask)\b.{0,160}\b(?:access|copy of|see what)\b|"
        r"\baccess (?:to )?(?:your|the|their|personal) (?:personal )?(?:data|information)\b|"
        r"\bright of access\b",
        r"rights|choices|access",
    ),
    _item(
        "GDPR Article 13(2)(b)",
        "The rights to rectification and erasure",
        r"\b(?:rights?|you (?:can|may)|request|ask|access|to)\b.{0,160}\b(?:rectif\w+|"
        r"correct(?:ion|ed)?|update|amend)\b.{0,160}\b(?:eras\w+|delet\w+|forgotten|remov\w+)|"
        r"\b(?:eras\w+|delet\w+)\b.{0,160}\b(?:rectif\w+|correct\w*)\b|\bright to (?:rectification|"
        r"erasure|deletion|be forgotten|delete|correct)\b",
        r"rights|choices|delet|correct",
    ),
    _item(
        "GDPR Article 13(2)(b)",
        "The right to restriction of processing",
        r"\brestrict(?:ion|ed|ing)?\b.{0,60}\b(?:process\w*|use)\b|\bright to (?:restrict|"
        r"restriction|limit)\b|\b(?:access|delet\w+|eras\w+|correct\w*|"
        r"object\w*)\b.{0,120}\brestrict\w*\b|\brestrict\w*\b.{0,80}\b(?:object|portab)\w*",
        r"rights|restrict",
    ),
    _item(
        "GDPR Article 13(2)(b)",
        "The right to object",
        r"\b(?:rights?|may|can|request|ask|or|and|to) (?:\w+ ){0,4}?object\b|\bright of "
        r"objection\b|\bobject(?:ion)? to (?:\w+ ){0,3}processing\b|\bobjection\b",
        r"rights|object",
    ),
    _item(
        "GDPR Article 13(2)(b)",
        "The right to data portability",
        r"\bportab(?:ility|le)\b|\bmachine[- ]readable\b|\bport your data\b",
        r"rights|portab",
    ),
    _item(
        "GDPR Article 13(2)(c)",
        "The right to withdraw consent at any time",
        r"\bwithdraw\w*\b.{0,60}\bconsent\b|\bconsent\b.{0,100}\b(?:withdraw|revok)\w*|"
        r"\brevoke\b.{0,40}\bconsent\b",
        r"consent|rights|choices",
    ),
    _item(
        "GDPR Article 13(2)(d)",
        "The right to complain to a supervisory authority",
        r"\b(?:complain\w*|lodge|contact)\b.{0,120}\b(?:authority|authorities|regulator|"
        r"commissioner|ombudsman|ICO|CNIL|commission)\b|\b(?:supervisory|data protection) "
        r"authorit(?:y|ies)\b",
        r"complain|authority|rights",
    ),
    _item(
        "GDPR Article 13(2)(e)",
        "Whether people must provide data, and what happens if they do not",
        r"\b(?:if you (?:do not|don't|choose not to|decline to|fail to|refuse to|prefer not to)|"
        r"without)\b.{0,80}\b(?:provid\w*|giv\w*|share|supply|data|"
        r"information)\b.{0,140}\b(?:cannot|can't|not be able|unable|may not|won't|will not|"
        r"limited|not possible)\b|\b(?:statutory|contractual) (?:or (?:statutory|contractual) "
        r")?requirement\b|\b(?:obliged|required|obligated|mandatory|voluntary)\b.{0,60}\b(?:to "
        r"provide|provision|provid(?:e|ing))\b|\bprovi(?:sion|ding) of (?:your |personal "
        r"){0,6}(?:data|information) is (?:voluntary|mandatory|required|optional)",
        r"required|must (?:you )?provide|mandatory|obligation to provide",
    ),
    _item(
        "GDPR Article 13(2)(f)",
        "Automated decisions and profiling, or that there are none",
        r"\bautomated (?:individual )?(?:decision|processing)|\bprofiling\b|\bsolely automated\b|"
        r"\bautomatic(?:ally)? .{0,30}decisions?\b|\bdecisions? .{0,60}\bautomat",
        r"automated|profiling",
    ),
    _item(
        "GDPR Article 14(1)(d)",
        "Which categories of data are collected",
        r"\b(?:collect|collects|process|processes|receive|gather)\b.{0,60}\b(?:following|such as|"
        r"including|these|categories|types|kinds)\b|\b(?:categories|types|kinds) of (?:personal "
        r")?(?:data|information)\b|\b(?:name|email|e-mail)\b.{0,60}\b(?:address|phone|telephone|"
        r"number)\b.{0,200}\b(?:ip address|device|browser|payment|identif\w+|number)\b|\bwe "
        rf"collect (?:\w+ ){{0,4}}{_DATA}",
        r"(?:data|information) (?:that )?(?:we|.{1,30}) (?:may )?collects?|what (?:data|"
        r"information)|categories|collect|types of",
    ),
    _item(
        "GDPR Article 14(2)(f)",
        "The source of data that people did not provide themselves",
        r"\b(?:receive|obtain(?:ed)?|collect(?:ed)?|get|gather)\b.{0,120}\bfrom (?:\w+ "
        r"){0,4}?(?:third[- ]part(?:y|ies)|other sources|partners?|service providers|public(?:ly)?|"
        r"social|other (?:users|companies|people|connected|businesses)|data brokers?|affiliates?|"
        r"advertis\w+|credit|your employer|identity)\b|\bpublicly (?:available|accessible) "
        r"sources?\b|\bsources? of (?:the |your |personal ){0,6}(?:data|information)\b|"
        r"\bcategories of sources\b",
        r"sources|from (?:third parties|others|other)|where we get",
    ),
    _item(
        "CCPA § 1798.130(a)(5)(A)",
        "California rights: to know, delete, correct and opt out",
        r"\bcalifornia\b.{0,300}\b(?:rights?|request)\b|\b(?:CCPA|CPRA)\b|\bright to know\b",
        r"california|CCPA|CPRA|state privacy rights|us (?:state )?residents",
    ),
    _item(
        "CCPA § 1798.130(a)(1), (5)(A)",
        "Two or more ways to make a request, such as a toll-free number",
        r"\btoll[- ]free\b|\b(?:submit|make|send|exercise)\b.{0,120}\brequests?\b.{0,200}(?:@|\bby "
        r"(?:calling|phone|e-?mail|emailing)|\bform\b|\bcall(?:ing)?\b|\+?\d[\d ()-]{7,}\d)|\bto "
        r"exercise (?:your|any|these|this|the)\b.{0,200}(?:@|\b(?:e-?mail|call(?:ing)?|form|"
        r"contact|visit|write|phone)\b)",
        r"exercis|submit|requests|how to",
    ),
    _item(
        "CCPA § 1798.130(a)(5)(A), § 1798.125",
        "No discrimination for exercising a right",
        r"\bdiscriminat\w*|\bretaliat\w*|\b(?:deny|different price|different "
        r"level)\b.{0,80}\b(?:goods|services|quality)",
        r"discriminat|retaliat",
    ),
    _item(
        "CCPA § 1798.130(a)(5)(B), § 1798.110(c)(1)",
        "Categories of personal information collected in the last 12 months",
        r"\b(?:preceding|past|last|prior|previous) (?:12|twelve)(?: \(12\))?[ -]months?\b.{0,200}|"
        r"\bcategories of personal information (?:that )?(?:we|collected|about)\b|\b(?:identifiers|"
        r"commercial information|internet or other (?:similar|electronic) network activity|"
        r"geolocation data|biometric information|inferences)\b.{0,120}\b(?:identifiers|commercial "
        r"information|internet|geolocation|biometric|inferences|professional)\b",
        r"categories of personal information|california|information we collect",
    ),
    _item(
        "CCPA § 1798.110(c)(2)",
        "Categories of sources",
        r"\bcategories of sources\b|\bsources? (?:from which|of (?:the |your |this )?(?:personal "
        r")?information)\b|\b(?:directly from you|you provide directly|data you "
        r"provide)\b.{0,200}\b(?:automatically|third[- ]part(?:y|ies)|service providers|other "
        r"sources)\b",
        r"sources",
    ),
    _item(
        "CCPA § 1798.110(c)(4)",
        "Categories of third parties to whom it is disclosed",
        r"\bcategories of (?:third[- ]part(?:y|ies)|recipients|service providers|persons)\b|"
        r"\b(?:third[- ]part(?:y|ies)|service providers|partners) (?:such as|including|like|that|"
        r"who)\b|\b(?:hosting|analytics|payment|cloud|communication|database|identity)\w* "
        r"(?:providers?|vendors?|processors?)\b",
        r"third[- ]part|shar|disclos",
    ),
    _item(
        "CCPA § 1798.130(a)(5)(C)(i)",
        "Categories sold or shared in the last 12 months, or that none were",
        r"\b(?:do|does|did|have|has|will|would) (?:not|never)\b.{0,40}\b(?:sell|sold|share)\b|"
        r"\bnever (?:sell|sold)\b|\b(?:sell|sold|sale)\b.{0,120}\b(?:personal (?:information|data)|"
        r"categories|cross-context|behaviou?ral)\b|\bcross-context behaviou?ral advertising\b",
        r"\bsell|\bsale|shar",
    ),
    _item(
        "CCPA § 1798.130(a)(5)(C)(ii)",
        "Categories disclosed for a business purpose in the last 12 months",
        r"\b(?:disclos\w+|shared?)\b.{0,120}\b(?:for (?:a |our |the following )?business (?:or "
        r"commercial )?purposes?)\b|\bbusiness purposes?\b.{0,120}\bdisclos\w+",
        r"disclos|business purpose",
    ),
    _item(
        "CCPA § 1798.135(a)(1)",
        "How to opt out of sale and sharing (“Do Not Sell or Share”)",
        r"\bdo not sell\b|\bopt[- ]?(?:ing )?out\b.{0,80}\b(?:sale|sell\w*|shar\w+)\b|\bglobal "
        r"privacy control\b|\bGPC\b|\byour privacy choices\b",
        r"do not sell|opt[- ]?out|privacy choices",
    ),
    _item(
        "CCPA § 1798.135(a)(2), § 1798.121",
        "How to limit the use of sensitive personal information",
        r"\blimit\b.{0,60}\bsensitive (?:personal )?(?:information|data)\b|\bsensitive personal "
        r"information\b.{0,200}\b(?:limit|only|not)\b",
        r"sensitive",
    ),
    _item(
        "CCPA § 1798.100(a)(3)",
        "How long each category is kept",
        r"\b(?:retain(?:s|ed)?|kept|keeps?|stored?)\b.{0,120}\b(?:as long as|until|period|\d+ "
        r"(?:days|months|years)|necessary)\b|\bretention (?:period|schedule)",
        r"retention|how long|retain",
    ),
    # The date of the last update, for which § 1798.130(a)(5) asks as well, is on every page.
)


def checklist(document: Document) -> list[Requirement]:
    """Return what GDPR Articles 13–14 and CCPA § 1798.130 ask for, in the laws' order.

    Raises nothing. In a text that is not in English, little will be found.
    """
    text = read(document)
    headings: defaultdict[int, str] = defaultdict(str)
    searched: list[tuple[int, str]] = []
    for sentence in text.sentences:
        place = sentence.place.index
        if sentence.kind in ("section", "heading"):
            headings[place] += f" {sentence.text}"
        if place == 0 or sentence.kind == "section":
            continue
        unfinished = drafting_note(sentence), placeholder(sentence)
        if not any(match and match.sure for match in unfinished):
            searched.append((place, sentence.text[:_LONGEST]))
    requirements = []
    for law, what, found, about in _ITEMS:
        count = Counter(place for place, text_there in searched if found.search(text_there))
        ranked = sorted(
            (not about.search(headings[place]), -min(times, _MANY), place)
            for place, times in count.items()
        )
        anchors = tuple(text.places[place].anchor for *_, place in ranked)
        requirements.append(Requirement(law, what, anchors))
    return requirements


# Characters of a sentence that are searched; a longer one is hardly a sentence.
_LONGEST = 2_000
# Sections that mention something at least this often are equally good: else the longest would win.
_MANY = 3
