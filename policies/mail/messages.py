"""Writes the e-mail about an act or a reminder, in plain text and HTML.

The words are here; the two templates in templates/mail/ lay them out. Nothing is fetched when a
mail is read, no image and no style sheet, so reading it leaves no trace.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format

from policies.models.participants import participants
from policies.permissions import PUBLISH, REVIEW, WRITE
from policies.states import Kind
from policies.text.short_text import in_short, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.contrib.auth.models import User

    from policies.models import AuditEvent, Mail, Policy, Revision

# Keeps automatic replies (out of office) away (RFC 3834 section 5).
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
# Characters. Mail programs show no more of a subject; RFC 5322 section 2.1.1 allows 998 per line.
MAX_SUBJECT = 180


@dataclass(frozen=True)
class MailText:
    """The content of a mail. subject: without the policy's name, which is put before it.

    happened: one sentence. ask: what the reader can do now, "" for nothing. quotes: label and text
    of what somebody wrote. links: words and absolute URL, the most useful first.
    """

    subject: str
    happened: str
    ask: str = ""
    quotes: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def message(mail: Mail) -> EmailMultiAlternatives:
    """Return the message for a mail, written from the present state of its policy."""
    policy = mail.policy
    letter = _of_event(mail.event, mail.user) if mail.event else _of_reminder(mail)
    return laid_out(
        letter,
        about=str(policy),
        to=mail.user.email,
        headers=_headers(mail),
        settings_url=url("admin:policies_mail"),
    )


def laid_out(
    letter: MailText, *, about: str, to: str, headers: dict[str, str], settings_url: str = ""
) -> EmailMultiAlternatives:
    """Return a letter as a message.

    about: put before the subject. settings_url: where its reader can switch such letters off.
    """
    subject = in_header(f"{about}: {letter.subject}")
    quotes = [(label, text) for label, text in letter.quotes if text]
    context = {
        "letter": letter,
        "quotes": quotes,
        # Every line is marked, so that nobody takes a comment for the site's own words.
        "quotes_in_text": [(label, indent(text, "> ", _always)) for label, text in quotes],
        "subject": subject,
        "organisation": settings.ORGANISATION_NAME,
        "settings_url": settings_url,
    }
    made = EmailMultiAlternatives(
        subject,
        render_to_string("mail/letter.txt", context),
        to=[to],
        headers=headers,
    )
    made.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    return made


def _always(line: str) -> bool:
    return True


def _headers(mail: Mail) -> dict[str, str]:
    """Return the headers that mark a mail as automatic, identify it, and put it into a thread.

    The same mail sent again has the same Message-ID, so that a mail server may drop it. References
    names a message that never existed, under which mail programs group all mails about a revision
    or, without one, about a policy (RFC 5322 section 3.6.4).
    """
    event = mail.event
    name = f"act-{event.pk}" if event else f"review-{mail.policy_id}-{mail.remind_on}"
    about = f"revision-{event.revision_id}" if event and event.revision_id else None
    host = urlsplit(settings.SITE_URL).hostname or ""
    host = "localhost" if ":" in host else host  # no colon in a Message-ID
    thread = f"<{about or f'policy-{mail.policy_id}'}@{host}>"
    return {
        "Message-ID": f"<{name}-{mail.user_id}@{host}>",
        "In-Reply-To": thread,
        "References": thread,
        **AUTOMATIC,
    }


def in_header(text: str) -> str:
    """Return a text in a form that a header can hold: one line, no control characters, cut."""
    line = "".join(sign for sign in one_line(text) if unicodedata.category(sign) != "Cc")
    return in_short(line, MAX_SUBJECT)


def url(name: str, *arguments: object) -> str:
    """Return the absolute URL of a page of the desk."""
    return f"{settings.STAFF_URL}{reverse(name, args=arguments)}"


def _public(version: Revision) -> tuple[str, str]:
    path = version.policy.url("version", number=version.number)
    return "What the public reads", f"{settings.SITE_URL}{path}"


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


# --- About acts ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Notification:
    """An act, and the user whom a letter tells of it."""

    event: AuditEvent
    user: User

    @property
    def policy(self) -> Policy:
        return self.event.policy

    @property
    def revision(self) -> Revision:
        revision = self.event.revision
        assert revision is not None  # noqa: S101  actions that use it are about a revision
        revision.policy = self.policy
        return revision

    @property
    def when(self) -> str:
        return self.policy.in_words(self.event.done_at)

    def who(self, did: str) -> str:
        """Return a sentence on who did something and when, on one line whatever the names hold."""
        return " ".join(f"{self.event.actor} {did} on {self.when}.".split())

    def to(self, words: str, name: str, fragment: str = "") -> tuple[str, str]:
        """Return the words and the URL of a link to one of the desk's pages about the revision."""
        return words, url(f"admin:policies_{name}", self.revision.pk) + fragment

    def to_policy(self) -> tuple[str, str]:
        return "The policy on the desk", url("admin:policies_policy_change", self.policy.pk)

    def to_text(self) -> tuple[str, str]:
        """Return a link to the editor for those who may write, to the review for all others."""
        writes = self.user.has_perm(WRITE)
        return self.to("Go on writing", "edit") if writes else self.to("Look at it", "review")


