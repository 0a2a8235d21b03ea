"""The log-in: a passkey; or the password, then a code where the account has a second factor.

Nobody is logged in before both are right. Between the two, the page holds a signed note of who gave
the password.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from policies.http import resubmission
from policies.staff.accounts import passkeys, records, second_factor, sign_on, throttling
from policies.staff.accounts.confirming import CodeForm, locked_out, problem_of_code, stamp
from policies.staff.forms import Text
from policies.staff.pages import render_staff_page

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

    passkey = Text()
    state = Text()
    kept = Text(strip=False)
    next = Text()


class StaffLogin(LoginView):
    """Django's log-in with a second step, a page for those locked out, and an end to the session.

    A form that was sent after its session had ended (`kept`) goes through both steps.
    """

    template_name = "admin/login.html"
    next_page = "admin:index"
    authentication_form = StaffLoginForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LogInForm(request.POST)
        if form.value("passkey"):
            return self._with_passkey(form)
        if "state" in request.POST:
            return self._second_step(form)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if second_factor.factors_of(user):
            return self._ask_for_code(user)
        return self._enter(user)

    def form_invalid(self, form: Any) -> HttpResponse:
        records.not_logged_in(form.cleaned_data.get("username", ""))
        if getattr(self.request, "axes_locked_out", False):
            return locked_out(self.request, form.cleaned_data.get("username", ""))
        return super().form_invalid(form)

    def _second_step(self, form: LogInForm) -> HttpResponse:
        user = _who_gave_the_password(form.value("state") or "")
        if user is None:
            return self._first_step("Your log-in expired. Enter your password again.")
        problem = problem_of_code(user, form.value("code") or "")
        return self._ask_for_code(user, problem) if problem else self._enter(user)

    def _with_passkey(self, form: LogInForm) -> HttpResponse:
        """Let in the owner of a passkey: of the same person who gave the password, if one was."""
        expected = _who_gave_the_password(form.value("state") or "")
        try:
            user = passkeys.owner_of(self.request, form.value("passkey"), expected=expected)
        except passkeys.PasskeyRefused as refused:
            records.not_logged_in("")
            return self._first_step(f"{refused} You can also log in with your password.")
        return self._enter(user)

    def _first_step(self, again: str) -> HttpResponse:
        first = self.get_form_class()(self.request)
        return self.render_to_response(self.get_context_data(form=first, again=again))

    def _ask_for_code(self, user: User, problem: str = "") -> HttpResponse:
        # A note that this person gave the password that the account has.
        state = signing.dumps([user.pk, user.get_session_auth_hash()[:16]], salt=_SALT)
        context = self.get_context_data(form=None, problem=problem, state=state)
        context["device"] = second_factor.device_of(user)
        context["passkeys"] = passkeys.passkeys_of(user)
        status = 422 if problem else 200
        return render(self.request, "admin/login_code.html", context, status=status)

    def _enter(self, user: User) -> HttpResponse:
        if sign_on.is_by_provider(user):
            try:
                sign_on.link_stranger(self.request, user)
            except sign_on.SignOnRefused as refused:
                return refusal_page(self.request, refused)
        open_session(self.request, user)
        stamp(self.request)
        if settings.OIDC_ISSUER and not sign_on.is_by_provider(user):
            records.emergency(user)
        response = self._where_they_were() or HttpResponseRedirect(self.get_success_url())
        throttling.remember_browser(response, user)
        return response

    def _where_they_were(self) -> HttpResponse | None:
        form = LogInForm(self.request.POST)
        kept, target = form.value("kept"), form.value("next") or ""
        if not kept or not url_has_allowed_host_and_scheme(target, None):
            return None
        title, why = "You are logged in again", "You were logged out when you sent this form."
        return resubmit_page(self.request, kept, target, title=title, why=why)


def open_session(request: HttpRequest, user: User) -> None:
    """Log somebody in who has given all that is demanded. The session ends at a set time."""
    login(request, user)
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    second_factor.bind(request)
    records.logged_in(user)


def refusal_page(request: HttpRequest, refused: sign_on.SignOnRefused) -> HttpResponse:
    context = {"title": "Single sign-on did not succeed", "why": str(refused)}
    return render_staff_page(request, "sign_on_refused.html", context, status=403)


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
