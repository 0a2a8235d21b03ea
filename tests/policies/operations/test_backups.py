"""Backups: a restored site is the same, byte for byte."""

import itertools
import json
import os
import re
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policies import ledger
from policies.database import triggers
from policies.models import AuditEvent, KeptRedline
from policies.operations.backups import archive, contents, restoring
from policies.roles import ROLES
from policies.text.document import Document, Section
from tests import made_site
from tests.conftest import ENVIRONMENT, database_url
from tests.factories import NOW, make_import, make_policy, make_user, make_version
from tests.full_disk import full_disk
from tests.policies.operations.backup_files import back_up, empty_the_site, restore, rows
from tests.policies.operations.backup_files import sound as sound
from tests.servers import printed
from tests.site.serving import make_database

# --- A whole site --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_restored_site_is_the_same_to_the_last_byte(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(restoring, "BATCH", 3)
    made_site.make_site()
    pages, stored = made_site.pages(), rows()
    assert len(pages) > 50
    assert all(stored[f"policies.{it}"] for it in ("Mail", "PreviewLink", "ReviewComment"))
    file = tmp_path / "site.zip"
    back_up(file)
    head = ledger.verify().head
    newest = User.objects.create(username="newest").pk
    empty_the_site()

    restore(file)

    said = capsys.readouterr().out
    assert "Sound: 8 versions in 11 entries of the ledger." in said
    assert f"Head of the ledger: {head}" in said
    assert ledger.verify(head=head).is_sound
    assert triggers.missing(connection) == []
    assert rows() == stored
    assert not KeptRedline.objects.exists()
    assert made_site.pages() == pages
    chief = User.objects.get(username="chief")
    assert chief.check_password("correct horse battery")
    assert chief.has_perm("policies.publish_revision")
    # An account that is gone has left its id to nobody: history may name it.
    assert User.objects.create(username="next").pk == newest
    make_version()
    assert ledger.verify().is_sound


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_is_of_one_moment_while_others_publish(tmp_path, monkeypatch):
    policy = make_policy()
    make_version(policy=policy)
    stored = rows()
    published = []

    def publish():
        published.append(make_version(policy=policy, at=NOW + timedelta(len(published) + 1)))
        connection.close()

    def ask_while_somebody_publishes(model):
        thread = threading.Thread(target=publish)
        thread.start()
        thread.join()
        return ask(model)

    ask = contents.last_given_id
    monkeypatch.setattr(contents, "last_given_id", ask_while_somebody_publishes)
    back_up(tmp_path / "site.zip")
    monkeypatch.undo()
    assert len(published) == len(contents.backed_up())
    empty_the_site()

    restore(tmp_path / "site.zip")

    assert ledger.verify().is_sound
    assert ledger.verify().versions == 1
    assert rows() == stored


def manage(*arguments, database):
    variables = {**ENVIRONMENT, "PATH": os.environ["PATH"], "DATABASE_URL": database}
    return printed("manage.py", *arguments, env=variables)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_restore_that_was_killed_while_it_made_its_tables_is_run_again(tmp_path):
    make_version()
    file = tmp_path / "site.zip"
    back_up(file)
    new = f"sqlite:///{tmp_path}/new.sqlite3"
    manage("migrate", "policies", "0004", "--verbosity=0", database=new)  # it came as far as here

    assert "Sound: 1 version" in manage("restore", str(file), "--jobs=1", database=new)
    with pytest.raises(AssertionError, match="The database is not empty"):
        manage("restore", str(file), "--jobs=1", database=new)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_older_database_that_is_used_is_not_migrated_by_a_restore(tmp_path):
    file = tmp_path / "site.zip"
    back_up(file)
    used = f"sqlite:///{tmp_path}/used.sqlite3"
    manage("migrate", "policies", "0004", "--verbosity=0", database=used)
    with closing(sqlite3.connect(tmp_path / "used.sqlite3")) as database:
        database.execute(
            "INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active,"
            " first_name, last_name, email, date_joined, last_login)"
            " VALUES ('a', '', 0, 0, 0, '', '', '', '2026-01-01', '2026-01-01')"
        )
        database.commit()

    with pytest.raises(AssertionError, match=r"Run manage.py migrate"):
        manage("restore", str(file), "--jobs=1", database=used)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_process_backs_up_what_others_write_to_and_another_restores_it(tmp_path):
    policy, enough, failures = make_policy(), threading.Event(), []
    make_version(policy=policy)

    def publish_without_end():
        try:
            for day in itertools.count(1):
                if enough.is_set():
                    break
                make_version(policy=policy, at=NOW + timedelta(days=day))
        except Exception as error:  # noqa: BLE001  the test looks at it
            failures.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=publish_without_end)
    writer.start()
    try:
        said = manage("backup", str(tmp_path / "site.zip"), database=database_url())
    finally:
        enough.set()
        writer.join()
    assert not failures
    heads = re.findall("[0-9a-f]{64}", said)
    new = f"sqlite:///{tmp_path}/new.sqlite3"

    with pytest.raises(AssertionError, match="This database has no tables"):
        manage("verify", database=new)
    (tmp_path / "broken.zip").write_bytes((tmp_path / "site.zip").read_bytes()[:-100])
    with pytest.raises(AssertionError, match="CommandError"):
        manage("restore", str(tmp_path / "broken.zip"), database=new)
    with pytest.raises(AssertionError, match="This database has no tables"):
        manage("verify", database=new)

    manage("restore", str(tmp_path / "site.zip"), "--jobs=1", database=new)

    assert heads[0] in manage("verify", "--jobs=1", f"--head={heads[0]}", database=new)
    # What was there at the moment of the backup is still the beginning of what is there now.
    assert ledger.verify(head=heads[0]).is_sound


