"""How often somebody may try a password, and who is locked out for how long.

django-axes counts; this defines what is too often. Three limits (docs/adr/0019-the-log-in.md):

- a user name from one address: AXES_FAILURE_LIMIT wrong passwords in a row;
- a user name from anywhere, and an address with any names: WIDE_LIMIT within a day.

Browsers in which a person has logged in before share a counter of their own, the first of these
limits: what goes wrong elsewhere never locks them, so that no stranger can lock somebody out there,
not even one who comes from the same address, or seems to.

A lock opens by itself. What is tried while it is closed is neither examined nor counted.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from axes.apps import AppConfig as Axes
from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission, User
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from policies.models import grants
from policies.public.client_address import address_of
from policies.staff.accounts import sign_on
from policies.text.timestamps import around

logger = logging.getLogger(__name__)

# For how long a lock holds after the last wrong password that counted.
NARROW_LOCK = timedelta(minutes=15)
WIDE_LOCK = timedelta(hours=1)
# NIST SP 800-63B-4, section 3.2.2: no more than 100 failures in a row on one account.
WIDE_LIMIT = 100

# Connects axes to failed log-ins. Whoever imports this is about to ask for a password.
Axes.initialize()


class StaffBackend(AxesStandaloneBackend, ModelBackend):  # type: ignore[misc]  # axes has no types
    """Django's own, but it doesn't check the password of somebody who is locked out.

    The only backend: with two, User.objects.with_perm() would need the one to ask.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return whom the password belongs to, if it lets them in at all: the answer is the same
        as to a wrong one. Raises PermissionDenied during a lock.

        request: None from a program, which has no address and guesses nothing.
        """
        if request is not None:
            super().authenticate(request, username, password, **kwargs)
        user: Any = ModelBackend.authenticate(self, request, username, password, **kwargs)
        return user if user and sign_on.may_use_password(request, user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return what somebody may do to a policy, `obj`; None: to all of them, and elsewhere."""
        if user_obj.is_superuser or not user_obj.is_active:
            return set(super().get_all_permissions(user_obj))
        return grants.permissions_of(user_obj, obj)

    def with_perm(
        self,
        perm: str | Permission,
        is_active: bool = True,
        include_superusers: bool = True,
        obj: Any = None,
    ) -> QuerySet[User]:
        """Return who holds a permission, such as "policies.view_policy", for a policy, `obj`; None:
        for all of them.
        """
        in_general = super().with_perm(perm, is_active, include_superusers)
        by_role = grants.holders(str(perm), obj).filter(is_active=is_active)
        return User.objects.filter(Q(pk__in=in_general) | Q(pk__in=by_role))


class Locks(AxesDatabaseHandler):  # type: ignore[misc]
    """What django-axes asks whether somebody is locked out."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return lock_of(request, credentials) is not None

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the number of failures that axes takes for a lock, or 0."""
        if not self.is_locked(request, credentials):
            return 0
        # No name and no address: neither is for a log, and a name may hold line breaks.
        logger.warning("Too many wrong passwords: a log-in is locked for a while.")
        return int(settings.AXES_FAILURE_LIMIT)


def lock_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> datetime | None:
    """Return when the lock on this request opens, None if there is none."""
    name, address = get_client_username(request, credentials), counted_address(request)
    narrow = settings.AXES_FAILURE_LIMIT
    ends = [_end(narrow, NARROW_LOCK, username=name, ip_address=address)]
    if not known_to(request, name):
        ends.append(_end(WIDE_LIMIT, WIDE_LOCK, username=name))
        # An address that is not public may be a proxy's: everybody's.
        if address is not None and ip_address(address).is_global:
            ends.append(_end(WIDE_LIMIT, WIDE_LOCK, ip_address=address))
    return max(filter(None, ends), default=None)


def lock_of_account(username: str) -> datetime | None:
    """Return when the last lock on a user name, from any address, opens; None if there is none."""
    addresses = _counted(username=username).values_list("ip_address", flat=True).distinct()
    narrow = settings.AXES_FAILURE_LIMIT
    ends = [
        _end(narrow, NARROW_LOCK, username=username, ip_address=address) for address in addresses
    ]
    ends.append(_end(WIDE_LIMIT, WIDE_LOCK, username=username))
    return max(filter(None, ends), default=None)


def unlock(username: str) -> None:
    """Forget the wrong passwords of a user name: what was locked by them is open."""
    AccessAttempt.objects.filter(username=username).delete()


def forget_from_here(request: HttpRequest, username: str) -> None:
    """Forget the wrong passwords of a user name from here: the right one was given."""
    AccessAttempt.objects.filter(username=username, ip_address=counted_address(request)).delete()


def delete_expired() -> int:
    """Delete failed log-ins that count for nothing any more. Returns how many."""
    recent = around(timezone.now(), settings.AXES_COOLOFF_TIME)
    count: int = AccessAttempt.objects.exclude(attempt_time__range=recent).delete()[0]
    return count


def counted_address(request: HttpRequest) -> str | None:
    """Return the address under which wrong passwords count: that of the request, if it has one.

    Or one that represents the browsers in which this person has logged in before.
    """
    user = getattr(request, "user", None)  # whoever confirms their password types no name
    name = request.POST.get("username") or (user.get_username() if user else "")
    known = known_to(request, name)
    return str(_KNOWN_BROWSERS + known.pk) if known else address_of(request)


# Addresses that nothing on any network has (RFC 6666): one for the browsers of each account.
_KNOWN_BROWSERS = IPv6Address("100::")


def _counted(**by: Any) -> QuerySet[Any]:
    recent = around(timezone.now(), settings.AXES_COOLOFF_TIME)
    return AccessAttempt.objects.filter(attempt_time__range=recent, **by)  # type: ignore[no-any-return]


def _end(limit: int, lasts: timedelta, **by: Any) -> datetime | None:
    """Return when the lock that failures cause opens, None if they cause none (any more)."""
    count, last = Sum("failures_since_start"), Max("attempt_time")
    totals = _counted(**by).aggregate(count=count, last=last)
    if (totals["count"] or 0) < limit:
        return None
    end: datetime = totals["last"] + lasts
    return end if end > timezone.now() else None


# --- Known browsers ------------------------------------------------------------------------------

# A browser gets a cookie that is signed for one account, and ends with the account's password. It
# opens nothing: it only spares its owner the locks that others cause.

# Seconds: whoever hasn't been here for a quarter of a year is a stranger again.
KNOWN_FOR = 90 * 24 * 3600
# With another, every browser would be a stranger.
_SALT = "policies.known_browsers"


def remember_browser(response: HttpResponse, user: User) -> None:
    """Let the browser that gets this answer be known as this person's."""
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        _signer(user).sign(str(user.pk)),
        max_age=KNOWN_FOR,
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
        if user and _signer(user).unsign(cookie, max_age=KNOWN_FOR) == str(user.pk):
            return user
    return None


def _signer(user: User) -> TimestampSigner:
    return TimestampSigner(salt=f"{_SALT}:{user.get_session_auth_hash()}")
