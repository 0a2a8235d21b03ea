"""Placeholders, words still to be written: [Company], {{ name }}, TODO, 20XX, ____ and the like.

A match blocks only if no finished text has it; everything else is for somebody to judge. What a
regular expression can say is in patterns/. Here are the placeholders in brackets, [insert date],
<your address>, {email}, which need logic; placeholders.toml has the words that are looked for in
them and around them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from policies.text.expressions import read
from policies.text.findings import patterns
from policies.text.findings.finding import Level, Match
from policies.text.findings.sentences import HIDDEN, Sentence, Text


def placeholder(
    sentence: Sentence, language: str = "en", *, in_letter: bool = False
) -> Match | None:
    """Return the most serious placeholder in a sentence, the first of several. language: the
    text's. in_letter: whether it is in a letter for readers, where brackets are theirs to fill in.
    """
    best = patterns.search("placeholder", sentence, language)
    if best and best.what.startswith("["):
        best = _judged_again(best, sentence.prose, in_letter=in_letter)
    if best and best.level is Level.BLOCKS:
        return best
    for found in _in_brackets(sentence.prose, in_letter=in_letter):
        if best is None or found.level.rank < best.level.rank:
            best = found
    return best


def is_letter(text: Text) -> bool:
    """Return whether a part of a Document is a letter or a form that readers are to use."""
    prose = "\n".join(one.prose for one in text.sentences)
    if not any(sign in prose for sign, _, _ in _KINDS):
        return False
    headings = [one.prose for one in text.sentences if one.kind in ("section", "heading")]
    if any(_LIKE["model"].search(heading) for heading in headings):
        return True
    return bool(_LIKE["closing"].search(prose) and _LIKE["salutation"].search(prose))


def leads_to_placeholder(target: str) -> Match | None:
    """Return why a link's target is a placeholder.

    Only the host, the mail address and a target that is nothing else are looked at: words and
    brackets in a path, a query or a fragment mean something to the site that has them.
    """
    return patterns.search_text("placeholder-link", _destination(target))


def _destination(target: str) -> str:
    """Return a target's host or mail address, or else all before the first slash or sign."""
    whole = unquote(target).strip()
    if whole.startswith(("#", "/")):
        return ""
    scheme, colon, rest = whole.partition(":")
    if colon and scheme.lower() in ("http", "https", "mailto", "tel", "sms"):
        whole = rest.removeprefix("//")
    for sign in "/?#":
        whole = whole.partition(sign)[0]
    return whole


# --- Brackets -------------------------------------------------------------------------------------

_VOCABULARY, _LIKE = read(Path(__file__).with_suffix(".toml"))
_NOUNS, _FILLERS, _TAGS = (_VOCABULARY[it] for it in ("nouns", "fillers", "tags"))

_NUMBERS = re.compile(r"\d{1,4}(?: ?/ ?\d{1,4}){0,4}")
_AMOUNT = re.compile(r"[$€£]\s?\d[\d.,]*")
_FOR = re.compile(r"\b(?:within|for|after|least|than|of|every|to|under|over|about) \Z")
# Of a web address, what comes after its host means something to the site that has it.
_BEYOND_HOST = re.compile(r"(?:https?://|www\.)[^\s/?#\[{<]{1,200}[/?#]\S{1,2000}")
_SQUARE = re.compile(r"\[([^\[\]]{0,600})\](?!\()")
_ANGLES = re.compile(r"<([A-Za-z][^<>=\"/：:]{1,80})>(?!\w+</)")
_CURLY = re.compile(
    r"(?<![\w{$#/.-])\{([A-Za-z][A-Za-z0-9]*(?:[ _.-][A-Za-z0-9]{1,30}){0,6})\}(?!\})"
)
_FOREIGN = re.compile(r"[^\x00-\x7f‘’“”–—…•●■□£€©®™×✓·\u00a0]")
_LETTERS = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_IS = "is a placeholder"
_MAY_BE = "may be a placeholder"
# How many characters before and after brackets are looked at.
_BEFORE = 300
_AFTER = 16


