"""Writes the e-mail about an act or a reminder, in plain text and HTML.

The words are here; the two templates in templates/mail/ lay them out. Nothing is fetched when a
mail is read, no image and no style sheet, so reading it leaves no trace.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format

from policies.mail.notices import policy_of
from policies.models import AuditEvent, Mail, Policy, ReviewComment, Revision, involved
from policies.models.policy import public_url
from policies.permissions import ACTIONS, PUBLISH, REVIEW, WRITE
from policies.states import Kind
from policies.text.short_text import every, in_short, one_line

# Keeps automatic replies (out of office) away (RFC 3834 section 5).
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
# Characters. Mail programs show no more of a subject; RFC 5322 section 2.1.1 allows 998 per line.
MAX_SUBJECT = 180


@dataclass(frozen=True)
class MailContent:
    """The content of a mail. subject: without the policy's name, which is put before it.

    happened: one sentence. ask: what the reader can do now, "" for nothing. quotes: label and text
    of what somebody wrote. links: words and absolute URL, the most useful first.
    """

    subject: str
    happened: str
    ask: str = ""
    quotes: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def message(mail: Mail, *, answers: int | None = None) -> EmailMultiAlternatives:
    """Return the message for a mail, written from the present state of its policy.

    answers: the key of the act that the first mail to this person about the revision was about.
    """
    content = content_of(mail)
    return compose(
        f"{mail.policy}: {content.subject}",
        [("", content)],
        to=mail.user.email,
        headers=_headers(mail, answers),
        settings_url=desk_url("admin:policies_mail"),
    )


def digest(mails: Sequence[Mail]) -> EmailMultiAlternatives:
    """Return one message with all of a person's mails. Sent again, it has the same Message-ID."""
    first, last = mails[0], mails[-1]
    contents = [(str(mail.policy), content_of(mail)) for mail in mails]
    name = f"digest-{first.pk}-{last.pk}-{first.user_id}"
    subjects = [f"{about}: {content.subject}" for about, content in contents]
    return compose(
        f"Daily digest: {'; '.join(subjects)}",
        contents,
        to=first.user.email,
        headers={"Message-ID": message_id(name), **AUTOMATIC},
        settings_url=desk_url("admin:policies_mail"),
    )


def content_of(mail: Mail) -> MailContent:
    if mail.event:
        return MESSAGES[mail.event.action](NotifiedAct(mail.event, mail.user))
    return _reminder(mail)


def compose(
    subject: str,
    contents: Sequence[tuple[str, MailContent]],
    *,
    to: str,
    headers: dict[str, str],
    settings_url: str = "",
) -> EmailMultiAlternatives:
    """Return a message. contents: each with its heading, "" for none: the name of its policy.

    settings_url: where its reader can switch such messages off.
    """
    subject = in_header(subject)
    parts = []
    for about, content in contents:
        quotes = [(label, text) for label, text in content.quotes if text]
        # Every line is marked, so that nobody takes a comment for the site's own words.
        in_text = [(label, indent(text, "> ", lambda _: True)) for label, text in quotes]
        heading = in_header(f"{about}: {content.subject}") if about else ""
        parts.append((heading, content, quotes, in_text))
    context = {
        "parts": parts,
        "subject": subject,
        "organisation": settings.ORGANISATION_NAME,
        "settings_url": settings_url,
    }
    made = EmailMultiAlternatives(
        subject, render_to_string("mail/message.txt", context), to=[to], headers=headers
    )
    made.attach_alternative(render_to_string("mail/message.html", context), "text/html")
    return made


def _headers(mail: Mail, answers: int | None) -> dict[str, str]:
    """The same mail sent again has the same Message-ID, so that a mail server may drop it.

    All mails to a person about a revision answer the first one; those about a policy answer a
    message that never existed, under which mail programs group them (RFC 5322 section 3.6.4).
    """
    event = mail.event
    own = f"act-{event.pk}" if event else f"review-{mail.policy_id}-{mail.remind_on}"
    first = f"act-{answers}-{mail.user_id}" if answers else f"policy-{mail.policy_id}"
    is_first = event is not None and event.pk == answers
    thread = {} if is_first else dict.fromkeys(["In-Reply-To", "References"], message_id(first))
    return {"Message-ID": message_id(f"{own}-{mail.user_id}"), **thread, **AUTOMATIC}


