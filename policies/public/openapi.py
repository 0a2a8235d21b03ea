"""The description of all public addresses for programs: OpenAPI 3.1, at /openapi.json.

Made of addresses.toml, which has a row for each address. The names of operations are those of
routes. A test compares them; Schemathesis asks for each, and holds what comes back against its
description.
"""

import copy
import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from policies.public import listed_urls
from policies.public.listed_urls import SCHEMAS
from policies.public.page import public, with_cors_headers
from policies.text.limits import SLUG

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.1"


@with_cors_headers
@public()
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(), content_type=MEDIA_TYPE, json_dumps_params={"indent": 1})


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document, which is the same on every site."""
    described = copy.deepcopy(listed_urls.addresses())
    files = sorted(SCHEMAS.glob("*.json"))
    schemas = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
    described["parameters"]["policy"]["pattern"] = f"^{SLUG}$"
    described["parameters"]["name"]["enum"] = sorted(schemas)
    rows = [(row["path"], row, "") for row in described["site"]]
    rows.append(("/{language}/", described["site"][0], "_in_language"))
    for before, suffix in (("/{policy}/", ""), ("/{language}/{policy}/", "_in_language")):
        rows += [(before + row["path"], row, suffix) for row in described["policy"]]
    return {
        **described["head"],
        "paths": {
            path: {"get": _operation(path, row, suffix, described)} for path, row, suffix in rows
        },
        "webhooks": {"event": {"post": described["webhook"]}},
        "components": {"schemas": {**schemas, "problem": described["problem"]}},
    }


def _operation(
    path: str, row: dict[str, Any], suffix: str, described: dict[str, Any]
) -> dict[str, Any]:
    """Return the description of one address. row: of addresses.toml, described: the whole of it."""
    content = {"schema": _reference(row["schema"])} if "schema" in row else {}
    usual = "application/json" if content else "text/html"
    found = {"description": row["summary"], "content": {row.get("type", usual): content}}
    answers: dict[str, Any] = {"200": found}
    for status in sorted({404, *row.get("answers", ())}):
        answers[str(status)] = {"description": described["answers"][str(status)]}
    problem = {"application/problem+json": {"schema": _reference("problem")}}
    no_page: dict[str, Any] = {media_type: {} for media_type in row.get("no_page", ["text/html"])}
    answers["404"]["content"] = problem if path.endswith(".json") else no_page
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": described["parameters"][name]}
        for name in listed_urls.parameters(path)
    ]
    return {
        "operationId": row["name"] + suffix,
        "summary": row["summary"],
        "parameters": parameters,
        "responses": answers,
    }


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
