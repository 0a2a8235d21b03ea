"""How a preview link is opened: somebody without an account reads one revision.

The address holds the link's id, signed with the site's key, so that it can't be guessed; whether
it has expired or was revoked is in its row.
"""

from datetime import datetime

from django.core import signing
from django.db import DatabaseError, transaction
from django.db.models import F

from policies.database.transactions import without_waiting
from policies.models import PreviewLink

_signer = signing.Signer(sep=".", salt="policies.public.preview_links")


def token(link: PreviewLink) -> str:
    """Return the link's id and a signature, as its address has them."""
    return _signer.sign(str(link.pk))


def find(signed: str) -> PreviewLink | None:
    """Return the link of a token, whether it is open or not; None for a token that is not ours."""
    try:
        number = _signer.unsign(signed)
    except signing.BadSignature:
        return None
    links = PreviewLink.objects.select_related("revision__policy", "revision__rendering")
    return links.filter(pk=int(number)).first()


def note_use(link: PreviewLink, *, at: datetime) -> None:
    """Note that a link was opened. A database that can't be written to keeps no reader out."""
    try:
        with without_waiting(), transaction.atomic():
            PreviewLink.objects.filter(pk=link.pk).update(last_used_at=at, uses=F("uses") + 1)
    except DatabaseError:
        return
