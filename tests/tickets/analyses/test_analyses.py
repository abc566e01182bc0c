"""Root-cause analyses: opened by the act that solves a P1 on Platinum, written, checked by others, published."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.core.enums import ContactRole, Tier
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.outbox import Notice
from sla.core.domain.calendars import new_version
from sla.core.enums import Priority
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket, seat
from tickets.analyses.domain import approval, deadlines, questions, texts, writing
from tickets.core.domain import conversation, lifecycle, merging, routing
from tickets.core.domain.history import sentence
from tickets.core.enums import AnalysisState, Channel, EventKind, Status
from tickets.models import AnalysisQuestion, AnalysisVersion, RootCauseAnalysis

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOLVED = MONDAY_9AM + 2 * HOUR
WHOLE = {
    "summary": "Kiosks were down.", "impact": "Three airports.", "timeline": "- 09:50 down", "cause": "Two jobs.",
    "done": "We pushed the profile again.",
}  # fmt: skip
ACTIONS = [{"what": "Order the jobs", "owner": "Release team", "on": "2026-11-20"}]


@pytest.fixture
def tom(london, lead):
    """Kestrel Air in London is on Platinum; Tom administers it and holds a seat."""
    account = make_account("Kestrel Air", region=london, tier=Tier.PLATINUM)
    contact = make_contact(account, "tom@kestrel.test", name="Tom Hale", role=ContactRole.ADMIN)
    seat(contact, by=lead.user)
    return contact


@pytest.fixture
def sam(db):
    return make_agent("sam@punctual.test", name="Sam")


@pytest.fixture
def p1(tom, agent, lead):
    """An urgent ticket of Tom's that is Léa's."""
    ticket = make_ticket(tom, priority=Priority.URGENT)
    return routing.assign(ticket, agent, by=lead.user, now=MONDAY_9AM)


def solve(ticket, by, *, now=SOLVED):
    conversation.reply_as_agent(ticket, body="It works again.", by=by.user, now=now, status_after=Status.SOLVED)
    return RootCauseAnalysis.objects.filter(ticket=ticket).first()


@pytest.fixture
def analysis(p1, agent):
    return solve(p1, agent)


def write(analysis, by, *, now=SOLVED + HOUR, **fields):
    values = {"sections": WHOLE, "actions": ACTIONS, "seen": None} | fields
    return writing.save_draft(analysis, by=by.user, now=now, **values)


def publish(analysis, author, reviewer, approver, *, now=SOLVED + DAY, note=""):
    writing.submit(write(analysis, author, now=now), by=author.user, now=now)
    approval.review(analysis, by=reviewer.user, now=now)
    approval.approve(analysis, by=approver.user, now=now)
    return approval.publish(analysis, by=approver.user, now=now, note=note)


def told():
    rows = Notice.objects.filter(kind="analysis").order_by("pk")
    return [(row.data["what"], row.recipient.name) for row in rows]


# --- Opening


def by_answering(ticket, agent):
    solve(ticket, agent)


def by_status(ticket, agent):
    conversation.reply_as_agent(ticket, body="Look.", by=agent.user, now=SOLVED - HOUR)
    lifecycle.change_status(ticket, Status.SOLVED, by=agent.user, now=SOLVED)


def by_customer(ticket, agent):
    lifecycle.close_by_customer(ticket, by=ticket.requester.user, now=SOLVED)


@pytest.mark.parametrize("way", [by_answering, by_status, by_customer])
def test_every_way_of_solving_opens_it(p1, agent, way):
    """Due: five business days after the local day, at closing time in the region of the ticket."""
    way(p1, agent)

    analysis = RootCauseAnalysis.objects.get()
    assert (analysis.ticket, analysis.account, analysis.state) == (p1, p1.account, AnalysisState.REQUESTED)
    assert (analysis.opened_at, analysis.due_at) == (SOLVED, datetime(2026, 11, 16, 17, 30, tzinfo=UTC))
    assert told() == [("opened", "Léa")]
    assert [sentence(event) for event in p1.events.filter(kind=EventKind.ANALYSIS)] == [
        "opened the root-cause analysis"
    ]


def test_it_is_the_priority_at_the_moment_of_solving(tom, agent):
    raised, lowered = make_ticket(tom), make_ticket(tom, priority=Priority.URGENT)
    lifecycle.change_priority(raised, Priority.URGENT, by=agent.user, now=MONDAY_9AM)
    lifecycle.change_priority(lowered, Priority.HIGH, by=agent.user, now=MONDAY_9AM)

    assert (solve(raised, agent) is not None, solve(lowered, agent)) == (True, None)


def test_the_contract_of_the_account_decides(requester, tom, agent):
    """Gold has none; on Platinum also a requester without a seat has it."""
    gold = make_ticket(requester, priority=Priority.URGENT)
    seatless = make_ticket(make_contact(tom.account, "priya@kestrel.test"), priority=Priority.URGENT)

    assert (solve(gold, agent), solve(seatless, agent).account) == (None, tom.account)


def test_solved_again_it_keeps_the_analysis_that_it_has(p1, analysis, agent, tom):
    conversation.reply_as_customer(p1, body="Down again.", by=tom, channel=Channel.PORTAL, now=SOLVED + DAY)

    assert solve(p1, agent, now=SOLVED + 2 * DAY) == analysis
    assert RootCauseAnalysis.objects.get().due_at == analysis.due_at
    assert told() == [("opened", "Léa")]


def test_a_merged_p1_is_analysed_where_it_goes_on(p1, tom, agent):
    into = make_ticket(tom, priority=Priority.URGENT)
    merging.merge(p1, into=into, by=agent.user, now=SOLVED)
    assert not RootCauseAnalysis.objects.exists()

    conversation.reply_as_agent(into, body="Done.", by=agent.user, now=SOLVED, status_after=Status.SOLVED)

    assert RootCauseAnalysis.objects.get().ticket == into


def test_holidays_and_weekends_are_no_business_days(london):
    calendar = london.calendar
    calendar.exceptions.create(day=datetime(2026, 11, 11).date(), name_en="Off", name_fr="Fermé", intervals=[])
    new_version(calendar, by=None, now=MONDAY_9AM)

    assert deadlines.due_after(MONDAY_9AM, london) == datetime(2026, 11, 17, 17, 30, tzinfo=UTC)
    assert deadlines.due_after(MONDAY_9AM, london, days=1) == datetime(2026, 11, 10, 17, 30, tzinfo=UTC)


def test_the_draft_begins_with_what_customers_may_know(p1, agent, tom):
    """#153: public words and promises, never an internal note."""
    conversation.add_note(p1, body="Tom shouted at SECRET.", by=agent.user, now=MONDAY_9AM + HOUR)

    analysis = solve(p1, agent)

    assert analysis.sections["timeline"].split("\n") == [
        "Times in London time.",
        "",
        "- **Mon 9 Nov 09:00** Tom Hale opened the ticket with priority P1 Urgent",
        "- **Mon 9 Nov 09:00** Nadia assigned the ticket to Léa",
        "- **Mon 9 Nov 09:00** Tom Hale wrote: “Nothing happens after the QR code.”",
        "- **Mon 9 Nov 11:00** Léa changed the status from New to Solved",
        "- **Mon 9 Nov 11:00** Léa wrote: “It works again.”",
        "- **Mon 9 Nov 11:00** Response target missed (due Mon 9 Nov 10:00)",
        "- **Mon 9 Nov 11:00** Check-in on time (due Mon 9 Nov 11:00)",
    ]


