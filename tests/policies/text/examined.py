"""Texts to read and to look for findings in: the corpora, the seed, and short ones."""

from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from policies.text import document as documents
from policies.text.document import NUMBERINGS, Document, Section
from policies.text.findings import examine

CORPUS = Path(__file__).parents[1] / "corpus" / "findings"
POLICIES = sorted((Path(__file__).parents[1] / "corpus" / "policies").iterdir())
SEED = Path(__file__).parents[2] / "content" / "privacy.md"


def lines(name):
    """Return the sentences of a file of the corpus."""
    found = (CORPUS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in found if not line.startswith("# ")]


def tagged(name):
    """Return the sentences of a file that has a language before each: (language, Markdown)."""
    pairs = [line.split("\t") for line in lines(name)]
    return [(language, text.replace("\\n", "\n")) for language, text in pairs]


def policy(introduction="", *sections, title="Privacy Policy"):
    return Document(title, introduction, tuple(Section(*section) for section in sections))


def by_rule(document, rule, **more):
    """Return the findings of a rule. more: as `examine` takes it."""
    return [found for found in examine(document, **more) if found.rule == rule]


def seed():
    return documents.parse(SEED.read_text(encoding="utf-8"))


@st.composite
def three_states(draw, headings, bodies):
    """Return a text, what it was after a section was changed, added or deleted, and the first."""
    drawn = draw(st.lists(st.tuples(st.sampled_from(headings), bodies), min_size=1, max_size=5))
    sections = [Section(heading, f"a{at}", body) for at, (heading, body) in enumerate(drawn)]
    clauses, numbering = draw(st.booleans()), draw(st.sampled_from(NUMBERINGS))
    before = Document("Terms", draw(bodies), tuple(sections), clauses, numbering)
    at = draw(st.integers(0, len(sections) - 1))
    new = [Section("New", "new", draw(bodies))] if draw(st.booleans()) else []
    sections[at : at + draw(st.integers(0, 1))] = new
    return [before, replace(before, sections=tuple(sections)), before]
