"""The log-in: the password, then a code where the account has a second factor.

There is no session before both are right. Between the two, the page holds a signed note of who gave
the password. Both are asked for again before what can't be undone: a screen that somebody left, or
a session that somebody stole, is not enough.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate, login
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from policies.http import resubmission
from policies.staff.accounts import records, second_factor, throttling
from policies.staff.forms import DeskForm, Text
from policies.staff.guards import View, user_of
from policies.staff.pages import render_staff_page
from policies.text.short_text import counted

# Seconds for which a confirmation holds.
HOLDS = 5 * 60
_STAMP = "confirmed_at"
WRONG_CODE = (
    "That code is wrong or has already been used. Enter the one that your authenticator shows now."
)


class CodeForm(DeskForm):
    code = Text()


class ConfirmForm(CodeForm):
    """What proves that it is still the same person. sent: the form that waits for it, as text."""

    password = Text(strip=False)
    sent = Text(strip=False)


def stamp(request: HttpRequest) -> None:
    """Remember that this person has just given everything that a log-in demands."""
    request.session[_STAMP] = timezone.now().timestamp()


def is_recent(request: HttpRequest) -> bool:
    """Return whether they have given that within the last HOLDS seconds."""
    age = timezone.now().timestamp() - request.session.get(_STAMP, 0)
    return bool(0 <= age < HOLDS)


def confirmed(act: str, *, has_secrets: bool = False) -> Callable[[View], View]:
    """Let a form through only soon after the password (and code) was given; else ask for it.

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
    is_own = check_own_password(request, form.value("password") or "")
    if isinstance(is_own, HttpResponse):
        return is_own
    problem = "" if is_own else "That password is wrong. Enter your own password."
    if is_own and second_factor.device_of(user):
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
    """Return the page that asks for the password. sent: the form that waits, "" if none does."""
    context = {
        "title": "Confirm that it is you",
        "act": act,
        "sent": sent,
        "problem": problem,
        "has_device": second_factor.device_of(user_of(request)) is not None,
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


# --- The log-in ----------------------------------------------------------------------------------

# Seconds between the password and the code.
CODE_WITHIN = 5 * 60
_SALT = "policies.logging_in"


class StaffLoginForm(AdminAuthenticationForm):
    """Django's form, which here refuses names too long for an account: counting them would fail."""

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if len(username) > (User._meta.get_field("username").max_length or 0):
            raise self.get_invalid_login_error()
        return username


class LogInForm(CodeForm):
    """The second step of the log-in. state: who gave the password. kept: a form to be resubmitted
    to the address `next`.
    """

    state = Text()
    kept = Text(strip=False)
    next = Text()


class StaffLogin(LoginView):
    """Django's log-in with a second step, a page for those locked out, and an end to the session.

    A form that was sent after its session had ended (`kept`) goes through both steps.
    """

    template_name = "admin/login.html"
    authentication_form = StaffLoginForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "state" in request.POST:
            return self._second_step(LogInForm(request.POST))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if second_factor.device_of(user):
            return self._ask_for_code(user)
        return self._enter(user)

    def form_invalid(self, form: Any) -> HttpResponse:
        records.not_logged_in(form.cleaned_data.get("username", ""))
        if getattr(self.request, "axes_locked_out", False):
            return locked_out(self.request, form.cleaned_data.get("username", ""))
        return super().form_invalid(form)

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def _second_step(self, form: LogInForm) -> HttpResponse:
        user = _who_gave_the_password(form.value("state") or "")
        if user is None:
            first = self.get_form_class()(self.request)
            again = "Your log-in expired. Enter your password again."
            return self.render_to_response(self.get_context_data(form=first, again=again))
        problem = problem_of_code(user, form.value("code") or "")
        return self._ask_for_code(user, problem) if problem else self._enter(user)

    def _ask_for_code(self, user: User, problem: str = "") -> HttpResponse:
        # A note that this person gave the password that the account has.
        state = signing.dumps([user.pk, user.get_session_auth_hash()[:16]], salt=_SALT)
        context = self.get_context_data(form=None, problem=problem, state=state)
        status = 422 if problem else 200
        return render(self.request, "admin/login_code.html", context, status=status)

    def _enter(self, user: User) -> HttpResponse:
        """Open the session. It ends at a set time, whatever is done in it."""
        login(self.request, user)
        ends = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        self.request.session.set_expiry(ends)
        second_factor.bind(self.request)
        stamp(self.request)
        response = self._where_they_were() or redirect(self.get_success_url())
        throttling.remember_browser(response, user)
        records.logged_in(user)
        return response

    def _where_they_were(self) -> HttpResponse | None:
        form = LogInForm(self.request.POST)
        kept, target = form.value("kept"), form.value("next") or ""
        if not kept or not url_has_allowed_host_and_scheme(target, None):
            return None
        title, why = "You are logged in again", "You were logged out when you sent this form."
        return resubmit_page(self.request, kept, target, title=title, why=why)


def resubmit_page(
    request: HttpRequest, kept: str, target: str, *, title: str, why: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "title": title,
        "target": target,
        "fields": resubmission.from_text(kept),
        "why": why,
        "must_set_up": second_factor.is_missing(request),
    }
    return render_staff_page(request, "resubmit.html", context, status=status)


def _who_gave_the_password(state: str) -> User | None:
    """Return whom a note names, None if it is too old, forged, or the account has changed."""
    try:
        pk, password = signing.loads(state, salt=_SALT, max_age=CODE_WITHIN)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True, is_staff=True).first()
    return user if user and user.get_session_auth_hash()[:16] == password else None
