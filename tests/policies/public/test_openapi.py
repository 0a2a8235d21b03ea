"""The OpenAPI document: whole, valid, and true of every address that it describes."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf.locale import LANG_INFO
from django.test import Client
from hypothesis import strategies as st

from policies.models import Policy
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
    make_history()
    seen = set()
    for path, operation in operations():
        if operation["operationId"].startswith("pdf"):
            continue  # it takes seconds, and needs an extra
        values = {it["name"]: VALUES[it["name"]] for it in operation["parameters"]}
        seen.add((operation["operationId"], check_answer(client, path, operation, values)))
    assert {("current_json", 200), ("notice_json", 200), ("json_in_language", 404)} <= seen


def check_answer(
    client: Client, path: str, operation: dict[str, Any], values: dict[str, Any]
) -> int:
    """Ask for a path with these values of its parameters; return the status, which is described,
    as are the media type and the content that come with it.
    """
    import jsonschema

    address = re.sub(r"{(\w+)}", lambda it: str(values[it[1]]), path)
    response = client.get(address)
    described = operation["responses"].get(str(response.status_code))
    assert described is not None, (address, response.status_code)
    for media_type, content in described.get("content", {}).items():
        assert response["Content-Type"].startswith(media_type), address
        if reference := content.get("schema", {}).get("$ref"):
            schema = openapi.document()["components"]["schemas"][reference.rpartition("/")[2]]
            errors = jsonschema.Draft202012Validator(schema).iter_errors(response.json())
            assert [it.message for it in errors] == [], address
    return response.status_code


def values_of(parameter: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that a parameter's schema allows: often the one that leads to something."""
    schema = parameter["schema"]
    drawn: st.SearchStrategy[Any]
    if "enum" in schema:
        drawn = st.sampled_from(schema["enum"])
    elif schema["type"] == "integer":
        drawn = st.integers(min_value=schema["minimum"])
    elif schema.get("format") == "date":
        drawn = st.dates().map(str)
    elif "pattern" in schema:
        drawn = st.from_regex(schema["pattern"], fullmatch=True).filter(str.isascii)
    else:
        drawn = st.sampled_from(sorted(LANG_INFO))
    return st.just(VALUES[parameter["name"]]) | drawn


@hypothesis.settings(max_examples=10)
@hypothesis.given(data=st.data())
def test_every_address_answers_as_it_is_described_whatever_its_parameters_are(
    data: st.DataObject,
) -> None:
    client = Client()
    if not Policy.objects.exists():
        make_history()
    for path, operation in operations():
        if not operation["operationId"].startswith("pdf"):
            drawn = {it["name"]: data.draw(values_of(it)) for it in operation["parameters"]}
            check_answer(client, path, operation, drawn)


# --- The document itself -------------------------------------------------------------------------

# What the OpenAPI Specification 3.1.0 says of the objects that the document has, and no others.
TEXT = {"type": "string", "minLength": 1}
SCHEMA_OBJECT = {"$ref": "https://json-schema.org/draft/2020-12/schema"}


def an_object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def a_map(names: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": {names: values}, "additionalProperties": False}


CONTENT = a_map("^[a-z]+/[a-z.+-]+(;.*)?$", an_object({}, {"schema": SCHEMA_OBJECT}))
PARAMETER = an_object(
    {
        "name": TEXT,
        "in": {"enum": ["path", "query", "header", "cookie"]},
        "required": {"type": "boolean"},
        "schema": SCHEMA_OBJECT,
    },
    {"description": TEXT},
)
OPERATION = an_object(
    {
        "operationId": TEXT,
        "summary": TEXT,
        "parameters": {"type": "array", "items": PARAMETER},
        "responses": a_map(
            "^[1-5](?:[0-9]{2}|XX)$", an_object({"description": TEXT}, {"content": CONTENT})
        ),
    },
    {"requestBody": an_object({"content": CONTENT}, {"required": {"type": "boolean"}})},
)
DOCUMENT = an_object(
    {
        "openapi": {"type": "string", "pattern": r"^3\.1\.\d+$"},
        "info": an_object({"title": TEXT, "version": TEXT}, {"description": TEXT}),
        "servers": {"type": "array", "items": an_object({"url": TEXT})},
        "paths": a_map("^/", an_object({"get": OPERATION})),
        "webhooks": a_map(".", an_object({"post": OPERATION})),
        "components": an_object({"schemas": a_map("^[a-zA-Z0-9._-]+$", SCHEMA_OBJECT)}),
    }
)


def test_the_document_is_one_of_openapi_3_1() -> None:
    import jsonschema

    document = openapi.document()

    errors = jsonschema.Draft202012Validator(DOCUMENT).iter_errors(document)
    assert [(list(it.absolute_path), it.message) for it in errors] == []
    assert all(re.fullmatch(r"#/components/schemas/\w+", it) for it in references(document))


def test_a_mistake_in_the_document_would_be_found() -> None:
    import jsonschema

    wrong = copy.deepcopy(openapi.document())
    wrong["paths"]["/"]["get"]["responses"]["2000"] = {"description": "?"}
    wrong["paths"]["/feed.xml"]["get"]["respones"] = {}
    wrong["paths"]["/{policy}/"]["get"]["parameters"][0]["schema"] = {"type": "slug"}
    del wrong["info"]["title"]

    errors = jsonschema.Draft202012Validator(DOCUMENT).iter_errors(wrong)
    assert len({it.absolute_path[0] for it in errors}) == 2


def test_the_document_is_served_to_programs_of_any_site(client: Client) -> None:
    response = client.get("/openapi.json")

    assert response.json() == openapi.document()
    assert response["Content-Type"] == "application/vnd.oai.openapi+json;version=3.1"
    assert response["Access-Control-Allow-Origin"] == "*"
