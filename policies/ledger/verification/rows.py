"""Whether the rows are as the two chains record them: nothing more, nothing less, nothing else.

Each function checks one thing in the whole database, and yields a sentence for each row that is
wrong.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, TypeAlias

from django.db.models import Count, F, Max, Q, QuerySet

from policies.ledger import chains
from policies.ledger.chains import policy_facts
from policies.ledger.verification.entries import CHUNK, Known
from policies.models import AuditEvent, LateApproval, LedgerEntry, Policy, RemovedAnchor, Revision
from policies.states import NUMBERED, Status
from policies.text.short_text import every

_EVENT = LedgerEntry.Event
# The last ledger entry of each kind on each policy as a whole, by the policy's key and the kind.
_Latest: TypeAlias = dict[tuple[int, str], LedgerEntry]
# What an action sets for a policy as a whole: as the audit has it, in the act's facts or, if it has
# none, as its reason; and how to say that it is another.
_SETTINGS: Final[dict[str, tuple[Callable[[Policy], object], str]]] = {
    "set_check_interval": (
        lambda policy: every(policy.check_every_months),
        "another check interval",
    ),
    "set_checklists": (attrgetter("checklists_in_words"), "other checklists"),
    "set_notice_period": (attrgetter("notice_in_words"), "another notice period"),
    "set_owner": (lambda policy: {"owner": policy.owner_id}, "another owner"),
}


def policies(known: Known) -> Iterator[str]:
    """Yield a sentence for each policy that differs from the two chains: at other addresses, under
    another name, retired or not, the translation of another, with another prevailing language, made
    by somebody else or at another time, or with other settings.
    """
    unset = Policy()
    audited = _policies_in_the_audit()
    wanted = [_EVENT.RETIREMENT, _EVENT.REINSTATEMENT, _EVENT.TRANSLATION, _EVENT.PREVALENCE]
    entries = LedgerEntry.objects.filter(event__in=wanted).order_by("sequence")
    latest: _Latest = {(entry.policy_id, entry.event): entry for entry in entries.iterator()}
    rows = Policy.objects.prefetch_related(
        "addresses", "successor__addresses", "translation_of__addresses"
    )
    for policy in rows.order_by("pk").iterator(chunk_size=CHUNK):
        audit = audited.pop(policy.pk, _Audited())
        yield from _addresses(policy, known, audit.renamings)
        yield from _retirement(policy, latest)
        yield from _languages(policy, known, latest, audit)
        if policy.name != audit.name:
            yield f"{policy.label} has another name than the audit records."
        if not audit.made_it(policy):
            yield f"{policy.label} was not created as the audit records it."
        for action, (recorded, what) in _SETTINGS.items():
            if recorded(policy) != audit.settings.get(action, recorded(unset)):
                yield f"{policy.label} has {what} than the audit records."
    for name in sorted(record.name for record in audited.values()):
        yield f"{name} is missing, but in the audit."


@dataclass
class _Audited:
    """What the audit records of a policy. renamings: its slugs, in pairs of old and new. settings:
    the last value that each action in _SETTINGS has set.
    """

    renamings: list[str] = field(default_factory=list)
    name: str = ""
    settings: dict[str, object] = field(default_factory=dict)
    prevailing: str = ""
    creation: AuditEvent | None = None
    translation: AuditEvent | None = None

    def made_it(self, policy: Policy) -> bool:
        """Return whether a policy was made as recorded. Version 1.0 recorded only who and when."""
        act = self.creation
        made = (policy.created_at, policy.created_by_id)
        if act is None or made != (act.done_at, act.done_by_id):
            return False
        slug = self.renamings[0] if self.renamings else policy.slug
        return act.facts is None or act.facts == policy_facts(policy, slug=slug)

    def has_its_languages(self, policy: Policy) -> bool:
        """Return whether a policy translates the one recorded, and the same language prevails.

        Of a translation, version 1.0 recorded only what the source was called.
        """
        act, source = self.translation, policy.translation_of_id
        if policy.prevailing_language != self.prevailing:
            return False
        if act is None or act.facts is None:
            return (source is not None) == (act is not None and act.reason != "no translation")
        return bool(act.facts == {"source": source})


def _policies_in_the_audit() -> dict[int, _Audited]:
    audited: dict[int, _Audited] = defaultdict(_Audited)
    named = ["create_policy", "correct_name", "rename_policy"]
    set_later = [*_SETTINGS, "set_translation_of", "set_prevailing_language"]
    acts = AuditEvent.objects.filter(action__in=[*named, *set_later]).order_by("sequence")
    for act in acts.iterator(chunk_size=CHUNK):
        policy = audited[act.policy_id or 0]
        if act.action == "rename_policy":
            policy.renamings.extend(act.reason.split(" → "))
        elif act.action in _SETTINGS:
            policy.settings[act.action] = act.facts or act.reason
        elif act.action == "set_translation_of":
            policy.translation = act
        elif act.action == "set_prevailing_language":
            language, prevails, _ = act.reason.partition(" prevails")
            policy.prevailing = language if prevails else ""
        else:
            policy.name = act.reason
        if act.action == "create_policy" and policy.creation is None:
            policy.creation = act
    return audited


def _addresses(policy: Policy, known: Known, renamed: list[str]) -> Iterator[str]:
    """Compare with the ledger's or, for addresses from before they were public, the audit's."""
    slugs = known.slugs.get(policy.pk) or renamed or [policy.slug]
    recorded = {(slug, policy.language) for slug in (*slugs, *renamed)}
    kept = sorted((address.slug, address.language) for address in policy.addresses.all())
    if slugs[-1] != policy.slug or kept != sorted(recorded):
        yield f"{policy.label} is, or was, at other addresses than the ledger records."


def unrecorded() -> Iterator[str]:
    """Yield versions, withdrawals and removed anchors that the ledger does not record."""

    def without(status: Iterable[Status], wanted: str) -> QuerySet[Revision]:
        recorded = Count("ledger_entries", filter=Q(ledger_entries__event=wanted))
        rows = Revision.objects.filter(status__in=sorted(status)).select_related("policy")
        return rows.annotate(recorded=recorded).exclude(recorded=1)

    for revision in without(NUMBERED, _EVENT.PUBLICATION).iterator(chunk_size=CHUNK):
        yield f"{revision} is published, but not in the ledger."
    for revision in without({Status.WITHDRAWN}, _EVENT.WITHDRAWAL).iterator(chunk_size=CHUNK):
        yield f"{revision} is withdrawn, but not in the ledger."
    for anchor in RemovedAnchor.objects.exclude(revision__status__in=sorted(NUMBERED)):
        yield f"{anchor} is recorded, but that was never published."


def numbering_gaps() -> Iterator[str]:
    """Yield policies whose version numbers do not run 1, 2, 3 …"""
    numbers = Policy.objects.annotate(
        versions=Count("revisions__number"), newest=Max("revisions__number")
    ).exclude(versions=0)
    wrong = numbers.exclude(versions=F("newest")).values("slug", "language", "versions", "newest")
    for row in wrong.iterator():
        yield (
            f"{row['language']}/{row['slug']} has {row['versions']} versions, but the newest is "
            f"{row['newest']}."
        )


def _retirement(policy: Policy, latest: _Latest) -> Iterator[str]:
    retired = latest.get((policy.pk, _EVENT.RETIREMENT))
    reinstated = latest.get((policy.pk, _EVENT.REINSTATEMENT))
    if retired and reinstated and reinstated.sequence > retired.sequence:
        retired = None
    stored = (policy.retired_at, policy.retirement_notice, chains.act_digest(policy.retired_by_id))
    if retired:
        recorded = (retired.recorded_at, retired.notice, retired.private_digest)
        is_right = stored == recorded and retired.successor in chains.addresses(policy.successor)
    else:
        is_right = stored == (None, "", chains.act_digest(None)) and policy.successor_id is None
    if not is_right:
        yield f"{policy.label} is not retired, or reinstated, as the ledger records."


def _languages(policy: Policy, known: Known, latest: _Latest, audit: _Audited) -> Iterator[str]:
    if policy.pk not in known.slugs:  # it is not public
        if not audit.has_its_languages(policy):
            yield (
                f"{policy.label} is the translation of another policy, or another language "
                "prevails, than the audit records."
            )
        return
    translation = latest.get((policy.pk, _EVENT.TRANSLATION))
    prevalence = latest.get((policy.pk, _EVENT.PREVALENCE))
    source = policy.translation_of
    sources = chains.addresses(source)
    if policy.translation_of_id and source is None:
        sources = set()  # it points to none that there is
    elif source and source.pk not in known.slugs:
        sources.add("")  # the ledger need not name what is not public yet
    if (translation.successor if translation else "") not in sources:
        yield f"{policy.label} is the translation of another policy than the ledger records."
    if (prevalence.notice if prevalence else "") != policy.prevailing_language:
        yield f"{policy.label} has another prevailing language than the ledger records."


def late_approvals() -> Iterator[str]:
    """Yield late approvals that are not in the audit as they are stored, and vice versa."""
    acts = AuditEvent.objects.filter(action="approve_afterwards")
    recorded = acts.values_list("revision_id", "done_at", "done_by_id", "document_digest")
    columns = ("revision_id", "approved_at", "approved_by_id", "approved_digest")
    for revision_id, *_ in sorted({*recorded} ^ {*LateApproval.objects.values_list(*columns)}):
        yield f"The late approval of revision {revision_id} is not as the audit records it."
