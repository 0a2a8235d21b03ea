"""Which Chromium looks at the pages."""

import os
import shutil

# The first is the same browser without windows, which takes little more than half the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu"]
