"""Policy files, read into front matter, a Document and notes; and written again.

Pure: bytes in, values out. Whatever can't be taken is refused with file, line and reason.

    metadata.py             what a file says about its policy beside the text
    dates.py                the dates that a text states: "Last updated: 3 March 2024"
    conversion.py           from HTML, or Markdown with HTML in it, to Markdown
    html/                   HTML as a tree, and what its elements mean
    word/                   from a Word file to a Document
    returned.py             a Word file that came back, with tracked changes and comments
    pasting.py              from a clipboard's HTML to Markdown
    inline_markdown.py      writes inline text

docs/adr/0025-importing.md says why the conversion is ours.
"""

import math
import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from policies.text.document import (
    Document,
    DocumentError,
    read_any_style,
    read_canonical,
    with_front_matter,
)
from policies.text.importing import conversion
from policies.text.importing.metadata import (
    HTML,
    KEYS,
    MARKDOWN,
    SUFFIXES,
    WORD,
    FrontMatter,
    ImportRefused,
    read_metadata,
    slug_from,
    title_from,
)
from policies.text.importing.word import docx
from policies.text.language_detection import are_alike, detect
from policies.text.limits import MAX_FILE
from policies.text.markdown import characters, frontmatter
from policies.text.markdown.import_notes import MAX_LISTED, OTHER_LANGUAGE, ImportNote
from policies.text.markdown.limits import RenderingRefused

__all__ = [
    "SUFFIXES",
    "WORD",
    "FrontMatter",
    "ImportRefused",
    "Imported",
    "checked_kind",
    "not_shown",
    "read",
    "write",
]

MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """notes: what could not be kept as it was, by line, those without one last.

    apparent_language: the language that a page of HTML states or that the words are in, for a file
    whose front matter and name give none; None if that is unclear.
    """

    front: FrontMatter
    document: Document
    notes: tuple[ImportNote, ...] = ()
    apparent_language: str | None = None


def read(name: str, data: bytes, *, languages: Container[str] = (), language: str = "") -> Imported:
    """Read a policy file as it is found.

    name: its path, from which its kind and slug follow; refusals name it. languages: the tags
    that name a file's language where its stem ends with one (privacy.de.md). language: of the
    policy that it is for, if that is known.
    Raises ImportRefused for a file that is too big, not UTF-8, of an unknown kind or empty, for
    front matter that does not parse or has an impossible title or date, and for a Word file that
    is damaged or protected.
    """
    if checked_kind(name, len(data)) in WORD:
        word = docx.read(name, data)
        named = FrontMatter(slug=slug_from(name), name=word.document.title)
        return _with_language(Imported(named, word.document, word.notes), language)
    text, notes = _decoded(name, data)
    try:
        split = frontmatter.split(text)
    except frontmatter.FrontMatterError as error:
        raise ImportRefused(name, error.line, error.reason) from error
    if not split.rest.strip():
        what = "The file has no text after its front matter." if split.block else ""
        raise ImportRefused(name, 1, what or "The file is empty.")
    front, more_notes = read_metadata(name, split, languages)
    notes += more_notes
    try:
        document, more_notes, stated = _document(name, split)
    except (DocumentError, RenderingRefused) as error:
        raise ImportRefused(name, split.lines + 1, str(error)) from error
    if "name" not in split.values:
        front["name"] = document.title
    in_order = tuple(sorted(notes + more_notes, key=lambda note: note.line or math.inf))
    imported = Imported(FrontMatter(**front), document, in_order)  # type: ignore[arg-type]
    tag = stated.lower().replace("_", "-")
    usable = next((known for known in (tag, tag.partition("-")[0]) if known in languages), None)
    return _with_language(replace(imported, apparent_language=usable), language)


def _with_language(imported: Imported, language: str) -> Imported:
    """Add which language a file's words are in if nothing states it, or a note if that is another.

    language: as in `read`.
    """
    found = detect(as_text(imported.document))
    stated = language or imported.front.language or imported.apparent_language
    if not stated or found is None or are_alike(found, stated.partition("-")[0]):
        return replace(imported, apparent_language=imported.apparent_language or found)
    note = ImportNote(OTHER_LANGUAGE, f"{found}, not {stated}")
    return replace(imported, notes=(*imported.notes, note))


