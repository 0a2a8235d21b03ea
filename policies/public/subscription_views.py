"""Subscribing to e-mails about a policy: the form, the link that confirms, the link that ends it.

There is no cookie and no CSRF token. A forged form could do no more than whoever forges it could do
alone: enter an address, whose owner is then asked, a bounded number of times, and otherwise gets
nothing. What confirms and what ends a subscription is the link in an e-mail to its owner, which no
other site knows. A browser that says that the form comes from another site is refused all the same.

Nothing here is a public page: no cache keeps it, and no search engine finds it. What somebody gets
to see says nothing about whether an address is known.
"""

from functools import partial, wraps
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from policies.languages import frame, page_in
from policies.mail import sending, subscriptions
from policies.mail.addresses import validate_address, validate_plain
from policies.models import Policy
from policies.outbox import Outcome
from policies.public import subscription_mails
from policies.public.client_address import public_address_of
from policies.public.page import View, private, require_readable, with_form
from policies.public.preview_comments import comes_from_elsewhere, is_too_long

# RFC 5321, section 4.5.3.1.3, less the angle brackets.
MAX_ADDRESS = 254
# Set in the environment of a request for a page that is to be kept as a file: no server of files
# takes a form.
AS_A_FILE = "policies.as_a_file"


class AddressForm(forms.Form):
    address = forms.EmailField(
        max_length=MAX_ADDRESS, validators=[validate_address, validate_plain]
    )


def is_offered(request: HttpRequest, policy: Policy) -> bool:
    """Return whether the page of a policy has the form."""
    is_on: bool = settings.SUBSCRIPTIONS
    return is_on and not policy.retired_at and AS_A_FILE not in request.META


def _private(view: View) -> View:
    """Answer 404 where subscriptions are off; else in the page's language, kept by nobody."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, language: str, **arguments: Any) -> HttpResponse:
        with page_in(language):
            response = view(request, language=language, **arguments)
        return with_form(private(response))

    @csrf_exempt
    @wraps(view)
    def if_on(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not settings.SUBSCRIPTIONS:
            raise Http404("There are no subscriptions.")
        return page(request, **arguments)

    return if_on


@_private
def subscribe(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Show the form; or take an address, and ask its owner by e-mail."""
    policy = get_object_or_404(_offered(slug, language))
    show = partial(_page, request, policy)
    heading = gettext("Get an e-mail when this policy changes")
    if request.method != "POST":
        return show(heading, asks=True)
    if comes_from_elsewhere(request):
        raise PermissionDenied
    typed = ""
    if not is_too_long(request):
        require_readable(request)
        typed = request.POST.get("address", "")
        form = AddressForm(request.POST)
    if not typed or not form.is_valid():
        problem = gettext("Enter an e-mail address, such as name@example.com.")
        return show(heading, asks=True, problem=problem, typed=typed[:MAX_ADDRESS], status=422)
    try:
        asked = subscriptions.request_confirmation(
            policy,
            form.cleaned_data["address"],
            client=public_address_of(request),
            at=timezone.now(),
        )
    except subscriptions.TooManyRequests:
        problem = gettext("Too many addresses have been entered. Try again in an hour.")
        return show(heading, asks=True, problem=problem, typed=typed, status=429)
    if asked is not None:
        sending.run_in_background(partial(send_confirmations, asked.pk))
    words = gettext(
        "If this address can get e-mails from us, one is on its way. To subscribe, open the link "
        "in it within two days."
    )
    return show(gettext("Check your e-mail"), text=words)


def _offered(slug: str, language: str) -> QuerySet[Policy]:
    """Find a policy, also by a former slug: a page with the form may be older than a new one."""
    known = Policy.objects.public().filter(retired_at=None)
    return known.filter(addresses__slug=slug, addresses__language=language)


def send_confirmations(*keys: int) -> Outcome:
    """Send the e-mails of some requests; of all that wait, if none is named."""
    waiting = subscriptions.open_requests(at=timezone.now())
    return sending.deliver_to_readers(
        waiting.filter(pk__in=keys) if keys else waiting,
        lambda: subscription_mails.confirmation,
        drop=lambda row: subscriptions.close_requests(waiting.filter(pk=row.pk)),
    )


@_private
def confirm(request: HttpRequest, slug: str, language: str, token: str) -> HttpResponse:
    """Show a button; pressed, subscribe."""
    asked = subscriptions.find_request(token, at=timezone.now())
    if asked is None:
        words = gettext("It has expired, or is incomplete. Enter your address again.")
        policy = _offered(slug, language).first()
        heading = gettext("This link does not work")
        return _page(request, policy, heading, text=words, asks=policy is not None, status=410)
    if request.method != "POST":
        words = gettext("You will get an e-mail when it changes. You can unsubscribe at any time.")
        button = gettext("Subscribe")
        return _page(request, asked.policy, gettext("Confirm"), text=words, button=button)
    subscriptions.confirm(asked, at=timezone.now())
    words = gettext("You will get an e-mail when it changes. Each has a link to unsubscribe.")
    return _page(request, asked.policy, gettext("You are subscribed"), text=words)


@_private
def unsubscribe(request: HttpRequest, slug: str, language: str, token: str) -> HttpResponse:
    """Show a button; pressed, or sent by a mail program (RFC 8058), delete the subscription.

    Nothing of what was sent is read. Sent again, it has the same answer.
    """
    try:
        subscription = subscriptions.find_subscription(token)
    except BadSignature:
        words = gettext(
            "It may be incomplete. Copy the whole link from the message that you received."
        )
        return _page(request, None, gettext("This link does not work"), text=words, status=410)
    policy = subscription.policy if subscription else None
    if subscription and request.method != "POST":
        words = gettext("Your address will be deleted.")
        button = gettext("Unsubscribe")
        return _page(request, policy, gettext("Unsubscribe"), text=words, button=button)
    if subscription:
        subscriptions.unsubscribe(subscription)
    words = gettext("Your address has been deleted. You will get no more e-mails about this.")
    return _page(request, policy, gettext("You are unsubscribed"), text=words)


def _page(
    request: HttpRequest,
    policy: Policy | None,
    heading: str,
    *,
    text: str = "",
    button: str = "",
    asks: bool = False,
    problem: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    """asks: whether the page has the form. policy: None where it isn't known."""
    language = policy.language if policy else str(request.resolver_match.kwargs["language"])  # type: ignore[union-attr]
    context = {
        "policy": policy,
        "version": subscription_mails.newest(policy) if policy else None,
        "heading": heading,
        "text": text,
        "button": button,
        "asks": asks,
        "problem": problem,
        "typed": typed,
        **frame(language),
    }
    return render(request, "policies/subscription.html", context, status=status)