# --- Writing


def test_nobody_saves_over_the_words_of_somebody_else(analysis, agent, sam):
    """F75: the second of two who opened the same text is told, and the text stands."""
    first = write(analysis, agent, seen=analysis.revision)
    with pytest.raises(Stale):
        write(analysis, agent, sections={"summary": "Mine"}, seen=analysis.revision)
    with pytest.raises(NotAllowed, match="Léa is the author of this analysis"):
        write(analysis, sam, sections={"summary": "Mine"}, seen=first.revision)
    analysis.refresh_from_db()
    assert (analysis.sections, analysis.author, analysis.writers) == (WHOLE, agent.user, [agent.user.pk])


def test_another_agent_takes_it_over(analysis, agent, sam):
    write(analysis, agent)
    taken = writing.take_over(analysis, by=sam.user, now=SOLVED)
    write(taken, sam)
    analysis.refresh_from_db()
    assert (analysis.author, analysis.writers) == (sam.user, [agent.user.pk, sam.user.pk])


@pytest.mark.parametrize(
    ("sections", "actions", "missing"),
    [
        ({}, [], ["summary", "impact", "timeline", "cause", "done", "actions"]),
        (WHOLE | {"cause": "  "}, ACTIONS, ["cause"]),
        (WHOLE, [{"what": "Order the jobs", "owner": "", "on": "2026-11-20"}], ["actions"]),
    ],
)
def test_half_a_text_is_kept_but_not_handed_on(analysis, agent, sections, actions, missing):
    write(analysis, agent, sections=sections, actions=actions)
    with pytest.raises(texts.Incomplete) as refusal:
        writing.submit(analysis, by=agent.user, now=SOLVED)
    assert refusal.value.metadata == {"missing": missing}
    analysis.refresh_from_db()
    assert analysis.state == AnalysisState.DRAFT


