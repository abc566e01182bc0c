"""Writes many changed rows in one statement."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def rewrite(rows: Iterable[M], fields: Sequence[str]) -> None:
    """Store `fields` of rows that exist, were read whole and are locked by the caller.

    As Django's bulk_update, which builds one CASE a field and takes fifty times as long for hundreds of rows: this
    inserts the rows and lets their keys turn it into an update.
    """
    rows = list(rows)
    if len(rows) == 1:
        rows[0].save(update_fields=fields)
    elif rows:
        manager = type(rows[0])._default_manager
        manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=500)
