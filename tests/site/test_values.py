"""Values of environment variables: which are accepted, and which stop the start."""

import base64
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import InternalError, OperationalError

from policies.text.limits import SLUG
from softphonez_site import values
from softphonez_site.database_words import explained
from tests.conftest import ENVIRONMENT
from tests.nginx import free_port
from tests.servers import ROOT, python


def test_origins_are_taken_in_small_letters():
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
def test_what_is_not_an_origin_stops_the_start_with_the_variables_name(text):
    with pytest.raises(ImproperlyConfigured, match=r"EMBED_ORIGINS has .* not an origin"):
        values.origins("EMBED_ORIGINS", f"https://good.example,{text}")


def test_contacts_become_addresses():
    text = "security@example.com, https://example.com/report,tel:+49-30-1234567,mailto:a@b.example"

    assert values.contacts("SECURITY_CONTACT", text) == [
        *("mailto:security@example.com", "https://example.com/report", "tel:+49-30-1234567"),
        "mailto:a@b.example",
    ]


@pytest.mark.parametrize(
    "text",
    ["security", "http://example.com/", "javascript:alert(1)", "a@b.example\nExpires: never"],
)
def test_what_is_not_a_contact_stops_the_start(text):
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
def test_the_feeds_ids_belong_to_somebody(text, hosts, authority):
    assert values.tag_authority("TAG_AUTHORITY", text, hosts) == authority


@pytest.mark.parametrize(
    "text", ["example.com", "example.com,26", "example.com,2026-13", "a b,2026", "x.example,2026:y"]
)
def test_an_authority_of_another_form_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match=re.escape(f"TAG_AUTHORITY is {text!r}")):
        values.tag_authority("TAG_AUTHORITY", text, ["x.example"])


def test_settings_and_policies_have_the_same_slugs():
    assert values.SLUG.pattern == SLUG


SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()


def test_webhooks_are_listed_with_their_secrets_the_newest_first():
    urls = "https://a.example/x?y=1, https://b.example:8443/"
    old = "whsec_" + base64.b64encode(b"o" * 64).decode()

    found = values.webhooks("WEBHOOKS", urls, may_be_http=False)

    assert found == ["https://a.example/x?y=1", "https://b.example:8443/"]
    assert values.webhooks("WEBHOOKS", "http://a.example/", may_be_http=True)
    secrets = values.webhook_secrets("WEBHOOK_SECRET", f"{SECRET},{old}", is_required=True)
    assert secrets == [SECRET, old]
    assert values.webhook_secrets("WEBHOOK_SECRET", "", is_required=False) == []


@pytest.mark.parametrize(
    "url", ["http://a.example/", "a.example", "https://a.example/a b", f"https://{'a' * 500}/"]
)
def test_what_is_not_a_webhook_stops_the_start_and_is_not_repeated(url):
    with pytest.raises(ImproperlyConfigured, match="WEBHOOKS must list addresses") as refusal:
        values.webhooks("WEBHOOKS", url, may_be_http=False)
    assert url not in str(refusal.value)


