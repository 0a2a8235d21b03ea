"""A site of any size to measure on, in a temporary SQLite file."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = ROOT / "tests" / "content" / "privacy.md"


def set_up(database=None):
    """Load Django on an empty SQLite database: a temporary one, or that file."""
    if database is None:
        folder = tempfile.mkdtemp(prefix="policies-bench-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        database = Path(folder) / "bench.sqlite3"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "softphonez_site.settings",
        "SECRET_KEY": "for-benchmarks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "localhost",
        "HTTPS": "off",
        "DATABASE_URL": f"sqlite:///{database}",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command

    # collectstatic was not run: use an empty folder, and plain file names instead of hashed ones.
    settings.STATIC_ROOT = database.with_suffix(".static")
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    # Log lines about what is done here would only stand between the figures.
    settings.LOGGING["loggers"]["policies"] = {"level": "WARNING"}
    django.setup()
    call_command("migrate", verbosity=0)
