"""Writes e-mails to readers: the one that asks to confirm an address, and notices of changes.

In the policy's language, with the words of the notices (change_notices.py). Nothing is fetched when
such an e-mail is read. Each can be identified by its Message-ID, which has the token of its row:
the same when it is sent again, and what a report of a failed delivery is known by (bounces.py).
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext

from policies.languages import page_in
from policies.mail import subscriptions
from policies.mail.addresses import decrypt
from policies.mail.messages import AUTOMATIC, in_header, message_id
from policies.models import (
    Occasion,
    Policy,
    Revision,
    SubscriberMail,
    Subscription,
    SubscriptionRequest,
    version_status,
)
from policies.models.policy import public_url
from policies.models.version_status import VersionInfo
from policies.public import change_notices
from policies.public.change_notices import Notice

_OWN_MESSAGE_ID = re.compile(r"<(?:confirm|notice-\d+-[a-z_\d]+)-([0-9a-f]{32})@[^\s<>@]+>")


def tokens_in(headers: Iterable[str]) -> set[str]:
    """Return the tokens in Message-IDs of ours that some values of headers have."""
    return set(_OWN_MESSAGE_ID.findall("\n".join(headers)))


def newest(policy: Policy) -> Revision:
    """Return a public policy's newest version, for its title."""
    return policy.revisions.numbered().order_by("-number")[0]


def confirmation(request: SubscriptionRequest) -> EmailMultiAlternatives:
    """Return the message that asks the owner of an address whether they want to subscribe."""
    policy = request.policy
    with page_in(policy.language):
        version = newest(policy)
        url = public_url(policy.url("confirm", token=subscriptions.link_token(request)))
        do_nothing = gettext(
            "Do nothing. You will get no e-mails, and your address will be deleted."
        )
        notice = Notice(
            subject=gettext("Confirm your subscription: %(title)s") % {"title": version.title},
            short="",
            opening=gettext("Do you want an e-mail when “%(title)s” changes?")
            % {"title": version.title},
            facts=[(gettext("If you did not ask for this"), do_nothing)],
            links=[(gettext("Confirm, within two days"), url)],
        )
        name = f"confirm-{request.token}"
        return _message(notice, version, to=decrypt(request.address), name=name, headers={})


class NoticeWriter:
    """Writes the notices of some versions, each of which it looks at once.

    versions: by id, with their status at `at`.
    """

    def __init__(self, versions: dict[int, VersionInfo], *, at: datetime) -> None:
        self._versions, self._at = versions, at
        self._notices: dict[tuple[int, str], Notice] = {}

    def write(self, mail: SubscriberMail) -> EmailMultiAlternatives:
        """Return the message of a subscriber, who can unsubscribe with one click (RFC 8058)."""
        version_info = self._versions[mail.version_id]
        version, subscription = version_info.version, mail.subscription
        with page_in(version.policy.language):
            key = mail.version_id, mail.occasion
            notice = self._notices.get(key) or self._notice(version_info, mail.occasion)
            self._notices[key] = notice
            url = unsubscribe_url(subscription)
            links = [*notice.links, (gettext("Unsubscribe"), url)]
            headers = {
                "List-Unsubscribe": f"<{url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
            return _message(
                replace(notice, links=links),
                version,
                to=decrypt(subscription.address),
                name=f"notice-{version.pk}-{mail.occasion}-{subscription.token}",
                headers=headers,
            )

    def _notice(self, version_info: VersionInfo, occasion: str) -> Notice:
        version = version_info.version
        adjacent = version_status.adjacent_to(version, at=self._at)
        notice = change_notices.notice_of(version_info, adjacent)
        if occasion == Occasion.IN_FORCE:
            # It was announced under the subject of the notice.
            words = gettext("%(title)s: the new version applies now")
            notice = replace(notice, subject=words % {"title": version.title})
        return notice


def unsubscribe_url(subscription: Subscription) -> str:
    token = subscriptions.link_token(subscription)
    return public_url(subscription.policy.url("unsubscribe", token=token))


def _message(
    notice: Notice, version: Revision, *, to: str, name: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    """name: of the message, for its Message-ID."""
    own = {"Message-ID": message_id(name), "Content-Language": version.policy.language}
    made = EmailMultiAlternatives(
        in_header(notice.subject),
        notice.rendered("txt", version),
        to=[to],
        headers={**own, **AUTOMATIC, **headers},
    )
    made.attach_alternative(notice.rendered("html", version), "text/html")
    return made
