"""Helpers for tests of backups: making, altering and forging them."""

import hashlib
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from policies.database import triggers
from policies.operations.backups import archive, contents, schema
from tests.factories import make_version

ROOT = Path(__file__).resolve().parents[3]


def back_up(file, **options):
    call_command("backup", str(file), stdout=io.StringIO(), **options)


def restore(file, **options):
    call_command("restore", str(file), jobs=1, **options)


def empty_the_site():
    triggers.remove(connection)
    call_command("flush", interactive=False, verbosity=0)


def rows():
    """Return every row that a backup holds; references by natural key where a backup has one."""
    return {
        model._meta.label: [
            [
                getattr(row, field.name).natural_key()
                if contents.is_by_natural_key(field) and getattr(row, field.attname)
                else getattr(row, field.attname)
                for field in model._meta.local_concrete_fields
            ]
            for row in model._base_manager.order_by("pk")
        ]
        for model in contents.backed_up()
    }


_sound = {}


@pytest.fixture
def sound(tmp_path):
    """A sound backup of a site with one version, made once; the test's own site is empty."""
    file = tmp_path / "site.zip"
    if not _sound:
        make_version()
        back_up(file)
        empty_the_site()
        _sound["bytes"] = file.read_bytes()
    file.write_bytes(_sound["bytes"])
    return file


def alter(file, change, *, signed=True):
    """Write a backup anew after `change` has changed its files, given by name.

    signed: and sign it, as somebody could who has the site's key.
    """
    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    _write(file, members)
    if signed:
        with suppress(archive.BackupRefused), archive.open_backup(file) as made:
            say(signature=archive.signature(made.manifest, schema.signing_key()))(members)
            _write(file, members)


def _write(file, members):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)


def say(**facts):
    def change(members):
        manifest = json.loads(members[archive.MANIFEST])
        members[archive.MANIFEST] = json.dumps(manifest | facts).encode()

    return change


def forge(table, column, value):
    def change(columns, row):
        values = json.loads(row)
        values[columns.index(column)] = value
        return json.dumps(values).encode()

    return replace(table, change)


def replace(table, with_what):
    """Return a change (for `alter`) of a table's first row to other bytes; the manifest fits."""

    def change(members):
        manifest = json.loads(members[archive.MANIFEST])
        entry = next(it for it in manifest["tables"] if it["name"] == table)
        first, *others = members[f"tables/{table}.jsonl"].splitlines(keepends=True)
        data = b"".join([with_what(entry["columns"], first) + b"\n", *others])
        members[f"tables/{table}.jsonl"] = data
        entry |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        members[archive.MANIFEST] = json.dumps(manifest).encode()

    return change
