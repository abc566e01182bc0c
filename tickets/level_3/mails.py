"""The mails about level 3: that somebody asked, that it waits, who has it, and how it ended."""

from typing import Any, assert_never

from django.utils.translation import gettext as _

from portal.lib.outbox import Notice, Withdrawn
from tickets.core.enums import EscalationState
from tickets.core.mails.about import about_ticket
from tickets.core.models import Ticket
from tickets.level_3.models import Escalation


@about_ticket("level_3")
def level_3(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    """What changed in one sentence, and the words that came with it. A wish that was decided is told no more."""
    escalation = Escalation.objects.for_detail().get(pk=notice.data["escalation"])
    told, staff = EscalationState(notice.data["state"]), notice.recipient.is_staff
    if told in {EscalationState.ASKED, EscalationState.ESCALATED} and escalation.state != told:
        raise Withdrawn("it has gone on meanwhile")
    values = {
        "agent": escalation.agent.name if escalation.agent else "", "account": ticket.account.name,
        "asker": escalation.asked_by.name if escalation.asked_by else "",
    }  # fmt: skip
    match told:
        case EscalationState.ASKED:
            title, said = _("Level 3 requested"), _("%(asker)s of %(account)s requests level 3.")
        case EscalationState.ESCALATED:
            title, said = _("Waiting for level 3"), _("A ticket of %(account)s is waiting for level 3.")
        case EscalationState.TAKEN:
            title, said = _("At level 3"), _("%(agent)s of level 3 has taken the ticket.")
        case EscalationState.RETURNED:
            title, said = _("Reply from level 3"), _("Level 3 has replied.")
        case EscalationState.DECLINED | EscalationState.ENDED:
            title, said = _("Not escalated to level 3"), _("We have not escalated this ticket to level 3.")
        case _:
            assert_never(told)
    # The brief is the team's; the customer reads the answer.
    brief = escalation.brief if staff and told == EscalationState.ESCALATED else ""
    reason = escalation.reason if told in {EscalationState.ASKED, EscalationState.ESCALATED} else ""
    answer = escalation.answer if told in {EscalationState.RETURNED, EscalationState.DECLINED} else ""
    return {"title": title, "said": said % values, "sentences": [line for line in (reason, brief, answer) if line]}
