"""The sentences of an explanation, in both zones when the reader is elsewhere."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from accounts.core.enums import Basis, Tier
from portal.lib.zones import zone
from sla.core.domain.explanation import Recount, explain_clock, explain_terms
from sla.core.domain.stretches import Closed, Stretch
from sla.core.domain.terms import terms_for
from sla.core.domain.wording import cause_words, closed_words, lines, result_line, target_words, week_words
from sla.core.enums import ChangeCause, CheckInRule, ClockKind, Outcome, Priority, StartCause
from tests.factories import MONDAY_9AM, make_region, make_ticket
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.domain.lifecycle import change_priority, change_status
from tickets.core.enums import Channel, Status

pytestmark = pytest.mark.django_db
PARIS_TUESDAY_1730 = datetime(2026, 11, 10, 16, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def said(explanation, *, now, zone_name="Europe/Paris"):
    return [(line.kind, line.text.replace("\u00a0", " ")) for line in lines(explanation, now=now, zone_name=zone_name)]


def test_the_holiday_before_which_a_ticket_is_opened_stands_in_the_sentences():
    region = make_region("france", holidays={date(2026, 11, 11): ("Armistice Day", "Armistice")})
    terms = terms_for(tier=Tier.STANDARD, basis=Basis.NO_SEAT, priority=Priority.URGENT, region=region)

    explanation = explain_terms(terms, ClockKind.RESPONSE, now=PARIS_TUESDAY_1730)

    assert said(explanation, now=PARIS_TUESDAY_1730) == [
        ("start", "The ticket was opened today at 17:30."),
        (
            "terms",
            "Target: a reply within 2 business hours for P1 with Standard, because the requester has no Premium seat.",
        ),
        ("terms", "Business hours of France: Mon–Fri 09:00–18:00 (Paris)."),
        ("counted", "Included today from 17:30 to 18:00 (30 min)."),
        (
            "closed",
            "Not included from Tuesday 10 November at 18:00 to Thursday 12 November at 09:00 (Armistice Day).",
        ),
        ("counted", "Included on Thursday 12 November from 09:00 to 10:30 (1 h 30 min)."),
        ("due", "Total 2 h. Due on Thursday 12 November at 10:30."),
    ]


def test_a_reader_elsewhere_reads_the_due_moment_in_both_zones(paris):
    terms = terms_for(tier=Tier.GOLD, basis=Basis.SEAT, priority=Priority.HIGH, region=paris)

    explanation = explain_terms(terms, ClockKind.RESPONSE, now=PARIS_TUESDAY_1730)

    assert said(explanation, now=PARIS_TUESDAY_1730, zone_name="America/Toronto")[-1] == (
        "due",
        "Total 3 h. Due today at 14:30 (Toronto), 20:30 in Paris.",
    )


def test_a_recount_and_the_result_are_said(ticket, agent):
    raised, answered = MONDAY_9AM + timedelta(hours=1), MONDAY_9AM + timedelta(hours=2, minutes=5)
    change_priority(ticket, Priority.URGENT, by=agent.user, now=raised)
    reply_as_agent(ticket, body="Here", by=agent.user, now=answered)

    explanation = explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE))

    assert said(explanation, now=answered) == [
        ("start", "The ticket was opened today at 10:00."),
        (
            "terms",
            "Target: a reply within 1 h for P1 with Premium Gold, because the requester is a Premium contact.",
        ),
        ("terms", "24/7: every hour of every day is included."),
        (
            "recount",
            "Today at 11:00, the priority changed from P3 to P1. The due time, 13:00 today, changed to 12:00 today.",
        ),
        ("start", "The target starts today at 11:00."),
        ("counted", "Included today from 11:00 to 12:00 (1 h)."),
        ("due", "Total 1 h. Due today at 12:00."),
        ("result", "Missed by 5 min: sent today at 12:05."),
    ]


def recount(cause, *, moved=False, applied=True, kept=False, **detail):
    due = MONDAY_9AM + timedelta(hours=4)
    return Recount(
        at=MONDAY_9AM, cause=cause, by="Nadia", old_due_at=due,
        new_due_at=due - timedelta(hours=2) if moved else due, applied=applied, old_priority=3, new_priority=1,
        kept=kept, detail=detail,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            recount(ChangeCause.TARGET, moved=True),
            "the target was changed. The due time, 13:00 today, changed to 11:00 today.",
        ),
        (recount(ChangeCause.TARGET), "the target was changed. The due time is still 13:00 today."),
        (
            recount(ChangeCause.TARGET, applied=False),
            "the target was changed. The due time stayed 13:00 today, the earlier of the two.",
        ),
        (
            recount(ChangeCause.SEAT_WITHDRAWN, applied=False, kept=True),
            "the requester’s Premium seat was removed. The running target stays, due by 13:00 today.",
        ),
        (
            recount(ChangeCause.CONTRACT_ENDED, applied=False, kept=True),
            "the contract ended. The running target stays, due by 13:00 today.",
        ),
        (
            recount(ChangeCause.CONTRACT, moved=True, old_tier="gold", new_tier="platinum"),
            "the contract was changed (Premium Gold → Premium Platinum). "
            "The due time, 13:00 today, changed to 11:00 today.",
        ),
        (
            recount(ChangeCause.PRIORITY, moved=True),
            "the priority changed from P3 to P1. The due time, 13:00 today, changed to 11:00 today.",
        ),
        (
            recount(ChangeCause.SEAT_WITHDRAWN),
            "the requester’s Premium seat was removed. The due time is still 13:00 today.",
        ),
    ],
)
def test_what_a_change_did_to_the_due_moment_is_said(ticket, change, sentence):
    explanation = replace(explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE)), recounts=[change])

    assert [text for kind, text in said(explanation, now=MONDAY_9AM, zone_name="UTC") if kind == "recount"] == [
        f"Today at 09:00, {sentence}"
    ]


CLOSED = {
    Closed.NIGHT: ("closed overnight", "fermé la nuit"),
    Closed.BREAK: ("break", "fermé entre-temps"),
    Closed.WEEKEND: ("weekend", "week-end"),
    Closed.CLOSED_DAY: ("closed day", "jour fermé"),
    Closed.HOLIDAY: ("public holiday", "jour férié"),
}


@pytest.mark.parametrize("closed", list(Closed))
def test_why_nothing_was_counted_is_said_in_both_languages(closed):
    found = Stretch(MONDAY_9AM, MONDAY_9AM + timedelta(hours=1), closed)
    for language, words in zip(("en", "fr"), CLOSED[closed], strict=True):
        with translation.override(language):
            assert closed_words(found) == words


@pytest.mark.parametrize(
    ("priority", "tier", "kind", "words"),
    [
        (Priority.LOW, Tier.STANDARD, ClockKind.RESPONSE, "Target: a reply within 24 business hours"),
        (Priority.MEDIUM, Tier.STANDARD, ClockKind.CHECK_IN, "Target: a check-in once per business day"),
        (Priority.URGENT, Tier.STANDARD, ClockKind.CHECK_IN, "Target: a check-in every 6 business hours"),
    ],
)
def test_what_is_promised_is_said_by_its_rule(paris, priority, tier, kind, words):
    terms = terms_for(tier=tier, basis=Basis.STANDARD_CONTRACT, priority=priority, region=paris)
    explanation = explain_terms(terms, kind, now=MONDAY_9AM)

    assert target_words(explanation).replace("\u00a0", " ") == words
    on_change = replace(explanation, rule=CheckInRule.STATUS_CHANGE)
    assert target_words(on_change) == "Target: a check-in each time the status changes"


RESULTS = {
    Outcome.MET: "Met today at 12:30, 30 min before the due time.",
    Outcome.MISSED: "Missed by 30 min: sent today at 12:30.",
    Outcome.CANCELLED: "No longer due since 12:30 today.",
    Outcome.SKIPPED: "Skipped today at 12:30, with a reason.",
}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_how_a_promise_ended_is_said(ticket, outcome):
    due = MONDAY_9AM + timedelta(hours=4 if outcome == Outcome.MET else 3)
    stopped = MONDAY_9AM + timedelta(hours=3, minutes=30)
    explanation = replace(
        explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE)), outcome=outcome, due_at=due, stopped_at=stopped
    )
    if outcome == Outcome.RUNNING:
        late = [result_line(explanation, now=due + wait, reader=zone("UTC")) for wait in (-SECOND, 0 * SECOND, SECOND)]
        assert late == ["", "Overdue since 12:00 today.", "Overdue since 12:00 today."]
        return
    text = result_line(explanation, now=stopped, reader=zone("UTC")).replace("\u00a0", " ")
    assert text == RESULTS[outcome]


def test_neighbouring_days_with_the_same_hours_are_said_once():
    weekly = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in range(4)} | {4: [("09:00", "12:00")]}

    assert week_words(weekly) == "Mon–Thu 09:00–12:00 13:00–17:00, Fri 09:00–12:00"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_started_a_clock_has_its_sentence_in_both_languages(language, requester):
    clock = make_ticket(requester).clocks.get(kind=ClockKind.RESPONSE)
    told = {}
    for cause in StartCause:
        clock.cause = cause
        with translation.override(language):
            (started, *_more) = said(explain_clock(clock), now=MONDAY_9AM, zone_name="UTC")
        told[cause] = started

    assert told == {cause: ("start", sentence) for cause, sentence in STARTED[language].items()}


STARTED = {
    "en": {
        StartCause.OPENED: "The ticket was opened today at 09:00.",
        StartCause.CUSTOMER_MESSAGE: "The oldest unanswered message came today at 09:00.",
        StartCause.AGENT_MESSAGE: "The target starts with our last message, sent today at 09:00.",
        StartCause.OUR_TURN: "The ticket came back to us today at 09:00.",
        StartCause.PRIORITY: "The target starts with the change of priority today at 09:00.",
        StartCause.SKIPPED: "The target starts with the check-in that was skipped today at 09:00.",
        StartCause.STATUS_CHANGE: "The status changed today at 09:00, and we sent an email at once.",
        StartCause.LIVE: "The ticket was opened during a conversation with us today at 09:00.",
        StartCause.MERGED: "The target comes from a merged ticket and starts today at 09:00.",
        StartCause.CALL_ASKED: "A call was requested today at 09:00.",
        StartCause.CHAT: "The first message of the chat came today at 09:00.",
    },
    "fr": {
        StartCause.OPENED: "Le ticket a été ouvert aujourd’hui à 09:00.",
        StartCause.CUSTOMER_MESSAGE: "Le plus ancien message sans réponse est arrivé aujourd’hui à 09:00.",
        StartCause.AGENT_MESSAGE: "Le délai commence à notre dernier message, envoyé aujourd’hui à 09:00.",
        StartCause.OUR_TURN: "Le ticket est revenu vers nous aujourd’hui à 09:00.",
        StartCause.PRIORITY: "Le délai commence au changement de priorité, aujourd’hui à 09:00.",
        StartCause.SKIPPED: "Le délai commence au point d’étape déclaré non requis aujourd’hui à 09:00.",
        StartCause.STATUS_CHANGE: "Le statut a changé aujourd’hui à 09:00, et nous avons aussitôt envoyé un e-mail.",
        StartCause.LIVE: "Le ticket a été ouvert lors d’un échange avec nous aujourd’hui à 09:00.",
        StartCause.MERGED: "Le délai vient d’un ticket fusionné et commence aujourd’hui à 09:00.",
        StartCause.CALL_ASKED: "Un appel a été demandé aujourd’hui à 09:00.",
        StartCause.CHAT: "Le premier message du chat est arrivé aujourd’hui à 09:00.",
    },
}


CHANGES = [
    (ChangeCause.PRIORITY, {}, "the priority changed", "la priorité a changé"),
    (
        ChangeCause.SEAT_GRANTED, {}, "the requester’s Premium seat was approved",
        "le siège Premium du demandeur a été validé",
    ),
    (
        ChangeCause.SEAT_WITHDRAWN, {}, "the requester’s Premium seat was removed",
        "le siège Premium du demandeur a été retiré",
    ),
    (ChangeCause.CONTRACT, {}, "the contract was changed", "le contrat a été modifié"),
    (ChangeCause.CONTRACT_STARTED, {}, "a new contract began", "un nouveau contrat a commencé"),
    (ChangeCause.CONTRACT_ENDED, {}, "the contract ended", "le contrat a pris fin"),
    (
        ChangeCause.LANGUAGE, {"language_choice": "own"},
        "replies in the requester’s language were chosen, with targets in business hours",
        "des réponses dans la langue du demandeur ont été choisies, avec des délais en heures ouvrées",
    ),
    (
        ChangeCause.LANGUAGE, {"language_choice": "english"},
        "replies in English were chosen, with 24/7 targets",
        "des réponses en anglais ont été choisies, avec des délais 24/7",
    ),
    (ChangeCause.REGION, {}, "the ticket moved to another region", "le ticket a changé de région"),
    (
        ChangeCause.CALENDAR, {}, "the business hours or holidays of the region were changed",
        "les heures ouvrées ou les jours fériés de la région ont été modifiés",
    ),
    (ChangeCause.TARGET, {}, "the target was changed", "le délai cible a été modifié"),
    (
        ChangeCause.MERGED, {"number": "SUP-1007"}, "SUP-1007 was merged into this ticket",
        "SUP-1007 a été fusionné avec ce ticket",
    ),
]  # fmt: skip


def test_every_change_has_its_words_in_both_languages():
    assert {cause for cause, *_words in CHANGES} == set(ChangeCause)
    for language, column in (("en", 2), ("fr", 3)):
        with translation.override(language):
            words = [cause_words(cause, detail).replace("\u00a0", " ") for cause, detail, *_words in CHANGES]
        assert words == [row[column] for row in CHANGES]


@pytest.mark.parametrize(
    ("at", "english", "french"),
    [
        (
            datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
            "Included today from 00:00 to 04:00 (3 h). The clocks go forward by 1 h during this time.",
            "Temps inclus aujourd’hui de 00:00 à 04:00 (3 h). "
            "Passage à l’heure d’été pendant ce temps : les horloges avancent de 1 h.",
        ),
        (
            datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
            "Included today from 00:00 to 02:00 (3 h). The clocks go back by 1 h during this time.",
            "Temps inclus aujourd’hui de 00:00 à 02:00 (3 h). "
            "Passage à l’heure d’hiver pendant ce temps : les horloges reculent de 1 h.",
        ),
    ],
)
def test_a_clock_change_is_told_by_its_direction(paris, at, english, french):
    terms = terms_for(tier=Tier.GOLD, basis=Basis.SEAT, priority=Priority.HIGH, region=paris)
    explanation = explain_terms(terms, ClockKind.RESPONSE, now=at)
    assert said(explanation, now=at)[3] == ("counted", english)
    with translation.override("fr"):
        assert said(explanation, now=at)[3] == ("counted", french)


def test_a_check_in_that_begins_when_it_is_our_turn_says_since_when_they_had_paused(requester, colleague, agent):
    """Since this ticket's own turn left us: neither another ticket nor an older pause of this one counts."""
    ticket, other = make_ticket(requester), make_ticket(colleague)
    hour = timedelta(hours=1)
    for hours, answered in ((1, ticket), (1.5, other), (3, ticket)):
        reply_as_agent(answered, body="?", by=agent.user, now=MONDAY_9AM + hours * hour, status_after=Status.WAITING)
        if answered == ticket:
            at = MONDAY_9AM + (hours + 1) * hour
            reply_as_customer(ticket, body="!", by=requester, channel=Channel.PORTAL, now=at)
            clock = ticket.clocks.running().get(kind=ClockKind.CHECK_IN)
            paused = f"{9 + hours:02}:00"
            assert said(explain_clock(clock), now=at, zone_name="UTC")[0] == (
                "start",
                f"The ticket came back to us today at {at:%H:%M}. Check-ins had been paused since {paused} today, "
                "because no reply was expected from us.",
            )


