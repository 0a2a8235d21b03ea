"""The log for programs: checkpoint, tiles and proofs (C2SP). Without LOG_KEY, none of it exists."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from policies.ledger import log
from policies.ledger.merkle import TILE_WIDTH
from policies.public.page import FOR_EVER, View, public, with_cors_headers
from policies.public.views import numbered_version
from policies.public.well_known import PLAIN

# tlog-tiles: nothing should keep a checkpoint for longer than a few seconds.
BRIEFLY = {"public": True, "max_age": 5}


def of_log(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if log.is_kept() or request.method not in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        words = "This site does not sign a log of what it publishes. Its ledger: /ledger.json\n"
        return HttpResponse(words, content_type=PLAIN, status=404)

    return answer


@of_log
@with_cors_headers
@public(caching=BRIEFLY)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Answer with the size and root of the log, signed."""
    tree = log.tree()
    return HttpResponse(log.checkpoint(tree, tree.size), content_type=PLAIN)


@of_log
@with_cors_headers
@public(caching=FOR_EVER)
def tile(request: HttpRequest, place: str) -> HttpResponse:
    """Answer with hashes of the tree, or with entries. place: as log.tile_path returns it."""
    path, _, partial = place.partition(".p/")
    level, *groups = path.split("/")
    index, width = int("".join(groups).replace("x", "")), int(partial or TILE_WIDTH)
    content = b""
    if log.tile_path(level, index, width) == place and 0 < width <= TILE_WIDTH:
        content = log.tile(level, index, width)
    if not content:
        raise Http404(f"There is no tile {place}.")
    return HttpResponse(content, content_type="application/octet-stream")


@of_log
@with_cors_headers
@public()
def proof(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the proof that the publication of a version is in the log."""
    version = numbered_version(slug, language, number)
    return HttpResponse(log.proof_of(version), content_type=PLAIN)
