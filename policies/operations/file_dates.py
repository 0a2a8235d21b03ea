"""The dates of the version that a policy file becomes: of its front matter, or of its text."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from policies.models import Policy, Revision
from policies.text.importing import FrontMatter, Imported
from policies.text.importing.dates import stated_dates


class Dated(NamedTuple):
    """A file's front matter with its dates.

    note: a sentence about dates that the text states. unclear: the words in which it states one
    from which no date can be taken: such a file can't be published.
    """

    front: FrontMatter
    note: str = ""
    unclear: str = ""


def with_stated_dates(imported: Imported, policy: Policy, *, at: datetime) -> Dated:
    """Return the front matter with the dates that the text states, if it gives none itself.

    They are not clear if they can be read in two ways or none, contradict each other or lie in the
    future.
    """
    front, stated = imported.front, stated_dates(imported.document)
    if front.last_updated or front.effective or not stated:
        return Dated(front)
    words = " and ".join(dict.fromkeys(f"“{date.words}”" for date in stated))
    updated = {date.day for date in stated if date.day and not date.is_effective}
    effective = {date.day for date in stated if date.day and date.is_effective}
    if not all(date.day for date in stated) or len(updated) > 1 or len(effective) > 1:
        problem = "from which no single date can be read"
    elif max(updated | effective) > policy.day_of(at):
        problem = "which is in the future"
    else:
        day, effect = min(updated or effective), min(effective, default=None)
        note = f"the text has {words}, so its last_updated is {day}"
        return Dated(replace(front, last_updated=day, effective=effect), note)
    note = (
        f"The text has {words}, {problem}. Start the file with the lines ---, last_updated: "
        "2026-05-02 (year-month-day), ---, or correct the text."
    )
    return Dated(front, note, stated[0].words)


def as_rescheduled(front: FrontMatter, newest: Revision | None) -> FrontMatter:
    """Return front matter that has the newest version's dates in place of the earlier ones for
    which that was announced: the file was written before the version was moved to a later day.

    Of one that was moved to an earlier day, the file may be a new version for the day before.
    """
    if newest is None:
        return front
    policy, effect = newest.policy, newest.effective_at
    changes = [change for change in newest.date_changes if effect and change.before < effect]
    for before in (change.before for change in changes):
        if front.effective and _moment(front.effective, policy) == before:
            front = replace(front, effective=effect)
        if front.last_updated == policy.day_of(before):
            front = replace(front, last_updated=newest.last_updated_on)
    return front


def takes_effect_at(
    policy: Policy, newest: Revision | None, front: FrontMatter, *, at: datetime
) -> datetime:
    """Return when the text of a file takes effect. newest: the version before it.

    - A policy's first version: at its `effective`, else on the day of its `last_updated`, else now.
    - No date, or only those of the newest version, as in an export of it: now.
    - A day to come: then.
    - A past day, if the newest version was published here today: then, since a site brings its
      history along on one day. But now, if the file's `last_updated` is later than the newest
      version's, and that took effect no earlier all the same: it corrected a typo.
    - Any other past day: now, since what readers were shown on it can't change.
    """
    given = front.effective or front.last_updated
    if newest is None:
        return _moment(given, policy) if given else at
    updated_on: Any = newest.last_updated_on  # it has a number, so it has all three
    published_at: Any = newest.published_at
    took_effect_at: Any = newest.effective_at
    effective = front.effective
    if effective and _moment(effective, policy) == took_effect_at:
        effective = None
    day = effective or (front.last_updated if front.last_updated != updated_on else None)
    moment = _moment(day, policy) if day else at
    is_history = policy.day_of(moment) < policy.day_of(published_at) == policy.day_of(at)
    # A typo was corrected meanwhile: what is newer than the text comes after that.
    is_newer = not front.effective and front.last_updated and front.last_updated > updated_on
    if is_history and is_newer and moment <= took_effect_at:
        return at
    return moment if is_history else max(moment, at)


def unused_date(front: FrontMatter, newest: Revision) -> list[str]:
    """Return a remark if a file with an unchanged text has a later date than its version."""
    given, kept = front.last_updated, newest.last_updated_on
    if not (given and kept and given > kept):
        return []
    return [
        f"its last_updated is {given}, but its text is that of {newest}, which keeps its date, "
        f"{kept}"
    ]


def is_later(front: FrontMatter, version: Revision) -> bool:
    updated: Any = version.last_updated_on  # it has a number, so it has both
    effect: Any = version.effective_at
    moment = _moment(front.effective, version.policy) if front.effective else effect
    return bool(moment > effect or (front.last_updated or updated) > updated)


def is_past(given: date | datetime | None, newest: Revision, *, at: datetime) -> bool:
    """Return whether a file gives a past day of effect that is not the newest version's."""
    if given is None or _moment(given, newest.policy) == newest.effective_at:
        return False
    policy = newest.policy
    return policy.day_of(_moment(given, policy)) < policy.day_of(at)


def _moment(value: date | datetime, policy: Policy) -> datetime:
    """Return a day's beginning, or a moment that names no zone, by the policy's clock."""
    if not isinstance(value, datetime):
        return policy.start_of(value)
    return value if value.tzinfo else value.replace(tzinfo=policy.zone)
