"""What users of the organisation are to learn of a version: the words of its notice, ready to send.

In the language of the interface, by the policy's clock. Addresses are absolute.
"""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext

from policies import languages
from policies.models import Policy, Revision
from policies.models.policy import public_url
from policies.models.version_status import AdjacentVersions, VersionInfo, VersionStatus
from policies.public import pdfs
from policies.states import Status
from policies.text.short_text import in_short

# Characters of the change note in a short text: what a push message or an SMS shows.
SHORT_NOTE = 160


@dataclass(frozen=True)
class Notice:
    """The notice of a version.

    opening: what happens, and when. facts: days, after their labels. links: pairs of words and URL,
    the most important first. label, note: what changes, after its label. sentence: the publisher's.
    """

    subject: str
    short: str
    opening: str
    facts: list[tuple[str, str]]
    links: list[tuple[str, str]]
    label: str = ""
    note: str = ""
    sentence: str = ""

    def rendered(self, form: str, version: Revision) -> str:
        """Return the notice of a version as a mail. form: "html" or "txt"."""
        context = {"notice": self, "version": version, **languages.frame(version.policy.language)}
        return render_to_string(f"policies/notice.{form}", context)


def subject(version: Revision) -> str:
    """Return the subject of a numbered version's notice: Terms: new version from May 2, 2026."""
    about = {"title": version.title, "day": day(version.policy, version.effective_at)}
    if version.status == Status.WITHDRAWN:
        return gettext("%(title)s: no new version from %(day)s") % about
    return gettext("%(title)s: new version from %(day)s") % about


def short_text(version: Revision) -> str:
    """Return the notice on one line: the subject, and what changes or why it was withdrawn."""
    note = in_short(version.withdrawal_reason or version.change_note, SHORT_NOTE)
    return f"{subject(version)}. {note}".strip()


def notice_of(version_info: VersionInfo, adjacent: AdjacentVersions) -> Notice:
    """Return the notice of a numbered version, as it reads at the time of its status."""
    version, policy = version_info.version, version_info.version.policy
    before = adjacent.before.number if adjacent.before else None
    links = _links(version_info, before)
    return Notice(
        subject=subject(version),
        short=f"{short_text(version)} {links[0][1]}",
        opening=_opening(version_info, is_first=before is None),
        label=_label(version_info),
        note=version.withdrawal_reason or (version.change_note if before else ""),
        facts=[
            (gettext("Version"), str(version.number)),
            (gettext("Published"), day(policy, version.published_at)),
            _effect_fact(version_info),
            (gettext("Time zone"), policy.time_zone),
        ],
        links=links,
        sentence=languages.of_brand("sentence", policy.language)[1] or "",
    )


def _effect_fact(version_info: VersionInfo) -> tuple[str, str]:
    """Return when a version is, was or will be in force, after the label for that."""
    version = version_info.version
    since = day(version.policy, version.effective_at)
    match version_info.status:
        case VersionStatus.WITHDRAWN:
            return gettext("In force"), gettext("never")
        case VersionStatus.UPCOMING:
            return gettext("Takes effect"), since
        case VersionStatus.IN_FORCE:
            return gettext("In force since"), since
    return gettext("In force"), f"{since} – {day(version.policy, version_info.until)}"


def _opening(version_info: VersionInfo, *, is_first: bool) -> str:
    version, policy = version_info.version, version_info.version.policy
    about = {
        "number": version.number,
        "from": day(policy, version.effective_at),
        "until": day(policy, version_info.until),
        "withdrawn_on": day(policy, version.withdrawn_at),
    }
    match version_info.status:
        case VersionStatus.WITHDRAWN:
            withdrawn = gettext("Version %(number)s was withdrawn on %(withdrawn_on)s.") % about
            return f"{withdrawn} {gettext('It never took effect.')}"
        case VersionStatus.UPCOMING if is_first:
            opening = gettext("This policy takes effect on %(from)s.") % about
            return " ".join([opening, *sentences_on_moves(version)])
        case VersionStatus.UPCOMING:
            opening = gettext("This policy changes on %(from)s.") % about
            return " ".join([opening, *sentences_on_moves(version)])
        case VersionStatus.IN_FORCE:
            return gettext("Version %(number)s, in force since %(from)s.") % about
    ended = gettext("Version %(number)s, no longer in force.") % about
    return f"{ended} {gettext('It applied from %(from)s to %(until)s.') % about}"


def sentences_on_moves(version: Revision) -> list[str]:
    sentence = gettext("Announced for %(from)s; moved to %(to)s on %(on)s.")
    sentences = []
    for change in version.day_changes:
        times = {"from": change.before, "to": change.after, "on": change.at}
        sentences.append(sentence % {key: day(version.policy, at) for key, at in times.items()})
    return sentences


def _label(version_info: VersionInfo) -> str:
    if version_info.status == VersionStatus.WITHDRAWN:
        return gettext("Reason:")
    if version_info.status == VersionStatus.UPCOMING:
        return gettext("What will change:")
    return gettext("What changed:")


def _links(version_info: VersionInfo, before: int | None) -> list[tuple[str, str]]:
    """Return what changes first, then the text; a form to keep, and the text that applies now."""
    version, policy = version_info.version, version_info.version.policy
    number = version.number
    links = []
    if before:
        words = gettext("Changes since version %(number)s") % {"number": before}
        links.append((words, public_url(policy.url("compare", old=before, new=number))))
    words = gettext("Read version %(number)s") % {"number": number}
    links.append((words, public_url(policy.url("version", number=number))))
    words_of = {"pdf": "PDF", "word": "Word"}
    links += [(words_of[name], url) for name, url in file_urls(version).items()]
    if version_info.current and version_info.current != version:
        words = gettext("Read the current version")
        links.append((words, public_url(policy.get_absolute_url())))
    return links


def file_urls(version: Revision) -> dict[str, str]:
    """Return the URLs of a version's files that this site makes."""
    names = ("pdf", "word") if pdfs.are_made() else ("word",)
    return {name: public_url(version.policy.url(name, number=version.number)) for name in names}


def day(policy: Policy, moment: datetime | None) -> str:
    """Return the day of a time, as text that is no HTML; "" for none."""
    if moment is None:
        return ""
    return languages.written_day(policy.day_of(moment), languages.of_interface())
