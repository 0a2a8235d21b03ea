"""All settings, in one file, read from the environment.

A variable may be set in the process's environment or in the file ``.env`` beside manage.py; the
environment wins. ``.env.example`` lists every variable with its meaning. A required variable that
is missing, an invalid value, or a line of ``.env`` that can't be read stops the start; the error
names it. No default leaves the site open. DEBUG is off unless it is exactly the word True.
"""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from softphonez_site import brand, env_file, values
from softphonez_site.values import variable

BASE_DIR = Path(__file__).resolve().parent.parent

values.require_readable(BASE_DIR / ".env")
environ.Env.read_env(io.StringIO(env_file.understood(BASE_DIR / ".env")))

# --- What must be known ----------------------------------------------------------------------

DEBUG = os.environ.get("DEBUG") == "True"
SECRET_KEY = values.secret_key("SECRET_KEY", variable("SECRET_KEY"))
ALLOWED_HOSTS = values.hosts("ALLOWED_HOSTS", variable("ALLOWED_HOSTS"))

# What the owner puts in: texts, site.toml, and templates and static files that win over ours.
CONTENT_DIR = BASE_DIR / (variable("CONTENT_DIR", default="content") or "content")
BRAND = brand.read(CONTENT_DIR)

# --- Application -------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before django.contrib.auth, whose createsuperuser it overrides.
    "softphonez_site.apps.SiteConfig",
    "softphonez_site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "softphonez_site.apps.LockConfig",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "softphonez_site.apps.PasskeyConfig",
    # After django.contrib.auth, whose permissions it gives to roles at the end of migrate.
    "policies",
]

# Off: a node for readers only, without the pages of staff and without what only those need.
STAFF = values.switch("STAFF", variable("STAFF", default="on"))
_for_staff = frozenset(
    {
        "django.contrib.sessions.middleware.SessionMiddleware",
        "softphonez_site.middleware.MalformedFormsMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    }
)
MIDDLEWARE = [
    "softphonez_site.middleware.any_host_for_probes",
    "softphonez_site.middleware.response_headers",
    "softphonez_site.middleware.isolation",
    "softphonez_site.middleware.anonymous",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "softphonez_site.middleware.ContentSecurityPolicy",
    "django.middleware.http.ConditionalGetMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "softphonez_site.middleware.canonical_address",
    "softphonez_site.middleware.canonical_spelling",
    "softphonez_site.middleware.markdown_for_programs",
    "softphonez_site.middleware.MalformedFormsMiddleware",
    "policies.http.unavailable.HeavyWork",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
if not STAFF:
    MIDDLEWARE = [name for name in MIDDLEWARE if name not in _for_staff]
# accounts/logging_in.py does what the middleware of axes would do (axes.W002). Without STAFF there
# are no forms, so no CSRF middleware is needed (security.W003).
SILENCED_SYSTEM_CHECKS = ["axes.W002"] if STAFF else ["axes.W002", "security.W003"]

ROOT_URLCONF = "softphonez_site.urls"
WSGI_APPLICATION = "softphonez_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CONTENT_DIR / "templates", BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database ----------------------------------------------------------------------------------

# A reader must never wait behind a writer: WAL lets both work at once, and ATOMIC_REQUESTS stays
# off. IMMEDIATE takes the write lock when a transaction begins, so that two writers queue instead
# of failing half-way; recursive_triggers makes INSERT OR REPLACE fire the triggers that freeze
# published rows.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": (
        "PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=NORMAL;"
        "PRAGMA foreign_keys=ON;"
        "PRAGMA recursive_triggers=ON;"
    ),
}
# A PostgreSQL that hangs would block a request for minutes. These give up after seconds, even if
# the machine is gone and nothing comes back over the network. If the machine is there and only
# PostgreSQL is frozen, softphonez_site/postgresql gives up.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "options": "-c statement_timeout=10000 -c lock_timeout=5000",
}

DATABASES = {
    "default": values.database(
        "DATABASE_URL",
        variable("DATABASE_URL", default=values.sqlite_url(BASE_DIR / "var" / "site.sqlite3")),
    )
}
_options = DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    _options.update(SQLITE_OPTIONS)
    DATABASES["default"]["ENGINE"] = "softphonez_site.sqlite"
else:
    _options.update(POSTGRESQL_OPTIONS)
    DATABASES["default"]["ENGINE"] = "softphonez_site.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "policies.staff.accounts.records.PasswordChangeNotifier"},
]

