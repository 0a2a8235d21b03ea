"""`manage.py createsuperuser`: Django's own, but it checks DJANGO_SUPERUSER_PASSWORD as well.

Django's own checks only a password that is typed (and offers to take a weak one all the same).
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
