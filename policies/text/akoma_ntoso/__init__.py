"""A version of a policy as Akoma Ntoso, the OASIS standard for legal documents in XML.

It is made from the HTML that readers see, so that both have the same words:

    body.py         what each part of it means   (the same words in Akoma Ntoso)
    identifiers.py  eId of all that can be cited (and where links lead)

What the document is, its metadata by FRBR, is here. It holds only what never changes: which version
follows, and until when this one applied, has no place in a document that is the same for ever;
`3.json` has that.

Akoma Ntoso Version 1.0 (OASIS Standard, 29 August 2018) and its Naming Convention Version 1.0
(21 February 2019); see docs/adr/0013-akoma-ntoso.md.
"""

import tomllib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from policies.text import timestamps
from policies.text.akoma_ntoso import identifiers
from policies.text.akoma_ntoso.body import main_body
from policies.text.markdown import headings
from policies.text.xml_text import make, text_without_controls

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = {
    "xmlns": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0",
    "xmlns:policies": "urn:softphonez:policies:1",
}


@dataclass(frozen=True, slots=True)
class Version:
    """What never changes about a published version.

    slug: the first that the policy had. country: ISO 3166-1 alpha-2, in lower case. Days are those
    of the policy's time zone, times are aware. work_on: when the policy was first published, in any
    language. URLs are absolute; policy_url is the page of the version in force.
    """

    slug: str
    language: str
    country: str
    organisation: str
    number: int
    title: str
    kind: str
    change_note: str
    digest: str
    work_on: date
    published_on: date
    last_updated_on: date
    published_at: datetime
    effective_at: datetime
    policy_url: str
    url: str
    markdown_url: str

    @property
    def author(self) -> str:
        return headings.slug(self.organisation)

    @property
    def work(self) -> str:
        """The IRI of the policy (Naming Convention, section 4.5)."""
        day = self.work_on.isoformat()
        return f"/akn/{self.country}/doc/policy/{self.author}/{day}/{self.slug}"

    @property
    def expression(self) -> str:
        """The IRI of the version: its language, the day of its publication, its number (4.6)."""
        made = self.published_on.isoformat()
        return f"{self.work}/{language_code(self.language)}@{made};{self.number}"


def convert(html: str, version: Version) -> bytes:
    """Return a version as an Akoma Ntoso document in UTF-8; the same bytes for the same version.

    html: what rendering.render made of its text.
    """
    root = ET.Element("akomaNtoso", _NAMESPACES)
    contains = "originalVersion" if version.number == 1 else "singleVersion"
    document = make("doc", root, name="policy", contains=contains)
    document.append(_metadata(version))
    preface = make("preface", document)
    make("docTitle", make("p", preface), version.title)
    document.append(main_body(html))
    identifiers.assign(document, page=version.url, anchors_of=version.policy_url)
    xml = ET.tostring(root, encoding="unicode")
    return (_DECLARATION + xml + "\n").encode()


def _metadata(version: Version) -> ET.Element:
    meta = make("meta")
    by = f"#{version.author}"
    _identify(make("identification", meta, source=by), version)
    day, number = version.published_on.isoformat(), str(version.number)
    publisher = text_without_controls(version.organisation)
    make("publication", meta, date=day, name="website", showAs=publisher, number=number)
    lifecycle = make("lifecycle", meta, source=by)
    event = {"source": by, "type": "generation" if version.number == 1 else "amendment"}
    make("eventRef", lifecycle, eId="eref_1", date=timestamps.utc(version.published_at), **event)
    make("eventRef", lifecycle, eId="eref_2", date=timestamps.utc(version.effective_at), **event)
    group = make("temporalGroup", make("temporalData", meta, source=by), eId="tmpg_1")
    make("timeInterval", group, start="#eref_2", refersTo="#inForce")
    _references(make("references", meta, source=by), version)
    _own_metadata(make("proprietary", meta, source=by), version)
    return meta


def _identify(identification: ET.Element, version: Version) -> None:
    days = {"publication": version.published_on, "last-updated": version.last_updated_on}
    first = {"publication": version.work_on}
    work = _core(make("FRBRWork", identification), version.work, version, first)
    make("FRBRcountry", work, value=version.country)
    make("FRBRsubtype", work, value="policy")
    make("FRBRnumber", work, value=version.slug)
    make("FRBRname", work, value=version.slug)
    expression = _core(make("FRBRExpression", identification), version.expression, version, days)
    make("FRBRversionNumber", expression, value=str(version.number))
    make("FRBRlanguage", expression, language=language_code(version.language))
    manifestation = make("FRBRManifestation", identification)
    _core(manifestation, version.expression, version, days, ending=".xml")
    make("FRBRformat", manifestation, value="application/akn+xml")


def _core(
    level: ET.Element, iri: str, version: Version, days: dict[str, date], ending: str = ""
) -> ET.Element:
    """Fill in what every level of FRBR has."""
    make("FRBRthis", level, value=f"{iri}/!main{ending}")
    make("FRBRuri", level, value=f"{iri}{ending}")
    aliases = {"FRBRWork": version.policy_url, "FRBRExpression": version.url}
    if level.tag in aliases:
        make("FRBRalias", level, value=aliases[level.tag], name="url")
    for name, day in days.items():
        make("FRBRdate", level, date=day.isoformat(), name=name)
    make("FRBRauthor", level, href=f"#{version.author}")
    return level


def _references(references: ET.Element, version: Version) -> None:
    name = text_without_controls(version.organisation)
    href = f"/akn/ontology/organization/{version.country}/{version.author}"
    make("TLCOrganization", references, eId=version.author, href=href, showAs=name)
    concept = "/akn/ontology/concept/akn/inForce"
    make("TLCConcept", references, eId="inForce", href=concept, showAs="in force")


def _own_metadata(proprietary: ET.Element, version: Version) -> None:
    """Add what the standard has no element for."""
    make("policies:version", proprietary, number=str(version.number), kind=version.kind)
    make("policies:language", proprietary, tag=version.language)
    make("policies:effective", proprietary, at=timestamps.utc(version.effective_at))
    make("policies:lastUpdated", proprietary, on=version.last_updated_on.isoformat())
    digest = {"algorithm": "sha256", "of": version.markdown_url}
    make("policies:digest", proprietary, version.digest, **digest)
    if version.change_note:
        make("policies:changeNote", proprietary, version.change_note)


_LANGUAGES = tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8"))
_CODES = dict(pair.split(":") for pair in _LANGUAGES["pairs"].split())


def language_code(tag: str) -> str:
    """Return the code of a language tag: "pt-br" → "por"; "und" for none that is known."""
    primary = tag.split("-")[0].lower()
    return primary if len(primary) == 3 else _CODES.get(primary, "und")
