"""Reports that an e-mail to a reader could not be delivered (RFC 3464), and what follows.

A report names the e-mail by the headers that it returns, in which our Message-ID has a random
token. Only that counts: an address in a report could be anybody's.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any, Final

from policies.mail import subscriptions
from policies.mail.sending import NO_ADDRESS
from policies.models import Subscription, SubscriptionRequest
from policies.public.subscription_mails import tokens_in

# Bytes of a report that are read. It may return the whole e-mail; ours are far smaller.
MAX_REPORT: Final = 1_000_000
_NO_ADDRESS = re.compile(rf"\s*{NO_ADDRESS}")


def process_report(report: bytes) -> int:
    """Delete the subscriptions, and close the requests, whose address a report says is no good.

    report: an e-mail as a mail server hands it over, of MAX_REPORT at most. Returns how many there
    were; 0 for anything but the report that an address does not exist.
    """
    try:
        tokens = _tokens(message_from_bytes(report))
    except RecursionError:  # parts within parts within parts
        return 0
    requests = subscriptions.close_requests(SubscriptionRequest.objects.filter(token__in=tokens))
    ended = list(Subscription.objects.filter(token__in=tokens))
    for subscription in ended:
        subscriptions.unsubscribe(subscription)
    return requests + len(ended)


def _tokens(message: Message) -> set[str]:
    """Return the tokens of the e-mails that an e-mail reports as failed, if it is a report."""
    is_report = message.get_content_type() == "multipart/report"
    if not is_report or not any(map(_is_failure, _recipients(message))):
        return set()
    return tokens_in(_returned_message_ids(message))


def _recipients(message: Message) -> Iterator[Message]:
    """Yield the fields about each recipient, and those about the e-mail (RFC 3464, section 2)."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _parts_of(part)


def _is_failure(recipient: Message) -> bool:
    action, status = recipient.get("Action", ""), recipient.get("Status", "")
    return str(action).strip().lower() == "failed" and bool(_NO_ADDRESS.match(str(status)))


def _returned_message_ids(message: Message) -> Iterator[str]:
    """Yield the Message-IDs of what a report returns: the e-mail, or its headers (RFC 6522)."""
    for part in message.walk():
        returned: list[Message] = []
        if part.get_content_type() == "message/rfc822":
            returned = _parts_of(part)
        elif part.get_content_type() == "text/rfc822-headers":
            content: Any = part.get_payload(decode=True)
            returned = [message_from_bytes(content or b"")]
        yield from (str(original.get("Message-ID", "")) for original in returned)


def _parts_of(part: Message) -> list[Message]:
    parts: Any = part.get_payload()
    return parts if isinstance(parts, list) else []
