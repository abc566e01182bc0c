"""Level 3 and root-cause analyses: one published in a second version, one in review, a specialist at work, a wish."""

from datetime import date, datetime, timedelta

from portal.demo.cast import Stage
from sla.core.enums import Priority
from tickets.analyses.domain import approval, deadlines, questions, writing
from tickets.level_3.domain import escalation
from tickets.models import RootCauseAnalysis, Ticket

DAY, A_WHILE = timedelta(days=1), timedelta(minutes=20)

# Subjects of the stories of Kestrel Air that go on here.
KIOSKS, GATES = "Check-in kiosks in three airports are down", "Boarding gates cannot read passes"
CHARTS = "Flight bags do not load charts"
_SUMMARY = (
    "On the morning of the ticket all check-in kiosks in Manchester, Lyon and Porto showed a blank screen. "
    "The update of the night before had removed the profile that starts the kiosk application. Putting it back, "
    "airport by airport, ended the outage."
)
_IMPACT = (
    "- 46 kiosks in three airports, blank from 09:50 until the last one was back.\n"
    "- Passengers queued at the staffed desks; no flight left late.\n"
    "- No data was lost, and no other airport was touched."
)
_CAUSE = (
    "The release of the night ran two jobs: one **removes** profiles that nothing uses, the other **renames** the "
    "kiosk profile. They are meant to run in this order. A retry after a timeout let the second one run first, so "
    "the first one found the profile unused and removed it."
)
_MORE = (
    "\n\nThe retry has been there for two years. It became harmful when the renaming was added in the last release, "
    "because nobody had written down that the order matters."
)
_DONE = "- Pushed the profile again: Manchester first, then Porto and Lyon.\n- Stopped the release for everybody else."
_PREVENTION = "Every release is tried on six kiosks of ours for a night before it goes to an airport."


def play(stage: Stage) -> None:
    """After the stories, at moments before now."""
    solved = RootCauseAnalysis.objects.with_people().filter(account__name="Kestrel Air")
    analyses = {analysis.ticket.subject: analysis for analysis in solved}
    if KIOSKS in analyses:
        _published_twice(analyses[KIOSKS], stage)
    if GATES in analyses:
        _in_review(analyses[GATES], stage)
    deadlines.flag_breaches(now=stage.now)
    _with_level_3(stage)
    _asked_for(stage)


def _published_twice(analysis: RootCauseAnalysis, stage: Stage) -> None:
    """Written by Léa, checked by Sam and Nadia; Tom asked, and the second version says more."""
    moments = _moments(analysis.opened_at, stage.now, 8)
    sections = dict(analysis.sections) | {
        "summary": _SUMMARY, "impact": _IMPACT, "cause": _CAUSE, "done": _DONE, "prevention": _PREVENTION,
    }  # fmt: skip
    actions = _actions(
        moments[3].date(), "Make the order of the two jobs explicit", "Try each release on kiosks of ours for a night"
    )
    lea, sam, nadia = (stage.user(key) for key in ("lea", "sam", "nadia"))
    _write(analysis, sections, actions, stage, "lea", now=moments[0])
    writing.submit(analysis, by=lea, now=moments[0])
    approval.review(analysis, by=sam, now=moments[1])
    approval.approve(analysis, by=nadia, now=moments[2])
    approval.publish(analysis, by=nadia, now=moments[2])
    question = questions.ask(
        analysis, body="Why could the two jobs change their order at all? It has worked for years.",
        by=stage.contacts["tom"], now=moments[3],
    )  # fmt: skip
    questions.answer(
        question, body="Because of a retry after a timeout. We have added a paragraph on it to the cause.",
        by=lea, now=moments[4],
    )  # fmt: skip
    writing.begin_version(analysis, by=lea, now=moments[5])
    _write(analysis, sections | {"cause": _CAUSE + _MORE}, actions, stage, "lea", now=moments[5])
    writing.submit(analysis, by=lea, now=moments[5])
    approval.review(analysis, by=sam, now=moments[6])
    approval.approve(analysis, by=nadia, now=moments[6])
    approval.publish(analysis, note="Why the order could change: a retry.", by=nadia, now=moments[7])


def _in_review(analysis: RootCauseAnalysis, stage: Stage) -> None:
    """Written by Kenji, waiting for somebody else to read it."""
    moments = _moments(analysis.opened_at, stage.now, 2)
    sections = dict(analysis.sections) | {
        "summary": "Gates 60 to 66 in Haneda read no boarding passes, because the scanner driver did not start.",
        "impact": "Seven gates. Passes were checked by hand; two flights boarded late.",
        "cause": "After the restart of the night the driver waited for a network that came up later than it does.",
        "done": "- Started the driver on all gates; two needed a visit.\n- The driver now starts with the gate.",
    }  # fmt: skip
    actions = _actions(
        stage.now.date(), "Let the driver try again until the network is there", "Restart one gate before the others"
    )
    _write(analysis, sections, actions, stage, "kenji", now=moments[0])
    writing.submit(analysis, by=stage.user("kenji"), now=moments[1])


def _with_level_3(stage: Stage) -> None:
    """Léa passes a P1 on, Kenji takes it."""
    ticket = Ticket.objects.live().for_detail().filter(account__name="Kestrel Air", subject=CHARTS).first()
    if ticket is None or not escalation.level_3_of(ticket, now=stage.now).is_included:
        return
    moments = _moments(ticket.updated_at, stage.now, 2, apart=A_WHILE)
    escalation.escalate(
        ticket, reason="The certificate chain of the maker is new to me. Kenji has seen it on the scanners.",
        by=stage.user("lea"), now=moments[0],
    )  # fmt: skip
    escalation.accept(ticket, by=stage.agents["kenji"], now=moments[1])


def _asked_for(stage: Stage) -> None:
    """A customer of Maple Freight finds that one fault comes back too often."""
    ticket = _open_ticket("Maple Freight", stage)
    if ticket is None:
        return
    escalation.ask_for_level_3(
        ticket, reason="It comes back every week. Please let a specialist look at the logs.",
        by=ticket.requester.user, now=_moments(ticket.updated_at, stage.now, 1, apart=A_WHILE)[0],
    )  # fmt: skip


def _open_ticket(account: str, stage: Stage) -> Ticket | None:
    """The latest that is ours to move and that level 3 is open to."""
    tickets = Ticket.objects.live().filter(account__name=account, is_private=False, updated_at__lt=stage.now)
    for ticket in tickets.filter(priority__lte=Priority.MEDIUM).for_detail().order_by("-pk"):
        if escalation.level_3_of(ticket, now=stage.now).is_included:
            return ticket
    return None


def _moments(start: datetime, end: datetime, count: int, *, apart: timedelta = DAY) -> list[datetime]:
    """So many moments after `start` and before `end`, no further apart than that."""
    step = min((end - start) / (count + 1), apart)
    return [start + step * place for place in range(1, count + 1)]


def _actions(day: date, *whats: str) -> list[dict[str, str]]:
    owners = ("Release team", "Léa Fontaine")
    return [
        {"what": what, "owner": owner, "on": _in_days(day, 5 + 7 * place)}
        for place, (what, owner) in enumerate(zip(whats, owners, strict=True))
    ]


def _in_days(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _write(
    analysis: RootCauseAnalysis,
    sections: dict[str, str],
    actions: list[dict[str, str]],
    stage: Stage,
    who: str,
    *,
    now: datetime,
) -> None:
    by = stage.user(who)
    writing.take_over(analysis, by=by, now=now)
    writing.save_draft(analysis, sections=sections, actions=actions, seen=None, by=by, now=now)
