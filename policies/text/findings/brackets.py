"""Placeholders in brackets: [insert date], [●], [30/60], <Company Name>, {company}.

Finished texts have hardly any brackets, so that most of what is in them is open, in any language.
brackets.toml has what is looked for in them and around them.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from policies.text.expressions import read
from policies.text.findings.finding import Level, Match
from policies.text.reading.sentences import HIDDEN

_LIKE = read(Path(__file__).with_suffix(".toml")).patterns

_SQUARE = re.compile(r"\[([^\[\]]{0,600})\](?!\()")
_ANGLES = re.compile(r"<([^\W\d_][^<>=\"/:：]{1,80})>")
_CURLY = re.compile(r"(?<![\w{$#/.-])\{([^\W\d_][\w .-]{1,60})\}(?!\})")
_NUMBERS = re.compile(r"\d{1,3}(?: ?(?:/|-|–|or|oder|ou|o) ?\d{1,3}){0,4}|\d{6,12}")
_AMOUNT = re.compile(r"[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?[$€£]")
# Of a web address, what comes after its host means something to the site that has it.
_BEYOND_HOST = re.compile(r"(?:https?://|www\.)[^\s/?#\[{<]{1,200}[/?#]\S{1,2000}")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_IS = "is a placeholder"
_OPEN = "is in brackets, which mark text that is still open"
_BEFORE = 300  # characters before and after brackets that are looked at
_AFTER = 40
_NEAR = 16  # characters in which a citation ends: Section 5 [Payment]
_FEW_LETTERS = 3  # of [T]he
_FEW_WORDS = 3  # of [Back to top], which a page may show
_MOST_WORDS = 10  # of what names a value to be written
_DIGITS_OF_A_NUMBER = 6  # of a company, in [12345678]
_LONGEST_KEY = 5  # of [GDPR] or [RFC]; longer words in capitals are placeholders


class _Bracket(NamedTuple):
    inside: str
    before: str
    after: str

    @property
    def length(self) -> int:
        return len(self.inside.split())

    @property
    def names_value(self) -> bool:
        return self.length <= _MOST_WORDS and bool(_LIKE["noun"].search(self.inside))

    @property
    def is_joined(self) -> bool:
        """Whether it is part of a word: items[0], [T]he, word[s], _ga_<container-id>."""
        before, after = self.before[-1:], self.after[:1]
        if self.before.endswith(("://", "www.")):
            return False
        is_end_of_word = before.isalnum() or before in tuple("_-/.@+")
        return is_end_of_word or (after.isalpha() and len(self.inside) <= _FEW_LETTERS)


def in_brackets(prose: str) -> Iterator[Match]:
    """Yield the placeholders in brackets, each kind in reading order."""
    for sign, expression, judge in _KINDS:
        if sign not in prose:
            continue
        text = _BEYOND_HOST.sub(lambda found: HIDDEN * len(found[0]), prose)
        for found in expression.finditer(text):
            start, end = found.span()
            bracket = _Bracket(
                found[1].strip(), text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
            )
            is_order = bool(_LIKE["order"].match(bracket.inside))
            if (is_order or HIDDEN not in found[0]) and (level := judge(bracket)):
                message = _IS if level is Level.BLOCKS else _OPEN
                what = found[0]
                yield Match("placeholder", level, start, what, message, not is_order, is_order)


def is_explained(prose: str, match: Match) -> bool:
    """Return whether a text explains what it has: after “e.g.” or “the format”."""
    before = prose[max(0, match.start - _BEFORE) : match.start]
    return not match.is_order and bool(_LIKE["shown"].search(before))


def is_quoted(prose: str, match: Match) -> bool:
    """Return whether something is within quotation marks, and not all that they hold."""
    before = prose[max(0, match.start - _BEFORE) : match.start]
    after = prose[match.end : match.end + _BEFORE]
    if before[-1:] in tuple('“„«"') and after[:1] in tuple('”“»"'):
        return False
    if before.count('"') % 2:
        return True
    double = ("„", "“") if "„" in before else ("“", "”")
    pairs = (double, ("«", "»"))
    if any(before.rfind(first) > before.rfind(last) for first, last in pairs):
        return True
    # A quotation that began in an earlier sentence.
    closing = [after.find(last) for _, last in pairs if last != "“" and last in after]
    opening = [after.find(first) for first, _ in pairs if first in after]
    return bool(closing) and min(closing) < min(opening, default=len(after))


def is_field(prose: str) -> bool:
    """Return whether a sentence is nothing but fields of a form: “Name: ____ Date: ____”."""
    return len(prose) < _BEFORE and bool(_LIKE["field"].fullmatch(prose))


def is_form(around: str, heading: str) -> bool:
    """Return whether a text is a form or a letter that readers are to fill in."""
    return bool(_LIKE["model"].search(heading) or _LIKE["form"].search(around))


def _judge_square(bracket: _Bracket) -> Level | None:
    """Not footnote marks, citations, [sic], [t]he, boxes, buttons."""
    inside = bracket.inside
    if bracket.is_joined or inside[:1] in tuple("\"“”'‘«„^!"):
        return None
    if _LIKE["blank"].fullmatch(inside):
        return _judge_blank(bracket)
    if _NUMBERS.fullmatch(inside) or _AMOUNT.fullmatch(inside) or inside in tuple("xXnNyY"):
        return _judge_number(bracket)
    if not any(map(str.isalpha, inside)) or _LIKE["quiet"].fullmatch(inside):
        return None
    is_citation = any(map(_LIKE["citation"].search, (inside, bracket.before[-_NEAR:])))
    if is_citation and not _LIKE["order"].match(inside):
        return None
    return _judge_words(bracket)


def _judge_words(bracket: _Bracket) -> Level | None:
    inside = bracket.inside
    is_control = (
        _LIKE["control"].search(bracket.before)
        or _LIKE["control_after"].match(bracket.after)
        or _LIKE["keys"].fullmatch(inside)
    )
    if is_control or _IDEOGRAPHS.search(inside):
        return None
    if _LIKE["yours"].fullmatch(inside):
        return Level.ACKNOWLEDGE
    if _LIKE["order"].match(inside) or _LIKE["open"].match(inside) or bracket.names_value:
        return Level.BLOCKS
    if inside.isupper():
        is_key = len(inside) <= _LONGEST_KEY or any(map(str.isdigit, inside))
        return None if is_key else Level.BLOCKS
    is_all = not (bracket.before.strip(" |·") or bracket.after.strip(" |·"))
    return Level.ADVICE if is_all and bracket.length <= _FEW_WORDS else Level.ACKNOWLEDGE


def _judge_blank(bracket: _Bracket) -> Level | None:
    """Nothing is in them: [ ] may be a box to tick, […] an omission."""
    inside, before, after = bracket.inside, bracket.before.rstrip(), bracket.after
    if inside in ("...", "…", "*", "**", "***"):
        return Level.ACKNOWLEDGE
    is_value = _LIKE["unit"].match(after) or _LIKE["before_number"].search(before)
    if inside or is_value or before.endswith(":"):
        return Level.BLOCKS
    is_box = not before or "[" in f"{before}{after}"
    return None if is_box else Level.BLOCKS


def _judge_number(bracket: _Bracket) -> Level | None:
    """[30/60], [30] days, [X] days and [€500], not footnote marks."""
    inside, after = bracket.inside, bracket.after
    has_unit = bool(_LIKE["unit"].match(after)) and bracket.before[-1:] in ("", " ")
    if inside.isalpha():
        return Level.BLOCKS if has_unit or _LIKE["before_number"].search(bracket.before) else None
    if inside.isdigit():
        is_long = len(inside) >= _DIGITS_OF_A_NUMBER
        return Level.ACKNOWLEDGE if has_unit or is_long else None
    is_choice = has_unit and not _AMOUNT.fullmatch(inside) and "-" not in inside
    return Level.BLOCKS if is_choice else Level.ACKNOWLEDGE


def _judge_angle(bracket: _Bracket) -> Level | None:
    """Not tags of HTML, names of laws, headings."""
    inside = bracket.inside
    if bracket.is_joined or _LIKE["keys"].fullmatch(inside) or _LIKE["tags"].fullmatch(inside):
        return None
    if _LIKE["at_an_end"].search(inside) or _LIKE["order"].match(inside):
        return Level.BLOCKS
    return Level.ACKNOWLEDGE if inside.islower() and bracket.length > 1 else None


def _judge_curly(bracket: _Bracket) -> Level | None:
    """Single braces, which finished texts have in names of cookies and of API fields."""
    inside = bracket.inside
    if inside.lower().endswith(("id", "token", "user", "hash", "key")):
        return None
    is_name = inside.isupper() or _LIKE["noun"].search(inside.replace("_", " "))
    return Level.BLOCKS if is_name or _LIKE["order"].match(inside) else Level.ADVICE


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[_Bracket], Level | None]], ...] = (
    ("[", _SQUARE, _judge_square),
    ("<", _ANGLES, _judge_angle),
    ("{", _CURLY, _judge_curly),
)