# docs/adr/0019-the-log-in.md says what locks whom out, and why.
AUTHENTICATION_BACKENDS = ["policies.staff.accounts.throttling.StaffBackend"]
AXES_HANDLER = "policies.staff.accounts.throttling.Locks"
AXES_CLIENT_IP_CALLABLE = "policies.staff.accounts.throttling.counted_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Wrong passwords in a row for one user name from one IP address.
AXES_FAILURE_LIMIT = 5
# For how long a failed log-in, with its IP address, is kept.
AXES_COOLOFF_TIME = timedelta(days=1)
# Attempts during a lockout don't make it longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Fields of which a stored failed log-in shows only stars: all of the forms that ask for a password.
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address", "next", "kept", "sent", "state", "code", "csrfmiddlewaretoken"),
    *("passkey", "old_password", "new_password1", "new_password2"),
]

# Whether a second factor is required of staff, a passkey even, or optional.
TWO_FACTOR = values.one_of(
    "TWO_FACTOR", variable("TWO_FACTOR", default="optional"), "required", "passkey", "optional"
)

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = values.time_zone("TIME_ZONE", variable("TIME_ZONE", default="UTC"))
FORMAT_MODULE_PATH = "softphonez_site.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- The organisation and its policies ---------------------------------------------------------

ORGANISATION_NAME = values.one_line(
    "ORGANISATION_NAME", variable("ORGANISATION_NAME", default=BRAND["name"] or "Softphonez")
)
ORGANISATION_COUNTRY = values.country(
    "ORGANISATION_COUNTRY", variable("ORGANISATION_COUNTRY", default="zz")
)
# The name under which an authenticator app shows the account.
OTP_TOTP_ISSUER = f"{ORGANISATION_NAME} policies"
# The policies that apply to this site itself: slugs in any language, by link relation (RFC 6903).
SITE_POLICIES = {
    "privacy-policy": values.slugs("PRIVACY_POLICY", variable("PRIVACY_POLICY", default="privacy")),
    "terms-of-service": values.slugs(
        "TERMS_OF_SERVICE", variable("TERMS_OF_SERVICE", default="terms")
    ),
}
# The authority in the feeds' ids (tag: URIs). It must never change, even if the hosts do.
TAG_AUTHORITY = values.tag_authority("TAG_AUTHORITY", variable("TAG_AUTHORITY"), ALLOWED_HOSTS)
# The contacts in security.txt; if there are none, there is no such file.
SECURITY_CONTACTS = values.contacts("SECURITY_CONTACT", variable("SECURITY_CONTACT"))
# Origins that may show /privacy/embed/ in a frame. (An app's webview needs no permission.)
EMBED_ORIGINS = values.origins("EMBED_ORIGINS", variable("EMBED_ORIGINS"))

# --- Limits ------------------------------------------------------------------------------------

# Bytes of all fields of a form: enough for the longest text that can be kept, in any script
# (text/markdown/limits.py). A longer form is refused with an explanation (400.html); the browser
# still has it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000
# Enough for a document of a thousand sections, with three fields each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# More than enough: our forms have one file at most.
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# Bytes of a form with its files: enough for one file (text/limits.py) and the longest text.
UPLOAD_MAX_REQUEST_SIZE = 20_000_000
FILE_UPLOAD_HANDLERS = [
    "policies.http.upload_limits.WholeRequestLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Megabytes of public pages that each process keeps in memory, all codings included.
PAGES_MEMORY_MB = values.whole_number("PAGES_MEMORY_MB", variable("PAGES_MEMORY_MB", default="64"))

# The file from which a process that starts while the database is away serves public pages; empty
# for none. By default it is named after the database, so that two trials do not share one.
_place = "/".join(str(DATABASES["default"].get(part)) for part in ("HOST", "PORT", "NAME"))
_snapshot = f"pages-{hashlib.sha256(_place.encode()).hexdigest()[:12]}.snapshot"
PAGES_SNAPSHOT = values.path_or_none(
    "PAGES_SNAPSHOT", variable("PAGES_SNAPSHOT", default=str(BASE_DIR / "var" / _snapshot))
)
if PAGES_SNAPSHOT:
    values.require_no_folder("PAGES_SNAPSHOT", PAGES_SNAPSHOT)
if DATABASES["default"]["ENGINE"] == "softphonez_site.sqlite":
    values.require_folder(
        "DATABASE_URL",
        Path(DATABASES["default"]["NAME"]),
        own=BASE_DIR / "var",
        snapshot=PAGES_SNAPSHOT,
    )

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [
    folder / "static" for folder in (CONTENT_DIR, BASE_DIR) if (folder / "static").is_dir()
]
# Files that are served at the root of the site, such as /favicon.ico.
WHITENOISE_ROOT = next(folder / "root" for folder in STATICFILES_DIRS if (folder / "root").is_dir())
# Seconds for which a browser keeps a file without a hash in its name.
WHITENOISE_MAX_AGE = 0 if DEBUG else 86400
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "softphonez_site.static_files.StaticFiles"},
}

