"""Bounces: which mail of ours came back, and why."""

from collections.abc import Callable
from datetime import datetime

from accounts.reachability.domain import record_bounce
from tickets.mail.domain.headers import BOUNCES
from tickets.mail.domain.reading import ReadMail

# Called with the bounce address (`bounces+…@host`), and `status`, `reason`, `now`; True when the address is genuine.
Taker = Callable[..., bool]
on_bounce: list[Taker] = [record_bounce]


def address_of(mail: ReadMail) -> str:
    """The bounce address that it was sent to; empty when it was not."""
    return next((address for address in mail.recipients if address.startswith(BOUNCES)), "")


def is_bounce(mail: ReadMail) -> bool:
    """A server reports that a mail was not delivered: never a word of a customer."""
    local = mail.sender.partition("@")[0]
    return bool(mail.report) or mail.automatic == "return-path" and local in {"mailer-daemon", "postmaster"}


def record(mail: ReadMail, *, now: datetime) -> bool:
    """Tell whoever knows bounce addresses; False when nobody finds this one genuine (#131)."""
    report = mail.report or {}
    if report.get("action", "failed").lower() in {"delayed", "delivered", "relayed", "expanded"}:
        return False
    status, reason = report.get("status", "")[:20], report.get("diagnostic-code", "")[:200]
    taken = [taker(address_of(mail), status=status, reason=reason, now=now) for taker in on_bounce]
    return any(taken)
