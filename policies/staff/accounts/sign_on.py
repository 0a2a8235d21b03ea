"""Single sign-on: staff log in at the organisation's OpenID provider, and with no password here.

authlib asks the provider and verifies what it says; this module decides whom that is about, which
roles they have, and for how long it holds (docs/adr/0048-single-sign-on.md). All of it is off while
OIDC_ISSUER is empty.
"""

import logging
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from policies.mail import messages
from policies.models import RoleGrant, SignOn, SignOnRenewal
from policies.roles import ROLES
from policies.staff.accounts import records

logger = logging.getLogger(__name__)

# What may sign an ID token. With a shared secret (HS256) or none, anybody could who knows it.
ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519")
# Seconds by which the provider's clock may differ, and for which it may let us wait.
LEEWAY = 60
TIMEOUT = 5
# The provider is asked again after the first of these; whom it hasn't confirmed by the second one
# is out.
DUE_AFTER_MINUTES = 10
OUT_AFTER_MINUTES = 15
# Seconds for which somebody whom the provider has let in can link their account by its password.
LINK_WITHIN = 5 * 60
# What is in a session: the ID token, for the log-out; who is linked to no account yet.
_ID_TOKEN, _STRANGER = "id_token", "stranger"


class SignOnRefused(Exception):
    """Nobody is let in. The message says why, to whoever tried."""


def is_by_provider(user: User) -> bool:
    """Return whether the provider lets this account in, and its password does not."""
    is_emergency = user.get_username() in settings.OIDC_EMERGENCY_ACCOUNTS
    return bool(settings.OIDC_ISSUER) and not is_emergency


def may_use_password(request: HttpRequest | None, user: User) -> bool:
    """Return whether a password lets this account in: with a provider, that of an emergency account
    does, and that of an account to which somebody who has logged in there links themselves.
    """
    if not is_by_provider(user):
        return True
    return request is not None and link_of(user) is None and stranger_in(request) is not None


def link_of(user: User) -> SignOn | None:
    return SignOn.objects.filter(user=user, issuer=settings.OIDC_ISSUER).first()


def link(user: User, subject: str, *, by: User) -> None:
    """Link an account to a person of the provider, on record. Raises SignOnRefused."""
    if not is_by_provider(user):
        raise SignOnRefused("An emergency account is linked to nobody. It has its password.")
    if not (0 < len(subject) <= 255 and subject.isprintable()):
        raise SignOnRefused("Enter the subject that the provider has given to this person.")
    with transaction.atomic():
        SignOn.objects.filter(user=user).exclude(issuer=settings.OIDC_ISSUER).delete()
        if link_of(user):
            raise SignOnRefused("This account is linked already. Unlink it first.")
        if SignOn.objects.filter(issuer=settings.OIDC_ISSUER, subject=subject).exists():
            raise SignOnRefused("This person is linked to another account.")
        SignOn.objects.create(user=user, issuer=settings.OIDC_ISSUER, subject=subject)
        records.changed(user, f"Linked to “{subject}” of {settings.OIDC_ISSUER}.", by=by)


def unlink(user: User, *, by: User) -> None:
    """End a link, and with it the account's sessions, on record. Whose account it was stays known
    (models/people.py) until it is linked to somebody else.
    """
    former = f"none: account {user.pk} was unlinked"
    with transaction.atomic():
        SignOnRenewal.objects.filter(user=user).delete()
        if SignOn.objects.filter(user=user).exclude(issuer=former).update(issuer=former):
            records.changed(user, "No longer linked to single sign-on.", by=by)


# --- The provider --------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def client_of(issuer: str, client_id: str, secret: str, scopes: str, _hour: int) -> Any:
    """Return authlib's client of a provider, which asks it once for its addresses and keys.

    So there is a new one each hour: the provider may have withdrawn a key.
    """
    # Loaded only where it is used: most sites have no provider.
    from authlib.integrations.django_client import OAuth  # type: ignore[import-untyped]

    options = {"scope": scopes, "code_challenge_method": "S256", "default_timeout": TIMEOUT}
    return OAuth().register(
        "provider",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs=options,
    )


def _provider() -> Any:
    """Return the client of the provider in the settings. Raises SignOnRefused."""
    of_settings = settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_SCOPES
    hour = int(timezone.now().timestamp()) // 3600
    client = client_of(settings.OIDC_ISSUER, *of_settings, hour)
    metadata = client.load_server_metadata()
    # Discovery 1.0, section 4.3. Another's configuration must not pass for this provider's.
    if metadata.get("issuer") != settings.OIDC_ISSUER:
        raise SignOnRefused("The provider’s configuration names another issuer than OIDC_ISSUER.")
    metadata["id_token_signing_alg_values_supported"] = list(ALGORITHMS)
    return client


