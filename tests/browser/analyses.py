"""An analysis with everything that its pages can show: a text, a version, a withdrawn one, questions."""

from datetime import timedelta

from tests.factories import make_agent
from tickets.analyses.domain import approval, questions, writing
from tickets.analyses.domain.deadlines import due_after
from tickets.models import RootCauseAnalysis

TEXTS = {
    "summary": "Nobody could sign in.", "impact": "Two sites.", "timeline": "- 09:50 down\n- 11:00 up",
    "cause": "A **certificate** had ended.", "done": "Renewed it.",
}  # fmt: skip
ACTIONS = [{"what": "Warn us a month before", "owner": "Operations", "on": "2026-12-01"}]


def analysed(ticket, agent, lead, *, at):
    """Published, with a question that waits; the second version is being written by `lead`."""
    analysis = RootCauseAnalysis.objects.create(
        ticket=ticket, account=ticket.account, opened_at=at, due_at=due_after(at, ticket.region)
    )
    reviewer = make_agent("reviewer@punctual.test", name="Sam")
    for note, minutes in (("", 1), ("More on the cause.", 2)):
        now = at + timedelta(minutes=minutes)
        if note:
            writing.begin_version(analysis, by=agent.user, now=now)
        writing.save_draft(analysis, sections=TEXTS, actions=ACTIONS, seen=None, by=agent.user, now=now)
        writing.submit(analysis, by=agent.user, now=now)
        approval.review(analysis, by=reviewer.user, now=now)
        approval.approve(analysis, by=lead.user, now=now)
        version = approval.publish(analysis, note=note, by=lead.user, now=now)
    first = questions.ask(analysis, body="Why so late?", by=ticket.requester, now=at + timedelta(minutes=3))
    questions.answer(first, body="Nobody was warned.", by=agent.user, now=at + timedelta(minutes=4))
    questions.ask(analysis, body="And elsewhere?", by=ticket.requester, now=at + timedelta(minutes=5))
    approval.withdraw(version, reason="A wrong name.", by=lead.user, now=at + timedelta(minutes=6))
    writing.begin_version(analysis, by=lead.user, now=at + timedelta(minutes=7))
    return analysis
