"""The environment variables that the site reads, described for .env.example and docs/settings.md.

`make docs` writes both from this list; tests compare it with what settings.py and gunicorn_conf.py
read, and with the defaults there.
"""

from __future__ import annotations

import re
import textwrap
from typing import NamedTuple

REQUIRED = "required"
NO_BREAK = "\N{NO-BREAK SPACE}"


class Variable(NamedTuple):
    """One variable. meaning: Markdown, with links as from docs/. default: the value, or REQUIRED.

    If `default` only describes the value in words, `example` is a possible value. outside: it is
    read before .env is, hence from the process's environment only.
    """

    name: str
    meaning: str
    default: str
    example: str = ""
    outside: bool = False


VARIABLES = [
    Variable(
        "SECRET_KEY",
        "At least 50 random characters; signs sessions, preview links and backups. Make one with "
        '`python3 -c "import secrets; print(secrets.token_urlsafe(50))"`',
        REQUIRED,
    ),
    Variable(
        "ALLOWED_HOSTS",
        "The host names that the site answers to, separated by commas",
        REQUIRED,
        "policies.example.com",
    ),
    Variable(
        "HTTPS",
        "`on`: redirect to https, secure cookies, HSTS. `off`: only for a trial on 127.0.0.1",
        "on",
    ),
    Variable(
        "BEHIND_PROXY",
        "`on`: trust X-Forwarded-Proto, and the last address in X-Forwarded-For; only behind a "
        "proxy that overwrites the first header and adds to the second. `2`, `3` …: the number of "
        "proxies that add to the second",
        "off",
    ),
    Variable(
        "STAFF",
        "`off`: a node for readers only, without staff pages (/admin/, /preview/) and without any "
        "log-in",
        "on",
    ),
    Variable(
        "TWO_FACTOR",
        "`required`: staff can do nothing before they have set up "
        "[a second factor](adr/0019-the-log-in.md). `passkey`: it has to be "
        "[a passkey](sign-on.md#passkeys), which no imitated page can use. `optional`: a second "
        "factor is possible",
        "optional",
    ),
    Variable(
        "OIDC_ISSUER",
        "The address of the OpenID provider at which staff log in ([single sign-on](sign-on.md)), "
        "exactly as its configuration names it. With it, passwords are off",
        "none",
        "https://login.example.com/realms/staff",
    ),
    Variable("OIDC_CLIENT_ID", "The name of this site at the provider", "none", "policies"),
    Variable(
        "OIDC_CLIENT_SECRET",
        "The secret that the provider gave to this site",
        "none",
        "the-secret-from-the-provider",
    ),
    Variable("OIDC_NAME", "What staff call the provider; on the log-in page", "single sign-on"),
    Variable(
        "OIDC_SCOPES",
        "What is asked of the provider; `openid` must be among it. Some give no groups, or end "
        "each log-in after 15 minutes, unless they are asked for more: [sign-on.md](sign-on.md) "
        "has the value for each",
        "openid profile",
    ),
    Variable("OIDC_GROUPS_CLAIM", "The claim that lists a person's groups", "groups"),
    Variable(
        "OIDC_ROLES",
        "The role, or the group here, that members of a group have: group=role, separated by "
        "commas. With it, roles are given and taken away at the provider only",
        "none",
        "policy-writers=Writers,legal=Reviewers,legal=Publishers",
    ),
    Variable(
        "OIDC_EMERGENCY_ACCOUNTS",
        "User names, separated by commas, of the accounts that log in with their password while "
        "the provider is away. Each use is reported to all superusers",
        "none",
        "emergency",
    ),
    Variable(
        "SITE_URL",
        "The site's public address: full addresses on pages, in e-mails and in exported files "
        "begin with it, whatever allowed host a reader used",
        "the first of ALLOWED_HOSTS",
        "https://policies.example.com",
    ),
    Variable(
        "STAFF_URL",
        "Where the desk is, if it has a host of its own: links to it in e-mails begin with it",
        "SITE_URL",
        "https://desk.example.com",
    ),
    Variable(
        "DATABASE_URL",
        "`sqlite:////path/to/file.sqlite3` or `postgres://user:password@host:5432/name`, with "
        "characters such as @ or / in the password written as %40 or %2F, and +, # and % in a path "
        "as %2B, %23 and %25",
        "var/site.sqlite3",
        "postgres://policies:password@127.0.0.1:5432/policies",
    ),
    Variable("TIME_ZONE", "The time zone of public dates", "UTC"),
    Variable(
        "CONTENT_DIR",
        "The folder with what is yours: texts, [your brand](branding.md), templates and static "
        "files. Outside the project's folder, no upgrade touches it",
        "content",
    ),
    Variable("ORGANISATION_NAME", "The organisation that publishes these policies", "Softphonez"),
    Variable(
        "ORGANISATION_COUNTRY",
        "Its country, two letters of ISO 3166-1, for the identifiers of Akoma Ntoso; `zz`: none "
        "given",
        "zz",
    ),
    Variable(
        "PRIVACY_POLICY",
        "Slugs, in any language, of the privacy policy that applies to the site itself, separated "
        "by commas",
        "privacy",
    ),
    Variable("TERMS_OF_SERVICE", "The same for its terms of service", "terms"),
    Variable(
        "TAG_AUTHORITY",
        "The naming authority of the feeds' ids: a host name, and a date on which it was yours. "
        "[Set it](adr/0011-ids-that-outlive-addresses.md) before the first host changes, or "
        "feed readers show everything as new",
        "the first of ALLOWED_HOSTS, 2026",
        "policies.example.com,2026-01-01",
    ),
    Variable(
        "SECURITY_CONTACT",
        "Where to report a vulnerability: e-mail or web addresses, separated by commas. If it is "
        "set, the site has a /.well-known/security.txt",
        "none",
        "security@example.com,https://example.com/report",
    ),
    Variable(
        "EMBED_ORIGINS",
        "Web origins that may show /privacy/embed/ in a frame, separated by commas; "
        "an app's webview needs none",
        "none",
        "https://www.example.com,https://app.example.com",
    ),
    Variable(
        "EMAIL_URL",
        "How e-mails go out: `consolemail://` writes them to the server's output; "
        "`smtp+tls://user:password@host:587`, `smtp+ssl://…:465` and `smtp://host:25` send them. "
        "Write characters such as @ or / in the password as %40 or %2F",
        "consolemail://",
    ),
    Variable(
        "EMAIL_FROM",
        "The sender of these e-mails",
        "the organisation, at the host of SITE_URL",
        "Policies <policies@example.com>",
    ),
    Variable(
        "SUBSCRIPTIONS",
        "`on`: readers can [subscribe to e-mails](subscriptions.md) about changes of a policy. "
        "Needs a key and a scheduled command. `off`: nothing of it exists",
        "off",
    ),
    Variable(
        "SUBSCRIPTION_KEY",
        "The key that encrypts the addresses of these readers; to replace it, the new one and the "
        'old one, separated by a comma. Make one with `python3 -c "import base64, os; '
        'print(base64.urlsafe_b64encode(os.urandom(32)).decode())"`',
        "none",
        "make-one-as-described-here",
    ),
    Variable(
        "WEBHOOKS",
        "Addresses that are informed of every publication ([how](webhooks.md)), separated by "
        "commas, besides those that staff set up",
        "none",
        "https://example.com/policies",
    ),
    Variable(
        "WEBHOOK_SECRET",
        "The secret that signs what is sent to WEBHOOKS. While it is being changed: the new one, a "
        "comma, the old one. Make one with "
        "`echo whsec_$(openssl rand -base64 32)`",
        "none; required with WEBHOOKS",
        "whsec_make-one-as-described",
    ),
    Variable(
        "WEBHOOK_PRIVATE_NETWORKS",
        "`on`: webhooks may go to addresses of private networks, and by http to this machine "
        "itself. Whoever sets up webhooks can then reach your network from this machine",
        "off",
    ),
    Variable(
        "LOG_KEY",
        "The key that signs [the log](log.md); to replace it, the new one and the old one, with a "
        "comma between them. Make one as for SUBSCRIPTION_KEY",
        "none, and then no log",
        "make-one-as-described-here",
    ),
    Variable(
        "LOG_ORIGIN",
        "The name of the log, which it must keep. Set it before the host in SITE_URL changes",
        "the host of SITE_URL, and /ledger",
        "policies.example.com/ledger",
    ),
    Variable(
        "WITNESSES",
        "[Who else signs the log](log.md#witnesses), separated by commas: of each its verifier "
        "key, a space, and its address. In a private network: with WEBHOOK_PRIVATE_NETWORKS=on",
        "none",
        "witness.example.com+01234567+its-key https://witness.example.com",
    ),
    Variable(
        "PAGES_MEMORY_MB",
        "Megabytes of public pages that each process keeps in memory",
        "64",
    ),
    Variable(
        "PAGES_SNAPSHOT",
        "The file from which public pages are served after a start while the database is down, "
        "shared by the processes of a machine; empty: "
        "[none](adr/0017-a-snapshot-of-the-pages.md)",
        "var/pages-….snapshot",
        "/var/lib/policies/pages.snapshot",
    ),
    Variable(
        "LOG_FORMAT",
        "`json`: what staff did and what went wrong, on stderr, one JSON object per line. `text`: "
        "the same as plain lines, for people",
        "json",
    ),
    Variable(
        "METRICS_TOKEN",
        "The token for /metrics, which Prometheus sends as `Authorization: Bearer …`; at least 20 "
        "characters",
        "none, and then no such page",
        "make-one-as-for-SECRET_KEY",
    ),
    Variable("DEBUG", "Only the word `True` turns it on; never on a public site", "False"),
    Variable("PORT", "The port on 127.0.0.1", "8000", outside=True),
    Variable(
        "WEB_CONCURRENCY",
        "Worker processes. gunicorn reads it first: its own message reports a value that is not a "
        "number, or is below 0",
        "2",
        outside=True,
    ),
]


