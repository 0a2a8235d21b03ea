"""Which accounts belong to one person: who took part with one may not decide with another."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast
from django.utils.encoding import punycode

from policies.models.fields import Person, Record
from policies.models.sign_on import SignOn

_ADDRESS = "same e-mail address"
_SUBJECT = "same person at the OpenID provider"
_DECLARED = "declared by an administrator"


class SamePerson(Record):
    """A superuser has declared that two accounts belong to one person. first: the older one."""

    first = Person()
    second = Person()

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="same_person_once")]


class People:
    """To whom accounts belong, as of the first question, which takes a query."""

    @cached_property
    def shared(self) -> dict[tuple[str, str], set[int]]:
        """The accounts of one person, by why they are: ("same e-mail address", "a@example.com").

        Only administrators set addresses. Providers' addresses change: each one's subjects count.
        """
        by_address = User.objects.values_list("pk", "email", Value(_ADDRESS))
        by_subject = SignOn.objects.values_list("user", "subject", Value(_SUBJECT))
        pair = Cast("pk", models.CharField())
        declared = [
            SamePerson.objects.values_list(account, pair, Value(_DECLARED))
            for account in ("first", "second")
        ]
        shared: dict[tuple[str, str], set[int]] = defaultdict(set)
        for account, what, why in by_address.order_by().union(by_subject, *declared).order_by():
            shared[why, _mailbox(what) if why == _ADDRESS else what].add(account)
        return {
            (why, what): accounts
            for (why, what), accounts in shared.items()
            if what and len(accounts) > 1
        }

    def accounts_of(self, accounts: Iterable[int]) -> set[int]:
        """Return these accounts and all others of the same people."""
        found, before = set(accounts), set[int]()
        while found != before:  # one account may lead to the next
            before = set(found)
            for same in self.shared.values():
                if found & same:
                    found |= same
        return found


def _mailbox(address: str) -> str:
    """Return what is the same of an address however it is written: its capitals make no difference
    to mail servers, nor whether its domain is in Unicode or in ASCII (RFC 5890).
    """
    name, at, domain = address.strip().casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = punycode(domain)
    return f"{name}{at}{domain}"
