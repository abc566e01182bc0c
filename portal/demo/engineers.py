"""Who looked after Kestrel Air and who does now, a seat that changed hands, and Léa’s holiday next week."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from accounts.absences import domain as absences
from accounts.engineers import domain as engineers
from accounts.models import Account, Contact, Seat
from accounts.seats.domain import seats
from portal.lib.zones import zone

if TYPE_CHECKING:
    from portal.demo.cast import Stage

# Region → who is designated with which back-up, and who was before (nobody: since the beginning).
DESIGNATED = {"emea": ("lea", "sam", "sam"), "apac": ("kenji", "sam", "")}
# Who held the seat of whom before.
BEFORE = {"yuki": "priya"}
BEGINNING, CHANGE = timedelta(days=110), timedelta(days=60)


def designate_all(account: Account, stage: "Stage") -> None:
    """Sam began with Europe and handed it to Léa; Kenji has had Asia from the beginning."""
    by, begun = stage.user("nadia"), stage.now - BEGINNING
    for code, (now_key, backup, before) in DESIGNATED.items():
        agents = stage.agents
        first = before or now_key
        stands_in = agents["nadia"] if first == backup else agents[backup]
        done = engineers.designate(
            account, stage.regions[code], agents[first], backup=stands_in, by=by, now=begun
        ).engineer
        if before:
            engineers.replace(
                done, agent=agents[now_key], backup=agents[backup], by=by, now=stage.now - CHANGE,
                reason="Sam looks after Canada.",
            )  # fmt: skip


def seated(key: str, stage: "Stage", *, at: datetime) -> Seat:
    """A validated seat for `key`; where somebody else held it before, it changed hands and region since."""
    nadia, first = stage.user("nadia"), BEFORE.get(key, key)
    seat = seats.nominate(stage.contacts[first], by=nadia, now=at)
    seats.validate(seat, by=nadia, now=at + timedelta(hours=2))
    if first == key:
        return seat
    successor: Contact = stage.contacts[key]
    changed = stage.now - CHANGE
    seat = seats.replace(seat, contact=successor, by=stage.user("tom"), now=changed)
    seats.validate(seat, by=nadia, now=changed + timedelta(hours=3))
    if successor.region:
        seats.change_region(seat, successor.region, by=stage.user("tom"), now=changed + timedelta(hours=4))
    return seat


def lea_goes_on_holiday(stage: "Stage") -> None:
    """The whole of next week, entered by herself: what comes due then needs cover."""
    paris = zone("Europe/Paris")
    today = stage.now.astimezone(paris).date()
    monday = today + timedelta(days=7 - today.weekday())
    lea = stage.agents["lea"]
    absences.go_away(
        lea, starts_at=datetime.combine(monday, time(), paris),
        ends_at=datetime.combine(monday + timedelta(days=5), time(), paris), reason="Congés", by=lea.user,
        now=stage.now,
    )  # fmt: skip
