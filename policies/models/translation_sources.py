"""What versions of translations were made from, and what is in force now. Derived, never stored."""

from dataclasses import dataclass
from datetime import datetime

from policies.models.policy import Policy
from policies.models.revision import Revision


@dataclass(frozen=True)
class TranslatedFrom:
    """What a version of a translation was made from, and what is in force now.

    version: None where it was not recorded. in_force: of the authoritative policy, None for none.
    """

    source: Policy
    version: Revision | None
    in_force: Revision | None

    @property
    def is_behind(self) -> bool:
        """Whether a newer version than the translated one is in force."""
        return _number(self.version) < _number(self.in_force) and self.version is not None

    @property
    def is_ahead(self) -> bool:
        """Whether the translated version is not in force: it is upcoming, or was withdrawn."""
        return _number(self.version) > _number(self.in_force)


def translated_from(
    version: Revision, *, at: datetime, source: Policy | None = None
) -> TranslatedFrom | None:
    """Return what a version was translated from: None if it is no translation. Two queries."""
    if version.policy.translation_of_id is None:
        return None
    source = source or version.policy.translation_of
    assert source is not None  # noqa: S101  its id is not
    in_force = source.revisions.effective(at=at).first()
    return TranslatedFrom(source, version.translated_version, in_force)


def _number(version: Revision | None) -> int:
    return (version.number if version else 0) or 0
