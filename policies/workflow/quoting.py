"""The words that comments are about: in the text as it is now, or gone."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypedDict, Unpack

from policies.models import ReviewComment, Revision
from policies.text import quotations
from policies.text.quotations import MAX_QUOTED, NotQuotable, Quotation, Span
from policies.text.quoted_html import TextPart, text_parts
from policies.workflow.preconditions import clean_text, known_section
from policies.workflow.refusals import Incomplete


class QuotedPlace(NamedTuple):
    """Where words are. part: its index in parts_of."""

    anchor: str
    part: int
    span: Span


def parts_of(revision: Revision) -> list[TextPart]:
    """Return the parts of a revision's text as it was rendered."""
    return text_parts(revision.html, {section.anchor for section in revision.sections.all()})


def quoted_places(
    revision: Revision, comments: Iterable[ReviewComment]
) -> dict[int, QuotedPlace | None]:
    """Return where the words are that comments are about, by the key of each that is about any;
    None if they are gone.
    """
    quoted = {c.pk: (c.quotation, c.section_anchor) for c in comments if c.quotation}
    parts = parts_of(revision) if quoted else []
    texts = [part.words for part in parts]
    homes = {part.anchor: index for index, part in reversed(list(enumerate(parts)))}
    found: dict[int, QuotedPlace | None] = {}
    for key, (values, anchor) in quoted.items():
        place = quotations.find_among(texts, Quotation.of_values(values), homes.get(anchor))
        found[key] = QuotedPlace(parts[place[0]].anchor, *place) if place else None
    return found


class Subject(TypedDict, total=False):
    """What a comment is about: words, a section, or the whole.

    words: as they are read, "" for none; looked for in the section, or in the whole text. prefix,
    suffix: the text around them, as far as it is known.
    """

    section_anchor: str
    words: str
    prefix: str
    suffix: str


class Suggestion(Subject, total=False):
    """replacement: Markdown that is suggested in place of the words, on one line; "" for none."""

    replacement: str


def comment_columns(
    revision: Revision, *, replacement: str = "", **words: Unpack[Subject]
) -> dict[str, Any]:
    """Return the columns of a comment on words, on a section or on the whole. Raises Incomplete."""
    about = _found(revision, **words)
    suggested = clean_text(" ".join(replacement.split()), most=MAX_QUOTED, about="replacement")
    if not suggested:
        return about
    if "quotation" not in about:
        raise Incomplete("Select the words that are to be replaced.", "words")
    return {**about, "quotation": {**about["quotation"], "replacement": suggested}}


def _found(
    revision: Revision,
    section_anchor: str = "",
    words: str = "",
    prefix: str = "",
    suffix: str = "",
) -> dict[str, Any]:
    section_anchor = known_section(revision, section_anchor)
    words = clean_text(words, most=MAX_QUOTED, about="words")
    if not words:
        return {"section_anchor": section_anchor}
    # Only as much of it counts as is kept of it.
    around = {"prefix": prefix[-MAX_QUOTED:], "suffix": suffix[:MAX_QUOTED]}
    parts = [part for part in parts_of(revision) if section_anchor in {part.anchor, ""}]
    try:
        found = quotations.quote_among([part.words for part in parts], words, **around)
    except NotQuotable as problem:
        raise Incomplete(str(problem), "words") from problem
    if found is None:
        raise Incomplete(
            "The words that this is about are not in the text. Copy them from it: perhaps somebody "
            "has changed it since you opened the page.",
            "words",
        )
    index, quotation = found
    return {"section_anchor": parts[index].anchor, "quotation": quotation.values}