def _of_event(event: AuditEvent, user: User) -> MailText:
    return LETTERS[event.action](Notification(event, user))


def _submitted(told: Notification) -> MailText:
    return MailText(
        "handed in for your review",
        told.who(f"handed in “{told.revision.title}” for review"),
        "Read what changes, then approve it or say what has to change.",
        links=(told.to("Review it", "review"),),
    )


def _approved(told: Notification) -> MailText:
    publishes = told.user.has_perm(PUBLISH)
    return MailText(
        "approved, ready to be published",
        told.who(f"approved “{told.revision.title}”"),
        "You can publish it at once, or set a time."
        if publishes
        else "A publisher continues from here.",
        links=(told.to("Publish it", "publish") if publishes else told.to("Look at it", "review"),),
    )


def _approved_afterwards(told: Notification) -> MailText:
    return MailText(
        f"version {told.revision.number} approved afterwards",
        told.who(
            f"approved version {told.revision.number}, which had been published without approval,"
        ),
        links=(told.to("Look at it", "review"), _public(told.revision)),
    )


def _sent_back(told: Notification) -> MailText:
    return MailText(
        "sent back to you, changes requested",
        told.who(f"sent “{told.revision.title}” back"),
        "It is a draft again: change it, then hand it in once more.",
        quotes=(("What has to change", told.event.reason),),
        links=(told.to_text(), told.to("All comments", "review", "#comments")),
    )


def _reopened(told: Notification) -> MailText:
    return MailText(
        "a draft again, its approval is void",
        told.who(f"made “{told.revision.title}”, which was approved, a draft again"),
        "It has to be handed in and approved once more.",
        links=(told.to_text(),),
    )


def _published(told: Notification) -> MailText:
    return MailText(
        f"version {told.revision.number} published{_upcoming(told)}",
        told.who(f"published version {told.revision.number}"),
        _effect(told),
        quotes=(("Change note", told.revision.change_note),),
        links=(told.to("The version on the desk", "review"), _public(told.revision)),
    )


def _published_in_emergency(told: Notification) -> MailText:
    had_a_part = told.user.pk in participants(told.revision)
    can_review = told.user.has_perm(REVIEW) and not had_a_part
    ask = (
        "Nobody has approved it. Please read it now, and approve it afterwards if it is right; if "
        "it is not, a new version has to correct it."
        if can_review
        else "Nobody has approved it yet. It stays flagged until another person has."
    )
    return MailText(
        f"version {told.revision.number} PUBLISHED WITHOUT APPROVAL",
        told.who(f"published version {told.revision.number} WITHOUT APPROVAL"),
        f"{_effect(told)} {ask}",
        quotes=(
            ("Reason given", told.event.reason),
            ("Change note", told.revision.change_note),
        ),
        links=(
            told.to("Read it and approve it" if can_review else "Look at it", "review"),
            _public(told.revision),
        ),
    )


