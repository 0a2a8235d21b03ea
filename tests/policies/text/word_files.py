"""Word files for tests, made part by part."""

import io
import zipfile

from policies.text import importing
from policies.text.document import body as markdown_body

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def style(style_id, name, inner="", kind="paragraph"):
    return (
        f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{inner}</w:style>'
    )


STYLES = "".join(
    [
        *(style(f"Heading{n}", f"heading {n}") for n in range(1, 10)),
        style("Title", "Title"),
        style("berschrift1", "heading 1"),
        style("Titre2", "Titre 2"),
        style("Clause", "Clause", '<w:basedOn w:val="Heading2"/>'),
        style("Own", "Own", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
        style("Quote", "Quote"),
        style("TOC1", "toc 1"),
        style("TOCHeading", "TOC Heading", '<w:basedOn w:val="Heading1"/>'),
        style("Level1", "Level 1", "<w:rPr><w:b/></w:rPr>"),
        style("Sub", "Sub", '<w:basedOn w:val="Level1"/><w:rPr><w:strike/></w:rPr>'),
        style("TableHeading", "Table Heading", "<w:rPr><w:b/></w:rPr>"),
        style("Strong", "Strong", "<w:rPr><w:b/></w:rPr>", "character"),
        style(
            "ListBullet", "List Bullet", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        ),
        style(
            "Grid",
            "Grid",
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr>',
            "table",
        ),
    ]
)


def level(index, form, text, more=""):
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/><w:pPr><w:ind w:left="{720 * (index + 1)}"/></w:pPr></w:lvl>'
    )


# 1: bullets. 2: 1. (a) (i). 3: the legal way, 1. 1.1 1.1.1. 4: 2 again, from 5. 5: Article 1.
NUMBERING = (
    '<w:abstractNum w:abstractNumId="1">'
    + "".join(level(n, "bullet", "·") for n in range(9))
    + '</w:abstractNum><w:abstractNum w:abstractNumId="2">'
    + level(0, "decimal", "%1.")
    + level(1, "lowerLetter", "(%2)")
    + level(2, "lowerRoman", "(%3)")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="3">'
    + level(0, "decimal", "%1.")
    + level(1, "decimal", "%1.%2")
    + level(2, "decimal", "%1.%2.%3")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="5">'
    + level(0, "upperRoman", "Article %1")
    + "</w:abstractNum>"
    + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2, 3, 5))
    + '<w:num w:numId="4"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def r(text, looks=""):
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(content, named="", more=""):
    inner = content if content.startswith("<") else r(content) if content else ""
    own = f'<w:pStyle w:val="{named}"/>' if named else ""
    return f"<w:p><w:pPr>{own}{more}</w:pPr>{inner}</w:p>"


def item(content, num, at=0, named=""):
    return p(content, named, f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{num}"/></w:numPr>')


def table(*rows, more=""):
    return f"<w:tbl><w:tblPr>{more}</w:tblPr>{''.join(rows)}</w:tbl>"


def row(*cells, more=""):
    made = (cell if cell.startswith("<w:tc>") else f"<w:tc>{p(cell)}</w:tc>" for cell in cells)
    return f"<w:tr><w:trPr>{more}</w:trPr>{''.join(made)}</w:tr>"


def field(instructions, result):
    def mark(kind):
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return (
        f"{mark('begin')}<w:r><w:instrText>{instructions}</w:instrText></w:r>"
        f"{mark('separate')}{result}{mark('end')}"
    )


def note(kind, number, text):
    return f'<w:{kind} w:id="{number}">{p(f"<w:r><w:{kind}Ref/></w:r>" + r(text))}</w:{kind}>'


def part(root, inner):
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {NAMESPACES}>{inner}</w:{root}>'


_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_CONTENT}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_CONTENT}.styles+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_CONTENT}.numbering+xml"/></Types>'
)


def word(*blocks, links=None, **parts):
    """Return a .docx. links: addresses by id. parts: footnotes, comments, header1 … by name."""
    body = f"<w:body>{''.join(blocks)}<w:sectPr/></w:body>"
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relations({"rId1": ("officeDocument", "word/document.xml", "")}),
        "word/document.xml": part("document", body),
        "word/styles.xml": part("styles", STYLES),
        "word/numbering.xml": part("numbering", NUMBERING),
    }
    pointed = {"styles": ("styles", "styles.xml", ""), "num": ("numbering", "numbering.xml", "")}
    for identity, address in (links or {}).items():
        pointed[identity] = ("hyperlink", address, ' TargetMode="External"')
    for name, inner in parts.items():
        kind = name.rstrip("0123456789")
        root = {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        files[f"word/{name}.xml"] = part(root, inner)
        pointed[name] = (kind, f"{name}.xml", "")
    files["word/_rels/document.xml.rels"] = relations(pointed)
    return zipped(files)


def relations(pointed):
    inner = "".join(
        f'<Relationship Id="{identity}" Type="{R}/{kind}" Target="{target}"{more}/>'
        for identity, (kind, target, more) in pointed.items()
    )
    return f'<Relationships xmlns="{REL}">{inner}</Relationships>'


def zipped(files):
    """Return a zip of these files, with the same bytes at any time: its digest names a file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unzipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(*blocks, links=None, **parts):
    return importing.read("privacy-policy.docx", word(*blocks, links=links, **parts))


def text(*blocks, links=None, **parts):
    return markdown_body(read(*blocks, links=links, **parts).document)


def noted(found):
    return [(one.kind, one.text) for one in found.notes]


MARK = 'w:id="1" w:author="{}" w:date="2026-05-03T10:00:00Z"'


def ins(content, author="Ada"):
    return f"<w:ins {MARK.format(author)}>{content}</w:ins>"


def gone(text, author="Ada"):
    run = f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r>'
    return f"<w:del {MARK.format(author)}>{run}</w:del>"
