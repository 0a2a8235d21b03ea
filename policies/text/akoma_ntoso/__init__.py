"""A version of a policy as Akoma Ntoso, the OASIS standard for legal documents in XML.

It is made from the HTML that readers see, so that both have the same words:

    body.py         what each part of it means   (the same words in Akoma Ntoso)
    identifiers.py  eId of all that can be cited (and where links lead)
    identity.py     what the document is         (metadata by FRBR, languages by ISO 639-2)

Akoma Ntoso Version 1.0 (OASIS Standard, 29 August 2018) and its Naming Convention Version 1.0
(21 February 2019); see docs/adr/0013-akoma-ntoso.md.
"""

import xml.etree.ElementTree as ET

from policies.text.akoma_ntoso import identifiers
from policies.text.akoma_ntoso.body import main_body
from policies.text.akoma_ntoso.identity import NAMESPACES, Version, metadata
from policies.text.xml_text import make

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def convert(html: str, version: Version) -> bytes:
    """Return a version as an Akoma Ntoso document in UTF-8; the same bytes for the same version.

    html: what rendering.render made of its text.
    """
    root = ET.Element("akomaNtoso", NAMESPACES)
    contains = "originalVersion" if version.number == 1 else "singleVersion"
    document = make("doc", root, name="policy", contains=contains)
    document.append(metadata(version))
    preface = make("preface", document)
    make("docTitle", make("p", preface), version.title)
    document.append(main_body(html))
    identifiers.assign(document, page=version.url, anchors_of=version.policy_url)
    xml = ET.tostring(root, encoding="unicode")
    return (_DECLARATION + xml + "\n").encode()
