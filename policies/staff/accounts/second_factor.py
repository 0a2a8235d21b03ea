"""The second factor of staff: an authenticator's codes (RFC 6238), passkeys, and recovery codes.

django-otp keeps the devices and sees to it that a code holds once and that guessing takes ever
longer. Each person has one authenticator at most, and any number of passkeys. A session counts only
while the account has the factors that it had when the session was opened, or none if it had none:
so adding, replacing or removing one ends all other sessions. With single sign-on the provider takes
their place, and a session counts only if it was opened by the person to whom the account is linked.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp import DEVICE_ID_SESSION_KEY, verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from policies.staff.accounts import records, sign_on

RECOVERY_CODES = 10
# More than the clocks of two machines differ by: whoever asks both in turn must not guess faster.
AHEAD = timedelta(hours=1)
# The kinds of factors, as django-otp names them.
_PASSKEY, _AUTHENTICATOR = WebAuthnCredential.model_label(), TOTPDevice.model_label()
_CHECKED = "_second_factor_is_passed"
# Part of each kept digest: with another, the codes that people have on paper would be void.
_SALT = "policies.second_factor"


@dataclass(frozen=True)
class Answer:
    """What became of a code. wait_until: when the next may be tried, if this one came too soon."""

    is_right: bool
    was_recovery_code: bool = False
    wait_until: datetime | None = None


def factors_of(user: User) -> list[str]:
    """Return the names, as django-otp gives them, of the passkeys and the authenticator that let
    this person in. Where passkeys are demanded, an authenticator counts only if there is none.
    """
    passkeys = WebAuthnCredential.objects.filter(user=user)
    authenticators = TOTPDevice.objects.filter(user=user, confirmed=True)
    both = passkeys.values_list(Value(_PASSKEY), "pk").union(
        authenticators.values_list(Value(_AUTHENTICATOR), "pk")
    )
    names = sorted(f"{kind}/{pk}" for kind, pk in both)
    only_passkeys = [name for name in names if name.startswith(_PASSKEY)]
    return only_passkeys or names if settings.TWO_FACTOR == "passkey" else names


def device_of(user: User) -> TOTPDevice | None:
    names = [name for name in factors_of(user) if name.startswith(_AUTHENTICATOR)]
    return Device.from_persistent_id(names[0]) if names else None


def is_passed(request: HttpRequest) -> bool:
    """Return whether the session was opened with what the account demands, and not while the clock
    was ahead: it would last until the clock gets there. Asked once a request.
    """
    if not hasattr(request, _CHECKED):
        user: Any = request.user
        is_of_device = request.session.get(DEVICE_ID_SESSION_KEY) == _opens_sessions_of(user)
        longest = settings.SESSION_COOKIE_AGE + AHEAD.total_seconds()
        ends_in_time = request.session.get_expiry_age() <= longest
        is_in_order = is_of_device and ends_in_time and sign_on.still_admits(user)
        setattr(request, _CHECKED, is_in_order)
    return bool(getattr(request, _CHECKED))


def is_missing(request: HttpRequest) -> bool:
    """Return whether this person, who is logged in, has to set up a second factor first."""
    opened_with = request.session.get(DEVICE_ID_SESSION_KEY)
    if settings.TWO_FACTOR == "passkey" and opened_with:
        return bool(opened_with.startswith(_AUTHENTICATOR))
    return settings.TWO_FACTOR != "optional" and not opened_with


def _opens_sessions_of(user: User) -> str | None:
    """Return what is in a session that was opened with all that this account demands."""
    if sign_on.is_by_provider(user):
        link = sign_on.link_of(user)
        return f"sign-on/{link.pk if link else 'none'}"
    return " ".join(factors_of(user)) or None


def bind(request: HttpRequest) -> None:
    """Mark this session as opened with the factors that the account has now, if any."""
    user: Any = request.user
    request.session[DEVICE_ID_SESSION_KEY] = _opens_sessions_of(user)
    if hasattr(request, _CHECKED):
        delattr(request, _CHECKED)


def keep_only_this_session(request: HttpRequest) -> None:
    """Mark this session with the factors of the account, which have changed; end its others."""
    bind(request)
    end_sessions(request, request.user)


def end_sessions(request: HttpRequest, user: Any) -> None:
    """Delete the sessions of an account, but for the one of this request.

    That they are marked with other factors would not be enough: a session that is not used
    meanwhile would open again once the account has those it was marked with.
    """
    for session in Session.objects.exclude(pk=request.session.session_key):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


@transaction.atomic
def begin(user: User) -> TOTPDevice:
    """Make a new authenticator, which counts for nothing until `finish`."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="Authenticator", confirmed=False)


