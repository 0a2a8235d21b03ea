"""What a Word file that came back would change in the text that was sent, and who changed it."""

import re
from dataclasses import replace
from itertools import takewhile
from textwrap import dedent

from policies.text import redline
from policies.text.document import Document, Section
from policies.text.importing.returned import Returned
from policies.text.importing.word.spelling import respelled
from policies.text.redline.merging import with_edits
from policies.text.tracked_authors import Named, authors_of


def proposed(sent: Document, found: Returned, base: str) -> tuple[Document, dict[str, Named]]:
    """Return the text of a file as an edit of what was sent, and who tracked each change in it.

    base: the address of its page, to which links of the text are relative.
    """
    text = with_edits(sent, respelled(sent, base), _with_headings(sent, found.text))
    return text, authors_of(redline.changes_between(sent, text), found.spans)


_PLACE = re.compile(r"\[\]\{#([^{}\s]+)\}")


def _with_headings(sent: Document, text: Document) -> Document:
    """Return a text in which the headings are headings again that LibreOffice made paragraphs.

    It gives the paragraph behind a deleted one the style of that one, but it keeps the bookmark,
    which is here an anchor beside the words of the heading: in bold, or in an item, if they were.
    """
    there = {it.anchor for it in text.sections}
    gone = {it.anchor: it for it in sent.sections if it.anchor not in there}
    if not gone:
        return text
    introduction, found = _divided(text.introduction, gone)
    for it in text.sections:
        body, started = _divided(it.body, gone)
        found += [replace(it, body=body), *started]
    return replace(text, introduction=introduction, sections=tuple(found))


def _divided(body: str, gone: dict[str, Section]) -> tuple[str, list[Section]]:
    """Return a text up to the first heading of `gone` in it, and the sections that begin there."""
    parts, started = list[list[str]]([[]]), list[Section]()
    for line in body.split("\n"):
        place = _PLACE.search(line)
        section = gone.get(place[1]) if place else None
        heading = f"{line[: place.start()]}{line[place.end() :]}" if place else ""
        shown = {_letters(heading), _letters(_LABEL.sub("", heading))}
        if section and _letters(section.heading) in shown:
            started.append(gone.pop(section.anchor))  # each once
            parts.append([])
        else:
            parts[-1].append(line)
    first = "\n".join(parts[0]).strip("\n")
    bodies = map(_outdented, parts[1:])
    return first, [replace(it, body=own) for it, own in zip(started, bodies, strict=True)]


def _outdented(lines: list[str]) -> str:
    """Return the text below a heading, of which the first lines may have been in its item."""
    inside = [*takewhile(lambda line: line[:1] in ("", " "), lines)]
    outside = "\n".join(lines[len(inside) :])
    return "\n".join([dedent("\n".join(inside)), outside]).strip("\n")


_LABEL = re.compile(r"[ ]*(?:[-*+]|\(?\w{1,6}[.)]|(?:\d+\.)+\d+)[ ]+")


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text))
