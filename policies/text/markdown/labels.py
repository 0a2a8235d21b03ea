"""The labels of clauses and the signs of list items, as words: (a), iv., 2.1, 1), -. Pure."""

import re
from collections.abc import Iterable
from string import ascii_lowercase

from policies.text.numerals import ROMAN, is_roman, roman, roman_value

_MARKER = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?=[ \t]|\Z)")
# The labels of clauses: (a) a) a. (iv) (A) A) (1) 2.1 2.1.3. – of two to ten characters. After a
# capital with a full stop there are two spaces, as in Pandoc ("B. Russell"), after a number such as
# 2.1 those or a capital (1.5 million). Two letters with full stops are none ("z. B.", "i. e.").
_LETTERS = rf"(?:{ROMAN}|[a-z]|{'|'.join(2 * letter for letter in ascii_lowercase)})"
_LABEL = re.compile(
    rf"(?=\S{{2,10}}(?:[ \t]|\Z))(?:\((?:{_LETTERS}|{_LETTERS.upper()}|\d{{1,3}})\)"
    rf"|{_LETTERS}(?:\)|\.(?![ \t][^\W\d_]\.))"
    rf"|{_LETTERS.upper()}(?:\)|\.(?=[ \t]{{2}}|\Z))"
    r"|\d{1,3}(?:\.\d{1,3}){1,4}\.?(?=[ \t]{2}|[ \t]+[^\w\s]*[^\W\d_a-z]|\Z))(?=[ \t]|\Z)"
)
# Lines, within which the next label comes if a clause that is not a first one follows text.
MOST_LINES = 10
# Those of a first clause, which may follow the line of a paragraph.
_FIRST = re.compile(r"\(?[aAiI1][.)]|(?:\d+\.)+1(?:\.|\Z)")


def sign_at(text: str, start: int, end: int, *, clauses: bool) -> str:
    """Return the sign of a list item that begins here in a line, "" for none.

    end: of the line. clauses: whether labels such as (a) begin items as numbers do.
    """
    found = _MARKER.match(text, start, end)
    found = found or (_LABEL.match(text, start, end) if clauses else None)
    return found[0] if found else ""


def label_of(line: str) -> str:
    """Return the sign or label with which a line begins a list item, "" for none."""
    return sign_at(line, 0, len(line), clauses=True)


def signs_before(line: str) -> list[tuple[int, int]]:
    """Return where the signs of the list items begin and end that begin with a line: 1. (a)"""
    signs: list[tuple[int, int]] = []
    at = column = 0
    last = line.rstrip(" \t")[-1:]
    rule_from = len(line.rstrip(f" \t{last}"))  # before it no rule can begin
    while sign := sign_at(line, at, len(line), clauses=True):
        if at >= rule_from and _RULE.match(line, at):
            break
        signs.append((at, at + len(sign)))
        at += len(sign)
        column = after_sign = column + len(sign)
        while line[at : at + 1] in (" ", "\t"):
            column += 4 - column % 4 if line[at] == "\t" else 1
            at += 1
        if column - after_sign > 4:  # what comes then is code
            break
    return signs


_RULE = re.compile(r"([-_*])[ \t]*+(?:\1[ \t]*+){2,}+\Z")


def is_number(sign: str) -> bool:
    """Return whether a sign is a plain number, as in CommonMark: 1. or 1)"""
    return sign[:-1].isdecimal()


def is_first_label(label: str) -> bool:
    """Return whether a label is that of a first clause: (a), i., 2.1."""
    return bool(_FIRST.fullmatch(label))


def is_followed(label: str, rows: Iterable[str]) -> bool:
    """Return whether the next label in these lines comes right after another one in a row."""
    return is_next(label, next(filter(None, map(label_of, rows)), ""))


def is_next(label: str, following: str) -> bool:
    """Return whether a label comes right after another one in a row, as (h) after (g), 2.4 after
    2.3, v. after iv.
    """
    name, following_name = label.strip("()."), following.strip("().")
    if not following_name or label.replace(name, "") != following.replace(following_name, ""):
        return False
    if name[0].isdigit():
        above, _, number = name.rpartition(".")
        return following_name == f"{above}.{int(number) + 1}".lstrip(".")
    small, wanted = name.lower(), set[str]()
    if small[0] == small[-1]:
        is_last = small[0] == "z"
        wanted.add("a" * (len(small) + 1) if is_last else chr(ord(small[0]) + 1) * len(small))
    if is_roman(small):
        wanted.add(roman(roman_value(small) + 1))
    return following_name.lower() in wanted and following_name.isupper() == name.isupper()


def sign_of(label: str, words: str = "") -> str:
    """Return how a list item begins that has this label before these words: the label, and one
    space or two. "" if there is no notation for the label.
    """
    signs = (f"{label}{gap}" for gap in (" ", "  ") if label[:1] not in ("", *"-+*"))
    return next((sign for sign in signs if label_of(f"{sign}{words[:50]}") == label), "")
