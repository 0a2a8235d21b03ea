"""Where static files are kept: under names that hold their digest, and compressed.

Each is written beside its place and then renamed. collectstatic leaves alone what is there, so half
a file, of a full disk or of a run that was killed, would be served for ever.
"""

import re
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

PART = ".part"

# What explains our own scripts, and gives the type checker its types, is a sixth of their bytes.
OUR_SCRIPT = re.compile(r"policies/.+\.js")
COMMENT = re.compile(rb"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)


class WholeFiles(Compressor):  # type: ignore[misc]  # whitenoise has no types
    def write_data(self, path: str, data: bytes, suffix: str, stat_result: Any) -> str:
        part = super().write_data(path, data, suffix + PART, stat_result)
        return str(Path(part).replace(path + suffix))


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    # The editor's scripts import each other, and so need each other's new names.
    support_js_module_import_aggregation = True
    max_post_process_passes = 12  # one for each level of those imports; today there are eight

    def create_compressor(self, **options: Any) -> WholeFiles:
        return WholeFiles(**options)

    def _save(self, name: str, content: Any) -> str:
        if OUR_SCRIPT.fullmatch(name):
            content = ContentFile(COMMENT.sub(b"", b"".join(content.chunks())))
        self.delete(name + PART)  # of a run that failed
        part = super()._save(name + PART, content)
        Path(self.path(part)).replace(self.path(name))
        return name
