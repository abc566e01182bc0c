"""Seats with regions, their history, and the cases of abuse against the cap (#88 to #96)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.core.domain import contacts
from accounts.core.domain.entitlements import entitlements_of
from accounts.core.enums import ContactRole, SeatState, Tier
from accounts.models import Contact, Contract, Seat, SeatMove, User
from accounts.seats.domain import seats
from accounts.seats.domain.seat_history import seat_history
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from sla.core.enums import Priority
from tests.api import Caller, reason
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket, seat
from tickets.core.domain.clocks import region_for
from tickets.core.domain.preview import outlook
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def kestrel(london, tokyo):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    account.regions.add(tokyo)
    return account


@pytest.fixture
def tom(kestrel, lead):
    contact = make_contact(kestrel, "tom@kestrel.test", name="Tom Hale", role=ContactRole.ADMIN)
    seat(contact, by=lead.user)
    return contact


@pytest.fixture
def uma(kestrel):
    return make_contact(kestrel, "uma@kestrel.test", name="Uma")


def fresh(contact):
    return Contact.objects.for_acting().get(pk=contact.pk)


# --- Regions ----------------------------------------------------------------------------------------------------------


def test_the_region_of_the_seat_decides_the_calendar_of_new_tickets_and_of_their_preview(tom, london, tokyo, lead):
    held = tom.seats.get()
    before = make_ticket(tom, priority=Priority.URGENT)

    seats.change_region(held, tokyo, by=tom.user, now=MONDAY_9AM + DAY)

    after = make_ticket(tom, now=MONDAY_9AM + DAY, priority=Priority.URGENT)
    assert (before.region, after.region) == (london, tokyo)
    assert outlook(fresh(tom), now=MONDAY_9AM).region == tokyo
    # Open tickets keep their region and what was promised on them.
    assert Ticket.objects.get(pk=before.pk).region == london
    assert {clock.calendar.region for clock in before.clocks.running()} == {london}
    assert [(m.old_region, m.new_region, m.moved_at, m.moved_by) for m in held.moves.all()] == [
        (london, tokyo, MONDAY_9AM + DAY, tom.user)
    ]


def test_a_seat_stays_where_it_is_told_to_be_twice(tom, london):
    seats.change_region(tom.seats.get(), london, by=tom.user, now=MONDAY_9AM)

    assert SeatMove.objects.count() == 0


def test_regions_that_make_no_sense_are_refused(tom, uma, tokyo, toronto, lead):
    held = tom.seats.get()
    with pytest.raises(DomainError) as foreign:
        seats.change_region(held, toronto, by=tom.user, now=MONDAY_9AM)
    with pytest.raises(DomainError) as nominated:
        seats.nominate(uma, region=toronto, by=tom.user, now=MONDAY_9AM)
    seats.withdraw(held, by=tom.user, now=MONDAY_9AM)
    with pytest.raises(Stale):
        seats.change_region(held, tokyo, by=tom.user, now=MONDAY_9AM)

    assert (foreign.value.code, nominated.value.code) == ("foreign_region", "foreign_region")
    assert (SeatMove.objects.count(), uma.seats.count()) == (0, 0)


def test_a_tier_whose_seats_name_no_region_uses_the_contact_s_own(kestrel, tom, london, tokyo, lead):
    seats.change_region(tom.seats.get(), tokyo, by=tom.user, now=MONDAY_9AM)
    Contract.objects.filter(account=kestrel).update(tier=Tier.SILVER, premium_contacts=2)

    with pytest.raises(seats.NoRegions):
        seats.change_region(tom.seats.get(), london, by=tom.user, now=MONDAY_9AM)

    silver = entitlements_of(fresh(tom), MONDAY_9AM)
    assert (silver.tier, region_for(fresh(tom), silver)) == (Tier.SILVER, london)
    assert tom.seats.get().region == tokyo


def test_with_several_regions_the_form_asks_for_one(client_for, tom, uma, kestrel, tokyo):
    client, page = client_for(tom), reverse("accounts:seat_nominate")
    asked = client.post(page, {"contact": uma.pk})
    given = client.post(page, {"contact": uma.pk, "region": tokyo.pk})

    assert (asked.status_code, asked.context["form"].errors["region"]) == (
        422, ["Choose a region."],
    )  # fmt: skip
    assert (given.status_code, uma.seats.get().region) == (302, tokyo)


def test_an_administrator_moves_a_seat_on_its_page_and_by_api(client_for, tom, tokyo, london):
    page = reverse("accounts:seat_region", args=[tom.seats.get().pk])
    assert client_for(tom).get(page).status_code == 200
    assert client_for(tom).post(page, {"region": ""}).status_code == 422
    client_for(tom).post(page, {"region": tokyo.pk})
    assert tom.seats.get().region == tokyo

    moved = Caller(tom).patch("/seats/1", {"region": "emea"})
    assert (moved.status_code, moved.json()["region"]) == (200, "emea")
    assert reason(Caller(tom).patch("/seats/1", {"region": "france"})) == (400, "FOREIGN_REGION")
    assert tom.seats.get().region == london


# --- History ----------------------------------------------------------------------------------------------------------


def test_the_history_says_who_held_which_seat_when_and_where(client_for, tom, uma, tokyo, lead, stranger):
    held = tom.seats.get()
    seats.change_region(held, tokyo, by=tom.user, now=MONDAY_9AM + DAY)
    seats.replace(held, contact=uma, by=tom.user, now=MONDAY_9AM + 2 * DAY)

    body = Caller(tom).get("/seats/history").json()["results"]
    assert [
        (row["number"], row["contact"]["name"], row["region"], row["state"], row["ended_at"], row["moves"])
        for row in body
    ] == [
        (1, "Uma", "apac", "nominated", None, []),
        (
            1, "Tom Hale", "apac", "withdrawn", "2026-11-11T09:00:00Z",
            [{"from_region": "emea", "to_region": "apac", "moved_at": "2026-11-10T09:00:00Z"}],
        ),
    ]  # fmt: skip
    shown = client_for(tom).get(reverse("accounts:seat_history"))
    assert [row.contact.name for row in shown.context["rows"]] == ["Uma", "Tom Hale"]
    assert "Emea until Tue 10 Nov" in " ".join(shown.content.decode().split())
    assert Caller(uma).get("/seats/history").status_code == 403
    stranger.role = ContactRole.ADMIN
    stranger.save()
    assert Caller(stranger).get("/seats/history").json()["results"] == []


def test_the_history_costs_two_statements_and_pages_by_key(tom, uma, lead, django_assert_num_queries):
    for number in range(5):
        seats.withdraw(
            seats.nominate(uma, by=tom.user, now=MONDAY_9AM + number * DAY), by=tom.user, now=MONDAY_9AM + number * DAY
        )

    with django_assert_num_queries(2):
        first = seat_history(tom.account, limit=4)
    rest = seat_history(tom.account, before=first[-1])

    assert [row.contact.name for row in first + rest] == ["Uma"] * 5 + ["Tom Hale"]


# --- Abuse ------------------------------------------------------------------------------------------------------------


def test_somebody_who_is_deactivated_keeps_the_place_taken_and_gets_no_new_one(
    account, account_admin, requester, colleague
):
    """#90 Reactivating somebody when all is full changes no count: the seat was never free."""
    zoe = make_contact(account, "zoe@acme.test")
    seats.nominate(colleague, by=account_admin.user, now=MONDAY_9AM)
    contacts.change(
        colleague,
        role=ContactRole.MEMBER,
        region=None,
        phone="",
        is_active=False,
        by=account_admin.user,
        now=MONDAY_9AM,
    )

    with pytest.raises(seats.SeatsFull):
        seats.nominate(zoe, by=account_admin.user, now=MONDAY_9AM)
    contacts.change(
        colleague, role=ContactRole.MEMBER, region=None, phone="", is_active=True, by=account_admin.user, now=MONDAY_9AM
    )

    assert seats.seat_plan(account, MONDAY_9AM).used == 3
    seats.withdraw(colleague.seats.get(), by=account_admin.user, now=MONDAY_9AM)
    zoe.is_active = False
    zoe.save()
    with pytest.raises(DomainError, match="Restore access first"):
        seats.nominate(zoe, by=account_admin.user, now=MONDAY_9AM)
    assert seats.seat_plan(account, MONDAY_9AM).used == 2


