"""The finished policies of a folder, as `make bench BENCH=findings` uses them."""

from typing import NamedTuple

from policies.text import importing
from policies.text.document import Document


class Finished(NamedTuple):
    """A policy. name: its path in the folder."""

    name: str
    document: Document


def policies(folder):
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".md", ".html") and path.name != "README.md":
            name = str(path.relative_to(folder))
            yield Finished(name, importing.read(path.name, path.read_bytes()).document)
