"""Word files judged by their schema (ISO/IEC 29500): Microsoft's Open XML SDK validates them.

The validator takes one file per process, so that many texts are the sections of one.
"""

import json
import os
import subprocess
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from policies.text import importing, word_export
from policies.text.document import Document, Section
from policies.text.quotations import Quotation
from policies.text.word_export import Comment
from tests.conftest import sample
from tests.machine import OOXML_VALIDATOR
from tests.policies.text.examined import POLICIES
from tests.policies.text.test_redline_exactness import documents as nasty_documents
from tests.policies.text.test_word_export import TEXT, read
from tests.policies.text.word_edits import with_text
from tests.policies.text.word_exports import FACTS

pytestmark = [pytest.mark.slow, pytest.mark.ooxml]

# So few that what is wrong is found in the file, and so many that few processes are started.
TEXTS_PER_FILE = 17


def complaints(data, folder):
    path = folder / "text.docx"
    path.write_bytes(data)
    environment = {
        **os.environ,
        "DOTNET_BUNDLE_EXTRACT_BASE_DIR": str(folder / "dotnet"),
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",  # without it, .NET looks for ICU
    }
    command = [str(OOXML_VALIDATOR), str(path)]
    run = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120)
    errors = json.loads(run.stdout)["errors"]
    return [f"{it['path']} {it['xPath']}: {it['description']}" for it in errors]


def joined(texts):
    """Return texts as one: each introduction is a section of it."""
    sections = [
        replace(section, anchor=f"{number}-{section.anchor}")
        for number, text in enumerate(texts)
        for section in (Section("A text", "title", text.introduction), *text.sections)
    ]
    return Document("Many texts", "", tuple(sections), clauses=True)


def remarks(text):
    """Return a comment with answers on each section, at words of it where it has any."""
    return [
        Comment(
            "José <counsel> & Co",
            FACTS.at,
            "Why?\n\nAnd\x01 since when?",
            section.anchor,
            next((Quotation(it, "", "") for it in section.body.split() if it.isalpha()), None),
            (Comment("Ann", FACTS.at, "Because."), Comment("", FACTS.at, "Agreed.")),
        )
        for section in text.sections
    ]


def check(old, new, folder):
    plain = word_export.write(new, FACTS)
    assert complaints(plain, folder) == []
    assert complaints(word_export.write_redline(old, new, FACTS, remarks(new)), folder) == []


def test_files_of_all_texts_are_valid_plain_and_with_changes_and_comments(tmp_path):
    """The redline of texts that have nothing to do with each other has all that one can have."""
    paths = sample(POLICIES)
    texts = [importing.read(it.name, it.read_bytes()).document for it in paths]
    starts = range(0, len(texts), TEXTS_PER_FILE)
    files = [joined(texts[start : start + TEXTS_PER_FILE]) for start in starts]
    for old, new in pairwise([Document("Nothing", ""), *files]):
        check(old, new, tmp_path)


def test_files_of_generated_texts_are_valid(tmp_path):
    texts = []

    @given(nasty_documents())
    @settings(max_examples=4 * TEXTS_PER_FILE)
    def make(text):
        texts.append(text)

    make()
    middle = len(texts) // 2
    check(joined(texts[:middle]), joined(texts[middle:]), tmp_path)


def test_files_with_numbered_headings_and_from_right_to_left_are_valid(tmp_path):
    text = replace(read(TEXT), numbering="headings")
    facts = replace(FACTS, language="ar", is_rtl=True)

    assert complaints(word_export.write(text, FACTS), tmp_path) == []
    assert complaints(word_export.write(text, facts), tmp_path) == []


def test_the_validator_finds_what_is_wrong(tmp_path):
    wrong = with_text(word_export.write(read(TEXT), FACTS), "<w:pStyle", "<w:nothing/><w:pStyle")

    assert ["nothing" in it for it in complaints(wrong, tmp_path)] == [True]
