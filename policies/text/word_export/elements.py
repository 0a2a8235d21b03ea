"""Elements of WordprocessingML: made, and measured.

Names are short, as in the standard (ISO/IEC 29500-1): "w:p", "r:id".
"""

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from policies.text.xml_text import text_without_controls

Element = BaseOxmlElement


def make(tag: str, /, *children: Element, **attributes: str) -> Element:
    """Return a new element. attributes: `val="1"` is w:val, `r_id` is r:id."""
    named = {
        qn(f"w:{name}" if "_" not in name else name.replace("_", ":")): text
        for name, text in attributes.items()
    }
    element = OxmlElement(tag, attrs=named)
    element.extend(children)
    return element


def text_of(words: str, *, deleted: bool = False) -> Element:
    element = make("w:delText" if deleted else "w:t", xml_space="preserve")
    element.text = text_without_controls(words)
    return element


def field(instructions: str, *shown: Element) -> list[Element]:
    """Return the runs of a field that Word works out. shown: runs with its result."""
    code = make("w:instrText", xml_space="preserve")
    code.text = f" {instructions} "
    kinds = ("begin", "separate", "end")
    marks = [make("w:r", make("w:fldChar", fldCharType=kind)) for kind in kinds]
    return [marks[0], make("w:r", code), marks[1], *shown, marks[2]]
