"""The page that every peer serves."""

import json
import os
from pathlib import Path

PAGE = json.loads(Path(os.environ["PEERS_PAGE"]).read_text(encoding="utf-8"))
FOLDER = Path(os.environ["PEERS_FOLDER"])
