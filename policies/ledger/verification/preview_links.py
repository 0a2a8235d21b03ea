"""Whether preview links, which let others read drafts, are those that the audit records."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import zip_longest

from policies.ledger.chains import link_facts
from policies.ledger.verification.entries import by_revision
from policies.models import AuditEvent, PreviewLink
from policies.text.short_text import in_short

# How long version 1.0 let a link last: whole days, this many at most.
_MOST_IN_1_0 = timedelta(days=90)


def preview_links() -> Iterator[str]:
    """Yield a sentence for each link that is not in the audit as it is stored, and vice versa.

    The links of a revision have the order of the acts that made them. So each is compared with its
    own act, also if version 1.0 recorded that, without the link's id and the end of its time.
    """
    acts = AuditEvent.objects.filter(action__in=["share", "revoke_link"])
    for _, links, done in by_revision(PreviewLink.objects.all(), acts):
        yield from _not_as_made(links, [it for it in done if it.action == "share"])
        yield from _not_as_revoked(links, [it for it in done if it.action == "revoke_link"])


def _not_as_made(links: list[PreviewLink], acts: list[AuditEvent]) -> Iterator[str]:
    for link, act in zip_longest(links, acts):
        if link is None:
            yield f"The preview link for {in_short(act.reason)} is missing."
        elif act is None or not _is_as_made(link, act):
            yield f"Preview link {link.pk} is not as the audit records it."


def _is_as_made(link: PreviewLink, act: AuditEvent) -> bool:
    if (link.recipient, link.created_by_id, link.created_at) != _said(act):
        return False
    if act.facts:
        return bool(act.facts == link_facts(link))
    lasts = link.expires_at - link.created_at
    return lasts <= _MOST_IN_1_0 and lasts % timedelta(days=1) == timedelta()


def _not_as_revoked(links: list[PreviewLink], acts: list[AuditEvent]) -> Iterator[str]:
    revoked: dict[int | None, tuple[object, ...]] = {
        it.pk: (it.recipient, it.revoked_by_id, it.revoked_at)
        for it in links
        if it.revoked_at or it.revoked_by_id
    }
    for act in acts:
        said = _said(act)
        alike = (pk for pk, stored in revoked.items() if stored == said)
        pk = act.facts.get("link") if act.facts else next(alike, None)
        if revoked.pop(pk, None) != said:
            yield f"A preview link for {in_short(act.reason)} is not revoked as in the audit."
    for pk in revoked:
        yield f"Preview link {pk} is revoked, but not in the audit."


def _said(act: AuditEvent) -> tuple[object, ...]:
    return act.reason, act.done_by_id, act.done_at
