"""Patterns for instructions under a condition: "If you use analytics, name the provider".

Readers are addressed in the same way: "If you need help, please describe what happened". The
publisher is surely meant if the condition is about what publishers do, and if what is to be written
is a part of the text. Where only one of the two is so, somebody must judge.
"""

from policies.text.findings.drafting_notes.patterns import Pattern, certain, possible

_WORDS = "if where when unless"
_DOES = (
    r"(?:has |have |is |are |uses? |sells? |runs? |collects? |shares? |process(?:es)? |targets? |"
    r"offers? |rely |relies |transfers? |employs? |sends? |sets? |appoint(?:ed)? |engages? |acts? |"
    r"stores? |also |do |don't |do not |does not |plan to |intend to ){1,3}"
)
# What publishers have and do.
_THEIRS = (
    r"(?:analytics|dpos?|data protection officers?|representatives?|(?:sub-?)?processors?|"
    r"vendors?|third[- ]part(?:y|ies)|cookies?|pixels?|trackers?|tracking|plug-?ins?|"
    r"personal (?:data|information)|data|special categor\w+|sensitive|international transfers?|"
    r"legitimate interests?|consent|an? (?:\w+ )?forms?|marketing|newsletters?|advertis\w+|ads|"
    r"profiling|automated|ai\b|children|minors|(?:re)?target\w*|payment (?:processors?|providers?|"
    r"gateway)|cctv|cdn|social|embed\w*|recaptcha|google|facebook|meta|stripe|paypal|shopify|"
    r"mailchimp|hotjar|matomo|cloudflare|wordpress|contractors|employees)\b"
)
_ITS = (
    r"your (?:app|site|website|business|company|organi[sz]ation|store|shop|service|platform|"
    r"product)"
)
_ABOUT_PUBLISHERS = (
    rf"\A\W*(?:if|where|when|unless) (?:{_ITS} {_DOES}|you {_DOES}(?:[\w'-]+ ){{0,3}}?{_THEIRS})"
)
_OF_ANYBODY = rf"\A\W*(?:if|where|when|unless) (?:{_ITS} |you ){_DOES}"
_MUST = r"(?:you (?:should|must|need to|will need to) )"
_NAME = r"(?:say|note|list|describe|disclose|specify|outline|state|explain|mention|name)"
_WRITE = (
    rf"(?:{_NAME}|insert|add|delete|remove|replace|adapt|include|modify|update|expand|customi[sz]e)"
)
_THING = r"(?:section|paragraph|clause|sentence|text|part|row|bullet|wording|disclosure|table)"
# Parts of a text.
_PARTS = (
    rf"(?:(?:this|that|the) (?:\w+ )?{_THING}s?|the (?:following|details|name|mechanism|"
    r"purposes?|legal|lawful|safeguards?|categories|vendors?|providers?|cookies?)|"
    r"a (?:section|paragraph|clause|description|link|separate|list)|an? (?:additional|opt)|each|"
    r"all (?:of them|vendors|cookies)|here|additional (?:disclosures?|language|sections?|clauses?)|"
    r"(?:their|its) (?:contact|name|address|details|e-?mail|phone)|your (?:retention|lawful|legal|"
    r"transfer|article|condition|safeguards?|supervisory|cookie|dpo|processors?|vendors?))"
)
_IT = r"(?:it|them|this|that|those|these|how|what|which|whether|so)"
_HERE = (
    r"[^.,]{0,60}\b(?:here|in (?:this|the) (?:section|paragraph|policy|notice|page|document|text))"
)
_READERS = (
    r"\b(?:we|our|ours|us|cookies from your|your (?:browser|device|account|profile|request|order|"
    r"claim|complaint|e-?mail|message|letter|name|(?:end )?users)|third[- ]party content|trademark|"
    r"withdraw|API|SDK|(?:in|to|by|with) (?:an?|the) (?:e-?mail|message|letter|form|ticket|"
    r"request)|complaints?|happened|residents?|help|questions?|problems?|marketplace)\b"
)
_DOUBTS = rf"{_READERS}|\b(?:refund|return|claim|orders?|items?|goods|accounts?|photos?|content)\b"

PATTERNS: tuple[Pattern, ...] = (
    certain(
        _WORDS,
        rf"{_ABOUT_PUBLISHERS}\b.{{0,160}}?, (?:then )?(?:(?:please )?{_MUST}?{_WRITE} {_PARTS}|"
        rf"{_NAME} {_IT})\b",
        unless=_READERS,
    ),
    certain(
        _WORDS,
        rf"{_OF_ANYBODY}.{{3,160}}?, (?:then )?(?:please )?{_MUST}?{_WRITE} (?:{_PARTS}|"
        rf"{_IT}){_HERE}\b",
        unless=_READERS,
    ),
    possible(
        _WORDS,
        rf"{_OF_ANYBODY}.{{3,160}}?, (?:then )?(?:please )?{_MUST}?{_WRITE} {_PARTS}\b|"
        rf"{_ABOUT_PUBLISHERS}\b.{{0,160}}?, (?:then )?please {_NAME} {_IT}\b",
        unless=_DOUBTS,
    ),
)
