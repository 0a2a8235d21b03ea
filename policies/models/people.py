"""Which accounts belong to one person: who took part with one may not decide with another."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django.contrib.auth.models import User
from django.db import models

from policies.models.fields import Person


class SamePerson(models.Model):
    """A superuser has declared that two accounts belong to one person. first: the older one."""

    first = Person()
    second = Person()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="same_person_once")]

    def __str__(self) -> str:
        return f"accounts {self.first_id} and {self.second_id} belong to one person"


class People:
    """To whom accounts belong, as of the first question, which takes two queries."""

    @cached_property
    def shared(self) -> dict[tuple[str, object], set[int]]:
        """The accounts of one person, by why they are: ("same e-mail address", "a@example.com").

        Only administrators set addresses. Providers' addresses change: each one's subjects count.
        """
        shared: dict[tuple[str, object], set[int]] = defaultdict(set)
        for pk, address, subject in User.objects.values_list("pk", "email", "sign_on__subject"):
            if address := address.strip().casefold():
                shared["same e-mail address", address].add(pk)
            if subject:
                shared["same person at the OpenID provider", subject].add(pk)
        for pair in SamePerson.objects.all():
            shared["declared by an administrator", pair.pk] = {pair.first_id, pair.second_id}
        return {why: accounts for why, accounts in shared.items() if len(accounts) > 1}

    def accounts_of(self, accounts: Iterable[int]) -> set[int]:
        """Return these accounts and all others of the same people."""
        found, before = set(accounts), set[int]()
        while found != before:  # one account may lead to the next
            before = set(found)
            for same in self.shared.values():
                if found & same:
                    found |= same
        return found
