#!/usr/bin/env python
"""Django's command line for this site."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def main() -> None:
    """Run a command. What is wrong with the settings or the database is told in its own words.

    With --traceback, as everywhere in Django, also where it was found.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError) as error:
        if "--traceback" in sys.argv:
            raise
        what = "The database can't be used: " if isinstance(error, OperationalError) else ""
        sys.exit(f"{what}{error}".strip())


if __name__ == "__main__":
    main()
