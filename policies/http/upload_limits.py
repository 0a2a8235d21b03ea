"""Refuses uploads that are too large, by the size that the request states.

Under WSGI before its body is read; under ASGI page_cache/bridge.py has received the body by then,
up to a limit of its own, and discards it. One that states no size is empty to Django; the bridge
refuses it as soon as it is larger than a few lines.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class WholeRequestTooBig(RequestDataTooBig):
    """A form with its files is larger than settings.UPLOAD_MAX_REQUEST_SIZE."""


class WholeRequestLimit(FileUploadHandler):
    """Refuses a form with files by its size, before anything of it is on the disk.

    Django bounds a form's fields, and a view what it does with a file; neither keeps a stranger
    from filling the disk with temporary files, since the CSRF check reads the whole form. A body
    without Content-Length is not read (WSGI), so none gets past.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, str],  # noqa: N803  Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Raise WholeRequestTooBig above settings.UPLOAD_MAX_REQUEST_SIZE bytes."""
        if content_length > settings.UPLOAD_MAX_REQUEST_SIZE:
            raise WholeRequestTooBig("The whole request is larger than UPLOAD_MAX_REQUEST_SIZE.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave making the file to the next handler."""
