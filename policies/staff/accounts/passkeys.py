"""Passkeys (WebAuthn): what the browser is asked, and what counts as an answer.

django-otp-webauthn keeps them, and py_webauthn verifies signature, address and counter. Each has to
know its account, and to check by fingerprint, face or PIN who uses it: so it is enough alone, and
nobody who asks is shown which passkeys an account has (docs/adr/0050-passkeys.md).
"""

import logging
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential

from policies.http.resubmission import read_json
from policies.staff.accounts import sign_on

logger = logging.getLogger(__name__)

# Seconds, as browsers are asked to wait (OTP_WEBAUTHN_TIMEOUT_SECONDS).
ANSWER_WITHIN = 5 * 60
_ASKED = "passkey_asked"


class PasskeyRefused(Exception):
    """A passkey does not count. The message says why, to whoever tried."""


def passkeys_of(user: User) -> list[Any]:
    return list(WebAuthnCredential.objects.filter(user=user).order_by("pk"))


@require_POST
def ask(request: HttpRequest) -> JsonResponse:
    """Answer with the options of navigator.credentials.get(), for the passkey of anybody."""
    options, state = WebAuthnHelper(request).authenticate_begin(require_user_verification=True)
    request.session[_ASKED] = {**state, "at": timezone.now().timestamp()}
    return JsonResponse(options)


def owner_of(request: HttpRequest, answer: str, *, expected: User | None = None) -> User:
    """Return whose passkey has answered what this session was asked, if it lets them in: that of
    `expected`, if that is known. Raises PasskeyRefused.
    """
    state = _what_was_asked(request)
    try:
        helper = WebAuthnHelper(request)
        user: User = helper.authenticate_complete(expected, state, read_json(answer)).user
        if not (user.is_active and user.is_staff and sign_on.may_use_password(request, user)):
            raise PermissionDenied
    except Exception as error:
        raise _refused(error) from error
    return user


def offer(request: HttpRequest, user: User) -> dict[str, Any]:
    """Return the options of navigator.credentials.create(), for a new passkey of this person."""
    options: dict[str, Any]
    options, state = WebAuthnHelper(request).register_begin(user)
    options["authenticatorSelection"]["userVerification"] = "required"
    state["require_user_verification"] = True
    request.session[_ASKED] = {**state, "at": timezone.now().timestamp()}
    return options


def add(request: HttpRequest, user: User, name: str, answer: str) -> None:
    """Keep the passkey that was made as `offer` asked. Raises PasskeyRefused."""
    if not (0 < len(name) <= 64 and name.isprintable()):
        raise PasskeyRefused("Enter a name of 64 characters at most.")
    state = _what_was_asked(request)
    try:
        with transaction.atomic():
            passkey = WebAuthnHelper(request).register_complete(user, state, read_json(answer))
            WebAuthnCredential.objects.filter(pk=passkey.pk).update(name=name)
    except Exception as error:
        raise _refused(error) from error


def _what_was_asked(request: HttpRequest) -> dict[str, Any]:
    """Return what was asked in this session, which holds once. Raises PasskeyRefused."""
    state: dict[str, Any] = request.session.pop(_ASKED, {"at": 0})
    if not 0 <= timezone.now().timestamp() - state["at"] < ANSWER_WITHIN:
        raise PasskeyRefused("This took too long, or was sent twice. Try again.")
    return state


def _refused(error: Exception) -> PasskeyRefused:
    """Return the refusal for whatever was wrong: of that, the log has only the kind."""
    logger.warning("A passkey was refused (%s).", type(error).__name__)
    words = "This passkey was not accepted. It may have been removed, or belong to another account."
    return PasskeyRefused(words)
