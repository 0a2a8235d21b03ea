"""One's own second factor and e-mails, and what an administrator does about others' log-in."""

import json
from base64 import b32encode
from operator import attrgetter
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from policies.mail.notices import KINDS, SINGLE
from policies.mail.staff_mails import DIGEST_HOUR
from policies.models import MailOptOut, People, SamePerson
from policies.staff.accounts import passkeys, records, second_factor, sign_on, throttling
from policies.staff.accounts.confirming import CodeForm, confirmed, too_soon
from policies.staff.forms import DeskForm, Text
from policies.staff.guards import user_of
from policies.staff.pages import button_of, render_staff_page

# The light border that a QR code needs to be found, in modules (ISO/IEC 18004, section 5.3.8).
QUIET_ZONE = 4


@require_http_methods(["GET", "POST"])
@confirmed("change how you log in")
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Show one's own second factor; add to it, make new recovery codes, or remove a part of it."""
    if sign_on.is_by_provider(user_of(request)):
        messages.info(request, "You log in with single sign-on, which has its own second factor.")
        return redirect("admin:index")
    buttons = {"begin": _begin, "finish": _finish, "codes": _new_codes, "remove": _remove}
    buttons |= {"new_passkey": _new_passkey, "add_passkey": _add_passkey}
    if pressed := buttons.get(button_of(request)):
        return pressed(request)
    context = {"title": "Second factor", **_second_factor_of(user_of(request))}
    return render_staff_page(request, "second_factor.html", context)


def _second_factor_of(account: User) -> dict[str, Any]:
    return {
        "device": second_factor.device_of(account),
        "passkeys": passkeys.passkeys_of(account),
        "codes_left": second_factor.recovery_codes_left(account),
        "two_factor": settings.TWO_FACTOR,
    }


def _begin(request: HttpRequest) -> HttpResponse:
    second_factor.begin(user_of(request))
    return _set_up(request)


def _set_up(request: HttpRequest, problem: str = "") -> HttpResponse:
    device = second_factor.pending_device_of(user_of(request))
    if device is None:
        return redirect("admin:policies_second_factor")
    key, address = b32encode(device.bin_key).decode(), device.config_url
    # A QR code, as the side of a square and a path in it (SVG 2, section 9.3).
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=QUIET_ZONE))
    dark = ""
    for y, row in enumerate(rows):
        dark += "".join(f"M{x} {y}h1v1h-1z" for x, bit in enumerate(row) if bit)
    context = {
        "title": "Set up your authenticator",
        "problem": problem,
        "address": address,
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "side": len(rows),
        "path": dark,
    }
    return render_staff_page(request, "second_factor_set_up.html", context, refused=bool(problem))


