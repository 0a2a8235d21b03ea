"""What a pattern is, and the vocabulary that many patterns share."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from policies.text.sentence_boundaries import vocabulary


@dataclass(frozen=True)
class Pattern:
    """One way in which texts address their publisher.

    sure: whether a match blocks publication. words: in lower case; a sentence without any of them
    is not searched, which saves time. searched: a regular expression, of which case says whether
    upper and lower case differ. excused: another; a sentence in which it is found as well is not a
    drafting note. "" for none.
    """

    sure: bool
    words: frozenset[str]
    searched: str
    excused: str
    case: bool

    # Compiled when they are first searched for: of most, a process never meets any word.
    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.searched, 0 if self.case else re.IGNORECASE)

    @cached_property
    def unless(self) -> re.Pattern[str] | None:
        return re.compile(self.excused, re.IGNORECASE) if self.excused else None


def certain(words: str, regex: str, *, unless: str = "", case: bool = False) -> Pattern:
    """Return a pattern that blocks publication: no finished policy that we know of has it.

    case: whether upper and lower case differ.
    """
    return Pattern(True, vocabulary(words), regex, unless, case)


def possible(words: str, regex: str, *, unless: str = "", case: bool = False) -> Pattern:
    """Return a pattern whose matches somebody must judge. The arguments are those of `certain`."""
    return replace(certain(words, regex, unless=unless, case=case), sure=False)


# What a legal text is called.
KIND = (
    r"(?:privacy|cookies?|legal|data protection|terms|refund|returns?|security|acceptable use|"
    r"gdpr|ccpa|sample|starter|draft|generic|whole|entire|final|website)"
)
TEXT = (
    rf"(?:{KIND} ){{0,3}}(?:policy|policies|notice|statement|document|page|section|clause|"
    r"paragraph|text|template|draft|wording|language|boilerplate|copy|agreement|terms|"
    r"disclosure|placeholders?|content|outline|example|sample|bullet|table|list)"
)
THIS = (
    r"(?:this|these|the (?:above|following|below)|the above|the following|the (?:rest of "
    rf"(?:the|this) )?{KIND}|above|the) (?:\w+ )?{TEXT}"
)

# Whoever gives legal advice.
ADJ = (
    r"(?:(?:a|an|your|our|the|one's own|own|any|some|qualified|licensed|competent|experienced|"
    r"local|independent|appropriate|professional|suitable|in-house|outside|external|legal|"
    r"privacy|data protection|real|actual|trained|practicing|specialist|or|and) ){0,6}"
)
LAWYER = (
    rf"{ADJ}(?:counsel|lawyers?|attorneys?|solicitors?|legal advice|legal guidance|professional "
    r"(?:legal )?advice|legal (?:team|department|professionals?|experts?|advis[eo]rs?|counsel|"
    r"review(?:er)?|specialists?|adviser|practitioner)|legal\b(?! (?:process|authorit|"
    r"requirement|reason|means|representative|guardian|entit|obligation|right|claim|basis|"
    r"bases|proceeding|notice|document|age|adult|action))|law firm|compliance (?:team|officer)|"
    r"DPO|privacy (?:professional|expert|team|specialist|counsel))"
)
# What is to be done with a draft.
EDITED = (
    r"(?:refined|customi[sz]ed|tailored|adapted|finali[sz]ed|expanded|locali[sz]ed|"
    r"personali[sz]ed|populated|filled in|filled out|rewritten|fleshed out|edited|supplemented|"
    r"replaced|completed|adjusted|amended|reworked|aligned|vetted)"
)

# Adjectives of what is the publisher's own.
OWN = (
    r"(?:actual|final|own|specific|real|production|published|live|exact|particular|current|"
    r"true)"
)
# What publishers do with data.
PROCESS = (
    r"(?:collect|use|share|process|store|transfer|retain|keep|sell|disclose|protect|handle|"
    r"secure|obtain|rely on|gather|hold|delete|track|set|engage|employ|operate|send|work with|"
    r"integrate|carry out|perform|undertake)"
)
# What and whom publishers have.
AUDIENCE = (
    r"(?:business|company|organi[sz]ation|visitors?|users?|customers?|site visitors|website|"
    r"site|app|service|clients|subscribers|data subjects|team|plugins?|vendors?|industry)"
)
# How publishers are asked to write something.
WRITE = (
    r"(?:describe|explain|list|outline|specify|state|detail|document|summari[sz]e|identify|"
    r"disclose|clarify|indicate|mention|name|set out|note|address|cover|define|tell|inform)"
)
