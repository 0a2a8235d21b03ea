"""The folder that an export is written to, with a record of what exports wrote there.

New files are written beside the others, into `.export/next/`, and moved into place once every page
is there (POSIX rename is atomic). Until then, the folder is as the last export left it, and a run
that is killed goes on from its record: a line of JSON for each URL, appended as it is finished.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# File suffixes by content coding (RFC 9110, 8.4.1).
SUFFIXES = {"br": ".br", "gzip": ".gz"}
OWN = ".export"


class ExportFailed(Exception):
    """The site can't be exported, or not to that folder. The message is for the operator."""


@dataclass(frozen=True)
class ExportedUrl:
    """One public URL as it was exported.

    file: relative to the folder, "" for a redirect. sizes: in bytes, by content coding, sorted; -1
    where the size is not known.
    """

    url: str
    status: int
    headers: dict[str, str]
    file: str
    sizes: dict[str, int]

    @property
    def files(self) -> dict[str, int]:
        """Its files with their sizes; the plain one last."""
        return {
            f"{self.file}{SUFFIXES.get(coding, '')}": size for coding, size in self.sizes.items()
        }


def file_of(url: str) -> str:
    """Return the file for a URL's path: privacy/index.html for /privacy/.

    Raises ExportFailed for a path that can't be a file's name.
    """
    parts = url.removeprefix("/").split("/")
    if not url.startswith("/") or any(part in {"", ".", ".."} for part in parts[:-1]) or "%" in url:
        raise ExportFailed(f"{url} can't be the name of a file.")
    if parts[0] == OWN:
        raise ExportFailed(f"{url} is where the export keeps its own files.")
    return url[1:] + ("index.html" if parts[-1] == "" else "")


