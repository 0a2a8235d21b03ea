"""The parts of a Word file, read with limits on everything that a hostile file could swell.

Pure. A .docx is a zip of XML files (ISO/IEC 29500-2). Nothing is fetched, nothing written.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from policies.text.importing.word.names import short, words_of

MAX_UNPACKED = 50_000_000
MAX_PART = 30_000_000  # bytes of one part of XML: its attributes and comments are not in MAX_TEXT
MAX_ENTRIES = 2_000
MAX_ELEMENTS = 500_000
# Of these, those that need no text; a letter may have as many as a run with all of its properties.
MAX_EMPTY, _OF_A_LETTER = 100_000, 10
MAX_OPEN = 100  # elements inside one another, and fields
# Characters in all parts together. A policy may have a third of that (text/markdown/limits.py), and
# reading takes a microsecond for each.
MAX_TEXT = 5_000_000
TOO_DEEP = "Its tables, text boxes or fields are nested too deeply."
TOO_MUCH_TEXT = "The file has more text than a policy can have. Split it into several."

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGED = "The file is damaged: {}. Open it in Word and save it again."


class Unreadable(ValueError):
    """A file that can't be read as a Word document; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points at. kind: the last word of its type. target: an address or a part."""

    kind: str
    target: str
    is_outside: bool = False


@dataclass(slots=True)
class Package:
    """An open .docx. document: the name of its main part. elements, characters: read so far."""

    archive: zipfile.ZipFile
    names: frozenset[str]
    document: str = ""
    elements: int = 0
    characters: int = 0
    _relations: dict[str, dict[str, Relation]] = field(default_factory=dict)

    def part(self, name: str) -> Element | None:
        """Return the root of an XML part, None if there is none. Raises Unreadable."""
        if name not in self.names:
            return None
        info = self.archive.getinfo(name)
        if info.file_size > MAX_PART:
            raise Unreadable(
                f"Its part {name} has {info.file_size:,} bytes; the most is {MAX_PART:,}. Split "
                "the file into several."
            )
        parser = XMLParser(target=_PartBuilder(self, name))  # noqa: S314  it refuses a DOCTYPE
        try:
            parser.feed(self._unpacked(info))
            root = parser.close()
        except Unreadable:
            raise
        except (ParseError, ValueError, LookupError) as error:
            raise Unreadable(_DAMAGED.format(f"its part {name} is not XML")) from error
        if next(root.iter(_FORMS), None) is not None:
            for parent in reversed(list(root.iter())):  # those inside first
                if parent.find(_FORMS) is not None:
                    parent[:] = chain.from_iterable(map(_chosen, list(parent)))
        return root

    def _unpacked(self, info: zipfile.ZipInfo) -> bytes:
        name = info.filename
        try:
            # Of any other packing, zipfile unpacks all there is, whatever size the file states.
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise RuntimeError
            with self.archive.open(info) as packed:
                return packed.read(info.file_size)  # without a size, it unpacks a gigabyte
        except RuntimeError as error:  # encrypted, or packed in a way that Word doesn't use
            raise Unreadable(
                f"Its part {name} is protected or packed in an unknown way. Save the file in Word "
                "as .docx without a password."
            ) from error
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError) as bad:
            raise Unreadable(_DAMAGED.format(f"its part {name} can't be unpacked")) from bad

    def relations(self, part: str) -> dict[str, Relation]:
        """Return id → what a part points at; a target inside the package is the name of a part."""
        if part in self._relations:
            return self._relations[part]
        folder, file = posixpath.split(part)
        root = self.part(posixpath.join(folder, "_rels", f"{file}.rels"))
        found: dict[str, Relation] = {}
        for relation in root if root is not None else ():
            target = relation.get("Target", "")
            is_outside = relation.get("TargetMode", "").lower() == "external"
            if not is_outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = relation.get("Type", "").rpartition("/")[2]
            found.setdefault(relation.get("Id", ""), Relation(kind, target, is_outside))
        self._relations[part] = found
        return found

    def outside(self) -> Iterator[str]:
        """Yield the addresses of files that Word would fetch: templates, pictures, other texts."""
        for name in sorted(file for file in self.names if file.endswith(".rels")):
            folder, file = posixpath.split(name)
            part = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
            for relation in self.relations(part).values():
                if relation.is_outside and relation.kind != "hyperlink":
                    yield relation.target

    def entries(self, kind: str) -> Iterator[Element]:
        """Yield the elements in all parts of a kind."""
        for _, root in self.related(kind):
            yield from root

    def targets(self, part: str, kind: str) -> list[str]:
        relations = self.relations(part).values()
        return [relation.target for relation in relations if relation.kind == kind]

    def related(self, kind: str) -> Iterator[tuple[str, Element]]:
        """Yield names and roots of the parts of a kind ("styles") that the document points at."""
        names = self.targets(self.document, kind)
        for name in dict.fromkeys(names or [f"word/{kind}.xml"]):
            if (root := self.part(name)) is not None:
                yield name, root