def pending_device_of(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def finish(user: User, typed: str) -> Answer:
    """Replace any other authenticator with the pending one, if the code is its own."""
    device = pending_device_of(user)
    if device is None:
        return Answer(is_right=False)
    answer = _verified(user, device, _plain(typed))
    if answer.is_right:
        with transaction.atomic():
            TOTPDevice.objects.filter(user=user, confirmed=True).delete()
            TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    return answer


def lock_factors_of(user: User) -> None:
    """Let whoever else removes factors of this account wait until this transaction ends."""
    User.objects.select_for_update().filter(pk=user.pk).first()


@transaction.atomic
def remove(user: User) -> None:
    lock_factors_of(user)
    for model in (TOTPDevice, StaticDevice, WebAuthnCredential):
        model.objects.filter(user=user).delete()


def remove_one(user: User, name: str) -> str:
    """Remove a factor, and recovery codes with the last one. Return in words what it was.

    name: one of `factors_of` the user, read after `lock_factors_of` in the same transaction.
    """
    factor = Device.from_persistent_id(name)
    factor.delete()
    if not factors_of(user):
        remove(user)
    return "Second factor" if isinstance(factor, TOTPDevice) else f"Passkey “{factor.name}”"


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Make recovery codes, which void those from before, and return them: they are kept nowhere.

    59 bits each. What is kept is a keyed digest, so that the database alone gives nobody a code.
    """
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="Recovery codes")
    codes = [records.in_groups(3, 4) for _ in range(RECOVERY_CODES)]
    for code in codes:
        device.token_set.create(token=_digest(user, _plain(code)))
    return codes


def recovery_codes_left(user: User) -> int:
    count: int = StaticToken.objects.filter(device__user=user).count()
    return count


def verify(user: User, typed: str) -> Answer:
    """Try a code of the authenticator, or a recovery code. Either is good once."""
    code = _plain(typed)
    if len(code) == 6 and code.isdigit():
        return _verified(user, device_of(user), code)
    recovery = StaticDevice.objects.filter(user=user).first()
    answer = _verified(user, recovery, _digest(user, code))
    return replace(answer, was_recovery_code=answer.is_right)


def _verified(user: User, device: TOTPDevice | StaticDevice | None, token: str) -> Answer:
    if device is None:
        return Answer(is_right=False)
    _forget_the_future(device)
    is_allowed, why_not = device.verify_is_allowed()
    if not is_allowed:
        return Answer(is_right=False, wait_until=(why_not or {}).get("locked_until"))
    return Answer(is_right=verify_token(user, device.persistent_id, token) is not None)


def _forget_the_future(device: TOTPDevice | StaticDevice) -> None:
    """Forget what a device noted while the clock was ahead: until then, no code would do."""
    soon, forgotten = timezone.now() + AHEAD, dict[str, Any]()
    failed_at = device.throttling_failure_timestamp
    if failed_at and failed_at > soon:
        forgotten |= {"throttling_failure_timestamp": None, "throttling_failure_count": 0}
    if isinstance(device, TOTPDevice) and device.last_t > soon.timestamp() // device.step:
        forgotten["last_t"] = -1
    if forgotten:
        type(device).objects.filter(pk=device.pk).update(**forgotten)
        device.refresh_from_db()


def _plain(typed: str) -> str:
    return "".join(character for character in typed.lower() if character.isalnum())


def _digest(user: User, code: str) -> str:
    """Return what is kept of a recovery code: as much of its digest as the column holds."""
    return salted_hmac(_SALT, f"{user.pk}:{code}", algorithm="sha256").hexdigest()[:16]
