"""Comments by whoever reads a draft with a preview link that takes them.

They have no account, so there is no cookie and no CSRF token: nothing is sent along by a browser
that another site could make use of. What lets somebody comment is the link itself, which no other
site knows; a browser that says that a form comes from another site is refused all the same.

What is about comments in workflow/ reads Markdown, and is loaded when it is first needed.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from policies.models import PreviewLink
from policies.text.quotations import MAX_QUOTED

# Bytes of a whole form: more than its texts take in any script, far less than a server would mind.
MAX_FORM = 100_000


class GuestForm(forms.Form):
    """guest: the name of whoever comments. words, preceding, following, replacement: as on the
    review page.
    """

    guest = forms.CharField(required=False)
    text = forms.CharField(required=False)
    section = forms.CharField(required=False)
    words = forms.CharField(required=False)
    preceding = forms.CharField(required=False)
    following = forms.CharField(required=False)
    replacement = forms.CharField(required=False)

    argument_of: ClassVar = {
        "section": "section_anchor",
        "preceding": "prefix",
        "following": "suffix",
    }

    def arguments(self) -> dict[str, Any]:
        rename, cleaned = self.argument_of, self.cleaned_data
        return {rename.get(name, name): value for name, value in cleaned.items()}


@dataclass(frozen=True)
class QuotablePart:
    """A part of the text. anchor: of a section, else ""."""

    anchor: str
    html: SafeString


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """Return whether a browser says that another site sent a form (Fetch Metadata, section 2.4).

    `Origin` would not do: pages that send no referrer send "null" for it.
    """
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def is_too_long(request: HttpRequest) -> bool:
    """Return whether a form is longer than MAX_FORM, before anything of it is read."""
    try:
        return int(request.headers.get("Content-Length") or 0) > MAX_FORM
    except ValueError:
        return True


def send(request: HttpRequest, link: PreviewLink) -> tuple[str, str]:
    """Store the comment in a form. Return what is wrong, "" for nothing, and with which field."""
    from policies import workflow

    form = GuestForm(request.POST)
    if not form.is_valid():  # a null character
        return problem_with("text"), "text"
    try:
        workflow.comment_by_link(link.pk, at=timezone.now(), **form.arguments())
    except workflow.Incomplete as refusal:
        field = next(iter(refusal.about), "text")
        return problem_with(field), field
    except workflow.Refused:
        return gettext(
            "No more comments can be sent with this link now. Try again in an hour, or write to "
            "the person who sent it to you."
        ), "text"
    return "", ""


def problem_with(field: str) -> str:
    """Return what is wrong with a field, in the language of the page."""
    from policies.workflow import commenting

    if field == "guest":
        return gettext("Enter your name, in no more than %(most)s characters.") % {
            "most": commenting.MAX_GUEST
        }
    if field in {"words", "section_anchor"}:
        return gettext(
            "Copy the words that you mean from the text. If they are there more than once, add a "
            "few of the words around them."
        )
    if field == "replacement":
        return gettext("Suggest no more than %(most)s characters.") % {"most": MAX_QUOTED}
    return gettext("Enter a comment of no more than %(most)s characters.") % {
        "most": commenting.MAX_GUEST_COMMENT
    }


def context(request: HttpRequest, link: PreviewLink, problem: str, field: str) -> dict[str, Any]:
    """Return what the page of a draft shows besides its text: the form, with what was typed, and
    the comments that were sent by this link.
    """
    from policies.workflow import commenting, quoting

    typed = {} if is_too_long(request) else request.POST
    return {
        "parts": [
            QuotablePart(part.anchor, mark_safe(part.html))  # noqa: S308  written by rendering.render alone
            for part in quoting.parts_of(link.revision)
        ],
        "typed": {name: typed.get(name, "") for name in GuestForm.base_fields},
        "problem": problem,
        "field": "section" if field == "section_anchor" else field,
        "comments": link.comments.order_by("pk"),
        "most": {"guest": commenting.MAX_GUEST, "text": commenting.MAX_GUEST_COMMENT},
        "longest_quotation": MAX_QUOTED,
    }