_FORMS = "mc:AlternateContent"


def _chosen(node: Element) -> Iterable[Element]:
    """Return, of several forms of the same content, the first with words, or else the last."""
    if node.tag != _FORMS:
        return (node,)
    choices = [choice for choice in node if choice.tag in ("mc:Choice", "mc:Fallback")]
    with_words = (choice for choice in choices if words_of(choice))
    return next(with_words, choices[-1] if choices else ())


class _PartBuilder(TreeBuilder):
    """Builds one part, within limits: without DOCTYPE, and so without entities."""

    def __init__(self, package: Package, name: str) -> None:
        super().__init__()
        self._package = package
        self._name = name
        self._open = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._open += 1
        self._package.elements += 1
        if self._open > MAX_OPEN:
            raise Unreadable(TOO_DEEP)
        most = min(MAX_EMPTY + _OF_A_LETTER * self._package.characters, MAX_ELEMENTS)
        if self._package.elements > most:
            raise Unreadable(f"The file has more than {most:,} parts. Split it into several.")
        for name in list(attributes):
            attributes[short(name)] = attributes.pop(name)
        return super().start(short(tag), attributes)

    def data(self, text: str, /) -> None:
        self._package.characters += len(text.strip())
        if self._package.characters > MAX_TEXT:
            raise Unreadable(TOO_MUCH_TEXT)
        super().data(text)

    def end(self, tag: str, /) -> Element:
        self._open -= 1
        return super().end(short(tag))

    def doctype(self, *_: object) -> None:
        raise Unreadable(f"Its part {self._name} has a DOCTYPE, which Word never writes.")


def open_package(data: bytes) -> Package:
    """Open a .docx. Raises Unreadable for what is not one, is protected, or exceeds a limit."""
    archive = _opened(data)
    package = Package(archive, frozenset(archive.namelist()))
    mains = package.targets("", "officeDocument")
    found = [name for name in (*mains, "word/document.xml") if name in package.names]
    if not found:
        raise Unreadable(
            "The file contains no Word document (word/document.xml). Save it as .docx."
        )
    package.document = found[0]
    return package


def _opened(data: bytes) -> zipfile.ZipFile:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable(
                "The file is protected by a password. Remove the password in Word "
                "(File → Info → Protect Document) and save it again."
            )
        raise Unreadable("This is a .doc file of Word 97–2003. Save it in Word as .docx.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (
        *(zipfile.BadZipFile, NotImplementedError, struct.error),
        *(ValueError, OSError, EOFError, OverflowError),
    ) as error:
        raise Unreadable(
            "This is not a Word file, or it is damaged. Open it in Word and save it as .docx."
        ) from error
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(f"The file holds {len(entries):,} parts; the most is {MAX_ENTRIES:,}.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise Unreadable(
            f"The file unpacks to {unpacked:,} bytes; the most is {MAX_UNPACKED:,}. Remove "
            "its pictures: they are not imported."
        )
    return archive
