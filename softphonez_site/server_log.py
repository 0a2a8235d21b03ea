"""gunicorn's log: each line once, in the format of all others, and without a reader's address."""

from __future__ import annotations

import re
from typing import Any

from gunicorn.glogging import Logger

# The client's address in gunicorn's warning about an invalid request.
_FROM = re.compile(r"(?<=^Invalid request) from ip=.*?(?=: )")


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own logger, but without the handler that it adds anew at each reload.

    Once the settings are loaded, LOGGING decides where its lines go.
    """

    def setup(self, cfg: Any) -> None:
        before = list(self.error_log.handlers)
        super().setup(cfg)
        if before:
            self.error_log.handlers[:] = before

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().warning(_FROM.sub("", msg), *args, **kwargs)
