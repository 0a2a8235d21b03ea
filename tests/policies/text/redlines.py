"""What the tests of the redline share: short Documents, and a reader of its HTML."""

import re
from html.parser import HTMLParser

from policies.text import redline
from policies.text.document import Document, Section
from policies.text.redline import Redline

_BETWEEN_BLOCKS = "\n\n"
_VOID = {"br", "hr", "img"}
# What a redline says about the words; neither text has it.
_SAID = {"redline-label", "redline-stop", "redline-note", "redline-break"}
# Numbers that a page gives by itself.
_SAID |= {"number", "footnote-ref", "footnote-back"}


def document(*bodies: str, introduction: str = "", title: str = "Privacy Policy") -> Document:
    """Make a Document whose sections are called "Section 1" and so on."""
    sections = [
        Section(heading=f"Section {n}", anchor=f"section-{n}", body=body)
        for n, body in enumerate(bodies, start=1)
    ]
    return Document(title=title, introduction=introduction, sections=tuple(sections))


def compare(old: str, new: str) -> Redline:
    """Compare two introductions."""
    return redline.compare(document(introduction=old), document(introduction=new))


class Reader(HTMLParser):
    """Reads a redline's HTML: its words by mark, its ids, and whether it is well nested."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []  # mark ("ins", "del" or ""), text
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.problems: list[str] = []
        self.feed(html)
        self.close()
        if self.stack:
            self.problems.append(f"never closed: {self.stack}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag in _VOID:
            self.texts.append((self._mark(), " "))
        else:
            self.stack.append((tag, attributes.get("class", "")))

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop()[0] != tag:
            self.problems.append(f"</{tag}> closes nothing")
        if tag in {"p", "li", "td", "th", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "dd"}:
            self.texts.append(("", _BETWEEN_BLOCKS))

    def handle_data(self, data: str) -> None:
        if not any(tag == "sup" or role in _SAID for tag, role in self.stack):
            self.texts.append((self._mark(), data))

    def _mark(self) -> str:
        marks = [tag for tag, _ in self.stack if tag in {"ins", "del"}]
        if len(marks) > 1:
            self.problems.append(f"{marks} in each other")
        return marks[-1] if marks else ""

    def text(self, *, without: str) -> str:
        """Return the words on one line, without those in "ins" or "del"."""
        text = "".join(text for mark, text in self.texts if mark != without)
        return " ".join(text.split())

    def marked(self, mark: str) -> list[str]:
        """Return what is marked, stretch by stretch."""
        found: list[str] = []
        last = ""
        for now, text in self.texts:
            if now == mark == last:
                found[-1] += text
            elif now == mark:
                found.append(text)
            last = now if now or text.strip() or text == _BETWEEN_BLOCKS else last
        return [" ".join(text.split()) for text in found if text.strip()]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]


def read(result: Redline) -> Reader:
    return Reader(result.html)


def squeezed(text: str) -> str:
    """Return a text without white space."""
    return re.sub(r"\s+", "", text)
