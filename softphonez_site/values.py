"""Checks and converts the values of environment variables when the site starts.

Each function takes the variable's name, for its error, and the text of its value.
"""

from __future__ import annotations

import os
import pwd
import re
from base64 import b64decode, urlsafe_b64decode
from contextlib import suppress
from email.utils import formataddr, parseaddr
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.http.request import split_domain_port, validate_host

if TYPE_CHECKING:
    from collections.abc import Sequence

# scheme://host, perhaps with a port (RFC 6454, section 6.2). Apps have schemes of their own.
_ORIGIN = re.compile(
    r"[a-z][a-z0-9+.-]*://"
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])"
    r"(?::[0-9]{1,5})?"
)
_EMAIL = re.compile(r"[^\s@:<>,;]+@[^\s@:<>,;]+\.[^\s@:<>,;]+")
_CONTACT = re.compile(r"(?:mailto:[^\s@]+@[^\s@]+|tel:\+?[0-9().-]+|https://[^\s/]+\S*)")

# As in policies/text/limits.py.
SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
_DNS_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
# A name, one with all its subdomains (.example.com), or an address; IPv6 in brackets (RFC 3986).
_HOST = re.compile(rf"\.?{_DNS_NAME.pattern}\.?|\[[0-9a-f:.]+\]")
# authorityName "," date (RFC 4151, section 2.1).
_AUTHORITY = re.compile(
    rf"(?:[a-z0-9._-]+@)?{_DNS_NAME.pattern},"
    r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
)

# What a signed note allows as the name of a key, in ASCII; a witness's key, with its address.
_KEY_NAME = "[!-*,-~]{1,300}"
_WITNESS = re.compile(
    rf"(?P<vkey>(?P<name>{_KEY_NAME})\+(?P<id>[0-9a-f]{{8}})\+(?P<key>[A-Za-z0-9+/]{{44}})) "
    "(?P<url>https?://[!-~]{1,400})"
)


def variable(name: str, *, default: str = "") -> str:
    """Return the value of an environment variable, without white space around it.

    NAME_FILE may be set in its place: the path of a file with the value, as containers and systemd
    pass on secrets. No error repeats a value. Raises ImproperlyConfigured if both are set, or if
    the file can't be read or is empty.

    django-environ is not asked: it would take `$abc` for the name of another variable.
    """
    file = os.environ.get(f"{name}_FILE", "").strip()
    if not file:
        return os.environ.get(name, default).strip()
    if os.environ.get(name, "").strip():
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Remove one of them.")
    try:
        value = Path(file).read_text("utf-8-sig").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {file}, which the user {user_name()} can't read: {error.strerror}."
        ) from None
    except ValueError:
        raise ImproperlyConfigured(
            f"{name}_FILE names {file}, which is not a text in UTF-8."
        ) from None  # the decoder's error would show the content
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE names {file}, which is empty.")
    return value


def scopes(name: str, text: str) -> str:
    """Return the scopes to ask an OpenID provider for. Raises ImproperlyConfigured without openid:
    then the provider proves nothing (OpenID Connect Core 1.0, section 3.1.2.1).
    """
    if "openid" not in text.split():
        raise ImproperlyConfigured(f"{name} must have openid among its words, not {text!r}.")
    return text


def required(name: str, text: str, *, needed_for: str = "") -> str:
    """Return the value of a required variable. Raises ImproperlyConfigured if it is empty.

    needed_for: the setting that needs it, if it is not always required.
    """
    value = text.strip()
    if not value and needed_for:
        raise ImproperlyConfigured(f"{needed_for} needs {name}. See .env.example.")
    if not value:
        raise ImproperlyConfigured(
            f"The environment variable {name} is not set. "
            "See .env.example for what it means; `make run` writes a .env that works."
        )
    return value


def one_line(name: str, text: str) -> str:
    """Return a required text. Raises ImproperlyConfigured if it is empty, or has a line's end or
    another control character, which a feed in XML could not say.
    """
    value = required(name, text)
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise ImproperlyConfigured(f"{name} must be one line without control characters.")
    return value


