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

from policies import workflow
from policies.ledger.actor_names import names_of
from policies.models import ReviewComment, Revision
from policies.public.comparisons import Comparison, ShownPart
from policies.staff.asking_views import warning_before_accepting
from policies.staff.buttons import action_button
from policies.staff.forms import DeskForm, Text, WholeNumber
from policies.staff.pages import form_page_url
from policies.text.quotations import unspaced
from policies.text.quoted_html import CommentMark, marked, readable
from policies.workflow import commenting, quoting

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

    written = "text"
    field_of: ClassVar[Mapping[str, str]] = {
        "section_anchor": "section",
        "prefix": "preceding",
        "suffix": "following",
    }


class ToCommentForm(DeskForm):
    comment = WholeNumber()

    row = "comment"


class AssignForm(ToCommentForm):
    assignee = WholeNumber()

    sent_empty = ("assignee",)
    field_of: ClassVar[Mapping[str, str]] = {"assignee_id": "assignee"}


class ReplyForm(ToCommentForm):
    text = Text()

    written = "text"


def threads_of(revision: Revision, accepts: User | None = None) -> list[Thread]:
    """Return the comments with their replies and the writers' names, unresolved ones first.

    accepts: whoever may accept what is suggested, and is warned of what that means. number: of the
    unresolved ones. place: where the words are that it is about, None if they are gone or it is
    about none. section: the anchor of the section that it is about now.
    """
    comments = list(
        revision.comments.select_related("link", "file").prefetch_related("replies__file")
    )
    if not comments:
        return []
    comments.sort(key=lambda comment: comment.resolved_at is not None)
    assignees = commenting.assignees([revision.pk])
    names = _names_in(comments, assignees.values())
    sections = revision.shown_sections
    unresolved = [comment for comment in comments if comment.resolved_at is None]
    places = quoting.quoted_places(revision, unresolved)
    decided = _decided(revision, comments)
    warnings: dict[int | None, str] = {}
    threads: list[Thread] = []
    for number, comment in enumerate(comments, start=1):
        place, quotation = places.get(comment.pk), comment.quotation or {}
        proposer = comment.created_by_id
        if accepts and place and "replacement" in quotation and proposer not in warnings:
            authors = [proposer] if proposer else []
            warnings[proposer] = warning_before_accepting(revision, accepts, authors)
        section = place.anchor if place else comment.section_anchor
        resolved = (comment.resolved_at, comment.resolved_by_id)
        replies = comment.replies.all()
        threads.append(
            {
                "comment": comment,
                "number": number,
                "by": comment.guest or names[proposer],
                "assignee_id": (assignee := assignees.get(comment.pk)),
                "assignee": names[assignee] if assignee else "",
                "resolution": decided.get(resolved, "Resolved"),
                "resolved_by": names[comment.resolved_by_id],
                "about": sections[section].label if section in sections else section,
                "section": section,
                "is_about_a_section": section in sections,
                "words": quotation.get("exact", ""),
                "replacement": quotation.get("replacement", ""),
                "place": place,
                "warning": warnings.get(proposer, ""),
                "is_gone": comment.pk in places and place is None,
                "replies": [
                    (reply, reply.guest or names[reply.created_by_id]) for reply in replies
                ],
            }
        )
    return threads


def _names_in(
    comments: Iterable[ReviewComment], assignees: Iterable[int | None]
) -> dict[int | None, str]:
    people: list[int | None] = [*assignees]
    for comment in comments:
        people += [comment.created_by_id, comment.resolved_by_id]
        people += [reply.created_by_id for reply in comment.replies.all()]
    return names_of(people)


def _decided(
    revision: Revision, comments: Iterable[ReviewComment]
) -> dict[tuple[datetime | None, int | None], str]:
    """Return what became of suggestions, by when and by whom they were resolved."""
    resolved = [comment for comment in comments if comment.resolved_at and comment.quotation]
    if not any("replacement" in (comment.quotation or {}) for comment in resolved):
        return {}
    words = {"accept_suggestion": "Accepted", "decline_suggestion": "Declined"}
    acts = revision.audit_events.filter(action__in=sorted(words))
    return {(act.done_at, act.done_by_id): words[act.action] for act in acts}


def shown_parts(
    revision: Revision, compared: Comparison | None, threads: Sequence[Thread]
) -> list[dict[str, Any]]:
    """Return the parts of a redline, or of the text if there is none, with the comments on each.

    The words that comments are about are marked.
    """
    parts = quoting.parts_of(revision)
    words = {(part.kind, part.anchor): part.words for part in parts}
    marks: dict[tuple[str, str], list[CommentMark]] = {}
    for thread in threads:
        if place := thread["place"]:
            key = (parts[place.part].kind, place.anchor)
            number = str(thread["number"])
            label = f"Comment {number}, by {thread['by']}"
            span = unspaced(words[key], place.span)
            mark = CommentMark(span, thread["comment"].pk, number, label)
            marks.setdefault(key, []).append(mark)
    on_sections: dict[str, list[Thread]] = {}
    for thread in threads:
        on_sections.setdefault(thread["section"], []).append(thread)
    anchors = {section.anchor for section in revision.sections.all()}
    as_new = [ShownPart(part.kind, part.anchor, part.heading, [], part.html) for part in parts]
    return [
        {
            "part": _with_marks(part, marks.get((part.kind, part.anchor), ()), words),
            "threads": on_sections.get(part.anchor, []) if part.anchor else [],
            "is_there": part.anchor in anchors,
            "is_marked": (part.kind, part.anchor) in marks,
        }
        for part in (compared.parts if compared else as_new)
    ]


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
    workflow.reply_to_comment, "Reply added.", after=comments_url, form=ReplyForm
)
_on_comment = partial(action_button, after=comments_url, form=ToCommentForm)
assign_comment = _on_comment(workflow.assign_comment, "Assigned.", form=AssignForm)
resolve_comment = _on_comment(workflow.resolve_comment, "Comment resolved.")
accept_suggestion = _on_comment(
    workflow.accept_suggestion, "The draft was changed as suggested, and the comment resolved."
)
decline_suggestion = _on_comment(
    workflow.decline_suggestion, "Declined. The draft was not changed."
)
