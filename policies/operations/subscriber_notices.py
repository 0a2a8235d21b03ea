"""Which readers are sent what about a change: once for each version and occasion.

A material version is announced when it is published, and again when it takes effect, if it was
upcoming until then. If it is withdrawn before that, they get to know this instead. Each time that
it is moved to another day, those who got its announcement get to know this. What is due is derived
from the versions as they are now, so nothing is lost if a run is missed or killed.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from policies.database.transactions import retry_while_locked
from policies.mail import sending, subscriptions
from policies.models import Occasion, Policy, Revision, SubscriberMail, Subscription
from policies.models.version_status import VersionInfo, VersionStatus, statuses_of
from policies.outbox import Outcome
from policies.public.subscription_mails import NoticeWriter
from policies.states import Kind

# What could not be sent by then is given up.
KEPT_FOR: Final = timedelta(days=7)
# Rows of one transaction.
_TOGETHER = 500


def due(*, at: datetime) -> Iterator[tuple[VersionInfo, str, datetime]]:
    """Yield what subscribers are to know at `at`: a version, the occasion, and since when."""
    for policy in Policy.objects.filter(Exists(Subscription.objects.filter(policy=OuterRef("pk")))):
        versions = policy.revisions.numbered().with_is_moved().select_related("policy")
        versions = versions.order_by("number")
        yield from _due_of(statuses_of(list(versions), at=at))


def _due_of(versions: list[VersionInfo]) -> Iterator[tuple[VersionInfo, str, datetime]]:
    """versions: all of one policy. Of those that took effect, only the newest is news: not one that
    a typo was corrected in, but one that another material version has replaced.
    """
    material = [info for info in versions if info.version.kind == Kind.MATERIAL]
    newest = max((info for info in material if info.took_effect), key=_effective_at, default=None)
    for info in material:
        version, published_at = info.version, info.version.published_at
        assert published_at is not None  # noqa: S101  a constraint of the database
        is_effective_at_once = info is newest and _effective_at(info) <= published_at
        if info.status == VersionStatus.WITHDRAWN:
            yield info, Occasion.WITHDRAWN, version.withdrawn_at or published_at
        elif info.status == VersionStatus.UPCOMING or is_effective_at_once:
            yield info, Occasion.PUBLISHED, published_at
            yield from _last_move_of(info)
        elif info is newest:
            yield info, Occasion.IN_FORCE, _effective_at(info)


def _last_move_of(version_info: VersionInfo) -> Iterator[tuple[VersionInfo, str, datetime]]:
    """Yield the last time that an upcoming version was moved to another day, if it was."""
    if version_info.status != VersionStatus.UPCOMING:
        return
    if moves := version_info.version.day_changes:
        yield version_info, f"{Occasion.MOVED}_{len(moves)}", moves[-1].at


def _effective_at(version_info: VersionInfo) -> datetime:
    assert version_info.version.effective_at is not None  # noqa: S101  a constraint
    return version_info.version.effective_at


def queue(*, at: datetime) -> None:
    """Create the e-mails that are due, for who had subscribed by then."""
    for version_info, occasion, since in due(at=at):
        version = version_info.version
        queued = SubscriberMail.objects.filter(
            subscription=OuterRef("pk"), version=version, occasion=occasion
        )
        # Who confirmed later than now did so while the clock was ahead.
        by_then = Q(confirmed_at__lte=since) | Q(confirmed_at__gt=at)
        readers = Subscription.objects.filter(by_then, policy=version.policy_id)
        if occasion.startswith(Occasion.MOVED):
            readers = readers.filter(Exists(_announcements(version, before=since)))
        keys = list(readers.exclude(Exists(queued)).order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(keys), _TOGETHER):
            _create(keys[first : first + _TOGETHER], version, occasion, at)


def _announcements(version: Revision, *, before: datetime) -> QuerySet[SubscriberMail]:
    """Return the e-mails about a version that were written before it was moved, and sent."""
    written = SubscriberMail.objects.filter(version=version, occasion=Occasion.PUBLISHED)
    return written.filter(subscription=OuterRef("pk"), tried_at__lte=before, sent_at__isnull=False)


def _create(keys: list[int], version: Revision, occasion: str, at: datetime) -> None:
    rows = [
        SubscriberMail(subscription_id=key, version=version, occasion=occasion, recorded_at=at)
        for key in keys
    ]
    # Another run may be doing the same: the unique key lets each row in once.
    retry_while_locked(lambda: SubscriberMail.objects.bulk_create(rows, ignore_conflicts=True))


def send(*, per_minute: int, now: Callable[[], datetime] = timezone.now) -> Outcome:
    """Send what is due, for as long as one run may take. now: by which clock it is due."""
    queue(at=now())
    recent = SubscriberMail.objects.filter(recorded_at__gt=now() - KEPT_FOR)
    return sending.deliver_to_readers(
        recent.select_related("subscription__policy"),
        lambda: _writer(at=now()),
        per_minute=per_minute,
        drop=lambda row: subscriptions.unsubscribe(row.subscription),
    )


def _writer(*, at: datetime) -> sending.Write:
    """Return what writes an e-mail, or None for one that is out of date by then."""
    news = {(info.version.pk, occasion): info for info, occasion, _ in due(at=at)}
    notices = NoticeWriter({pk: info for (pk, _), info in news.items()}, at=at)
    return lambda mail: notices.write(mail) if (mail.version_id, mail.occasion) in news else None