@pytest.mark.parametrize("figure", ["-1", "1000000000000", "2.5", "many", "0x10"])
def test_a_cap_that_is_no_number_of_seats_is_refused(client_for, lead, account, figure):
    """#93 Nothing but a whole number that the column holds; there is no “unlimited”."""
    contract = account.contracts.get()
    values = {
        "tier": "gold", "starts_on": "2020-01-01", "ends_on": "2039-12-31", "premium_contacts": figure,
        "professional_services_hours": "8", "price_usd": "28000",
    }  # fmt: skip

    answer = client_for(lead).post(reverse("admin:accounts_contract_change", args=[contract.pk]), values)

    assert answer.status_code == 422
    assert "premium_contacts" in answer.context["adminform"].form.errors
    contract.refresh_from_db()
    assert contract.premium_contacts == 3


def test_a_cap_of_zero_gives_nobody_a_seat(account, colleague, lead):
    """#93"""
    Contract.objects.filter(account=account).update(premium_contacts=0)

    with pytest.raises(seats.NoSeats):
        seats.nominate(colleague, by=lead.user, now=MONDAY_9AM)
    assert Seat.objects.count() == 0


@pytest.mark.parametrize(
    "written",
    ["MARC@ACME.TEST", " marc@acme.test ", "ma\u200brc@acme.test", "ｍarc@acme.test", "marc@acme.test."],
    ids=["case", "space", "zero width", "full width", "dot"],
)
def test_another_spelling_of_an_address_is_the_same_person(account, account_admin, requester, written):
    """#94 No shadow twin who could take a second seat; `+` and dots inside an address are other addresses."""
    people = User.objects.count()
    with pytest.raises(DomainError) as refusal:
        contacts.invite(
            account, email=written, name="Marc", language="en", role=ContactRole.MEMBER, region=None,
            by=account_admin.user, now=MONDAY_9AM,
        )  # fmt: skip

    assert (refusal.value.code, User.objects.count()) == ("already_contact", people)