def secret_key(name: str, text: str) -> str:
    """Return Django's SECRET_KEY. No error repeats it.

    Raises ImproperlyConfigured if it is missing, or if it is too short or too simple by Django's
    deployment check (security.W009): whoever guesses it can forge links and sessions.
    """
    key = required(name, text)
    if len(key) < 50 or len(set(key)) < 5:
        raise ImproperlyConfigured(
            f"{name} must have at least 50 characters that nobody can guess: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return key


def hosts(name: str, text: str) -> list[str]:
    """Return the host names in a variable, as Django's ALLOWED_HOSTS takes them.

    Raises ImproperlyConfigured if there is none, and for one with a scheme, a path or a port.
    """
    found = listed(text)
    required(name, ",".join(found))
    for host in found:
        if not (host == "*" or _HOST.fullmatch(host.lower())):
            raise ImproperlyConfigured(
                f"{name} has {host!r}, which is not the name of a host such as "
                "policies.example.com (no https://, no port, no slash). See .env.example."
            )
    return found


def require_readable(file: Path) -> None:
    """Raise ImproperlyConfigured if a file exists but can't be read."""
    if file.exists() and not os.access(file, os.R_OK):
        raise ImproperlyConfigured(
            f"{file} can't be read by the user {user_name()}. Let that user's group read it: "
            f"chown root:{user_name()} {file}; chmod 640 {file}"
        )


def user_name() -> str:
    """Return the name of this process's user, or the number of one that has no name.

    The environment is not asked.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def switch(name: str, text: str) -> bool:
    """Return True for "on", False for "off". Raises ImproperlyConfigured for anything else."""
    return one_of(name, text, "on", "off") == "on"


def listed(text: str) -> list[str]:
    """Return the parts of a comma-separated list."""
    return [part.strip() for part in text.split(",") if part.strip()]


def origins(name: str, text: str) -> list[str]:
    """Return the origins in a variable, in lower case.

    Raises ImproperlyConfigured for anything else, such as a path, a pattern or a keyword of CSP.
    """
    found = [part.lower() for part in listed(text)]
    for origin in found:
        if not _ORIGIN.fullmatch(origin):
            raise ImproperlyConfigured(
                f"{name} has {origin!r}, which is not an origin such as https://app.example.com "
                "(no path, no wildcard, no closing slash). See .env.example."
            )
    return found


def contacts(name: str, text: str) -> list[str]:
    """Return the contacts in a variable as URIs (RFC 9116, section 2.5.3).

    A bare e-mail address becomes mailto:. Raises ImproperlyConfigured for anything else.
    """
    found = [f"mailto:{entry}" if _EMAIL.fullmatch(entry) else entry for entry in listed(text)]
    for contact in found:
        if not _CONTACT.fullmatch(contact):
            raise ImproperlyConfigured(
                f"{name} has {contact!r}: write an e-mail address, or an address that begins with "
                "https://, mailto: or tel:. See .env.example."
            )
    return found


def slugs(name: str, text: str) -> list[str]:
    """Return the slugs in a variable. Raises ImproperlyConfigured for an invalid one."""
    found = listed(text)
    for slug in found:
        if not SLUG.fullmatch(slug):
            raise ImproperlyConfigured(
                f"{name} has {slug!r}, which is not a slug such as privacy, in lower case and "
                "without slashes. See .env.example."
            )
    return found


def tag_authority(name: str, text: str, hosts: Sequence[str]) -> str:
    """Return the tagging entity of the feeds' tag: URIs (RFC 4151, section 2.1).

    Without a value it is the first of `hosts` that is a name, with the year 2026. Raises
    ImproperlyConfigured for an invalid value.
    """
    value = text.strip().lower()
    if not value:
        names = (host.lower().lstrip(".") for host in hosts)
        return next((host for host in names if _DNS_NAME.fullmatch(host)), "localhost") + ",2026"
    if not _AUTHORITY.fullmatch(value):
        raise ImproperlyConfigured(
            f"{name} is {text!r}: write a host name and a day on which it was yours, such as "
            "policies.example.com,2026-05-02. See .env.example."
        )
    return value


def proxies(name: str, text: str) -> int:
    """Return how many proxies are in front, each of which adds an address to X-Forwarded-For.

    "off" is none, "on" is one. Raises ImproperlyConfigured for anything else but one digit.
    """
    typed = text.strip().lower()
    number = {"off": 0, "on": 1}.get(typed, -1)
    if number < 0 and re.fullmatch("[0-9]", typed):
        number = int(typed)
    if number < 0:
        raise ImproperlyConfigured(
            f"{name} must be 'on', 'off' or the number of proxies, not {typed!r}. See .env.example."
        )
    return number


def whole_number(name: str, text: str) -> int:
    """Return the number in a variable. Raises ImproperlyConfigured for anything else."""
    typed = text.strip()
    if not re.fullmatch("[0-9]{1,9}", typed):
        raise ImproperlyConfigured(
            f"{name} must be a whole number from 0 to 999999999, not {text!r}. See .env.example."
        )
    return int(typed)


def time_zone(name: str, text: str) -> str:
    """Return the time zone in a variable. Raises ImproperlyConfigured for an unknown one."""
    zone = text.strip()
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Berlin, not {text!r}. See .env.example."
        ) from None
    return zone


def require_folder(name: str, file: Path, *, own: Path, snapshot: Path | None = None) -> None:
    """Raise ImproperlyConfigured unless the folder of a database file exists.

    own: a folder that is made if it is missing. snapshot: the file of pages made from this very
    database. If that exists, a missing folder is accepted: it was there before, so the address is
    right, and the site serves the snapshot meanwhile.
    """
    if file.parent == own:
        try:
            own.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(
                f"The folder {own} can't be made by the user {user_name()}: {error.strerror}. "
                f"Make it, and give it to that user, or name another file in {name}."
            ) from None
    try:
        is_there = file.parent.is_dir() or (snapshot is not None and snapshot.exists())
    except PermissionError:
        raise ImproperlyConfigured(
            f"{name} names a file in {file.parent}, which the user {user_name()} may not enter. "
            "Give that user access, or correct the address. See .env.example."
        ) from None
    if not is_there:
        raise ImproperlyConfigured(
            f"{name} names a file in {file.parent}, and there is no such folder. Make it, or "
            "correct the address. See .env.example."
        )


def require_no_folder(name: str, file: Path) -> None:
    """Raise ImproperlyConfigured for a folder where a file should be."""
    with suppress(OSError):
        if file.is_dir():
            raise ImproperlyConfigured(
                f"{name} names the folder {file}. Name a file in it. See .env.example."
            )


def path_or_none(name: str, text: str) -> Path | None:
    """Return the path in a variable; None if it is empty.

    Raises ImproperlyConfigured for a word that is meant to switch something on or off.
    """
    if text.lower() in {"on", "off", "yes", "no", "true", "false", "none", "null", "0", "1"}:
        raise ImproperlyConfigured(
            f"{name} must name a file, or be empty for none, not {text!r}. See .env.example."
        )
    return Path(text) if text else None


def one_of(name: str, text: str, *words: str) -> str:
    """Return the word in a variable. Raises ImproperlyConfigured unless it is one of `words`."""
    word = text.strip().lower()
    if word not in words:
        known = " or ".join(map(repr, words))
        raise ImproperlyConfigured(f"{name} must be {known}, not {word!r}. See .env.example.")
    return word


def sqlite_url(file: Path) -> str:
    """Return the URL of an SQLite file, with characters that mean something in URLs escaped."""
    return f"sqlite:///{quote(str(file))}"


def database(name: str, text: str) -> dict[str, Any]:
    """Return a database's settings for Django. No error repeats the URL: it has a password in it.

    Raises ImproperlyConfigured unless it is a URL of SQLite or PostgreSQL.
    """
    url, found = text.strip(), dict[str, Any]()
    # After two slashes comes a host, which SQLite has not: it would be silently ignored.
    if url.startswith(("sqlite:///", "sqlite://:memory:")) or re.match(r"p\w+://", url):
        with suppress(ValueError, environ.ImproperlyConfigured):
            found = dict(environ.Env.db_url_config(url))
    if found.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            f"{name} must be an address: sqlite:///… (a file) or postgres://…, with characters "
            "such as @ or / in the password written as %40 or %2F. See .env.example."
        )
    # Without a file, django-environ takes a database in memory, which is empty at each start.
    if found["NAME"] == ":memory:" and ":memory:" not in url:
        raise ImproperlyConfigured(
            f"{name} must name a file: sqlite:////path/to/file.sqlite3. See .env.example."
        )
    if not found["NAME"] or (found["ENGINE"].endswith("postgresql") and "@" in found["NAME"]):
        raise ImproperlyConfigured(
            f"{name} must name a database after the host: postgres://user:password@host:5432/name, "
            "with characters such as @ or / in the password written as %40 or %2F. See "
            ".env.example."
        )
    return found


def country(name: str, text: str) -> str:
    """Return a country's two letters (ISO 3166), in lower case. Raises ImproperlyConfigured."""
    letters = text.strip().lower()
    if not re.fullmatch("[a-z]{2}", letters):
        raise ImproperlyConfigured(
            f"{name} must be a country's two letters, such as de. See .env.example."
        )
    return letters


def issuer(name: str, text: str, *, may_be_http: bool) -> str:
    """Return the address of an OpenID provider (Discovery 1.0, section 3), "" for none.

    may_be_http: for a trial. Raises ImproperlyConfigured for anything else.
    """
    if text and not re.fullmatch(rf"http{'s?' if may_be_http else 's'}://[^\s/?#@]+[^\s?#]*", text):
        raise ImproperlyConfigured(
            f"{name} must be the provider's address, which begins with https:// and has neither "
            "? nor #. See .env.example."
        )
    return text


def pairs(name: str, text: str) -> list[tuple[str, str]]:
    """Return what is written as "group=role, group=role", split at the last = of each.

    Raises ImproperlyConfigured for an entry without both.
    """
    found = []
    for entry in listed(text):
        left, _, right = (part.strip() for part in entry.rpartition("="))
        if not (left and right):
            raise ImproperlyConfigured(
                f"{name} has {entry!r}: write the group, = and the role, such as "
                "policy-writers=Writers, separated by commas. See .env.example."
            )
        found.append((left, right))
    return found


def token(name: str, text: str) -> str:
    """Return a bearer token, or "" for none. No error repeats it.

    Raises ImproperlyConfigured if it has fewer than 20 characters, or some that RFC 6750, section
    2.1, does not allow.
    """
    if text and not re.fullmatch(r"[A-Za-z0-9._~+/-]{20,}=*", text):
        raise ImproperlyConfigured(
            f"{name} must have at least 20 of the characters A-Z a-z 0-9 . _ ~ + / -. "
            "See .env.example."
        )
    return text


def encryption_keys(name: str, text: str, *, needed_for: str) -> list[str]:
    """Return the keys in a variable, each of 32 random bytes in base64url, as Fernet takes them.

    needed_for: the setting that needs one, "" for none. No error repeats a key. Raises
    ImproperlyConfigured if one is malformed, or if there is none and one is needed.
    """
    keys = listed(text)
    for key in keys:
        try:
            is_valid = len(key) == 44 and len(urlsafe_b64decode(key)) == 32
        except ValueError:
            is_valid = False
        if not is_valid:
            raise ImproperlyConfigured(
                f"{name} must be keys of 32 bytes in base64url. See .env.example for how to make "
                "one."
            )
    if needed_for:
        required(name, ",".join(keys), needed_for=needed_for)
    return keys


def site_url(name: str, text: str, *, hosts: Sequence[str], https: bool, port: str) -> str:
    """Return the site's address, such as https://policies.example.com, without a closing slash.

    Without a value: the first of `hosts`; without https, with the port. Raises ImproperlyConfigured
    for an address that isn't the site's, or if there is neither a value nor a host.
    """
    named = [host.removeprefix(".") for host in hosts if host != "*"]
    if not text and named:
        return f"https://{named[0]}" if https else f"http://{named[0]}:{port}"
    if not text:
        raise ImproperlyConfigured(
            f"{name} must be set where ALLOWED_HOSTS names no host but *: to the site's address, "
            f"such as http{'s' if https else ''}://policies.example.com. See .env.example."
        )
    try:
        url = urlsplit(text.rstrip("/"))
        _ = url.port
        is_ours = validate_host(split_domain_port(url.netloc.lower())[0], hosts)
    except ValueError:
        is_ours = False
    if not is_ours or any((url.path, url.query, url.fragment, url.username)):
        raise ImproperlyConfigured(
            f"{name} must be the site's address, such as https://policies.example.com, with a "
            "host of ALLOWED_HOSTS and nothing after it. See .env.example."
        )
    if url.scheme not in ({"https"} if https else {"http", "https"}):
        schemes = "https://" if https else "https:// or http://"
        raise ImproperlyConfigured(f"{name} must begin with {schemes}. See .env.example.")
    return url.geturl()


def sender(name: str, text: str, *, organisation: str, site_url: str) -> str:
    """Return the sender of e-mails. Without a value: the organisation, at the site's host.

    Raises ImproperlyConfigured for an invalid address.
    """
    host = urlsplit(site_url).hostname or ""
    # A mail address needs a name with a dot, or localhost: not 127.0.0.1 or a local host's name.
    domain = host if host.rpartition(".")[0] and host[-1:].isalpha() else "localhost"
    address = text or formataddr(
        (" ".join(f"{organisation} policies".split()), f"policies@{domain}")
    )
    try:
        validate_email(parseaddr(address)[1])
    except ValidationError:
        address = ""
    if not address or len(address.splitlines()) > 1:
        raise ImproperlyConfigured(
            f"{name} must be an address such as Policies <policies@example.com>. See .env.example."
        )
    return address


def email_server(name: str, text: str) -> dict[str, Any]:
    """Return the mail server's settings for Django, from its URL.

    Raises ImproperlyConfigured for an invalid URL. No error repeats it: it has a password in it.
    """
    try:
        found: dict[str, Any] = environ.Env.email_url_config(text or "consolemail://")
        url = urlsplit(text)
    except Exception:  # noqa: BLE001  whatever the parser stumbles over
        found = {}
    # If anything with an @ follows the host, the password has an unescaped / # or ?, and the host
    # is wrong.
    if not found or (
        "smtp" in found["EMAIL_BACKEND"]
        and (not found["EMAIL_HOST"] or "@" in f"{url.path}{url.query}{url.fragment}")
    ):
        raise ImproperlyConfigured(
            f"{name} must be consolemail:// or like smtp+tls://user:password@host:587, with "
            "characters such as @ or / in the password written as %40 or %2F. See .env.example."
        )
    return found


def webhooks(name: str, text: str, *, may_be_http: bool) -> list[str]:
    """Return the URLs of webhooks in a variable. No error repeats one: it may be a secret.

    Raises ImproperlyConfigured for one that is no address of https (or http, where that may be).
    """
    found = listed(text)
    for url in found:
        if not re.fullmatch(r"https?://[!-~]{1,490}", url) or not (
            may_be_http or url.startswith("https://")
        ):
            raise ImproperlyConfigured(
                f"{name} must list addresses such as https://example.com/hook, separated by "
                "commas. See .env.example."
            )
    return found


def webhook_secrets(name: str, text: str, *, is_required: bool) -> list[str]:
    """Return the secrets that sign webhooks, the newest first. No error repeats one.

    Raises ImproperlyConfigured for an invalid one, or if there is none where one is required.
    """
    found = listed(text)
    if is_required and not found:
        raise ImproperlyConfigured(
            f"{name}: none is set, and WEBHOOKS needs one. See .env.example."
        )
    for secret in found:
        try:
            size = len(b64decode(secret.removeprefix("whsec_"), validate=True))
        except ValueError:
            size = 0
        # Standard Webhooks 1.0.0, "Signature scheme".
        if not secret.startswith("whsec_") or not 24 <= size <= 64:
            raise ImproperlyConfigured(
                f"{name}: a secret is whsec_ and 24 to 64 bytes in base64. See .env.example."
            )
    return found


def log_origin(name: str, text: str, *, site_url: str) -> str:
    """Return the log's name in checkpoints. Without a value: the site's host and /ledger.

    Raises ImproperlyConfigured for one that C2SP signed-note does not allow for a key.
    """
    origin = text or f"{urlsplit(site_url).netloc}/ledger"
    if not re.fullmatch(_KEY_NAME, origin):
        raise ImproperlyConfigured(
            f"{name} must be 1 to 300 ASCII characters without spaces and without +. "
            "See .env.example."
        )
    return origin


def witnesses(name: str, text: str) -> dict[str, str]:
    """Return the address of each witness, by its verifier key (C2SP tlog-cosignature, Ed25519).

    Raises ImproperlyConfigured for anything else.
    """
    found = {}
    for entry in listed(text):
        match = _WITNESS.fullmatch(entry)
        key = b64decode(match["key"]) if match else b"?"
        named = f"{match['name']}\n".encode() + key if match else b""
        if not match or key[0] != 4 or sha256(named).hexdigest()[:8] != match["id"]:
            raise ImproperlyConfigured(
                f"{name} has {entry!r:.400}, which is not the verifier key of a witness (for "
                "Ed25519 cosignatures), a space and its address. See .env.example."
            )
        found[match["vkey"]] = match["url"].rstrip("/")
    return found
