"""An upgrade as docs/deploying.md describes it, while the last version serves readers."""

import shutil
from pathlib import Path

from tests.site.serving import ROOT, Connection, make_database, manage, served

MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("policies", "{newest}")]
    operations = []
"""


def copy_of_the_code(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "*.po")
    for name in ("policies", "softphonez_site", "templates", "locale", "static"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("manage.py", "tests/__init__.py", "tests/site/__init__.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "tests/site/served_settings.py", folder / "tests/site")
    return folder


def test_the_running_version_stays_ready_from_the_merge_to_the_restart(tmp_path: Path) -> None:
    make_database(tmp_path)
    code = copy_of_the_code(tmp_path / "code")
    migrations = code / "policies" / "migrations"
    newest = max(migrations.glob("0*.py")).stem

    with served(tmp_path, "asgi", workers=1, code=code) as port:
        site = Connection(port)
        (migrations / "9999_of_tomorrow.py").write_text(MIGRATION.format(newest=newest))
        assert site.ask("/readyz").status == 200

        manage(tmp_path, "migrate", code=code)
        assert site.ask("/readyz").status == 200
        site.close()


def test_the_new_version_is_not_ready_before_migrate(tmp_path: Path) -> None:
    make_database(tmp_path)
    code = copy_of_the_code(tmp_path / "code")
    migrations = code / "policies" / "migrations"
    newest = max(migrations.glob("0*.py")).stem
    (migrations / "9999_of_tomorrow.py").write_text(MIGRATION.format(newest=newest))

    with served(tmp_path, "asgi", workers=1, code=code) as port:
        site = Connection(port)
        assert site.ask("/readyz").status == 503
        site.close()
