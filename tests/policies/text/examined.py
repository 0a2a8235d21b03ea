"""Texts to look for findings in: the corpus, the seed, and short ones."""

from pathlib import Path

from policies.text import document as documents
from policies.text.document import Document, Section

CORPUS = Path(__file__).parents[1] / "corpus" / "findings"
SEED = Path(__file__).parents[2] / "content" / "privacy.md"


def lines(name: str) -> list[str]:
    return (CORPUS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def policy(
    introduction: str = "", *sections: tuple[str, str, str], title: str = "Privacy Policy"
) -> Document:
    return Document(title, introduction, tuple(Section(*section) for section in sections))


def seed() -> Document:
    return documents.parse(SEED.read_text(encoding="utf-8"))