def message_id(name: str) -> str:
    host = urlsplit(settings.SITE_URL).hostname or ""
    return f"<{name}@{'localhost' if ':' in host else host}>"  # no colon in a Message-ID


def in_header(text: str) -> str:
    """Return a text in a form that a header can hold: one line, no control characters, cut."""
    line = "".join(sign for sign in one_line(text) if unicodedata.category(sign) != "Cc")
    return in_short(line, MAX_SUBJECT)


def desk_url(name: str, *arguments: object) -> str:
    return f"{settings.STAFF_URL}{reverse(name, args=arguments)}"


@dataclass(frozen=True)
class NotifiedAct:
    """An act, and the user who is notified of it: the reader."""

    event: AuditEvent
    reader: User

    @property
    def policy(self) -> Policy:
        return policy_of(self.event)

    @property
    def revision(self) -> Revision:
        revision = self.event.revision
        assert revision is not None  # noqa: S101  actions that use it are about a revision
        revision.policy = self.policy
        return revision

    @property
    def past(self) -> str:
        """What was done, in the words of the desk: "submitted for review"."""
        return ACTIONS[self.event.action].past

    @property
    def title(self) -> str:
        return f"“{self.revision.title}”"

    @property
    def version(self) -> str:
        return f"version {self.revision.number}"

    @property
    def commented(self) -> tuple[tuple[str, str], ...]:
        """A comment, after the words that it is about and those that it suggests."""
        quotation = (self.event.facts or {}).get("quotation", {})
        about = ("About", "exact"), ("Suggested instead", "replacement")
        quotes = ((label, quotation.get(name, "")) for label, name in about)
        return *quotes, ("Comment", self.event.reason)

    def who(self, did: str) -> str:
        """Return a sentence on who did something and when, on one line whatever the names hold."""
        when = self.policy.in_words(self.event.done_at)
        return " ".join(f"{self.event.actor} {did} on {when}.".split())

    def to(self, words: str, name: str, fragment: str = "") -> tuple[str, str]:
        """Return the words and the URL of a link to one of the desk's pages about the revision."""
        return words, desk_url(f"admin:policies_{name}", self.revision.pk) + fragment

    def to_policy(self) -> tuple[str, str]:
        page = desk_url("admin:policies_policy_change", self.policy.pk)
        return "View the policy on the desk", page

    def to_text(self) -> tuple[str, str]:
        """Return a link to the editor for those who may write, to the review for all others."""
        writes = self.reader.has_perm(WRITE, self.policy)
        return self.to("Edit it", "edit") if writes else self.to("View it", "review")

    def to_public(self) -> tuple[str, str]:
        """Return a link to what readers see: of the version if there is one, or of the policy."""
        number = self.revision.number if self.event.revision else None
        path = self.policy.url("version", number=number) if number else self.policy.url("policy")
        return "View the public page", public_url(path)


def _approved(act: NotifiedAct) -> MailContent:
    subject, happened = act.past, act.who(f"approved {act.title}")
    if act.reader.has_perm(PUBLISH, act.policy):
        links = (act.to("Publish it", "publish"),)
        ask = "Publish it now, or set a time."
        return MailContent(f"{subject}, please publish", happened, ask, links=links)
    links = (act.to("View it", "review"),)
    return MailContent(subject, happened, "A publisher can publish it now.", links=links)


