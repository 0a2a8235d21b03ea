"""What people have typed into a draft and not saved: each person's own, until they save it.

No action: nobody else sees it, no audit has it, and it makes nobody an author. Each window of the
editor has a row of its own, so that none overwrites what was typed in another.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from policies.models import Revision, UnsavedText
from policies.workflow.preconditions import require_permission

# Texts of one person in one draft, from as many windows. Beyond it, the oldest go.
MAX_TEXTS = 5
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
    changes nothing. Raises NotAllowed.
    """
    require_permission("save_draft", by)
    mine = of(revision, by)
    if again := mine.filter(window=window, fields=fields).first():
        return again
    forget(revision, by=by, window=window, kept=instead_of)
    kept = mine.create(revision=revision, kept_at=at, kept_by=by, window=window, fields=fields)
    UnsavedText.objects.filter(kept_at__lt=at - timedelta(days=MAX_DAYS)).delete()
    mine.filter(pk__in=list(mine.values_list("pk", flat=True)[MAX_TEXTS:])).delete()
    return kept


def forget(revision: Revision, *, by: User, window: str, kept: int | None) -> None:
    """Forget a window's text, and the one of this id."""
    of_window = Q(window=window) if window else Q()
    of(revision, by).filter(Q(pk=kept) | of_window).delete()
