"""Reads the Word files that we make as Word would: all changes accepted, or all rejected.

Written after ISO/IEC 29500-1, 17.13.5, and with lxml alone, so that it shares nothing with what is
tested, but for `back`: what our own import makes of a file.
"""

import subprocess
import tempfile
from collections import Counter
from datetime import UTC, datetime

import pypandoc
from lxml import etree

from policies.text import importing
from policies.text.word_export import Facts
from tests.policies.text.word_files import W, unzipped, zipped

FACTS = Facts(
    header="Privacy policy · Version 3",
    language="en",
    base="https://policies.softphonez.com/privacy/",
    at=datetime(2026, 5, 2, 9, 30, tzinfo=UTC),
    author="Softphonez",
    properties={"PolicySlug": "privacy", "PolicyVersion": "3"},
)


def tag(name):
    return f"{{{W}}}{name}"


def document(data):
    return etree.fromstring(unzipped(data)["word/document.xml"])


def back(data):
    return importing.read("privacy.docx", data).document


def check_package(data):
    """Judge a file by ISO/IEC 29500-2: XML, content types, relations."""
    files = unzipped(data)
    types = etree.fromstring(files["[Content_Types].xml"])
    known = {it.get("PartName", "").lstrip("/") for it in types}
    known |= {it.get("Extension", "") for it in types}
    for name, content in files.items():
        etree.fromstring(content)
        assert name in known or name.rpartition(".")[2] in known
        if name.endswith(".rels"):
            folder = name.rpartition("_rels/")[0]
            for one in etree.fromstring(content):
                if one.get("TargetMode") != "External":
                    target = one.get("Target", "")
                    path = target[1:] if target.startswith("/") else folder + target
                    assert path in files
    root = document(data)
    marks = Counter(it.get(tag("id")) for it in root.iter(tag("ins"), tag("del")))
    assert set(marks.values()) <= {1}
    names = Counter(it.get(tag("name")) for it in root.iter(tag("bookmarkStart")))
    assert set(names.values()) <= {1}
    used = {it.get(tag("val")) for it in root.iter(tag("numId"))} - {"0"}
    numbering = etree.fromstring(files["word/numbering.xml"])
    assert used <= {it.get(tag("numId")) for it in numbering.iter(tag("num"))}
    styles = etree.fromstring(files["word/styles.xml"])
    styled = {it.get(tag("val")) for it in root.iter(tag("pStyle"), tag("rStyle"), tag("tblStyle"))}
    assert styled <= {it.get(tag("styleId")) for it in styles.iter(tag("style"))}


def by_pandoc(data, to, changes="accept"):
    """Return a file as pandoc reads it. changes: "accept" or "reject"."""
    with tempfile.NamedTemporaryFile(suffix=".docx") as file:
        file.write(data)
        file.flush()
        options = [f"--track-changes={changes}", "--wrap=none"]
        return str(pypandoc.convert_file(file.name, to, extra_args=options))


def by_libreoffice(data, folder):
    (folder / "text.docx").write_bytes(data)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "docx", "--outdir", f"{folder}/saved", f"{folder}/text.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "saved/text.docx").read_bytes()


_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
  script:language="StarBasic">
