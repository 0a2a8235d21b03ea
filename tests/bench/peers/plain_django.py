"""Django with flatpages, and with WhiteNoise as its middleware; as `startproject` sets it up."""

from pathlib import Path

import django
from django.conf import settings

from tests.bench.peers.page import FOLDER, PAGE

settings.configure(
    SECRET_KEY="for-benchmarks-only",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SITE_ID=1,
    USE_TZ=True,
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "plain_django.sqlite3"}
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.contrib.sites",
        "django.contrib.flatpages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="/static/",
    STATIC_ROOT=FOLDER / "static",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("pages/", include("django.contrib.flatpages.urls"))]


def fill():
    from django.contrib.flatpages.models import FlatPage
    from django.contrib.sites.models import Site

    call_command("migrate", verbosity=0)
    page, _ = FlatPage.objects.update_or_create(
        url="/privacy/", defaults={"title": PAGE["title"], "content": PAGE["html"]}
    )
    page.sites.set(Site.objects.all())


fill()
application = get_wsgi_application()