def _demands() -> dict[str, Any]:
    """Return what authlib is to demand of an ID token besides its signature, time and nonce."""
    return {
        "iss": {"essential": True, "value": settings.OIDC_ISSUER},
        "aud": {"essential": True, "values": [settings.OIDC_CLIENT_ID]},
        "sub": {"essential": True},  # and not empty
    }


def _refused(error: Exception) -> SignOnRefused:
    """Return the refusal for whatever went wrong, once it is in the log."""
    from requests import RequestException

    if isinstance(error, SignOnRefused):
        why = str(error)
    elif isinstance(error, RequestException):
        why = "The provider did not answer. Try again in a minute."
    else:
        why = "The provider’s answer could not be verified. Log in again."
    logger.warning("Single sign-on was refused: %s (%s)", why, type(error).__name__)
    return SignOnRefused(why)


def ask(request: HttpRequest, target: str, **more: Any) -> HttpResponse:
    """Redirect to the provider's log-in, which leads back to `target`. Raises SignOnRefused.

    more: parameters of OpenID Connect Core 1.0, section 3.1.2.1.
    """
    address = messages.desk_url("admin:policies_sign_on_answer")
    try:
        client = _provider()
        asked = client.create_authorization_url(address, **more)
        client.save_authorize_data(request, redirect_uri=address, target=target, **asked)
    except Exception as error:
        raise _refused(error) from error
    return HttpResponseRedirect(asked["url"])


