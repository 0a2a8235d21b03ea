"""Who logs in at an OpenID provider. What happened to these is in the history of each account."""

from django.conf import settings
from django.db import models

from policies.models.fields import Record


class SignOn(Record):
    """The person of a provider to whom an account belongs: issuer and subject, never an address.

    issuer: of no provider once the account was unlinked.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_on"
    )
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)  # at most (OpenID Connect Core 1.0, section 2)

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="sign_on_of_one_account")
        ]


class SignOnRenewal(Record):
    """When the provider last confirmed that a person may log in, and with what it is asked again:
    "" if it gave no such token. In no backup.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    refresh_token = models.TextField()
    renewed_at = models.DateTimeField()
