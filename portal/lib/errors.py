"""One family of refusals: a stable code for programs, a translated sentence for people."""

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A rule of the business says no.

    `code` is stable and machine-readable; `message` is translated and safe to show to a customer; `field` names the
    input it belongs to, if one does; `metadata` carries figures that a program may need (JSON values only).
    Nothing has been changed when it is raised: verbs refuse before they write, or roll back.
    """

    code = "refused"

    def __init__(
        self, message: str | Promise, *, code: str | None = None, field: str | None = None, **metadata: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.metadata = metadata

    def __str__(self) -> str:
        return str(self.message)


class Stale(DomainError):
    """Somebody else was faster; the reader should look again before deciding."""

    code = "stale"


class NotAllowed(DomainError):
    """The role or the terms do not include this; says who can help."""

    code = "not_allowed"
