"""The OpenAPI document: whole, valid, and true of every address that it describes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from policies.public import openapi
from tests.policies.public.public_site import make_history
from tests.site.everything import routes

pytestmark = pytest.mark.django_db

# For whoever has a link or a key; and the desk.
NOT_DESCRIBED = {
    *("policies:preview", "policies:preview_changes", "policies:preview_comment"),
    "policies:metrics",
    *("policies:subscribe", "policies:confirm", "policies:unsubscribe"),
}
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
VALUES = {
    "policy": "privacy",
    "language": "de",
    "number": "1",
    "before": "2",
    "old": "1",
    "new": "2",
    "day": "2126-01-01",
    "name": "current",
}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in openapi.document()["paths"].items():
        assert item.keys() == {"get"}
        yield path, item["get"]


def test_every_public_address_is_described_and_no_other() -> None:
    public = {
        "/" + CONVERTER.sub(r"{\1}", route).replace("{slug}", "{policy}")
        for name, route in routes()
        if name.startswith("policies:") and name not in NOT_DESCRIBED
    }

    assert openapi.document()["paths"].keys() == public


def test_names_are_those_of_routes_and_each_is_given_once() -> None:
    names = [operation["operationId"] for _, operation in operations()]

    assert len(names) == len(set(names))
    known = {name.removeprefix("policies:") for name, _ in routes()}
    assert {name.removesuffix("_in_language") for name in names} <= known


def test_each_part_of_a_path_is_a_parameter() -> None:
    for path, operation in operations():
        named = [it["name"] for it in operation["parameters"]]
        assert named == re.findall(r"{(\w+)}", path)
        assert all(it["required"] and it["in"] == "path" for it in operation["parameters"])


def test_every_reference_leads_to_a_valid_schema() -> None:
    import jsonschema

    document = openapi.document()
    schemas = document["components"]["schemas"]

    assert {it.rpartition("/")[2] for it in references(document)} == schemas.keys()
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_address_answers_as_it_is_described(client: Client) -> None:
    import jsonschema

    make_history()
    schemas = openapi.document()["components"]["schemas"]
    seen = set()
    for path, operation in operations():
        if operation["operationId"].startswith("pdf"):
            continue  # it takes seconds, and needs an extra
        response = client.get(re.sub(r"{(\w+)}", lambda it: VALUES[it[1]], path))
        described = operation["responses"].get(str(response.status_code))
        assert described is not None, (path, response.status_code)
        seen.add((operation["operationId"], response.status_code))
        for media_type, content in described.get("content", {}).items():
            assert response["Content-Type"].startswith(media_type), path
            if reference := content.get("schema", {}).get("$ref"):
                schema = schemas[reference.rpartition("/")[2]]
                errors = jsonschema.Draft202012Validator(schema).iter_errors(response.json())
                assert [it.message for it in errors] == [], path
    assert {("current_json", 200), ("notice_json", 200), ("json_in_language", 404)} <= seen


def test_the_document_is_served_to_programs_of_any_site(client: Client) -> None:
    response = client.get("/openapi.json")

    assert response.json() == openapi.document()
    assert response["Content-Type"] == "application/vnd.oai.openapi+json;version=3.1"
    assert response["Access-Control-Allow-Origin"] == "*"