def test_thirty_actions_are_kept_and_one_more_is_refused(analysis, agent):
    thirty = [ACTIONS[0] | {"what": f"Action {number}"} for number in range(30)]
    write(analysis, agent, actions=thirty)
    analysis.refresh_from_db()
    assert analysis.actions == thirty

    with pytest.raises(DomainError) as refusal:
        write(analysis, agent, actions=[*thirty, ACTIONS[0]])

    assert (refusal.value.code, refusal.value.field) == ("too_long", "actions")
    analysis.refresh_from_db()
    assert analysis.actions == thirty


def test_days_that_do_not_exist_are_refused(analysis, agent):
    with pytest.raises(DomainError) as refusal:
        write(analysis, agent, actions=[{"what": "x", "owner": "y", "on": "2026-02-30"}])
    assert (refusal.value.code, refusal.value.field) == ("bad_day", "actions")
    analysis.refresh_from_db()
    assert analysis.actions == []


# --- Review and approval


def test_three_people_write_review_and_approve(analysis, agent, sam, lead, administrator):
    writing.submit(write(analysis, agent), by=agent.user, now=SOLVED)
    for refused in (approval.review, approval.approve):
        with pytest.raises(approval.SamePerson):
            refused(analysis, by=agent.user, now=SOLVED)
    with pytest.raises(DomainError, match="not been reviewed yet"):
        approval.approve(analysis, by=lead.user, now=SOLVED)
    approval.review(analysis, by=lead.user, now=SOLVED)
    with pytest.raises(approval.SamePerson):
        approval.approve(analysis, by=lead.user, now=SOLVED)
    with pytest.raises(Stale, match="Nadia has reviewed it"):
        approval.review(analysis, by=sam.user, now=SOLVED)
    approval.approve(analysis, by=administrator.user, now=SOLVED)

    analysis.refresh_from_db()
    assert (analysis.author, analysis.reviewer, analysis.approver) == (agent.user, lead.user, administrator.user)
    assert told() == [
        ("opened", "Léa"),
        ("review", "Nadia"),
        ("review", "Root"),
        ("reviewed", "Root"),
        ("approved", "Léa"),
    ]


def test_who_wrote_before_somebody_took_it_over_does_not_approve(analysis, agent, sam):
    write(analysis, agent)
    writing.take_over(analysis, by=sam.user, now=SOLVED)
    writing.submit(write(analysis, sam), by=sam.user, now=SOLVED)
    with pytest.raises(approval.SamePerson):
        approval.review(analysis, by=agent.user, now=SOLVED)