def test_a_failure_after_the_check_leaks_no_seat(account, colleague, account_admin, monkeypatch):
    """#95 The notice cannot be written: neither the seat’s new state nor anything else is kept."""
    nominated = seats.nominate(colleague, by=account_admin.user, now=MONDAY_9AM)

    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(outbox, "write", broken)
    with pytest.raises(OSError, match="disk full"):
        seats.validate(nominated, by=account_admin.user, now=MONDAY_9AM)

    assert Seat.objects.get(pk=nominated.pk).state == SeatState.NOMINATED


def test_asking_for_more_than_the_tier_gives_gets_what_the_tier_gives(colleague):
    """#96 Neither a field nor a header nor a word in the subject makes a Standard contact a Premium one."""
    caller = Caller(colleague, **{"X-Priority": "1"})
    ticket = {"subject": "URGENT!!! platinum", "body": "Help", "priority": 1}

    smuggled = caller.post("/tickets", ticket | {"tier": "platinum", "sla_plan": "premium"})
    plain = caller.post("/tickets", ticket)

    assert smuggled.status_code == 400
    created = Ticket.objects.get()
    assert (plain.status_code, created.tier) == (201, Tier.STANDARD)
    assert {clock.tier for clock in created.clocks.all()} == {Tier.STANDARD}
