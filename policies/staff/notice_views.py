"""The notice that readers are given: its period, and the form that publishes and keeps to it."""

from typing import Any

from django.utils import timezone

from policies.models import Revision
from policies.staff.forms import DeskForm, PublishForm, Text, WholeNumber
from policies.staff.pages import action_button, policy_url
from policies.text.limits import MAX_NOTICE_DAYS
from policies.workflow.notice_periods import first_allowed


class NoticePeriodForm(DeskForm):
    days = WholeNumber(
        error=f"Enter the number of days, from 1 to {MAX_NOTICE_DAYS}, or nothing for none."
    )


set_notice_period = action_button(
    "set_notice_period", "Notice period saved.", after=policy_url, form=NoticePeriodForm
)


class NoticedPublishForm(PublishForm):
    """Proposes the first day that keeps to the notice period, or asks why it is not kept to.

    first_allowed: the start of that day by the policy's clock; None if no notice is asked for, as
    in an emergency or of a first version.
    """

    short_notice_reason = Text()

    def __init__(self, data: Any = None, *, revision: Revision, emergency: bool) -> None:
        super().__init__(data, revision=revision, emergency=emergency)
        asks = not (emergency or self.is_first)
        moment = first_allowed(self.policy, at=timezone.now()) if asks else None
        self.first_allowed = moment and moment.astimezone(self.policy.zone)
        if self.first_allowed:
            proposed = f"{self.first_allowed:%Y-%m-%dT%H:%M}"
            self.initial = {**self.initial, "when": "later", "effective": proposed}

    def arguments(self) -> dict[str, Any]:
        reason = self.cleaned_data["short_notice_reason"]
        return {
            **super().arguments(),
            **({} if self.emergency else {"short_notice_reason": reason}),
        }