class _Bracket(NamedTuple):
    inside: str
    before: str
    after: str
    is_form: bool

    @property
    def words(self) -> list[str]:
        return _LETTERS.findall(_CAMEL.sub(" ", self.inside).lower())

    @property
    def has_noun(self) -> bool:
        return not _NOUNS.isdisjoint(self.words)

    @property
    def is_to_fill(self) -> bool:
        """Whether nothing is in it but what has to be filled in."""
        return self.has_noun and all(it in _NOUNS or it in _FILLERS for it in self.words)

    @property
    def is_shown(self) -> bool:
        """Whether it is among the words of a quotation or of an example."""
        is_all = self.before[-1:] in tuple('“„"') and self.after[:1] in tuple('”“"')
        return (self.is_quoted and not is_all) or bool(_LIKE["example"].search(self.before))

    @property
    def is_quoted(self) -> bool:
        first, last = "„“" if "„" in self.before else "“”"
        is_open = self.before.count(first) > self.before.count(last)
        return is_open or self.before.count('"') % 2 == 1

    @property
    def is_for_readers(self) -> bool:
        """Whether readers are to fill it in: in a letter or a form, or [your name]."""
        theirs = self.inside.lower().startswith(("y", "m")) and _LIKE["readers"].fullmatch(
            self.inside
        )
        return self.is_form or bool(theirs)

    @property
    def is_control(self) -> bool:
        """Whether it names a key or a button: press [Enter], the [Save] button."""
        if _LIKE["keys"].fullmatch(self.inside):
            return True
        before, after = self.before[-40:], self.after
        return bool(_LIKE["control_before"].search(before) or _LIKE["control_after"].match(after))


def _bracket(text: str, start: int, end: int, inside: str, *, is_form: bool) -> _Bracket:
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    return _Bracket(inside, before, after, is_form)


def _is_form(prose: str) -> bool:
    return bool(_LIKE["form"].search(prose))


def _judged_again(found: Match, text: str, *, in_letter: bool) -> Match:
    """Return what a pattern found, a bracket, as the bracket that it is where it is."""
    end = found.start + len(found.what)
    inside = found.what.partition("]")[0].strip("[ ")
    is_form = in_letter or _is_form(text)
    bracket = _bracket(text, found.start, end, inside, is_form=is_form)
    level = max(found.level, _unless_for_readers(bracket), key=lambda it: it.rank)
    return found if level is found.level else Match(level, found.start, found.what, _MAY_BE)


def _in_brackets(prose: str, *, in_letter: bool) -> Iterator[Match]:
    """Yield the placeholders in brackets, each kind in reading order."""
    for sign, regex, judge in _KINDS:
        if sign not in prose:
            continue
        is_form = in_letter or _is_form(prose)
        text = _BEYOND_HOST.sub(lambda it: HIDDEN * len(it[0]), prose)
        for found in regex.finditer(text):
            bracket = _bracket(text, *found.span(), found[1].strip(), is_form=is_form)
            if HIDDEN not in found[0] and (level := judge(bracket)):
                is_sure = level is Level.BLOCKS
                yield Match(level, found.start(), found[0], _IS if is_sure else _MAY_BE)


def _square(bracket: _Bracket) -> Level | None:
    """Judge square brackets: not footnote marks, citations, [sic], [t]he, "terms", buttons."""
    inside = bracket.inside
    if _is_blank(bracket):
        return _unless_for_readers(bracket)
    counted = _FOR.search(bracket.before) or bracket.after.startswith("%")
    if (_NUMBERS.fullmatch(inside) and _LIKE["unit"].match(bracket.after) and counted) or (
        _AMOUNT.fullmatch(inside)
    ):
        return Level.ACKNOWLEDGE
    if _is_part_of_a_word(bracket) or not _LETTERS.search(inside.lower()):
        return None
    if inside.lower().replace("\u00a0", " ") == "email protected":
        return Level.ACKNOWLEDGE
    return _instruction(bracket) if _is_instruction(bracket) else _other_words(bracket)


def _is_quiet(bracket: _Bracket) -> bool:
    return bool(_LIKE["quiet"].fullmatch(bracket.inside)) and bracket.inside.lower() not in _NOUNS


