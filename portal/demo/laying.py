"""Lays the sample data around a moment: into an empty database, or anew in the place of what is there."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import connection, transaction

from accounts.models import Account, Region, User
from portal.demo.cast import build_stage
from portal.demo.passing import set_time
from portal.demo.playing import catch_up, deliver_in_the_past, play
from portal.demo.scenes import SCENES
from portal.demo.stories import STORIES
from portal.lib.demo_clock import DemoClock
from portal.lib.lease import Lease
from sla.models import Calendar

# What stays when the sample data is laid anew: who is signed in, and what no sample holds.
STAYING = {Session._meta.db_table, DemoClock._meta.db_table, Lease._meta.db_table, ContentType._meta.db_table,
           "auth_permission", "django_migrations"}  # fmt: skip
# The figures of the tiers and the targets are rows that migrations bring.
FIGURES = ("accounts.migrations.0002_terms", "sla.migrations.0002_targets")


def is_empty() -> bool:
    """True where nothing stands that sample data could mix with."""
    return not any(model.objects.exists() for model in (Account, Region, User))


def moment(words: str, *, name: str) -> datetime:
    """The moment that `words` write; `name` is where they stood. Raises CommandError with a way out."""
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise CommandError(f"{name} {words} is no moment. Write it like 2026-11-10T17:30+01:00.") from None
    if found.tzinfo is None:
        raise CommandError(f"{name} {words} names no time zone. Write it like 2026-11-10T17:30+01:00.")
    return found


@transaction.atomic
def create_sample_data(now: datetime) -> int:
    """What happened in the weeks before `now`, into an empty database; return how many tickets there are.

    All or nothing: `up` takes anybody who exists for a finished load.
    """
    with _quiet():
        stage = build_stage(now=now)
        tickets = play(STORIES, stage)
        for scene in SCENES:
            scene(stage)
        catch_up(now)
        deliver_in_the_past(now)
    return tickets


@contextmanager
def _quiet() -> Iterator[None]:
    """What goes wrong in the sample data does so on purpose: a mail that nobody can read is no news to an operator."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(before)


@transaction.atomic
def recreate_sample_data(now: datetime) -> None:
    """Take everything away and lay the sample data around `now`, which becomes the time. In demonstration mode only.

    This is how time goes back: nothing that happened later is left to contradict it. Whoever is signed in stays so.
    """
    if not settings.DEMO:
        raise RuntimeError("Data is taken away in demonstration mode only.")
    passwords = dict(User.objects.values_list("email", "password"))
    last = Calendar.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in STAYING]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, reset_sequences=True))
    _count_on(Calendar._meta.db_table, last)
    for name in FIGURES:
        import_module(name).seed(apps, None)
    create_sample_data(now)
    for user in User.objects.filter(email__in=passwords):
        User.objects.filter(pk=user.pk).update(password=passwords[user.email])
    set_time(now, goal=None, lay_at=None, laid_at=now)


def _count_on(table: str, last: int) -> None:
    """Keys of calendars are never used twice: processes hold their hours in memory by them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, max(last, 1)])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