class ExportFolder:
    """The folder, locked by one run until `close`.

    known: every URL that a run has finished. seen: those that this run has. state: what `begin` was
    called with last.
    """

    def __init__(self, folder: Path) -> None:
        """Lock the folder, which is made if missing. Raises ExportFailed if that is impossible."""
        self.folder, self.own = folder, folder / OWN
        self.next, self.record = self.own / "next", self.own / "record.jsonl"
        self.known: dict[str, ExportedUrl] = {}
        self.seen: set[str] = set()
        self.state: list[str] = []
        self._ours: set[str] = set()
        self._folders = {folder}  # that are no links
        try:
            self._refuse_foreign_record()
            self.own.mkdir(parents=True, exist_ok=True)
            self._lock = (self.own / "lock").open("a")
        except OSError as error:
            raise ExportFailed(f"{folder} can't be written to: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._load()
            self._lines = self.record.open("a", encoding="utf-8")
        except BlockingIOError as error:
            self._lock.close()
            raise ExportFailed(f"Another export is writing to {folder} just now.") from error
        except OSError as error:
            self._lock.close()
            raise ExportFailed(f"{self.own} can't be used: {error.strerror}.") from error

    def close(self) -> None:
        with suppress(OSError):  # a full disk: what is not recorded is requested again
            self._lines.close()
        self._lock.close()

    def _refuse_foreign_record(self) -> None:
        """Raise ExportFailed if `.export/` is a link, or holds files but no export's record."""
        if self.own.is_symlink() or self.next.is_symlink():
            raise ExportFailed(f"{self.own} is a link. Exported files stay inside {self.folder}.")
        held = {path.name for path in self.own.glob("*")} - {"lock"}
        if held and not held & {"record.jsonl", "files.jsonl"}:
            raise ExportFailed(
                f"{self.own} was not made by export_site, and it has {min(held)} in it. Move it "
                "away, or export to another folder."
            )

    # --- The record ------------------------------------------------------------------------------

    def _load(self) -> None:
        # Version 1.0 kept its record elsewhere; what it exported is in files.jsonl.
        old = self.own / "files.jsonl"
        source = self.record if self.record.exists() else old
        if not source.exists():
            return
        with source.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                # A line that a power cut spoilt is skipped: its URL is requested again.
                with suppress(ValueError, KeyError, TypeError):
                    self._learn(json.loads(line))
        if source == old:
            self._ours |= {"_headers", "_redirects"}
            self._rewrite_record()

    def _learn(self, line: dict[str, Any]) -> None:
        if "state" in line:
            self.state, self.seen = line["state"], set()
        elif "also" in line:
            self._ours |= set(line["also"])
        else:
            file = line["file"] or ""
            codings = sorted(["identity", *line.get("encodings", ())]) if file else ()
            sizes = line.get("sizes", dict.fromkeys(codings, -1))
            self._see(ExportedUrl(line["url"], line["status"], line["headers"], file, sizes))

    def _see(self, entry: ExportedUrl) -> None:
        self.known[entry.url] = entry
        self.seen.add(entry.url)
        self._ours.update(entry.files)

    def _note(self, line: dict[str, Any]) -> None:
        self._lines.write(f"\n{json.dumps(line)}\n")  # the first \n ends a line that was cut off

    def _rewrite_record(self) -> None:
        entries = [asdict(self.known[url]) for url in sorted(self.seen)]
        also = sorted(self._ours.difference(*(self.known[url].files for url in self.seen)))
        lines = [{"state": self.state}, {"also": also}, *entries]
        new = self.own / "record.new"
        new.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        new.replace(self.record)

    # --- A run -----------------------------------------------------------------------------------

    def begin(self, state: list[str], *, anew: bool = False) -> None:
        """Go on with the run of this state, or begin one: then no entry counts as seen."""
        if anew or self.state != state:
            self._learn({"state": state})
            self._note({"state": state})

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Raise ExportFailed if anything at one of these names was not written by an export, or if
        a link on the way to it leads elsewhere.
        """
        for name in names:
            path = self.folder / name
            if name not in self._ours and os.path.lexists(path):
                raise ExportFailed(
                    f"{path} was not written by export_site, which would have to replace it. Move "
                    "it away, or export to another folder."
                )
            for parent in path.parents:
                if parent in self._folders:
                    break
                if parent.is_symlink():
                    raise ExportFailed(
                        f"{parent} is a link. Exported files stay inside {self.folder}."
                    )
                self._folders.add(parent)

    def is_whole(self, entry: ExportedUrl) -> bool:
        """Return whether all files of an entry are there, in the size that they were written in."""
        try:
            return all(
                self._path(name).lstat().st_size == size for name, size in entry.files.items()
            )
        except OSError:
            return False

    def has(self, entry: ExportedUrl, content: bytes) -> bool:
        """Return whether the plain file of an entry has exactly this content."""
        return _has(self._path(entry.file), content)

    def _path(self, name: str) -> Path:
        """Return where a file is: beside the others if it is new."""
        new = self.next / name
        return new if new.is_file() else self.folder / name

    def keep(self, entry: ExportedUrl) -> None:
        """Count an entry as seen by this run."""
        self._see(entry)
        self._note(asdict(entry))

    def put(
        self, url: str, status: int, headers: dict[str, str], bodies: Mapping[str, bytes]
    ) -> bool:
        """Write and record the response of a URL; return whether any file has changed.

        bodies: by content coding, "identity" among them; empty for a redirect.
        """
        sizes = {coding: len(body) for coding, body in sorted(bodies.items())}
        entry = ExportedUrl(url, status, headers, file_of(url) if bodies else "", sizes)
        self.refuse_foreign(entry.files)
        changed = [
            self._write(f"{entry.file}{SUFFIXES.get(coding, '')}", body)
            for coding, body in bodies.items()
        ]
        self.keep(entry)
        return any(changed)

    def _write(self, name: str, content: bytes) -> bool:
        new = self.next / name
        if _has(self.folder / name, content):
            new.unlink(missing_ok=True)
            return False
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        return True

    def entries(self) -> list[ExportedUrl]:
        """Return the entries that this run has seen, sorted by URL."""
        return [self.known[url] for url in sorted(self.seen)]

    def finish(self, others: Mapping[str, str]) -> int:
        """Move what is new into place and remove what this run has not seen; return how many URLs.

        others: the texts of files that belong to no URL, by name.
        """
        self.refuse_foreign(name for name in others if not name.startswith(f"{OWN}/"))
        for name, text in others.items():
            self._write(name, text.encode())
        # From here on, every file that may be moved into place is recorded as ours.
        self._note({"also": [name for name in others if not name.startswith(f"{OWN}/")]})
        self._ours |= set(others)
        self._lines.close()
        for entry in self.entries():
            moved = [self._move(name) for name in entry.files]
            if any(moved):
                self._align_times(entry)
        for name in others:
            self._move(name)
        gone = self.known.keys() - self.seen
        wanted = set(others).union(*(self.known[url].files for url in self.seen))
        for name in self._ours - wanted:
            self._remove(name)
        self._ours = wanted - {name for name in others if name.startswith(f"{OWN}/")}
        self._rewrite_record()
        for left in (self.next, self.own / "unfinished"):
            shutil.rmtree(left, ignore_errors=True)
        for left in self.own.glob("manifest.sqlite3*"):  # the record of version 1.0
            left.unlink()
        return len(gone)

    def _move(self, name: str) -> bool:
        new, path = self.next / name, self.folder / name
        if not new.is_file():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        new.replace(path)
        return True

    def _align_times(self, entry: ExportedUrl) -> None:
        """Give a file's encodings its own modification time: servers then date them alike."""
        modified = (self.folder / entry.file).stat().st_mtime_ns
        for name in entry.files:
            os.utime(self.folder / name, ns=(modified, modified))

    def _remove(self, name: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        with suppress(OSError):  # a folder is not empty, or not there
            for parent in path.relative_to(self.folder).parents[:-1]:
                (self.folder / parent).rmdir()


def _has(path: Path, content: bytes) -> bool:
    with suppress(OSError):
        return path.read_bytes() == content
    return False
