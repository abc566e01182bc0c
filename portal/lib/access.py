"""Who may use which route: the mechanism. The table itself is portal/lib/permissions.py.

A role opens a route; which rows it shows there is the business of each model's `visible_to`. A route that is not in
the table answers 404 to everybody, and fails the build (tests/portal/test_permissions.py walks every route).
"""

from enum import StrEnum
from typing import Any, NamedTuple


class Role(StrEnum):
    """What somebody is to us at this moment."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"  # signed in, but neither staff nor contact of an active account
    MEMBER = "member"
    ACCOUNT_ADMIN = "account_admin"
    AGENT = "agent"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"


Roles = frozenset[Role]
NOBODY: Roles = frozenset()
EVERYBODY: Roles = frozenset(Role)
SIGNED_IN = EVERYBODY - {Role.ANONYMOUS}
CUSTOMERS = frozenset({Role.MEMBER, Role.ACCOUNT_ADMIN})
ACCOUNT_ADMINS = frozenset({Role.ACCOUNT_ADMIN})
STAFF = frozenset({Role.AGENT, Role.LEAD, Role.ADMINISTRATOR})
LEADS = frozenset({Role.LEAD, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

# HTTP method → who may. HEAD and OPTIONS follow GET.
Rule = dict[str, Roles]


def read(who: Roles) -> Rule:
    """A page or resource one can only look at."""
    return {"GET": who}


def write(who: Roles) -> Rule:
    """An act: POST and nothing else."""
    return {"POST": who}


def page(who: Roles) -> Rule:
    """A page with a form that posts to itself."""
    return {"GET": who, "POST": who}


class Rights(NamedTuple):
    """What each role may do with a model on the desk."""

    view: Roles
    add: Roles = NOBODY
    change: Roles = NOBODY
    delete: Roles = NOBODY


# Suffixes of the admin's own routes → the right that looking needs, and the right that posting needs.
_ADMIN_ROUTES = {
    "changelist": ("view", "view"),
    "history": ("view", "view"),
    "change": ("view", "change"),
    "add": ("add", "add"),
    "delete": ("delete", "delete"),
}


def rule_for(route: str, table: dict[str, Rule], desk: dict[str, Rights]) -> Rule | None:
    """The row of a route name such as `tickets:detail` or `admin:sla_target_change`; None when there is none."""
    if route in table:
        return table[route]
    if route.startswith("admin:"):
        model, _, suffix = route.removeprefix("admin:").rpartition("_")
        if suffix in _ADMIN_ROUTES and model in desk:
            look, post = _ADMIN_ROUTES[suffix]
            return {"GET": getattr(desk[model], look), "POST": getattr(desk[model], post)}
    return None


def role_of(user: Any, contact: Any) -> Role:
    """The role of a signed-in (or not) `user` who acts as `contact` (or None)."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Role.ANONYMOUS
    if user.staff_role is not None:
        return Role(user.staff_role.value)
    if contact is None:
        return Role.STRANGER
    return Role.ACCOUNT_ADMIN if contact.is_admin else Role.MEMBER