# --- Security ----------------------------------------------------------------------------------

# Whether the site is reached by https, as it should be. `off` is for a trial on 127.0.0.1.
HTTPS = values.switch("HTTPS", variable("HTTPS", default="on"))
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Browsers accept a cookie with this prefix only over https, from this very host and for all its
# paths (RFC 6265bis, section 4.1.3.2): no other host of the same domain can plant one.
_host = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_host}sessionid"
CSRF_COOKIE_NAME = f"{_host}csrftoken"
KNOWN_BROWSER_COOKIE_NAME = f"{_host}known"
# Lax, not Strict: so a link in an e-mail leads to the desk without another log-in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "policies.http.error_pages.stale_form"
# Seconds, counted from the log-in, whatever is done meanwhile (accounts/logging_in.py).
SESSION_COOKIE_AGE = 12 * 3600
# In the session, so that messages need no cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# How many entries of X-Forwarded-For, from the right, are trusted (public/client_address.py).
PROXIES = values.proxies("BEHIND_PROXY", variable("BEHIND_PROXY", default="off"))
if PROXIES:
    # Only a proxy that overwrites this header makes it trustworthy.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Of all pages but the desk's, which have their own (policies/staff/site.py). middleware.py adds the
# styles that the public pages contain.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # For Lighthouse, which asks for robots.txt from within the page. No page has a script.
        "connect-src": [SELF],
        "style-src": [SELF],
        # data: is for the icon, which the public pages contain as well.
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [NONE],
    },
}
# Features by which readers could be watched or charged. Not all are listed: each name adds bytes to
# every answer, and no public page has a script that could use one.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "clipboard-read", "display-capture"),
        *("fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts"),
        *("magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    )
}

# --- E-mail ------------------------------------------------------------------------------------

# The port in the address of a trial. With HTTPS=on there is a proxy, and readers see its port.
_port = variable("PORT", default="8000")
# Links in e-mails begin with it, not with a request's Host header, which its sender can choose.
SITE_URL = values.site_url(
    "SITE_URL",
    variable("SITE_URL"),
    hosts=ALLOWED_HOSTS,
    https=HTTPS,
    port=_port,
)
# The address of the desk, if it has a host of its own.
STAFF_URL = values.site_url(
    "STAFF_URL",
    variable("STAFF_URL") or SITE_URL,
    hosts=ALLOWED_HOSTS,
    https=HTTPS,
    port=_port,
)
# Passkeys are good at the desk's address only, whatever Host header a request has.
OTP_WEBAUTHN_RP_ID = urlsplit(STAFF_URL).hostname
OTP_WEBAUTHN_RP_NAME = OTP_TOTP_ISSUER
OTP_WEBAUTHN_ALLOWED_ORIGINS = [STAFF_URL.lower()]
DEFAULT_FROM_EMAIL = SERVER_EMAIL = values.sender(
    "EMAIL_FROM",
    variable("EMAIL_FROM"),
    organisation=ORGANISATION_NAME,
    site_url=SITE_URL,
)
_server = values.email_server("EMAIL_URL", variable("EMAIL_URL"))
EMAIL_BACKEND = _server["EMAIL_BACKEND"]
EMAIL_HOST = _server["EMAIL_HOST"] or "localhost"
EMAIL_HOST_USER = _server["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _server["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_server.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_server.get("EMAIL_USE_SSL"))
EMAIL_PORT = _server["EMAIL_PORT"] or (587 if EMAIL_USE_TLS else 465 if EMAIL_USE_SSL else 25)
EMAIL_FILE_PATH = _server["EMAIL_FILE_PATH"] or None
# Seconds for each step. Nobody waits for that: mails are sent in the background (mail/sending.py).
EMAIL_TIMEOUT = 10
# Off in tests, so that a mail is sent before the test looks for it.
MAIL_IN_BACKGROUND = True

