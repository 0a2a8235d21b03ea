"""Variables with a form of their own: what is taken, and what stops the start."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from softphonez_site import values


def test_origins_are_taken_in_small_letters() -> None:
    text = (
        " https://App.Example.com , http://localhost:3000,capacitor://localhost,https://[::1]:8443,"
    )

    assert values.origins("EMBED_ORIGINS", text) == [
        *("https://app.example.com", "http://localhost:3000", "capacitor://localhost"),
        "https://[::1]:8443",
    ]
    assert values.origins("EMBED_ORIGINS", "") == []


@pytest.mark.parametrize(
    "text",
    [
        *("*", "https:", "https://", "'self'", "app.example.com", "https://*.example.com"),
        *("https://a.example/", "https://a.example/app", "https://a.example; script-src *"),
        *("https://a.example https://b.example", "https://user@a.example", "https://größe.example"),
        *("https://a.example:port", "https://-a.example", "https://a..example"),
    ],
)
def test_what_is_no_origin_stops_the_start_with_the_variables_name(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"EMBED_ORIGINS has .* not an origin"):
        values.origins("EMBED_ORIGINS", f"https://good.example,{text}")


def test_contacts_become_addresses() -> None:
    text = "security@example.com, https://example.com/report,tel:+49-30-1234567,mailto:a@b.example"

    assert values.contacts("SECURITY_CONTACT", text) == [
        *("mailto:security@example.com", "https://example.com/report", "tel:+49-30-1234567"),
        "mailto:a@b.example",
    ]


@pytest.mark.parametrize(
    "text",
    ["security", "http://example.com/", "javascript:alert(1)", "a@b.example\nExpires: never"],
)
def test_what_is_no_contact_stops_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECURITY_CONTACT has"):
        values.contacts("SECURITY_CONTACT", text)


@pytest.mark.parametrize(
    ("text", "hosts", "authority"),
    [
        ("", ["policies.example.com", "other.example"], "policies.example.com,2026"),
        ("", ["*", "[::1]", ".Example.com"], "example.com,2026"),
        ("", ["*"], "localhost,2026"),
        ("Example.com,2026-05-02", ["x.example"], "example.com,2026-05-02"),
        ("legal@example.com,2026-05", ["x.example"], "legal@example.com,2026-05"),
    ],
)
def test_the_feeds_ids_belong_to_somebody(text: str, hosts: list[str], authority: str) -> None:
    assert values.tag_authority("TAG_AUTHORITY", text, hosts) == authority


@pytest.mark.parametrize(
    "text", ["example.com", "example.com,26", "example.com,2026-13", "a b,2026", "x.example,2026:y"]
)
def test_an_authority_of_another_form_stops_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(f"TAG_AUTHORITY is {text!r}")):
        values.tag_authority("TAG_AUTHORITY", text, ["x.example"])
