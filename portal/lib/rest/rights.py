"""Who may call which resource: the permission table by role, then the scope of the token."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission

from portal.lib.access import Role, role_of
from portal.lib.permissions import TABLE
from portal.lib.rest.refusals import ScopeMissing

READ, WRITE = "read", "write"
SCOPES = (READ, WRITE)


class TablePermission(BasePermission):
    """Default deny: the row of the route names the roles per method; HEAD follows GET, OPTIONS any of them.

    GET and HEAD need the scope `read`, everything else `write`, for customers and staff alike.
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        rule = TABLE.get(request.resolver_match.view_name)
        if rule is None:
            return False
        token = request.auth
        role = role_of(request.user, token.contact if token else None)
        method = "GET" if request.method == "HEAD" else request.method
        if role == Role.ANONYMOUS and not any(Role.ANONYMOUS in roles for roles in rule.values()):
            raise NotAuthenticated
        if method == "OPTIONS":
            return any(role in roles for roles in rule.values())
        if method not in rule:
            raise MethodNotAllowed(method)
        if role not in rule[method]:
            return False
        needed = READ if request.method in SAFE_METHODS else WRITE
        if token and needed not in token.scopes:
            raise ScopeMissing(needed=needed, scopes=list(token.scopes))
        return True
