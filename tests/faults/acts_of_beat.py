"""What beat starts: the jobs that find and do what waits, and die while they do it."""

from datetime import datetime

from accounts.reachability.domain import record_bounce
from portal.lib import heartbeat, outbox
from portal.lib.bounces import bounce_address
from portal.lib.notice import Notice
from sla.attainment.domain import tallies
from sla.core.domain import sweep
from tests.faults.registry import act
from tests.faults.world import World
from tickets.core.domain.alerts import notify_next_steps
from tickets.core.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.core.domain.closing import close_solved
from tickets.verification import domain as verification


def swept(_world: World, now: datetime) -> None:
    sweep.sweep(now=now)


@act(whole=False, busy=True)
def sweep_all(_world: World, now: datetime) -> None:
    sweep.sweep(now=now)


@act(whole=False, busy=True)
def sweep_in_small_batches(_world: World, now: datetime) -> None:
    for flag_some in (sweep.flag_breaches, sweep.flag_due_soon):
        while flag_some(now=now, limit=2):
            pass


@act(busy=True, before=swept)
def tell_people(_world: World, now: datetime) -> None:
    act_on_clock_events(now=now)


@act(whole=False, busy=True, before=swept)
def tell_people_in_small_batches(_world: World, now: datetime) -> None:
    while act_on_clock_events(now=now, limit=2):
        pass


@act(busy=True)
def plan_the_check_ins(_world: World, now: datetime) -> None:
    plan_check_ins(now=now)


@act(whole=False, busy=True)
def tell_whoever_is_on_duty(_world: World, now: datetime) -> None:
    notify_next_steps(now=now)


@act(whole=False, busy=True)
def deliver_mail(_world: World, now: datetime) -> None:
    outbox.deliver(now=now)


@act(whole=False, busy=True)
def close_what_was_solved(_world: World, now: datetime) -> None:
    close_solved(now=now)


@act(whole=False)
def beat_of_a_job(_world: World, now: datetime) -> None:
    heartbeat.beat("sweep", now=now)


@act(whole=False)
def roll_up_months(_world: World, now: datetime) -> None:
    tallies.roll_up_months(now=now)


@act(whole=False)
def verify_the_tables(_world: World, now: datetime) -> None:
    verification.verify_some(now=now.replace(hour=verification.NIGHT))


@act()
def take_a_bounce(_world: World, now: datetime) -> None:
    sent = Notice.objects.filter(sent_at__isnull=False, kind="agent_wrote").order_by("pk")[0]
    record_bounce(bounce_address(sent.pk), status="5.1.1", reason="No such user", now=now)


@act(whole=False, busy=True)
def deliver_mail_one_by_one(_world: World, now: datetime) -> None:
    while outbox.deliver(now=now, limit=1):
        pass
