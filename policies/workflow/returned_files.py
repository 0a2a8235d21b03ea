"""The action of a Word file that came back: its changes become proposals to a draft, its comments
comments. proposal_decisions.py has what is done with proposals.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any, Final, TypeVar

from django.contrib.auth.models import User

from policies import child_process, ledger
from policies.ledger.actor_names import name_of, name_of_id
from policies.ledger.chains import file_facts, reply_facts
from policies.models import CommentReply, Policy, ReturnedFile, ReviewComment, Revision, SentText
from policies.models.policy import public_url
from policies.states import OPEN
from policies.text import document as documents
from policies.text.document import Document
from policies.text.importing import ImportRefused, returned
from policies.text.importing.returned import Returned, WordComment
from policies.text.markdown.import_notes import ImportNote, as_lines
from policies.text.short_text import counted, cut, has_visible_characters
from policies.text.word_proposals import proposed
from policies.workflow import commenting
from policies.workflow.commenting import MAX_GUEST
from policies.workflow.heavy_work import done_now, with_work_ahead
from policies.workflow.preconditions import (
    MAX_COMMENT,
    get_or_refuse,
    locked_and_allowed,
    require_permission,
    storable,
)
from policies.workflow.refusals import Incomplete, TooMany, WrongState

# Of one file: proposals, each of which a page shows with its buttons. Of one revision: files.
MAX_PROPOSALS: Final = 1_000
MAX_FILES: Final = 50
# Characters of a file's name.
MAX_FILE_NAME: Final = 200
UNTRACKED: Final = "changed without tracking"
_NOBODY: Final = "Unnamed author"

_Found = TypeVar("_Found")


def keep_sent(revision: Revision) -> None:
    """Keep what an open revision says, as it is downloaded as Word: the file may come back."""
    if revision.status in OPEN:
        SentText.objects.get_or_create(
            revision=revision,
            digest=revision.digest,
            defaults={"markdown": documents.serialize(revision.document())},
        )


# --- Bringing a file back -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """A file, read. changes: as ReturnedFile has them."""

    found: Returned
    compared_with: str
    sent: Document
    text: Document
    changes: Mapping[str, list[list[str]]]


def bring_back_file(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    name: str,
    data: bytes,
    compare_with: int | None = None,
) -> ReturnedFile:
    """Bring back a Word file that was made from a text of this policy. The draft stays as it is.

    compare_with: the revision that a file was made from which doesn't say so itself. Raises
    Incomplete (the file can't be read, or nothing says what it was made from; then it is about
    compare_with), WrongState (it is there already), TooMany, NotNow.
    """
    name = f"{cut(_line(PurePath(name).stem) or 'file', MAX_FILE_NAME - 5)}.docx"
    sha256 = hashlib.sha256(data).hexdigest()

    def prepare() -> _Read:
        revision = get_or_refuse(Revision.objects.select_related("policy"), revision_id)
        require_permission("bring_back_file", by, revision.policy)
        _require_new(revision, sha256)
        return _read(revision.policy, name, data, compare_with)

    def bring_back(ready: _Read) -> ReturnedFile:
        revision = locked_and_allowed("bring_back_file", revision_id, by)
        _require_new(revision, sha256)
        file = ReturnedFile.objects.create(
            revision=revision,
            name=name,
            sha256=sha256,
            compared_with=ready.compared_with,
            sent=documents.serialize(ready.sent),
            text=documents.serialize(ready.text),
            changes=ready.changes,
            notes=as_lines(
                note for note in ready.found.notes if not _is_header(note, revision.policy)
            ),
            returned_at=at,
            returned_by=by,
        )
        ledger.record_act(
            "bring_back_file",
            revision,
            by=by,
            at=at,
            reason=_summary(file, len(ready.found.comments)),
            facts=file_facts(file),
        )
        _add_comments(file, ready.found.comments, at=at)
        return file

    return with_work_ahead(prepare, bring_back)


def _summary(file: ReturnedFile, comments: int) -> str:
    names = ", ".join(author_names(file.changes.values()))
    return (
        f"{file.name}, made from {file.compared_with}: {counted(len(file.changes), 'proposal')}"
        f"{f' ({names})' if names else ''}, {counted(comments, 'comment')}"
    )


def _is_header(note: ImportNote, policy: Policy) -> bool:
    """Return whether a note is about the header that our own files have on each page."""
    return note.kind == "page header dropped" and note.text.startswith(f"{policy.name} · ")


def _require_new(revision: Revision, sha256: str) -> None:
    if known := revision.returned_files.filter(sha256=sha256).first():
        raise WrongState(
            f"This file was uploaded already, by {name_of_id(known.returned_by_id)} on "
            f"{revision.policy.in_words(known.returned_at)}, as “{known.name}”. Nothing was added."
        )
    if revision.returned_files.count() >= MAX_FILES:
        raise TooMany(f"{MAX_FILES} files were uploaded already, which is the most.")


def _read(policy: Policy, name: str, data: bytes, compare_with: int | None) -> _Read:
    found = _in_child(returned.read_returned, name, data)
    known = text_of_digest(policy, found.digest) if found.digest else None
    if known is None and compare_with:
        known = _chosen(policy, compare_with)
    if known is None:
        raise Incomplete(
            "This file doesn’t say which text of this policy it was made from. Choose the text "
            "with which it is to be compared.",
            "compare_with",
        )
    sent, compared_with = known
    base = public_url(policy.get_absolute_url())
    compare = partial(child_process.run, proposed, sent, found, base, length=None)
    text, authors = done_now(compare)
    changes = {}
    for change, names in authors.items():
        changes[change] = [[_author(name), at.isoformat() if at else ""] for name, at in names]
    if len(changes) > MAX_PROPOSALS:
        raise TooMany(
            f"There are {len(changes):,} changes in this file, too many to decide on one by one. "
            "Upload it as a whole instead, and choose section by section."
        )
    return _Read(found, compared_with, sent, text, changes)


def _in_child(read: Callable[[str, bytes], _Found], name: str, data: bytes) -> _Found:
    try:
        return done_now(partial(child_process.run, read, name, data, length=None))
    except ImportRefused as refusal:
        raise Incomplete(f"{refusal.file}: {refusal.reason}", "file") from refusal


def is_known(policy: Policy, name: str, data: bytes) -> bool:
    """Return whether a Word file says from which text of a policy it was made. Raises Incomplete
    (it can't be read), NotNow.
    """
    digest = _in_child(returned.digest_of, name, data)
    return bool(digest and text_of_digest(policy, digest))


def text_of_digest(policy: Policy, digest: str) -> tuple[Document, str] | None:
    """Return the text of a policy that a file was made from, and what it is called."""
    with_digest = policy.revisions.filter(digest=digest)
    version = with_digest.numbered().order_by("-number").first()
    if version := version or with_digest.order_by("-pk").first():
        return version.document(), label_of(version)
    sent = SentText.objects.filter(revision__policy=policy, digest=digest).first()
    # No rule of the database guards it, but its digest says what it was.
    if sent is None or hashlib.sha256(sent.markdown.encode()).hexdigest() != digest:
        return None
    return documents.parse(sent.markdown), "an earlier text of the draft"


def _chosen(policy: Policy, revision_id: int) -> tuple[Document, str] | None:
    revision = policy.revisions.filter(pk=revision_id).first()
    return (revision.document(), label_of(revision)) if revision else None


def label_of(revision: Revision) -> str:
    """Return what a sentence calls a text that a file is compared with."""
    if revision.number:
        return f"version {revision.number}"
    return "the draft" if revision.status in OPEN else "a discarded draft"


def _line(text: str) -> str:
    return " ".join(storable(text).split())


def _author(name: str) -> str:
    return cut(_line(name), MAX_GUEST) or _NOBODY


def author_names(authors: Iterable[Iterable[Iterable[str]]]) -> list[str]:
    """Return the names of those who made changes, each once. authors: of each change."""
    names: dict[str, None] = {}  # an ordered set
    for authors_of_change in authors:
        names |= dict.fromkeys([name for name, _ in authors_of_change] or [UNTRACKED])
    return list(names)


# --- Comments ------------------------------------------------------------------------------------


def _add_comments(file: ReturnedFile, comments: Iterable[WordComment], *, at: datetime) -> None:
    """Add the comments of a file, and replies; not those that are there, from here or a file."""
    revision = file.revision
    known_by_key: dict[tuple[str, ...], ReviewComment] = {}
    for row in revision.comments.select_related("created_by"):
        key = _key(row.guest or name_of(row.created_by), words_of(row))
        known_by_key[key + _exact(row.quotation)] = row
        if row.file_id is None:  # it went out from here, perhaps at other words
            known_by_key[key] = row
    anchors = {section.anchor for section in revision.sections.all()}
    by_id: dict[str, ReviewComment] = {}
    for comment in comments:
        name, text = _author(comment.author), cut(storable(comment.text).strip(), MAX_COMMENT)
        quotation = comment.quotation.values if comment.quotation else None
        if not has_visible_characters(text):
            continue
        if parent := by_id.get(comment.parent):
            by_id[comment.id] = parent
            _add_reply(parent, file, name, text, at=at)
            continue
        key = _key(name, text)
        if not (known := known_by_key.get(key + _exact(quotation)) or known_by_key.get(key)):
            columns = {
                "section_anchor": comment.section if comment.section in anchors else "",
                "quotation": quotation,
                "file": file,
                "guest": name,
            }
            how: Any = {"by": None, "actor": _actor(name, file), "at": at, "text": text}
            known = commenting.add("comment_by_file", revision, columns, **how)
            known_by_key[key + _exact(quotation)] = known
        by_id[comment.id] = known


def words_of(comment: ReviewComment) -> str:
    """Return what a comment says in a Word file, with the words that it suggests, if any."""
    suggested = (comment.quotation or {}).get("replacement", "")
    return f"{comment.text}\nSuggested instead: {suggested}" if suggested else comment.text


def _key(name: str, text: str) -> tuple[str, ...]:
    return name, " ".join(text.split())


def _exact(quotation: Mapping[str, Any] | None) -> tuple[str]:
    return ((quotation or {}).get("exact", ""),)


def _add_reply(
    comment: ReviewComment, file: ReturnedFile, name: str, text: str, *, at: datetime
) -> None:
    replies = comment.replies.select_related("created_by")
    known = {_key(row.guest or name_of(row.created_by), row.text) for row in replies}
    if _key(name, text) in known:
        return
    reply = CommentReply.objects.create(
        comment=comment, text=text, created_at=at, file=file, guest=name
    )
    how: Any = {"by": None, "actor": _actor(name, file), "at": at, "reason": text}
    ledger.record_act("reply_by_file", file.revision, **how, facts=reply_facts(reply))


def _actor(name: str, file: ReturnedFile) -> str:
    return f"{name} (in {file.name})"
