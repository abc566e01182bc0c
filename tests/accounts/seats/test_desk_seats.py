"""Seats on the desk: staff nominate for a customer and move a seat to another region of the account."""

import pytest
from django.urls import reverse

from accounts.core.enums import SeatState, Tier
from accounts.models import Region, Seat, SeatMove
from accounts.seats.domain import seats
from tests.factories import make_account, make_contact, make_region


@pytest.fixture
def gold(account, london, account_admin, colleague):
    """Acme lives in Paris and London; Anna holds seat 1, Noé none."""
    account.regions.add(london)
    return account


def nominate(browser, account, **fields):
    return browser.post(reverse("admin:accounts_seat_nominate", args=[account.pk]), fields, follow=True)


def move(browser, seat, region):
    address = reverse("admin:accounts_seat_region", args=[seat.pk])
    return browser.post(address, {"next": "account", "region": region.pk}, follow=True)


def said(page):
    return [str(message) for message in page.context["messages"]]


def test_staff_nominate_for_a_customer(gold, colleague, london, lead, client_for):
    page = nominate(client_for(lead), gold, contact=colleague.pk, region=london.pk)

    seat = colleague.seats.get()
    assert (seat.state, seat.number, seat.region, seat.nominated_by) == (SeatState.NOMINATED, 2, london, lead.user)
    assert said(page) == ["Noé Blanc nominated. The Premium seat applies once it is approved."]
    assert page.redirect_chain == [(f"/desk/accounts/account/{gold.pk}/change/#seats", 302)]
    assert seat in page.context["plan"].seats


def test_the_page_offers_who_and_where(gold, colleague, lead, client_for):
    page = client_for(lead).get(f"/desk/accounts/account/{gold.pk}/change/")

    assert page.context["seats_free_for"] == [colleague]
    assert f'action="/desk/accounts/seat/nominate/{gold.pk}/"' in page.text
    assert f'action="/desk/accounts/seat/{gold.seats.get().pk}/region/"' in page.text


@pytest.mark.parametrize("wrong", ["no region", "foreign region", "foreign contact", "has a seat"])
def test_a_nomination_that_cannot_be_is_refused_with_the_reason(
    gold, account_admin, colleague, stranger, london, tokyo, lead, client_for, wrong
):
    fields = {"contact": colleague.pk, "region": london.pk}
    fields |= {
        "no region": {"region": ""}, "foreign region": {"region": tokyo.pk},
        "foreign contact": {"contact": stranger.pk}, "has a seat": {"contact": account_admin.pk},
    }[wrong]  # fmt: skip

    page = nominate(client_for(lead), gold, **fields)

    assert len(said(page)) == 1
    assert "contact" not in wrong or said(page) == ["Choose a contact of this account."]
    assert list(Seat.objects.values_list("contact", flat=True)) == [account_admin.pk]


def test_a_full_contract_offers_no_nomination_and_refuses_one(paris, lead, client_for):
    silver = make_account("Silver", region=paris, tier=Tier.SILVER)
    first, second, third = (make_contact(silver, f"{name}@silver.test", name=name) for name in ("Ada", "Bo", "Cy"))
    browser = client_for(lead)
    for contact in (first, second):
        nominate(browser, silver, contact=contact.pk)

    page = browser.get(f"/desk/accounts/account/{silver.pk}/change/")
    refused = nominate(browser, silver, contact=third.pk)

    assert page.context["seats_free_for"] == []
    assert "seat/nominate" not in page.text
    assert said(refused) == [
        "All 2 Premium seats of the contract are in use. Replace a Premium contact, or ask us for a higher tier."
    ]
    assert Seat.objects.count() == 2


def test_staff_move_a_seat_to_another_region(gold, account_admin, paris, london, lead, client_for):
    seat = account_admin.seats.get()

    page = move(client_for(lead), seat, london)

    seat.refresh_from_db()
    moved = SeatMove.objects.get()
    assert (seat.region, moved.old_region, moved.new_region, moved.moved_by) == (london, paris, london, lead.user)
    assert said(page) == ["Region saved. New tickets of Anna Roy use the new region. Open tickets keep theirs."]


def test_a_region_of_another_account_is_refused(gold, account_admin, paris, tokyo, lead, client_for):
    seat = account_admin.seats.get()

    page = move(client_for(lead), seat, tokyo)

    seat.refresh_from_db()
    assert (seat.region, SeatMove.objects.count(), len(said(page))) == (paris, 0, 1)


def test_new_regions_give_tickets_to_the_best_match(administrator, client_for):
    """On unless somebody switches it off."""
    assert Region(code="moon").matches_tickets is True
    form = client_for(administrator).get("/desk/accounts/region/add/").context["adminform"].form
    assert form["matches_tickets"].value() is True
    assert make_region("mars", matches_tickets=False).matches_tickets is False


def test_nobody_without_the_right_role_moves_or_nominates(gold, account_admin, colleague, london, client_for):
    browser, seat = client_for(account_admin), account_admin.seats.get()

    answers = [nominate(browser, gold, contact=colleague.pk, region=london.pk), move(browser, seat, london)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (Seat.objects.count(), SeatMove.objects.count()) == (1, 0)
    assert seats.seat_plan(gold, now=seat.nominated_at).used == 1
