"""Words that unfinished texts have, as data: a TOML file for each language, read once.

    any.toml  in every language: notations, dates, domains
    en.toml   English; searched in every text, since templates and notes are often English
    de.toml   German

A file has a list of entries for each rule, such as `[[drafting-note]]`, and a table `[words]` of
vocabulary: `{lawyer}` in a pattern stands for what is under that name. An entry has

    id       stable, unique in all files
    level    "blocks" (no finished text has it), "acknowledge" (to be justified) or "advice"
    words    a sentence with none of them is not searched: words in lower case, any other signs
    pattern  a regular expression, or a list of which one has to match
             (one that begins with \\A is tried at the start of a sentence only)
    message  what the words are: “TODO” <message>.
    hits     sentences that it must find, as readers see them
    passes   sentences like them that it must not find

and, where needed,

    also       like `words`: one of these has to occur as well
    without    words of which none may occur
    unless     a regular expression: not in a sentence where this matches as well
    scope      kinds of `Sentence`, such as "title"
    longest    in characters: not in a longer sentence
    case       true: upper and lower case differ
    addresses  true: web and mail addresses are searched as well
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from policies.text.expressions import filled, vocabulary_in
from policies.text.findings.finding import Level, Match
from policies.text.findings.sentences import Sentence, without_addresses
from policies.text.kept import Kept

FOLDER = Path(__file__).parent
RULES = ("placeholder", "drafting-note", "placeholder-link")


class PatternError(ValueError):
    """An entry is not as this module's docstring says. Its words name the file and the entry."""


@dataclass(frozen=True)
class Prose:
    """What is searched of a sentence: its kind, and its prose as `Sentence` has them."""

    kind: str
    text: str

    @cached_property
    def words(self) -> str:
        """The prose, with HIDDEN for web and e-mail addresses as well, and straight apostrophes."""
        return without_addresses(self.text).replace("’", "'")

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words in lower case, without digits and punctuation."""
        return frozenset(_WORD.findall(self.words.lower()))


_WORD = re.compile(r"[^\W\d_]+")
_START = (r"\A", r"(?-i:\A")


@dataclass(frozen=True)
class Pattern:
    """One entry of a file.

    where: the file and the entry, for people. alternatives, unless: regular expressions with the
    vocabulary in place.
    """

    where: str
    id: str
    rule: str
    level: Level
    words: frozenset[str]
    alternatives: tuple[str, ...]
    message: str
    hits: tuple[str, ...]
    passes: tuple[str, ...]
    also: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    unless: str = ""
    scope: frozenset[str] = frozenset()
    longest: int = 0
    case: bool = False
    addresses: bool = False

    # Compiled when they are first searched for: of most, a process never meets any word. What has
    # to be at the start is tried there only.
    @cached_property
    def _at_start(self) -> re.Pattern[str] | None:
        return self._any_of(one for one in self.alternatives if one.startswith(_START))

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        return self._any_of(one for one in self.alternatives if not one.startswith(_START))

    @cached_property
    def _excuse(self) -> re.Pattern[str] | None:
        return self._compiled(self.unless) if self.unless else None

    def _any_of(self, alternatives: Iterable[str]) -> re.Pattern[str] | None:
        source = "|".join(alternatives)
        return self._compiled(source) if source else None

    def _compiled(self, source: str) -> re.Pattern[str]:
        try:
            return re.compile(source, 0 if self.case else re.IGNORECASE)
        except re.error as error:
            raise PatternError(f"{self.where}: no regular expression: {error}.") from error

    def search(self, prose: Prose) -> Match | None:
        """Return where a sentence has it. Does not look at `words`, which only save time."""
        words = prose.vocabulary
        if (self.also and self.also.isdisjoint(words)) or not self.without.isdisjoint(words):
            return None
        if self.scope and prose.kind not in self.scope:
            return None
        return self.search_text(prose.text if self.addresses else prose.words)

    def search_text(self, text: str) -> Match | None:
        if self.longest and len(text) > self.longest:
            return None
        found = self._at_start and self._at_start.match(text)
        found = found or (self._anywhere and self._anywhere.search(text))
        if not found or (self._excuse and self._excuse.search(text)):
            return None
        return Match(self.level, found.start(), found[0].strip(), self.message)


class Patterns:
    """The entries of one rule, found by the words of a sentence."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._order = tuple(patterns)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_sign: defaultdict[str, list[int]] = defaultdict(list)
        for index, pattern in enumerate(self._order):
            for word in pattern.words:
                is_word = word.isalpha() and word.islower()
                (self._by_word if is_word else self._by_sign)[word].append(index)

    def search(self, prose: Prose) -> Match | None:
        """Return the first of the most serious matches in a sentence."""
        best: Match | None = None
        for index in sorted(self._candidates(prose)):
            pattern = self._order[index]
            if best and best.level.rank <= pattern.level.rank:
                continue
            best = pattern.search(prose) or best
        return best

    def search_text(self, text: str) -> Match | None:
        return next((it for pattern in self._order if (it := pattern.search_text(text))), None)

    def _candidates(self, prose: Prose) -> set[int]:
        candidates: set[int] = set()
        for word in prose.vocabulary & self._by_word.keys():
            candidates.update(self._by_word[word])
        for sign, indexes in self._by_sign.items():
            if sign in prose.text:
                candidates.update(indexes)
        return candidates


