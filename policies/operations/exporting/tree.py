"""The folder that an export is written to, with a record of what exports wrote there.

The record ("memory") is a small SQLite file in `.export/`. A run that is killed at any moment has
recorded every file that it may have begun, so the next run goes on from there and takes no other
file for ours. Files appear whole: each is written aside and renamed into place (POSIX rename is
atomic).
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# File suffixes by content coding (RFC 9110, 8.4.1).
SUFFIXES = {"br": ".br", "gzip": ".gz"}
OWN = ".export"
# SQLite's codes for a file that is not a database, a damaged one, and one with other tables.
_NO_MEMORY = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR}


class ExportRefused(Exception):
    """The folder can't be written to. The message is for the person at the terminal."""


@dataclass(frozen=True)
class Entry:
    """One public URL as it was exported.

    file: relative to the folder, "" for a redirect. sizes: in bytes, by content coding.
    """

    url: str
    status: int
    headers: dict[str, str]
    file: str
    sizes: dict[str, int]


def file_of(url: str) -> str:
    """Return the file for a URL's path: privacy/index.html for /privacy/.

    Raises ExportRefused for a path that can't be a file's name.
    """
    parts = url.removeprefix("/").split("/")
    if not url.startswith("/") or any(part in {"", ".", ".."} for part in parts[:-1]) or "%" in url:
        raise ExportRefused(f"{url} can't be the name of a file.")
    if parts[0] == OWN:
        raise ExportRefused(f"{url} is where the export keeps its own files.")
    return url[1:] + ("index.html" if parts[-1] == "" else "")


