"""Restores that are refused, because of the backup or because of the database."""

import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing

from policies.database import triggers
from policies.operations.backups import archive
from tests.conftest import sample
from tests.factories import make_version
from tests.policies.operations.backup_files import (
    alter,
    back_up,
    forge,
    replace,
    restore,
    rows,
    say,
)
from tests.policies.operations.backup_files import sound as sound


@pytest.mark.parametrize("kind", [IntegrityError, MigrationSchemaMissing])
@pytest.mark.django_db
def test_a_database_that_another_restore_is_setting_up_is_refused(sound, monkeypatch, kind):
    """Both saw it without tables; the second finds some when it makes its own."""

    def overtaken(*_, **__):
        raise kind("there is one already")

    monkeypatch.setattr(connection.introspection, "table_names", lambda *_: [])
    monkeypatch.setattr("policies.operations.backups.restoring.call_command", overtaken)

    with pytest.raises(CommandError, match=r"nothing was restored: there is one.*another restore"):
        restore(sound)


def name_a_stranger(members):
    members["../../../tmp/evil"] = b"x"


def flip(members):
    name = "tables/policies.Section.jsonl"
    members[name] = members[name].replace(b"Contact", b"Kontakt")


def take_away(members):
    del members["tables/policies.Section.jsonl"]


def swell(members):
    members["tables/policies.Section.jsonl"] = b"0" * 50_000_000
    say(made_at="2027-05-02T12:00:00+00:00")(members)


def swell_the_manifest(members):
    members[archive.MANIFEST] = b" " * 50_000_000


def promise_ids_without_end(members):
    said = json.loads(members[archive.MANIFEST])
    for table in said["tables"]:
        table["last_id"] = 2**63 - 1
    members[archive.MANIFEST] = json.dumps(said).encode()


def pretend_to_be_older(members):
    """Name the migrations of an earlier version, which did not have all these tables."""
    earlier = json.loads(members[archive.MANIFEST])["migrations"][:12]
    say(migrations=earlier)(members)


def lose_the_manifest(members):
    del members[archive.MANIFEST]


def nest(members):
    members[archive.MANIFEST] = b"[" * 900_000


ALTERED = [
    (lose_the_manifest, "is not a backup of this application"),
    (swell_the_manifest, "is not a backup of this application"),
    (nest, "is not a backup of this application"),
    (say(format="something-else"), "is not a backup of this application"),
    (say(format_version="1"), "is not a backup of this application"),
    (say(format_version=2), "has format 2, but this version .* reads format 1"),
    (say(tables=3), "was damaged or altered: manifest.json is incomplete"),
    (say(ledger_head=None), "manifest.json is incomplete"),
    (say(made_at="\x1b[2J"), "manifest.json is incomplete"),
    (say(app_version="1.0\x1b[2J"), "manifest.json is incomplete"),
    (promise_ids_without_end, "manifest.json is incomplete"),
    (say(tables=[]), "it does not contain the tables that its manifest names"),
    (name_a_stranger, "it does not contain the tables that its manifest names"),
    (take_away, "it does not contain the tables that its manifest names"),
    (flip, "policies.Section is not as it was written"),
    (swell, "policies.Section is larger than its manifest says"),
    (say(migrations=["9999_later"]), "newer version.*9999_later.*Install the newer version"),
    (say(migrations=[]), "from an older version.*0001_initial.*run manage.py migrate"),
    (pretend_to_be_older, "from an older version.*another table policies\\.CommentReply"),
]
# These are seen once all rows before them are restored.
FORGED = [
    (replace("policies.Policy", lambda *_: b"[1]"), "row 1 of policies.Policy is invalid"),
    (replace("policies.Policy", lambda *_: b"[" * 9_000), "row 1 of policies.Policy is inv"),
    (forge("policies.Policy", "name", ["x"]), "Row 1 of policies.Policy can't be read: name"),
    (forge("policies.Policy", "created_at", "2026-05-02"), "can't be read: created_at"),
    (forge("policies.Policy", "id", "1"), "can't be read: id"),
    (forge("policies.Policy", "id", 10**30), "Row 1 of policies.Policy, or one of .* is not valid"),
    (forge("policies.Policy", "name", ""), "Row 1 of policies.Policy, or one of .* is not valid"),
    (forge("policies.Section", "revision_id", 10**9), "The database refused"),
    (forge("policies.Section", "body", "Sold."), "is not sound: The rows behind"),
    (forge("policies.Rendering", "html", "<script>"), "is not sound: .*--quick"),
    (forge("policies.AuditEvent", "actor", "Me"), "is not sound: Audit event 1 was changed"),
    # PostgreSQL keeps no half of a surrogate pair.
    (forge("policies.AuditEvent", "facts", "\ud800"), "Audit event 1 was changed|is not valid: "),
    (say(ledger_head="f" * 64), "The head of the ledger is [0-9a-f]{64}, not ffff"),
]


