"""A reference with another number, and where its words are in Markdown. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from policies.text.markdown.headings import own_number
from policies.text.numerals import roman
from policies.text.reading.reference_targets import FoundReference
from policies.text.reading.sentences import Text
from policies.text.references.recognition import TOKEN, Path
from policies.text.references.targets import Targets, in_parts, own_number_of

# A word and a number with nothing between its levels: "clause 2.2(b)".
_PLAIN = re.compile(r"((?:[^\W\d]+\.?\s|§+\s?)?)[\w.]*(?:\s?\(\w+\))*\Z")
# "paragraph (b) of section 4" has the parts of its number in another order.
_INNER_FIRST = re.compile(r"\s(?:of|in|to|under|de[rs]|von|unter)\s")


def name_of(targets: Targets, index: int) -> str:
    """Return the number of a heading or a clause as a reference has it, else a heading's words."""
    place = targets.places[index]
    if not place.level:
        return _number_text(max(targets.numbers[index], key=len, default=place.path))
    return own_number(place.words).rstrip(" .:–-") or _number_text(place.number) or place.words


def _number_text(path: Path) -> str:
    """Return 2.2(b) for 2, 2 and b."""
    number = ""
    for token in path:
        if token[0].isdigit() and "(" not in number:
            number += f".{token}" if number else token
        else:
            number += f"({token})"
    return number


def reworded(found: FoundReference, targets: Targets, index: int) -> str:
    """Return the words by which a reference leads to a heading or clause, "" if there are none.

    index: of the heading or clause. Letters and signs around the number stay as they are.
    """
    old = found.reference.path
    for path in _possible_numbers(found, targets, index):
        if path and (words := _with_number(found.words, old, path)):
            reference = replace(found.reference, path=path)
            if words == found.words or [*targets.find(reference, words, found.where)] == [index]:
                return words
    return ""


def _possible_numbers(found: FoundReference, targets: Targets, index: int) -> Iterator[Path]:
    """Yield the numbers of a heading or a clause, the ones with as many parts first."""
    place, size = targets.places[index], len(found.reference.path)
    if found.reference.kind == "annex":
        heading = index if place.level else targets.above[index]
        yield (*own_number_of(targets.places[heading].words), *place.path)
        return
    if found.reference.kind == "paragraph" or found.reference.path[0].isalpha():
        yield place.path[-size:]  # it is looked for from where it is
    yield from sorted(targets.numbers[index], key=lambda path: (len(path) != size, path))


def _with_number(words: str, old: Path, new: Path) -> str:
    """Return a reference with a new number in the place of the old one, "" if that can't be."""
    tokens = list(TOKEN.finditer(words))
    if len(old) != len(new):
        plain = _PLAIN.match(words)
        return f"{plain[1]}{_number_text(new)}" if plain and plain[1] else ""
    turns = range(1, len(old)) if _INNER_FIRST.search(words) else (0,)
    for turn in turns:
        before, after = old[turn:] + old[:turn], new[turn:] + new[:turn]
        found = _tokens_of_number(tokens, before)
        if len(found) == len(old) or (found and not turn and len(tokens) == len(found)):
            return _with_tokens(words, found, after[-len(found) :])
    return ""


def _tokens_of_number(tokens: list[re.Match[str]], path: Path) -> list[re.Match[str]]:
    """Return the tokens that are the last parts of a number; there may be words between them."""
    found: list[re.Match[str]] = []
    for token in reversed(tokens):
        if len(found) < len(path) and token[0].lower() == path[-1 - len(found)]:
            found.insert(0, token)
    return found


def _with_tokens(words: str, tokens: list[re.Match[str]], new: Path) -> str:
    for token, part in reversed(list(zip(tokens, new, strict=True))):
        written = part
        if token[0].isalpha() and part.isdigit():
            letters = (token[0].lower(),)
            if in_parts(letters) == letters:  # no Roman number
                return ""
            written = roman(int(part))
        written = written.upper() if token[0].isupper() else written
        words = words[: token.start()] + written + words[token.end() :]
    return words


class Edit(NamedTuple):
    """New words for the characters from start to end in the Markdown of a part."""

    part: int
    start: int
    end: int
    words: str


# How many characters around a reference are looked for with it. It is only taken to be found if
# they are there as often as in the text that is read.
_AROUND = (40, 16, 0)
_SPACE = re.compile(r"\s+")


def place_of(found: FoundReference, text: Text, markdown: str) -> tuple[int, int] | None:
    """Return where a reference begins and ends in the Markdown of its part, None if unknown."""
    start = found.reference.start
    for around in _AROUND:
        before = found.sentence.text[max(0, start - around) : start]
        before = before.partition(" ")[2] if start > around else before  # whole words
        pattern = _pattern(before, found.words)
        of_text: list[tuple[int, int]] = []
        for sentence in text.sentences:
            if sentence.kind != "section":
                matches = pattern.finditer(sentence.text)
                of_text += [(sentence.index, match.start("words")) for match in matches]
        in_source = [match.span("words") for match in pattern.finditer(markdown)]
        here = (found.sentence.index, start)
        if len(of_text) == len(in_source) and here in of_text:
            return in_source[of_text.index(here)]
    return None


def _pattern(before: str, words: str) -> re.Pattern[str]:
    """Return a pattern of words as they may be written in Markdown: with line breaks, escapes."""
    before, words = (r"\s+".join(map(_escaped, _SPACE.split(text))) for text in (before, words))
    return re.compile(rf"(?<!\w){before}(?P<words>{words})(?!\w)")


def _escaped(words: str) -> str:
    return "".join(sign if sign.isalnum() else rf"\\?{re.escape(sign)}" for sign in words)


def edited(markdown: str, edits: Iterable[Edit]) -> str:
    """Return Markdown with the edits, of which no two overlap."""
    for edit in sorted(edits, key=lambda edit: -edit.start):
        markdown = markdown[: edit.start] + edit.words + markdown[edit.end :]
    return markdown
