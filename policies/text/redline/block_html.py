"""The marked-up text as HTML that keeps the sanitiser's rules.

<ins> and <del> are inside paragraphs, items and cells, never around whole blocks: a block that was
added or removed has a class, and its words are marked. Beyond the sanitiser's own list, the HTML
may hold

    ins, del                words that were added or removed; <s> is what the author struck out
    .redline-inserted       an added block (p, li, tr, td, h2 …); .redline-deleted: a removed one
    .redline-moved          beside one of these: the words are in another place as well; alone: they
                            are part of something else now, such as an item
    .redline-edited         span in moved words: those that are not the same in both places
    .redline-format         span: words that look different
    .redline-note           span, shown to everybody: where a link led and where it leads now, that
                            a section was moved, or the numbers with which a list begins
    .redline-break          ins or del: where a paragraph was divided, or two were joined
    .redline-label          span: words for those who don't see marks; hide it from view only
    .redline-stop           span with the id site:change-N and links to the changes around it
                            (.redline-previous, .redline-next)
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

import nh3

from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block, Side
from policies.text.redline.changed_paragraphs import ChangedParagraphs
from policies.text.redline.inline_html import Ids, InlineWriter, Labels, label, tag, wrap
from policies.text.redline.moved_blocks import Moves
from policies.text.rendering import sanitizer

_NAMES = "inserted deleted moved edited format note break label stop previous next"
CLASSES = frozenset(f"redline-{name}" for name in _NAMES.split())
STOP = "site:change-"

# A stop, until it is known which one is the last. No text holds this control character.
_PENDING = re.compile("\x1e(\\d+)\x1e")


def stop_ids(html: str) -> tuple[str, ...]:
    """Return the ids of the stops in HTML, before `Writer.finished` writes them out."""
    return tuple(STOP + number for number in _PENDING.findall(html))


class Writer:
    """Writes pairs of blocks as HTML, and counts the stops: the changes to jump to.

    new_ids: the ids of the new text. moves: the blocks that were moved.
    """

    def __init__(self, labels: Labels, new_ids: frozenset[str], moves: Moves) -> None:
        self.labels = labels
        self.ids = Ids(new_ids)
        self.moves = moves
        self.stops = 0
        self.in_whole = False
        self.heading = ""
        self._places: list[str] = []  # ids of old elements that are not shown

    def pairs(self, pairs: Sequence[BlockPair]) -> str:
        loose = _loose_tag([pair.block for pair in pairs if id(pair.block) not in self.moves.gone])
        return "".join([self.pair(pair, loose) for pair in pairs])

    def pair(self, pair: BlockPair, loose: str = "", before: str = "") -> str:
        """Return the HTML of a pair.

        loose: the element for words without one. before: HTML that a leaf begins with.
        """
        block = pair.block
        if pair.side is not Side.BOTH:
            return self.block(block, pair.side, loose)
        if block.is_leaf:
            ids = [old.attributes.get("id", "") for old in pair.old]
            before += "".join([self.ids.anchor(anchor, Side.OLD) for anchor in ids])
            if pair.same:
                return self._leaf(block, Side.BOTH, block.tag or loose, before)
            return self._changed(pair, loose, before)
        if pair.same:
            return self.block(block, Side.BOTH, loose)
        if block.kind == "table":
            rows = [self._row(row, pair.columns) for row in pair.children]
            html = self._table(block, rows, Side.NEW)
        else:
            _give_form(pair)
            html = self._renumbered(pair)
            html += self._element(block.tag, block, Side.BOTH, self.pairs(pair.children))
        self.in_whole = False  # what follows is another change
        return html

    def _renumbered(self, pair: BlockPair) -> str:
        """Return the note before a list whose first number changed, or "".

        There is none if both lists go on counting from the one before them.
        """
        old, new = pair.old[0], pair.new[0]
        both_follow = old.follows and new.follows
        if None in {old.start, new.start} or old.start == new.start or both_follow:
            return ""
        note = tag("span", {"class": "redline-note"}, f"[{old.start}. → {new.start}.]")
        return tag("p", {}, self._stop(whole=False) + note) + "\n"

    def heading_of_section(self, pair: BlockPair, *, moved: bool) -> str:
        self.in_whole = False
        before = ""
        if moved:
            self.moves.add(pair.block)
            here = tag("span", {"class": "redline-note"}, f"[{escape(self.labels.moved_here)}] ")
            before = self._stop(whole=False) + here
        return self.pair(pair, before=before)

    def notes(self, pairs: Sequence[BlockPair]) -> str:
        self.in_whole = False
        return tag("div", {"class": "footnotes"}, "<hr>\n" + self.pairs(pairs)) + "\n"

    def block(self, block: Block, mark: Side, loose: str = "") -> str:
        """Return the HTML of a whole block that was kept (BOTH), added (NEW) or removed (OLD)."""
        if mark is Side.OLD and id(block) in self.moves.gone:
            return self._gone(block)
        if mark is Side.NEW and id(block) in self.moves.sources:
            return self._moved_in_place(block, loose)
        if block.is_leaf:
            return self._leaf(block, mark, block.tag or loose)
        if block.kind == "table":
            return self._table(block, [self.block(row, mark) for row in block.children], mark)
        loose = _loose_tag(block.children)
        inside = "".join([self.block(child, mark, loose) for child in block.children])
        shown = Side.BOTH if id(block) in self.moves.unmarked else mark
        return self._element("tr" if block.kind == "row" else block.tag, block, shown, inside)

    def _gone(self, block: Block) -> str:
        """Remember the places to link to in an old block, of which nothing else is shown here."""
        if not block.is_leaf:
            self._places.append(block.attributes.get("id", ""))
            for child in block.children:
                self._gone(child)
        return ""

    def _moved_in_place(self, block: Block, loose: str) -> str:
        """Return the HTML of a paragraph that was moved, with what else changed in it."""
        old = self.moves.sources[id(block)]
        places = [*self._places, old.attributes.get("id", "")]
        self._places.clear()
        before = self._stop(whole=True) + label(f"[{self.labels.moved_here}] ")
        before += "".join([self.ids.anchor(anchor, Side.OLD) for anchor in places])
        html = self._changed(BlockPair((old,), (block,)), loose, before)
        self.in_whole = True
        return html if block.tag or loose else tag("span", {"class": "redline-moved"}, html)

    def _leaf(self, block: Block, mark: Side, name: str, before: str = "") -> str:
        if mark and block.is_silent:
            return self._silent(block, mark, name)
        stop = self._stop(whole=True) if mark else ""
        self.in_whole = bool(mark)
        if name == "hr":
            return f"{stop and f'<p>{stop}</p>'}<{mark}><hr></{mark}>\n" if mark else "<hr>\n"
        side = mark or Side.NEW
        inline = InlineWriter(self.ids)
        around = (wrap(self.labels, mark, moved=id(block) in self.moves.blocks),) if mark else ()
        if id(block) in self.moves.edited:
            inline.edited(block.words(), self.moves.edited[id(block)], around, side)
        else:
            for run in block.runs:
                inline.run(run, around, side)
        inside = before + stop + inline.done() + self._after(block, side)
        return self._element(name, block, mark, inside)

    def _silent(self, block: Block, mark: Side, name: str) -> str:
        inline = InlineWriter(self.ids)
        for run in block.runs:
            inline.run(run, (), mark)
        shown = mark if block.kind == "cell" else Side.BOTH
        return self._element(name, block, shown, inline.done())

    def _changed(self, pair: BlockPair, loose: str, before: str) -> str:
        """Return the HTML of paragraphs, or another leaf, in which words or their look changed."""
        written = ChangedParagraphs(pair, self.ids, self.labels)
        if (pair.is_reworded or written.leads_elsewhere) and not _PENDING.match(before):
            before += self._stop(whole=False)
        self.in_whole = False
        html = []
        for block, inside in zip(pair.new, written.html, strict=True):
            whole = before + inside + self._after(block, Side.NEW)
            html.append(self._element(block.tag or loose, block, Side.BOTH, whole))
            before = ""
        return "".join(html)

    def _after(self, block: Block, side: Side) -> str:
        if side is Side.OLD:
            return ""
        return "".join([" " + tag("a", atom.attributes, atom.text) for atom in block.after])

    def _element(self, name: str, block: Block, mark: Side, inside: str) -> str:
        if not name:
            return inside
        own = block.attributes
        classes = [own["class"]] if "class" in own else []
        if mark:
            classes.append("redline-inserted" if mark == Side.NEW else "redline-deleted")
        if id(block) in self.moves.blocks or id(block) in self.moves.sources:
            classes.append("redline-moved")
        attributes: dict[str, str] = {
            key: own[key] for key in ("start", "scope", "role") if key in own
        }
        if classes:
            attributes["class"] = " ".join(classes)
        anchor = self.ids.claim(own.get("id", ""), mark or Side.NEW)
        if anchor:
            attributes["id"] = anchor
            if block.kind in {"section", "heading"}:
                self.heading = anchor
        if name == "pre":
            inside = f"<code>{inside}</code>"
        return tag(name, attributes, inside) + "\n"

    def _table(self, block: Block, rows: Iterable[str], mark: Side) -> str:
        head, *body = rows
        inside = f"<thead>\n{head}</thead>\n"
        inside += f"<tbody>\n{''.join(body)}</tbody>\n" if body else ""
        named = {"role": "region", "aria-labelledby": self.heading} if self.heading else {}
        box = {"class": "table-scroll", "tabindex": "0", **named}
        anchor = self.ids.claim(block.attributes.get("id", ""), mark or Side.NEW)
        table = tag("table", {"id": anchor} if anchor else {}, "\n" + inside)
        return tag("div", box, table) + "\n"

    def _row(self, row: BlockPair, columns: Sequence[tuple[int | None, int | None]]) -> str:
        """Return a row with a cell for every column of both tables."""
        if row.side is Side.BOTH:
            cells = []
            for cell in row.children:
                if cell.side is not Side.BOTH:
                    # A column that was added or removed is one change; the stop is in its header.
                    self.in_whole = row.block.tag != "thead"
                cells.append(self.pair(cell))
            self.in_whole = False
            return self._element("tr", row.block, Side.BOTH, "".join(cells))
        have = row.block.children
        cells = []
        for old, new in columns:
            index = new if row.new else old
            cells.append(_NO_CELL if index is None else self.block(have[index], row.side))
        return self._element("tr", row.block, row.side, "".join(cells))

    def _stop(self, *, whole: bool) -> str:
        """Return a stop; "" for a whole block that goes on with the change before it."""
        if whole and self.in_whole:
            return ""
        self.stops += 1
        return f"\x1e{self.stops}\x1e"

    def finished(self, html: str) -> str:
        """Return HTML with the links between stops, cleaned. Call it once all parts are written."""
        return _cleaner(self.labels).clean(_PENDING.sub(self._links, html))

    def _links(self, match: re.Match[str]) -> str:
        number = int(match[1])
        links = ""
        if number > 1:
            links += _link(number - 1, "redline-previous", self.labels.previous, "↑")
        if number < self.stops:
            links += _link(number + 1, "redline-next", self.labels.next, "↓")
        return tag("span", {"class": "redline-stop", "id": f"{STOP}{number}"}, links)


_NO_CELL = "<td></td>\n"


def _link(number: int, class_name: str, label: str, sign: str) -> str:
    return tag("a", {"class": class_name, "href": f"#{STOP}{number}", "aria-label": label}, sign)


def _give_form(pair: BlockPair) -> None:
    """Give the removed items of a list, clauses or bullets, the element of the new list's items."""
    if pair.block.kind == "list" and pair.old[0].tag != pair.block.tag:
        model = pair.block.children[0]
        for item in pair.children:
            if item.side is Side.OLD:
                anchor = item.block.attributes.get("id", "")
                item.block.tag = model.tag
                item.block.attributes = {**model.attributes, "id": anchor}


