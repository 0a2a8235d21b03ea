#!/usr/bin/env python
"""Django's command line for this site."""

import errno
import io
import os
import sys

# What the machine refuses to whoever runs a command: rights, a full disk, a closed pipe.
REFUSED = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.EPIPE),
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
}

# What runs by itself while the site is up (docs/deploying), also while its database is moved away.
# Like a server, it makes no empty SQLite file then, whose journal the servers would go on using.
BESIDE_THE_SITE = {
    *("backup", "export_site", "forget_log_ins"),
    *("send_notices", "send_reminders", "send_webhooks"),
}


def record(arguments: list[str], *, succeeded: bool) -> None:
    """Keep when a regular job ended, unless it was only asked what it would do."""
    from django.apps import apps

    if not apps.ready or {"--help", "-h", "--dry-run"} & {*arguments}:
        return
    from policies.operations import job_runs

    name = "".join(arguments[:1])
    if name in job_runs.JOBS:
        job_runs.record(name, succeeded=succeeded)


def main() -> None:
    """Run a command. Mistakes in the settings, a database that fails, and a file that can't be
    written take one line each.

    With --traceback, as everywhere in Django, they end in a traceback.
    """
    sys.stdout = sys.stdout or io.StringIO()  # whoever started this has closed it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, DataError, IntegrityError

    if BESIDE_THE_SITE & {*sys.argv[1:2]}:
        from softphonez_site.sqlite.base import DatabaseWrapper

        DatabaseWrapper.may_make_file = False
    try:
        try:
            succeeded = False
            execute_from_command_line(sys.argv)
            succeeded = True
        finally:
            record(sys.argv[1:], succeeded=succeeded)
            sys.stdout.flush()  # at its end, Python would only print that it ignores a closed pipe
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error).strip())
    except DatabaseError as error:
        # Those two are mistakes in the code, not of the database.
        if "--traceback" in sys.argv or isinstance(error, (DataError, IntegrityError)):
            raise
        from softphonez_site.database_words import explained

        sys.exit(explained(error))
    except OSError as error:
        if "--traceback" in sys.argv or error.errno not in REFUSED:
            raise
        if error.errno == errno.EPIPE:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(
                "The command stopped when what read its output, such as head, had ended. "
                "Some or all of its work may be done: run it again without the pipe to see."
            )
        from softphonez_site.values import user_name

        where = f"{error.filename}: " if error.filename else ""
        sys.exit(
            f"The command could not finish: {where}{error.strerror}. It ran as {user_name()}. "
            "--traceback shows where it was."
        )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.unraisablehook = lambda _: None  # what was stopped half-way has nothing to add
        sys.stderr.write("\nStopped.\n")
        sys.exit(130)
