"""The site's address and its mail server, as set in the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from softphonez_site import values


def site_url(typed):
    hosts = [".example.com", "[::1]"]
    return values.site_url("SITE_URL", typed, hosts=hosts, https=True, port="8000")


def sender(typed, *, url="https://policies.example.com"):
    return values.sender("EMAIL_FROM", typed, organisation="Ä, B\nand C", site_url=url)


def test_links_begin_with_the_first_host_and_in_a_trial_with_its_port():
    assert site_url("") == "https://example.com"
    trial = values.site_url(
        "SITE_URL", "", hosts=["127.0.0.1", "localhost"], https=False, port="8000"
    )
    assert trial == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://policies.example.com/", "https://policies.example.com"),
        ("https://policies.example.com:8443", "https://policies.example.com:8443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_the_address_that_is_given_is_taken(typed, url):
    assert site_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    [
        *("policies.example.com", "http://policies.example.com", "https://policies.example.org"),
        *("https://policies.example.com/policies", "https://user:secret@policies.example.com"),
        *("https://policies.example.com?x", "https://policies.example.com:port", "https://[::1"),
        "javascript://policies.example.com",
    ],
)
def test_an_address_that_is_not_the_sites_stops_the_start(typed):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must"):
        site_url(typed)


def test_a_site_of_any_host_must_say_where_it_is():
    for https, scheme in ((True, "https"), (False, "http")):
        words = rf"SITE_URL must be set where ALLOWED_HOSTS .* such as {scheme}://"
        with pytest.raises(ImproperlyConfigured, match=words):
            values.site_url("SITE_URL", "", hosts=["*"], https=https, port="8000")
    with pytest.raises(ImproperlyConfigured, match="must begin with https:// or http://"):
        values.site_url("SITE_URL", "ftp://a.example", hosts=["*"], https=False, port="8000")


def test_the_sender_is_made_of_what_is_known():
    assert sender("").endswith("<policies@policies.example.com>")
    assert sender("", url="http://127.0.0.1:8000").endswith("<policies@localhost>")
    assert sender("", url="https://intranet").endswith("<policies@localhost>")
    assert sender("a@example.com") == "a@example.com"


@pytest.mark.parametrize("typed", ["policies", "a@example.com\nBcc: b@example.com", "Policies <>"])
def test_an_invalid_sender_stops_the_start(typed):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM must"):
        sender(typed)


def test_the_mail_server_is_one_url():
    typed = "smtp+tls://me%40example.com:p%2Fw@mail.example.com:587"

    server = values.email_server("EMAIL_URL", typed)

    assert server["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (server["EMAIL_HOST"], server["EMAIL_PORT"]) == ("mail.example.com", 587)
    assert (server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"]) == ("me@example.com", "p/w")
    assert server["EMAIL_USE_TLS"] is True


@pytest.mark.parametrize(
    "typed",
    [
        *("smtp+tls://me:pa/ss-secret@host:587", "mail://me:secret@host", "smtp://", "secret"),
        *("smtp+tls://me:p@ss/secret@host:587", "smtp://me:p@ss?secret@host", "smtp://me:p@s#s@h"),
    ],
)
def test_an_invalid_mail_server_stops_the_start_without_showing_its_password(typed):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must") as error:
        values.email_server("EMAIL_URL", typed)
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
