"""Signs and words that unfinished texts have, as data: TOML files, read once.

    any.toml                            signs, in every language
    en.toml, de.toml, fr.toml, es.toml  words

Every text is searched for all of them, since templates and notes are often in another language
than the text. A file has a list of entries for each rule, such as `[[drafting-note]]`, and a table
`[words]` of vocabulary: `{team}` in a pattern stands for what is under that name. An entry has

    id       stable, unique in all files
    level    "blocks" (no finished text has it), "acknowledge" (to be justified) or "advice"
    words    a sentence with none of them is not searched: words in lower case, any other signs
    pattern  a regular expression of at most 200 characters, or a list of which one has to match
    message  what the words are: “TBC” <message>.
    hits     sentences that it must find, as readers see them
    passes   sentences like them that it must not find

and, where needed,

    case       true: upper and lower case differ
    addresses  true: web and mail addresses are searched as well
    readers    true: in a form or a letter, it is for readers to fill in
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from policies.text.expressions import filled, vocabulary_in
from policies.text.findings.finding import Level, Match
from policies.text.reading.sentences import without_addresses

FOLDER = Path(__file__).parent
RULES = ("placeholder", "drafting-note", "placeholder-link")


class PatternError(ValueError):
    """An entry is not as this module's docstring says. Its words name the file and the entry."""


@dataclass(frozen=True)
class Pattern:
    """One entry of a file. where: the file and the entry, for people."""

    where: str
    id: str
    rule: str
    level: Level
    words: frozenset[str]
    alternatives: tuple[str, ...]
    message: str
    hits: tuple[str, ...]
    passes: tuple[str, ...]
    case: bool = False
    addresses: bool = False
    readers: bool = False

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Compiled when it is first searched for: of most, a process never meets any word."""
        try:
            return re.compile("|".join(self.alternatives), 0 if self.case else re.IGNORECASE)
        except re.error as error:
            raise PatternError(f"{self.where}: no regular expression: {error}.") from error

    def search(self, text: str) -> Match | None:
        """Return where a text has it. Does not look at `words`, which only save time."""
        found = self.expression.search(text)
        if not found:
            return None
        what = found[0].strip()
        return Match(self.rule, self.level, found.start(), what, self.message, self.readers)


class Patterns:
    """Entries, found by the words of a sentence."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_word: defaultdict[str, list[Pattern]] = defaultdict(list)
        self._by_sign: defaultdict[str, list[Pattern]] = defaultdict(list)
        for pattern in patterns:
            for word in pattern.words:
                # A run of x is found within longer ones, as signs are.
                is_word = word.isalpha() and word.islower() and not word.startswith("xx")
                (self._by_word if is_word else self._by_sign)[word].append(pattern)
        # By their first characters, of which a sentence has few.
        self._signs: defaultdict[str, list[str]] = defaultdict(list)
        for sign in self._by_sign:
            self._signs[sign[0]].append(sign)

    def search(self, prose: str) -> list[Match]:
        """Return what is found in a sentence."""
        candidates = {pattern.id: pattern for pattern in self._candidates(prose)}
        if not candidates:
            return []
        words = without_addresses(prose).replace("’", "'")
        found = [
            pattern.search(prose if pattern.addresses else words) for pattern in candidates.values()
        ]
        return [match for match in found if match]

    def _candidates(self, prose: str) -> Iterator[Pattern]:
        for word in self._by_word.keys() & _WORD.findall(prose.lower()):
            yield from self._by_word[word]
        for first in self._signs.keys() & set(prose):
            for sign in self._signs[first]:
                if sign in prose:
                    yield from self._by_sign[sign]


_WORD = re.compile(r"[^\W\d_]+")


@cache
def of_sentences() -> Patterns:
    """Return the entries for which sentences are searched."""
    return Patterns(entry for entry in entries() if entry.rule != RULES[-1])


def in_link(target: str) -> bool:
    """Return whether the host or address of a link is a placeholder."""
    return any(entry.search(target) for entry in entries() if entry.rule == RULES[-1])


@cache
def entries() -> tuple[Pattern, ...]:
    """Return those of all files. Raises PatternError."""
    found: list[Pattern] = []
    for path in sorted(FOLDER.glob("*.toml")):
        found += load(path)
    return tuple(found)


def load(path: Path) -> list[Pattern]:
    """Return the entries of a file. Raises PatternError."""
    found: list[Pattern] = []
    where = path.name
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        words = vocabulary_in(table)
        if unknown := table.keys() - {*RULES, "words"}:
            raise ValueError(f"[[{min(unknown)}]] is not one of {', '.join(RULES)}.")
        for rule in RULES:
            for entry in table.get(rule, ()):
                where = f"{path.name}, {rule} “{entry['id']}”"
                found.append(_pattern(where, rule, entry, words))
    except (KeyError, TypeError, ValueError) as error:
        raise PatternError(f"{where}: {error}") from error
    return found


def _pattern(where: str, rule: str, entry: dict[str, Any], words: dict[str, str]) -> Pattern:
    given = entry.pop("pattern")
    expressions = [given] if isinstance(given, str) else given
    fields = {
        **entry,
        "level": Level(entry["level"]),
        "words": frozenset(entry["words"].split()),
        "hits": tuple(entry["hits"]),
        "passes": tuple(entry["passes"]),
    }
    alternatives = tuple(filled(expression, words) for expression in expressions)
    return Pattern(where=where, rule=rule, alternatives=alternatives, **fields)
