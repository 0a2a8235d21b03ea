"""System checks: what must hold before the site may be trusted."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, User
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from policies.database import migration_state, triggers
from policies.permissions import ACTIONS
from policies.roles import ROLES
from policies.text.short_text import counted


@register(Tags.database)
def is_migrated(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report a database that lacks some or all migrations of this version. (`migrate` itself and
    `makemigrations --check` don't run this check.)
    """
    missing = {alias: migration_state.missing(connections[alias]) for alias in databases or ()}
    return [
        Error(
            f"The database {alias!r} is not at this version's state: it lacks "
            f"{counted(len(names), 'migration')}, the first of them {names[0]}.",
            hint="Run `manage.py migrate`.",
            id="policies.E004",
        )
        for alias, names in missing.items()
        if names
    ]


@register(Tags.database)
def somebody_can_log_in(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Report single sign-on that lets no superuser in: nobody could link an account or give roles.
    Also roles and groups that don't exist.
    """
    problems: list[CheckMessage] = []
    for alias in databases or ():
        if not settings.OIDC_ISSUER or migration_state.missing(connections[alias]):
            continue
        groups = Group.objects.using(alias).values_list("name", flat=True)
        if unknown := {role for _, role in settings.OIDC_ROLES}.difference(groups):
            words = f"OIDC_ROLES names roles that don't exist: {', '.join(sorted(unknown))}."
            hint = f"The roles are {', '.join(ROLES)}, and each group that was made here."
            problems.append(Error(words, hint=hint, id="policies.E009"))
        if not _superusers_at(alias):
            words = (
                "OIDC_ISSUER is set, and no superuser could log in: none is linked to the "
                "provider, and OIDC_EMERGENCY_ACCOUNTS names none who has a password."
            )
            hint = "Name one there; `manage.py createsuperuser` makes one."
            problems.append(Error(words, hint=hint, id="policies.E010"))
    return problems


def _superusers_at(alias: str) -> list[User]:
    """Return the superusers who can log in while there is single sign-on."""
    found = User.objects.using(alias).filter(is_superuser=True, is_active=True, is_staff=True)
    named = found.filter(username__in=settings.OIDC_EMERGENCY_ACCOUNTS)
    linked = found.filter(sign_on__issuer=settings.OIDC_ISSUER)
    return [*linked, *(user for user in named if user.has_usable_password())]


@register(Tags.database)
def nothing_gets_around_the_rules(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Report what others put into the database that could get around the rules."""
    return [
        Error(
            f"In the database {alias!r}, {words} does not belong to the site. It could get around "
            "the rules, or mislead the site's queries.",
            hint="Find out who made it, remove it, and run `manage.py verify`.",
            id="policies.E006",
        )
        for alias in databases or ()
        for words in triggers.foreign(connections[alias])
    ]


@register(Tags.database, deploy=True)
def account_can_only_change_rows(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of a PostgreSQL account that could do more to the rules than the site needs."""
    return [
        checks.Warning(
            f"The site's account in the database {alias!r} may create objects in its schema, or "
            "owns its tables. Whoever gets hold of it can switch the rules off.",
            hint="Give it one of its own (docs/deploying.md, Two accounts for PostgreSQL).",
            id="policies.W003",
        )
        for alias in databases or ()
        if connections[alias].vendor == "postgresql" and triggers.can_be_removed(connections[alias])
    ]


@register(Tags.database)
def triggers_are_in_place(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Report each trigger that is missing, switched off or changed."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if "policies_revision" not in connection.introspection.table_names():
            continue  # before the first migrate there is nothing to guard: is_migrated says so
        problems += [
            Error(
                f"The trigger {name} is missing or changed in the database {alias!r}, so "
                "nothing protects what it guards.",
                hint="After an upgrade, run `manage.py migrate`. Otherwise find out who removed "
                "it, then run `manage.py migrate` and `manage.py verify`.",
                id="policies.E001",
            )
            for name in triggers.missing(connection)
        ]
    return problems


@register(Tags.database)
def can_be_written(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report an SQLite file that this user can read but not change: nobody could log in."""
    return [
        Error(
            f"{file} can't be written by the user who runs this.",
            hint="Run this as the site's user, and give that user the file and its folder.",
            id="policies.E002",
        )
        for file in _sqlite_files(databases)
        if not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))
    ]


@register(Tags.database)
def is_private(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of an SQLite file that others can read: drafts and the keys of log-ins are in it."""
    return [
        checks.Warning(
            f"{file} can be read by users other than its owner.",
            hint=f"chmod 600 {file}*",
            id="policies.W002",
        )
        for file in _sqlite_files(databases)
        if file.stat().st_mode & 0o077
    ]


def _sqlite_files(databases: Sequence[str] | None) -> Iterator[Path]:
    """Yield the files of these databases that exist, and that are in a folder we may look into."""
    for connection in map(connections.__getitem__, databases or ()):
        file = Path(str(connection.settings_dict["NAME"]))
        with suppress(PermissionError):
            if connection.vendor == "sqlite" and file.is_file():
                yield file


@register(Tags.staticfiles, deploy=True)
def files_are_collected(**kwargs: Any) -> list[CheckMessage]:
    """Report that nobody ran `collectstatic`, without which every page of the desk fails. Not where
    the database is in memory: that is no site, but `make check`.
    """
    is_no_site = connections["default"].settings_dict["NAME"] == ":memory:"
    if settings.DEBUG or not settings.STAFF or is_no_site:
        return []
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return []
    return [
        Error(
            f"{settings.STATIC_ROOT} has no files for the desk, so its pages fail.",
            hint="Run `manage.py collectstatic --no-input`.",
            id="policies.E003",
        )
    ]


@register()
def permissions_exist(**kwargs: Any) -> list[CheckMessage]:
    """Report a permission that a role or an action names, and that no model has."""
    codenames: set[str] = set()
    for model in apps.get_app_config("policies").get_models():
        options = model._meta
        codenames |= {get_permission_codename(act, options) for act in options.default_permissions}
        codenames |= {codename for codename, _ in options.permissions}
    existing = {f"policies.{codename}" for codename in codenames}
    named = [(f"The role {role}", names) for role, names in ROLES.items()]
    named += [(f"The action {name}", action.permissions) for name, action in ACTIONS.items()]
    return [
        Error(
            f"{what} names the permission {permission}, which does not exist.",
            hint="Correct the name, or add the permission to PERMISSIONS in "
            "policies/permissions.py.",
            id="policies.E005",
        )
        for what, permissions in named
        for permission in permissions
        if permission not in existing
    ]


@register(Tags.security, deploy=True)
def mail_is_sent(**kwargs: Any) -> list[CheckMessage]:
    """Warn of a public site whose e-mails reach nobody."""
    if not settings.HTTPS or "smtp" in settings.EMAIL_BACKEND:
        return []
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    written = {"console": "written to the server's output", "filebased": "written to files"}
    return [
        checks.Warning(
            f"E-mails are {written.get(kind, 'thrown away')}, and count as sent.",
            hint="Set EMAIL_URL to your mail server (.env.example).",
            id="policies.W001",
        )
    ]