def as_text(document: Document) -> str:
    parts = [f"{section.heading}\n\n{section.body}" for section in document.sections]
    return "\n\n".join([document.title, document.introduction, *parts])


def write(front: FrontMatter, document: Document) -> str:
    """Return a file from which `read` gets the same front matter and Document."""
    values = {key: document.title if key == "title" else getattr(front, key) for key in KEYS}
    return with_front_matter(values, document)


def checked_kind(name: str, size: int) -> str:
    """Return the ending of a file's name. size: in bytes. Raises ImportRefused for a kind of file
    that can't be read, and for one that is too large.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix == ".doc":
        reason = "Files of Word 97–2003 can't be read. Save it in Word as .docx."
        raise ImportRefused(name, 1, reason)
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        reason = f"Files of this kind can't be read. Save the text as one of these: {known}."
        raise ImportRefused(name, 1, reason)
    most = MAX_FILE if suffix in WORD else MAX_BYTES
    if size > most:
        reason = f"The file has {size:,} bytes; the most is {most:,}. Split it into several."
        raise ImportRefused(name, 1, reason)
    return suffix


def read_word(name: str, data: bytes) -> docx.WordText:
    """Read a Word file of a text of ours, and what a text can't hold. The numbers in its headings
    are words, whichever sections there are by now. Raises ImportRefused.
    """
    if checked_kind(name, len(data)) not in WORD:
        raise ImportRefused(name, 1, "This is not a Word file. Choose a file that ends in .docx.")
    return docx.read(name, data, keeps_numbers=True)


def _decoded(name: str, data: bytes) -> tuple[str, tuple[ImportNote, ...]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        what = f"byte {error.start} is 0x{data[error.start]:02X}"
        reason = f"The file is not UTF-8: {what}. Save it as UTF-8."
        raise ImportRefused(name, line, reason) from error
    return characters.clean(text)


def _document(name: str, split: frontmatter.Split) -> tuple[Document, tuple[ImportNote, ...], str]:
    """Return the text, notes on it, and the language that a page of HTML states, a tag, or ""."""
    if canonical := read_canonical(split):
        return canonical, (), ""
    values, line = {**split.values}, split.lines + 1
    clauses = values.get("clauses")
    clauses = clauses if isinstance(clauses, bool) else None
    if PurePath(name).suffix.lower() in HTML:
        found = conversion.from_html(split.rest, first_line=line)
    else:
        found = conversion.from_markdown(split.rest, first_line=line, clauses=clauses)
    if found.title and not found.has_title and not values.get("title"):
        values["title"] = found.title
    if found.clauses and clauses is None:
        values["clauses"] = True
    fallback = found.title or str(values.get("name") or "") or title_from(name)
    converted = frontmatter.Split(values, split.block, found.markdown)
    document, notes = read_any_style(converted, fallback)
    if not found.keeps_lines:
        notes = tuple(replace(note, line=None) for note in notes)
    return document, found.notes + notes, found.language


def not_shown(removed: Sequence[str], name: str, data: bytes) -> Iterator[ImportNote]:
    """Yield notes on what a page does not show as it was written.

    removed: rendering.Rendered.removed, which has each once. name, data: the file's; of Markdown
    there is a note for each place.
    """
    is_markdown = PurePath(name).suffix.lower() in MARKDOWN
    source = data.decode("utf-8", "replace") if removed and is_markdown else ""
    counts = Counter[str]()
    for message in removed:
        kind, _, words = message.partition(": ")
        wanted = counts[kind] < MAX_LISTED  # to find those that nobody is shown takes long
        found = list(_lines_with(source, words.removesuffix("…"))) if wanted else []
        lines: list[int | None] = [*found] or [None]
        counts[kind] += len(lines)
        yield from (ImportNote(kind, words, line) for line in lines)


def _lines_with(source: str, words: str) -> Iterator[int]:
    """Yield the 1-based line of each place at which a file has words just as they are."""
    line, counted = 1, 0
    for found in re.finditer(re.escape(words), source) if words else ():
        line += source.count("\n", counted, found.start())
        counted = found.start()
        yield line
