"""Words and regular expressions as data: TOML files, each beside the module that uses it. Pure.

[words]        what {name} stands for in all that follows; a list: any one of its entries
[vocabulary]   sets of words, divided by white space
[expressions]  regular expressions, whatever the case; a list: any one of its entries
[exact]        regular expressions for which case counts
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

_NAME = re.compile(r"(?<!\\)\{([a-z_]+)\}")


class Expressions(NamedTuple):
    """What a file has, by name."""

    vocabulary: Mapping[str, frozenset[str]]
    patterns: Mapping[str, re.Pattern[str]]


def read(path: Path) -> Expressions:
    """Return what a file has. Raises KeyError for a {name} that is not in its [words] above."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words = vocabulary_in(table)
    vocabulary = table.get("vocabulary", {})
    patterns: dict[str, re.Pattern[str]] = {}
    for kind, flags in {"expressions": re.IGNORECASE, "exact": re.NOFLAG}.items():
        for name, given in table.get(kind, {}).items():
            patterns[name] = re.compile(filled(given, words), flags)
    return Expressions({name: frozenset(vocabulary[name].split()) for name in vocabulary}, patterns)


def vocabulary_in(table: Mapping[str, Any]) -> dict[str, str]:
    """Return the [words] of a file as regular expressions, each with those above it in place."""
    words: dict[str, str] = {}
    for name, given in table.get("words", {}).items():
        words[name] = f"(?:{filled(given, words)})"
    return words


def filled(given: str | list[str], words: Mapping[str, str]) -> str:
    """Return alternatives as one regular expression, with the words in place of their names.

    Raises KeyError for a name that is none of the words.
    """
    expression = given if isinstance(given, str) else "|".join(given)
    return _NAME.sub(lambda name: words[name[1]], expression)
