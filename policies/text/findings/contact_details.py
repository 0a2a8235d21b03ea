"""Whether a text says how to reach somebody. What addresses and forms look like is data."""

from pathlib import Path

from policies.text.expressions import read
from policies.text.findings.sentences import Text

_LIKE = read(Path(__file__).with_suffix(".toml")).patterns


def names_contact(text: Text) -> bool:
    if any(_LIKE["link"].search(f"{link.target} {link.text}") for link in text.links):
        return True
    sentences = (it.text for it in text.sentences if _LIKE["sign"].search(it.text))
    return any(map(_LIKE["contact"].search, sentences))
