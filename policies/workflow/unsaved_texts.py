"""What people have typed into a draft and not saved: each person's own, until they save it.

No action: nobody else sees it, no audit has it, and it makes nobody an author. Each window of the
editor has a row of its own, so that none overwrites what was typed in another.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
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
    require_permission("save_draft", by)
    if len(fields) > MAX_KEPT:
        raise Incomplete(
            "This text is too long to be kept while you write: it takes "
            f"{len(fields):,} characters, and {MAX_KEPT:,} fit. Save it, or divide it."
        )
    _lock(revision)
    mine = of(revision, by)
    if again := mine.filter(window=window, fields=fields).first():
        return again
    forget(revision, by=by, window=window, kept=instead_of)
    kept = mine.create(revision=revision, kept_at=at, kept_by=by, window=window, fields=fields)
    mine.filter(pk__in=_too_many(mine)).delete()
    expired = UnsavedText.objects.filter(kept_at__lt=at - timedelta(days=MAX_DAYS))
    # Last, and without those that others are deleting: they are of any draft.
    free = list(expired.select_for_update(skip_locked=True).values_list("pk", flat=True))
    UnsavedText.objects.filter(pk__in=free).delete()
    return kept


def _lock(revision: Revision) -> None:
    """Let windows come one after another, since each deletes texts of others, and after an action
    that has locked the draft and may delete them all.
    """
    locked = Revision.objects.select_for_update(no_key=True).filter(pk=revision.pk)
    list(locked.order_by().values("pk"))  # not by its policy, which would be locked, too


def _too_many(texts: QuerySet[UnsavedText]) -> list[int]:
    """Return the keys of the oldest texts, without which the others are within the limits."""
    left = list(texts.values_list("pk", Length("fields")))
    for number in range(1, len(left)):
        if number >= MAX_TEXTS or sum(length for _, length in left[: number + 1]) > MAX_KEPT:
            return [pk for pk, _ in left[number:]]
    return []


@transaction.atomic
def forget(revision: Revision, *, by: User, window: str, kept: int | None) -> None:
    """Forget a window's text, and the one of this id."""
    _lock(revision)
    of_window = Q(window=window) if window else Q()
    of(revision, by).filter(Q(pk=kept) | of_window).delete()