def table() -> str:
    """Return the table of docs/settings.md."""
    lines = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for variable in VARIABLES:
        default = variable.default
        if not variable.example and default != REQUIRED:
            default = f"`{default}`"
        meaning = variable.meaning + ("; from the environment only" if variable.outside else "")
        lines.append(f"| `{variable.name}` | {default} | {meaning} |")
    return "\n".join(lines) + "\n"


def example() -> str:
    """Return .env.example, in which variables with a default are commented out."""
    parts = [
        "# Copy to .env beside manage.py and change, or set these in the environment, which wins.\n"
        "# A line is NAME=value, without spaces around =; one that can't be read stops the start.\n"
        "# A value can be in a file, such as a secret of containers: SECRET_KEY_FILE=/path/to/it.\n"
        "# `make run` writes a .env for a trial. docs/settings.md has the same list as a table;\n"
        "# `make docs` writes both from softphonez_site/variables.py.\n"
    ]
    for variable in VARIABLES:
        if variable.outside:
            continue
        meaning = re.sub(r"\[(.+?)\]\((.+?)\)", r"\1 (docs/\2)", variable.meaning)
        # A command has to stay on one line, to be copied.
        meaning = re.sub(r"`(.+?)`", lambda code: code[1].replace(" ", NO_BREAK), meaning)
        if variable.default == REQUIRED:
            meaning, line = f"Required. {meaning}", f"{variable.name}={variable.example}"
        elif variable.example:
            meaning = f"{meaning}. Without it: {variable.default}"
            line = f"# {variable.name}={variable.example}"
        else:
            line = f"# {variable.name}={variable.default}"
        words = textwrap.fill(
            f"{meaning}.", 98, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
        )
        parts.append(f"{words.replace(NO_BREAK, ' ')}\n{line}\n")
    return "\n".join(parts)