def answer_to(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """Verify with what the provider sent somebody back. Returns its tokens, with the claims under
    "userinfo", and the target that `ask` was given. Raises SignOnRefused.
    """
    try:
        client = _provider()
        _require_issuer(request, client.server_metadata)
        state = client.framework.get_state_data(request.session, request.GET.get("state"))
        tokens = client.authorize_access_token(request, claims_options=_demands(), leeway=LEEWAY)
        # Without these, authlib verifies nothing, and believes what else is in the answer.
        if "id_token" not in tokens or "nonce" not in state:
            raise SignOnRefused("The provider sent no ID token.")
    except Exception as error:
        raise _refused(error) from error
    return tokens, state["target"]


def _require_issuer(request: HttpRequest, metadata: dict[str, Any]) -> None:
    """Raise SignOnRefused if another provider sent the answer (RFC 9207, section 2.4)."""
    named = request.GET.get("iss")
    is_always_named = metadata.get("authorization_response_iss_parameter_supported")
    if named != settings.OIDC_ISSUER and (is_always_named or named is not None):
        raise SignOnRefused("The answer is not from the provider that was asked.")


# --- Whom it lets in, and for how long -----------------------------------------------------------


def account_of(claims: dict[str, Any]) -> User | None:
    """Return the account that is linked to a person; None if none is. Raises SignOnRefused."""
    subject = claims["sub"]
    if not (isinstance(subject, str) and subject.isprintable()):
        raise SignOnRefused("The provider’s name for you is not a text.")
    found = SignOn.objects.filter(issuer=settings.OIDC_ISSUER, subject=subject)
    linked = found.select_related("user").first()
    if linked is None:
        return None
    user: User = linked.user
    if not (user.is_active and user.is_staff and is_by_provider(user)):
        raise SignOnRefused("Your account can’t be used with single sign-on.")
    return user


def admit(request: HttpRequest, user: User, tokens: dict[str, Any]) -> None:
    """Keep what a session that the provider has opened needs, and give the roles."""
    request.session[_ID_TOKEN] = tokens["id_token"]
    values = {"refresh_token": _refresh_token_in(tokens), "renewed_at": timezone.now()}
    SignOnRenewal.objects.update_or_create(user=user, defaults=values)
    if not give_roles(user, tokens["userinfo"]):
        words = f"Logged in without the claim “{settings.OIDC_GROUPS_CLAIM}”: roles unchanged."
        records.record(user, words, by=user)


def _refresh_token_in(tokens: dict[str, Any]) -> str:
    """Return the refresh token, "" if there is none or it is not of the characters that RFC 6749,
    appendix A.17, allows.
    """
    token = tokens.get("refresh_token")
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""


def give_roles(user: User, claims: dict[str, Any]) -> bool:
    """Give and take roles by the groups in the claims; False if there is no list of groups, which
    changes nothing.
    """
    if not settings.OIDC_ROLES:
        return True
    groups = claims.get(settings.OIDC_GROUPS_CLAIM)
    if not isinstance(groups, list):
        words = "The provider named no groups of account %d: its roles stay as they are."
        logger.warning(words, user.pk, extra={"account": user.pk, "by": None})
        return False
    managed = {*ROLES, *(role for _, role in settings.OIDC_ROLES)}
    named_there = {role for group, role in settings.OIDC_ROLES if group in groups}
    wanted = set(Group.objects.filter(name__in=named_there))
    held = set(user.groups.filter(name__in=managed))
    given_here = RoleGrant.objects.filter(user=user)
    if wanted != held or given_here.exists():
        with transaction.atomic():
            user.groups.remove(*(held - wanted))
            user.groups.add(*(wanted - held))
            given_here.delete()
            named = ", ".join(sorted(map(str, wanted))) or "none"
            records.record(user, f"Roles given by the provider: {named}.", by=user)
    return True


def still_admits(user: User) -> bool:
    """Return whether the provider has confirmed lately that this person may log in; ask
    it if that is due.
    """
    if not is_by_provider(user):
        return True
    # Of an account that was unlinked while somebody logged in, none counts.
    renewals = SignOnRenewal.objects.filter(user=user, user__sign_on__issuer=settings.OIDC_ISSUER)
    renewal = renewals.first()
    due_after = timedelta(minutes=DUE_AFTER_MINUTES)
    if renewal and renewal.refresh_token and timezone.now() >= renewal.renewed_at + due_after:
        _renew(renewal, user)
        renewal = renewals.first()
    # One from the future was noted while the machine's clock was ahead.
    out_after = timedelta(minutes=OUT_AFTER_MINUTES)
    return renewal is not None and abs(timezone.now() - renewal.renewed_at) < out_after


def _renew(renewal: SignOnRenewal, user: User) -> None:
    """Ask the provider for new tokens: it gives none to somebody who is disabled there.

    Two requests may do so at once: what the other has changed meanwhile stays.
    """
    from requests import RequestException

    unchanged = SignOnRenewal.objects.filter(pk=renewal.pk, refresh_token=renewal.refresh_token)
    try:
        client = _provider()
        tokens = client.fetch_access_token(
            grant_type="refresh_token", refresh_token=renewal.refresh_token
        )
        if "access_token" not in tokens:  # authlib takes any JSON for an answer, refusals too
            raise SignOnRefused("The provider renewed nothing.")
        # OpenID Connect Core 1.0, section 12.2: an ID token may come, then without a nonce.
        claims = client.parse_id_token(tokens, None, claims_options=_demands(), leeway=LEEWAY)
        if claims and account_of(claims) != user:
            raise SignOnRefused("The provider renewed the log-in of somebody else.")
    except RequestException as error:
        _refused(error)  # it is asked again at the next request
    except Exception as error:  # noqa: BLE001  whatever it is, it is no confirmation
        _refused(error)
        unchanged.delete()
    else:
        token = _refresh_token_in(tokens) or renewal.refresh_token
        unchanged.update(refresh_token=token, renewed_at=timezone.now())
        if claims:
            give_roles(user, claims)


def end(request: HttpRequest) -> str:
    """End what the provider has opened for this person; return where they log out there, too, ""
    if there is no such place.
    """
    id_token = request.session.get(_ID_TOKEN)
    if not (settings.OIDC_ISSUER and id_token):
        return ""
    SignOnRenewal.objects.filter(user=request.user.pk).delete()
    back = messages.desk_url("admin:index")
    try:
        address: str = _provider().create_logout_url(
            post_logout_redirect_uri=back, id_token_hint=id_token, client_id=settings.OIDC_CLIENT_ID
        )["url"]
    except Exception as error:  # noqa: BLE001  they are logged out here in any case
        _refused(error)
        return ""
    return address


# --- A person who is linked to no account --------------------------------------------------------


def remember_stranger(request: HttpRequest, tokens: dict[str, Any]) -> None:
    """Keep for a moment who logged in at the provider, so that they can link their account."""
    kept = {name: tokens.get(name) for name in ("id_token", "refresh_token", "userinfo")}
    request.session[_STRANGER] = {**kept, "at": timezone.now().timestamp()}


def stranger_in(request: HttpRequest) -> dict[str, Any] | None:
    """Return the tokens of whom the provider has just sent here; None if it has sent nobody."""
    tokens: dict[str, Any] = request.session.get(_STRANGER, {"at": 0})
    age = timezone.now().timestamp() - tokens["at"]
    return tokens if settings.OIDC_ISSUER and 0 <= age < LINK_WITHIN else None


def link_stranger(request: HttpRequest, user: User) -> None:
    """Link an account, whose password was just given, to whom the provider has sent here.

    Raises SignOnRefused if it has sent nobody, or not just now.
    """
    tokens = stranger_in(request)
    if tokens is None:
        raise SignOnRefused("This took too long. Log in again.")
    link(user, tokens["userinfo"]["sub"], by=user)
    admit(request, user, tokens)
    del request.session[_STRANGER]
