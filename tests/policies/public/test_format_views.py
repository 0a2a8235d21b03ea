"""Versions in other forms: addresses, content types, caching, and what is said without them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import etree

from policies import workflow
from policies.models import KeptFile
from policies.public import pdfs
from tests.factories import NOW, make_policy, make_user, make_version
from tests.printing import NoPrinter, PaperlessPrinter

pytestmark = pytest.mark.django_db

CHANGING = "max-age=60"


@pytest.fixture
def version():
    return make_version(policy=make_policy(slug="privacy"))


@pytest.fixture(autouse=True)
def _printer(monkeypatch):
    monkeypatch.setattr(pdfs, "PRINTER", PaperlessPrinter())


@pytest.mark.parametrize(
    ("ending", "content_type"), [("pdf", "application/pdf"), ("akn.xml", "application/akn+xml")]
)
def test_a_version_has_other_formats_that_are_requested_again(
    client, version, ending, content_type
):
    answer = client.get(f"/privacy/versions/1.{ending}")

    assert answer.status_code == 200
    assert answer["Content-Type"] == content_type
    assert CHANGING in answer["Cache-Control"]
    again = client.get(f"/privacy/versions/1.{ending}", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert CHANGING in again["Cache-Control"]
    assert client.head(f"/privacy/versions/1.{ending}").status_code == 200
    assert client.post(f"/privacy/versions/1.{ending}").status_code == 405
    assert client.get(f"/privacy/versions/2.{ending}").status_code == 404


def test_the_page_and_the_history_lead_to_every_form(client, version):
    for page in ("/privacy/versions/1/", "/privacy/versions/"):
        html = client.get(page).content.decode()
        for ending in ("pdf", "md", "json", "akn.xml"):
            assert f'href="/privacy/versions/1.{ending}"' in html
    head = client.get("/privacy/versions/1/").content.decode().split("</head>")[0]
    assert '<link rel="alternate" type="application/pdf" href="/privacy/versions/1.pdf">' in head
    assert client.get("/privacy/versions/1.json").json()["urls"]["pdf"].endswith("/1.pdf")


def test_without_the_extra_the_link_is_absent_and_the_address_says_so(client, version, monkeypatch):
    monkeypatch.setattr(pdfs, "PRINTER", NoPrinter())

    for page in ("/privacy/versions/1/", "/privacy/versions/"):
        assert ".pdf" not in client.get(page).content.decode()
    assert "pdf" not in client.get("/privacy/versions/1.json").json()["urls"]
    answer = client.get("/privacy/versions/1.pdf")
    assert answer.status_code == 404
    assert "There is no page at this address" in answer.content.decode()
    assert "immutable" not in answer.get("Cache-Control", "")


def test_without_weasyprint_no_printer_is_installed(monkeypatch):
    monkeypatch.setattr(pdfs, "find_spec", lambda name: None)

    assert not pdfs.WeasyPrinter().is_installed


def test_a_reader_who_comes_too_early_learns_when_to_come_again(client, version):
    KeptFile.objects.create(revision=version, origin="http://testserver", begun_at=timezone.now())

    answer = client.get("/privacy/versions/1.pdf")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer["Cache-Control"] == "no-store"
    assert "The PDF is being made" in answer.content.decode()


def test_the_identity_outlives_a_renaming_and_joins_languages(client, version):
    translation = workflow.create_policy(
        slug="datenschutz",
        name="Datenschutz",
        language="de",
        time_zone="Pacific/Kiritimati",  # where it was the next day already
        translation_of_id=version.policy_id,
        by=None,
        at=NOW,
    )
    german = make_version(policy=translation, at=NOW + timedelta(days=3))
    workflow.rename_policy(version.policy_id, by=make_user("Publishers"), at=NOW, slug="data")

    def work(address):
        root = etree.fromstring(client.get(address).content)
        return root.find(".//{*}FRBRWork/{*}FRBRuri").get("value")

    assert client.get("/privacy/versions/1.akn.xml").status_code == 301
    assert work("/data/versions/1.akn.xml") == "/akn/de/doc/policy/softphonez/2026-05-02/privacy"
    assert work(german.policy.url("akoma_ntoso", number=1)) == work("/data/versions/1.akn.xml")


def test_a_version_as_akoma_ntoso_is_not_redated_by_somebody_elses_renaming(client):
    make_version(policy=make_policy(slug="privacy"), at=NOW)
    other = make_policy(slug="datenschutz", language="de")
    make_version(policy=other, at=NOW - timedelta(days=30))
    before = client.get("/privacy/versions/1.akn.xml").content

    by = make_user("Publishers")
    workflow.rename_policy(other.pk, by=by, at=NOW, slug="privacy")

    assert client.get("/privacy/versions/1.akn.xml").content == before
