"""The sentences of an explanation, in both zones when the reader is elsewhere."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from accounts.enums import Basis, Tier
from sla.domain.explanation import explain_clock, explain_terms
from sla.domain.terms import terms_for
from sla.domain.wording import lines, week_words
from sla.enums import ClockKind, Priority, StartCause
from tests.factories import MONDAY_9AM, make_region, make_ticket
from tickets.domain.conversation import reply_as_agent
from tickets.domain.lifecycle import change_priority

pytestmark = pytest.mark.django_db
PARIS_TUESDAY_1730 = datetime(2026, 11, 10, 16, 30, tzinfo=UTC)


def said(explanation, *, now, zone_name="Europe/Paris"):
    return [(line.kind, line.text.replace("\u00a0", " ")) for line in lines(explanation, now=now, zone_name=zone_name)]


def test_the_holiday_before_which_a_ticket_is_opened_stands_in_the_sentences():
    region = make_region("france", holidays={date(2026, 11, 11): ("Armistice Day", "Armistice")})
    terms = terms_for(tier=Tier.STANDARD, basis=Basis.NO_SEAT, priority=Priority.URGENT, region=region)

    explanation = explain_terms(terms, ClockKind.RESPONSE, now=PARIS_TUESDAY_1730)

    assert said(explanation, now=PARIS_TUESDAY_1730) == [
        ("start", "Opened today 17:30."),
        (
            "terms",
            "Target: an answer within 2 h for P1 at the Standard tier, because the requester holds no Premium seat.",
        ),
        ("terms", "Counted in the business hours of France (Mon–Fri 09:00–18:00, Paris time)."),
        ("counted", "Counted: today 17:30 to 18:00 (30 min)."),
        ("closed", "Armistice Day: today 18:00 to Thu 12 Nov 09:00, not counted."),
        ("counted", "Counted: Thu 12 Nov 09:00 to 10:30 (1 h 30 min)."),
        ("due", "Total 2 h. Due Thu 12 Nov 10:30."),
    ]


def test_a_reader_elsewhere_reads_the_due_moment_in_both_zones(paris):
    terms = terms_for(tier=Tier.GOLD, basis=Basis.SEAT, priority=Priority.HIGH, region=paris)

    explanation = explain_terms(terms, ClockKind.RESPONSE, now=PARIS_TUESDAY_1730)

    assert said(explanation, now=PARIS_TUESDAY_1730, zone_name="America/Toronto")[-1] == (
        "due",
        "Total 3 h. Due today 14:30 your time (Toronto) · 20:30 in Paris.",
    )


def test_a_recount_and_the_result_are_said(ticket, agent):
    raised, answered = MONDAY_9AM + timedelta(hours=1), MONDAY_9AM + timedelta(hours=2, minutes=5)
    change_priority(ticket, Priority.URGENT, by=agent.user, now=raised)
    reply_as_agent(ticket, body="Here", by=agent.user, now=answered)

    explanation = explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE))

    assert said(explanation, now=answered) == [
        ("start", "Opened today 10:00."),
        (
            "terms",
            "Target: an answer within 1 h for P1 at the Premium Gold tier, because the requester is a Premium contact.",
        ),
        ("terms", "Counted around the clock."),
        ("recount", "today 11:00 the priority changed from P3 to P1: due moved from today 13:00 to today 12:00."),
        ("start", "Counted from today 11:00."),
        ("counted", "Counted: today 11:00 to 12:00 (1 h)."),
        ("due", "Total 1 h. Due today 12:00."),
        ("result", "Missed: it happened today 12:05, 5 min late."),
    ]


def test_neighbouring_days_with_the_same_hours_are_said_once():
    weekly = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in range(4)} | {4: [("09:00", "12:00")]}

    assert week_words(weekly) == "Mon–Thu 09:00–12:00 13:00–17:00, Fri 09:00–12:00"


@pytest.mark.parametrize("cause", list(StartCause))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_started_a_clock_has_its_sentence_in_both_languages(cause, language, requester):
    clock = make_ticket(requester).clocks.get(kind=ClockKind.RESPONSE)
    clock.cause = cause

    with translation.override(language):
        (started, *_more) = said(explain_clock(clock), now=MONDAY_9AM, zone_name="UTC")

    assert started == ("start", STARTED[language][cause])


STARTED = {
    "en": {
        StartCause.OPENED: "Opened today 09:00.",
        StartCause.CUSTOMER_MESSAGE: "The oldest message without an answer came today 09:00.",
        StartCause.AGENT_MESSAGE: "Counted from our last message, today 09:00.",
        StartCause.OUR_TURN: "It became our turn today 09:00.",
        StartCause.PRIORITY: "Counted from the change of priority, today 09:00.",
        StartCause.SKIPPED: "Counted from the check-in that was left out, today 09:00.",
        StartCause.STATUS_CHANGE: "The status changed today 09:00, and you were told at once.",
        StartCause.LIVE: "Opened in conversation with us today 09:00.",
        StartCause.MERGED: "Taken over from a merged ticket: counted from today 09:00.",
        StartCause.CALL_ASKED: "A call was requested today 09:00.",
        StartCause.CHAT: "The first message of the chat came today 09:00.",
    },
    "fr": {
        StartCause.OPENED: "Ouvert : aujourd’hui 09:00.",
        StartCause.CUSTOMER_MESSAGE: "Le plus ancien message sans réponse est arrivé : aujourd’hui 09:00.",
        StartCause.AGENT_MESSAGE: "Compté à partir de notre dernier message : aujourd’hui 09:00.",
        StartCause.OUR_TURN: "C’est à nous depuis : aujourd’hui 09:00.",
        StartCause.PRIORITY: "Compté à partir du changement de priorité : aujourd’hui 09:00.",
        StartCause.SKIPPED: "Compté à partir du point d’étape omis : aujourd’hui 09:00.",
        StartCause.STATUS_CHANGE: "L’état a changé (aujourd’hui 09:00), et vous en avez été informé aussitôt.",
        StartCause.LIVE: "Ouvert en conversation avec nous : aujourd’hui 09:00.",
        StartCause.MERGED: "Repris d’un ticket fusionné : compté à partir de aujourd’hui 09:00.",
        StartCause.CALL_ASKED: "Un appel a été demandé : aujourd’hui 09:00.",
        StartCause.CHAT: "Le premier message du chat est arrivé : aujourd’hui 09:00.",
    },
}
