"""`manage.py createsuperuser`, which takes no weak password, not even from the environment.

Django's own examines what is typed, offers to take it all the same, and takes
DJANGO_SUPERUSER_PASSWORD unseen.
"""

from __future__ import annotations

import os
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        given = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        if not options["interactive"] and given is not None:
            name = options.get("username") or os.environ.get("DJANGO_SUPERUSER_USERNAME", "")
            _examine(given, name)
        return super().handle(*args, **options)


def _examine(password: str, username: str) -> None:
    try:
        validate_password(password, get_user_model()(username=username))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
