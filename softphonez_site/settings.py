"""All settings, in one file, read from the environment.

A variable may stand in the process's environment or in the file ``.env`` beside manage.py; the
environment wins. ``.env.example`` lists every variable with its meaning. A required variable that
is missing, or a value that makes no sense, stops the start with its name: nothing is guessed that
would leave the site open.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from policies.inlined import STYLESHEET_SOURCE

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def required(name: str) -> str:
    """Return the environment variable `name`, or stop with a sentence that names it."""
    value = str(env.str(name, default="")).strip()
    if not value:
        raise ImproperlyConfigured(
            f"The environment variable {name} is not set. "
            "See .env.example for what it means; `make run` writes a .env that works."
        )
    return value


def switch(name: str, *, default: bool) -> bool:
    """Return True for "on" and False for "off"; any other word stops the start."""
    word = str(env.str(name, default="on" if default else "off")).strip().lower()
    if word not in {"on", "off"}:
        raise ImproperlyConfigured(f"{name} must be 'on' or 'off', not {word!r}. See .env.example.")
    return word == "on"


# --- What must be known ----------------------------------------------------------------------

DEBUG = env.str("DEBUG", default="") == "True"
SECRET_KEY = required("SECRET_KEY")
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",") if host.strip()]

# --- Application -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "softphonez_site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    # After django.contrib.auth, whose permissions it gives to roles when migrate ends.
    "policies",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "softphonez_site.content_security.OrderedCSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "softphonez_site.urls"
WSGI_APPLICATION = "softphonez_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=NORMAL;"
        "PRAGMA foreign_keys=ON;"
        "PRAGMA recursive_triggers=ON;"
    ),
}
# A PostgreSQL that hangs would hold a request for minutes: give up after seconds instead, also
# where the machine itself is gone and nothing comes back over the network.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "options": "-c statement_timeout=10000 -c lock_timeout=5000",
}

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'site.sqlite3'}")
}
_options = DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    _options.update(SQLITE_OPTIONS)
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    _options.update(POSTGRESQL_OPTIONS)
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    raise ImproperlyConfigured(
        "DATABASE_URL must begin with sqlite:// or postgres://. See .env.example."
    )
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
]

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
FORMAT_MODULE_PATH = "softphonez_site.formats"

# --- The organisation and its policies ---------------------------------------------------------

ORGANISATION_NAME = env.str("ORGANISATION_NAME", default="Softphonez")
CONTENT_DIR = BASE_DIR / "content"

# --- Limits ------------------------------------------------------------------------------------

# A form's fields together: the longest text that can be kept (rendering_limits.MAX_CHARACTERS), in
# any script. What is longer is refused in words (400.html), and the browser still has it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000
# A document of a thousand sections has three fields each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Megabytes of public pages that each process keeps in memory, in each of their codings.
PAGES_MEMORY_MB = env.int("PAGES_MEMORY_MB", default=64)
if PAGES_MEMORY_MB < 0:
    raise ImproperlyConfigured("PAGES_MEMORY_MB must be 0 or more. See .env.example.")

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files that are asked for at the root of the site: /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"
# How long a browser keeps a file that has no hash in its name.
WHITENOISE_MAX_AGE = 0 if DEBUG else 86400
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Security ----------------------------------------------------------------------------------

# Behind TLS, which is how the site is meant to be reached. `off` is for a trial on 127.0.0.1.
HTTPS = switch("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if switch("BEHIND_PROXY", default=False):
    # Only a proxy that overwrites this header makes it trustworthy.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The stylesheet of the public pages stands inside them; the admin's is linked.
        "style-src": [SELF, STYLESHEET_SOURCE],
        # data: is the icon, which stands inside them as well.
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [NONE],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}

# --- Logging -----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
