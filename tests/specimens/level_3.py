"""An analysis of the ticket that the walk names."""

from tickets.analyses.domain.deadlines import due_after
from tickets.models import RootCauseAnalysis


def specimens(world):
    ticket = world["ticket"]
    analysis = RootCauseAnalysis.objects.create(
        ticket=ticket,
        account=ticket.account,
        opened_at=ticket.opened_at,
        due_at=due_after(ticket.opened_at, ticket.region),
    )
    number = {"number": ticket.number}
    question = analysis.questions.create(asked_by=ticket.requester.user, asked_at=ticket.opened_at, body="Why?")
    return {
        "tickets:level_3": number,
        "tickets:analysis": number,
        "admin:tickets_rootcauseanalysis_": number | {"object_id": analysis.pk},
        "api:rca-report-": number | {"question": question.pk},
    }
