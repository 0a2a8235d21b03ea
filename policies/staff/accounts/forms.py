"""The forms of logging in, beside Django's own, and of confirming one's identity."""

from __future__ import annotations

from policies.staff.form_base import DeskForm, Text


class CodeForm(DeskForm):
    code = Text()


class LogInForm(CodeForm):
    """The second step of the log-in. state: who gave the password. kept: a form to be resubmitted.

    next: the address to lead to.
    """

    state = Text()
    kept = Text(strip=False)
    next = Text()


class ConfirmForm(DeskForm):
    """What proves that it is still the same person. sent: the form that waits for it, as text."""

    password = Text(strip=False)
    code = Text()
    sent = Text(strip=False)
