"""The OpenAPI document: whole, valid, and true of every address that it describes."""

import copy
import re

import hypothesis
import pytest
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import strategies as st

from policies.public import listed_urls, openapi
from tests.policies.page_cache.pages_site import connection_stays as connection_stays
from tests.policies.public.public_site import make_history
from tests.site.everything import routes

pytestmark = pytest.mark.django_db

CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


def test_every_public_address_is_described_and_no_other():
    private = {f"policies:{row['name']}" for row in listed_urls.addresses()["private"]}
    public = {
        "/" + CONVERTER.sub(r"{\1}", route).replace("{slug}", "{policy}")
        for name, route in routes()
        if name.startswith("policies:") and name not in private
    }

    assert openapi.document()["paths"].keys() == public


def test_the_document_keeps_to_the_official_schema_of_openapi():
    """By which each operation has a name of its own, each part of a path is a parameter, and each
    schema that is named is there.
    """
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = openapi.document()
    assert [it.message for it in OpenAPIV31SpecValidator(document).iter_errors()] == []

    wrong = copy.deepcopy(document)
    del wrong["info"]["title"]
    assert not OpenAPIV31SpecValidator(wrong).is_valid()


@pytest.mark.slow
@pytest.mark.usefixtures("connection_stays")
def test_every_address_answers_as_it_is_described():
    """Schemathesis asks, and holds the status, the media type and the content against what the
    document says: first with its examples, then with whatever parameters it allows.
    """
    make_history()
    described = list(described_operations())
    seen = set()
    for operation in described:
        schemas = {it.name: it.definition["schema"] for it in operation.path_parameters}
        examples = {name: (it.get("enum") or it["examples"])[0] for name, it in schemas.items()}
        response = operation.Case(path_parameters=examples).call_and_validate()
        seen.add((operation.label.removeprefix("GET "), response.status_code))
    assert {
        ("/{policy}/current.json", 200),
        ("/{policy}/versions/{number}/notice.json", 200),
        ("/{policy}/timegate/", 302),
        ("/{language}/{policy}/current.json", 404),
    } <= seen

    @hypothesis.given(st.sampled_from(described).flatmap(lambda it: it.as_strategy()))
    def ask(case):
        case.call_and_validate()

    ask()


def described_operations():
    """Read the document as it is served. Without PDF, which takes seconds and needs an extra."""
    import schemathesis

    schema = schemathesis.openapi.from_wsgi("/openapi.json", WSGIHandler())
    for found in schema.exclude(path_regex=r"\.pdf$").get_all_operations():
        yield found.ok()


def test_the_document_is_served_to_programs_of_any_site(client):
    response = client.get("/openapi.json")

    assert response.json() == openapi.document()
    assert response["Content-Type"] == "application/vnd.oai.openapi+json;version=3.1"
    assert response["Access-Control-Allow-Origin"] == "*"
