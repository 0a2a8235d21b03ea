"""What users of the organisation are to learn of a version: the words of its notice.

In the language of the interface, by the policy's clock. They name the day and what changes, and
hold before and after that day.
"""

from datetime import datetime

from django.utils.translation import gettext

from policies import languages
from policies.models import Policy, Revision
from policies.states import Status
from policies.text.short_text import in_short

# Characters of the change note in a short text: what a push message or an SMS shows.
SHORT_NOTE = 160


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


def day(policy: Policy, moment: datetime | None) -> str:
    """Return the day of a time, as text that is no HTML; "" for none."""
    if moment is None:
        return ""
    return languages.written_day(policy.day_of(moment), languages.of_interface())