@pytest.mark.parametrize(
    "secret",
    [
        *("", "Hunter22", f"{SECRET},Hunter22", SECRET[6:], "whsec_", "whsec_!!!!"),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsk_" + base64.b64encode(bytes(32)).decode(),
    ],
)
def test_webhooks_without_a_sound_secret_stop_the_start(secret):
    with pytest.raises(ImproperlyConfigured, match="WEBHOOK_SECRET: ") as refusal:
        values.webhook_secrets("WEBHOOK_SECRET", secret, is_required=True)
    assert "Hunter22" not in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("TIME_ZONE", "Europe/Berln", "TIME_ZONE must be a time zone such as Europe/Berlin"),
        ("PAGES_MEMORY_MB", "abc", "PAGES_MEMORY_MB must be a whole number from 0 to 999999999"),
        ("DATABASE_URL", "sqlite:////no/such/folder/x.sqlite3", "DATABASE_URL names a file in"),
        ("DATABASE_URL", "", "DATABASE_URL must be an address"),
        ("ORGANISATION_NAME", "", "ORGANISATION_NAME is not set"),
        ("ORGANISATION_NAME", "Soft\aphonez", "ORGANISATION_NAME must be one line without"),
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("ALLOWED_HOSTS", " , ", "The environment variable ALLOWED_HOSTS is not set"),
        ("DATABASE_URL", "sqlite:///", "DATABASE_URL must name a file"),
        ("PAGES_SNAPSHOT", "off", "PAGES_SNAPSHOT must name a file, or be empty for none"),
        ("PAGES_SNAPSHOT", "/etc", "PAGES_SNAPSHOT names the folder /etc. Name a file in it."),
        ("PRIVACY_POLICY", "/privacy/", "PRIVACY_POLICY has '/privacy/', which is not a slug"),
        ("TERMS_OF_SERVICE", "a, B c", "TERMS_OF_SERVICE has 'B c', which is not a slug"),
        ("TWO_FACTOR", "maybe", "TWO_FACTOR must be 'required' or 'passkey' or 'optional'"),
    ],
)
def test_the_settings_say_in_one_line_which_variable_is_wrong(
    settings_with, variable, value, words
):
    with pytest.raises(ImproperlyConfigured, match=re.escape(words)) as refusal:
        settings_with(**{variable: value})

    assert "\n" not in str(refusal.value)
    assert not Path("/no").exists()


def test_the_settings_say_which_variable_needs_another(settings_with):
    with pytest.raises(ImproperlyConfigured, match="OIDC_ISSUER needs OIDC_CLIENT_ID"):
        settings_with(OIDC_ISSUER="https://login.example.com", OIDC_CLIENT_ID="")


def test_a_command_ends_with_that_line():
    answer = command("check", TIME_ZONE="Europe/Berln")

    assert answer.returncode == 1
    assert answer.stderr.startswith("TIME_ZONE must be a time zone")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (values.time_zone, "../etc/passwd", "NAME must be a time zone"),
        (values.whole_number, "-1", "NAME must be a whole number from 0 to 999999999"),
        (values.database, "x", "NAME must be an address: sqlite:///… (a file) or postgres://…"),
        (values.database, "postgres://u:p@h:abc/x", "NAME must be an address"),
        (values.database, "mysql://h/x", "NAME must be an address"),
        (values.database, "sqlite://var/x.sqlite3", "NAME must be an address"),
        (values.database, "postgres://u:p@127.0.0.1:5999", "NAME must name a database"),
        (values.database, "postgres://u:p@ss/w@h:5432/x", "NAME must name a database"),
        (values.secret_key, "abc", "NAME must have at least 50 characters"),
        (values.secret_key, "ab" * 30, "NAME must have at least 50 characters"),
        (values.hosts, "https://x.example/", "NAME has 'https://x.example/', which"),
        (values.hosts, "x.example,x.example:8000", "NAME has 'x.example:8000'"),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_its_variable(read, text, words):
    with pytest.raises(ImproperlyConfigured, match=re.escape(words)):
        read("NAME", text)


def test_each_variable_can_come_from_a_file(tmp_path, settings_with):
    key, database = tmp_path / "key", tmp_path / "database"
    key.write_text(f" {ENVIRONMENT['SECRET_KEY']}-of-the-file\n")
    # As some editors of Windows write it.
    database.write_text(f"sqlite:///{tmp_path}/of-the-file.sqlite3\n", "utf-8-sig")
    files = {"SECRET_KEY_FILE": str(key), "DATABASE_URL_FILE": str(database)}

    found = settings_with(SECRET_KEY="", DATABASE_URL="", **files)

    assert found["SECRET_KEY"] == f"{ENVIRONMENT['SECRET_KEY']}-of-the-file"
    assert found["DATABASES"]["default"]["NAME"] == f"{tmp_path}/of-the-file.sqlite3"


