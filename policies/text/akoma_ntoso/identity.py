"""The metadata of an Akoma Ntoso document: FRBR identity, dates, digest.

It holds only what never changes. Which version follows, and until when this one applied, has no
place in a document that is the same for ever; `3.json` has that.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date, datetime

from policies.text import timestamps
from policies.text.markdown import headings
from policies.text.xml_text import make, text_without_controls

NAMESPACES = {
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


def metadata(version: Version) -> ET.Element:
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
    _own(make("proprietary", meta, source=by), version)
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


def _own(proprietary: ET.Element, version: Version) -> None:
    """Add what the standard has no element for."""
    make("policies:version", proprietary, number=str(version.number), kind=version.kind)
    make("policies:language", proprietary, tag=version.language)
    make("policies:effective", proprietary, at=timestamps.utc(version.effective_at))
    make("policies:lastUpdated", proprietary, on=version.last_updated_on.isoformat())
    digest = {"algorithm": "sha256", "of": version.markdown_url}
    make("policies:digest", proprietary, version.digest, **digest)
    if version.change_note:
        make("policies:changeNote", proprietary, version.change_note)


# --- Languages -------------------------------------------------------------------------------

# ISO 639-1 to 639-2/T. Tags of three letters are their own code.
_PAIRS = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak
be:bel bg:bul bi:bis bm:bam bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre
cs:ces cu:chu cv:chv cy:cym da:dan de:deu dv:div dz:dzo ee:ewe el:ell en:eng eo:epo es:spa
et:est eu:eus fa:fas ff:ful fi:fin fj:fij fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg gn:grn
gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her ia:ina id:ind
ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik
kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat
lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri mk:mkd ml:mal
mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld nn:nno no:nor
nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por
qu:que rm:roh rn:run ro:ron ru:rus rw:kin sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slk
sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe sw:swa ta:tam te:tel
tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig
uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho
zu:zul
"""
_CODES = dict(pair.split(":") for pair in _PAIRS.split())


def language_code(tag: str) -> str:
    """Return the code of a language tag: "pt-br" → "por"; "und" for none that is known."""
    primary = tag.split("-")[0].lower()
    return primary if len(primary) == 3 else _CODES.get(primary, "und")
