"""Kinds of column that the models share, and their valid values.

The author of an act is stored in two ways: as a user id without a foreign-key constraint (Actor),
so that removing an account neither erases history nor is stopped by it; and as a name in the audit.
"""

from __future__ import annotations

import functools
import zoneinfo

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Length

from policies.permissions import action_of, audit_word
from policies.text.limits import MAX_SLUG, SLUG
from policies.text.short_text import in_short

models.TextField.register_lookup(Length)
models.CharField.register_lookup(Length)


def Actor(*, db_column: str | None = None) -> models.ForeignKey[User | None, User | None]:  # noqa: N802  reads as a field
    """A user who did something. Outlives the user's account: see the module's docstring."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        db_column=db_column,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
    )


def Person() -> models.ForeignKey[User, User]:  # noqa: N802
    """The same where there always is one."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )


def by_someone(act: str, *, name: str) -> models.CheckConstraint:
    """A constraint: an act has a time and an author, or neither."""
    neither = models.Q((f"{act}_at__isnull", True), (f"{act}_by__isnull", True))
    both = models.Q((f"{act}_at__isnull", False), (f"{act}_by__isnull", False))
    return models.CheckConstraint(condition=neither | both, name=name)


def Digest(*, blank: bool = False, unique: bool = False) -> models.CharField[str, str]:  # noqa: N802
    """A SHA-256 as 64 lower-case hex digits."""
    return models.CharField(max_length=64, blank=blank, unique=unique)


class Record(models.Model):
    """Rows that the admin neither lists nor names: no permissions, and no `__str__`."""

    class Meta:
        abstract = True
        default_permissions = ()


class Outgoing(Record):
    """What is to be sent (outbox.py). tried_at: when somebody last began. sent_at: when it was
    accepted. Between the two, it is not known whether the receiver has it.
    """

    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        abstract = True


class ActionField(models.CharField):  # type: ignore[type-arg]  # generic for the checker only
    """An action of permissions.ACTIONS, stored under the word that the audit has always used."""

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return None if value is None else action_of(value)

    def get_prep_value(self, value: str | None) -> str | None:
        return None if value is None else audit_word(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Return the stored word, for a backup."""
        return audit_word(self.value_from_object(obj))


# Asking opens every file of the time zone database: once in a process is enough.
@functools.cache
def time_zones() -> frozenset[str]:
    """Return the names of the zones that mean the same on every machine."""
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"})


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone such as Europe/Berlin."""
    if name not in time_zones():
        raise ValidationError(
            f"{in_short(name)} is not a time zone. Use a name such as Europe/Berlin."
        )


def default_time_zone() -> str:
    return str(settings.TIME_ZONE)


# First parts of the site's other addresses, language tags among them.
RESERVED_SLUGS = frozenset(
    (
        *("admin", "checkpoint", "healthz", "ledger", "metrics", "preview", "readyz", "schemas"),
        *("static", "tile", *LANG_INFO),
    )
)

validate_slug_signs = RegexValidator(
    rf"\A{SLUG}\Z", "Use lower-case letters, digits and single hyphens."
)


def validate_slug(slug: str) -> None:
    """Raise ValidationError unless a policy can be found under this slug."""
    validate_slug_signs(slug)
    if len(slug) > MAX_SLUG:
        raise ValidationError(f"An address has at most {MAX_SLUG} characters.")
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"/{slug}/ is reserved for the site itself. Choose another address.")


def validate_language(language: str) -> None:
    """Raise ValidationError unless a policy can have its pages in this language (a BCP 47 tag)."""
    if language not in LANG_INFO:
        raise ValidationError("This language is not supported. Use a code such as en, de or pt-br.")
