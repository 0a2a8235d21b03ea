"""Comments of a review as comments of Word, at the words that they are about.

Answers are comments, too, at the same words; what they answer is in a part of its own
([MS-DOCX], 2.5.1.1).
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from itertools import chain, zip_longest

from docx.document import Document as WordDocument
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.text.run import Run

from policies.text import quotations
from policies.text.quotations import NotQuotable
from policies.text.word_export.facts import Comment
from policies.text.word_export.words import Element
from policies.text.xml_text import text_without_controls

_GONE = (qn("w:del"), qn("w:moveFrom"))
_URI = "http://schemas.microsoft.com/office/word/2012/wordml"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.commentsExtended+xml"
_RELATION = "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"


def add(
    file: WordDocument, comments: Iterable[Comment], sections: Mapping[str, Sequence[Element]]
) -> None:
    """Write comments. sections: the blocks of each by its anchor; of title and introduction, ""."""
    threads: list[str] = []
    for comment in comments:
        runs = _quoted(comment, sections) or _runs(sections.get(comment.section, ()))[:1]
        if not runs:  # the section is gone
            runs = _runs(sections[""])[:1]
        parent = ""
        for remark in (comment, *comment.replies):
            number = f"{len(threads) + 1:08X}"
            _write(file, remark, number, runs)
            answers = f' w15:paraIdParent="{parent}"' if parent else ""
            threads.append(f'<w15:commentEx w15:paraId="{number}"{answers} w15:done="0"/>')
            parent = parent or number
    if threads:
        xml = f'<w15:commentsEx xmlns:w15="{_URI}">{"".join(threads)}</w15:commentsEx>'
        part = Part(PackURI("/word/commentsExtended.xml"), _KIND, xml.encode(), file.part.package)
        file.part.relate_to(part, _RELATION)


def _write(file: WordDocument, comment: Comment, number: str, runs: Sequence[Element]) -> None:
    """Write one comment. number: by which a thread names it."""
    text, author = map(text_without_controls, (comment.text, comment.author))
    initials = "".join(name[0] for name in author.split())
    made = file.comments.add_comment(text, author, initials)
    last = made.paragraphs[-1].paragraph_format.element
    last.set(qn("w14:paraId"), number)
    last.getparent().date = comment.at
    first, end = (Run(run, file) for run in (runs[0], runs[-1]))
    first.mark_comment_range(end, made.comment_id)


def _runs(blocks: Iterable[Element]) -> list[Element]:
    """Return the runs with words that are in the new text."""
    runs = chain.from_iterable(block.iter(qn("w:r")) for block in blocks)
    return [run for run in runs if run.find(qn("w:t")) is not None and not _is_gone(run)]


def _is_gone(run: Element) -> bool:
    return next(run.iterancestors(*_GONE), None) is not None


def _quoted(comment: Comment, sections: Mapping[str, Sequence[Element]]) -> list[Element]:
    """Return runs with the words that a comment is about, [] if they are not there."""
    quotation, blocks = comment.quotation, sections.get(comment.section, ())
    if quotation is None:
        return []
    text = "".join(words for _, _, words in _runs_with_places(blocks))
    try:
        around = {"prefix": quotation.prefix, "suffix": quotation.suffix}
        found = quotations.quote(text, quotation.exact, **around)
    except NotQuotable:
        return []
    placed = quotations.find_among([text], found, 0) if found else None
    if placed is None:
        return []
    _, span = placed
    for place in span:
        for run, start, words in _runs_with_places(blocks):
            if start < place < start + len(words.rstrip("\n")):
                right = deepcopy(run)
                run.addnext(right)
                _keep_words(run, 0, place - start)
                _keep_words(right, place - start, len(words))
    return [
        run
        for run, start, words in _runs_with_places(blocks)
        if words.strip() and span[0] <= start and start + len(words.rstrip("\n")) <= span[1]
    ]


def _runs_with_places(blocks: Iterable[Element]) -> list[tuple[Element, int, str]]:
    """Return runs, each with where its words begin, and its words; "\n" ends a paragraph."""
    found = []
    at = 0
    runs = _runs(blocks)
    for run, following in zip_longest(runs, runs[1:]):
        words = "".join(map(_text_of, run))
        if following is None or _paragraph(following) is not _paragraph(run):
            words += "\n"
        found.append((run, at, words))
        at += len(words)
    return found


def _paragraph(run: Element) -> object:
    return next(run.iterancestors(qn("w:p")))


def _text_of(piece: Element) -> str:
    return piece.text or "" if piece.tag == qn("w:t") else " " * (piece.tag == qn("w:br"))


def _keep_words(run: Element, start: int, end: int) -> None:
    """Remove all words of a run but those from start to end."""
    at = 0
    for piece in list(run):
        words = _text_of(piece)
        begin, stop = max(start - at, 0), max(end - at, 0)
        at += len(words)
        if piece.tag == qn("w:t"):
            piece.text = words[begin:stop]
        elif words and not words[begin:stop]:
            run.remove(piece)
