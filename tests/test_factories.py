"""What factories write by a shorter way is what the front door writes."""

import pytest

from accounts.core.enums import Tier
from accounts.models import Contract, EntitlementChange, Seat
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from tests import factories

WAYS = [factories.seat, factories.seat_by_the_front_door]


def rows():
    """Every row that a seat leaves, without its key; a notice bears the key of its seat in its own.

    That staff nominated somebody is news of the front door alone: the seat of the factory is one that is there.
    """
    tables = (Seat.objects, EntitlementChange.objects, Notice.objects.exclude(kind="seat_nominated"))
    left = [list(table.order_by("pk").values()) for table in tables]
    for row in (row for table in left for row in table):
        row.pop("id")
    number = dict(Seat.objects.values_list("pk", "number"))
    for notice in left[2]:
        if notice["kind"] == "seat_validated":
            kind, pk, user = notice["key"].split(":")
            notice["key"] = (kind, number[int(pk)], user)
    return left


def show(seat):
    return [getattr(seat, field.attname) for field in Seat._meta.fields if field.name != "id"]


@pytest.mark.parametrize("noted", [True, False], ids=["", "of a contract whose beginning nobody noted"])
@pytest.mark.parametrize("tier", [Tier.SILVER, Tier.GOLD, Tier.PLATINUM])
def test_a_seat_leaves_the_rows_of_a_nomination_and_its_validation(paris, london, lead, tier, noted):
    account = factories.make_account("Acme", region=paris, tier=tier)
    account.regions.add(london)
    people = [
        factories.make_contact(account, "a@acme.test"),
        factories.make_contact(account, "b@acme.test", region=london),
    ]
    left, shown = [], []
    for way in WAYS:
        Contract.objects.update(start_noted=noted)
        shown.append([show(way(person, by=lead.user)) for person in people])
        left.append(rows())
        for model in (Notice, EntitlementChange, Seat):
            model.objects.all().delete()

    assert left[0] == left[1]
    assert shown[0] == shown[1]
    assert [len(table) for table in left[0]][:2] == [2, 2 if noted else 3]


@pytest.mark.parametrize("way", WAYS)
def test_what_the_front_door_refuses_is_refused(paris, lead, way):
    standard = factories.make_account("Bravo", region=paris, tier=Tier.STANDARD)
    full = factories.make_account("Acme", region=paris, tier=Tier.SILVER)
    for name in ("a", "b"):
        factories.seat(factories.make_contact(full, f"{name}@acme.test"), by=lead.user)

    for account in (standard, full, factories.make_account("Without a contract", region=paris)):
        contact = factories.make_contact(account, f"c@{account.pk}.test")
        with pytest.raises(DomainError):
            way(contact, by=lead.user)
        assert not contact.seats.exists()
