"""How far other sites can reach into answers: checked for every route."""

import pytest
from django.test import Client

from policies.public import pdfs
from tests.site.everything import routes
from tests.site.permissions import UNROUTED

pytestmark = pytest.mark.django_db

# What apps and other sites' scripts read.
FOR_PROGRAMS = {
    f"policies:{name}"
    for name in (
        *("json", "current_json", "markdown", "akoma_ntoso", "feed", "feed_of_all", "timemap"),
        *("ledger_json", "ledger_page", "schema", "current_markdown"),
        *("notice_text", "notice_json", "openapi"),
    )
}
FRAMED = {"policies:embed", "policies:embed_since"}
FEATURES = {
    "camera",
    "microphone",
    "geolocation",
    "payment",
    "usb",
    "browsing-topics",
    "fullscreen",
}


@pytest.mark.parametrize("origins", [[], ["https://shop.example.com"]])
def test_only_what_is_meant_for_other_sites_can_be_used_by_them(
    origins, everything, settings, monkeypatch
):
    settings.EMBED_ORIGINS = origins
    monkeypatch.setattr(pdfs, "are_made", lambda: False)
    site, client = everything, Client()
    client.force_login(site.root)
    wrong = []
    for name, path in [
        *((name, site.path(route)) for name, route in routes()),
        *((path, path) for path in UNROUTED),
    ]:
        if not (origins or name in FRAMED):
            continue  # what may be framed by nobody is all that is different then
        answer = client.get(path)
        b"".join(answer)
        # An error in JSON is as open as the answer would be (docs/adr/0038-for-programs.md).
        missing = answer.status_code in {404, 405} and not path.endswith(".json")
        is_open = not missing and (name in FOR_PROGRAMS or (name in FRAMED and bool(origins)))
        found = {
            "CORP": answer.get("Cross-Origin-Resource-Policy"),
            "COEP": answer.get("Cross-Origin-Embedder-Policy"),
            "COOP": answer.get("Cross-Origin-Opener-Policy"),
            "nosniff": answer.get("X-Content-Type-Options"),
            "CORS": answer.get("Access-Control-Allow-Origin") == "*",
        }
        expected = {
            "CORP": "cross-origin" if is_open else "same-origin",
            "COEP": "require-corp",
            "COOP": "same-origin",
            "nosniff": "nosniff",
            "CORS": not missing and name in FOR_PROGRAMS,
        }
        # Files of the site are anybody's (WhiteNoise).
        if path in {"/favicon.ico", "/icon.png"}:
            expected["CORS"] = found["CORS"]
        if found != expected:
            wrong.append((path, answer.status_code, found))
        else:
            off = answer["Permissions-Policy"] if path not in UNROUTED else ""
            assert path in UNROUTED or all(f"{it}=()" in off for it in FEATURES), path
    assert wrong == []