@pytest.mark.parametrize(
    ("content", "token", "words"),
    [
        (None, "", "METRICS_TOKEN_FILE names {file}, which the user"),
        (b" \n", "", "METRICS_TOKEN_FILE names {file}, which is empty."),
        (b"hunter2\xff", "", "METRICS_TOKEN_FILE names {file}, which is not a text in UTF-8."),
        (b"hunter2", "", "METRICS_TOKEN must have at least 20"),
        (b"hunter2" * 4, "hunter2" * 4, "METRICS_TOKEN and METRICS_TOKEN_FILE are both set."),
    ],
)
def test_a_file_that_gives_no_value_stops_the_start_and_is_not_repeated(
    tmp_path, settings_with, content, token, words
):
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match=re.escape(words.format(file=file))) as refusal:
        settings_with(METRICS_TOKEN=token, METRICS_TOKEN_FILE=str(file))

    assert "\n" not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_value_is_taken_literally_whatever_it_begins_with(settings_with):
    """One in fifty of the keys that Django itself makes begins with a dollar sign."""
    key = "$" + ENVIRONMENT["SECRET_KEY"]

    assert settings_with(SECRET_KEY=key)["SECRET_KEY"] == key


def test_with_traceback_an_error_shows_where_a_wrong_variable_was_found():
    answer = command("check", "--traceback", SECRET_KEY="abc")

    assert "Traceback" in answer.stderr
    assert "SECRET_KEY must have at least 50 characters" in answer.stderr


# The command, where its database is, and what it says of it. Only the first is tried each time.
IN_PROC = ("/proc/site.sqlite3", ["can't be used", "who must be able to write it and its folder"])
EXPLAINED = [
    ("verify", "damaged", ["can't be used: file is not a database.", "restore a backup into"]),
    ("first_run", "new", ["can't be used: no such table", "run manage.py migrate"]),
    ("first_run", "folder", ["can't be used: unable to open", f"you are {values.user_name()}"]),
    ("migrate", *IN_PROC),
    ("verify", *IN_PROC),
]


@pytest.mark.parametrize(
    ("name", "place", "told"),
    [EXPLAINED[0], *(pytest.param(*row, marks=pytest.mark.slow) for row in EXPLAINED[1:])],
)
def test_a_database_that_can_not_be_used_is_named_with_what_to_do(tmp_path, name, place, told):
    (tmp_path / "damaged").write_bytes(b"Not SQLite. " * 1000)
    (tmp_path / "folder").mkdir()
    file = tmp_path / place

    answer = command(name, DATABASE_URL=f"sqlite:///{file}")

    assert answer.returncode == 1
    assert f"The database {file} can't be used" in answer.stderr
    assert [words for words in told if words not in answer.stderr] == []
    assert "Traceback" not in answer.stderr


def test_a_command_says_in_one_line_that_the_database_is_away():
    away = f"postgres://nobody@127.0.0.1:{free_port()}/none"
    answer = command("migrate", DATABASE_URL=away)

    assert answer.returncode == 1
    assert "The database none at 127.0.0.1:" in answer.stderr
    assert "DATABASE_URL names it" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "job", ["backup {0}/x.zip", "export_site {0}/site", "send_reminders", "send_webhooks"]
)
def test_what_runs_by_itself_makes_no_database_where_one_is_missed(tmp_path, job):
    """The servers would use it and its journal, also once the right one is back."""
    file = tmp_path / "new.sqlite3"
    answer = command(*job.format(tmp_path).split(), DATABASE_URL=f"sqlite:///{file}")

    assert answer.returncode == 1
    assert f"{file} is not there. Put it back" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not file.exists()


@pytest.mark.slow
def test_a_database_without_tables_is_not_called_sound(tmp_path):
    url = f"sqlite:///{tmp_path}/new.sqlite3"

    asked = command("check", "--database", "default", DATABASE_URL=url)

    assert asked.returncode == 1
    assert "policies.E004" in asked.stderr
    assert "policies.E001" not in asked.stderr
    assert command("makemigrations", "--check", "--dry-run", DATABASE_URL=url).returncode == 0


