"""`manage.py first_run`: fill a new site with its policies and one account to begin with."""

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from policies.management import arguments
from policies.staff.accounts.records import new_password


class Command(BaseCommand):
    help = (
        "Import and publish the policies in content/, then create a superuser with a random "
        "password and print it. On a site that has ever had a staff account: do nothing, since "
        "what staff have published since must not be undone by the files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--username", type=arguments.not_empty, default="admin", help="default: %(default)s"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model()._default_manager
        # Deactivated ones count: if nobody can log in, that is somebody's decision.
        if users.filter(is_staff=True).exists():
            return
        # The account comes last: a first run that was broken off can so be repeated. And since what
        # is published stays for ever, nothing is published while a file can't be taken.
        # The ledger would log what the import prints.
        with arguments.log_level_at_least(logging.WARNING, "policies.ledger"):
            call_command(
                "import_policies",
                publish=True,
                all_or_none=True,
                despite_blocks="It was in content/ at the first run.",
                verbosity=0,
                stdout=self.stdout,
                stderr=self.stderr,
            )
        password = new_password()
        try:
            users.create_superuser(username=options["username"], email="", password=password)
        except IntegrityError as error:
            raise CommandError(
                f"There is an account {options['username']} already. If another first_run is "
                "running, it prints the password. If not, name another one with --username."
            ) from error
        line = "-" * 72
        self.stdout.write(
            f"{line}\n"
            "The first account for /admin/. The password is shown this once and kept nowhere:\n\n"
            f"    user name  {options['username']}\n"
            f"    password   {password}\n\n"
            f"To change it: .venv/bin/python manage.py changepassword {options['username']}\n"
            f"{line}"
        )
