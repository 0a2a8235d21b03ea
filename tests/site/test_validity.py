"""The public pages checked by the Nu HTML checker (validator.nu)."""

from pathlib import Path

import pytest
from django.utils import timezone

from policies.models import Revision
from policies.text import importing
from tests.conftest import sample
from tests.factories import DAY, make_import, make_policy, make_version
from tests.site.every_page import DeskSite, desk_pages, make_public_site, public_pages
from tests.site.html_checker import DJANGOS, complaints

pytestmark = [pytest.mark.django_db, pytest.mark.validator]

CORPUS = Path(__file__).parent.parent / "policies" / "corpus" / "policies"


def fetch(client, *addresses):
    found = {}
    for address in addresses:
        response = client.get(address)
        assert response.status_code in {200, 404}, address
        found[address] = response.content
    return found


def test_each_page_that_a_route_leads_to_is_valid(tmp_path):
    """The pages are found by the routes, so that a new one is checked as well."""
    public = public_pages(make_public_site())
    assert complaints(public.html, tmp_path) == []


def test_each_page_of_the_desk_is_valid(tmp_path):
    site = DeskSite()
    pages = desk_pages(site, site.paths())
    found = complaints(pages.html, tmp_path)
    assert [it for it in found if not any(words in it for words in DJANGOS)] == []


def test_pages_and_redlines_of_many_texts_are_valid(client, tmp_path):
    """Each file of the corpus is the next version of one policy, very unlike its neighbours."""
    policy = make_policy(slug="corpus")
    paths = sorted(it for it in CORPUS.iterdir() if it.suffix in {".md", ".html", ".markdown"})
    assert len(paths) > 50
    paths = sample(paths)
    for number, path in enumerate(paths, start=1):
        document = importing.read(path.name, path.read_bytes()).document
        at = timezone.now() - (len(paths) + 1 - number) * DAY
        make_import(document, policy=policy, at=at)
    count = Revision.objects.numbered().count()
    assert count == len(paths)

    pages = fetch(
        client,
        "/corpus/",
        *(f"/corpus/versions/{number}/" for number in range(1, count + 1)),
        *(f"/corpus/compare/{number}/{number + 1}/" for number in range(1, count)),
    )
    # That the checker finds what is wrong.
    make_version(policy=make_policy(slug="privacy"))
    pages |= fetch(client, "/privacy/")
    pages["twice"] = pages["/privacy/"].replace(b'id="scope"', b'id="contact"')

    assert [it.split(":")[0] for it in complaints(pages, tmp_path)] == ["twice"]
