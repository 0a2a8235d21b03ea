"""References to parts of a text: "section 14", "clause 4(b)", "Sections 3 to 5", "Anhang B".

Only recognises them, in a piece of plain text, by the words in recognition.toml; targets.py looks
where they lead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path as File

from policies.text.expressions import read

Path = tuple[str, ...]


class Target(StrEnum):
    """Which document a reference names."""

    THIS = "this"  # "of this policy", "above"
    ITSELF = "itself"  # "this section 3": where the reference is
    OTHER = "other"  # a law or another document
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Reference:
    """One number of a reference.

    kind: "section", "article", "paragraph" (of a section) or "annex", whichever word says so.
    path: the parts of its number in lower case: ("4", "2", "b") of "clause 4.2(b)". start, end:
    where in the text, with the word where that is right before the number. word: the one that says
    so. together: the numbers that it has, if there are several.
    """

    kind: str
    path: Path
    start: int
    end: int
    target: Target
    word: str = ""
    together: tuple[Path, ...] = ()


_VOCABULARY, _LIKE = read(File(__file__).with_suffix(".toml"))
_LANGUAGES = ("en", "de")
TOKEN = re.compile(r"\d+[A-Za-z]?|[A-Za-z]+")
_BARE_LETTER = re.compile(r"(?:\A|[\s.])[a-z]\Z")


@lru_cache(maxsize=16)
def law_in(sentence: str) -> int | None:
    """Return where a sentence speaks of a law, None for nowhere. Kept: each reference asks."""
    found = _LIKE["about_law"].search(sentence)
    return found.start() if found else None


def references(text: str, language: str) -> list[Reference]:
    """Return the references in a text, in order. language: a tag; only "en" and "de" are known."""
    own = language.partition("-")[0].lower()
    if own not in _LANGUAGES:
        return []
    may_refer = any(sign in text for sign in _VOCABULARY[f"{own}_signs"])
    if not may_refer or not _LIKE["has_number"].search(text):
        return []
    return list(_references(text, own))


def _references(text: str, language: str) -> Iterator[Reference]:
    head_of, more_of, outer_of = (_LIKE[f"{language}_{name}"] for name in ("head", "more", "outer"))
    inner: list[re.Match[str]] = []  # of paragraphs whose section comes next
    after = -1
    for head in head_of.finditer(text):
        # A name right before it would be where another number is: to look for one takes long.
        follows = after >= 0 and bool(_LIKE["joining"].fullmatch(text, after, head.start()))
        numbers = _match_numbers(text, head, more_of)
        after = numbers[-1].end()
        kind = next(name for name, word in head.groupdict().items() if word and name != "number")
        outer = outer_of.match(text, after) if kind == "paragraph" else None
        if outer and head_of.match(text, outer.end()):
            inner = numbers
            continue
        target = _named_document(language, text, head.start(), after, follows=follows)
        paths = [_parse_number(number["number"]) for number in numbers]
        for at, number in enumerate(numbers[1:], start=1):
            if number["number"][:1] == "(":  # "4(b) or (c)"
                paths[at] = (*_left_out(head["number"], paths[at]), *paths[at])
            elif _BARE_LETTER.fullmatch(number["number"]):  # "Ziffer 4 Buchstaben a und b"
                paths[at] = (*paths[0][:-1], *paths[at])
        begins = [head.start(), *(number.start("number") for number in numbers[1:])]
        if len(inner) == 1:  # "paragraph (b) of section 4" is one reference
            begins[0], paths[0] = inner[0].start(), (*paths[0], *_parse_number(inner[0]["number"]))
        elif inner:
            yield from _of_section(kind, paths[0], inner, target)
        word = head[0].partition(head["number"])[0].strip()
        together = tuple(paths[:_TOGETHER]) if len(paths) > 1 else ()
        for start, path, number in zip(begins, paths, numbers, strict=True):
            if path:
                yield Reference(kind, path, start, number.end(), target, word, together)
        inner = []


def _of_section(
    kind: str, section: Path, inner: list[re.Match[str]], target: Target
) -> Iterator[Reference]:
    """Yield the paragraphs of "paragraphs (a) to (c) of section 4", where each is a reference."""
    for number in inner:
        start = number.start() if number is inner[0] else number.start("number")
        path = (*section, *_parse_number(number["number"]))
        yield Reference(kind, path, start, number.end(), target)


def _match_numbers(text: str, head: re.Match[str], more_of: re.Pattern[str]) -> list[re.Match[str]]:
    """Return the matches of a reference's numbers, the first of which is its head."""
    numbers = [head]
    is_letter = bool(_BARE_LETTER.search(head["number"]))
    more = _LIKE["more_letters"] if is_letter else more_of
    while further := more.match(text, numbers[-1].end()):
        ends = _LIKE["number_ends"].match(text, further.end())
        is_plural = ends or _LIKE["plural"].match(head[0]) or _continues(numbers, further)
        is_plural = is_plural or (is_letter and further["number"] != "a")
        if not is_plural or _is_level(numbers[-1]["number"], further):
            break
        numbers.append(further)
    return numbers


def _continues(numbers: list[re.Match[str]], further: re.Match[str]) -> bool:
    """Return whether a number in brackets counts nothing else, since it ends a range or a list."""
    between = further[0][: -len(further["number"])].strip()
    is_range = between in ("to", "through", "bis", "–", "-")
    return further["number"][0] == "(" and (is_range or len(numbers) > 1)


def _is_level(before: str, further: re.Match[str]) -> bool:
    """Return whether what follows a hyphen is no end of a range: "section 16-1"."""
    number = further["number"]
    is_hyphen = further[0][: -len(number)] == "-" and before.isdigit() and number.isdigit()
    return is_hyphen and int(number) <= int(before)


def _parse_number(number: str) -> Path:
    return tuple(token.lower() for token in TOKEN.findall(_LIKE["level"].sub(" ", number)))


def _left_out(number: str, path: Path) -> Path:
    """Return what a second number leaves out: ("2", "1") before "(c)" after "2.1(b)"."""
    outer, *inner = number.partition("(")
    inner_path = _parse_number("".join(inner))
    kind = _label_kind(path[0])
    alike = [at for at, token in enumerate(inner_path) if _label_kind(token) == kind]
    return (*_parse_number(outer), *inner_path[: alike[-1] if alike else -1])


def _label_kind(token: str) -> str:
    return "1" if token.isdigit() else "i" if set(token) <= set("ivx") else "a"


def _named_document(language: str, text: str, start: int, end: int, *, follows: bool) -> Target:
    """Return which document a reference names. follows: whether another is right before it."""
    if _LIKE["itself"].search(text, max(0, start - _NEAR), start):
        return Target.ITSELF
    if heading := _LIKE["heading"].match(text, end):
        end = heading.end()
    if _LIKE[f"{language}_this"].match(text, end):
        return Target.THIS
    after = _LIKE[f"{language}_other"].match(text, end)
    if after and not (after["short"] and text[start : start + 3].isupper()):
        return Target.OTHER
    before = None if follows else _LIKE["before"].search(text, max(0, start - _AROUND), start)
    if before and not _LIKE["own"].search(text, max(0, before.start() - _NEAR), before.start()):
        return Target.OTHER
    return Target.UNSAID


# Characters before a reference in which its document may be named, and "this" before a word.
_AROUND, _NEAR = 80, 10
# Numbers of a reference that have to agree on what they lead to.
_TOGETHER = 20