@pytest.mark.django_db
def test_an_unsound_backup_is_refused_with_its_reason_and_leaves_nothing(sound):
    empty, whole = rows(), sound.read_bytes()

    for change, words in [*ALTERED, *sample(FORGED)]:
        sound.write_bytes(whole)
        alter(sound, change)
        with pytest.raises(CommandError, match=words):
            restore(sound)

        assert rows() == empty, words
        assert triggers.missing(connection) == []
        assert [it.name for it in sound.parent.iterdir()] == ["site.zip"]


# --- Signatures ----------------------------------------------------------------------------------


def make_an_account_a_superuser(members):
    """What an attacker does who wants to get into the restored site: nothing chains accounts."""
    forge("auth.User", "is_superuser", True)(members)


def strip(members):
    said = json.loads(members[archive.MANIFEST])
    del said["signature"]
    members[archive.MANIFEST] = json.dumps(said).encode()


UNSIGNED = [
    ([make_an_account_a_superuser], "signature of this backup does not fit"),
    # Nor is it unpacked: a small file of a stranger's can have terabytes in it.
    ([swell], "signature of this backup does not fit"),
    ([say(made_at="2027-05-02T12:00:00+00:00")], "signature of this backup does not fit"),
    ([say(signature="f" * 64)], "signature of this backup does not fit"),
    ([say(signature="ß")], "signature of this backup does not fit"),
    ([say(signature=7)], "manifest.json is incomplete"),
    ([make_an_account_a_superuser, say(signature="")], "has no signature"),
    ([make_an_account_a_superuser, strip], "has no signature"),
    ([strip, say(app_version="1.0.0", migrations=["0007_failed_pdfs"])], "has no signature"),
]


@pytest.mark.django_db
def test_a_backup_that_was_altered_with_its_manifest_is_refused(sound):
    empty, whole = rows(), sound.read_bytes()

    for changes, words in UNSIGNED:
        sound.write_bytes(whole)
        for change in changes:
            alter(sound, change, signed=False)
        for check in (True, False):
            with pytest.raises(CommandError, match=words):
                restore(sound, check=check)

    assert rows() == empty


@pytest.mark.django_db
def test_a_backup_with_another_key_is_restored_with_that_key_or_without_proof(
    sound, settings, capsys
):
    usual, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10

    with pytest.raises(CommandError, match="made with another SECRET_KEY"):
        restore(sound)
    restore(sound, check=True, unsigned=True)
    assert "nothing proves that accounts" in capsys.readouterr().err

    settings.SECRET_KEY = usual
    restore(sound)
    assert capsys.readouterr().err == ""


# --- Files that are no whole backups ------------------------------------------------------------


@pytest.mark.django_db
def test_a_row_that_is_too_long_is_refused(sound, monkeypatch):
    monkeypatch.setattr(archive, "MAX_ROW", 100)

    with pytest.raises(CommandError, match="is larger than its manifest says"):
        restore(sound)
    make_version()
    with pytest.raises(CommandError, match="The site writes no row of more than 100"):
        back_up(sound, force=True)


def scribble(file):
    file.write_bytes(b"Dear Sir or Madam")


def be_a_device(file):
    """Be /dev/zero, which has no end."""
    file.unlink()
    file.symlink_to("/dev/zero")


def cut(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def rot(file):
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as found:
        info = found.getinfo("tables/policies.Revision.jsonl")
    data[info.header_offset + 120] ^= 0xFF
    file.write_bytes(bytes(data))


def misplace(file):
    """Let the list at the end be before the beginning."""
    data = bytearray(file.read_bytes())
    data[-3] ^= 0xFF  # the last byte of where it begins is before the length of the comment
    file.write_bytes(bytes(data))


def pack_otherwise(file):
    """With a packing of which four thousand bytes can become a gigabyte."""
    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as new:
        for name, data in members.items():
            new.writestr(name, data)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (Path.unlink, "can't be opened: No such file"),
        (be_a_device, "is not a file"),
        (scribble, "is not a backup, or its end is missing"),
        (cut, "is not a backup, or its end is missing"),
        (misplace, "is not a backup of this application"),
        (pack_otherwise, "is not a backup, or its end is missing"),
        (rot, r"policies.Revision can't be read"),
    ],
)
def test_an_incomplete_file_is_refused(sound, damage, words):
    damage(sound)

    for check in (True, False):
        with pytest.raises(CommandError, match=words):
            restore(sound, check=check)
