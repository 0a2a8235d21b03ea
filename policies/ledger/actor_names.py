"""What people are called in the history: by their names, not by their accounts."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from policies.text.short_text import cut, has_visible_characters

# Characters, as many as the audit's column has. Django's accounts have room for 150 of a first name
# and as many of a last one.
MAX_NAME = 200
# Of an account that is gone.
NOBODY_HERE = "somebody who has left"


def name_of(user: User | None) -> str:
    """Return a person's name for the history, shortened to MAX_NAME."""
    if user is None:
        return "the command line"
    full_name = user.get_full_name()
    return cut(full_name if has_visible_characters(full_name) else user.get_username(), MAX_NAME)


def name_of_id(user_id: int | None) -> str:
    """Return the name that a person has today, as `names_of` does."""
    return names_of([user_id])[user_id]


def names_of(user_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return the names that people have today, by user id. (The audit keeps those of then.)"""
    wanted = set(user_ids)
    users = User.objects.in_bulk([user_id for user_id in wanted if user_id])
    return {
        user_id: name_of(users[user_id]) if user_id in users else NOBODY_HERE for user_id in wanted
    }
