#!/usr/bin/env python
"""Django's command line for this site."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError


def main() -> None:
    """Run a command. What is wrong with the settings or the database is told in its own words.

    With --traceback, as everywhere in Django, also where it was found.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error).strip())
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        from softphonez_site.database_words import explained

        sys.exit(explained(error))


if __name__ == "__main__":
    main()
