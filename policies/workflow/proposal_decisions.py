"""The actions of a proposal, a change in a Word file that came back: accepted, declined."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from policies import child_process, ledger
from policies.ledger import authorship
from policies.ledger.actor_names import name_of_id
from policies.models import ProposalDecision, ReturnedFile, Revision
from policies.states import Status
from policies.text import document as documents
from policies.text import redline
from policies.text.document import DocumentError
from policies.text.redline import Merged, Proposals
from policies.workflow import texts
from policies.workflow.heavy_work import Outdated, done_now, with_work_ahead
from policies.workflow.preconditions import get_or_refuse, locked_and_allowed
from policies.workflow.refusals import Incomplete, SavedMeanwhile, WrongState
from policies.workflow.returned_files import author_names


def proposals_of(file: ReturnedFile) -> Proposals:
    """Return what a file proposes to its revision as that is now. Raises NotNow."""
    decided = dict(file.decisions.values_list("change", "is_accepted"))
    draft = file.revision.document()
    three = (documents.parse(file.sent), documents.parse(file.text), draft)
    propose = partial(
        child_process.run,
        redline.proposals,
        *three,
        accepted=[change for change, is_accepted in decided.items() if is_accepted],
        declined=[change for change, is_accepted in decided.items() if not is_accepted],
        length=sum(len(documents.body(document)) for document in three),
    )
    return done_now(propose)


@dataclass(frozen=True)
class _Accepted:
    """saves: of the draft. decided: how many proposals were decided on."""

    ids: list[str]
    ready: texts.Prepared
    saves: int
    decided: int


def accept_proposals(
    file_id: int,
    *,
    by: User,
    at: datetime,
    changes: Collection[str] | None = None,
    seen_saves: int | None = None,
) -> Revision:
    """Change a draft as proposals of a file say. Whoever accepts them is their author here, and so
    is whoever brought the file back, who may have written them.

    changes: their ids; None for all that are in no conflict with the draft. seen_saves: take the
    file's text where there is a conflict; Revision.saves as it was when this person saw it. Raises
    WrongState (they are decided on, or in a conflict), SavedMeanwhile, Incomplete, NotNow.
    """

    def prepare() -> _Accepted | None:
        file = _file(file_id)
        revision = file.revision
        if revision.status != Status.DRAFT:
            return None
        if seen_saves not in {None, revision.saves}:
            raise SavedMeanwhile("The draft was saved after you opened this page. Compare again.")
        found = proposals_of(file)
        ids = _undecided(file, found.free if changes is None else changes)
        document, conflicts = _merged(found, ids, takes_theirs=seen_saves is not None)
        if conflicts and seen_saves is None:
            raise WrongState(
                "The draft was changed in the same place. Nothing was done. Compare both texts, "
                "then choose."
            )
        decided = len(found.accepted | found.declined)
        return _Accepted(ids, texts.prepare(document, revision.policy), revision.saves, decided)

    def accept(ready: _Accepted | None) -> Revision:
        file = _file(file_id)
        revision = locked_and_allowed("accept_proposals", file.revision_id, by)
        now = (revision.saves, file.decisions.count())
        if ready is None or (ready.saves, ready.decided) != now:
            raise Outdated
        before = revision.document()
        texts.replace(revision, ready.ready, by=by, at=at)
        changed = authorship.changed_parts(before, ready.ready.document)
        facts = _decide(file, ready.ids, by=by, at=at, is_accepted=True)
        person = file.returned_by_id  # may have written what is accepted
        texts.add_author(revision, person, at=at)
        facts |= {"returned_by": person, "returned_by_name": name_of_id(person)}
        ledger.record_act("accept_proposals", revision, by=by, at=at, reason=changed, facts=facts)
        return revision

    return with_work_ahead(prepare, accept)


def decline_proposals(
    file_id: int, *, by: User, at: datetime, changes: Collection[str] | None = None
) -> Revision:
    """Leave the draft as it is, and mark proposals as declined.

    changes: their ids; None for all that are not decided on. Raises WrongState, Incomplete.
    """
    with transaction.atomic():
        file = _file(file_id)
        revision = locked_and_allowed("decline_proposals", file.revision_id, by)
        ids = _undecided(file, file.changes if changes is None else changes)
        facts = _decide(file, ids, by=by, at=at, is_accepted=False)
        ledger.record_act("decline_proposals", revision, by=by, at=at, facts=facts)
        return revision


def _file(file_id: int) -> ReturnedFile:
    return get_or_refuse(ReturnedFile.objects.select_related("revision__policy"), file_id)


def _undecided(file: ReturnedFile, ids: Iterable[str]) -> list[str]:
    """Return those of a file's proposals that nobody has decided on. Refuse if there is none."""
    known = [change for change in dict.fromkeys(ids) if change in file.changes]
    last = file.decisions.filter(change__in=known).last()
    decided = set(file.decisions.values_list("change", flat=True))
    if waiting := [change for change in known if change not in decided]:
        return waiting
    if last is None:
        raise Incomplete("There is no such proposal to decide on. Nothing was done.")
    done = "accepted" if last.is_accepted else "declined"
    raise WrongState(
        f"This was {done} already, by {name_of_id(last.decided_by_id)} on "
        f"{file.revision.policy.in_words(last.decided_at)}. Nothing was done."
    )


def _merged(found: Proposals, ids: Collection[str], *, takes_theirs: bool) -> Merged:
    try:
        return found.merged(ids, takes_theirs=takes_theirs)
    except (KeyError, DocumentError) as error:
        raise Incomplete(f"This can’t be accepted alone. {error}") from error


def _decide(
    file: ReturnedFile, ids: list[str], *, by: User, at: datetime, is_accepted: bool
) -> dict[str, Any]:
    """Keep a decision on proposals; return what the audit records of it."""
    ProposalDecision.objects.bulk_create(
        ProposalDecision(
            file=file, change=change, is_accepted=is_accepted, decided_at=at, decided_by=by
        )
        for change in ids
    )
    names = author_names(file.changes[change] for change in ids)
    return {"file": file.pk, "name": file.name, "sources": names, "changes": ids}
