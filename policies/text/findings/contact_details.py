"""Patterns for ways to reach somebody: addresses, phone numbers, forms."""

import re

from policies.text.findings.sentences import Text

_CONTACT_LINK = re.compile(
    r"\A(?:mailto|tel|sms):|contact|support|privacy[-_ ]?(?:request|form|center|centre|portal)"
    r"|request|kontakt|contatt|contato|contacto|imprint|impressum|helpdesk|/help|form",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w-]"
    r"|(?<![\w.+-])[\w.+-]{1,64} ?[\[(](?:at|@)[\])] ?\w"
    r"|(?<!\d)(?:\+|00)\d{1,3}[ ()./-]{0,3}\d(?:[ ()./-]{0,3}\d){6,12}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}"
    r"|(?<!\d)\d{3}[.-]\d{3}[.-]\d{4}(?!\d)"
    r"|\b(?:1[ -])?8(?:00|88|77|66|55)[ -]\d{3}[ -]?\w{4}"
    r"|\b(?:tel|phone|telephone|fax|call us at|call us on)\.?:? ?[+(]?\d[\d ()./-]{6,20}"
    r"|\b\d{1,5}[A-Za-z]? (?:[A-Z][\w.'’-]{0,20} ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|"
    r"Dr|Boulevard|Blvd|Way|Square|Place|Court|Parkway|Quay|Terrace|Suite|Floor)\b"
    r"|\b[A-Z][\w-]{1,30}(?:straße|strasse|str\.|gasse|weg|platz|allee) ?\d"
    r"|\bP\.? ?O\.? Box \d"
    r"|\b\d{1,4},? (?:rue|avenue|boulevard|place|via|calle) "
    r"|\b(?:rue|via|calle|avenida|rua|ulica) (?:\w+ ){1,4}\d"
    r"|〒 ?\d{3}-\d{4}"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
    r"|\b[A-Z]{2} \d{5}(?:-\d{4})?\b"
    r"|\b(?:use|using|through|via|in|with|complete|fill (?:in|out)|submit|send) (?:the|our|this|"
    r"an?) (?:\w+ ){0,3}(?:contact|request|support|web|online|in-app|privacy) ?form\b"
    r"|\b(?:in-app|live) (?:support|chat|help)\b",
    re.IGNORECASE,
)


def names_contact(text: Text) -> bool:
    if any(_CONTACT_LINK.search(f"{link.target} {link.text}") for link in text.links):
        return True
    return any(
        _CONTACT.search(sentence.text) for sentence in text.sentences if _may_name(sentence.text)
    )


# One of these, or a digit, has every way to reach somebody. Looking for them first is quicker.
_SIGNS = (
    "@",
    "(at",
    "[at",
    " form",
    "tform",
    "bform",
    "eform",
    "pform",
    "yform",
    "in-app",
    "live ",
)
_DIGIT = re.compile(r"\d")


def _may_name(text: str) -> bool:
    if _DIGIT.search(text):
        return True
    lower = text.lower()
    return any(sign in lower for sign in _SIGNS)
