"""Words of the dialect in which this project was first written, and what to write instead.

Whoever knows Django or the law should understand code, screens and documents without a glossary.

    python -m tests.plain_english [FOLDER]      what is found in a checkout, and how often
"""

import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]

# A regular expression for whole words, in which a space is also `_` or `-` or the border of a
# camel-cased name; and what to write instead.
BETTER = {
    "walls?": "database rule",
    "stands?|stood|standing": "is, exists, has; the status of a version",
    "tells?|told|telling": "show, notify, report, tell apart: distinguish",
    "mends?|mended|mending": "fix",
    "answer(s|ed)? for": "justify",
    "hand(s|ed|ing)? (it )?in": "submit",
    "take (it )?back|takes back|took back|taken back": "withdraw the submission",
    "tak(e|es|en|ing) (it )?up( again)?|took up": "reinstate",
    "begun": "based on, started",
    "puts? up|putting up": "publish, create",
    "departed|departures?": "removed anchor",
    "bells?": "listener",
    "rescue[ds]?": "fallback",
    "shells?": "server; only a shell of the operating system is a shell",
    "affairs|affair": "publisher practices",
    "neighbours?": "adjacent version",
    "editions?": "publication state",
    "keepers?": "snapshot writer",
    "moments": "timestamps",
    "suspicions?": "match",
    "verbs?": "action",
    "(hold|holds|held) up": "block",
    "pieces? of advice": "suggestion",
    "in work": "in progress",
    "waits? for you": "needs your attention",
    "letters?": "message, e-mail",
    "may now|may not yet": "allowed actions",
    "(page|screen|button|notice|desk|badge|banner)s? (says?|said)": "shows, reads",
    "whether .{0,30} says so": "name what is returned",
    "once free": "retry while locked",
    "as of one moment": "repeatable read, snapshot",
    "hand(s|ed|ing)? over": "run in the background, pass on",
    "beside requests": "in the background",
    "patient for": "timeout",
    "seconds of patience": "lease, timeout",
}

# What is no dialect: the word in its ordinary sense, or a name that is stored or published.
ALLOWED = {
    "walls?": r"policies_wall_",  # names of triggers
    "stands?|stood|standing": (
        r"stands?[ _](for|still|alone)\b|as[ _](it|they)[ _]stands?\b|\"standing\"|\"\^stand\""
        r"|\bStand:|_stands_for_"
    ),
    "tells?|told|telling": (
        r"tell(s|ing)?( \w+)* apart|can('t| not|not)? tell|\.tell\(\)"
        r"|tells?\s(an administrator|readers|search engines|a CDN|publishers|developers)"
    ),
    "begun": r"begun_at|(?<![a-z])(has|have|had|was|were|been)[ _]begun",
    "hand(s|ed|ing)? (it )?in": r"\"handed_in\"",  # the kind of an e-mail, in the database
    "shells?": r"shell on the server|--shell|headless-shell|shell variable|Django shell",
    "verbs?": r"\"verb\"|modal verb|`verb`|verbs\.add_parser|options\.verb",
    "editions?": r"\"editions?\"|an edition is|editions = ",  # keys of the file of the snapshot
    "take (it )?back|takes back|took back|taken back": r"\"take_back\"",  # in the audit
    "departed|departures?": (
        r"policies_departure|policies\.Departure|PREFIX\}departure|class=\"departed|\"departure_"
    ),
    "letters?": (
        r"(to|by) (the )?letter|(small|capital|lower-case|one|two|three|in|as)[ _]letters?(\b|_)"
        r"|letters? (and|or) "
    ),
}

# The folders and files that people read, as patterns below the root.
READ = [
    "policies/**/*.py",
    "softphonez_site/**/*.py",
    "templates/**/*.html",
    "templates/**/*.txt",
    "docs/**/*.md",
    "*.md",
    "tests/**/test_*.py",  # the names of the tests
]
# Names of version 1.0 that are stored; messages of triggers, which processes of both versions
# compare while a site is upgraded; and this list itself.
LEFT_OUT = re.compile(r"/migrations/|policies/database/rules/|/static/vendor/|docs/mutation\.md")
# Letters of the alphabet are what these are about.
ABOUT_LETTERS = re.compile(r"policies/text/|policies/languages|softphonez_site/values")
# Patterns and lists of words that people write in policies.
PATTERN_OF_A_FINDING = re.compile(r"^\s*(r|f|rf)?\"")


class Found(NamedTuple):
    """A word of the dialect. place: file:line. word: its key in BETTER."""

    place: str
    word: str
    line: str

    def __str__(self):
        return f"{self.place}: {self.line.strip()[:80]!r}: write {BETTER[self.word]}"


PATTERNS = {
    word: re.compile(rf"(?<![a-z])(?:{word.replace(' ', '[ _-]')})(?![a-z])", re.IGNORECASE)
    for word in BETTER
}
ANY = re.compile("|".join(it.pattern for it in PATTERNS.values()), re.IGNORECASE)
EXCEPTIONS = {word: re.compile(pattern, re.IGNORECASE) for word, pattern in ALLOWED.items()}


def files(root):
    """Yield what people read below the folder: its path, and its text as far as it counts."""
    for path in sorted({it for pattern in READ for it in root.glob(pattern)}):
        if LEFT_OUT.search(path.as_posix()):
            continue
        text = path.read_text(encoding="utf-8")
        if path.name == "CHANGELOG.md":
            text = text.split("\n## [1.0.0]")[0]
        if path.is_relative_to(root / "tests"):
            text = "\n".join(
                it.partition("(")[0] if it.startswith("def test_") else ""
                for it in text.splitlines()
            )
        yield path.relative_to(root), text


def is_allowed(word, line, path):
    """Return whether a word is in its place in this line."""
    if word == "letters?" and ABOUT_LETTERS.search(path):
        return True
    if "policies/text/findings/" in path and PATTERN_OF_A_FINDING.search(line):
        return True
    return word in EXCEPTIONS and bool(EXCEPTIONS[word].search(line))


def found_in(root):
    """Return each place in a checkout where a word of the dialect is."""
    return [
        Found(f"{path}:{number}", word, line)
        for path, text in files(root)
        for number, line in enumerate(text.splitlines(), 1)
        if ANY.search(spaced := re.sub(r"([a-z])([A-Z])", r"\1 \2", line))
        for word, pattern in PATTERNS.items()
        for _ in pattern.findall(spaced)
        if not is_allowed(word, line, path.as_posix())
    ]


def per_thousand_lines(root):
    """Return how many of these words there are per 1,000 lines, by folder; of tests, per name."""
    found = Counter(Path(it.place.partition(":")[0]).parts[0] for it in found_in(root))
    lines = Counter()
    for path, text in files(root):
        lines[path.parts[0]] += sum(map(bool, text.splitlines()))
    return {part: round(1000 * found[part] / lines[part], 1) for part in lines}


def main(root):
    """Print each place, how often each word was found, and how often per 1,000 lines."""
    found = found_in(root)
    out = [*map(str, found), ""]
    counts = Counter(it.word for it in found).most_common()
    out += [f"{n:5} {word}: {BETTER[word]}" for word, n in counts]
    out += [f"{len(found):5} in total; per 1,000 lines: {per_thousand_lines(root)}", ""]
    sys.stdout.write("\n".join(out))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