def _published_in_emergency(act: NotifiedAct) -> MailContent:
    revision = act.revision
    is_reviewer = act.reader.has_perm(REVIEW, act.policy)
    can_review = is_reviewer and act.reader.pk not in involved(revision)
    ask = (
        "Nobody has approved it. Read it now. If it is right, approve it. If it is not, correct it "
        "with a new version."
        if can_review
        else "Nobody has approved it yet. It stays flagged until another person approves it."
    )
    return MailContent(
        f"{act.version} {act.past.upper()}",
        act.who(f"published {act.version} WITHOUT APPROVAL"),
        f"{_effect_sentence(act)} {ask}",
        quotes=(("Reason", act.event.reason), ("Change note", revision.change_note)),
        links=(
            act.to("Read it and approve it" if can_review else "View it", "review"),
            act.to_public(),
        ),
    )


def _upcoming(act: NotifiedAct) -> str:
    at = act.revision.effective_at
    if at is None or at <= act.event.done_at:
        return ""
    return f", in force from {date_format(act.policy.day_of(at))}"


def _effect_sentence(act: NotifiedAct) -> str:
    at = act.revision.effective_at
    change = Kind(act.revision.kind).label.lower()
    if at is None or at <= act.event.done_at:
        return f"It is in force now. The change is {change}."
    return f"It takes effect on {act.policy.in_words(at)}. The change is {change}."


def _to_review(act: NotifiedAct, did: str, before: str = "") -> MailContent:
    """Return the mail to whoever is asked to review. did: as for `who`. before: the subject."""
    request = act.revision.review_request
    due = f" by {date_format(request.due_on)}" if request and request.due_on else ""
    is_asked = request is not None and request.reviewer_id == act.reader.pk
    ask = f"You are asked to review it{due}." if is_asked else f"Any reviewer can do it{due}."
    return MailContent(
        f"{before}please review{due}",
        act.who(did),
        f"{ask} Read what changes, then approve it or request changes.",
        quotes=(("Note", request.note if request else ""),),
        links=(act.to("Review it", "review"),),
    )


def _reassigned(act: NotifiedAct) -> MailContent:
    request = act.revision.review_request
    asked = request.reviewer if request else None
    is_writer = act.reader.pk in involved(act.revision)
    if not is_writer and asked in {None, act.reader}:
        return _to_review(act, f"reassigned the review of {act.title}")
    name = (asked.get_full_name() or asked.get_username()) if asked else "anyone who may"
    took_over = asked is not None and asked.pk == act.event.done_by_id
    did = "took over the review of" if took_over else f"asked {name} to review"
    return MailContent(
        act.past,
        act.who(f"{did} {act.title}"),
        "" if is_writer else "You need not review it any more, but you still can.",
        quotes=(("Note", request.note if request and is_writer else ""),),
        links=(act.to("View it", "review"),),
    )


def _assigned(act: NotifiedAct) -> MailContent:
    facts = act.event.facts or {}
    comment = ReviewComment.objects.get(pk=facts["comment"])
    return MailContent(
        "please answer a comment",
        act.who(f"assigned a comment on {act.title} to you"),
        "Reply to it, or resolve it. It must be resolved before the text can be approved.",
        quotes=(("About", (comment.quotation or {}).get("exact", "")), ("Comment", comment.text)),
        links=(act.to("Read it and reply", "review", f"#comment-{comment.pk}"),),
    )


