"""The page and the message after too many wrong passwords or codes."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from policies.staff.accounts import throttling
from policies.staff.accounts.second_factor import Answer
from policies.text.short_text import counted


def locked_out(request: HttpRequest, username: str) -> HttpResponse:
    """Show when the lock ends, and what to do: 429, with Retry-After (RFC 6585, section 4)."""
    opens = throttling.lock_of(request, {"username": username}) or timezone.now()
    seconds = _seconds_to(opens)
    context = {
        **admin.site.each_context(request),
        "title": "Locked for a while",
        "opens": opens,
        "minutes": ceil(seconds / 60),
    }
    response = render(request, "admin/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def too_soon(answer: Answer) -> str:
    """Return the message for a code that came too soon after wrong ones; "" if it did not."""
    if answer.wait_until is None:
        return ""
    seconds = _seconds_to(answer.wait_until)
    how_long = counted(seconds, "second") if seconds < 120 else f"{ceil(seconds / 60)} minutes"
    return f"You entered a wrong code. Wait {how_long}, then enter the newest one."


def _seconds_to(instant: datetime) -> int:
    return max(1, ceil((instant - timezone.now()).total_seconds()))
