"""Who is this, and did they confirm it within five minutes? Asked before what can't be undone.

A screen that somebody left, or a session that somebody stole, is not enough: the log-in notes when
a person last gave everything that it demands (`stamp`), and an action under `confirmed` asks for it
again once that is too long ago. Whatever lets somebody in confirms in the same way.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone

from policies.http import resubmission
from policies.staff.accounts import passkeys, records, second_factor, sign_on, throttling
from policies.staff.forms import DeskForm, Text
from policies.staff.guards import View, user_of
from policies.staff.pages import render_staff_page
from policies.text.short_text import counted

# Seconds for which a confirmation holds.
HOLDS = 5 * 60
_STAMP = "confirmed_at"
WRONG_CODE = "That code is wrong or has already been used. Enter another one."


class CodeForm(DeskForm):
    code = Text()


class ConfirmForm(CodeForm):
    """What proves that it is still the same person. sent: the form that waits for it, as text."""

    password = Text(strip=False)
    passkey = Text()
    sent = Text(strip=False)


def stamp(request: HttpRequest, at: float | None = None) -> None:
    """Remember that this person has given everything that a log-in demands: just now, or `at`."""
    now = timezone.now().timestamp()
    request.session[_STAMP] = now if at is None else min(at, now)


def is_recent(request: HttpRequest) -> bool:
    """Return whether they have given that within the last HOLDS seconds."""
    age = timezone.now().timestamp() - request.session.get(_STAMP, 0)
    return bool(0 <= age < HOLDS)


def confirmed(act: str, *, has_secrets: bool = False) -> Callable[[View], View]:
    """Let a form through only soon after a passkey, or password (and code), was given; else ask.

    act: what the form does, in words, such as "publish without approval". What the form holds, but
    for secrets, is kept while the question is asked, and then goes to the view. has_secrets: the
    form asks for secrets, which can't wait in a page: the question comes before it is shown.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "sent" in request.POST:
                sent = "" if has_secrets else ConfirmForm(request.POST).value("sent") or ""
                if turned_away := _asked_again(request, act, sent):
                    return turned_away
                if has_secrets:
                    return HttpResponseRedirect(request.get_full_path())
                request.POST = QueryDict(urlencode(resubmission.from_text(sent)))
            elif (has_secrets or request.method == "POST") and not is_recent(request):
                kept = "" if has_secrets else resubmission.as_text(request.POST.lists())
                return _question(request, act, kept)
            return view(request, *args, **kwargs)

        return asked

    return decorate


def _asked_again(request: HttpRequest, act: str, sent: str) -> HttpResponse | None:
    """Check the answer to the question; return the page that asks once more, None if it is right.

    sent: the form that waits, as in ConfirmForm.
    """
    form = ConfirmForm(request.POST)
    if is_recent(request):  # it was confirmed since then, in another window
        return None
    user = user_of(request)
    if sign_on.is_by_provider(user):
        problem = "You have not confirmed it yet. Confirm it in the other tab, then continue here."
        return _question(request, act, sent, problem)
    problem = ""
    if answer := form.value("passkey"):
        try:
            passkeys.owner_of(request, answer, expected=user)
        except passkeys.PasskeyRefused as refused:
            problem = str(refused)
    else:
        is_own = check_own_password(request, form.value("password") or "")
        if isinstance(is_own, HttpResponse):
            return is_own
        problem = "" if is_own else "That password is wrong. Enter your own password."
        if is_own and second_factor.factors_of(user):
            problem = problem_of_code(user, form.value("code") or "")
    if problem:
        return _question(request, act, sent, problem)
    stamp(request)
    return None


def check_own_password(request: HttpRequest, typed: str) -> bool | HttpResponse:
    """Return whether this person's password was typed, or the page of a lock after too many others.

    Guesses count as they do at the log-in.
    """
    name = request.user.get_username()
    user = authenticate(request, username=name, password=typed)
    if getattr(request, "axes_locked_out", False):
        return locked_out(request, name)
    if user is None or user.pk != request.user.pk:
        return False
    throttling.forget_from_here(request, name)
    return True


def problem_of_code(user: User, code: str) -> str:
    """Try a code that somebody typed; return what is wrong with it, "" if it is right."""
    answer = second_factor.verify(user, code)
    if not answer.is_right:
        records.wrong_code(user)
        return too_soon(answer) or WRONG_CODE
    if answer.was_recovery_code:
        records.changed(user, "Recovery code used.", by=user)
    return ""


def _question(request: HttpRequest, act: str, sent: str, problem: str = "") -> HttpResponse:
    """Return the page that asks for passkey or password, or leads to the provider in another tab.

    sent: the form that waits, "" if none does.
    """
    context = {
        "title": "Confirm that it is you",
        "act": act,
        "sent": sent,
        "problem": problem,
        "device": second_factor.device_of(user_of(request)),
        "passkeys": passkeys.passkeys_of(user_of(request)),
    }
    return render_staff_page(request, "confirm.html", context, refused=bool(problem))


# --- Too many wrong ones -------------------------------------------------------------------------


def locked_out(request: HttpRequest, username: str) -> HttpResponse:
    """Show when the lock ends, and what to do: 429, with Retry-After (RFC 6585, section 4)."""
    opens = throttling.lock_of(request, {"username": username}) or timezone.now()
    seconds = _seconds_to(opens)
    minutes = ceil(seconds / 60)
    context = {"title": "Locked for a while", "opens": opens, "minutes": minutes}
    response = render_staff_page(request, "locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def too_soon(answer: second_factor.Answer) -> str:
    """Return the message for a code that came too soon after wrong ones; "" if it did not."""
    if answer.wait_until is None:
        return ""
    seconds = _seconds_to(answer.wait_until)
    how_long = counted(seconds, "second") if seconds < 120 else f"{ceil(seconds / 60)} minutes"
    return f"You entered a wrong code. Wait {how_long}, then enter the newest one."


def _seconds_to(instant: datetime) -> int:
    return max(1, ceil((instant - timezone.now()).total_seconds()))