def python(*arguments, database):
    """Run tests.made_site on an SQLite file; return the digests of its public pages."""
    variables = {"PATH": os.environ["PATH"], "TEST_DATABASE_URL": f"sqlite:///{database}"}
    said = printed("-W", "ignore", "-m", "tests.made_site", *arguments, env=variables)
    return json.loads(said)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_site_moves_from_sqlite_to_postgresql_and_back(tmp_path):
    make_database(tmp_path)
    pages = python("backup", str(tmp_path / "there.zip"), database=tmp_path / "site.sqlite3")

    restore(tmp_path / "there.zip")
    assert ledger.verify().is_sound
    assert made_site.digests() == pages
    back_up(tmp_path / "back.zip")

    again = python("restore", str(tmp_path / "back.zip"), database=tmp_path / "b.sqlite3")
    assert again == pages
    one, other = (tables_of(tmp_path / name) for name in ("there.zip", "back.zip"))
    # Whichever database it is from.
    assert one == other


def tables_of(file):
    with zipfile.ZipFile(file) as found:
        return {name: found.read(name) for name in found.namelist() if name != archive.MANIFEST}


# Any text that a policy may hold, in any script.
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: text.strip()
)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=2), min_size=1, max_size=3), st.integers(0, 10**9)
)
def test_any_small_site_is_restored_as_it_was(tmp_path, texts, microseconds):
    empty_the_site()
    for number, versions in enumerate(texts):
        policy = make_policy(slug=f"policy-{number}")
        for day, text in enumerate(versions):
            at = NOW + timedelta(days=day, microseconds=microseconds)
            body = f"{day}. {text}"
            try:
                document = Document("T", "", (Section("Scope", "scope", body),))
                make_import(document, policy=policy, at=at)
            except ValueError:
                assume(False)
    stored = rows()
    back_up(tmp_path / "site.zip", force=True)
    empty_the_site()

    restore(tmp_path / "site.zip")

    assert rows() == stored
    assert ledger.verify().is_sound


@pytest.mark.django_db
def test_a_backup_of_version_1_0_0_is_restored(capsys):
    """It was made by 1.0.0 itself, of the site of tests/made_site.py."""
    file = Path(__file__).with_name("backup_of_1_0_0.zip")
    manifest = restoring.check(file, unsigned=True)

    with pytest.raises(CommandError, match=r"Version 1\.0 signed none"):
        restore(file)
    restore(file, unsigned=True)

    assert (manifest.app_version, manifest.migrations[-1]) == ("1.0.0", "0007_failed_pdfs")
    said = capsys.readouterr()
    assert f"Head of the ledger: {manifest.ledger_head}" in said.out
    assert "It is not signed" in said.err
    assert ledger.verify().is_sound
    assert AuditEvent.objects.filter(action="set_check_interval").exists()
    for role, names in ROLES.items():
        person = make_user(role, name=f"one of the {role}")
        assert [it for it in names if not person.has_perm(it)] == []


# --- What is in it -------------------------------------------------------------------------------


