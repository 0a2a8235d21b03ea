"""The staff's part of the site: Django admin under its own Content Security Policy, with a desk."""

from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from policies import child_process
from policies.http import resubmission
from policies.models import grants
from policies.permissions import MANAGE_WEBHOOKS
from policies.public.page import own_policy, with_policy
from policies.staff import dashboard, matrix, urls
from policies.staff.accounts import confirming, logging_in, second_factor, sign_on, sign_on_views
from policies.staff.guards import may_create, may_view, user_of
from policies.webhooks import witnesses

# Staff pages have scripts and forms, all of them ours and none inline.
STAFF_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    # A public page as it will be, on the desk's own pages.
    "frame-src": [SELF],
    "frame-ancestors": [NONE],
}


def under_staff_policy(view: Any) -> Any:
    """Send the staff's Content Security Policy, unless the view chose its own, as previews do."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        return response if own_policy(response) else with_policy(response, STAFF_POLICY)

    return guarded


# What is open without the second factor that one must have: the page that sets it up, the way out.
_FOR_SETTING_UP = frozenset({"policies_second_factor", "logout"})

_LOAD_AGAIN = "Nothing was saved. Copy what you typed, then load this page again."


def _resubmit(request: HttpRequest, title: str) -> HttpResponse:
    kept = resubmission.as_text(request.POST.lists())
    return logging_in.resubmit_page(request, kept, request.path, title=title, status=403)


class StaffSite(AdminSite):
    """Django's admin site, named after what is kept in it; its first page is the desk.

    A form that is sent after the session has ended is not lost: the log-in page carries what was
    typed, and the page after it sends it again.
    """

    site_header = "Policies"
    site_title = "Policies"
    index_title = "Your tasks"
    enable_nav_sidebar = False
    logout_template = "admin/logged_out.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor.is_passed(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                return self._without_permission(request) or inner(request, *args, **kwargs)
            match = request.resolver_match
            is_for_setting_up = match is not None and match.url_name in _FOR_SETTING_UP
            if not second_factor.is_missing(request) or is_for_setting_up:
                with child_process.on_behalf_of(f"account {request.user.pk}"):
                    return inner(request, *args, **kwargs)
            if request.method != "POST":
                return redirect("admin:policies_second_factor")
            return _resubmit(request, "Set up your second factor first")

        return under_staff_policy(guarded)

    @method_decorator([under_staff_policy, never_cache])
    def stale_form(self, request: HttpRequest) -> HttpResponse:
        """Keep what a page of ours sent with the token of an earlier log-in. A script gets the new
        token.
        """
        if not self.has_permission(request):
            return self._ask_to_log_in_again(request)
        if not request.accepts("text/html"):
            problem = f"You have logged in again since. {_LOAD_AGAIN}"
            return JsonResponse({"token": get_token(request), "problem": problem}, status=403)
        return _resubmit(request, "You have logged in again since you opened this page")

    def _without_permission(self, request: HttpRequest) -> HttpResponse | None:
        """End a session that is no longer enough; keep what was sent without one."""
        if super().has_permission(request):
            logout(request)
        if request.method == "POST" and request.path != reverse("admin:logout"):
            return self._ask_to_log_in_again(request)
        return None

    def _ask_to_log_in_again(self, request: HttpRequest) -> HttpResponse:
        if not request.accepts("text/html"):
            return JsonResponse({"problem": f"You are logged out. {_LOAD_AGAIN}"}, status=401)
        kept, target = resubmission.as_text(request.POST.lists()), request.path
        request.method = "GET"
        login = reverse("admin:login", current_app=self.name)
        request.path = request.path_info = login
        shown: HttpResponse = self.login(request, {"kept": kept, "next": target, "app_path": login})
        return shown

    @method_decorator([under_staff_policy, never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": "Log in",
            "app_path": request.get_full_path(),
            "kept": request.POST.get("kept", ""),
            **(extra_context or {}),
        }
        context["fields"] = resubmission.from_text(context["kept"])
        context["stranger"] = sign_on.stranger_in(request)
        context["emergency_accounts"] = settings.OIDC_EMERGENCY_ACCOUNTS
        return logging_in.StaffLogin.as_view(extra_context=context)(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Hold guesses of the old password to the limits of the log-in."""
        if sign_on.is_by_provider(user_of(request)):
            messages.info(request, "You log in with single sign-on: there is no password here.")
            return redirect("admin:index")
        if typed := request.POST.get("old_password"):
            answer = confirming.check_own_password(request, typed)
            if not isinstance(answer, bool):
                return answer
        return super().password_change(request, extra_context)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Log out here, and lead to the log-out of the provider."""
        leave = sign_on.end(request) if request.method == "POST" else ""
        return super().logout(request, {"leave": leave, **(extra_context or {})})

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        now, user = timezone.now(), user_of(request)
        may_see = may_view(request, "policy") or grants.is_limited(user)
        rows = dashboard.rows(at=now) if may_see else []
        rows = [row for row in rows if grants.sees(user, row.policy)]
        tasks = dashboard.tasks(user, rows)
        context = {
            **matrix.context(request.GET, rows),
            "tasks": tasks,
            "may_see_policies": may_see,
            "may_create": may_create(request),
            "late_witnesses": witnesses.late(at=now) if user.has_perm(MANAGE_WEBHOOKS) else [],
        }
        return super().index(request, {**context, **(extra_context or {})})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Lead to the desk, which lists the tables of every application."""
        return redirect("admin:index")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        user: Any = request.user
        frame = {
            "brand": settings.BRAND,
            "organisation": settings.ORGANISATION_NAME,
            "is_by_provider": sign_on.is_by_provider(user),
            "provider": settings.OIDC_ISSUER and settings.OIDC_NAME,
        }
        return {**super().each_context(request), **frame}

    def colours(self, request: HttpRequest) -> HttpResponse:
        """Answer with the brand's colours as a stylesheet: the desk's policy allows none inside."""
        brand = {"brand": settings.BRAND}
        return render(request, "admin/policies/colours.css", brand, content_type="text/css")

    def get_urls(self) -> list[Any]:
        # Nobody needs Django's redirect to an object of any kind, which asks for no permission.
        theirs = [
            pattern
            for pattern in super().get_urls()
            if getattr(pattern, "name", "") != "view_on_site"
        ]
        colours = path("colours.css", require_safe(self.colours), name="colours")
        outside = [
            path(address, under_staff_policy(never_cache(login_not_required(view))), name=name)
            for name, (address, view) in sign_on_views.OUTSIDE.items()
        ]
        return [*urls.urls(self), colours, *outside, *theirs]
