"""Single sign-on over HTTP: to the provider, back from it, and what is shown then."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from policies.staff.accounts import passkeys, second_factor, sign_on, throttling
from policies.staff.accounts.confirming import HOLDS, is_recent, stamp
from policies.staff.accounts.logging_in import open_session, refusal_page
from policies.staff.guards import user_of
from policies.staff.pages import render_staff_page


@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Lead to the provider: to log in, or with ?confirm to show once more that it is you."""
    if not settings.OIDC_ISSUER:
        raise Http404
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, None):
        target = reverse("admin:index")
    again = {"prompt": "login", "max_age": HOLDS} if "confirm" in request.GET else {}
    try:
        return sign_on.ask(request, target, **again)
    except sign_on.SignOnRefused as refused:
        return refusal_page(request, refused)


@require_GET
def answer(request: HttpRequest) -> HttpResponse:
    """Let in whom the provider sends back, if their account is linked to them."""
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        tokens, target = sign_on.answer_to(request)
        account = sign_on.account_of(tokens["userinfo"])
        is_inside = request.user.is_authenticated and second_factor.is_passed(request)
        if is_inside and account != request.user:
            raise sign_on.SignOnRefused("You are logged in here as somebody else. Log out first.")
    except sign_on.SignOnRefused as refused:
        return refusal_page(request, refused)
    if account is None:
        sign_on.remember_stranger(request, tokens)
        return redirect("admin:login")
    if not is_inside:
        open_session(request, account)
    sign_on.admit(request, account, tokens)
    # Without it, they may have shown the provider who they are hours ago.
    auth_time = tokens["userinfo"].get("auth_time")
    stamp(request, at=auth_time if isinstance(auth_time, int | float) else 0)
    response = HttpResponseRedirect(target)
    throttling.remember_browser(response, account)
    return response


@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Show in another tab that the one from which it was opened can go on."""
    if not sign_on.is_by_provider(user_of(request)):
        return redirect("admin:index")
    context = {"title": "You are logged in", "has_confirmed": is_recent(request)}
    return render_staff_page(request, "sign_on_done.html", context)


# Open to those who are not logged in.
OUTSIDE = {
    "policies_sign_on": ("sign-on/", begin),
    "policies_sign_on_answer": ("sign-on/answer/", answer),
    "policies_passkey": ("passkey/", passkeys.ask),
}
