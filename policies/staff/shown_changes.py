"""Single changes as pages of the desk show them: words in place, each with a name to undo it by."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from policies.text import child_process, redline
from policies.text.redline import Change, Changes, Kind, Place, Stretch
from policies.text.short_text import in_short

_LABELS = {"title": "Title", "introduction": "Introduction", "notation": "Heading numbers"}
# Changes that no words show.
_BESIDE = {
    Kind.LAYOUT: "line breaks, spaces and quotation marks",
    Kind.ANCHOR: "link to this section",
    Kind.NOTATION: "numbers of headings",
}
_OF_SECTION = {
    Kind.ADDED: "section added",
    Kind.REMOVED: "section removed",
    Kind.MOVED: "section moved",
}


class Undo(NamedTuple):
    """A button. name: what it undoes: "30 days → 14 days"."""

    id: str
    name: str


class ShownStretch(NamedTuple):
    """Words that were kept (then old and new are the same), or replaced.

    undo: the button behind them, unless the change has one already.
    """

    old: str
    new: str
    undo: Undo | None = None

    @property
    def is_kept(self) -> bool:
        return self.old == self.new


@dataclass(frozen=True)
class ShownPlace:
    """A part that changed. beside: the changes that its words don't show. line: the title or the
    heading, if that changed.
    """

    label: str
    beside: list[Undo]
    line: list[ShownStretch]
    paragraphs: list[list[ShownStretch]]


def name_of(change: Change) -> str:
    """Return what a change is called that words show."""
    old, new = in_short(change.old), in_short(change.new)
    if change.kind is Kind.NUMBERS:
        return "renumbering"
    if change.kind is Kind.MOVED:
        return f"moved: {new}"
    if old and new:
        return f"{old} → {new}"
    return f"added: {new}" if new else f"removed: {old}"


def shown_places(
    found: Changes, decided: Mapping[str, bool] = MappingProxyType({})
) -> list[ShownPlace]:
    """Return the parts that changed, in the order of the text.

    decided: changes that are no more shown, by id: whether the text has them.
    """
    waiting = {it.id: it for it in found.listed if it.id not in decided}
    of_text = [place for place in found.places if waiting.keys() & place.changes]
    return [_shown(place, waiting, decided) for place in of_text]


def shown_paragraphs(old: str, new: str) -> list[list[ShownStretch]]:
    """Return the paragraphs of two texts of one part, without buttons. Raises NotNow (of
    child_process).
    """
    length = len(old) + len(new)
    found = child_process.run(redline.paragraphs_between, old, new, length=length)
    return [[_as_read(it) for it in paragraph.stretches] for paragraph in found]


def _as_read(stretch: Stretch) -> ShownStretch:
    """Other line breaks and spaces are no difference."""
    old, new, _ = stretch
    return ShownStretch(new if old.split() == new.split() else old, new)


def _shown(place: Place, waiting: dict[str, Change], decided: Mapping[str, bool]) -> ShownPlace:
    """waiting: the changes without a button so far; those that get one here are removed."""
    of_section = [waiting.pop(id_) for id_ in (place.change, place.move) if id_ in waiting]
    beside = [Undo(it.id, _OF_SECTION[it.kind]) for it in of_section]
    for stretch in (place.anchor, *place.stretches):
        change = waiting.get(stretch.change)
        if change and change.kind in _BESIDE:
            beside.append(Undo(change.id, _BESIDE[change.kind]))
            del waiting[change.id]
    layout = {it.id for it in beside} - {it.id for it in of_section}

    def shown(stretches: Iterable[Stretch]) -> Iterator[ShownStretch]:
        for old, new, id_ in stretches:
            if id_ in decided:
                kept = new if decided[id_] else old
                yield ShownStretch(kept, kept)
                continue
            change = waiting.pop(id_, None)
            undo = Undo(id_, name_of(change)) if change else None
            ends = "\n" * (id_ != "" and (new or old).endswith("\n"))  # behind the button
            yield ShownStretch(
                (new if id_ in layout else old).removesuffix(ends), new.removesuffix(ends), undo
            )
            if ends:
                yield ShownStretch(ends, ends)

    label = _LABELS.get(place.name) or place.line_of(()) or place.line_of({place.change})
    line = [*shown(place.line)] if place.name != "notation" else []
    if all(it.is_kept for it in line):
        line = []  # the label is enough
    return ShownPlace(label, beside, line, [[*shown(it.stretches)] for it in place.paragraphs])
