"""The actions about a policy as a whole: create, rename, retire or reinstate it; set its owner."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from policies import ledger
from policies.ledger.actor_names import name_of
from policies.ledger.chains import policy_facts
from policies.models import Address, Policy, grants
from policies.models.fields import validate_slug
from policies.permissions import VIEW_POLICY
from policies.text.checklist import CHECKLISTS
from policies.workflow.preconditions import (
    clean_required,
    locked_policy,
    locked_with_source,
    person_able_to,
    require_no_open_revision,
    require_not_prevailing,
    require_permission,
)
from policies.workflow.refusals import Incomplete, WrongState
from policies.workflow.translating import checked_source, record_translation


@transaction.atomic
def create_policy(
    *,
    slug: str,
    name: str,
    by: User | None,
    at: datetime,
    language: str = "en",
    time_zone: str | None = None,
    translation_of_id: int | None = None,
) -> Policy:
    """Create a policy without any text. time_zone: None for the site's.

    translation_of_id: the authoritative policy, for a translation. Raises Incomplete if another
    policy has or once had this slug, too.
    """
    policy = Policy(slug=slug, language=language, created_at=at, created_by=by)
    policy.name = _checked_name(name)
    require_permission("create_policy", by, policy)
    policy.translation_of = checked_source(policy, translation_of_id, by)
    if time_zone is not None:
        policy.time_zone = time_zone
    _require_valid(policy)
    with _refusing_taken_address(policy):
        policy.save(force_insert=True)
        Address.objects.create(policy=policy, slug=slug, language=language)
    facts = policy_facts(policy, slug=slug)
    ledger.record_act("create_policy", policy, by=by, at=at, reason=policy.name, facts=facts)
    if policy.translation_of:
        record_translation(policy, by=by, at=at)
    return policy


def _checked_name(name: str) -> str:
    name = clean_required(name, "Enter a name for the policy.", about="name")
    if len(name.splitlines()) > 1:
        raise Incomplete("A policy's name must be on one line. Remove the line break.", "name")
    return name


def _require_valid(policy: Policy) -> None:
    """Refuse an invalid address, language or time zone: all at once, each under its field."""
    wrong: dict[str, list[str]] = {}
    try:
        validate_slug(policy.slug)  # apart, or Django adds its own words on the length
    except ValidationError as error:
        wrong["slug"] = error.messages
    try:
        policy.full_clean(exclude=["slug"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        wrong |= error.message_dict
    if wrong:
        labels = {name: name.replace("_", " ").capitalize() for name in wrong} | {"slug": "Address"}
        problems = " ".join(f"{labels[name]}: {' '.join(wrong[name])}" for name in wrong)
        raise Incomplete(f"This policy can't be created. {problems}", *wrong)


@transaction.atomic
def rename_policy(policy_id: int, *, by: User, at: datetime, slug: str) -> Policy:
    """Move a policy to another slug. Every address that it ever had leads there from now on.

    Raises Incomplete if the slug is no slug, or another policy has or once had it.
    """
    policy = locked_policy("rename_policy", policy_id, by)
    if policy.slug == slug:
        raise WrongState(f"{policy} is already at {policy.get_absolute_url()}.")
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise Incomplete(
            f"{policy} can't move to “{slug}”. {' '.join(error.messages)}", "slug"
        ) from error
    old, policy.slug = policy.slug, slug
    with _refusing_taken_address(policy):
        Address.objects.get_or_create(policy=policy, slug=slug, language=policy.language)
        policy.save(update_fields=["slug"])
    ledger.record_renaming(policy, old, by=by, at=at)
    ledger.record_act("rename_policy", policy, by=by, at=at, reason=f"{old} → {slug}")
    return policy


@transaction.atomic
def correct_name(policy_id: int, *, by: User, at: datetime, name: str) -> Policy:
    """Give a policy another name, which lists and titles show; each version keeps its own title."""
    policy = locked_policy("correct_name", policy_id, by)
    old, policy.name = policy.name, _checked_name(name)
    if policy.name == old:
        raise WrongState(f"The policy is already called “{old}”.")
    try:
        policy.clean_fields(exclude={field.name for field in Policy._meta.fields} - {"name"})
    except ValidationError as error:
        raise Incomplete(f"Name: {' '.join(error.messages)}", "name") from error
    policy.save(update_fields=["name"])
    ledger.record_act("correct_name", policy, by=by, at=at, reason=policy.name)
    return policy


@transaction.atomic
def set_checklists(policy_id: int, *, by: User, at: datetime, which: Collection[str]) -> Policy:
    """Set which checklists a policy is compared with: ids of text.checklist.CHECKLISTS."""
    policy = locked_policy("set_checklists", policy_id, by)
    if unknown := set(which) - set(CHECKLISTS):
        raise Incomplete(f"There is no checklist “{min(unknown)}”.", "which")
    policy.checklists = [name for name in CHECKLISTS if name in which]
    policy.save(update_fields=["checklists"])
    reason = policy.checklists_in_words
    ledger.record_act("set_checklists", policy, by=by, at=at, reason=reason)
    return policy


@transaction.atomic
def set_owner(policy_id: int, *, by: User, at: datetime, owner_id: int | None) -> Policy:
    """Set who looks after a policy, and is reminded of its checks; None for nobody."""
    policy = locked_policy("set_owner", policy_id, by)
    policy.owner = person_able_to(VIEW_POLICY, policy, owner_id, about="owner_id")
    policy.save(update_fields=["owner"])
    name = name_of(policy.owner) if policy.owner else "nobody"
    ledger.record_act("set_owner", policy, by=by, at=at, reason=name, facts={"owner": owner_id})
    return policy


@transaction.atomic
def retire(
    policy_id: int, *, by: User, at: datetime, notice: str, successor_id: int | None = None
) -> Policy:
    """End a policy. It stays readable, under `notice` and a link to its successor, if there is one.

    Raises WrongState if it is retired already or was never published, if something is upcoming or
    open, or if it prevails over its source.
    """
    policy = locked_with_source("retire", policy_id, by, successor_id)
    if policy.retired_at:
        raise WrongState(f"{policy} was already retired on {policy.in_words(policy.retired_at)}.")
    if not policy.revisions.published().exists():
        raise WrongState(f"{policy} was never published, so there is nothing to retire.")
    if policy.revisions.upcoming(at=at).exists():
        raise WrongState(f"{policy} has an upcoming version. Withdraw it first.")
    require_not_prevailing(policy)
    require_no_open_revision(policy)
    successor = _successor(policy, successor_id, by, at)
    policy.retired_at, policy.retired_by, policy.successor = at, by, successor
    policy.retirement_notice = clean_required(
        notice, "Enter the notice that readers will see.", about="notice"
    )
    policy.save(update_fields=["retired_at", "retired_by", "successor", "retirement_notice"])
    ledger.record_retirement(policy, by=by, at=at)
    ledger.record_act("retire", policy, by=by, at=at, reason=policy.retirement_notice)
    return policy


@transaction.atomic
def reinstate(policy_id: int, *, by: User, at: datetime) -> Policy:
    """Reinstate a retired policy."""
    policy = locked_policy("reinstate", policy_id, by)
    if not policy.retired_at:
        raise WrongState(f"{policy} is not retired.")
    policy.retired_at = policy.retired_by = policy.successor = None
    policy.retirement_notice = ""
    policy.save(update_fields=["retired_at", "retired_by", "successor", "retirement_notice"])
    ledger.record_retirement(policy, by=by, at=at)
    ledger.record_act("reinstate", policy, by=by, at=at)
    return policy


def _successor(policy: Policy, successor_id: int | None, by: User, at: datetime) -> Policy | None:
    """Return the policy that follows another. Raises Incomplete, also if `by` must not see it."""
    if successor_id is None:
        return None
    successor = Policy.objects.filter(pk=successor_id).first()
    is_public = successor is not None and successor.revisions.effective(at=at).exists()
    if successor is None or successor == policy or not (is_public or grants.sees(by, successor)):
        raise Incomplete("The successor must be another policy.", "successor")
    if successor.retired_at:
        raise Incomplete(f"{successor} is retired. Choose a policy that is in use.", "successor")
    if not is_public:
        raise Incomplete(f"{successor} has no version in force. Publish it first.", "successor")
    return successor


@contextmanager
def _refusing_taken_address(policy: Policy) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Incomplete(
            f"{policy.get_absolute_url()} is, or was, the address of another policy, and links to "
            "it must keep working. Choose another address.",
            "slug",
        ) from error
