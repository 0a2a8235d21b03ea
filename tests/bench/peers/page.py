"""The page that every peer serves."""

import json
import os
from pathlib import Path
from typing import Any

PAGE: dict[str, Any] = json.loads(Path(os.environ["PEERS_PAGE"]).read_text(encoding="utf-8"))
FOLDER = Path(os.environ["PEERS_FOLDER"])
