#!/usr/bin/env python
"""Django's command line for this site."""

import os
import sys


def main() -> None:
    """Run a command. Mistakes in the settings, and a database that fails, take one line each.

    With --traceback, as everywhere in Django, they end in a traceback.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

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
    try:
        main()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        sys.exit(130)
