"""Edits of the matrix: each makes a new version, and the running promises that it betters follow."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib.errors import Stale
from sla.core.models import Target, TargetVersion

FIGURES = ("response_minutes", "coverage", "check_in_rule", "check_in_minutes")


@transaction.atomic
def save_target(target: Target, *, by: User | None, now: datetime) -> Target:
    """Store the figures of an edited `target` as its next version.

    A clock that runs keeps the figures it copied, unless the new ones bring its due moment forward. Raises Stale when
    somebody else edited the cell since `target` was read; unchanged figures make no version.
    """
    stored = Target.objects.select_for_update().get(pk=target.pk)
    if stored.version != target.version:
        raise Stale(_("Somebody else changed this target. Your change was not saved: reload and try again."))
    if all(getattr(stored, name) == getattr(target, name) for name in FIGURES):
        return target
    if target.version == 1:
        _save_version(stored, by=None, at=now, done=True)
    target.version += 1
    target.save()
    _save_version(target, by=by, at=now, done=False)
    return target


def _save_version(target: Target, *, by: User | None, at: datetime, done: bool) -> None:
    TargetVersion.objects.create(
        target=target, version=target.version, created_by=by, at=at, done_at=at if done else None,
        **{name: getattr(target, name) for name in FIGURES},
    )  # fmt: skip