def search(rule: str, sentence: Sentence, language: str) -> Match | None:
    """Return what the patterns of a rule and a language (a tag of BCP 47) find in a sentence."""
    own = language.lower().partition("-")[0]
    asked = own if own in OWN_FILES else "", sentence.kind, sentence.prose
    return _FOUND.get(asked, len(sentence.prose), lambda: _found(*asked))[rule]


# Sentences come again: in the next examination, after a change in another one of their section,
# and in what policies have in common.
_FOUND = Kept()


def _found(language: str, kind: str, text: str) -> Mapping[str, Match | None]:
    """Return what each rule about sentences finds in one."""
    prose = Prose(kind, text)
    return {rule: _patterns(language)[rule].search(prose) for rule in RULES[:2]}


def search_text(rule: str, text: str) -> Match | None:
    """Return what the patterns of a rule for every language find in something short."""
    return _patterns("")[rule].search_text(text)


# The languages with a file of their own, beside that which every text is searched for.
FOR_ALL = ("any", "en")
OWN_FILES = frozenset(path.stem for path in FOLDER.glob("*.toml")) - {*FOR_ALL}


@cache
def _patterns(language: str) -> Mapping[str, Patterns]:
    """Return the patterns of each rule. language: one of OWN_FILES, or "" for the others."""
    names = [*FOR_ALL, language] if language else FOR_ALL
    entries = [entry for name in names for entry in load(FOLDER / f"{name}.toml")]
    return {rule: Patterns(it for it in entries if it.rule == rule) for rule in RULES}


@cache
def load(path: Path) -> tuple[Pattern, ...]:
    """Return the entries of a file. Raises PatternError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PatternError(f"{path.name} is not TOML: {error}") from error
    if unknown := table.keys() - {*RULES, "words"}:
        raise PatternError(f"{path.name}: [[{min(unknown)}]] is not one of {', '.join(RULES)}.")
    try:
        words = vocabulary_in(table)
    except KeyError as error:
        raise PatternError(f"{path.name}, [words]: nothing above is called {error}.") from error
    patterns = tuple(
        _pattern(path.name, rule, entry, words) for rule in RULES for entry in table.get(rule, ())
    )
    ids = [it.id for it in patterns]
    if repeated := [one for one in ids if ids.count(one) > 1]:
        raise PatternError(f"{path.name}: two entries have the id “{repeated[0]}”.")
    return patterns


_REQUIRED = ("id", "level", "words", "pattern", "message", "hits", "passes")
_OPTIONAL = ("also", "without", "unless", "scope", "longest", "case", "addresses")


def _filled(given: str | list[str], words: Mapping[str, str], where: str) -> str:
    try:
        return filled(given, words)
    except KeyError as error:
        raise PatternError(f"{where}: nothing in [words] is called {error}.") from error


def _pattern(file: str, rule: str, entry: dict[str, Any], words: Mapping[str, str]) -> Pattern:
    where = f"{file}, {rule} “{entry.get('id', '?')}”"
    for name in _REQUIRED:
        if not entry.get(name):
            raise PatternError(f"{where} has no “{name}”.")
    if unknown := entry.keys() - {*_REQUIRED, *_OPTIONAL}:
        raise PatternError(f"{where}: there is no field “{min(unknown)}”.")
    if entry["level"] not in list(Level):
        raise PatternError(f"{where}: the level is not one of {', '.join(Level)}.")
    given = entry["pattern"]
    alternatives = [given] if isinstance(given, str) else given
    return Pattern(
        where=where,
        id=entry["id"],
        rule=rule,
        level=Level(entry["level"]),
        words=frozenset(entry["words"].split()),
        alternatives=tuple(_filled(one, words, where) for one in alternatives),
        message=entry["message"],
        hits=tuple(entry["hits"]),
        passes=tuple(entry["passes"]),
        also=frozenset(entry.get("also", "").split()),
        without=frozenset(entry.get("without", "").split()),
        unless=_filled(entry.get("unless", ""), words, where),
        scope=frozenset(entry.get("scope", ())),
        longest=entry.get("longest", 0),
        case=entry.get("case", False),
        addresses=entry.get("addresses", False),
    )
