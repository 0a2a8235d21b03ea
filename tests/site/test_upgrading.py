"""An upgrade as docs/deploying.md describes it, while the last version serves readers."""

import shutil
from contextlib import closing

import pytest

from tests.servers import ROOT, Connection
from tests.site.serving import make_database, manage, publish, served

pytestmark = pytest.mark.slow

MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("policies", "{newest}")]
    operations = []
"""


def copy_of_the_code(folder):
    ignored = shutil.ignore_patterns("__pycache__", "*.po")
    for name in ("policies", "softphonez_site", "templates", "locale", "static"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("manage.py", "tests/__init__.py", "tests/site/__init__.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "tests/site/served_settings.py", folder / "tests/site")
    return folder


def test_from_the_merge_to_the_restart_the_running_version_stays_ready_and_the_new_one_is_not(
    tmp_path,
):
    make_database(tmp_path)
    code = copy_of_the_code(tmp_path / "code")
    migrations = code / "policies" / "migrations"
    newest = max(migrations.glob("0*.py")).stem

    with served(tmp_path, "asgi", workers=1, code=code) as port, closing(Connection(port)) as site:
        (migrations / "9999_of_tomorrow.py").write_text(MIGRATION.format(newest=newest))
        assert site.ask("/readyz").status == 200
        with served(tmp_path, "asgi", workers=1, code=code) as new, closing(Connection(new)) as it:
            assert it.ask("/readyz").status == 503

        manage(tmp_path, "migrate", code=code)
        assert site.ask("/readyz").status == 200


def test_readers_are_served_whatever_files_an_upgrade_takes_away(tmp_path):
    make_database(tmp_path)
    for number in (1, 2):
        publish(tmp_path, number)
    code = copy_of_the_code(tmp_path / "code")
    expected = {
        200: """/ /privacy/ /privacy/versions/ /privacy/versions/1/ /privacy/versions/1.md
            /privacy/versions/2.json /privacy/versions/2/notice.html /privacy/embed/
            /privacy/current.json /privacy/current.md /privacy/timemap/ /feed.xml
            /privacy/feed.xml /sitemap.xml /ledger.json /openapi.json /healthz /readyz""",
        404: "/nowhere/ /privacy/versions/3/ /privacy/versions/3.json",
    }

    with served(tmp_path, "asgi", workers=1, code=code) as port, closing(Connection(port)) as site:
        for folder in ("policies", "softphonez_site", "templates"):
            shutil.rmtree(code / folder)
        answers = {path: site.ask(path).status for its in expected.values() for path in its.split()}

    assert answers == {path: status for status, its in expected.items() for path in its.split()}
