"""The file of a backup: a ZIP with one JSON Lines file per table, and a manifest. Pure.

It is written beside its place, and moved there once it is complete and on the disk. It is read as
if a stranger had made it: nothing is unpacked to the disk, and every table must have the number of
rows, the size and the hash that the manifest says. A signature of the manifest covers all of them.
"""

import hashlib
import hmac
import json
import os
import secrets
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

FORMAT = "policies-backup"
VERSION = 1
MANIFEST = "manifest.json"
MAX_MANIFEST = 1_000_000
# Bytes of one row as JSON. The longest text that can be kept has 6 MB in the widest script, escaped
# or not.
MAX_ROW = 64_000_000

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile and zlib raise on a file that was cut off, altered or made to harm.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError),
    OSError,  # for a place before the beginning
)


class BackupRefused(Exception):
    """A backup is not made, or not restored. The message says why, and what to do."""


@dataclass(frozen=True)
class Table:
    """One table of a backup.

    name: as contents.table_name returns it. rows, size: number of rows, and of their bytes.
    last_id: the greatest id that it ever gave, None if its ids are not given by the database.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    size: int
    sha256: str
    last_id: int | None

    @property
    def member(self) -> str:
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """A backup's description of itself. made_at: UTC, ISO 8601. migrations: those of the app.

    signature: what `signature` returns; "" for none, as in those of version 1.0.0.
    """

    made_at: str
    app_version: str
    database: str
    migrations: tuple[str, ...]
    ledger_head: str
    audit_head: str
    tables: tuple[Table, ...]
    signature: str = ""


def signature(manifest: Manifest, key: bytes) -> str:
    """Return the HMAC-SHA256 (RFC 2104) of all that a manifest says, in hex digits.

    It covers the tables, whose hashes the manifest has.
    """
    facts = {"format": FORMAT, "format_version": VERSION, **asdict(manifest), "signature": ""}
    text = json.dumps(facts, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Writer:
    """Writes the tables of a backup one after the other, and the manifest last."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.tables: list[Table] = []

    def add(
        self, name: str, columns: tuple[str, ...], rows: Iterable[list[Any]], *, last_id: int | None
    ) -> None:
        """Write a table, row by row. rows: lists of JSON values in the order of the columns."""
        count, size, digest = 0, 0, hashlib.sha256()
        with self._archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as member:
            for count, row in enumerate(rows, start=1):
                # The same whichever database it comes from.
                text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
                line = text.encode() + b"\n"
                if len(line) > MAX_ROW:
                    raise BackupRefused(
                        f"Row {count} of {name} has {len(line):,} bytes. The site writes no row "
                        f"of more than {MAX_ROW:,}, so look at it. No backup was made."
                    )
                member.write(line)
                digest.update(line)
                size += len(line)
        self.tables.append(Table(name, columns, count, size, digest.hexdigest(), last_id))

    def finish(self, manifest: Manifest) -> None:
        facts = {"format": FORMAT, "format_version": VERSION, **asdict(manifest)}
        self._archive.writestr(MANIFEST, json.dumps(facts, ensure_ascii=False, indent=1))


@contextmanager
def create_backup(path: Path, *, overwrite: bool) -> Iterator[Writer]:
    """Make a backup at `path`, readable by its owner only (mode 0600), complete or not at all.

    Raises BackupRefused if there is a file already (unless `overwrite`) or none can be written.
    """
    part = path.parent / f".backup-{secrets.token_hex(4)}.part"
    try:
        _require_free(path, overwrite=overwrite)
        descriptor = _open_for_writing(part)
    except OSError as error:
        raise BackupRefused(f"{path} can't be written: {error.strerror}.") from error
    try:
        with open(descriptor, "wb") as raw:  # noqa: PTH123  a descriptor, not a path
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                yield Writer(archive)
            raw.flush()
            os.fsync(raw.fileno())
            _require_free(path, overwrite=overwrite)
            _give_name(raw.fileno(), part)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BackupRefused(
            f"{path} could not be written: {error.strerror}. No part of it is left behind."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _open_for_writing(part: Path) -> int:
    """Open a file without a name in the folder of `part`; return its descriptor.

    Nothing is left of such a file if this process is killed. Where the file system has no such
    files, open `part` itself.
    """
    if Path("/proc/self/fd").exists():  # `_give_name` needs it
        with suppress(AttributeError, OSError):  # not on Linux, or not on this file system
            return os.open(part.parent, os.O_TMPFILE | os.O_WRONLY, 0o600)
    return os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)


def _give_name(descriptor: int, part: Path) -> None:
    if not part.exists():
        # With a folder given, Python calls linkat(2), which follows the link in /proc.
        folder = os.open("/", os.O_RDONLY)
        try:
            os.link(f"/proc/self/fd/{descriptor}", part, src_dir_fd=folder)
        finally:
            os.close(folder)