def test_a_pause_is_that_of_this_very_ticket_before_this_very_check_in(requester, agent):
    """Two tickets wait by turns, and on one an answer leaves while it waits: each pause began when its turn left us."""

    def waits(ticket, hour):
        change_status(ticket, Status.WAITING, by=agent.user, now=MONDAY_9AM + timedelta(hours=hour))

    def answered(ticket, hour):
        at = MONDAY_9AM + timedelta(hours=hour)
        reply_as_customer(ticket, body="Seven", by=requester, channel=Channel.PORTAL, now=at)
        return ticket.clocks.running().get(kind=ClockKind.CHECK_IN)

    def paused(clock):
        clock.refresh_from_db()
        return explain_clock(clock).paused_at - MONDAY_9AM

    mine, other = make_ticket(requester), make_ticket(requester)
    reply_as_agent(mine, body="We look.", by=agent.user, now=MONDAY_9AM)
    waits(mine, 1)
    waits(other, 2)
    first = answered(mine, 3)
    assert paused(first) == timedelta(hours=1)
    waits(mine, 4)
    reply_as_agent(mine, body="Which version?", by=agent.user, now=MONDAY_9AM + timedelta(hours=5))
    assert paused(answered(other, 6)) == timedelta(hours=2)
    assert paused(answered(mine, 7)) == timedelta(hours=4)
    assert paused(first) == timedelta(hours=1)


