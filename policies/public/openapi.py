"""The description of all public addresses for programs: OpenAPI 3.1, at /openapi.json.

The names of operations are those of routes. A test compares them; Schemathesis asks for each, and
holds what comes back against its description.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from policies.public.listed_urls import SCHEMAS
from policies.public.page import for_programs, public
from policies.text.limits import SLUG

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.1"
HTML, TEXT, MARKDOWN = "text/html", "text/plain", "text/markdown"
JSON, PROBLEM, ATOM = "application/json", "application/problem+json", "application/atom+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Of this description. A change that breaks programs gets another first number.
VERSION = "1.1.0"


@dataclass(frozen=True)
class Operation:
    """What GET does at an address.

    name: of the route. path: as OpenAPI writes it; of a policy's addresses, what follows its slug.
    schema: the name of the JSON Schema, "" for none. answers: the statuses besides 200 and 404.
    """

    name: str
    path: str
    summary: str
    media_type: str = HTML
    schema: str = ""
    answers: tuple[int, ...] = ()


OF_THE_SITE = [
    Operation("index", "/", "The policies of a language"),
    Operation("feed_of_all", "/feed.xml", "New versions of all policies", ATOM),
    Operation("ledger_json", "/ledger.json", "The chain of publications", JSON, "ledger"),
    Operation("ledger_page", "/ledger/{number}.json", "An earlier page of it", JSON, "ledger"),
    Operation("schema", "/schemas/{name}.json", "A JSON Schema", "application/schema+json"),
    Operation("openapi", "/openapi.json", "This description", MEDIA_TYPE),
    Operation("sitemap", "/sitemap.xml", "For search engines", "application/xml"),
    Operation("robots", "/robots.txt", "For robots", TEXT),
    Operation("security", "/.well-known/security.txt", "Where to report a vulnerability", TEXT),
    Operation("healthz", "/healthz", "Whether the process is alive", TEXT),
    Operation("readyz", "/readyz", "Whether the site can serve pages", TEXT, answers=(503,)),
]
OF_A_POLICY = [
    Operation("policy", "", "The version in force", answers=(303,)),
    Operation(
        "current_json", "current.json", "What is in force, and what is next", JSON, "current"
    ),
    Operation("current_markdown", "current.md", "The text in force", MARKDOWN),
    Operation("history", "versions/", "All versions"),
    Operation("older", "versions/before/{before}/", "Earlier versions of a long history"),
    Operation("version", "versions/{number}/", "One version"),
    Operation("markdown", "versions/{number}.md", "Its text: what its digest covers", MARKDOWN),
    Operation("json", "versions/{number}.json", "Its facts and its text", JSON, "version"),
    Operation("akoma_ntoso", "versions/{number}.akn.xml", "Akoma Ntoso", "application/akn+xml"),
    Operation("pdf", "versions/{number}.pdf", "PDF", "application/pdf", answers=(503,)),
    Operation("word", "versions/{number}.docx", "Word", WORD, answers=(503,)),
    Operation("notice_text", "versions/{number}/notice.txt", "Its notice for users", TEXT),
    Operation("notice_html", "versions/{number}/notice.html", "Its notice as a mail"),
    Operation("notice_json", "versions/{number}/notice.json", "All of it", JSON, "notice"),
    Operation("compare", "compare/{old}/{new}/", "What changed between two", answers=(302,)),
    Operation(
        "word_changes", "compare/{old}/{new}.docx", "The same in Word", WORD, answers=(302, 503)
    ),
    Operation("since", "since/{number}/", "What changed up to now", answers=(302,)),
    Operation("on", "on/{day}/", "Leads to the version of a day", answers=(302,)),
    Operation("embed", "embed/", "The version in force, for webviews"),
    Operation("embed_since", "embed/since/{number}/", "What changed, for them", answers=(302,)),
    Operation("feed", "feed.xml", "New versions", ATOM),
    Operation("timegate", "timegate/", "Leads to the version of a time", answers=(302,)),
    Operation("timemap", "timemap/", "All versions with times", "application/link-format"),
]
NUMBER = {"type": "integer", "minimum": 1, "examples": [1]}
# The values of the parts of a path.
PARAMETERS = {
    "policy": {"type": "string", "pattern": f"^{SLUG}$", "examples": ["privacy"]},
    "language": {
        "type": "string",
        "description": "BCP 47 tag, but the site's own language",
        "examples": ["de"],
    },
    "name": {"type": "string", "enum": sorted(it.stem for it in SCHEMAS.glob("*.json"))},
    "day": {"type": "string", "format": "date", "examples": ["2026-05-02"]},
    **dict.fromkeys(("number", "old"), NUMBER),
    **dict.fromkeys(("new", "before"), NUMBER | {"examples": [2]}),
}
ANSWERS = {
    302: "Leads to the page of a version",
    303: "Leads to current.md, if Accept names text/markdown and does not prefer HTML",
    404: "There is nothing at this address",
    503: "Try again after the seconds in Retry-After",
}


@for_programs
@public()
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the description of all public addresses."""
    return JsonResponse(document(), content_type=MEDIA_TYPE, json_dumps_params={"indent": 1})


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document, which is the same on every site."""
    of_policies = [(f"/{{policy}}/{it.path}", it, "") for it in OF_A_POLICY]
    in_languages = [(f"/{{language}}{path}", it, "_in_language") for path, it, _ in of_policies]
    found = [(it.path, it, "") for it in OF_THE_SITE]
    found.append(("/{language}/", OF_THE_SITE[0], "_in_language"))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Policies",
            "version": VERSION,
            "description": "No address reads the query string or sets a cookie. HEAD is answered "
            "like GET, and any other method with 405. A policy that was renamed redirects (301).",
        },
        "servers": [{"url": "/"}],
        "paths": {
            path: {"get": _operation(path, it, suffix)}
            for path, it, suffix in [*found, *of_policies, *in_languages]
        },
        "webhooks": {"event": {"post": _webhook()}},
        "components": {"schemas": _schemas()},
    }


def _webhook() -> dict[str, Any]:
    """Return what the site sends to those who receive webhooks, as a request to them."""
    return {
        "operationId": "webhook",
        "summary": "Something happened that readers can see",
        "parameters": [
            {
                "name": f"webhook-{name}",
                "in": "header",
                "required": True,
                "description": "As of Standard Webhooks 1.0.0",
                "schema": {"type": kind},
            }
            for name, kind in (("id", "string"), ("timestamp", "integer"), ("signature", "string"))
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": _reference("webhook")}}},
        "responses": {
            "2XX": {"description": "It was received"},
            "410": {"description": "Send no more"},
        },
    }


def _operation(path: str, operation: Operation, suffix: str) -> dict[str, Any]:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    problem = {PROBLEM: {"schema": _reference("problem")}}
    refusal = problem if path.endswith(".json") else {HTML: {}}
    content = {"schema": _reference(operation.schema)} if operation.schema else {}
    described: dict[str, Any] = {
        "200": {"description": operation.summary, "content": {operation.media_type: content}}
    }
    for status in sorted({404, *operation.answers}):
        described[str(status)] = {"description": ANSWERS[status]}
        if status == 404:
            described["404"]["content"] = refusal
    return {
        "operationId": operation.name + suffix,
        "summary": operation.summary,
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": PARAMETERS[name],
            }
            for name in names
        ],
        "responses": described,
    }


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _schemas() -> dict[str, Any]:
    """Return the schemas by name: those that are served by themselves, and that of an error."""
    found = {it.stem: json.loads(it.read_text("utf-8")) for it in sorted(SCHEMAS.glob("*.json"))}
    found["problem"] = {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
        "required": ["type", "title", "status"],
    }
    return found