def _is_instruction(bracket: _Bracket) -> bool:
    inside = bracket.inside
    first = _LIKE["first"].match(inside)
    is_open = _LIKE["open"].search(inside) or (first and first[1].lower() in _NOUNS)
    return bool(_LIKE["order"].match(inside) or is_open) and not _is_quiet(bracket)


def _instruction(bracket: _Bracket) -> Level | None:
    if bracket.is_control and not bracket.has_noun:
        return None
    return _unless_for_readers(bracket)


def _other_words(bracket: _Bracket) -> Level | None:
    inside = bracket.inside
    is_citation = _LIKE["citation"].search(inside) and not _LIKE["alternatives"].search(inside)
    if _is_quiet(bracket) or is_citation:
        return None
    if bracket.is_control or _FOREIGN.search(inside):
        return Level.ACKNOWLEDGE if bracket.has_noun and inside.isupper() else None
    if bracket.is_to_fill:
        return _unless_for_readers(bracket)
    if _LIKE["citation"].search(bracket.before[-24:]):
        return None
    is_key = " " not in inside and inside.isupper() and any(char.isdigit() for char in inside)
    if bracket.is_shown or bracket.is_quoted or is_key:  # a key such as [RFC2119]
        return None
    return Level.ACKNOWLEDGE


def _unless_for_readers(bracket: _Bracket) -> Level:
    if bracket.is_shown:
        return Level.ADVICE
    is_doubtful = bracket.is_for_readers or bracket.is_quoted
    return Level.ACKNOWLEDGE if is_doubtful else Level.BLOCKS


def _is_blank(bracket: _Bracket) -> bool:
    """Return whether a value is left open: "Effective date: [ ]", [●], [X] days."""
    inside, before, after = bracket.inside, bracket.before, bracket.after
    if not inside:  # a box to tick, unless a value is missing
        if before.rstrip().endswith(("Annex", "Schedule", "Section", "Clause", "clause")):
            return True
        missing = before.rstrip().endswith((":", "of"))
        return bool(_LIKE["unit"].match(after)) or (missing and not after.strip(" .,;"))
    if _NUMBERS.fullmatch(inside) and "/" in inside and _LIKE["unit"].match(after):
        return True
    one = len(inside) == 1 and inside in "XxNnYy"
    return bool(_LIKE["signs"].fullmatch(inside)) or (one and bool(_LIKE["unit"].match(after)))


def _is_part_of_a_word(bracket: _Bracket) -> bool:
    """Return whether it is a box to tick, a defined "term", [T]he, word[s] or part of a name."""
    inside, before, after = bracket.inside, bracket.before, bracket.after
    if not inside or inside[0] in "\"“”'‘«„":
        return True
    is_host = before.endswith(("://", "www."))
    joined = before[-1:].isalnum() or before[-1:] in ("_", "-", "/", ".")
    return (joined and not is_host) or (after[:1].isalpha() and len(inside) <= _FEW_LETTERS)


_FEW_LETTERS = 3
_FEW_WORDS = 6


def _angle(bracket: _Bracket) -> Level | None:
    """Judge angle brackets: not tags of HTML, names of laws, headings."""
    inside = bracket.inside
    joined = bracket.before[-1:].isalnum() or bracket.before[-1:] in ("_", "-", "/")
    if joined or _LIKE["keys"].fullmatch(inside) or inside in _TAGS:
        return None
    if bracket.is_to_fill or _LIKE["order"].match(inside):
        return _unless_for_readers(bracket)
    few = len(bracket.words) <= _FEW_WORDS
    return Level.ACKNOWLEDGE if few and bracket.has_noun and inside[0].islower() else None


def _curly(bracket: _Bracket) -> Level | None:
    """Judge single braces, which finished texts have in names of cookies and of API fields."""
    if bracket.inside.lower().endswith(("id", "token", "user", "hash")) or not bracket.has_noun:
        return Level.ACKNOWLEDGE if _LIKE["order"].match(bracket.inside) else None
    return _unless_for_readers(bracket) if bracket.is_to_fill else Level.ACKNOWLEDGE


_KINDS = ("[", _SQUARE, _square), ("<", _ANGLES, _angle), ("{", _CURLY, _curly)
