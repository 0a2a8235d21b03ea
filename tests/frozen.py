"""Hashes of everything that is made of a text, so that a change of the code can't change a byte.

What readers, apps, digests and Word files have must stay. The hashes of the tests' own texts are
in policies/corpus/frozen.txt. Other texts can be compared between two versions of the code:

    python -m tests.frozen FOLDER >before.txt     and, after the change, >after.txt; then diff
    python -m tests.frozen >tests/policies/corpus/frozen.txt    after a change that is meant

Word files are hashed as the files in the zip: how they are packed depends on the zlib.
"""

import hashlib
import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from policies.text import document as documents
from policies.text import importing, redline, rendering, renumbering, surface, word_export
from policies.text.akoma_ntoso import Version, convert
from policies.text.document import DocumentError, Section
from policies.text.importing import pasting
from policies.text.markdown.limits import RenderingRefused
from policies.text.word_export import Facts
from tests.policies.text.word_files import unzipped

TEXTS = Path(__file__).parent / "policies" / "corpus" / "policies"
FROZEN = TEXTS.parent / "frozen.txt"

_AT = datetime(2026, 5, 2, 9, 30, tzinfo=UTC)
_FACTS = Facts(
    header="Privacy policy · Version 3",
    language="en",
    base="https://policies.softphonez.com/privacy/",
    at=_AT,
    author="Softphonez",
    properties={"PolicySlug": "privacy", "PolicyVersion": "3"},
)
_VERSION = Version(
    slug="privacy",
    language="en",
    country="de",
    organisation="Softphonez",
    number=3,
    title="Privacy policy",
    kind="material",
    change_note="Shorter",
    digest="0" * 64,
    work_on=date(2025, 1, 31),
    published_on=date(2026, 4, 1),
    last_updated_on=date(2026, 3, 31),
    published_at=_AT,
    effective_at=_AT,
    policy_url="https://example.com/privacy/",
    url="https://example.com/privacy/versions/3/",
    markdown_url="https://example.com/privacy/versions/3.md",
)


def revised(document):
    """Return the text after an afternoon of edits: a section moved, one removed, one added, words
    changed, a paragraph and a clause inserted. The same for the same text.
    """
    sections = [_reworded(section) for section in document.sections]
    if len(sections) > 2:
        sections.insert(1, sections.pop())
    if len(sections) > 4:
        del sections[3]
    added = "We inform you of changes.\n\n1. By e-mail.\n2. On this page."
    sections.insert(len(sections) // 2, Section("Changes", "changes-that-were-added", added))
    introduction = f"{document.introduction}\n\nThis is new."
    return replace(document, introduction=introduction, sections=tuple(sections))


def _reworded(section):
    lines = section.body.split("\n")
    for number in range(0, len(lines), 5):
        lines[number] = lines[number].replace(" the ", " that ").replace(" you ", " the user ", 1)
    if len(lines) > 6:
        lines[3:3] = ["", "A paragraph that was inserted.", ""]
    heading = section.heading if len(section.body) % 3 else f"{section.heading} and more"
    try:
        return replace(section, heading=heading, body="\n".join(lines))
    except DocumentError:  # a paragraph that ends what it was inserted in
        return section


def _redline(old, new):
    result = redline.compare(old, new)
    changes = redline.changes_between(old, new)
    assert changes.resolve(()) == new
    assert changes.resolve(change.id for change in changes.listed) == old
    return [result.title.html, result.html, result.changes, repr(result.summary)]


def _word(old, new):
    data = word_export.write_redline(old, new, _FACTS)
    files = sorted(unzipped(data).items())
    came_back = importing.read("privacy.docx", data)
    packed = [(name, hashlib.sha256(content).hexdigest()) for name, content in files]
    return [packed, documents.serialize(came_back.document), came_back.notes]


def _rendered(document):
    page = rendering.render_document(document)
    return [page.html, page.contents, page.anchors, page.removed]


def _akoma_ntoso(document):
    return convert(rendering.render_document(document).html, _VERSION).decode()


def _surface(document):
    return surface.divide_all(list(documents.parts(document)))


def made_of(document):
    """Yield the name of each thing that is made of a text, and what makes it."""
    new = revised(document)
    yield "markdown", lambda: documents.serialize(document)
    yield "html", lambda: _rendered(document)
    yield "html of the revised text", lambda: _rendered(new)
    yield "surface", lambda: _surface(document)
    yield "akoma ntoso", lambda: _akoma_ntoso(document)
    yield "redline", lambda: _redline(document, new)
    yield "redline back", lambda: _redline(new, document)
    yield "word", lambda: _word(document, document)
    yield "word redline", lambda: _word(document, new)
    yield "renumbered", lambda: documents.serialize(renumbering.corrected(document, new))


def hashes(path, *, without=()):
    """Yield a line for each thing that is made of a file: its hash, the file's name, what it is.

    without: names of things to leave out.
    """
    data = path.read_bytes()
    if path.suffix == ".html":
        html = data.decode(errors="replace")
        yield f"{_hash(lambda: repr(pasting.read(html)))} {path.name} pasted"
    try:
        imported = importing.read(path.name, data)
    except importing.ImportRefused as refused:
        reason = str(refused)
        yield f"{_hash(lambda: reason)} {path.name} refused"
        return
    yield f"{_hash(lambda: imported.notes)} {path.name} notes"
    for clauses in sorted({imported.document.clauses, True}):
        document = replace(imported.document, clauses=clauses)
        kind = " as clauses" if clauses else ""
        for name, make in made_of(document):
            if name in without:
                continue
            yield f"{_hash(make)} {path.name}{kind} {name}"


def _hash(make):
    try:
        value = make()
    except (RenderingRefused, DocumentError) as refused:
        value = f"refused: {refused}"
    written = value if isinstance(value, str) else json.dumps(value, default=repr)
    return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()[:16]


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TEXTS
    for text in sorted(path for path in folder.rglob("*.*") if path.suffix in {".md", ".html"}):
        sys.stdout.writelines(f"{line}\n" for line in hashes(text))
        sys.stdout.flush()