class Tree:
    """The folder, locked by one run until `close`."""

    def __init__(self, folder: Path) -> None:
        """Lock the folder, which is made if missing. Raises ExportRefused if that is impossible."""
        self.folder, self.own = folder, folder / OWN
        try:
            self._refuse_foreign_memory()
            (self.own / "unfinished").mkdir(parents=True, exist_ok=True)
            self.lock = (self.own / "lock").open("a")
        except OSError as error:
            raise ExportRefused(f"{folder} can't be written to: {error.strerror}.") from error
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.lock.close()
            raise ExportRefused(f"Another export is writing to {folder} just now.") from error
        try:
            for left in filter(_is_begun, (self.own / "unfinished").iterdir()):
                left.unlink()
            self._remember()
        except OSError as error:
            self.lock.close()
            raise ExportRefused(f"{self.own} can't be written to: {error.strerror}.") from error
        except sqlite3.Error as error:
            self.lock.close()
            raise ExportRefused(f"{self.own} {_about_memory(error)}") from error

    def _refuse_foreign_memory(self) -> None:
        """Raise ExportRefused if `.export/` is not ours, before anything is written to it.

        It is not if it is a link, or has files in it but not the record of an export.
        """
        if self.own.is_symlink() or (self.own / "unfinished").is_symlink():
            raise ExportRefused(f"{self.own} is a link. Exported files stay inside {self.folder}.")
        if (self.own / "manifest.sqlite3").is_file():
            return
        others = {it.name for it in self.own.glob("*")} - {"lock", "unfinished"}
        held = [*others, *(it.name for it in self.own.glob("unfinished/*") if not _is_begun(it))]
        if held:
            raise ExportRefused(
                f"{self.own} was not made by export_site, and it has {held[0]} in it. Move it "
                "away, or export to another folder."
            )

    def _remember(self) -> None:
        self.memory = sqlite3.connect(self.own / "manifest.sqlite3", isolation_level=None)
        try:
            # Nothing is lost if the process is killed. After a power cut, `stands` notices files
            # that are not complete.
            self.memory.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
                "CREATE TABLE IF NOT EXISTS entry (url TEXT PRIMARY KEY, status INT, headers TEXT,"
                " file TEXT, sizes TEXT, run INT) WITHOUT ROWID;"
                "CREATE TABLE IF NOT EXISTS made (path TEXT PRIMARY KEY) WITHOUT ROWID;"
                "CREATE TABLE IF NOT EXISTS noted (name TEXT PRIMARY KEY, value TEXT)"
                " WITHOUT ROWID;"
            )
            self.run = int(self.noted("run") or 1)
        except sqlite3.Error:
            self.memory.close()
            raise

    def close(self) -> None:
        self.memory.close()
        self.lock.close()

    def noted(self, name: str) -> str:
        """Return the value that a run noted under this name, "" if there is none."""
        row = self.memory.execute("SELECT value FROM noted WHERE name = ?", [name]).fetchone()
        return row[0] if row else ""

    def note(self, name: str, value: str) -> None:
        self.memory.execute("REPLACE INTO noted VALUES (?, ?)", [name, value])

    def begin(self) -> None:
        """Begin a new run: every entry counts as unseen until `keep` or `put` is called for it."""
        self.run += 1
        self.note("run", str(self.run))

    # --- Files -----------------------------------------------------------------------------------

    def refuse_foreign(self, name: str) -> None:
        """Raise ExportRefused if there is something at this name that no run has written."""
        if name and not self._is_ours(name) and os.path.lexists(self.folder / name):
            raise ExportRefused(
                f"{self.folder / name} was not written by export_site, which would have to replace "
                "it. Move it away, or export to another folder."
            )

    def has(self, name: str, content: bytes) -> bool:
        """Return whether a file is there with exactly this content."""
        with suppress(OSError):
            return (self.folder / name).read_bytes() == content
        return False

    def write(self, name: str, content: bytes) -> bool:
        """Write a file unless it has this content; return whether it was written.

        Records the file as ours either way.
        """
        path = self.folder / name
        self.refuse_foreign(name)
        if self.has(name, content):
            self._claim(name)
            return False
        self._make_folder(path.parent)
        self._claim(name)
        aside = self.own / "unfinished" / str(os.getpid())
        aside.write_bytes(content)
        aside.replace(path)
        return True

    def remove(self, name: str) -> None:
        """Remove a file that a run wrote, and then folders that runs made and that are empty."""
        if not self._is_ours(name):
            return
        (self.folder / name).unlink(missing_ok=True)
        self._forget(name)
        for folder in Path(name).parents[:-1]:
            if not self._is_ours(str(folder)):
                return
            try:
                (self.folder / folder).rmdir()
            except FileNotFoundError:
                pass
            except OSError:  # it is not empty
                return
            self._forget(str(folder))

    def _make_folder(self, folder: Path) -> None:
        """Make a folder and those above it. Raises ExportRefused for a link: it leads outside."""
        if folder == self.folder:
            return
        self._make_folder(folder.parent)
        if folder.is_symlink():
            raise ExportRefused(f"{folder} is a link. Exported files stay inside {self.folder}.")
        if not folder.is_dir():
            folder.mkdir()
            self._claim(str(folder.relative_to(self.folder)))

    def _is_ours(self, name: str) -> bool:
        found = self.memory.execute("SELECT 1 FROM made WHERE path = ?", [name])
        return found.fetchone() is not None

    def _claim(self, name: str) -> None:
        self.memory.execute("INSERT OR IGNORE INTO made VALUES (?)", [name])

    def _forget(self, name: str) -> None:
        self.memory.execute("DELETE FROM made WHERE path = ?", [name])

    # --- Entries ---------------------------------------------------------------------------------

    def put(
        self, url: str, status: int, headers: dict[str, str], bodies: Mapping[str, bytes]
    ) -> bool:
        """Write and record the answer to a URL; return whether any file was written.

        bodies: by content coding, "identity" among them; empty for a redirect.
        """
        name = file_of(url) if bodies else ""
        written = False
        # The plain file last: a reader who sees it new finds its encodings new as well.
        for coding, suffix in SUFFIXES.items():
            if coding in bodies:
                written |= self.write(f"{name}{suffix}", bodies[coding])
            else:
                self.remove(f"{file_of(url)}{suffix}")
        if bodies:
            written |= self.write(name, bodies["identity"])
            self._align_times(name, bodies)
        else:
            self.remove(file_of(url))
        self.memory.execute(
            "REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)",
            [
                url,
                status,
                json.dumps(headers),
                name,
                json.dumps({coding: len(body) for coding, body in sorted(bodies.items())}),
                self.run,
            ],
        )
        return written

    def _align_times(self, name: str, bodies: Mapping[str, bytes]) -> None:
        """Give a file's encodings its own modification time: servers then date them alike."""
        modified = (self.folder / name).stat().st_mtime_ns
        for coding, suffix in SUFFIXES.items():
            path = self.folder / f"{name}{suffix}"
            if coding in bodies and path.stat().st_mtime_ns != modified:
                os.utime(path, ns=(modified, modified))

    def entry(self, url: str) -> tuple[Entry, int] | None:
        """Return the entry of a URL and the run that last saw it; None if there is none."""
        row = self.memory.execute("SELECT * FROM entry WHERE url = ?", [url]).fetchone()
        return (_entry(row), row[5]) if row else None

    def stands(self, entry: Entry) -> bool:
        """Return whether all files of an entry are there, in the size that they were written in."""
        try:
            return all(
                (self.folder / f"{entry.file}{SUFFIXES.get(coding, '')}").lstat().st_size == size
                for coding, size in entry.sizes.items()
            )
        except OSError:
            return False

    def keep(self, url: str) -> None:
        """Count an entry as seen by this run."""
        self.memory.execute("UPDATE entry SET run = ? WHERE url = ?", [self.run, url])

    def entries(self) -> Iterator[Entry]:
        """Yield the entries that this run has seen, sorted by URL."""
        rows = self.memory.execute("SELECT * FROM entry WHERE run = ? ORDER BY url", [self.run])
        return map(_entry, rows)

    def remove_unseen(self) -> int:
        """Remove the files and entries that this run has not seen; return how many URLs."""
        gone = self.memory.execute("SELECT * FROM entry WHERE run <> ?", [self.run]).fetchall()
        for entry in map(_entry, gone):
            if entry.file:
                for suffix in ("", *SUFFIXES.values()):
                    self.remove(f"{entry.file}{suffix}")
            self.memory.execute("DELETE FROM entry WHERE url = ?", [entry.url])
        return len(gone)


def _about_memory(error: sqlite3.Error) -> str:
    """Return the end of a sentence: why the record can't be opened, and what to do."""
    # The code's first eight bits are its kind (https://www.sqlite.org/rescode.html).
    if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_NOTADB) & 0xFF in _NO_MEMORY:
        return (
            f"does not have the record of an export: {error}. Remove it and what was exported, and "
            "export again."
        )
    return (
        f"can't be used just now: {error}. What was exported is whole: see that the disk has room "
        "and nothing else uses the folder, and the next export goes on from here."
    )


def _is_begun(file: Path) -> bool:
    """Return whether a run had begun to write this file: its name is a process id."""
    return file.name.isdigit() and file.is_file()


def _entry(row: tuple[str, int, str, str, str, int]) -> Entry:
    url, status, headers, file, sizes, _ = row
    return Entry(url, status, json.loads(headers), file, json.loads(sizes))