def _upcoming(told: Notification) -> str:
    at = told.revision.effective_at
    if at is None or at <= told.event.done_at:
        return ""
    return f", in force from {_day(told.policy.day_of(at))}"


def _effect(told: Notification) -> str:
    at = told.revision.effective_at
    change = Kind(told.revision.kind).label.lower()
    if at is None or at <= told.event.done_at:
        return f"It is in force at once. The change is {change}."
    return f"It takes effect on {told.policy.in_words(at)}. The change is {change}."


def _commented(told: Notification) -> MailText:
    return MailText(
        f"{told.event.actor} commented",
        told.who(f"commented on “{told.revision.title}”"),
        "It has to be resolved before the text can be approved.",
        quotes=(("Comment", told.event.reason),),
        links=(told.to("Read and answer", "review", "#comments"),),
    )


def _answered(told: Notification) -> MailText:
    return MailText(
        f"{told.event.actor} answered a comment",
        told.who(f"answered a comment on “{told.revision.title}”"),
        quotes=(("Answer", told.event.reason),),
        links=(told.to("Read it", "review", "#comments"),),
    )


def _discarded(told: Notification) -> MailText:
    return MailText(
        "draft discarded",
        told.who(f"discarded “{told.revision.title}”"),
        "Its text is kept among the revisions, and a draft can be started from it.",
        links=(told.to("The text", "review"), told.to_policy()),
    )


def _withdrawn(told: Notification) -> MailText:
    number = told.revision.number
    return MailText(
        f"version {number} withdrawn",
        told.who(f"withdrew version {number}, which had not taken effect yet,"),
        "Readers see why. What was in force stays in force.",
        quotes=(("Reason, which is public", told.event.reason),),
        links=(told.to("The version on the desk", "review"), _public(told.revision)),
    )


def _retired(told: Notification) -> MailText:
    return MailText(
        "retired",
        told.who(f"retired “{told.policy}”"),
        "It stays readable, under this notice.",
        quotes=(("Notice", told.event.reason),),
        links=(told.to_policy(), _policy_page(told.policy)),
    )


def _reinstated(told: Notification) -> MailText:
    return MailText(
        "in use again",
        told.who(f"took “{told.policy}” up again"),
        "The notice was removed from its page.",
        links=(told.to_policy(), _policy_page(told.policy)),
    )


def _policy_page(policy: Policy) -> tuple[str, str]:
    return "What the public reads", f"{settings.SITE_URL}{policy.get_absolute_url()}"


LETTERS: Final[dict[str, Callable[[Notification], MailText]]] = {
    "submit": _submitted,
    "approve": _approved,
    "approve_afterwards": _approved_afterwards,
    "request_changes": _sent_back,
    "reopen": _reopened,
    "publish": _published,
    "publish_without_approval": _published_in_emergency,
    "comment": _commented,
    "reply_to_comment": _answered,
    "discard": _discarded,
    "withdraw": _withdrawn,
    "retire": _retired,
    "reinstate": _reinstated,
}


# --- Reminders -----------------------------------------------------------------------------------


def every(months: int | None) -> str:
    """Return in words how often a policy is checked. months: None for never."""
    if months is None:
        return "never"
    return "every month" if months == 1 else f"every {months} months"


def _of_reminder(mail: Mail) -> MailText:
    policy, due_on = mail.policy, mail.due_on
    assert due_on is not None  # noqa: S101  mail_has_one_occasion
    return MailText(
        f"due for its periodic check since {_day(due_on)}",
        f"{policy} was to be checked by {_day(due_on)}. It is looked at "
        f"{every(policy.check_every_months)}, counted from the day on which the version in force "
        "was published, or last confirmed.",
        "See whether it is still right. If it is, say so on its page; if something has changed, "
        "start a draft there. Either restarts the count.",
        links=(
            ("The policy on the desk", url("admin:policies_policy_change", policy.pk)),
            _policy_page(policy),
        ),
    )
