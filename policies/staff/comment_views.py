"""The desk: comments on a revision or on words in it, and replies.

On the review page the words are marked, and linked to their comments, without a script; with one
(quoting.js), words that were selected become those that a comment is about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest

from policies.ledger.actor_names import names_of
from policies.models import ReviewComment, Revision
from policies.public.comparisons import Comparison, ShownPart
from policies.staff.asking_views import said_before_accepting
from policies.staff.forms import DeskForm, Text, WholeNumber
from policies.staff.pages import action_button, form_page_url
from policies.text.quotations import unspaced
from policies.text.quoted_html import CommentMark, marked, readable
from policies.workflow import quoting

# What is known of a comment and shown of it: see threads_of.
Thread = dict[str, Any]


class CommentForm(DeskForm):
    """words: those that it is about; preceding, following: the text around them."""

    section = Text(widget=forms.Select(attrs={"id": "comment-section"}))
    words = Text(widget=forms.Textarea(attrs={"id": "comment-words"}))
    preceding = Text(widget=forms.HiddenInput)
    following = Text(widget=forms.HiddenInput)
    replacement = Text(widget=forms.Textarea(attrs={"id": "comment-replacement"}))
    text = Text(widget=forms.Textarea(attrs={"id": "comment-text"}))

    field_of: ClassVar[Mapping[str, str]] = {
        "section_anchor": "section",
        "prefix": "preceding",
        "suffix": "following",
    }


class ToCommentForm(DeskForm):
    comment = WholeNumber()


class ReplyForm(ToCommentForm):
    text = Text()


def threads_of(revision: Revision, accepts: User | None = None) -> list[Thread]:
    """Return the comments with their replies and the writers' names, unresolved ones first.

    accepts: whoever may accept what is suggested, and is warned of what that means. number: of the
    unresolved ones. place: where the words are that it is about, None if they are gone or it is
    about none. section: the anchor of the section that it is about now.
    """
    comments = list(
        revision.comments.select_related("link", "file").prefetch_related("replies__file")
    )
    comments.sort(key=lambda it: it.resolved_at is not None)
    names = names_of(
        [it.created_by_id for it in comments]
        + [it.resolved_by_id for it in comments]
        + [reply.created_by_id for it in comments for reply in it.replies.all()]
    )
    headings = {key: it.label for key, it in revision.shown_sections.items()} if comments else {}
    places = quoting.quoted_places(revision, [it for it in comments if it.resolved_at is None])
    decided = _decided(revision, comments)
    warnings: dict[int | None, str] = {}
    for comment in comments:
        proposer, is_suggestion = comment.created_by_id, "replacement" in (comment.quotation or {})
        if accepts and is_suggestion and places.get(comment.pk) and proposer not in warnings:
            authors = [proposer] if proposer else []
            warnings[proposer] = said_before_accepting(revision, accepts, authors)
    threads: list[Thread] = []
    for number, comment in enumerate(comments, start=1):
        place = places.get(comment.pk)
        section = place.anchor if place else comment.section_anchor
        threads.append(
            {
                "comment": comment,
                "number": number,
                "by": comment.guest or names[comment.created_by_id],
                "resolution": decided.get(
                    (comment.resolved_at, comment.resolved_by_id), "Resolved"
                ),
                "resolved_by": names[comment.resolved_by_id],
                "about": headings.get(section, section),
                "section": section,
                "is_about_a_section": section in headings,
                "words": comment.quotation["exact"] if comment.quotation else "",
                "replacement": (comment.quotation or {}).get("replacement", ""),
                "place": place,
                "warning": warnings.get(comment.created_by_id, ""),
                "is_gone": comment.pk in places and place is None,
                "replies": [
                    (it, it.guest or names[it.created_by_id]) for it in comment.replies.all()
                ],
            }
        )
    return threads


def _decided(
    revision: Revision, comments: Iterable[ReviewComment]
) -> dict[tuple[datetime | None, int | None], str]:
    """Return what became of suggestions, by when and by whom they were resolved."""
    if not any(it.resolved_at and (it.quotation or {}).get("replacement") for it in comments):
        return {}
    words = {"accept_suggestion": "Accepted", "decline_suggestion": "Declined"}
    acts = revision.audit_events.filter(action__in=sorted(words))
    return {(it.done_at, it.done_by_id): words[it.action] for it in acts}


def shown_parts(
    revision: Revision, compared: Comparison | None, threads: Sequence[Thread]
) -> list[dict[str, Any]]:
    """Return the parts of a redline, or of the text if there is none, with the comments on each.

    The words that comments are about are marked.
    """
    there = {it.anchor for it in revision.sections.all()}
    parts = quoting.parts_of(revision)
    shown = compared.parts if compared else [_as_shown(part) for part in parts]
    marks: dict[tuple[str, str], list[CommentMark]] = {}
    words = {(it.kind, it.anchor): it.words for it in parts}
    for it in threads:
        if place := it["place"]:
            key = (parts[place.part].kind, place.anchor)
            label = f"Comment {it['number']}, by {it['by']}"
            span = unspaced(words[key], place.span)
            mark = CommentMark(span, it["comment"].pk, str(it["number"]), label)
            marks.setdefault(key, []).append(mark)
    return [
        {
            "part": _with_marks(part, marks.get((part.kind, part.anchor), ()), words),
            "threads": [it for it in threads if part.anchor and it["section"] == part.anchor],
            "is_there": part.kind == "section" and part.anchor in there,
            "is_marked": (part.kind, part.anchor) in marks,
        }
        for part in shown
    ]


def _as_shown(part: quoting.TextPart) -> ShownPart:
    heading = readable(part.html.partition("</h2>")[0]) if part.anchor else ""
    return ShownPart(part.kind, part.anchor, heading, [], part.html)


def _with_marks(
    part: ShownPart, marks: Sequence[CommentMark], words: Mapping[tuple[str, str], str]
) -> ShownPart:
    """Mark words in a part; none if it doesn't have the words that the text has."""
    if not marks or readable(part.html).split() != words[part.kind, part.anchor].split():
        return part
    return replace(part, html=marked(part.html, marks))


# --- Answering -----------------------------------------------------------------------------------


def comments_url(request: HttpRequest, pk: int) -> str:
    return f"{form_page_url(request, pk)}#comments"


reply_to_comment = action_button(
    "reply_to_comment",
    "Reply added.",
    after=comments_url,
    form=ReplyForm,
    text="text",
    row="comment",
)
_on_comment = partial(action_button, after=comments_url, form=ToCommentForm, row="comment")
resolve_comment = _on_comment("resolve_comment", "Comment resolved.")
accept_suggestion = _on_comment(
    "accept_suggestion", "The draft was changed as suggested, and the comment resolved."
)
decline_suggestion = _on_comment("decline_suggestion", "Declined. The draft was not changed.")
