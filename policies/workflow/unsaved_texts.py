"""What people have typed into a draft and not saved: each person's own, until they save it.

No action: nobody else sees it, no audit has it, and it makes nobody an author. Each window of the
editor has a row of its own, so that none overwrites what was typed in another.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from policies.models import Revision, UnsavedText
from policies.text.markdown.limits import MAX_CHARACTERS
from policies.workflow.preconditions import require_permission
from policies.workflow.refusals import Incomplete

# Texts of one person in one draft, from as many windows. Beyond it, the oldest go.
MAX_TEXTS = 5
# Characters of the form's fields: of one window, and of all of these texts together. A text that
# can be saved fits, with its titles, anchors and what JSON adds.
MAX_KEPT = MAX_CHARACTERS + 100_000
# After which nobody is expected to come back to one.
MAX_DAYS = 90


def of(revision: Revision, by: User) -> QuerySet[UnsavedText]:
    """Return a person's unsaved texts of a draft, the newest first."""
    return revision.unsaved_texts.filter(kept_by=by)


@transaction.atomic
def keep(
    revision: Revision, *, by: User, at: datetime, fields: str, window: str, instead_of: int | None
) -> UnsavedText:
    """Keep a text in place of the last one of its window, and of the one that it began with.

    instead_of: the id of that one. If another window has gone on with it meanwhile, it is gone, and
    both texts are kept. A page that is left sends its text twice, in either order: the second one
    changes nothing. Raises NotAllowed, Incomplete (it is too long).
    """
    require_permission("save_draft", by, revision.policy)
    if len(fields) > MAX_KEPT:
        raise Incomplete(
            "This text is too long to be kept while you write: it takes "
            f"{len(fields):,} characters, and {MAX_KEPT:,} fit. Save it, or divide it."
        )
    _lock(revision)
    is_mine, limit = Q(revision=revision, kept_by=by), at - timedelta(days=MAX_DAYS)
    read = UnsavedText.objects.filter(is_mine | Q(kept_at__lt=limit)).defer("fields")
    read = read.annotate(is_same=is_mine & Q(window=window, fields=fields), length=Length("fields"))
    # Without those that others are deleting: what has expired is of any draft.
    rows = list(read.order_by("-pk").select_for_update(skip_locked=True))
    for row in rows:
        if row.is_same:
            return row
    others = [
        row
        for row in rows
        if row.kept_at >= limit and row.pk != instead_of and not (window and row.window == window)
    ]
    kept = revision.unsaved_texts.create(kept_at=at, kept_by=by, window=window, fields=fields)
    gone = {row.pk for row in rows} - _with_room(others, len(fields))
    UnsavedText.objects.filter(pk__in=gone).delete()
    return kept


def _lock(revision: Revision) -> None:
    """Let windows come one after another, since each deletes texts of others, and after an action
    that has locked the draft and may delete them all.
    """
    if not connection.features.has_select_for_update:
        return  # on SQLite the transaction itself (IMMEDIATE) is the lock
    locked = Revision.objects.select_for_update(no_key=True).filter(pk=revision.pk)
    list(locked.order_by().values("pk"))  # not by its policy, which would be locked, too


def _with_room(texts: Sequence[Any], taken: int) -> set[int]:
    """Return the keys of the newest texts that are within the limits, beside a newer one. texts:
    with their `length`, the newest first. taken: characters of that one.
    """
    room: set[int] = set()
    for text in texts:
        taken += text.length
        if len(room) + 1 >= MAX_TEXTS or taken > MAX_KEPT:
            break
        room.add(text.pk)
    return room


@transaction.atomic
def forget(revision: Revision, *, by: User, window: str, kept: int | None) -> None:
    """Forget a window's text, and the one of this id."""
    _lock(revision)
    forget_saved(revision, by=by, window=window, kept=kept)


def forget_saved(revision: Revision, *, by: User, window: str, kept: int | None) -> None:
    """Do so in the transaction that has locked the draft and saved the text."""
    of_window = Q(window=window) if window else Q()
    of(revision, by).filter(Q(pk=kept) | of_window).delete()
