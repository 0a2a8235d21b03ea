"""Redlines of published versions, computed once per process: neither side ever changes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from . import redline
from .models import Revision

if TYPE_CHECKING:
    from .redline import Redline


def of(old: Revision, new: Revision) -> Redline:
    """Return the redline of two numbered versions. Two queries the first time, none after that."""
    return _kept(old.pk, old.digest, new.pk, new.digest)


@lru_cache(maxsize=256)
def _kept(old_id: int, old_digest: str, new_id: int, new_digest: str) -> Redline:
    """Read both texts and compare them. The digests are in the key so that a wrong row is none."""
    found = Revision.objects.prefetch_related("sections").in_bulk([old_id, new_id])
    return redline.compare(found[old_id].document(), found[new_id].document())