Sub Resolve(folder As String, what As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  Dim word(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  word(0).Name = "FilterName" : word(0).Value = "MS Word 2007 XML"
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  file = Dir(folder &amp; "/*.docx")
  Do While file &lt;&gt; ""
    address = ConvertToURL(folder &amp; "/" &amp; file)
    text = StarDesktop.loadComponentFromURL(address, "_blank", 0, hidden())
    frame = text.CurrentController.Frame
    dispatcher.executeDispatch(frame, ".uno:" &amp; what &amp; "AllTrackedChanges", "", 0, Array())
    text.storeToURL(ConvertToURL(folder &amp; "/" &amp; what &amp; "/" &amp; file), word())
    text.close(True)
    file = Dir()
  Loop
  StarDesktop.terminate()
End Sub
</script:module>"""
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
  library:readonly="false" library:passwordprotected="false">
<library:element library:name="Module1"/></library:library>"""


def resolved_by_libreoffice(files, folder, *, accept):
    """Return files, by name, in which LibreOffice accepted or rejected all changes."""
    what = "Accept" if accept else "Reject"
    (folder / what).mkdir()
    for name, data in files.items():
        (folder / f"{name}.docx").write_bytes(data)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    subprocess.run([*command, "--terminate_after_init"], check=True, timeout=120)
    macros = folder / "profile/user/basic/Standard"
    macros.mkdir(parents=True, exist_ok=True)
    (macros / "Module1.xba").write_text(_MACRO)
    (macros / "script.xlb").write_text(_LIBRARY)
    call = f'macro:///Standard.Module1.Resolve("{folder}", "{what}")'
    subprocess.run([*command, call], check=True, capture_output=True, timeout=200)
    return {name: (folder / what / f"{name}.docx").read_bytes() for name in files}


def resolved(data, *, accept):
    """Return a file with all of its tracked changes accepted, or all rejected."""
    files = unzipped(data)
    old, new = (tag("del"), tag("moveFrom")), (tag("ins"), tag("moveTo"))
    gone, kept = (old, new) if accept else (new, old)
    for name in {"word/document.xml", "word/footnotes.xml"} & {*files}:
        root = etree.fromstring(files[name])
        _resolve_rows(root, gone)
        _resolve_paragraphs(root, gone)
        for element in list(root.iter(*gone)):
            element.getparent().remove(element)
        for element in list(root.iter(*kept)):
            parent = element.getparent()
            at = parent.index(element)
            parent[at : at + 1] = list(element)
        for element in root.iter(tag("delText")):
            element.tag = tag("t")
        files[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return zipped(files)


def _resolve_rows(root, gone):
    for mark in [it for it in root.iterfind(f".//{tag('trPr')}/*") if it.tag in gone]:
        row = mark.getparent().getparent()
        row.getparent().remove(row)
    for table in list(root.iter(tag("tbl"))):
        if table.find(tag("tr")) is None:
            table.getparent().remove(table)


def _resolve_paragraphs(root, gone):
    """Let paragraphs whose ends are gone go on in those behind them."""
    ends = root.iterfind(f".//{tag('pPr')}/{tag('rPr')}/*")
    for mark in [it for it in ends if it.tag in gone]:
        paragraph = mark.getparent().getparent().getparent()
        content = [it for it in paragraph if it.tag != tag("pPr")]
        runs = (run for it in content for run in it.iter(tag("r")))
        if all(next(run.iterancestors(*gone), None) is not None for run in runs):
            paragraph.getparent().remove(paragraph)  # bookmarks around deleted words go with them
            continue
        following = paragraph.getnext()
        while following is not None and following.tag not in (tag("p"), tag("tbl")):
            following = following.getnext()
        assert following is not None  # to Word, only a paragraph can follow
        assert following.tag == tag("p")
        at = 1 if len(following) and following[0].tag == tag("pPr") else 0
        following[at:at] = content
        paragraph.getparent().remove(paragraph)


def shape(data):
    """Return what a reader sees, paragraph by paragraph; numbers as their level only."""
    return list(_Shape(unzipped(data)).paragraphs("document"))


class _Shape:
    def __init__(self, files):
        self.roots = {
            name: etree.fromstring(files[f"word/{name}.xml"]) for name in ("document", "footnotes")
        }
        self.relations = {
            name: {
                one.get("Id"): one.get("Target")
                for one in etree.fromstring(files.get(f"word/_rels/{name}.xml.rels", b"<none/>"))
            }
            for name in self.roots
        }
        self.notes = {it.get(tag("id")): it for it in self.roots["footnotes"]}

    def paragraphs(self, part, note=""):
        parent = self.notes[note] if note else self.roots[part]
        for one in parent.iter(tag("p"), tag("tr"), tag("tbl")):
            if one.tag != tag("p"):
                yield etree.QName(one).localname
                continue
            looks, words = self._looks(one), list(self._words(one, part))
            words = words if any(text.strip() for text, _ in words) else []
            if words or looks[1]:
                yield looks, words

    def _looks(self, paragraph):
        """Return the style, the level in a list, and the indentation."""
        paths = ((tag("pStyle"), "val"), (f"{tag('numPr')}/{tag('ilvl')}", "val"))
        own = paragraph.find(tag("pPr"))
        found = [None if own is None else own.find(path) for path, _ in (*paths, (tag("ind"), ""))]
        return [
            "" if it is None else it.get(tag(name), "")
            for it, name in zip(found, ("val", "val", "left"), strict=True)
        ]

    def _words(self, paragraph, part):
        """Yield words that look alike, with their looks."""
        text, before = "", ""
        for run in paragraph.iter(tag("r")):
            looks = self._address(run, part)
            if (own := run.find(tag("rPr"))) is not None:
                looks += etree.tostring(own, method="c14n").decode()
            shown = "".join(self._piece(piece) for piece in run)
            if looks != before and text:
                yield text, before
                text = ""
            text, before = text + shown, looks
        if text:
            yield text, before

    def _piece(self, piece):
        if piece.tag == tag("t"):
            return piece.text or ""
        if piece.tag == tag("br"):
            return "\n"
        if piece.tag == tag("footnoteReference"):
            return str(list(self.paragraphs("footnotes", piece.get(tag("id")))))
        return ""

    def _address(self, run, part):
        link = next(run.iterancestors(tag("hyperlink")), None)
        for name, value in {} if link is None else link.attrib.items():
            if name.endswith("}id"):
                return str(self.relations[part][value])
        anchor = "" if link is None else str(link.get(tag("anchor"), ""))
        return "" if anchor.startswith("_Ref_") else anchor  # of references, in single texts only