MESSAGES: Final[dict[str, Callable[[NotifiedAct], MailContent]]] = {
    "submit": lambda act: _to_review(act, f"submitted {act.title} for review"),
    "reassign_review": _reassigned,
    "nudge": lambda act: _to_review(act, f"sent a reminder to review {act.title}", "reminder: "),
    "approve": _approved,
    "approve_afterwards": lambda act: MailContent(
        f"{act.version} {act.past}",
        act.who(f"approved {act.version}, which had been published without approval,"),
        links=(act.to("View it", "review"), act.to_public()),
    ),
    "request_changes": lambda act: MailContent(
        act.past,
        act.who(f"requested changes to {act.title}"),
        "It is a draft again. Change it, then submit it again.",
        quotes=act.commented,
        links=(act.to_text(), act.to("View all comments", "review", "#comments")),
    ),
    "reopen": lambda act: MailContent(
        act.past,
        act.who(f"reopened {act.title} as a draft"),
        "Its approval is void. It must be submitted and approved again.",
        links=(act.to_text(),),
    ),
    "publish": lambda act: MailContent(
        f"{act.version} {act.past}{_upcoming(act)}",
        act.who(f"published {act.version}"),
        _effect_sentence(act),
        quotes=(("Change note", act.revision.change_note),),
        links=(act.to("View it on the desk", "review"), act.to_public()),
    ),
    "publish_without_approval": _published_in_emergency,
    "bring_back_file": lambda act: MailContent(
        act.past,
        act.who(f"uploaded an edited Word file of {act.title}"),
        "It changes nothing by itself. What it proposes can be accepted or declined while the text "
        "is a draft.",
        quotes=(("File", act.event.reason),),
        links=(
            act.to("View the file", "proposals"),
            act.to("View all comments", "review", "#comments"),
        ),
    ),
    "comment": lambda act: MailContent(
        f"{act.event.actor} {act.past}",
        act.who(f"commented on {act.title}"),
        "The comment must be resolved before the text can be approved.",
        quotes=act.commented,
        links=(act.to("Read it and reply", "review", "#comments"),),
    ),
    "assign_comment": _assigned,
    "comment_by_link": lambda act: MailContent(
        f"{act.event.actor} commented",
        act.who(f"commented from outside on {act.title}"),
        "The comment must be resolved before the text can be approved.",
        quotes=act.commented,
        links=(act.to("Read it", "review", "#comments"),),
    ),
    "reply_to_comment": lambda act: MailContent(
        f"{act.event.actor} {act.past}",
        act.who(f"replied to a comment on {act.title}"),
        quotes=(("Reply", act.event.reason),),
        links=(act.to("Read it", "review", "#comments"),),
    ),
    "discard": lambda act: MailContent(
        act.past,
        act.who(f"discarded {act.title}"),
        "The text is kept, and a new draft can be based on it.",
        links=(act.to("View the text", "review"), act.to_policy()),
    ),
    "reschedule": lambda act: MailContent(
        f"{act.version} {act.past}{_upcoming(act)}",
        act.who(f"rescheduled {act.version}"),
        f"{_effect_sentence(act)} Readers see that it was moved.",
        quotes=(("Reason", act.event.reason),),
        links=(act.to("View it on the desk", "review"), act.to_public()),
    ),
    "withdraw": lambda act: MailContent(
        f"{act.version} {act.past}",
        act.who(f"withdrew {act.version}, before it took effect,"),
        "Readers see the reason. The version in force stays in force.",
        quotes=(("Reason (public)", act.event.reason),),
        links=(act.to("View it on the desk", "review"), act.to_public()),
    ),
    "retire": lambda act: MailContent(
        act.past,
        act.who(f"retired “{act.policy}”"),
        "Readers can still read it, under this notice.",
        quotes=(("Notice", act.event.reason),),
        links=(act.to_policy(), act.to_public()),
    ),
    "reinstate": lambda act: MailContent(
        act.past,
        act.who(f"reinstated “{act.policy}”"),
        "Its page no longer shows the notice.",
        links=(act.to_policy(), act.to_public()),
    ),
}


def _reminder(mail: Mail) -> MailContent:
    policy, due_on = mail.policy, mail.due_on
    assert due_on is not None  # noqa: S101  mail_has_one_occasion
    due = date_format(due_on)
    confirm, draft = ACTIONS["confirm_check"].label, ACTIONS["start_draft"].label
    return MailContent(
        f"periodic check due since {due}",
        f"The periodic check of “{policy}” was due on {due}. It is due "
        f"{every(policy.check_every_months)}, counted from the day on which the version in force "
        "was published or last confirmed.",
        f"Read the policy. If it is still correct, select “{confirm}” on its page. If it is not, "
        f"select “{draft}”.",
        links=(
            ("View the policy on the desk", desk_url("admin:policies_policy_change", policy.pk)),
            ("View the public page", public_url(policy.get_absolute_url())),
        ),
    )
