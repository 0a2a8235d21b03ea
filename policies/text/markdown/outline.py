"""How Markdown of any style divides into title, introduction and sections.

Pure. Written for policies as they are found: the title as `# …` or underlined, sections as H1, H2
or H3, numbers written by hand, ids from attribute lists of several dialects, links that rely on
the ids of another tool. What is returned follows the rules of a Document; no word and no anchor is
lost on the way.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from policies.text.markdown import attribute_lists, headings, normalizing
from policies.text.markdown.attribute_lists import ANY_ID, BARE_ANCHOR, bare_anchors
from policies.text.markdown.import_notes import ImportNote
from policies.text.markdown.limits import RenderingRefused
from policies.text.markdown.lines import Line, LineKind
from policies.text.markdown.tree import inlines_of, shown_texts
from policies.text.short_text import in_short, one_line


@dataclass(frozen=True, slots=True)
class Outline:
    """A text divided. title is "" where the text names none and no fallback was given.

    parts: what becomes a section: heading (inline Markdown), anchor, body.
    """

    title: str
    introduction: str
    parts: tuple[tuple[str, str, str], ...]
    notes: tuple[ImportNote, ...]


@dataclass(slots=True)
class _Heading:
    level: int
    text: str
    anchors: list[str]
    plain: str
    number: int  # of its line in the file
    lines: list[Line] = field(default_factory=list)


# A longer first heading is a paragraph that was written as a heading.
MAX_TITLE = 300

_ANY_ID = re.compile(ANY_ID)


def read(
    text: str,
    *,
    title: str = "",
    fallback_title: str = "",
    first_line: int = 1,
    keeps_numbers: bool = False,
) -> Outline:
    """Divide a text that has gone through `characters.clean`.

    title: what the front matter says. fallback_title: taken where the text names none.
    first_line: the line of the file on which the text begins, for the notes. keeps_numbers: as in
    document.read_any_style.
    """
    normal = normalizing.normalize(text, first_line)
    text, notes = normal.text, list(normal.notes)
    before, found = _headings_in(normal)
    if not found and not title:
        title = _bold_title(before)
    _resolve_links(found, text)
    kept, name, opening = _title(found, one_line(title), one_line(fallback_title), notes)
    _settle_levels(kept, notes)
    sections = [heading for heading in kept if heading.level == 2]
    for heading in sections:
        heading.text = _WHOLLY_BOLD.sub(r"\2", heading.text)
    if not keeps_numbers:
        _drop_positions(sections)
    rename = _settle_anchors(found, kept, text, notes)
    introduction, parts = _assemble(before, opening, found, kept)
    if rename:
        introduction = with_links(introduction, rename)
        parts = [(heading, anchor, with_links(body, rename)) for heading, anchor, body in parts]
    return Outline(name, introduction, tuple(parts), tuple(notes))


def without_marks(inline: str) -> str:
    """Return the words of one line of inline Markdown, without its marks, on one line."""
    from policies.text.markdown import grammar  # whoever only serves pages does without it

    tokens = grammar.words_only().parseInline(BARE_ANCHOR.sub("", inline))[0].children or ()
    try:
        return one_line("".join(shown_texts(inlines_of(tokens))))
    except RenderingRefused:  # nested too deeply, which no page shows
        return one_line(inline)


def _headings_in(normal: normalizing.Normalized) -> tuple[list[Line], list[_Heading]]:
    """Return the lines before the first heading, and the headings."""
    before: list[Line] = []
    found: list[_Heading] = []
    for number, line in zip(normal.numbers, normal.lines, strict=True):
        if line.kind is LineKind.HEADING and not line.nested:
            inline, anchors = line.heading, []
            if attributes := attribute_lists.AT_END.search(inline):
                anchors = attribute_lists.ids(attributes[1])
                inline = inline[: attributes.start()]
            bare = BARE_ANCHOR.findall(inline)
            inline = BARE_ANCHOR.sub("", inline).strip(" \t")
            found.append(
                _Heading(line.level, inline, anchors + bare, without_marks(inline), number)
            )
        else:
            (found[-1].lines if found else before).append(line)
    return before, found


def _resolve_links(found: Sequence[_Heading], text: str) -> None:
    """Give headings the anchors under which links in the text refer to them, because another tool
    would have given them these.
    """
    given = {anchor for heading in found for anchor in heading.anchors}
    given.update(_ANY_ID.findall(text))
    wanted = dict.fromkeys(unquote(link[1] or link[2]) for link in _LINK.finditer(text))
    missing = [anchor for anchor in wanted if anchor not in given]
    tables = [_by_letters(found, form) for form in _FORMS] if missing else []
    for anchor in missing:
        index = _heading_of(anchor.removeprefix("user-content-"), tables)
        if index is not None:
            found[index].anchors.append(anchor)


def _title(
    found: list[_Heading], title: str, fallback: str, notes: list[ImportNote]
) -> tuple[list[_Heading], str, str]:
    """Return the headings that stay, the title, and a line that opens the introduction."""
    candidate = _candidate(found, title)
    if candidate is None:
        if not title:
            title = fallback or (found[0].plain if found else "")
            notes.append(ImportNote("no title in the text, so this one was used", in_short(title)))
        return found, title, ""
    kept = [heading for heading in found if heading is not candidate]
    words = candidate.plain
    linked = candidate.text if re.search(r"\]\(|\]\[", candidate.text) else ""
    if linked:  # a title is plain text, so its links need another place
        kind = "link in the title moved to the introduction"
        notes.append(ImportNote(kind, in_short(linked), candidate.number))
    if not title or _words_in(title) <= _words_in(words):
        return kept, words, linked
    if _words_in(words) <= _words_in(title):
        return kept, title, linked
    kind = "heading became text, because the front matter has the title"
    notes.append(ImportNote(kind, words, candidate.number))
    if not re.search(r"[*_\\]", candidate.text):
        candidate.text = f"**{candidate.text}**"
    return kept, title, candidate.text


def _bold_title(before: list[Line]) -> str:
    """Take the title from a text without headings: a first paragraph of one line, all in bold."""
    first = _first_filled(before)
    if first == len(before) or before[first].kind is not LineKind.TEXT:
        return ""
    bold = _WHOLLY_BOLD.match(before[first].text.strip(" \t"))
    alone = first + 1 == len(before) or before[first + 1].kind is LineKind.BLANK
    if not bold or not alone or len(bold[2]) > MAX_TITLE or "](" in bold[2]:
        return ""
    del before[first]
    return without_marks(bold[2])


def _first_filled(lines: Sequence[Line]) -> int:
    """Return the index of the first line that is not blank; the number of lines for none."""
    return next((n for n, line in enumerate(lines) if line.kind is not LineKind.BLANK), len(lines))


def _words_in(text: str) -> set[str]:
    return {_letters(word) for word in re.findall(r"\w+", text)} - {""}


def _candidate(found: Sequence[_Heading], title: str) -> _Heading | None:
    """Return the heading that is the title, if one is: the first if it is an H1, the only H1
    wherever it is, or the first if it alone has the highest level and others are below it.

    One that is numbered like the others is a section. Where the front matter has a title of other
    words, only an H1 that comes alone can be a second title; several are sections.
    """
    if not found or not any(heading.plain for heading in found):
        return None
    tops = [heading for heading in found if heading.level == 1]
    first = found[0]
    if tops:
        candidate = first if first.level == 1 else tops[0] if len(tops) == 1 else None
        if len(tops) > 1 and headings.own_number(first.plain).startswith("1"):
            candidate = None  # the first of the sections
    else:
        highest = min(heading.level for heading in found)
        alone = sum(heading.level == highest for heading in found) == 1
        candidate = first if alone and first.level == highest and len(found) > 1 else None
    if candidate is None or not candidate.plain or len(candidate.plain) > MAX_TITLE:
        return None
    if title and (len(tops) != 1 or candidate.level != 1):
        ours, theirs = _words_in(title), _words_in(candidate.plain)
        return candidate if ours <= theirs or theirs <= ours else None
    return candidate


def _settle_levels(kept: Sequence[_Heading], notes: list[ImportNote]) -> None:
    """Move sections to level 2, and their sub-headings with them.

    From the first H1 that is left, H1s are sections and every heading goes down one level. Before
    it, or where none is left, the headings of the highest level are the sections.
    """
    split = next((n for n, heading in enumerate(kept) if heading.level == 1), len(kept))
    lift = min((heading.level for heading in kept[:split]), default=2) - 2
    for number, heading in enumerate(kept):
        level = heading.level - lift if number < split else heading.level + 1
        if level > 6:
            words = in_short(heading.plain)
            notes.append(ImportNote("heading deeper than six levels", words, heading.number))
        heading.level = min(level, 6)


_WHOLLY_BOLD = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+)(?<=\S)\1\Z")
_POSITION = re.compile(r"(\**_*)(\d{1,3})(?:\\?[.)．]\s*|\s+[-–—]\s+|[、：:]\s*|\s+)(?=[^\s\d.])")


def _drop_positions(sections: Sequence[_Heading]) -> None:
    """Remove hand-written numbers from sections if they are just 1 … n: the page numbers them."""
    matches = [match for heading in sections if (match := _POSITION.match(heading.text))]
    if [int(match[2]) for match in matches] != list(range(1, len(sections) + 1)):
        return
    if len(sections) == 1 and not headings.own_number(sections[0].plain):
        return  # "1 January", not the number of a section
    for heading, match in zip(sections, matches, strict=True):
        heading.text = match[1] + heading.text[match.end() :]


def _settle_anchors(
    found: Sequence[_Heading], kept: Sequence[_Heading], text: str, notes: list[ImportNote]
) -> dict[str, str]:
    """Make the anchors valid and unique, and give each section one; return what was renamed."""
    rename: dict[str, str] = {}
    given: set[str] = set()
    of_headings = (anchor for heading in found for anchor in heading.anchors)
    anchors = headings.Anchors([*of_headings, *_ANY_ID.findall(text)])
    for heading in found:
        good: list[str] = []
        for anchor in dict.fromkeys(heading.anchors):
            name = anchor
            if not headings.is_anchor(anchor) or anchor.startswith(headings.RESERVED_PREFIXES):
                name = anchors.unique(headings.slug(re.sub(r"[^\w-]+", " ", anchor)))
                rename[anchor] = name
                change = f"{anchor} → {name}"
                notes.append(ImportNote("anchor changed", change, heading.number))
            if name in given:
                kind = "anchor used twice, kept where it was first"
                notes.append(ImportNote(kind, name, heading.number))
            else:
                given.add(name)
                good.append(name)
        heading.anchors = good
    for heading in kept:
        if heading.level == 2 and not heading.anchors:
            heading.anchors = [anchors.unique(headings.slug(without_marks(heading.text)))]
    return rename


def with_links(text: str, rename: Mapping[str, str]) -> str:
    """Return a text whose links lead to other anchors. rename: the new names, by the old ones."""

    def target(match: re.Match[str]) -> str:
        new = rename.get(unquote(match[2]))
        return f"{match[1]}{new}" if new else match[0]

    return re.sub(r"(\]\([ \t]*<?#|\]:[ \t]*<?#)([^)\s<>]+)", target, text)


def _assemble(
    before: list[Line], opening: str, found: Sequence[_Heading], kept: Sequence[_Heading]
) -> tuple[str, list[tuple[str, str, str]]]:
    introduction = [line.text for line in before]
    parts: list[tuple[_Heading, list[str]]] = []
    body = introduction
    sections = {id(heading) for heading in kept}
    for heading in found:
        if id(heading) not in sections:
            body += [*filter(None, [opening]), "", *_anchored(heading.anchors, heading.lines)]
        elif heading.level == 2:
            body = _anchored(heading.anchors[1:], heading.lines)
            parts.append((heading, body))
        else:
            line = attribute_lists.heading(heading.level, heading.text, heading.anchors)
            body.append(line)
            body += [line.text for line in heading.lines]
    return "\n".join(introduction), [
        (heading.text, heading.anchors[0], "\n".join(lines)) for heading, lines in parts
    ]


def _anchored(anchors: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """Put bare anchors before a text: into its first paragraph, or else in one of their own."""
    first = _first_filled(lines)
    texts = [line.text for line in lines[first:]]
    if not anchors:
        return texts
    marks = bare_anchors(anchors)
    if texts and _is_prose(lines, first):
        return [marks + texts[0].lstrip(" \t"), *texts[1:]]
    return [marks, "", *texts]


def _is_prose(lines: Sequence[Line], at: int) -> bool:
    """Return whether a paragraph begins here that words may be put before."""
    line = lines[at]
    after = lines[at + 1].text if at + 1 < len(lines) else ""
    if line.kind is not LineKind.TEXT or line.nested or "|" in line.text or "|" in after:
        return False
    words = BARE_ANCHOR.sub("", line.text).lstrip(" \t")
    return words[:1].isalnum() and not re.match(r"[ \t]*[:~=-]", after)


# The anchors that other tools would have given a heading: links to them go on working. A policy
# that was written for GitHub or Jekyll says [see](#1-scope). Tools differ in the signs that they
# leave out or turn into hyphens, so only letters and digits are compared; and in what they do with
# a number before the words and with letters that are not ASCII.
_NUMBER = re.compile(r"^[\W\d_]+")
_FORMS: tuple[Callable[[str], str], ...] = (
    lambda words: words,  # GitHub, GitLab, Goldmark, Pandoc, markdown-it-anchor
    lambda words: _NUMBER.sub("", words),  # kramdown, Pandoc, many a hand
    lambda words: _ascii(unicodedata.normalize("NFKD", words)),  # Python-Markdown
    lambda words: _ascii(_NUMBER.sub("", words)),  # kramdown
)
_LINK = re.compile(
    r"\]\([ \t]*<?#([^)\s<>]+)|^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?#([^\s<>]+)", re.MULTILINE
)
# They number headings that are repeated: scope, scope-1, scope-2, or scope_1.
_REPEATED = re.compile(r"(.*)[-_](\d{1,4})\Z", re.DOTALL)


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def _by_letters(found: Sequence[_Heading], form: Callable[[str], str]) -> Mapping[str, list[int]]:
    """Return the indexes of headings by the letters and digits that they have in a form."""
    table: dict[str, list[int]] = defaultdict(list)
    for index, heading in enumerate(found):
        if letters := _letters(form(heading.plain)):
            table[letters].append(index)
    return table


def _heading_of(anchor: str, tables: Sequence[Mapping[str, list[int]]]) -> int | None:
    """Return the index of the heading that an anchor means, None if there is none."""
    keys = [(_letters(anchor), 0)]
    if repeated := _REPEATED.match(anchor):
        keys.append((_letters(repeated[1]), int(repeated[2])))
    for letters, place in keys:
        for table in tables:
            if place < len(table.get(letters, ())):
                return table[letters][place]
    return None


def _letters(text: str) -> str:
    """Return only the letters, digits and marks of a text, in one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMN")