@pytest.mark.parametrize("folder", ["c++", "c#", "100%", "a b", "x%20y", "m?n=1", "@host:1"])
def test_a_folder_of_any_name_can_hold_the_database(folder):
    """Also with characters that mean something in a URL: the settings make one of the path."""
    file = Path("/home") / folder / "site.sqlite3"

    assert values.database("DATABASE_URL", values.sqlite_url(file))["NAME"] == str(file)


def test_a_folder_that_is_closed_stops_the_start(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError

    monkeypatch.setattr(Path, "is_dir", refuse)

    with pytest.raises(
        ImproperlyConfigured, match=r"DATABASE_URL names a file in .* may not enter"
    ):
        values.require_folder("DATABASE_URL", tmp_path / "site.sqlite3", own=tmp_path / "var")


def test_a_folder_that_can_not_be_made_stops_the_start(tmp_path):
    (tmp_path / "file").touch()
    own = tmp_path / "file" / "var"

    with pytest.raises(ImproperlyConfigured, match=rf"{own} can't be made by the user \w+: Not a"):
        values.require_folder("DATABASE_URL", own / "site.sqlite3", own=own)


def test_a_password_with_a_slash_is_what_the_error_is_about():
    with pytest.raises(ImproperlyConfigured, match="written as %40 or %2F"):
        values.database("DATABASE_URL", "postgres://policies:pa/ss@127.0.0.1/policies")


@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--traceback"]])
def test_output_that_a_full_disk_does_not_take_is_reported_in_one_line(more):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "manage.py", "diffsettings", *more],
            cwd=ROOT,
            env={**ENVIRONMENT, "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert ("Traceback" in done.stderr) == bool(more)
    assert f"It ran as {values.user_name()}" in done.stderr or more
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("said", ["database or disk is full", "disk I/O error"])
def test_a_full_disk_under_the_database_is_explained(said, tmp_path, monkeypatch):
    file = {"ENGINE": "softphonez_site.sqlite", "NAME": tmp_path / "site.sqlite3"}
    monkeypatch.setitem(settings.DATABASES, "default", file)

    assert "free some space" in explained(OperationalError(said))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("cannot execute INSERT in a read-only transaction", "takes no changes now: a standby"),
        ("connection failed: Connection refused", "start the server, or correct the address."),
        ("connection timeout expired", "It hangs, or the network to it does"),
        ("Is the server running?", "can't be used: Is the server running? DATABASE_URL"),
    ],
)
def test_what_a_server_refuses_is_explained(said, asked, monkeypatch):
    server = {"ENGINE": "softphonez_site.postgresql", "NAME": "site", "HOST": "db.example"}
    monkeypatch.setitem(settings.DATABASES, "default", server)

    told = explained(InternalError(said))

    assert asked in told
    assert "password" not in told or said == "Is the server running?"


@pytest.mark.parametrize(
    "said",
    [
        "canceling statement due to statement timeout",
        "canceling statement due to lock timeout",
        "The server has said nothing for 12 seconds.",
        "The server did not answer just now.",
    ],
)
def test_what_takes_too_long_is_not_blamed_on_the_password(said, monkeypatch):
    server = {"ENGINE": "softphonez_site.postgresql", "NAME": "site", "HOST": "db.example"}
    monkeypatch.setitem(settings.DATABASES, "default", server)

    told = explained(OperationalError(said))

    assert f"The database site at db.example can't be used: {said.rstrip('.')}." in told
    assert "ry again" in told
    assert "password" not in told


def test_settings_that_cannot_be_read_are_not_taken_for_none(tmp_path, monkeypatch):
    (tmp_path / ".env").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(ImproperlyConfigured, match=r"\.env can't be read by the user"):
        values.require_readable(tmp_path / ".env")