def test_every_table_is_backed_up_or_left_out_for_a_reason():
    known = {it._meta.label: it for it in apps.get_models(include_auto_created=True)}
    inside = {model._meta.label for model in contents.backed_up()}

    assert set(known) == inside | set(contents.LEFT_OUT)
    assert not inside & set(contents.LEFT_OUT)
    assert all(contents.LEFT_OUT.values())
    for model in contents.backed_up():
        for field in model._meta.local_concrete_fields:
            if contents.is_by_natural_key(field):
                assert hasattr(field.remote_field.model, "natural_key"), f"{field}"


@isolate_apps("tests")
def test_a_column_of_any_kind_is_written_and_read_back_exactly():
    class Odd(models.Model):  # noqa: DJ008
        binary = models.BinaryField()
        decimal = models.DecimalField(max_digits=30, decimal_places=10)
        duration = models.DurationField()
        number = models.FloatField()
        uuid = models.UUIDField(null=True)
        flag = models.BooleanField()
        at = models.DateTimeField(auto_now=True)
        values = models.JSONField()

        class Meta:
            app_label = "tests"

    values = {
        "id": 2**62,
        "binary": b"%PDF\x00\xff",
        "decimal": Decimal("12345678901234567890.0123456789"),
        "duration": timedelta(days=-1, microseconds=1),
        "number": 0.1 + 0.2,
        "uuid": uuid4(),
        "flag": False,
        "at": NOW + timedelta(microseconds=1),
        "values": {"b": [1, None, "\u2028"], "a": {}},
    }
    rows = contents.Rows(Odd)

    line = json.loads(json.dumps(rows.written(Odd(**values))))

    assert line[rows.columns.index("uuid")] == str(values["uuid"])
    assert rows.values(line) == list(values.values())
    assert rows.values([1, *[None] * 8])[1:] == [None] * 8
    for wrong in ([], True, 1.5, "x", {"a": 1}):
        with pytest.raises(contents.UnreadableValue):
            rows.values([*line[:5], wrong, *line[6:]])


# --- Where it is put -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_backup_is_private_and_replaces_no_file_without_force(tmp_path):
    file = tmp_path / "site.zip"
    file.touch()  # as mktemp does

    back_up(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("mine")
    with pytest.raises(CommandError, match=r"exists already, and nothing was written.*--force"):
        back_up(file)
    assert file.read_text() == "mine"
    back_up(file, force=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert restoring.check(file).database == connection.vendor


@pytest.mark.django_db
def test_a_place_where_no_file_can_be_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"is a folder. Name a file in it"):
        back_up(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CommandError, match="is not an ordinary file"):
        back_up(tmp_path / "pipe", force=True)
    with pytest.raises(CommandError, match=r"can't be written: No such file or directory"):
        back_up(tmp_path / "none" / "site.zip")
    with pytest.raises(CommandError, match=r"can't be written: File name too long"):
        back_up(tmp_path / f"{'x' * 300}.zip")


@pytest.mark.django_db
def test_a_full_disk_leaves_no_part_of_a_backup(tmp_path):
    file = tmp_path / "site.zip"
    make_version()
    back_up(tmp_path / "before.zip")  # so that nothing is imported, and cut off on disk, below
    (tmp_path / "before.zip").unlink()
    refused = pytest.raises(CommandError, match=r"could not be written: .* No part of it is left")
    with full_disk(room=1000), refused:
        back_up(file)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_database_that_lacks_migrations_is_not_backed_up_or_restored_into(tmp_path):
    file = tmp_path / "site.zip"
    make_version()
    back_up(file)
    MigrationRecorder(connection).migration_qs.filter(app="policies").delete()

    with pytest.raises(CommandError, match=r"Run manage.py migrate"):
        back_up(tmp_path / "other.zip")
    with pytest.raises(CommandError, match=r"Run manage.py migrate"):
        restore(file)


def test_a_killed_backup_leaves_nothing_because_the_file_has_no_name_before_it_is_complete(
    tmp_path,
):
    with archive.create_backup(tmp_path / "site.zip", overwrite=False):
        half = [it.name for it in tmp_path.iterdir()]

    if has_files_without_a_name(tmp_path):
        assert half == []
    else:
        assert [it.startswith(".site.zip.") for it in half] == [True]
    (whole,) = tmp_path.iterdir()
    assert (whole.name, whole.stat().st_mode & 0o777) == ("site.zip", 0o600)


def has_files_without_a_name(folder):
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
    except (AttributeError, OSError):
        return False
    return True
