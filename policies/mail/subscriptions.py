"""Who subscribes to e-mails about a policy: asked for by a form, confirmed by a link, ended by one.

An address counts only once its owner has confirmed it (double opt-in). Asking for that looks at no
subscription, so it does and takes the same whether there is one or not.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from policies.mail.addresses import (
    UndecryptableAddress,
    client_hash,
    decrypt,
    encrypt,
    lookups,
    mailbox,
    without_tag,
)
from policies.models import Policy, Subscription, SubscriptionRequest
from policies.text.timestamps import around

# How long the link works that confirms an address, and how long such a request is kept.
LINK_VALID: Final = timedelta(days=2)
# Confirmation e-mails: to one address in a day, asked for by one client in an hour, and for one
# policy in an hour.
MAX_TO_ADDRESS: Final = 3
MAX_BY_CLIENT: Final = 20
MAX_FOR_POLICY: Final = 500
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

_signer = signing.Signer(sep=".", salt="policies.mail.subscriptions")


class TooManyRequests(Exception):
    """A client or a policy has had too many requests for now."""


def request_confirmation(
    policy: Policy, address: str, *, client: str | None, at: datetime
) -> SubscriptionRequest | None:
    """Store that somebody has entered a valid address; None if it gets no further e-mail today.

    client: the IP address that the request came from, None if that says nothing about who it is.
    Raises TooManyRequests. Two requests at the same instant may both be the last that is allowed.
    """
    requests, origin = SubscriptionRequest.objects.all(), client_hash(client)
    of_hour = requests.filter(requested_at__range=around(at, HOUR))
    if of_hour.filter(policy=policy).count() >= MAX_FOR_POLICY:
        raise TooManyRequests
    if origin and of_hour.filter(client=origin).count() >= MAX_BY_CLIENT:
        raise TooManyRequests
    to_address = _requests_of(address).filter(requested_at__range=around(at, DAY))
    if to_address.count() >= MAX_TO_ADDRESS:
        return None
    return SubscriptionRequest.objects.create(
        policy=policy,
        lookup=lookups(without_tag(address))[0],
        address=encrypt(address),
        client=origin,
        requested_at=at,
    )


def _requests_of(address: str) -> QuerySet[SubscriptionRequest]:
    """Return the requests for a mailbox, whatever tags it was entered with."""
    known = {*lookups(without_tag(address)), *lookups(address)}  # the latter of 2.0.0
    return SubscriptionRequest.objects.filter(lookup__in=known)


def link_token(row: SubscriptionRequest | Subscription) -> str:
    """Return what names a row in the link that confirms or ends it. The token alone is in the
    Message-ID too, which is known to more than the reader.
    """
    return _signer.sign(row.token)


def find_request(signed: str, *, at: datetime) -> SubscriptionRequest | None:
    """Return the request of a link; None if the link is not ours or has expired, or if the key of
    its address is lost.
    """
    try:
        token = _signer.unsign(signed)
    except signing.BadSignature:
        return None
    request = open_requests(at=at).filter(token=token).first()
    with suppress(UndecryptableAddress):
        if request and decrypt(request.address):
            return request
    return None


def open_requests(*, at: datetime) -> QuerySet[SubscriptionRequest]:
    """Return the requests that can be confirmed at `at`."""
    valid = SubscriptionRequest.objects.filter(requested_at__range=around(at, LINK_VALID))
    return valid.exclude(address="").select_related("policy")


def close_requests(requests: QuerySet[SubscriptionRequest]) -> int:
    """Delete the addresses of requests, which can't be confirmed any more but still count towards
    the limits. Return how many.
    """
    return requests.exclude(address="").update(address="")


@transaction.atomic
def confirm(request: SubscriptionRequest, *, at: datetime) -> Subscription:
    """Subscribe the address of a request, unless it is subscribed already."""
    known = lookups(decrypt(request.address))
    subscription = Subscription.objects.filter(policy=request.policy, lookup__in=known).first()
    if subscription is not None:
        return subscription
    created, _ = Subscription.objects.get_or_create(
        policy=request.policy,
        lookup=known[0],
        defaults={"address": encrypt(decrypt(request.address)), "confirmed_at": at},
    )
    return created


@transaction.atomic
def unsubscribe(subscription: Subscription) -> None:
    """Delete a subscription and what was sent to it; close requests by which it could come back."""
    requests = SubscriptionRequest.objects.filter(lookup=subscription.lookup)
    with suppress(UndecryptableAddress):
        requests = _requests_of(decrypt(subscription.address))
    close_requests(requests.filter(policy=subscription.policy_id))
    subscription.delete()


def find_subscription(signed: str) -> Subscription | None:
    """Return the subscription of a link; None if it has ended. Raises BadSignature."""
    token = _signer.unsign(signed)
    return Subscription.objects.select_related("policy").filter(token=token).first()


def export(address: str) -> list[dict[str, Any]]:
    """Return all that is stored about an address, as JSON has it (GDPR, Article 15)."""
    stored: list[dict[str, Any]] = []
    for subscription in _subscriptions_of(address).select_related("policy").order_by("pk"):
        mails = [
            {
                "version": mail.version.number,
                "about": mail.occasion,
                "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
            }
            for mail in subscription.mails.select_related("version").order_by("pk")
        ]
        confirmed_at = subscription.confirmed_at.isoformat()
        stored.append({**_about(subscription), "confirmed_at": confirmed_at, "e-mails": mails})
    requests = _requests_of(address).select_related("policy").order_by("pk")
    return stored + [
        {**_about(request), "requested_at": request.requested_at.isoformat()}
        for request in requests
    ]


def _about(row: Subscription | SubscriptionRequest) -> dict[str, Any]:
    return {
        "policy": row.policy.slug,
        "language": row.policy.language,
        "address": decrypt(row.address) if row.address else None,
    }


def _subscriptions_of(address: str) -> QuerySet[Subscription]:
    """Return the subscriptions of a mailbox. Looks at all there are, since the lookup of one that
    2.0.0 took in quotation marks is that of its spelling.
    """
    return Subscription.objects.filter(pk__in=list(_keys_of(mailbox(address))))


def _keys_of(wanted: str) -> Iterator[int]:
    for pk, encrypted in Subscription.objects.values_list("pk", "address").iterator():
        with suppress(UndecryptableAddress):
            if mailbox(decrypt(encrypted)) == wanted:
                yield pk


@transaction.atomic
def erase(address: str) -> int:
    """Delete all that is stored about an address. Return how many subscriptions it had."""
    _requests_of(address).delete()
    mine = _subscriptions_of(address)
    count = mine.count()
    mine.delete()
    return count


def subscriber_counts() -> QuerySet[Policy, Any]:
    """Return slug, language and number of subscribers of each policy that has some."""
    with_some = Policy.objects.annotate(number=Count("subscriptions")).filter(number__gt=0)
    return with_some.order_by("slug", "language").values_list("slug", "language", "number")


def drop_expired(*, at: datetime) -> None:
    SubscriptionRequest.objects.exclude(requested_at__range=around(at, LINK_VALID)).delete()


def encrypt_anew(*, drop_unreadable: bool = False) -> tuple[int, int]:
    """Write each address with the first key, so that the others can go. Return how many.

    And how many no key fits: they are left as they are, or deleted.
    """
    count = unreadable = 0
    for rows in (Subscription.objects.all(), SubscriptionRequest.objects.all()):
        stored = rows.exclude(address="").order_by("pk").values_list("pk", "address")
        for pk, encrypted in list(stored):
            # No save(): whoever unsubscribes meanwhile must not come back.
            unchanged = rows.filter(pk=pk, address=encrypted)
            try:
                address = decrypt(encrypted)
                found_by = address if rows.model is Subscription else without_tag(address)
                values = {"address": encrypt(address), "lookup": lookups(found_by)[0]}
                with transaction.atomic():
                    count += unchanged.update(**values)
            except UndecryptableAddress:
                unreadable += 1
                if drop_unreadable:
                    unchanged.delete()
            except IntegrityError:  # subscribed again, while the key of this one was missing
                unchanged.delete()
    return count, unreadable
