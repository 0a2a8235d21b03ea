"""The exceptions by which an action refuses, and how their sentences name what they are about.

Each is worded for the person who reads it.
"""

from django.contrib.auth.models import User
from django.db.models import prefetch_related_objects

from policies.ledger.actor_names import name_of_id
from policies.models import Revision, involved, participants
from policies.states import Status
from policies.text.short_text import counted


class Refused(Exception):
    """An action was refused and changed nothing. Its text says what, why and what to do.

    about: the names of the action's arguments that have to be corrected, such as "change_note", if
    any. A form marks the fields of these names.
    """

    def __init__(self, words: str, *about: str) -> None:
        super().__init__(words)
        self.about = tuple(filter(None, about))


class NotThere(Exception):
    """The object of an action does not exist (any more). Not a Refused: nobody erred."""


class NotAllowed(Refused):
    """This person may not do this."""


class WrongState(Refused):
    """The state of the revision or policy does not allow this; often it changed a moment ago."""


class SavedMeanwhile(Refused):
    """Somebody saved the draft after this person had read it."""


class TextChanged(Refused):
    """The text is not the one that was seen, saved or approved."""


class Unfinished(Refused):
    """The text has findings that must be fixed, overruled or justified before it is published."""


class NotNow(Refused):
    """The text takes too long to process, or other long texts are in the way."""


class TooMany(Refused):
    """There are already as many as are accepted, for now or at all."""


class Incomplete(Refused):
    """Something that the action needs is missing or makes no sense."""


_WORK = {
    Status.DRAFT: "a draft",
    Status.IN_REVIEW: "a revision in review",
    Status.APPROVED: "an approved revision",
}


def work_in_words(revision: Revision) -> str:
    """Return how a sentence names an open revision: "a draft", "an approved revision"."""
    return _WORK[Status(revision.status)]


def unresolved(revision: Revision, what: str) -> str:
    """Return the sentence that open comments prevent `what`, a participle; "" if there are none."""
    waiting = revision.comments.filter(resolved_at__isnull=True).count()
    if not waiting:
        return ""
    return (
        f"{counted(waiting, 'comment')} on this revision must be resolved before it can be {what}."
    )


def own_part(revision: Revision, person: User) -> str:
    """Return that a person took part in a revision, to continue; "" if they did not."""
    if person.pk not in involved(revision):
        return ""
    accounts = participants(revision) & revision.people.accounts_of({person.pk})
    if person.pk in accounts:
        return "You worked on this revision"
    names = User.objects.filter(pk__in=accounts).values_list("username", flat=True)
    whose = f"{', '.join(names) or 'deleted'}; if it isn’t yours, ask an administrator"
    return f"You worked on this revision with another account ({whose})"


def void_approval(revision: Revision) -> str:
    """Return why the approval of an approved revision does not count, what to do; "" if it does."""
    approver = revision.approved_by_id
    prefetch_related_objects([revision], "contributions")  # the ledger needs them, too
    if revision.status != Status.APPROVED or approver not in involved(revision):
        return ""
    return (
        f"This still needs the approval of another person: {name_of_id(approver)}, who approved "
        "it, also worked on it, with another account. Reopen it as a draft and submit it again."
    )


def latest_act(revision: Revision) -> str:
    """Return " Ana Lopez: approved, November 24, 2026, 16:10 (UTC)." for the last recorded act."""
    act = revision.audit_events.last()
    if act is None:
        return ""
    return f" {act.actor}: {act.act}, {revision.policy.in_words(act.done_at)}."
