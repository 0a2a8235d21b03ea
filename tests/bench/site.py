"""A site of any size to measure on, in a temporary SQLite file."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = ROOT / "content" / "privacy.md"


def set_up(database: Path | None = None) -> None:
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

    # Nothing was collected: an empty folder beside the database, and plain names, since the hashed
    # ones exist only after collectstatic.
    settings.STATIC_ROOT = database.with_suffix(".static")
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    # What is done here is no news, and would stand between the figures.
    settings.LOGGING["loggers"]["policies"] = {"level": "WARNING"}
    django.setup()
    call_command("migrate", verbosity=0)
