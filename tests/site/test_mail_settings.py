"""Where the site is and how its e-mails go out, as the environment says it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from softphonez_site import settings


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HTTPS", True)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [".example.com", "[::1]"])


def test_links_begin_with_the_first_host_and_in_a_trial_with_its_port(https: None) -> None:
    assert settings.site_url("") == "https://example.com"


def test_a_trial_has_its_port_in_its_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["127.0.0.1", "localhost"])
    assert settings.site_url("") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://policies.example.com/", "https://policies.example.com"),
        ("https://policies.example.com:8443", "https://policies.example.com:8443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_the_address_that_is_given_is_taken(https: None, typed: str, url: str) -> None:
    assert settings.site_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    [
        "policies.example.com",
        "http://policies.example.com",
        "https://policies.example.org",
        "https://policies.example.com/policies",
        "https://user:secret@policies.example.com",
        "https://policies.example.com?x",
        "https://policies.example.com:port",
        "https://[::1",
        "javascript://policies.example.com",
    ],
)
def test_an_address_that_is_not_the_sites_stops_the_start(https: None, typed: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must"):
        settings.site_url(typed)


def test_a_site_of_any_host_must_say_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must"):
        settings.site_url("")


def test_the_sender_is_made_of_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ORGANISATION_NAME", "Ä, B\nand C")
    monkeypatch.setattr(settings, "SITE_URL", "https://policies.example.com")
    assert settings.sender("").endswith("<policies@policies.example.com>")
    monkeypatch.setattr(settings, "SITE_URL", "http://127.0.0.1:8000")
    assert settings.sender("").endswith("<policies@localhost>")
    monkeypatch.setattr(settings, "SITE_URL", "https://intranet")
    assert settings.sender("").endswith("<policies@localhost>")
    assert settings.sender("a@example.com") == "a@example.com"


@pytest.mark.parametrize("typed", ["policies", "a@example.com\nBcc: b@example.com", "Policies <>"])
def test_a_sender_that_is_none_stops_the_start(typed: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM must"):
        settings.sender(typed)


def test_the_mail_server_is_one_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://me%40example.com:p%2Fw@mail.example.com:587")

    server = settings.email_server()

    assert server["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (server["EMAIL_HOST"], server["EMAIL_PORT"]) == ("mail.example.com", 587)
    assert (server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"]) == ("me@example.com", "p/w")
    assert server["EMAIL_USE_TLS"] is True


@pytest.mark.parametrize(
    "typed",
    ["smtp+tls://me:pa/ss-secret@host:587", "mail://me:secret@host", "smtp://", "secret"],
)
def test_a_mail_server_that_is_none_stops_the_start_without_its_password(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setenv("EMAIL_URL", typed)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must") as error:
        settings.email_server()
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
