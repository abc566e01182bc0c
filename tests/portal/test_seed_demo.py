"""The demonstration: every state there is, consistent, the same again for the same moment, never on a server."""

import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Min, Q
from django.test import RequestFactory, TestCase

from accounts.core.enums import SeatState
from accounts.models import Account, Contact, Contract, DesignatedEngineer, Seat, User
from accounts.seats.domain.seats import seat_plan
from portal.demo import PASSWORD, SIGN_INS
from portal.demo.stories import STORIES
from portal.lib import outbox
from portal.lib.outbox import Notice
from sla.core.domain import calendars
from sla.core.domain.explanation import explain_clock
from sla.core.domain.terms import hours_of
from sla.core.enums import ClockEventKind, ClockKind, Outcome, StartCause
from sla.models import Calendar, CalendarException, Clock, ClockEvent
from tickets.core.enums import Channel, EventKind, LanguageChoice, MessageKind, RoutedBy, Status
from tickets.models import Attachment, Follower, InternalNote, Message, Ticket, TicketEvent
from tickets.verification import domain as verification

AT = "2026-11-10T17:30+01:00"
NOW = datetime.fromisoformat(AT)
# Beat looks every ten seconds.
A_RUN = timedelta(seconds=10)


def what_is_due():
    """Every promise without the keys, which a database may count on."""
    clocks = Clock.objects.values_list(
        "ticket__subject", "kind", "outcome", "started_at", "due_at", "stopped_at", "breached_at", "warned_at"
    )
    return sorted(clocks, key=str)


def counted():
    return [model.objects.count() for model in (User, Account, Ticket, Message, Clock, Notice)]


