"""The labels of clauses and the signs of list items, as words: (a), iv., 2.1, 1), -; and how labels
become the path of a clause, as its anchor has it. Pure.

Which items labels begin is known to `list_rule`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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


def number_of(label: str) -> int:
    """Return the number of a label such as "2."; -1 for any other."""
    return int(label[:-1]) if re.fullmatch(r"\d{1,9}\.", label) else -1


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
    name, following_name = _bare(label), _bare(following)
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


def shown_labels(labels: Sequence[str]) -> list[str]:
    """Return the labels above a clause and its own, without those that the next one repeats: 2.
    before 2.1.
    """
    below = (*map(_bare, labels[1:]), "")
    pairs = zip(labels, below, strict=True)
    return [label for label, name in pairs if not name.startswith(f"{_bare(label)}.")]


def _bare(label: str) -> str:
    return label.strip("().")


class ClausePath:
    """The labels above a clause and its own, as its anchor has them: "2.b" for (b) under 2.

    It is counted by what the labels look like, too: (a) after 2.1 is under 2.1 although both may
    begin at the margin.
    """

    def __init__(self, labels: tuple[str, ...] = ()) -> None:
        self.labels = labels
        self._open: list[tuple[str, str]] = []  # kind and label of each clause that is open

    @property
    def numbers(self) -> tuple[str, ...]:
        """The parts of its number in lower case: 2, 1 and b of (b) under 2.1."""
        return tuple(str(self).lower().split(".")) if self.labels else ()

    @property
    def own(self) -> tuple[str, ...]:
        """The parts of its own label in lower case: b of (b) under 2.1."""
        return tuple(_bare(self.labels[-1]).lower().split(".")) if self.labels else ()

    @property
    def is_absolute(self) -> bool:
        """Whether it is numbered throughout the text, as 2.1 is."""
        return bool(self.labels) and "." in _bare(self.labels[0])

    def next(self, label: str) -> ClausePath:
        """Return the path of the clause with this label that comes next."""
        name = _bare(label)
        kind = self._kind(label, name)
        kinds = [kind for kind, _ in self._open]
        if kind in kinds:
            del self._open[kinds.index(kind) :]
        elif kind.startswith("#"):  # 2.1 is under 2 or in nothing
            while self._open and not f"{name}.".startswith(f"{_bare(self._open[-1][1])}."):
                self._open.pop()
        elif self._open and is_next(self._open[-1][1], label):
            self._open.pop()  # (i) was a letter if (j) comes after it, (v) a numeral before (vi)
        self._open.append((kind, label))
        return ClausePath((*self.labels, *(label for _, label in self._open)))

    def pause(self) -> None:
        """Notice other text between clauses: only those with numbers such as 2.1 go on."""
        while self._open and "." not in _bare(self._open[-1][1]):
            self._open.pop()

    def __str__(self) -> str:
        return ".".join(map(_bare, shown_labels(self.labels)))

    def _kind(self, label: str, name: str) -> str:
        """Return what labels of one row have in common: "(a)" of (b), "#.#" of 2.1."""
        if name[0].isdigit():
            signs = ".".join("#" for _ in name.split("."))
            return signs if "." in name else label.replace(name, "1")
        letters = label.replace(name, "a" if name.islower() else "A")
        numerals = label.replace(name, "i" if name.islower() else "I")
        opened = dict(self._open)
        before = _bare(opened.get(letters, ""))
        follows = len(name) == len(before) == 1 and ord(name) == ord(before) + 1
        is_numeral = is_roman(name) and (numerals in opened or name in "iI" or len(name) > 1)
        return numerals if is_numeral and not follows else letters
