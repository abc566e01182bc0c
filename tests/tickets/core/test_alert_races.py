"""The ladder and the rota when several act at once: each step is told once, each hour has one agent."""

from datetime import timedelta

import pytest

from portal.lib.errors import DomainError
from portal.lib.notice import Notice
from sla.coverage.domain.rota import open_rota, plan_weeks, reassign_shift, remove_shift
from sla.coverage.domain.rota_notices import warn_of_holes
from sla.models import Rota, Shift
from tests.factories import MONDAY_9AM, make_agent, make_ticket
from tests.test_races import at_once
from tickets.core.domain.alerts import notify_next_steps
from tickets.core.domain.routing import assign
from tickets.core.enums import EventKind
from tickets.models import Alert

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
WEEK = timedelta(days=7)


@pytest.fixture
def people(paris, lead):
    found = [make_agent(f"a{number}@punctual.test", name=f"A{number}") for number in range(2)]
    for agent in found:
        agent.languages = ["en"]
        agent.save()
        agent.regions.set([paris])
    return found


def test_parallel_runs_of_the_job_take_each_step_once(people, requester, lead):
    tickets = [make_ticket(requester) for _number in range(3)]
    late = MONDAY_9AM + WEEK

    runs = at_once(*[lambda: notify_next_steps(now=late)] * 4)
    # What one run passed by because another held it, the next one finds.
    notify_next_steps(now=late)

    assert [run for run in runs if isinstance(run, Exception)] == []
    for ticket in tickets:
        steps = ticket.events.filter(kind=EventKind.ALERTED).order_by("pk").values_list("data__step", flat=True)
        assert list(steps) == [1, 2, 3]
    mails = Notice.objects.filter(kind="unassigned").values_list("data__ticket", "recipient__name")
    assert sorted(mails) == sorted((ticket.pk, name) for ticket in tickets for name in ("A0", "A1", "Nadia"))


def test_whoever_takes_a_ticket_while_the_job_runs_leaves_one_truth(people, requester):
    ticket = make_ticket(requester)

    at_once(
        lambda: notify_next_steps(now=MONDAY_9AM),
        lambda: assign(ticket, people[0], by=people[0].user, now=MONDAY_9AM),
    )
    notify_next_steps(now=MONDAY_9AM)

    told = list(ticket.events.filter(kind__in=[EventKind.ALERTED, EventKind.ASSIGNED]).values_list("kind", flat=True))
    assert told in (["alerted", "assigned"], ["assigned"])
    assert Notice.objects.filter(kind="unassigned").count() == (2 if "alerted" in told else 0)
    notify_next_steps(now=MONDAY_9AM + WEEK)
    assert Alert.objects.get().next_at is None
    assert ticket.events.filter(kind=EventKind.ALERTED).count() == told.count("alerted")


def test_two_leads_who_plan_the_same_weeks_at_once_plan_them_once(people, paris, lead):
    rota = open_rota(paris, "en", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)

    results = at_once(*[
        lambda order=order: plan_weeks(
            rota, order, first_day=MONDAY_9AM.date(), weeks=3, by=lead.user, now=MONDAY_9AM
        )
        for order in (people, people[::-1])
    ])  # fmt: skip

    refused = [result for result in results if isinstance(result, DomainError)]
    assert ([refusal.code for refusal in refused], Shift.objects.count()) == (["planned"], 3)


def test_a_shift_that_is_given_and_removed_at_once_ends_as_one_of_both_says(people, paris, lead):
    rota = open_rota(paris, "en", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)
    shift = plan_weeks(rota, people, first_day=MONDAY_9AM.date(), weeks=2, by=lead.user, now=MONDAY_9AM)[1]

    results = at_once(
        lambda: reassign_shift(
            shift, people[0], ends_at=shift.ends_at - timedelta(days=1), by=lead.user, now=MONDAY_9AM
        ),
        lambda: remove_shift(shift, by=lead.user, now=MONDAY_9AM),
    )  # fmt: skip

    names = list(rota.shifts.order_by("starts_at").values_list("agent__user__name", flat=True))
    given = not isinstance(results[0], Exception)
    # Given first, the removal takes the part that was given; removed first, there is nothing to give.
    assert names == (["A0", "A1"] if given else ["A0"])


def test_two_rotas_for_one_language_opened_at_once_are_one(people, paris, lead):
    results = at_once(*[lambda: open_rota(paris, "en", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)] * 3)

    assert [getattr(result, "code", "") for result in results].count("exists") == 2
    assert Rota.objects.count() == 1


def test_parallel_warnings_of_a_gap_are_one(people, paris, lead):
    open_rota(paris, "en", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)

    at_once(*[lambda: warn_of_holes(now=MONDAY_9AM)] * 3)

    assert list(Notice.objects.filter(kind="rota_hole").values_list("recipient__name", flat=True)) == ["Nadia"]
