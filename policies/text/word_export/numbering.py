"""The numberings of lists and headings as elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.text.importing.word.names import INDENT
from policies.text.importing.word.numbering import BULLETS, HEADINGS, LEVELS, Level, Numbering
from policies.text.word_export.elements import Element, make


def elements(made: Sequence[Numbering], heading_levels: int) -> Iterator[Element]:
    """Yield w:abstractNum and w:num. made: of items. heading_levels: how many are numbered."""
    headings = {
        level: Level("decimal", ".".join(f"%{it + 1}" for it in range(level + 1)), 1)
        for level in range(heading_levels)
    }
    if headings:
        headings[0] = Level("decimal", "%1.", 1)
    bullets = {level: Level("bullet", "•◦▪"[level % 3], 1) for level in range(LEVELS)}
    numberings = [
        Numbering(HEADINGS, headings),
        Numbering(BULLETS, bullets),
        *made,
    ]
    for one in numberings:
        yield _abstract(one)
    for one in numberings:
        yield make("w:num", make("w:abstractNumId", val=str(one.id)), numId=str(one.id))


def _abstract(numbering: Numbering) -> Element:
    """Return a w:abstractNum, with all levels up to its last: Word would fill the gaps itself."""
    abstract = make("w:abstractNum", abstractNumId=str(numbering.id))
    abstract.append(make("w:multiLevelType", val="multilevel"))
    for at in range(max(numbering.levels, default=0) + 1):
        own = numbering.levels.get(at, Level("decimal", f"%{at + 1}.", 1))
        level = make(
            "w:lvl",
            make("w:start", val=str(own.start)),
            make("w:numFmt", val=own.form),
            ilvl=str(at),
        )
        if numbering.id == HEADINGS:
            level.append(make("w:pStyle", val=f"Heading{at + 1}"))
            level.append(make("w:suff", val="space"))
        level.append(make("w:lvlText", val=own.pattern))
        level.append(make("w:lvlJc", val="left"))
        left = 0 if numbering.id == HEADINGS else INDENT * (at + 1)
        hanging = 0 if numbering.id == HEADINGS else INDENT
        level.append(make("w:pPr", make("w:ind", left=str(left), hanging=str(hanging))))
        abstract.append(level)
    return abstract
