"""Celery beat that may run in several copies: only the copy that holds the lease sends, the others stand by."""

import logging
import os
import secrets
import socket
from datetime import timedelta
from typing import Any

from celery.beat import Scheduler
from django.db import Error, close_old_connections, connection

from portal.lib import clock
from portal.lib.lease import Lease, hold

logger = logging.getLogger(__name__)

NAME = "beat"
LENGTH = timedelta(seconds=12)
PAUSE = 3.0


class LeaseScheduler(Scheduler):
    """A scheduler whose ticks need the row `beat` of portal.lib.lease.

    It keeps no file: a copy that takes over sends each overdue job once and goes on from there. When the database is
    away it sends nothing and tries again, since every job needs the database too.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.holding = False
        self._in_tick = False
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        from portal.features import beat_schedule  # noqa: PLC0415 - Celery imports this file before the apps are loaded

        self.merge_inplace(beat_schedule())  # type: ignore[arg-type] # it makes entries of the dictionaries

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due if the lease is ours; return the seconds until the next look, at most PAUSE."""
        self._in_tick = True
        try:
            if not self._hold():
                return PAUSE
            return min(super().tick(*args, **kwargs), PAUSE)
        finally:
            self._in_tick = False

    def close(self) -> None:
        """Give the lease back, so that the next beat starts at once."""
        super().close()
        # A signal may have arrived in the middle of a tick, with the connection in use: then the lease runs out.
        if self.holding and not self._in_tick:
            self.holding = False
            try:
                Lease.objects.filter(name=NAME, holder=self.holder).delete()
            except Error:
                logger.warning("beat.lease_not_returned")

    def _hold(self) -> bool:
        try:
            close_old_connections()
            held = hold(NAME, holder=self.holder, now=clock.machine_now(), length=LENGTH)
        except Error as error:
            connection.close()
            logger.warning("beat.no_database", extra={"error": type(error).__name__})
            held = False
        if held != self.holding:
            logger.info("beat.leads" if held else "beat.stands_by", extra={"holder": self.holder})
        self.holding = held
        return held