@pytest.mark.slow
def test_an_upgrade_installs_its_database_rules_and_only_the_owner_reads_the_file(tmp_path):
    """Django checks a database before it migrates it, when new walls are still missing."""
    file = tmp_path / "site.sqlite3"
    url = f"sqlite:///{file}"
    assert command("migrate", DATABASE_URL=url).returncode == 0
    with sqlite3.connect(file) as database:
        database.execute("DROP TRIGGER policies_wall_revision_frozen")
    database.close()
    assert "policies.E001" in command("check", "--database", "default", DATABASE_URL=url).stderr

    upgrade = command("migrate", DATABASE_URL=url)

    assert (upgrade.returncode, upgrade.stderr) == (0, "")
    assert "policies.E001" not in command("check", "--database", "default", DATABASE_URL=url).stderr
    assert {oct(it.stat().st_mode & 0o777) for it in tmp_path.iterdir()} == {"0o600"}


SERVER = ["-m", "gunicorn", "--config", "softphonez_site/gunicorn_conf.py"]


@pytest.mark.parametrize("value", ["0", "1_0"])
def test_an_invalid_number_of_workers_stops_the_start(value):
    answer = run(*SERVER, PORT=str(free_port()), WEB_CONCURRENCY=value)

    assert answer.returncode == 1
    assert answer.stderr == f"WEB_CONCURRENCY must be a number, 1 or more, not '{value}'.\n"


def test_the_server_says_in_one_line_which_variable_is_wrong():
    answer = run(*SERVER, PORT=str(free_port()), PAGES_SNAPSHOT="off")

    assert answer.returncode == 1
    assert answer.stderr.startswith("PAGES_SNAPSHOT must name a file, or be empty for none, not")
    assert answer.stderr.count("\n") == 1


def test_a_folder_that_was_there_when_the_pages_were_kept_is_away_and_no_mistake(
    tmp_path, settings_with
):
    file, pages = tmp_path / "away" / "site.sqlite3", tmp_path / "pages.snapshot"
    of_them = {"DATABASE_URL": f"sqlite:///{file}", "PAGES_SNAPSHOT": str(pages)}
    with pytest.raises(ImproperlyConfigured, match="there is no such folder"):
        settings_with(**of_them)

    pages.touch()

    assert settings_with(**of_them)["PAGES_SNAPSHOT"] == pages
    about_the_database = command("verify", **of_them).stderr
    assert f"The database {file} can't be used" in about_the_database
    assert "Traceback" not in about_the_database


def command(*arguments, **variables):
    return run("manage.py", *arguments, **variables)


def run(*arguments, **variables):
    return python(*arguments, env={**ENVIRONMENT, "PATH": os.environ["PATH"], **variables})


# A witness's verifier key of type 0x04, and the same key of a log (0x01).
WITNESS_KEY = "anna.example+2dad6e46+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
OF_A_LOG = "anna.example+a823c90e+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def test_a_witness_is_its_verifier_key_and_its_address():
    pair = f"{WITNESS_KEY} https://anna.example/w/"
    assert values.witnesses("WITNESSES", "") == {}
    assert values.witnesses("WITNESSES", pair) == {WITNESS_KEY: "https://anna.example/w"}
    for text in (
        *(WITNESS_KEY, f"{OF_A_LOG} https://anna.example", f"{WITNESS_KEY} anna.example"),
        *(f"x{pair}", pair.replace("AA ", "AB "), pair.replace("+", " "), f"{pair} more", "on"),
    ):
        with pytest.raises(ImproperlyConfigured, match="WITNESSES has"):
            values.witnesses("WITNESSES", text)


def test_the_log_is_named_after_the_host_unless_it_has_a_name_that_checkpoints_allow():
    def origin(text):
        return values.log_origin("LOG_ORIGIN", text, site_url="https://policies.example.com:8443")

    assert origin("") == "policies.example.com:8443/ledger"
    assert origin("old.example.com/ledger") == "old.example.com/ledger"
    for text in ("a b", "a+b", "a\nb", "é", "a" * 301):
        with pytest.raises(ImproperlyConfigured, match="LOG_ORIGIN must be 1 to 300 ASCII"):
            origin(text)