def test_what_a_target_says_where_nothing_is_counted_down(paris):
    by_day = explain_terms(
        terms_for(tier=Tier.SILVER, basis=Basis.SEAT, priority=Priority.MEDIUM, region=paris), ClockKind.CHECK_IN,
        now=PARIS_TUESDAY_1730,
    )  # fmt: skip
    words = [text for _kind, text in said(by_day, now=PARIS_TUESDAY_1730)]
    assert words[1] == (
        "Target: a check-in once per business day for P3 with Premium Silver, because the requester is a Premium "
        "contact."
    )
    assert words[-1] == "Due at the end of the next business day, tomorrow at 18:00."


def test_the_update_that_a_change_of_status_sends_is_explained(requester, agent):
    ticket = make_ticket(requester, priority=Priority.LOW)
    change_status(ticket, Status.ON_HOLD, by=agent.user, now=MONDAY_9AM)
    clock = ticket.clocks.get(kind=ClockKind.CHECK_IN)
    assert said(explain_clock(clock), now=MONDAY_9AM, zone_name="UTC") == [
        ("start", "The status changed today at 09:00, and we sent an email at once."),
        (
            "terms",
            "Target: a check-in each time the status changes for P4 with Premium Gold, because the requester is a "
            "Premium contact.",
        ),
        ("terms", "Business hours of France: Mon–Fri 09:00–18:00 (Paris)."),
        ("due", "Total 0 min. Due today at 09:00 (UTC), 10:00 in Paris."),
        ("result", "Met today at 09:00, 0 min before the due time."),
    ]