def _loose_tag(blocks: Sequence[Block]) -> str:
    """Return the element for words that have none: "p" if several are siblings, else ""."""
    return "p" if sum(not block.tag for block in blocks) > 1 else ""


_TAGS = sanitizer.TAGS | {"ins", "s"}
_CLASSES = CLASSES | sanitizer.CLASSES
_STOP_ID = re.compile(rf"{STOP}\d+")
_STOP_ADDRESS = re.compile(rf"#{STOP}\d+")


@lru_cache(maxsize=16)
def _cleaner(labels: Labels) -> nh3.Cleaner:
    """Return a cleaner that allows what the sanitiser does, and what this module adds."""
    link_labels = {labels.previous, labels.next}

    def allowed(name: str, attribute: str, value: str) -> str | None:
        if attribute == "class" and set(value.split()) <= _CLASSES:
            return value
        if attribute == "href" and _STOP_ADDRESS.fullmatch(value):
            return value
        if attribute == "id" and name == "span" and _STOP_ID.fullmatch(value):
            return value
        if attribute == "aria-label" and name == "a" and value in link_labels:
            return value
        return value if sanitizer.is_allowed(name, attribute, value) else None

    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(),
        attributes={"*": set(sanitizer.ATTRIBUTES)},  # `allowed` says on which elements
        attribute_filter=allowed,
        link_rel=None,
        url_schemes=set(sanitizer.SCHEMES),
    )
