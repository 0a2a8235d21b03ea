"""Roles that somebody has for all policies, for one, or for one language; who may do what, where.

Django's groups and a person's own permissions hold everywhere. The backend of accounts asks
`permissions_of` and `holders`, so that `user.has_perm(permission, policy)` decides for screens,
actions, lists and mails alike. Without a policy it means: everywhere.
"""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from policies import languages
from policies.models.fields import Actor
from policies.models.policy import Policy
from policies.permissions import ON_POLICIES
from policies.text.limits import MAX_LANGUAGE

_HELD = "_permissions_held"  # of a user, once they were read
# Where somebody holds a permission: the key of a policy, or 0, and a language, or "".
Where = tuple[int, str]
_EVERYWHERE: Where = (0, "")


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def covering(self, policy: Policy | None) -> "RoleGrantQuerySet":
        """Those that hold for a policy; None: those that hold everywhere."""
        covers = Q(policy=None, language="")
        if policy:
            covers |= Q(policy=policy.pk or 0) | Q(language=policy.language)
        return self.filter(covers)


class RoleGrant(models.Model):
    """A role of a person or of a group of people. Neither policy nor language: it holds everywhere.

    That it was given and taken away is in the history of the account or the group.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="role_grants"
    )
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="role_grants")
    role = models.ForeignKey(Group, models.CASCADE, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, null=True, related_name="role_grants")
    language = models.CharField(max_length=MAX_LANGUAGE, blank=True)
    granted_at = models.DateTimeField()
    granted_by = Actor()

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, group__isnull=False) | Q(user__isnull=False, group=None),
                name="role_of_a_person_or_a_group",
            ),
            models.CheckConstraint(
                condition=Q(policy=None) | Q(language=""), name="role_for_a_policy_or_a_language"
            ),
            models.UniqueConstraint(
                *(Coalesce("user", 0), Coalesce("group", 0), "role"),
                *(Coalesce("policy", 0), "language"),
                name="role_given_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.where}"

    @property
    def where(self) -> str:
        """For what it holds: "all policies", "Privacy policy (de)", "all policies in German"."""
        if self.policy:
            return str(self.policy.label)
        return f"all policies{f' in {languages.name_of(self.language)}' if self.language else ''}"


def permissions_of(user: User, policy: Policy | None) -> set[str]:
    """Return what somebody who is no superuser may do to a policy; None: to all of them."""
    held = _held(user)
    found = held.get(_EVERYWHERE, set())
    if policy:
        of_policy, of_language = (policy.pk or 0, ""), (0, policy.language)
        found = found.union(held.get(of_policy, ()), held.get(of_language, ()))
    return found


def holders(permission: str, policy: Policy | None) -> QuerySet[User]:
    """Return those who hold a permission for a policy by a RoleGrant; None: for all of them."""
    app_label, codename = permission.split(".")
    named = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    grants = RoleGrant.objects.covering(policy).filter(role__permissions__in=named)
    own = grants.filter(Q(user=OuterRef("pk")) | Q(group__user=OuterRef("pk")))
    return User.objects.filter(Exists(own))


def is_limited(user: User) -> bool:
    """Return whether somebody has a role for some policies or languages only."""
    if user.is_superuser or not user.is_active:
        return False
    return not _held(user).keys() <= {_EVERYWHERE}


def sees(user: User, policy: Policy) -> bool:
    """Return whether somebody may know of what is not public of a policy."""
    return not is_limited(user) or not ON_POLICIES.isdisjoint(permissions_of(user, policy))


def visible_policies(user: User) -> QuerySet[Policy]:
    """Return the policies that somebody sees."""
    policies = Policy.objects.all()
    if not is_limited(user):
        return policies
    where = {where for where, held in _held(user).items() if held & ON_POLICIES}
    if _EVERYWHERE in where:
        return policies
    keys, tags = {key for key, _ in where}, {language for _, language in where} - {""}
    return policies.filter(Q(pk__in=keys) | Q(language__in=tags))


def held_anywhere(user: User) -> set[str]:
    """Return the permissions that somebody holds for one policy or language at least."""
    return set().union(*_held(user).values())


def languages_of(user: User, permission: str) -> set[str]:
    """Return the languages for which alone somebody holds a permission."""
    return {language for (_, language), held in _held(user).items() if permission in held} - {""}


def read_permissions(users: Iterable[User]) -> None:
    """Read what people may do, and where, in one query, so that asking for each needs none."""
    people = list(users)  # of one person perhaps several objects
    held: dict[int, dict[Where, set[str]]] = {user.pk: {} for user in people}
    if not held:
        return
    with connection.cursor() as cursor:
        cursor.execute(_HELD_BY.format(", ".join(["%s"] * len(held))), [*held])
        for pk, app_label, codename, policy, language in cursor.fetchall():
            held[pk].setdefault((policy, language), set()).add(f"{app_label}.{codename}")
    for user in people:
        setattr(user, _HELD, held[user.pk])


# A permission is somebody's own, or comes with a role: a group's members have it everywhere, and
# a RoleGrant gives it to a person or to a group's members. Every request of the staff asks this.
# It is SQL since Django takes fifty times as long to put these joins together as SQLite to answer.
_HELD_BY = """
WITH roles (user_id, group_id, policy_id, language) AS (
    SELECT user_id, group_id, 0, '' FROM auth_user_groups
    UNION
    SELECT user_id, role_id, COALESCE(policy_id, 0), language FROM policies_rolegrant
    UNION
    SELECT members.user_id, role_id, COALESCE(policy_id, 0), language
    FROM policies_rolegrant JOIN auth_user_groups AS members USING (group_id)
), held (user_id, permission_id, policy_id, language) AS (
    SELECT user_id, permission_id, 0, '' FROM auth_user_user_permissions
    UNION
    SELECT user_id, permission_id, policy_id, language
    FROM roles JOIN auth_group_permissions USING (group_id)
)
SELECT user_id, app_label, codename, policy_id, language
FROM held
JOIN auth_permission ON auth_permission.id = permission_id
JOIN django_content_type ON django_content_type.id = content_type_id
WHERE user_id IN ({})
"""


def _held(user: User) -> dict[Where, set[str]]:
    """Return what somebody holds, by where. Read once a request."""
    if not hasattr(user, _HELD):
        read_permissions([user])
    found: dict[Where, set[str]] = getattr(user, _HELD)
    return found
