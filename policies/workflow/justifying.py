"""The actions that answer findings: justify them, overrule them, withdraw that again.

Like findings are answered together: `key` is Finding.key of each, with spaces between. The audit
records one act, with how many findings it is about and what each of them is. Those that are
answered already, or are no longer in the text, are passed over if there are others.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.ledger.chains import finding_facts
from policies.models import Justification, Overruling, Revision
from policies.text.findings import Level
from policies.workflow import open_findings
from policies.workflow.heavy_work import with_work_ahead
from policies.workflow.open_findings import Examination, ExaminedFinding
from policies.workflow.preconditions import clean_required, locked_and_allowed, require_uninvolved
from policies.workflow.refusals import Incomplete, WrongState

Answer = TypeVar("Answer", Justification, Overruling)


def justify(revision_id: int, *, by: User, at: datetime, key: str, reason: str) -> Revision:
    """Justify findings that are no mistakes, for as long as their sentences are unchanged.

    Raises WrongState (also if one of them blocks publication), NotNow.
    """

    def act(ready: Examination) -> Revision:
        revision = locked_and_allowed("justify", revision_id, by)
        found = _findings_with_keys(revision, key, at, ready)
        if (given := found[0].justification) and all(examined.justification for examined in found):
            raise WrongState(f"This finding is already justified: {given.reason}")
        if any(examined.finding.level != Level.ACKNOWLEDGE for examined in found):
            raise WrongState(
                "This finding needs no reason, or must be fixed in the text or overruled."
            )
        found = [examined for examined in found if not examined.justification]
        why = clean_required(reason, "Enter a reason why this may stay as it is.", about="reason")
        answer = partial(Justification, reason=why, justified_at=at, justified_by=by)
        return _record_answer("justify", revision, found, answer, by=by, at=at, reason=why)

    return with_work_ahead(partial(open_findings.examined_ahead, revision_id, at=at), act)


def overrule(revision_id: int, *, by: User, at: datetime, key: str, reason: str) -> Revision:
    """Overrule findings that block publication and are none, by somebody who had no part in it.

    That holds for this revision, and for later ones in which this person had no part either, for as
    long as the sentences are unchanged. Raises NotAllowed, WrongState, NotNow.
    """

    def act(ready: Examination) -> Revision:
        revision = locked_and_allowed("overrule", revision_id, by)
        require_uninvolved(revision, by, "overrule its findings")
        found = _findings_with_keys(revision, key, at, ready)
        if found[0].overruling and all(examined.overruling for examined in found):
            who, why = found[0].overruled_by, found[0].overruling.reason
            raise WrongState(f"This finding is already overruled by {who}: {why}")
        found = [examined for examined in found if not examined.overruling]
        if not all(examined.can_be_overruled for examined in found):
            raise WrongState(
                "This can't be overruled: it does not block publication, or there is no text."
            )
        why = clean_required(reason, "Enter a reason why this is not a problem.", about="reason")
        answer = partial(Overruling, reason=why, overruled_at=at, overruled_by=by)
        return _record_answer("overrule", revision, found, answer, by=by, at=at, reason=why)

    return with_work_ahead(partial(open_findings.examined_ahead, revision_id, at=at), act)


@transaction.atomic
def withdraw_overruling(revision_id: int, *, by: User, at: datetime, key: str) -> Revision:
    """Let overruled findings block publication again, by somebody who had no part in the text."""
    revision = locked_and_allowed("withdraw_overruling", revision_id, by)
    require_uninvolved(revision, by, "withdraw what was overruled")
    keys = set(key.split())
    overrulings = open_findings.current_overrulings(revision.policy)
    found = [overruling for overruling in overrulings if overruling.key in keys]
    if not found:
        raise WrongState("This is not overruled any more.")
    for overruling in found:
        overruling.withdrawn_at, overruling.withdrawn_by = at, by
    Overruling.objects.bulk_update(found, ["withdrawn_at", "withdrawn_by"], batch_size=100)
    facts = finding_facts(found, count=len({row.key for row in found}))
    ledger.record_act("withdraw_overruling", revision, by=by, at=at, facts=facts)
    return revision


def _findings_with_keys(
    revision: Revision, key: str, at: datetime, ready: Examination
) -> list[ExaminedFinding]:
    """Return the findings that have one of the keys. Raises Incomplete if there is none."""
    keys = set(key.split())
    all_findings = open_findings.findings_of(revision, at=at, ready=ready)
    found = [examined for examined in all_findings if examined.finding.key in keys]
    if found:
        return found
    raise Incomplete(
        "This finding is not in the saved text. The sentence was changed, or is not saved yet."
    )


def _record_answer(
    action: str,
    revision: Revision,
    found: Sequence[ExaminedFinding],
    answer: Callable[..., Answer],
    *,
    by: User,
    at: datetime,
    reason: str,
) -> Revision:
    """Store the answer once per key, since a sentence has the same key everywhere."""
    excerpts = {examined.finding.key: examined.finding.excerpt for examined in found}
    rows = [
        answer(policy=revision.policy, key=key, excerpt=excerpt)
        for key, excerpt in excerpts.items()
    ]
    type(rows[0])._default_manager.bulk_create(rows)
    facts = finding_facts(rows, count=len(found))
    ledger.record_act(action, revision, by=by, at=at, reason=reason, facts=facts)
    return revision