def _finish(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    had_one = second_factor.device_of(user) is not None
    answer = second_factor.finish(user, CodeForm(request.POST).value("code") or "")
    if not answer.is_right:
        wrong = "That code is wrong. Enter the six digits that your authenticator shows now."
        return _set_up(request, too_soon(answer) or wrong)
    second_factor.keep_only_this_session(request)
    words = "Second factor replaced." if had_one else "Second factor set up."
    records.changed(user, words, by=user)
    return _shown_once(request, "Your second factor is set up.")


class FactorForm(DeskForm):
    name, passkey, factor = Text(), Text(), Text()


def _new_passkey(request: HttpRequest, problem: str = "") -> HttpResponse:
    options = json.dumps(passkeys.offer(request, user_of(request)))
    context = {"title": "Add a passkey", "problem": problem, "options": options}
    return render_staff_page(request, "passkey.html", context, refused=bool(problem))


def _add_passkey(request: HttpRequest) -> HttpResponse:
    user, form = user_of(request), FactorForm(request.POST)
    name = form.value("name") or ""
    try:
        passkeys.add(request, user, name, form.value("passkey") or "")
    except passkeys.PasskeyRefused as refused:
        return _new_passkey(request, str(refused))
    second_factor.keep_only_this_session(request)
    records.changed(user, f"Passkey “{name}” added.", by=user)
    if not second_factor.recovery_codes_left(user):
        return _shown_once(request, "Your passkey was added.")
    messages.success(request, f"Passkey “{name}” added.")
    return redirect("admin:policies_second_factor")


def _new_codes(request: HttpRequest) -> HttpResponse:
    if not second_factor.factors_of(user_of(request)):
        return redirect("admin:policies_second_factor")
    records.changed(user_of(request), "New recovery codes made.", by=user_of(request))
    return _shown_once(request, "Your previous recovery codes no longer work.")


def _shown_once(request: HttpRequest, done: str) -> HttpResponse:
    codes = second_factor.new_recovery_codes(user_of(request))
    context = {"title": "Your recovery codes", "codes": codes, "done": done}
    return render_staff_page(request, "recovery_codes.html", context)


@transaction.atomic
def _remove(request: HttpRequest) -> HttpResponse:
    user, chosen = user_of(request), FactorForm(request.POST).value("factor")
    second_factor.lock_factors_of(user)
    factors = second_factor.factors_of(user)
    if settings.TWO_FACTOR != "optional" and len(factors) == 1:
        messages.error(request, "Everybody needs a second factor on this site. Add another first.")
    elif chosen in factors:
        removed = second_factor.remove_one(user, chosen)
        second_factor.keep_only_this_session(request)
        records.changed(user, f"{removed} removed.", by=user)
        messages.success(request, f"{removed} removed.")
    return redirect("admin:policies_second_factor")


# --- One's own e-mails ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """Show and save the user's own choice. All staff may use this page, each for themselves."""
    user = user_of(request)
    if request.method == "POST":
        wanted = KINDS.keys() & set(request.POST.getlist("kind"))
        often = request.POST.get("often")
        if often not in {"each", "daily"}:  # no box ticked is a choice; this is always sent
            messages.error(request, "The form did not arrive as it was sent. Nothing was saved.")
            return redirect("admin:policies_mail")
        wanted |= {SINGLE} if often == "each" else set()
        kinds = (*KINDS, SINGLE)
        unwanted = [MailOptOut(user=user, kind=kind) for kind in kinds if kind not in wanted]
        with transaction.atomic():
            MailOptOut.objects.filter(user=user, kind__in=wanted).delete()
            MailOptOut.objects.bulk_create(unwanted, ignore_conflicts=True)
        messages.success(request, "Saved.")
        return redirect("admin:policies_mail")
    off = set(MailOptOut.objects.filter(user=user).values_list("kind", flat=True))
    context = {
        "title": "Your e-mails",
        "kinds": [(name, kind, name not in off) for name, kind in KINDS.items()],
        "is_daily": SINGLE in off,
        "digest_hour": DIGEST_HOUR,
        "time_zone": settings.TIME_ZONE,
        "may_change_account": user.has_perm("auth.change_user"),
    }
    return render_staff_page(request, "mail.html", context)


# --- Of other accounts -------------------------------------------------------------------------


class AccountForm(DeskForm):
    subject = Text()
    username = Text()


@require_http_methods(["GET", "POST"])
@confirmed("change how somebody logs in")
def of_account(request: HttpRequest, account: User) -> HttpResponse:
    """Show what keeps somebody out; lift a lock, or remove a second factor that is lost."""
    if request.method == "POST":
        if button_of(request) == "lift":
            throttling.unlock(account.get_username())
            records.record(account, "Lock of the log-in lifted.", by=user_of(request))
            messages.success(request, "Unlocked. They can try again at once.")
        elif button_of(request) == "remove":
            second_factor.remove(account)
            second_factor.end_sessions(request, account)
            words = "Second factor removed by an administrator."
            records.changed(account, words, by=user_of(request))
            messages.success(request, "Second factor removed. Their sessions have ended.")
        elif button_of(request) == "link":
            _link(request, account)
        elif button_of(request) == "unlink":
            sign_on.unlink(account, by=user_of(request))
            messages.success(request, "Unlinked. Their sessions have ended.")
        elif button_of(request) in {"declare", "undo"} and user_of(request).is_superuser:
            _declare(request, account, is_same=button_of(request) == "declare")
        return redirect("admin:auth_user_log_in", account.pk)
    context = {
        "title": f"Log-in of {account}",
        "account": account,
        "is_by_provider": sign_on.is_by_provider(account),
        "link": sign_on.link_of(account),
        "others": _others_of(account),
        "locked_until": throttling.lock_of_account(account.get_username()),
        **_second_factor_of(account),
    }
    return render_staff_page(request, "account_log_in.html", context)


def _others_of(account: User) -> list[tuple[User, list[str]]]:
    """Return the other accounts of the same person, each with the reasons why."""
    people, found = People(), []
    others = people.accounts_of({account.pk}) - {account.pk}
    for other in User.objects.filter(pk__in=others).order_by("username"):
        pair = {account.pk, other.pk}
        found.append((other, [why for (why, _), same in people.shared.items() if pair <= same]))
    return found


def _declare(request: HttpRequest, account: User, *, is_same: bool) -> None:
    """Declare that another account belongs to the same person, or undo that, on record in both."""
    username = AccountForm(request.POST).value("username") or ""
    other = User.objects.filter(username=username).exclude(pk=account.pk).first()
    if other is None:
        messages.error(request, "There is no other account with this user name. Check it.")
        return
    first, second = sorted([account, other], key=attrgetter("pk"))
    declared = "Declared" if is_same else "No longer declared"
    words = f"{declared} to belong to the same person as the account"
    with transaction.atomic():
        if is_same:
            _, is_changed = SamePerson.objects.get_or_create(first=first, second=second)
        else:
            is_changed = SamePerson.objects.filter(first=first, second=second).delete()[0] > 0
        if is_changed:
            records.changed(account, f"{words} “{other}”.", by=user_of(request))
            records.changed(other, f"{words} “{account}”.", by=user_of(request))
    messages.success(request, f"{words} “{other}”.")


def _link(request: HttpRequest, account: User) -> None:
    try:
        sign_on.link(account, AccountForm(request.POST).value("subject") or "", by=user_of(request))
        messages.success(request, "Linked. They can log in with single sign-on.")
    except sign_on.SignOnRefused as refused:
        messages.error(request, str(refused))
