"""Work that one change leaves behind on many rows: done in batches, each in a commit of its own, resumable, once.

The row of the change is the work: its cursor moves in the transaction that did the batch, so a killed job repeats
nothing and forgets nothing. When the end is reached, the work is looked at again LOOK_AGAIN later: what was being
written in the very moment of the change, and was committed behind the cursor, is found then.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

LOOK_AGAIN = timedelta(seconds=60)


class Work(models.Model):
    """What every row of work knows: when the change took effect, how far it is, and whether it is done."""

    at = models.DateTimeField(_("took effect"))
    cursor = models.BigIntegerField(_("done up to"), default=0, editable=False)
    again_at = models.DateTimeField(_("second look"), null=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)

    class Meta:
        abstract = True


W = TypeVar("W", bound=Work)
# Does the rows after `cursor` of one work, up to `limit`; returns the last one done and how many there were.
Batch = Callable[[Any, int, int], tuple[int, int]]


def do_some(model: type[W], batch: Batch, *, now: datetime, limit: int) -> int | None:
    """One batch of the oldest work of `model` that nobody else does now; None when there is nothing to do.

    Returns how many rows the batch held. Locks the row of work first, then whatever `batch` locks, in its order.
    """
    with transaction.atomic():
        waiting = model._default_manager.filter(done_at=None, at__lte=now).order_by("at", "pk")
        waiting = waiting.filter(models.Q(again_at=None) | models.Q(again_at__lte=now))
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        work = waiting.first()
        if work is None:
            return None
        last, found = batch(work, work.cursor, limit)
        if found >= limit:
            work.cursor = last
        elif work.again_at is None:
            work.cursor, work.again_at = 0, max(work.at, now) + LOOK_AGAIN
        else:
            work.done_at = now
        work.save(update_fields=["cursor", "again_at", "done_at"])
        return found
