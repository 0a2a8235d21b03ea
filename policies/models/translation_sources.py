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


def sources_of_translations(*, at: datetime, **among: object) -> dict[int, TranslatedFrom]:
    """Return what each translation's version in force was made from, by the policy's id: two
    queries. among: what narrows the revisions down, as `filter` takes it.
    """
    versions = list(
        Revision.objects.in_force(at=at)
        .filter(policy__translation_of__isnull=False, **among)
        .select_related("policy__translation_of", "source_version")
    )
    sources = {version.policy.translation_of_id for version in versions}
    in_force = {
        version.policy_id: version
        for version in Revision.objects.in_force(at=at).filter(policy__in=sources)
    }
    found: dict[int, TranslatedFrom] = {}
    for version in versions:
        source = version.policy.translation_of
        assert source is not None  # noqa: S101  filtered so
        found[version.policy_id] = TranslatedFrom(
            source, version.translated_version, in_force.get(source.pk)
        )
    return found


def _number(version: Revision | None) -> int:
    return (version.number if version else 0) or 0