@pytest.mark.thorough
class TestDemonstration(TestCase):
    """A class of Django's, because its rows are loaded once for all tests."""

    @classmethod
    def setUpTestData(cls):
        cls.loads = []
        with transaction.atomic():
            call_command("seed_demo", at=AT, verbosity=0)
            cls.loads.append(what_is_due())
            transaction.set_rollback(True)
        calendars.calendar_snapshot.cache_clear()
        call_command("seed_demo", at=AT, verbosity=0)
        cls.loads.append(what_is_due())

    def test_the_same_moment_gives_the_same_promises(self):
        first, second = self.loads

        assert len(first) > 200
        assert first == second

    def test_every_status_priority_language_channel_and_route_is_there(self):
        def seen(field):
            return set(Ticket.objects.values_list(field, flat=True))

        assert 60 <= Ticket.objects.count() <= 75
        assert seen("status") == set(Status)
        assert seen("priority") == {1, 2, 3, 4}
        assert seen("language") == {"en", "fr"}
        assert seen("language_choice") == set(LanguageChoice)
        assert seen("tier") == {"standard", "silver", "gold", "platinum"}
        assert seen("routed_by") == set(RoutedBy)
        assert seen("channel") == set(Channel) - {Channel.DESK}
        assert seen("is_private") == {True, False}

    def test_every_way_a_clock_can_stand_is_there(self):
        ended = set(Clock.objects.values_list("kind", "outcome"))
        assert ended == {(kind, outcome) for kind in ClockKind for outcome in Outcome} - {("response", "skipped")}

        running = Counter()
        for clock in Clock.objects.running().select_related("calendar__region"):
            if clock.breached_at:
                running[clock.kind, "overdue"] += 1
            elif clock.warned_at:
                running[clock.kind, "due soon"] += 1
            elif not hours_of(clock.coverage, clock.calendar).is_open(NOW):
                running[clock.kind, "outside hours"] += 1
            else:
                running[clock.kind, "on track"] += 1
        states = ("overdue", "due soon", "outside hours", "on track")
        assert set(running) == {(kind.value, state) for kind in ClockKind for state in states}

        paused = Ticket.objects.filter(status=Status.WAITING)
        assert paused.exists()
        assert not Clock.objects.running().of(ClockKind.CHECK_IN).filter(ticket__in=paused).exists()

    def test_every_act_left_its_trace(self):
        traces = {
            "follow-up": Ticket.objects.filter(follow_up_of__status=Status.CLOSED),
            "follower": Follower.objects.all(),
            "asked priority": Ticket.objects.live().exclude(asked_priority=None),
            "text file": Attachment.objects.filter(content_type="text/plain").exclude(message=None),
            "internal note": InternalNote.objects.all(),
            "live call": Clock.objects.filter(cause=StartCause.LIVE, kind=ClockKind.RESPONSE, outcome=Outcome.MET),
            "check-in sent": Message.objects.filter(kind=MessageKind.CHECK_IN),
            "change of status told": Message.objects.filter(kind=MessageKind.STATUS_UPDATE),
            "check-in announced": Clock.objects.running().exclude(announced_at=None),
            "nomination": Seat.objects.filter(state=SeatState.NOMINATED),
            "recount": ClockEvent.objects.filter(kind=ClockEventKind.DUE_CHANGED, data__applied=True),
        }

        assert [name for name, rows in traces.items() if not rows.exists()] == []
        assert set(TicketEvent.objects.values_list("kind", flat=True)) == set(EventKind) - {EventKind.MESSAGE}

    def test_the_due_moment_of_every_ticket_is_the_earliest_of_its_running_clocks(self):
        earliest = Min("clocks__due_at", filter=Q(clocks__outcome=Outcome.RUNNING))
        rows = Ticket.objects.annotate(earliest=earliest).values_list("next_due_at", "earliest")

        assert [pair for pair in rows if pair[0] != pair[1]] == []

    def test_every_promise_explains_itself(self):
        clocks = list(Clock.objects.select_related("calendar__region").prefetch_related("events"))

        explained = [explain_clock(clock, list(clock.events.all())) for clock in clocks]

        assert len(explained) == len(clocks) > 200

    def test_the_self_check_finds_no_difference(self):
        run = verification.begin(now=NOW)
        differences = []
        while verification.go_on(run, now=NOW, found=differences.append):
            pass

        assert differences == []

    def test_what_is_due_is_flagged_at_its_moment_and_noticed_by_the_next_run(self):
        assert not Clock.objects.running().unflagged().due_by(NOW).exists()
        assert not ClockEvent.objects.unhandled().exists()
        flags = ClockEvent.objects.filter(kind=ClockEventKind.OVERDUE).select_related("clock")
        assert {flag.occurred_at == flag.clock.due_at for flag in flags} == {True}
        assert [flag for flag in flags if not timedelta() <= flag.recorded_at - flag.occurred_at <= A_RUN] == []

    def test_everything_happened_before_now_and_in_order(self):
        # The scenes play after the stories: what they open has later numbers and earlier moments.
        opened = list(Ticket.objects.order_by("pk").values_list("opened_at", flat=True)[: len(STORIES)])
        assert opened == sorted(opened)
        assert NOW - opened[0] > timedelta(days=30)
        for model, column in (
            (Message, "created_at"),
            (TicketEvent, "created_at"),
            (Notice, "sent_at"),
            (Ticket, "updated_at"),
        ):
            assert not model.objects.filter(**{f"{column}__gt": NOW + A_RUN}).exists(), model

    def test_the_mails_of_the_past_have_left_and_nobody_gets_them_now(self):
        assert Notice.objects.count() > 200
        assert not Notice.objects.filter(sent_at=None).exists()
        assert (outbox.deliver(now=NOW + timedelta(days=1)), mail.outbox) == (0, [])

    def test_the_accounts_stand_as_the_plan_says(self):
        def seats_of(name):
            plan = seat_plan(Account.objects.get(name=name), NOW)
            return plan.used, plan.limit

        assert {name: seats_of(name) for name in Account.objects.values_list("name", flat=True)} == {
            "Petite Fleur": (0, 0), "Lycée Hugo": (2, 2), "Maple Freight": (2, 3), "Kestrel Air": (3, 10),
        }  # fmt: skip
        prices = Contract.objects.in_force_on(NOW.date()).values_list("account__name", "tier", "price_usd")
        assert sorted((name, tier, price and int(price)) for name, tier, price in prices) == [
            ("Kestrel Air", "platinum", 60000),
            ("Lycée Hugo", "silver", 10000),
            ("Maple Freight", "gold", 28000),
            ("Petite Fleur", "standard", None),
        ]
        engineers = DesignatedEngineer.objects.current().values_list("region__code", "agent__user__name")
        assert set(engineers) == {("emea", "Léa Fontaine"), ("apac", "Kenji Sato")}

    def test_the_holidays_of_four_years_are_closed(self):
        def is_closed(code, day):
            calendar = Calendar.objects.get(region__code=code)
            return calendars.business_calendar(calendar).intervals_on(day) == ()

        assert is_closed("france", date(2026, 11, 11))
        assert is_closed("apac", date(2026, 11, 23))
        assert not is_closed("emea", date(2026, 11, 11))
        assert {day.year for day in CalendarException.objects.values_list("day", flat=True)} == {2025, 2026, 2027, 2028}

    def test_everybody_who_is_named_can_sign_in_and_nobody_else(self):
        assert sorted(email for _who, email, _words in SIGN_INS) == sorted(User.objects.values_list("email", flat=True))
        for who, email, words in SIGN_INS:
            user = authenticate(RequestFactory().post("/"), username=email, password=PASSWORD)
            assert user is not None, email
            assert user.name == who
            assert user.is_staff == (not Contact.objects.filter(user=user).exists()), words

    def test_french_is_typeset_as_french(self):
        french = list(Message.objects.values_list("body", flat=True))

        assert any("\u00a0?" in text for text in french)
        assert [
            text for text in french if re.search(r" [:;?!»]|« |[A-Za-zéèà]'[A-Za-zéèàêh]", text) and "é" in text
        ] == []

    def test_a_second_load_is_refused_and_changes_nothing(self):
        before = counted()

        with pytest.raises(CommandError) as refusal:
            call_command("seed_demo", at=AT)

        assert (
            str(refusal.value) == "There are people or accounts already. Load the demonstration into an empty database."
        )
        assert counted() == before

    def test_a_server_refuses_the_published_passwords(self):
        before = counted()

        with pytest.raises(CommandError) as refusal, self.settings(LOCAL=False):
            call_command("seed_demo")

        assert str(refusal.value) == (
            "The demonstration data has published passwords and is not loaded on a server. Set DEMO=1 to try it."
        )
        assert counted() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("yesterday", "--at yesterday is no moment. Write it like 2026-11-10T17:30+01:00."),
        ("2026-11-10T17:30", "--at 2026-11-10T17:30 names no time zone. Write it like 2026-11-10T17:30+01:00."),
    ],
)
def test_a_moment_that_is_none_is_refused(at, sentence):
    with pytest.raises(CommandError) as refusal:
        call_command("seed_demo", at=at)

    assert (str(refusal.value), counted()) == (sentence, [0] * 6)
