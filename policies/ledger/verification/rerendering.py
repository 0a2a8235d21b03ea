"""Whether the stored HTML comes from the published text: renders it again and compares."""

import logging
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

from policies.models import Revision
from policies.models.derived import rendering_values
from policies.text.document import Document

logger = logging.getLogger(__name__)


@contextmanager
def processes(jobs: int) -> Iterator[ProcessPoolExecutor | None]:
    """Have so many processes that render; None for one job, which this process does itself."""
    if jobs <= 1:
        yield None
        return
    # "spawn", not "fork": a child that inherited the database connection could disturb it. A
    # terminal sends Ctrl-C to children, too, who leave it to this process.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    spawn = get_context("spawn")
    try:
        others = ProcessPoolExecutor(
            jobs, mp_context=spawn, initializer=signal.signal, initargs=ignore
        )
    except OSError as error:
        # What such processes share is in /dev/shm, which not every container lets them write.
        logger.warning("One process renders, as several can't share memory: %s", error)
        yield None
        return
    try:
        yield others
    finally:
        others.shutdown(cancel_futures=True)


def problems(
    published: Iterable[tuple[Revision, Document]], others: ProcessPoolExecutor | None
) -> Iterator[str]:
    """Yield a sentence for each revision whose stored HTML does not come from its text.

    others: the processes that render, all of these texts at once.
    """
    from policies.text import rendering  # not for readers, whose process has the ledger too

    render = rendering.render_document
    renderings: Iterable[tuple[Revision, Callable[[], rendering.Rendered]]]
    if others is None:
        renderings = ((revision, partial(render, document)) for revision, document in published)
    else:
        renderings = [
            (revision, others.submit(render, document).result) for revision, document in published
        ]
    for revision, rendered in renderings:
        try:
            again = rendering_values(rendered())
        except rendering.RenderingRefused as error:
            yield f"The text of {revision} can no longer be rendered: {error}"
            continue
        stored = getattr(revision, "rendering", None)
        if stored is None:
            yield f"The HTML of {revision} is missing: run manage.py rerender."
        elif stored.values != again:
            yield (
                f"The HTML of {revision} does not come from its text. If the renderer was "
                "updated, run manage.py rerender; else somebody changed it."
            )
