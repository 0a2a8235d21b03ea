"""Variables with a form of their own: what is taken, and what stops the start."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from softphonez_site import values
from tests.conftest import ENVIRONMENT
from tests.site.serving import ROOT, free_port


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


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("TIME_ZONE", "Europe/Berln", "TIME_ZONE must be a time zone such as Europe/Berlin"),
        ("TIME_ZONE", "../etc/passwd", "TIME_ZONE must be a time zone"),
        ("PAGES_MEMORY_MB", "abc", "PAGES_MEMORY_MB must be a whole number from 0 on"),
        ("PAGES_MEMORY_MB", "-1", "PAGES_MEMORY_MB must be a whole number from 0 on"),
        ("DATABASE_URL", "sqlite:////no/such/folder/x.sqlite3", "DATABASE_URL names a file in"),
        ("DATABASE_URL", "x", "DATABASE_URL must be an address: sqlite:///… or postgres://…"),
        ("DATABASE_URL", "postgres://u:p@h:abc/x", "DATABASE_URL must be an address"),
        ("DATABASE_URL", "mysql://h/x", "DATABASE_URL must be an address"),
        ("SECRET_KEY", "", "SECRET_KEY"),
    ],
)
def test_a_command_says_in_one_line_which_variable_is_wrong(
    variable: str, value: str, words: str
) -> None:
    answer = command("check", **{variable: value})

    assert answer.returncode == 1
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "Traceback" in command("check", "--traceback", **{variable: value}).stderr
    assert not Path("/no").exists()


def test_a_command_says_in_one_line_that_the_database_is_away() -> None:
    away = f"postgres://nobody@127.0.0.1:{free_port()}/none"
    answer = command("migrate", DATABASE_URL=away)

    assert answer.returncode == 1
    assert "The database can't be used" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("value", ["", "0", "two", "-1"])
def test_a_number_of_workers_that_is_none_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", value)
    with pytest.raises(SystemExit, match="WEB_CONCURRENCY must be a number from 1 on"):
        runpy.run_path(str(ROOT / "softphonez_site" / "gunicorn_conf.py"))


def command(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**ENVIRONMENT, "PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
