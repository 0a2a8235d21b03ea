"""Whether the stored HTML comes from the published text: renders it again and compares."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

from policies.models import Revision
from policies.models.derived import rendering_values
from policies.text.document import Document

if TYPE_CHECKING:
    from policies.text import rendering


class Renderer:
    """Renders published texts again; with more than one job, in that many other processes."""

    def __init__(self, jobs: int) -> None:
        self._waiting: deque[tuple[Revision, Future[rendering.Rendered]]] = deque()
        # "spawn", not "fork": a child that inherited the database connection could disturb it.
        self._pool = (
            ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) if jobs > 1 else None
        )

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        with self._pool or nullcontext():
            pass

    def problems(self, published: Iterable[tuple[Revision, Document]]) -> Iterator[str]:
        """Yield a sentence for each revision whose stored HTML does not come from its text.

        With other processes at work, the last ones come from `rest`.
        """
        from policies.text import rendering  # not for readers, whose process has the ledger too

        for revision, document in published:
            render = partial(rendering.render_document, document)
            if self._pool is None:
                yield from self._compare(revision, render)
                continue
            self._waiting.append((revision, self._pool.submit(render)))
            if len(self._waiting) > 100:  # texts at a time
                yield from self._next()

    def rest(self) -> Iterator[str]:
        """Wait for the other processes; yield the sentences about the texts left."""
        while self._waiting:
            yield from self._next()

    def _next(self) -> Iterator[str]:
        revision, answer = self._waiting.popleft()
        yield from self._compare(revision, answer.result)

    def _compare(
        self, revision: Revision, render: Callable[[], rendering.Rendered]
    ) -> Iterator[str]:
        from policies.text import rendering

        try:
            again = render()
        except rendering.RenderingRefused as error:
            yield f"The text of {revision} can no longer be rendered: {error}"
            return
        stored = getattr(revision, "rendering", None)
        if stored is None:
            yield f"The HTML of {revision} is missing: run manage.py rerender."
        elif stored.values != rendering_values(again):
            yield (
                f"The HTML of {revision} does not come from its text. If the renderer was "
                "updated, run manage.py rerender; else somebody changed it."
            )
