"""Edits Word files as Word would: tracked changes, plain edits, comments with replies."""

from tests.policies.text.word_files import unzipped, zipped

DATE = "2026-05-01T09:30:00Z"
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_W15 = 'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def with_text(data, old, new, part="word/document.xml"):
    """Return a file in which a part has other words; in a text, as somebody who tracks nothing."""
    files = unzipped(data)
    source = files[part].decode()
    assert old in source
    return zipped(files | {part: source.replace(old, new, 1).encode()})


def tracked(data, old, new, author="Jane Roe"):
    """Return a file in which words of one run were replaced with changes tracked."""
    who = f'w:id="{len(data)}" w:author="{author}" w:date="{DATE}"'
    gone = f'<w:del {who}><w:r><w:delText xml:space="preserve">{old}</w:delText></w:r></w:del>'
    come = f'<w:ins {who}><w:r><w:t xml:space="preserve">{new}</w:t></w:r></w:ins>'
    begin, end = '<w:r><w:t xml:space="preserve">', "</w:t></w:r>"
    change = (gone if old else "") + (come if new else "")
    return with_text(data, old, f"{end}{change}{begin}")


def commented(data, words, *said):
    """Return a file with a thread about words of one run. said: pairs of author and text."""
    begin, end = '<w:r><w:t xml:space="preserve">', "</w:t></w:r>"
    starts = "".join(f'<w:commentRangeStart w:id="{n}"/>' for n in range(len(said)))
    ends = "".join(
        f'<w:commentRangeEnd w:id="{n}"/><w:r><w:commentReference w:id="{n}"/></w:r>'
        for n in range(len(said))
    )
    data = with_text(data, words, f"{end}{starts}{begin}{words}{end}{ends}{begin}")
    files = unzipped(data)
    comments = "".join(
        f'<w:comment w:id="{n}" w:author="{author}" w:date="{DATE}">'
        f'<w:p w14:paraId="0000000{n}"><w:r><w:t>{text}</w:t></w:r></w:p></w:comment>'
        for n, (author, text) in enumerate(said)
    )
    parents = ["", *[' w15:paraIdParent="00000000"' for _ in said[1:]]]
    threads = "".join(
        f'<w15:commentEx w15:paraId="0000000{n}"{parent} w15:done="0"/>'
        for n, parent in enumerate(parents)
    )
    files["word/comments.xml"] = f"<w:comments {_W} {_W14}>{comments}</w:comments>".encode()
    files["word/commentsExtended.xml"] = (
        f"<w15:commentsEx {_W15}>{threads}</w15:commentsEx>".encode()
    )
    extended = f"{_PART}.commentsExtended+xml"
    files["[Content_Types].xml"] = files["[Content_Types].xml"].replace(
        b"</Types>",
        f'<Override PartName="/word/comments.xml" ContentType="{_PART}.comments+xml"/>'
        f'<Override PartName="/word/commentsExtended.xml" ContentType="{extended}"/>'
        "</Types>".encode(),
    )
    name = "word/_rels/document.xml.rels"
    files[name] = files[name].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdC" Type="{_OFFICE}/comments" Target="comments.xml"/>'
        '<Relationship Id="rIdE" Type="http://schemas.microsoft.com/office/2011/relationships/'
        'commentsExtended" Target="commentsExtended.xml"/></Relationships>'.encode(),
    )
    return zipped(files)


def answered(data, author, text):
    comment = (
        f'<w:comment w:id="99" w:author="{author}" w:date="{DATE}"><w:p {_W14} '
        f'w14:paraId="00000099"><w:r><w:t>{text}</w:t></w:r></w:p></w:comment>'
    )
    data = with_text(data, "</w:comments>", f"{comment}</w:comments>", "word/comments.xml")
    threads = unzipped(data)["word/commentsExtended.xml"].decode()
    parent = threads.rpartition('w15:paraId="')[2].partition('"')[0]
    answer = f'<w15:commentEx w15:paraId="00000099" w15:paraIdParent="{parent}" w15:done="0"/>'
    end = "</w15:commentsEx>"
    return with_text(data, end, f"{answer}{end}", "word/commentsExtended.xml")
