"""The tables of the floor: rows that are delivered later, signs of life, the lease of the beat."""

from portal.lib.breaker import Breaker
from portal.lib.demo_clock import DemoClock
from portal.lib.drafts import Draft
from portal.lib.heartbeat import Heartbeat
from portal.lib.idempotency import IdempotencyKey
from portal.lib.lease import Lease
from portal.lib.limits import RateWindow
from portal.lib.outbox import Notice
from portal.lib.submissions import Submission

__all__ = [
    "Breaker",
    "DemoClock",
    "Draft",
    "Heartbeat",
    "IdempotencyKey",
    "Lease",
    "Notice",
    "RateWindow",
    "Submission",
]
