"""Random text for people to read and type: first passwords, recovery codes."""

from django.utils.crypto import get_random_string

# 31 characters, without those that are taken for each other when read from paper or a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def in_groups(groups: int, size: int) -> str:
    """Return random groups of so many characters, 4.95 bits each: "k7mq-2xw9-hb4t"."""
    return "-".join(get_random_string(size, _ALPHABET) for _ in range(groups))


def new_password() -> str:
    """Return a password of four groups of five characters, 99 bits in all."""
    return in_groups(4, 5)
