"""The lines between `---` and `---` at the head of a file: read in any form, written in ours.

Pure. Reading understands YAML (`---`) and TOML (`+++`). Writing has one form, which does not depend
on any library, because the digest of a document covers it.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from policies.text.markdown import characters


class FrontMatterError(ValueError):
    """Front matter that can't be read. `line` is 1-based in the text, `reason` a sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Split:
    """A text in two: the values of its front matter ({} without any), and the rest.

    block: the front matter as written, fences included, "" without any. lines: how many it takes.
    """

    values: Mapping[str, object]
    block: str
    rest: str

    @property
    def lines(self) -> int:
        return self.block.count("\n")

    @property
    def is_ours(self) -> bool:
        """Return whether `write` wrote this front matter."""
        try:
            return self.block == write(self.values)
        except TypeError:
            return False

    def line_of(self, key: str) -> int:
        """Return the 1-based line of a top-level key, 1 where it can't be found."""
        wanted = re.compile(rf"[\"']?{re.escape(key)}[\"']?\s*[:=]")
        for number, line in enumerate(self.block.split("\n"), start=1):
            if wanted.match(line):
                return number
        return 1


# A first line that makes the block front matter: "layout: page", not "Last updated: May".
_YAML_KEY = re.compile(r"[\"']?[A-Za-z_][\w.-]*[\"']?[ \t]*:(?:[ \t]|\Z)")
_PLAIN = re.compile(r"[a-z][a-z0-9-]*\Z")
LONGEST_NUMBER = 1_000  # bits
_DEEPEST = 20
# Reading takes time quadratic in the number of keys.
MAX_LINES = 1_000
MAX_CHARACTERS = 100_000
_YAML_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def split(text: str) -> Split:
    """Separate front matter from the rest; line breaks are "\\n".

    A leading `---` that is only a horizontal rule is not front matter, nor is one before an empty
    line, as in Pandoc. Raises FrontMatterError for front matter that is never closed or does not
    parse.
    """
    lines = text.split("\n")
    fence = lines[0].rstrip(" \t")
    is_yaml = fence == "---" and "".join(lines[1:2]).strip() != ""
    if not is_yaml and fence != "+++":
        return Split({}, "", text)
    fences = ("---", "...") if is_yaml else ("+++",)
    end = next((n for n in range(1, len(lines)) if lines[n].rstrip(" \t") in fences), 0)
    inside = lines[1:end] if end else lines[1:2]
    if is_yaml and end != 1:
        first = next((line for line in inside if line.strip() and line[0] != "#"), "")
        if not _YAML_KEY.match(first):
            return Split({}, "", text)
    if not end:
        raise FrontMatterError(1, f"The front matter that begins here has no closing {fence} line.")
    if len(inside) > MAX_LINES or sum(map(len, inside)) > MAX_CHARACTERS:
        reason = (
            f"The front matter that begins here has more than {MAX_LINES:,} lines or "
            f"{MAX_CHARACTERS:,} characters. Leave in it what is about the whole document."
        )
        raise FrontMatterError(1, reason)
    values = _yaml(inside) if is_yaml else _toml(inside)
    _refuse_unreadable(lines[:end], values)
    block, rest = "\n".join(lines[: end + 1]), "\n".join(lines[end + 1 :])
    return Split({str(key): value for key, value in values.items()}, f"{block}\n", rest)


def _refuse_unreadable(lines: list[str], values: object, depth: int = 0) -> None:
    """Raise FrontMatterError for lists that are nested too deeply, a control character that an
    escape stands for, or a number that Python does not write down (4,300 digits).
    """
    if depth > _DEEPEST:
        raise FrontMatterError(2, f"There are more than {_DEEPEST} nested lists here.")
    if isinstance(values, dict):
        values = [*values, *values.values()]
    if isinstance(values, (list, tuple, set)):
        for value in values:
            _refuse_unreadable(lines, value, depth + 1)
    elif isinstance(values, str):
        if notes := characters.clean(values)[1]:
            at = next((number for number, line in enumerate(lines, 1) if "\\" in line), 1)
            words = f"An escape here stands for a control character ({notes[0].text}). Remove it."
            raise FrontMatterError(at, words)
    elif isinstance(values, int) and values.bit_length() > LONGEST_NUMBER:
        line = max(range(len(lines)), key=lambda number: len(lines[number]))
        words = "A number here has hundreds of digits. Put it in quotes, or remove it."
        raise FrontMatterError(line + 1, words)


def _yaml(inside: list[str]) -> dict[object, object]:
    from policies.text.markdown import yaml_loader  # 1 MB that serving pages does without

    if not inside:
        return {}
    try:
        values = yaml_loader.read("\n".join(inside))
    except yaml_loader.YamlError as error:
        raise FrontMatterError(error.line + 1, str(error)) from error
    if not isinstance(values, dict):
        raise FrontMatterError(2, "The front matter must be lines of the form 'key: value'.")
    return values


# A TOML key of so many parts, which take memory quadratic in their number.
_PART = r"(?<![\w\"'-])(?:[\w-]++|\"[^\"]*+\"|'[^']*+')[ \t]*+"
_DOTTED = re.compile(rf"(?:{_PART}\.[ \t]*+){{{_DEEPEST}}}")


def _toml(inside: list[str]) -> dict[str, object]:
    import tomllib  # few files need it

    for number, text in enumerate(inside, start=2):
        if _DOTTED.search(text):
            raise FrontMatterError(number, f"There are more than {_DEEPEST} nested keys here.")
    try:
        return tomllib.loads("\n".join(inside))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) + 1 if found else len(inside) + 1
        reason = str(error).partition(" (at")[0]
        raise FrontMatterError(line, f"The front matter is not TOML: {reason}.") from error


def write(values: Mapping[str, object]) -> str:
    """Return the front matter of these values, fences included, in their order; None is left out.

    - title and every other string: a double-quoted scalar, see `quote`; except that a string of
      `a-z0-9-` that begins with a letter and is no word of YAML's own is bare (never title).
    - dates: 2026-05-02. Whole numbers: digits. Truth values: true, false.
    """
    lines = [
        f"{key}: {_scalar(key, value)}\n" for key, value in values.items() if value is not None
    ]
    return f"---\n{''.join(lines)}---\n"


def _scalar(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.datetime):
        return quote(value.isoformat())
    if isinstance(value, datetime.date):
        return value.isoformat()
    if not isinstance(value, str):
        raise TypeError(f"Front matter can't hold {key} = {value!r}.")
    if key != "title" and _PLAIN.match(value) and value not in _YAML_WORDS:
        return value
    return quote(value)


def quote(text: str) -> str:
    """Return a YAML double-quoted scalar on one line, which every YAML reader gives back as `text`.

    `\\` and `"` get a backslash. Code points that YAML does not take bare are written \\uXXXX with
    upper-case digits: U+0000–U+001F, U+007F–U+009F, U+2028, U+2029, U+D800–U+DFFF, U+FEFF, U+FFFE,
    U+FFFF. All others are written as they are.
    """
    return '"' + characters.escape_for_yaml(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'
