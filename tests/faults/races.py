"""Who meets whom, and what must be true afterwards."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from accounts.contracts.domain import contracts
from accounts.core.enums import Tier
from accounts.hours.domain import hours, hours_verification, hours_years
from accounts.models import Account, Contact, HoursEntry, HoursYear, Region, Seat
from accounts.seats.domain import seats
from portal.lib import outbox
from portal.lib.outbox import Notice
from sla.core.domain.sweep import sweep
from sla.core.enums import ClockEventKind, ClockKind, Priority
from sla.models import Clock, ClockEvent
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket, seat
from tests.faults.meeting import Act, race
from tests.faults.world import DAY, HOUR, MINUTE, World
from tickets.calls.domain import asking
from tickets.core.domain import conversation, lifecycle, merging
from tickets.core.domain.closing import close_solved
from tickets.core.enums import Channel, Status
from tickets.models import Call, Message, Ticket

MICROSECOND = timedelta(microseconds=1)
DUE = MONDAY_9AM + HOUR  # of an urgent Gold ticket
LATE = DUE + MINUTE


# --- What a round is about --------------------------------------------------------------------------------------------


def _urgent(world: World, _round: int) -> int:
    """A P1 of a Gold requester: due at DUE."""
    return make_ticket(world.contact("marc"), priority=Priority.URGENT).pk


def _medium(world: World, _round: int) -> int:
    return make_ticket(world.contact("marc")).pk


def _solved_long_ago(world: World, round_: int) -> int:
    ticket = Ticket.objects.get(pk=_medium(world, round_))
    by = world.staff("lea")
    conversation.reply_as_agent(ticket, body="Done.", by=by, now=MONDAY_9AM + MINUTE, status_after=Status.SOLVED)
    return ticket.pk


def _two_tickets(world: World, round_: int) -> tuple[int, int]:
    return _urgent(world, round_), _medium(world, round_)


# --- What people and jobs do ------------------------------------------------------------------------------------------


def _answer(name: str, at: datetime) -> Act:
    def act(world: World, pk: int) -> None:
        conversation.reply_as_agent(Ticket.objects.get(pk=pk), body=f"by {name}", by=world.staff(name), now=at)

    return act


def _raise_priority(at: datetime) -> Act:
    def act(world: World, pk: int) -> None:
        lifecycle.change_priority(Ticket.objects.get(pk=pk), Priority.URGENT, by=world.staff("nadia"), now=at)

    return act


def _lower_priority(at: datetime) -> Act:
    def act(world: World, pk: int) -> None:
        lifecycle.change_priority(Ticket.objects.get(pk=pk), Priority.HIGH, by=world.staff("nadia"), now=at)

    return act


def _sweep(at: datetime) -> Act:
    return lambda _world, _subject: sweep(now=at)


def _customer_writes(at: datetime) -> Act:
    def act(world: World, pk: int) -> None:
        marc = world.contact("marc")
        conversation.reply_as_customer(Ticket.objects.get(pk=pk), body="And?", by=marc, channel=Channel.EMAIL, now=at)

    return act


def _customer_closes(at: datetime) -> Act:
    def act(world: World, pk: int) -> None:
        lifecycle.close_by_customer(Ticket.objects.get(pk=pk), by=world.contact("marc").user, now=at)

    return act


# --- The races --------------------------------------------------------------------------------------------------------


def _ends(pk: int, kind: ClockKind) -> list[str]:
    return list(Clock.objects.filter(ticket=pk, kind=kind).order_by("pk").values_list("outcome", flat=True))


def _flags(pk: int) -> int:
    return ClockEvent.objects.filter(
        clock__ticket=pk, clock__kind=ClockKind.RESPONSE, kind=ClockEventKind.OVERDUE
    ).count()


def _kept_due(pk: int) -> list[str]:
    running = Clock.objects.running().filter(ticket=pk).values_list("due_at", flat=True)
    stored = Ticket.objects.values_list("next_due_at", flat=True).get(pk=pk)
    return [] if stored == min(running, default=None) else [f"next due {stored}, clocks {list(running)}"]


def _expect(what: str, is_: object, wanted: object) -> list[str]:
    return [] if is_ == wanted else [f"{what}: {is_}, not {wanted}"]


@race(_urgent, _answer("lea", MONDAY_9AM + MINUTE), _answer("nadia", MONDAY_9AM + MINUTE))
def two_agents_answer(pk: int, refused: int) -> list[str]:
    """F71: both are heard, one response clock is met, one check-in goes on."""
    return [
        *_expect("refused", refused, 0),
        *_expect("messages", Message.objects.filter(ticket=pk).count(), 3),
        *_expect("response", _ends(pk, ClockKind.RESPONSE), ["met"]),
        *_expect("check-ins", _ends(pk, ClockKind.CHECK_IN), ["met", "met", "running"]),
        *_kept_due(pk),
    ]


@race(_urgent, _answer("lea", LATE), _sweep(LATE))
def a_late_answer_meets_the_sweep(pk: int, refused: int) -> list[str]:
    return [
        *_expect("refused", refused, 0),
        *_expect("response", _ends(pk, ClockKind.RESPONSE), ["missed"]),
        *_expect("flags", _flags(pk), 1),
        *_kept_due(pk),
    ]


@race(_urgent, _answer("lea", DUE), _sweep(DUE))
def an_answer_at_the_due_microsecond_meets_the_sweep(pk: int, refused: int) -> list[str]:
    """F52: met without a flag, or missed with one; never both, never neither."""
    ends = _ends(pk, ClockKind.RESPONSE)
    return [
        *_expect("refused", refused, 0),
        *_expect("response and flags", (ends, _flags(pk)) in ((["met"], 0), (["missed"], 1)), True),
        *_kept_due(pk),
    ]


@race(_urgent, _answer("lea", DUE - MICROSECOND), _sweep(DUE - MICROSECOND), _sweep(DUE - MICROSECOND))
def an_answer_just_in_time_is_never_flagged(pk: int, refused: int) -> list[str]:
    return [
        *_expect("refused", refused, 0),
        *_expect("response", _ends(pk, ClockKind.RESPONSE), ["met"]),
        *_expect("flags", _flags(pk), 0),
    ]


@race(_medium, _raise_priority(MONDAY_9AM + MINUTE), _answer("lea", MONDAY_9AM + MINUTE))
def a_new_priority_meets_an_answer(pk: int, refused: int) -> list[str]:
    running = Clock.objects.running().get(ticket=pk)
    return [
        *_expect("refused", refused, 0),
        *_expect("response", _ends(pk, ClockKind.RESPONSE), ["met"]),
        *_expect("running", (running.kind, running.priority), (ClockKind.CHECK_IN, Priority.URGENT)),
        *_kept_due(pk),
    ]


@race(_urgent, _lower_priority(LATE), _sweep(LATE), _answer("lea", LATE))
def priority_sweep_and_answer_meet_when_it_is_late(pk: int, refused: int) -> list[str]:
    """F72: whoever comes first flags it, at the moment it was due; nobody takes it back."""
    flagged = ClockEvent.objects.filter(clock__ticket=pk, clock__kind=ClockKind.RESPONSE, kind=ClockEventKind.OVERDUE)
    return [
        *_expect("refused", refused, 0),
        *_expect("response", _ends(pk, ClockKind.RESPONSE), ["missed"]),
        *_expect("flags", list(flagged.values_list("occurred_at", flat=True)), [DUE]),
        *_kept_due(pk),
    ]


@race(_urgent, _customer_closes(LATE), _customer_writes(LATE), _sweep(LATE))
def closing_reopening_and_sweep_meet(pk: int, refused: int) -> list[str]:
    """F73: in either order the first promise is flagged, and the ticket stands as the last of the two left it."""
    ends = _ends(pk, ClockKind.RESPONSE)
    status = Ticket.objects.values_list("status", flat=True).get(pk=pk)
    either = {(Status.OPEN, ("cancelled", "running")), (Status.SOLVED, ("cancelled",))}
    return [
        *_expect("refused", refused, 0),
        *_expect("status and response", (status, tuple(ends)) in either, True),
        *_expect("flags", ClockEvent.objects.filter(clock__ticket=pk, occurred_at=DUE, kind="overdue").count(), 1),
        *_kept_due(pk),
    ]


@race(_solved_long_ago, _customer_writes(MONDAY_9AM + 8 * DAY), lambda _w, _s: close_solved(now=MONDAY_9AM + 8 * DAY))
def the_customer_writes_while_the_ticket_closes(pk: int, refused: int) -> list[str]:
    """F77: the answered ticket stays open, or a follow-up has the words; none are lost."""
    ticket = Ticket.objects.get(pk=pk)
    follow_ups = Ticket.objects.filter(follow_up_of=pk).count()
    either = {(Status.OPEN, 3, 0), (Status.CLOSED, 2, 1)}
    seen = (ticket.status, ticket.messages.count(), follow_ups)
    return [*_expect("refused", refused, 0), *_expect("ended well", seen in either, True), *_kept_due(pk)]


def _merge(world: World, pair: tuple[int, int]) -> None:
    first, second = (Ticket.objects.get(pk=pk) for pk in pair)
    merging.merge(first, into=second, by=world.staff("nadia"), now=LATE)


def _merge_back(world: World, pair: tuple[int, int]) -> None:
    _merge(world, (pair[1], pair[0]))


@race(_two_tickets, _merge, _merge_back, lambda world, pair: _answer("lea", LATE)(world, pair[0]), _sweep(LATE))
def two_merges_an_answer_and_the_sweep_meet(pair: tuple[int, int], refused: int) -> list[str]:
    """F73: one merge wins; the late promise is flagged once; what was closed runs nothing."""
    states = sorted(Ticket.objects.filter(pk__in=pair).values_list("status", flat=True))
    running = Clock.objects.running().filter(ticket__in=pair, ticket__status=Status.CLOSED).count()
    words = Message.objects.filter(ticket__in=pair, ticket__merged_into=None).count()
    return [
        *_expect("one is closed, one lives", states in (["closed", "new"], ["closed", "open"]), True),
        *_expect("refused", refused in (1, 2), True),
        *_expect("clocks on the closed one", running, 0),
        *_expect("messages", words, 4 - refused),
        *_expect("flags of the late promise", _flags(pair[0]), 1),
        *_kept_due(pair[0]),
        *_kept_due(pair[1]),
    ]


def _account_with_one_seat_left(world: World, round_: int) -> tuple[int, int]:
    account = make_account(f"Seats {round_}", region=world.contact("marc").own_region, tier=Tier.SILVER)
    people = [make_contact(account, f"{name}@seats{round_}.test") for name in ("first", "second", "third")]
    seats.nominate(people[0], by=world.staff("nadia"), now=MONDAY_9AM)
    return people[1].pk, people[2].pk


def _nominate(which: int) -> Act:
    def act(world: World, people: tuple[int, int]) -> None:
        contact = Contact.objects.select_related("account__home_region", "user").get(pk=people[which])
        seats.nominate(contact, by=world.staff("nadia"), now=MONDAY_9AM)

    return act


@race(_account_with_one_seat_left, _nominate(0), _nominate(1))
def two_people_ask_for_the_last_seat(people: tuple[int, int], refused: int) -> list[str]:
    taken = Seat.objects.taken().filter(account__contacts=people[0]).values_list("number", flat=True)
    return [*_expect("refused", refused, 1), *_expect("seats", sorted(taken), [1, 2])]


def _nominated_with_a_ticket(world: World, round_: int) -> tuple[int, int]:
    account = make_account(f"Terms {round_}", region=world.contact("marc").own_region, tier=Tier.GOLD)
    contact = make_contact(account, f"first@terms{round_}.test")
    seats.nominate(contact, by=world.staff("nadia"), now=MONDAY_9AM)
    return contact.pk, contact.pk


def _decide(verb: Callable[..., Any], **more: str) -> Act:
    def act(world: World, people: tuple[int, int]) -> None:
        taken = Seat.objects.select_related("contact", "account").get(contact=people[0])
        verb(taken, by=world.staff("nadia"), now=MONDAY_9AM, **more)

    return act


@race(_nominated_with_a_ticket, _decide(seats.validate), _decide(seats.decline, reason="No."))
def a_seat_is_validated_and_declined(people: tuple[int, int], refused: int) -> list[str]:
    """One decision counts, and exactly that one is told."""
    held = Seat.objects.get(contact=people[0])
    decisions = Notice.objects.filter(recipient__contacts=people[0]).exclude(kind="seat_nominated")
    told = list(decisions.values_list("kind", flat=True))
    kind = {"active": "seat_validated", "declined": "seat_declined"}.get(held.state)
    return [*_expect("refused", refused, 1), *_expect("told", told, [kind])]


def _gold_contact(world: World, round_: int) -> tuple[int, int]:
    account = make_account(f"Contract {round_}", region=world.contact("marc").own_region, tier=Tier.GOLD)
    contact = make_contact(account, f"first@contract{round_}.test")
    seat(contact, by=world.staff("nadia"))
    return contact.pk, account.pk


def _open(world: World, who: tuple[int, int]) -> None:
    make_ticket(Contact.objects.select_related("account__home_region", "user").get(pk=who[0]), now=MONDAY_9AM)


def _end_contract(world: World, who: tuple[int, int]) -> None:
    contract = Account.objects.get(pk=who[1]).contracts.get()
    contract.ends_on = date(2026, 11, 8)
    contracts.save_contract(contract, by=world.staff("nadia"), now=MONDAY_9AM)


@race(_gold_contact, _open, _end_contract)
def a_contract_ends_while_a_ticket_is_opened(who: tuple[int, int], refused: int) -> list[str]:
    """The terms are those of before or those of after, the same for the ticket and both of its clocks."""
    ticket = Ticket.objects.get(requester=who[0])
    tiers = {ticket.tier, *Clock.objects.filter(ticket=ticket).values_list("tier", flat=True)}
    return [
        *_expect("refused", refused, 0),
        *_expect("tiers", tiers in ({Tier.GOLD}, {Tier.STANDARD}), True),
        *_kept_due(ticket.pk),
    ]


def _deliver_the_oldest(_world: World, _pk: int) -> None:
    outbox.deliver(now=MONDAY_9AM, limit=1)


@race(_medium, *[_deliver_the_oldest] * 4)
def four_workers_claim_one_mail(pk: int, refused: int) -> list[str]:
    """F79: the mails themselves are counted at the end of all rounds."""
    notice = Notice.objects.get(key__startswith=f"opened:{pk}:")
    return [*_expect("attempts", notice.attempts <= 1, True)]


# --- Hours ------------------------------------------------------------------------------------------------------------


def _one_hour_left(world: World, round_: int) -> int:
    """An account of its own, with one of its eight hours left."""
    account = make_account(f"Hours {round_}", region=Region.objects.get(code="france"), tier=Tier.GOLD)
    hours_years.update_years_of(account.contracts.get(), now=MONDAY_9AM)
    hours.use(account, 420, work="Before", by=world.staff("lea"), now=MONDAY_9AM)
    return HoursYear.objects.get(contract__account=account).pk


def _book_an_hour(name: str) -> Act:
    def act(world: World, pk: int) -> None:
        account = HoursYear.objects.get(pk=pk).contract.account
        hours.use(account, 60, work="x", by=world.staff(name), now=MONDAY_9AM)

    return act


@race(_one_hour_left, *[_book_an_hour("lea")] * 4)
def four_book_the_last_hour(pk: int, refused: int) -> list[str]:
    year = HoursYear.objects.get(pk=pk)
    return [
        *_expect("refused", refused, 3),
        *_expect("available", hours.balance_of(year).available, 0),
        *_expect("differences", list(hours_verification.differences()), []),
    ]


@race(lambda _world, _round: 0, *[lambda _world, _pk: hours_years.update_contract_years(now=MONDAY_9AM)] * 3)
def three_jobs_grant_the_year(_pk: int, refused: int) -> list[str]:
    grants = HoursEntry.objects.filter(kind="grant").values_list("year", flat=True)
    return [*_expect("refused", refused, 0), *_expect("grants", len(grants), len(set(grants)))]


# --- Calls ------------------------------------------------------------------------------------------------------------


def _two_in_line(world: World, round_: int) -> tuple[int, list[int]]:
    """A day of its own, and three people who want its first slot; two lines answer."""
    region = Region.objects.get(code="france")
    account = make_account(f"Calls {round_}", region=region)
    people = [make_contact(account, f"c{round_}-{number}@calls.test").pk for number in range(3)]
    return round_, people


def _slot(round_: int) -> datetime:
    return MONDAY_9AM + HOUR + (round_ % 12) * 30 * MINUTE + (round_ // 12) * 7 * DAY


def _want(which: int) -> Act:
    def act(_world: World, subject: tuple[int, list[int]]) -> None:
        round_, people = subject
        contact = Contact.objects.select_related("user", "account__home_region").get(pk=people[which])
        asking.ask_for_call(
            by=contact, number="+33199001234", topic="x", slot=_slot(round_), now=_slot(round_) - HOUR,
        )  # fmt: skip

    return act


@race(_two_in_line, _want(0), _want(1), _want(2))
def three_want_the_last_two_places(subject: tuple[int, list[int]], refused: int) -> list[str]:
    calls = Call.objects.filter(contact__in=subject[1])
    places = sorted(calls.values_list("place", flat=True))
    return [*_expect("refused", refused, 1), *_expect("places", places, [1, 2])]