# Whether readers can subscribe to e-mails about changes, and the keys of their addresses, the
# newest first (mail/addresses.py).
SUBSCRIPTIONS = values.switch("SUBSCRIPTIONS", variable("SUBSCRIPTIONS", default="off"))
SUBSCRIPTION_KEYS = values.encryption_keys(
    "SUBSCRIPTION_KEY", variable("SUBSCRIPTION_KEY"), needed_for="SUBSCRIPTIONS=on" * SUBSCRIPTIONS
)

# --- Single sign-on ----------------------------------------------------------------------------

# The OpenID provider at which staff log in (accounts/sign_on.py); "": they have passwords.
OIDC_ISSUER = values.issuer("OIDC_ISSUER", variable("OIDC_ISSUER"), may_be_http=not HTTPS)
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = variable("OIDC_CLIENT_ID"), variable("OIDC_CLIENT_SECRET")
if OIDC_ISSUER:
    values.required("OIDC_CLIENT_ID", OIDC_CLIENT_ID, needed_for="OIDC_ISSUER")
    values.required("OIDC_CLIENT_SECRET", OIDC_CLIENT_SECRET, needed_for="OIDC_ISSUER")
OIDC_NAME = variable("OIDC_NAME", default="single sign-on") or "single sign-on"
OIDC_SCOPES = values.scopes("OIDC_SCOPES", variable("OIDC_SCOPES") or "openid profile")
# The claim of an ID token that lists a person's groups, and the role that each group gives.
OIDC_GROUPS_CLAIM = variable("OIDC_GROUPS_CLAIM", default="groups") or "groups"
OIDC_ROLES = values.pairs("OIDC_ROLES", variable("OIDC_ROLES"))
# The accounts that still log in with their password.
OIDC_EMERGENCY_ACCOUNTS = values.listed(variable("OIDC_EMERGENCY_ACCOUNTS"))

# --- Webhooks ----------------------------------------------------------------------------------

# Whether webhooks may go to private addresses; then also by http to this machine itself.
WEBHOOK_PRIVATE_NETWORKS = values.switch(
    "WEBHOOK_PRIVATE_NETWORKS", variable("WEBHOOK_PRIVATE_NETWORKS", default="off")
)
# Besides those that staff set up. All are signed with the same secrets, the newest first.
WEBHOOKS = values.webhooks("WEBHOOKS", variable("WEBHOOKS"), may_be_http=WEBHOOK_PRIVATE_NETWORKS)
WEBHOOK_SECRETS = values.webhook_secrets(
    "WEBHOOK_SECRET", variable("WEBHOOK_SECRET"), is_required=bool(WEBHOOKS)
)

# --- The log -----------------------------------------------------------------------------------

# Who signs the log, too: verifier keys with addresses.
WITNESSES = values.witnesses("WITNESSES", variable("WITNESSES"))
# The keys that sign the ledger, the newest first; if there is none, there is no log.
LOG_KEYS = values.encryption_keys(
    "LOG_KEY", variable("LOG_KEY"), needed_for="WITNESSES" * bool(WITNESSES)
)
# The log's name. It must not change while the log goes on, even if the host does.
LOG_ORIGIN = values.log_origin("LOG_ORIGIN", variable("LOG_ORIGIN"), site_url=SITE_URL)

# --- Logging -----------------------------------------------------------------------------------

# The log has what staff did and what went wrong, on stderr, but not who reads what: there is no
# access log.
LOG_FORMAT = values.one_of("LOG_FORMAT", variable("LOG_FORMAT", default="json"), "json", "text")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "softphonez_site.log_lines.OwnLines",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "softphonez_site.log_lines.JsonLines"},
    },
    "filters": {"first_of_each": {"()": "softphonez_site.log_lines.FirstOfEach"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Its lines contain what strangers typed. accounts/throttling.py logs what is needed.
        "axes": {"level": "CRITICAL"},
        # A wrong Host header is no error of ours, but it may be a name missing in ALLOWED_HOSTS.
        "django.security.DisallowedHost": {"filters": ["first_of_each"]},
        # The server's own lines, in the same format; their level is set by gunicorn's --log-level.
        "gunicorn.error": {"handlers": ["stderr"], "propagate": False},
    },
}

# The key to /metrics, sent as `Authorization: Bearer …`; if empty, there is no such page.
METRICS_TOKEN = values.token("METRICS_TOKEN", variable("METRICS_TOKEN"))