def _require_free(path: Path, *, overwrite: bool) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode):
        raise BackupRefused(f"{path} is a folder. Name a file in it.")
    if not stat.S_ISREG(found.st_mode):
        raise BackupRefused(f"{path} is not an ordinary file. Name another.")
    # An empty file, such as mktemp makes, may be replaced.
    if found.st_size and not overwrite:
        raise BackupRefused(
            f"{path} exists already, and nothing was written. Choose another name, or add "
            "--force to replace it."
        )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Archive:
    """A backup that is open for reading. manifest: as it is in the file, not yet checked."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        self.manifest = self._read_manifest()
        wanted = sorted([MANIFEST, *(table.member for table in self.manifest.tables)])
        if sorted(info.filename for info in archive.infolist()) != wanted:
            raise self._damaged("it does not contain the tables that its manifest names")

    def check(self) -> None:
        """Read the whole file; raise BackupRefused unless every table is as the manifest says."""
        for table in self.manifest.tables:
            for _ in self.lines(table):
                pass

    def rows(self, table: Table) -> Iterator[tuple[int, list[Any]]]:
        """Yield each row's number and its values. Raises BackupRefused, as `lines` does."""
        for number, line in self.lines(table):
            try:
                values = json.loads(line)
            except (ValueError, RecursionError):
                values = None
            if not isinstance(values, list) or len(values) != len(table.columns):
                raise self._damaged(f"row {number} of {table.name} is invalid")
            yield number, values

    def lines(self, table: Table) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its number; raise BackupRefused if they differ from the manifest."""
        number, size, digest = 0, 0, hashlib.sha256()
        try:
            with self._archive.open(table.member) as member:
                while line := member.readline(MAX_ROW + 1):
                    number, size = number + 1, size + len(line)
                    digest.update(line)
                    if len(line) > MAX_ROW or size > table.size or number > table.rows:
                        raise self._damaged(f"{table.name} is larger than its manifest says")
                    yield number, line
        except _BROKEN as error:
            raise self._damaged(f"{table.name} can't be read: {error}") from error
        if (number, size, digest.hexdigest()) != (table.rows, table.size, table.sha256):
            raise self._damaged(f"{table.name} is not as it was written")

    def _damaged(self, what: str) -> BackupRefused:
        return BackupRefused(
            f"{self._path} was damaged or altered: {what}. Use another copy of it, or an earlier "
            "backup."
        )

    def _read_manifest(self) -> Manifest:
        try:
            info = self._archive.getinfo(MANIFEST)
            if info.file_size > MAX_MANIFEST:
                raise ValueError("too large")
            with self._archive.open(info) as member:
                facts = json.loads(member.read(MAX_MANIFEST))
            version = _typed(facts["format_version"], int)
            if facts["format"] != FORMAT:
                raise ValueError("another format")
        except (*_BROKEN, KeyError, TypeError, RecursionError) as error:
            raise BackupRefused(
                f"{self._path} is not a backup of this application. Name a file that manage.py "
                "backup made."
            ) from error
        if version != VERSION:
            raise BackupRefused(
                f"{self._path} has format {version}, but this version of the application reads "
                f"format {VERSION}. Install the version that made it, and restore it there."
            )
        try:
            return _manifest(facts)
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged(f"{MANIFEST} is incomplete") from error


def _table(facts: dict[str, Any]) -> Table:
    return Table(
        name=_typed(facts["name"], str),
        columns=tuple(_typed(column, str) for column in _typed(facts["columns"], list)),
        rows=_typed(facts["rows"], int),
        size=_typed(facts["size"], int),
        sha256=_typed(facts["sha256"], str),
        last_id=None if facts["last_id"] is None else _typed(facts["last_id"], int),
    )


def _manifest(facts: dict[str, Any]) -> Manifest:
    tables = tuple(_table(table) for table in _typed(facts["tables"], list))
    # An id must leave room for more rows than any site ever has.
    if not all(0 <= (table.last_id or 0) < 2**53 for table in tables):
        raise ValueError("an id is out of range")
    datetime.fromisoformat(_typed(facts["made_at"], str))
    texts = {
        name: _typed(facts[name], str)
        for name in ("made_at", "app_version", "database", "ledger_head", "audit_head")
    }
    if not all(text.isprintable() for text in texts.values()):
        raise ValueError("control characters")
    migrations = tuple(_typed(name, str) for name in _typed(facts["migrations"], list))
    signed = _typed(facts.get("signature", ""), str)
    return Manifest(**texts, migrations=migrations, tables=tables, signature=signed)


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not a {kind.__name__}")
    return value


@contextmanager
def open_backup(path: Path) -> Iterator[Archive]:
    """Open a backup. Raises BackupRefused if there is no file, or the file is no backup."""
    try:
        if path.exists() and not path.is_file():  # /dev/zero would have no end
            raise BackupRefused(f"{path} is not a file.")
        raw: IO[bytes] = path.open("rb")
    except OSError as error:
        raise BackupRefused(f"{path} can't be opened: {error.strerror}.") from error
    with raw:
        try:
            archive = zipfile.ZipFile(raw)
            # Of another packing, zipfile unpacks without a bound.
            if any(member.compress_type not in _PACKED for member in archive.infolist()):
                raise zipfile.BadZipFile
        except _BROKEN as error:
            raise BackupRefused(
                f"{path} is not a backup, or its end is missing. Use another copy of it, or an "
                "earlier backup."
            ) from error
        with archive:
            yield Archive(path, archive)