@pytest.mark.parametrize("pair", [("approver", "author"), ("reviewer", "author"), ("approver", "reviewer")])
def test_the_database_holds_the_people_apart_too(analysis, lead, pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        RootCauseAnalysis.objects.filter(pk=analysis.pk).update(**dict.fromkeys(pair, lead.user))


def test_sent_back_it_says_why_and_begins_anew(analysis, agent, sam, lead):
    writing.submit(write(analysis, agent), by=agent.user, now=SOLVED)
    approval.review(analysis, by=sam.user, now=SOLVED)
    writing.send_back(analysis, words="Name the release.", by=lead.user, now=SOLVED)
    analysis.refresh_from_db()
    assert (analysis.state, analysis.reviewer, analysis.sent_back) == (AnalysisState.DRAFT, None, "Name the release.")
    assert told()[-1] == ("sent_back", "Léa")
    with pytest.raises(Stale):
        approval.approve(analysis, by=lead.user, now=SOLVED)
    writing.submit(analysis, by=agent.user, now=SOLVED)
    analysis.refresh_from_db()
    assert analysis.sent_back == ""


# --- Publishing


def test_a_published_version_never_changes(analysis, agent, sam, lead, tom):
    version = publish(analysis, agent, sam, lead)

    analysis.refresh_from_db()
    assert (analysis.state, analysis.current_version, analysis.published_at) == ("published", 1, SOLVED + DAY)
    assert (version.sections, version.actions, version.published_by) == (WHOLE, ACTIONS, lead.user)
    assert told()[-1] == ("published", "Tom Hale")
    version.note = "Another story"
    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(Stale):
        approval.publish(analysis, by=lead.user, now=SOLVED + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnalysisVersion.objects.create(
            analysis=analysis, number=1, sections={}, actions=[], published_at=SOLVED, published_by=lead.user
        )
    with pytest.raises(Stale):
        write(analysis, agent)
    assert AnalysisVersion.objects.get().sections == WHOLE


def test_the_next_version_says_what_changed_and_the_last_one_stands_meanwhile(analysis, agent, sam, lead):
    publish(analysis, agent, sam, lead)
    writing.begin_version(analysis, by=sam.user, now=SOLVED + DAY)
    analysis.refresh_from_db()
    assert (analysis.state, analysis.shown_state, analysis.current_version) == ("draft", "published", 1)

    with pytest.raises(DomainError, match="Enter what has changed since the last version"):
        publish(analysis, sam, agent, lead, now=SOLVED + 2 * DAY)
    approval.publish(analysis, note="The cause, in more detail.", by=lead.user, now=SOLVED + 2 * DAY)

    kept = AnalysisVersion.objects.order_by("number").values_list("number", "note")
    assert list(kept) == [(1, ""), (2, "The cause, in more detail.")]


def test_a_withdrawn_version_says_by_whom_and_the_one_before_stands(analysis, agent, sam, lead):
    first = publish(analysis, agent, sam, lead)
    writing.begin_version(analysis, by=agent.user, now=SOLVED + DAY)
    second = publish(analysis, agent, sam, lead, note="More.")

    withdrawn = approval.withdraw(second, reason="A wrong name.", by=lead.user, now=SOLVED + 2 * DAY)

    analysis.refresh_from_db()
    assert (withdrawn.withdrawn_by, withdrawn.withdrawn_because) == (lead.user, "A wrong name.")
    assert (analysis.current_version, analysis.last_version, analysis.state) == (1, 2, "published")
    with pytest.raises(Stale):
        approval.withdraw(second, reason="Again.", by=lead.user, now=SOLVED + 2 * DAY)
    approval.withdraw(first, reason="That too.", by=lead.user, now=SOLVED + 2 * DAY)
    analysis.refresh_from_db()
    assert (analysis.current_version, analysis.state, analysis.shown_state) == (0, "draft", "draft")


# --- Late


def test_what_is_late_is_flagged_once_and_the_leads_hear_of_it(analysis, agent):
    due = analysis.due_at
    assert deadlines.flag_breaches(now=due - timedelta(microseconds=1)) == 0
    assert [deadlines.flag_breaches(now=due + HOUR), deadlines.flag_breaches(now=due + 2 * HOUR)] == [1, 0]
    analysis.refresh_from_db()
    assert analysis.breached_at == due
    assert told() == [("opened", "Léa"), ("overdue", "Nadia"), ("overdue", "Léa")]


def test_published_late_before_any_job_ran_it_is_flagged_all_the_same(analysis, agent, sam, lead):
    publish(analysis, agent, sam, lead, now=analysis.due_at + HOUR)
    assert deadlines.flag_breaches(now=analysis.due_at + DAY) == 0
    analysis.refresh_from_db()
    assert analysis.breached_at == analysis.due_at
    assert [what for what, _name in told()].count("overdue") == 2


def test_published_in_time_it_is_never_flagged(analysis, agent, sam, lead):
    publish(analysis, agent, sam, lead)
    assert deadlines.flag_breaches(now=analysis.due_at + DAY) == 0
    assert RootCauseAnalysis.objects.get().breached_at is None


# --- Questions


def test_a_question_is_asked_and_answered_once(analysis, agent, sam, lead, tom):
    with pytest.raises(questions.NotPublished):
        questions.ask(analysis, body="Why?", by=tom, now=SOLVED)
    publish(analysis, agent, sam, lead)
    question = questions.ask(analysis, body="Why two jobs?", by=tom, now=SOLVED + 2 * DAY)
    questions.answer(question, body="For speed.", by=sam.user, now=SOLVED + 3 * DAY)
    with pytest.raises(Stale):
        questions.answer(question, body="For fun.", by=agent.user, now=SOLVED + 3 * DAY)

    kept = AnalysisQuestion.objects.get()
    assert (kept.body, kept.answer, kept.answered_by) == ("Why two jobs?", "For speed.", sam.user)
    assert told()[-2:] == [("question", "Léa"), ("answered", "Tom Hale")]


def test_a_private_analysis_shows_to_whom_the_ticket_shows(tom, agent):
    """#153"""
    priya, yuki = (make_contact(tom.account, f"{name}@kestrel.test") for name in ("priya", "yuki"))
    ticket = make_ticket(priya, priority=Priority.URGENT, is_private=True)
    analysis = solve(ticket, agent)
    seen = {person: list(RootCauseAnalysis.objects.visible_to(person.user, person)) for person in (priya, yuki, tom)}
    assert seen == {priya: [analysis], yuki: [], tom: [analysis]}
    assert list(RootCauseAnalysis.objects.visible_to(priya.user)) == []
