"""Limits on what is rendered, which refuse a text before it costs a reader or a writer time.

Pure. The limits count, they never look at a clock: the same text is refused on every machine, or on
none. They are far above what policies hold (one of 100,000 words with links, lists and tables
uses a quarter of them) and below what takes more than two seconds for 64 kB.
"""


class RenderingRefused(ValueError):
    """A text that is not rendered. The message says what, where and what to do."""


MAX_CHARACTERS = 1_500_000

# Quotes, lists and other blocks inside one another, counted as the grammar counts: a list and its
# item are two.
MAX_NESTING = 40

# Elements inside one another, inline ones included.
MAX_DEPTH = 100


def max_elements(characters: int) -> int:
    """Return how many elements a text of so many characters may have."""
    return 5_000 + characters // 16


def max_brackets(characters: int) -> int:
    """Return how many opening brackets and braces a text of so many characters may have."""
    return 4_000 + characters // 32


def max_angles(characters: int) -> int:
    """Return how often "<", ">" and "&" together may occur in a text of so many characters."""
    return 6_000 + characters // 16


def max_lines(characters: int) -> int:
    """Return how many lines, and how many pipe characters (|), a text of this length may have.

    Finished policies of any length have a fifth of that at most.
    """
    return 10_000 + characters // 16


def check_lines(text: str) -> None:
    """Raise RenderingRefused for a text that is to be kept and has too many lines or cells.

    What is kept already is rendered without this: in itself, a line costs a reader nothing.
    """
    most = max_lines(len(text))
    _refuse_more(text, "\n", most, "has {} lines", "Remove empty lines, or join short ones.")
    pipes = "has {} pipe characters (|)"
    _refuse_more(text, "|", most, pipes, "Divide its tables among several policies.")


def check_text(text: str) -> None:
    """Raise RenderingRefused for a text that goes over a limit even before it is parsed."""
    length = len(text)
    if length > MAX_CHARACTERS:
        raise RenderingRefused(
            f"The text is {length:,} characters long; the most that can be shown is "
            f"{MAX_CHARACTERS:,}. Split it into several policies."
        )
    tags = "has the characters <, > and & {} times"
    advice = "Remove tags, or import the text as an .html file."
    _refuse_more(text, "<>&", max_angles(length), tags, advice)
    brackets = "has {} opening brackets and braces"
    _refuse_more(text, "[{", max_brackets(length), brackets, "Remove those that mean nothing.")


def _refuse_more(text: str, characters: str, most: int, what: str, advice: str) -> None:
    """Raise RenderingRefused for a text that has these characters more often than that."""
    if (count := sum(map(text.count, characters))) > most:
        has = what.format(f"{count:,}")
        raise RenderingRefused(f"The text {has}; the most for its length is {most:,}. {advice}")


def too_many_elements(line: int) -> RenderingRefused:
    """Return the refusal of a text that has too many elements up to a line."""
    return RenderingRefused(
        f"Line {line}: up to here the text has more headings, list items, table cells, links and "
        "other marks than can be shown. Split it into several policies."
    )


def nested_too_deeply(line: int) -> RenderingRefused:
    """Return the refusal of a text in which too many elements are inside one another."""
    return RenderingRefused(
        f"Line {line}: marks for emphasis, links, quotes or lists are nested too deeply. Remove "
        "some of the levels."
    )
