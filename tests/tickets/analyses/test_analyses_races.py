"""Two at once: both databases let one of them through, and the other is told."""

from datetime import timedelta

import pytest

from accounts.models import Agent
from portal.lib.errors import DomainError
from sla.core.enums import Priority
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket
from tests.test_races import at_once
from tickets.analyses.domain import approval, deadlines, writing
from tickets.core.domain import conversation, lifecycle
from tickets.core.enums import Status
from tickets.level_3.domain import escalation
from tickets.models import AnalysisVersion, Escalation, RootCauseAnalysis

pytestmark = pytest.mark.django_db(transaction=True)
SOLVED = MONDAY_9AM + timedelta(hours=2)


@pytest.fixture
def p1(paris):
    tom = make_contact(make_account("Kestrel Air", region=paris, tier="platinum"), "tom@kestrel.test")
    return make_ticket(tom, priority=Priority.URGENT)


def test_two_who_solve_at_once_open_one_analysis(p1, agent, lead):
    def solve(person):
        return conversation.reply_as_agent(
            p1, body="Done", by=person.user, now=SOLVED, status_after=Status.SOLVED
        )  # fmt: skip

    at_once(lambda: solve(agent), lambda: solve(lead), lambda: lifecycle.close_by_customer(
        p1, by=p1.requester.user, now=SOLVED
    ))  # fmt: skip

    assert RootCauseAnalysis.objects.count() == 1


def test_two_reviewers_approvers_and_publishers(p1, agent, lead, administrator):
    people = [make_agent(f"a{number}@punctual.test") for number in range(2)]
    analysis = _solved(p1, agent)
    sections = dict.fromkeys(["summary", "impact", "timeline", "cause", "done"], "Text")
    actions = [{"what": "x", "owner": "y", "on": "2026-11-20"}]
    writing.save_draft(analysis, sections=sections, actions=actions, seen=None, by=agent.user, now=SOLVED)
    writing.submit(analysis, by=agent.user, now=SOLVED)

    def one_of(verb, persons):
        ends = at_once(*[lambda p=p: verb(analysis, by=p.user, now=SOLVED) for p in persons])
        return sum(not isinstance(end, DomainError) for end in ends)

    assert one_of(approval.review, people) == 1
    assert one_of(approval.approve, [lead, administrator]) == 1
    assert one_of(approval.publish, [lead, administrator]) == 1
    assert list(AnalysisVersion.objects.values_list("number", flat=True)) == [1]


def test_two_jobs_flag_what_is_late_once(p1, agent, lead):
    analysis = _solved(p1, agent)
    flagged = at_once(*[lambda: deadlines.flag_breaches(now=analysis.due_at)] * 2)
    assert sum(flagged) == 1


def test_two_specialists_take_one_ticket(p1, agent, lead):
    people = [make_agent(f"k{number}@punctual.test") for number in range(2)]
    Agent.objects.filter(pk__in=[p.pk for p in people]).update(level=3)
    people = list(Agent.objects.filter(level=3).select_related("user"))
    Escalation.objects.create(ticket=p1, state="escalated", since=MONDAY_9AM)

    ends = at_once(*[lambda p=p: escalation.accept(p1, by=p, now=SOLVED) for p in people])

    assert sum(isinstance(end, Escalation) for end in ends) == 1
    p1.refresh_from_db()
    assert p1.assignee == Escalation.objects.get().agent


def _solved(ticket, agent):
    conversation.reply_as_agent(ticket, body="Done", by=agent.user, now=SOLVED, status_after=Status.SOLVED)
    return RootCauseAnalysis.objects.select_related("ticket").get()
