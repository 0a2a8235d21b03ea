"""`manage.py create_demo_staff`: make a writer, a reviewer and a publisher, for a first tour."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from policies.staff.accounts.records import new_password

PEOPLE = {
    "demo-writer": ("Wanda", "Writer", "Writers"),
    "demo-reviewer": ("Ravi", "Reviewer", "Reviewers"),
    "demo-publisher": ("Pia", "Publisher", "Publishers"),
}


class Command(BaseCommand):
    help = (
        "Create three staff accounts for a tour of the desk: demo-writer, demo-reviewer and "
        "demo-publisher, with addresses at example.com. Their random passwords are shown only "
        "once; run the command again for new ones. Don't leave the accounts on a public site: "
        "deactivate them at the desk."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anyway", action="store_true", help="also on a site that is public (HTTPS=on)"
        )

    @transaction.atomic
    def handle(self, *args: Any, anyway: bool = False, **options: Any) -> None:
        if settings.HTTPS and not anyway:
            raise CommandError(
                "This site is public (HTTPS=on), where accounts for a tour do not belong. To "
                "create them nevertheless, add --anyway."
            )
        renewed = []
        for username, (first, last, role) in PEOPLE.items():
            user, is_new = User.objects.get_or_create(
                username=username, defaults={"first_name": first, "last_name": last}
            )
            renewed += [] if is_new else [username]
            password = new_password()
            user.is_staff = user.is_active = True
            user.email = user.email or f"{username}@example.com"
            user.save()
            # Without the e-mail about a changed password: it is shown on the screen.
            User.objects.filter(pk=user.pk).update(password=make_password(password))
            user.groups.add(Group.objects.get(name=role))
            self.stdout.write(f"{role[:-1]:<10} user name  {username:<15} password  {password}")
        if renewed:
            self.stdout.write(
                f"These accounts existed and have a new password: {', '.join(renewed)}."
            )
