"""What the tests of the redline share: short Documents, and a reader of its HTML."""

import re
from html.parser import HTMLParser

from policies.text import redline
from policies.text.document import Document, Section

_BETWEEN_BLOCKS = "\n\n"
_VOID = {"br", "hr", "img"}
# What a redline says about the words; neither text has it.
_SAID = {"redline-label", "redline-stop", "redline-note", "redline-break"}
# Numbers that a page gives by itself.
_SAID |= {"number", "footnote-ref", "footnote-back"}


def document(*bodies, introduction="", title="Privacy Policy"):
    """Make a Document whose sections are called "Section 1" and so on."""
    sections = [
        Section(heading=f"Section {n}", anchor=f"section-{n}", body=body)
        for n, body in enumerate(bodies, start=1)
    ]
    return Document(title=title, introduction=introduction, sections=tuple(sections))


def compare(old, new):
    """Compare two introductions."""
    return redline.compare(document(introduction=old), document(introduction=new))


class Reader(HTMLParser):
    """Reads a redline's HTML: its words by mark, its ids, and whether it is well nested."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.stack = []
        self.texts = []  # mark ("ins", "del" or ""), text
        self.tags = []
        self.problems = []
        self.feed(html)
        self.close()
        if self.stack:
            self.problems.append(f"never closed: {self.stack}")

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag in _VOID:
            self.texts.append((self._mark(), " "))
        else:
            self.stack.append((tag, attributes.get("class", "")))

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop()[0] != tag:
            self.problems.append(f"</{tag}> closes nothing")
        if tag in {"p", "li", "td", "th", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "dd"}:
            self.texts.append(("", _BETWEEN_BLOCKS))

    def handle_data(self, data):
        if not any(tag == "sup" or role in _SAID for tag, role in self.stack):
            self.texts.append((self._mark(), data))

    def _mark(self):
        marks = [tag for tag, _ in self.stack if tag in {"ins", "del"}]
        if len(marks) > 1:
            self.problems.append(f"{marks} in each other")
        return marks[-1] if marks else ""

    def text(self, *, without):
        """Return the words on one line, without those in "ins" or "del"."""
        text = "".join(text for mark, text in self.texts if mark != without)
        return " ".join(text.split())

    def marked(self, mark):
        """Return what is marked, stretch by stretch."""
        found = []
        last = ""
        for now, text in self.texts:
            if now == mark == last:
                found[-1] += text
            elif now == mark:
                found.append(text)
            last = now if now or text.strip() or text == _BETWEEN_BLOCKS else last
        return [" ".join(text.split()) for text in found if text.strip()]

    @property
    def ids(self):
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]


def sources(old, new):
    """Return the source with all single changes rejected, and with all accepted."""
    changes = redline.changes_between(old, new)
    return changes.resolve(change.id for change in changes.listed), changes.resolve(())


def read(result):
    return Reader(result.html)


def squeezed(text):
    """Return a text without white space."""
    return re.sub(r"\s+", "", text)
