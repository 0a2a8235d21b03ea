"""Browsers in which somebody has logged in before, so that strangers can't lock them out there.

A browser gets a cookie that is signed for one account, and ends with the account's password. It
opens nothing: it only spares its owner the locks that others cause (throttling.py).
"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.contrib.auth.models import User
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

# Seconds: whoever hasn't been here for a quarter of a year is a stranger again.
LASTS = 90 * 24 * 3600
# With another, every browser would be a stranger.
_SALT = "policies.known_browsers"


def remember(response: HttpResponse, user: User) -> None:
    """Let the browser that gets this answer be known as this person's."""
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        _signer(user).sign(str(user.pk)),
        max_age=LASTS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )


def known_to(request: HttpRequest, username: str | None) -> User | None:
    """Return the owner of this user name, if they have logged in with this browser by the password
    that they have now; None otherwise.
    """
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    user = User.objects.filter(username=username or "").first() if cookie else None
    with suppress(BadSignature):
        if user and _signer(user).unsign(cookie, max_age=LASTS) == str(user.pk):
            return user
    return None


def _signer(user: User) -> TimestampSigner:
    return TimestampSigner(salt=f"{_SALT}:{user.get_session_auth_hash()}")
