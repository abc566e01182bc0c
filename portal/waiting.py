"""What waits for the desk outside the queue of tickets, counted in one statement."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.core.enums import EngagementState
from accounts.models import Agent, Engagement, HoursQuestion
from portal.boxes import Box, Item
from portal.lib.http import PortalRequest
from tickets.core.domain.queue import Bounded
from tickets.core.enums import AnalysisState, EscalationState, MailState
from tickets.models import Call, Chat, Escalation, IncomingMail, RootCauseAnalysis

COUNT_UP_TO = 100
OURS = (EngagementState.REQUESTED, EngagementState.ACCEPTED, EngagementState.SCHEDULED)


def waiting_elsewhere(request: PortalRequest, now: datetime) -> Box:
    """Chats, calls, held mails and work on entitlements; what has nothing to do is left out."""
    queue = reverse("admin:tickets_ticket_changelist")
    rows: list[tuple[str, QuerySet[Any], str, str]] = [
        ("chats", Chat.objects.waiting(), _("Unassigned chats"), reverse("admin:chat")),
        ("calls", Call.objects.to_make(now), _("Calls to make now"), reverse("admin:tickets_call_changelist")),
        (
            "mails", IncomingMail.objects.filter(state=MailState.HELD), _("Emails to review"),
            reverse("admin:tickets_incomingmail_changelist"),
        ),
        (
            "level_3", Escalation.objects.filter(state__in=[EscalationState.ASKED, EscalationState.ESCALATED]),
            _("Level 3: requested or waiting"), f"{queue}?view=level_3",
        ),
        (
            "analyses", RootCauseAnalysis.objects.exclude(state=AnalysisState.PUBLISHED),
            _("Root-cause analyses to finish"), reverse("admin:tickets_rootcauseanalysis_changelist"),
        ),
        (
            "engagements", Engagement.objects.filter(state__in=OURS), _("Engagements to plan, schedule or deliver"),
            reverse("admin:accounts_engagement_changelist"),
        ),
        (
            "questions", HoursQuestion.objects.filter(answered_at=None), _("Questions about hours"),
            reverse("admin:accounts_hoursyear_changelist"),
        ),
    ]  # fmt: skip
    columns = {
        f"waiting_{name}": Bounded(found.order_by().values("pk")[:COUNT_UP_TO]) for name, found, _words, _url in rows
    }
    counted: Any = Agent.objects.filter(pk=request.user.agent.pk).values(**columns).get()
    return Box(
        "waiting", _("Other work"), _("No chats, calls or emails are waiting."),
        items=[
            Item(words, url, f"{count}+" if count == COUNT_UP_TO else str(count))
            for name, _found, words, url in rows
            if (count := counted[f"waiting_{name}"])
        ],
    )  # fmt: skip
