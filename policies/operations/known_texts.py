"""Whether the site has the text of a policy file already, so that the file brings nothing new."""

from typing import NamedTuple

from policies.models import Policy, Revision
from policies.operations import file_dates
from policies.states import Status
from policies.text.importing import FrontMatter


class KnownText(NamedTuple):
    """The version that makes a file redundant, with remarks.

    refused: the file goes back to an older text, so to leave that version as it is may be wrong.
    """

    version: Revision
    remarks: list[str]
    refused: bool = False


def imported_from(name: str) -> str:
    """Return how the reason for publishing a file begins. name: the file's, without its folder."""
    return f"Imported from {name}."


def find_known_text(
    policy: Policy, front: FrontMatter, digest: str, *, name: str, publish: bool
) -> KnownText | None:
    """Return what makes a file with this text redundant; None if it has something new.

    The newest version may have the same text. Or an older one had it, or one that was withdrawn,
    and the file has no later date. If no other text was imported since, the file is merely out of
    date. If one was, somebody went back to the older text: that becomes a draft. Published, it is
    the next version if the newest came from a file of this name and neither has another date; else
    it is refused.
    """
    newest, numbered = policy.revisions.newest(), policy.revisions.numbered().order_by("-number")
    if newest and newest.digest == digest and not has_other_source_version(newest, front):
        return KnownText(newest, file_dates.unused_date(front, newest))
    last = numbered.filter(digest=digest).first()
    if last is None or last == newest:
        return None
    is_withdrawn = last.status == Status.WITHDRAWN
    left = last if is_withdrawn or newest is None else newest
    imported = numbered.filter(created_by=None).first()  # by the command line
    goes_back = imported is None or imported.digest != digest
    if file_dates.is_later(front, left) or (goes_back and not publish):
        return None
    # The file has no date, or that of the version.
    is_of_one_date = front.effective is None
    if front.last_updated:
        is_of_one_date = front.last_updated == left.last_updated_on
    if is_withdrawn:
        why = f"{last} had this text and was withdrawn: to publish it again, give it a later date"
    elif not goes_back:
        why = f"the file has the text of an older version, so {left} was left unchanged"
    elif is_of_one_date and left.basis_reason.startswith(imported_from(name)):
        return None
    else:
        why = (
            f"the file has the text of version {last.number}, which {left} has replaced: to "
            f"publish it again, give it a later date than {left.last_updated_on}, as its "
            "last_updated or effective"
        )
    return KnownText(left, [why], goes_back)


def source_number(source: Policy, front: FrontMatter) -> int | None:
    """Return the number of the version that a file was translated from; None if it is not known.

    A digest is surer than a number, which may be another version's on another site.
    """
    if not front.renders_digest:
        return front.renders
    versions = source.revisions.published().filter(digest=front.renders_digest)
    return versions.order_by("-number").values_list("number", flat=True).first()


def has_other_source_version(newest: Revision, front: FrontMatter) -> bool:
    """Return whether a file gives the newest version's text another version that it translates."""
    source = newest.policy.translation_of
    number = source_number(source, front) if source else None
    return number is not None and number != (
        newest.source_version.number if newest.source_version else None
    )
