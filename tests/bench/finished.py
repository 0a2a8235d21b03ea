"""The finished policies of a folder, as `make bench BENCH=findings` and the classifier use them.

leftovers.txt has what is unfinished in them nevertheless.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from policies.text import importing
from policies.text.document import Document

LEFTOVERS = Path(__file__).with_name("leftovers.txt")


class Finished(NamedTuple):
    """A policy. leftovers: words of what is unfinished in it."""

    name: str
    document: Document
    leftovers: tuple[str, ...]

    @property
    def organisation(self) -> str:
        """Who published it: the folder, or where that has many, the first word of the file."""
        folder, _, file = self.name.partition("/")
        return re.split(r"[-.]", file)[0] if folder.startswith("ota-") else folder


def policies(folder: Path) -> Iterator[Finished]:
    entries = [
        line.split("\t")
        for line in LEFTOVERS.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".md", ".html") and path.name != "README.md":
            name = str(path.relative_to(folder))
            known = tuple(words for where, words in entries if fnmatch(name, where))
            yield Finished(name, importing.read(path.name, path.read_bytes()).document, known)
