"""Designated engineers: who may be one, what is refused, what stays in the history, who is told."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.core.enums import ContactRole, Tier
from accounts.engineers import domain as engineers
from accounts.models import DesignatedEngineer
from portal.lib import clock, outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.outbox import Notice
from tests.api import Caller
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket
from tickets.core.domain.conversation import reply_as_agent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def kestrel(london, tokyo):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    account.regions.add(tokyo)
    make_contact(account, "tom@kestrel.test", name="Tom Hale", role=ContactRole.ADMIN)
    make_contact(account, "uma@kestrel.test", language="fr")
    return account


@pytest.fixture
def people(london):
    """Kim and Sam speak French and work in London."""
    found = [make_agent(f"{name}@punctual.test", name=name.title()) for name in ("kim", "sam", "ann")]
    for agent in found:
        agent.languages = ["en", "fr"]
        agent.save()
        agent.regions.add(london)
    return found


def holdings(account):
    rows = DesignatedEngineer.objects.filter(account=account).order_by("pk")
    return [
        (row.region.code, row.agent.name, row.backup.name if row.backup else "", row.started_at, row.ended_at)
        for row in rows
    ]


def test_one_engineer_for_each_region(kestrel, people, london, tokyo, lead):
    kim, sam, _ann = people
    done = engineers.designate(kestrel, london, kim, backup=sam, by=lead.user, now=MONDAY_9AM)
    engineers.designate(kestrel, tokyo, sam, by=lead.user, now=MONDAY_9AM)

    with pytest.raises(DomainError) as refusal:
        engineers.designate(kestrel, london, sam, by=lead.user, now=MONDAY_9AM)

    assert done.warnings == []
    assert (refusal.value.code, str(refusal.value)) == (
        "already_designated", "Kestrel already has a designated engineer for Emea. Replace that engineer instead.",
    )  # fmt: skip
    assert holdings(kestrel) == [
        ("emea", "Kim", "Sam", MONDAY_9AM, None), ("apac", "Sam", "", MONDAY_9AM, None),
    ]  # fmt: skip


def test_a_tier_without_engineers_is_told_which_has_them(account, people, paris, lead):
    with pytest.raises(engineers.NotIncluded) as refusal:
        engineers.designate(account, paris, people[0], by=lead.user, now=MONDAY_9AM)

    assert str(refusal.value) == (
        "Acme has Premium Gold, which does not include a designated engineer. Tiers that do: Premium Platinum."
    )
    assert (DesignatedEngineer.objects.count(), Notice.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [("left", "inactive_agent", "agent"), ("backup left", "inactive_agent", "backup"),
     ("same", "same_person", "backup"), ("foreign", "foreign_region", "region")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(
    kestrel, people, london, toronto, lead, change, code, field
):
    kim, sam, _ann = people
    left = {"left": kim, "backup left": sam}.get(change)
    if left:
        left.user.is_active = False
        left.user.save()

    with pytest.raises(DomainError) as refusal:
        engineers.designate(
            kestrel, toronto if change == "foreign" else london, kim, backup=kim if change == "same" else sam,
            by=lead.user, now=MONDAY_9AM,
        )  # fmt: skip

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert (DesignatedEngineer.objects.count(), Notice.objects.count()) == (0, 0)


def test_a_region_or_a_language_that_somebody_does_not_cover_is_a_warning(kestrel, london, lead):
    bea = make_agent("bea@punctual.test", name="Bea")

    done = engineers.designate(kestrel, london, bea, by=lead.user, now=MONDAY_9AM)

    assert done.warnings == [
        "Bea does not work in Emea: business hours may differ there.",
        "Bea does not speak French, a language used by contacts of Kestrel.",
    ]
    assert done.engineer.agent == bea


def test_a_replaced_engineer_stays_in_the_history(kestrel, people, london, lead):
    kim, sam, ann = people
    first = engineers.designate(kestrel, london, kim, backup=sam, by=lead.user, now=MONDAY_9AM).engineer

    second = engineers.replace(
        first, agent=sam, backup=ann, by=lead.user, now=MONDAY_9AM + DAY, reason="Parental leave"
    ).engineer
    same = engineers.replace(second, agent=sam, backup=ann, by=lead.user, now=MONDAY_9AM + 2 * DAY).engineer

    assert same == second
    assert holdings(kestrel) == [
        ("emea", "Kim", "Sam", MONDAY_9AM, MONDAY_9AM + DAY), ("emea", "Sam", "Ann", MONDAY_9AM + DAY, None),
    ]  # fmt: skip
    with pytest.raises(Stale):
        engineers.replace(first, agent=ann, by=lead.user, now=MONDAY_9AM + 3 * DAY)
    with pytest.raises(Stale):
        engineers.end(first, by=lead.user, now=MONDAY_9AM + 3 * DAY)


def test_a_refused_replacement_ends_nothing(kestrel, people, london, lead):
    kim, sam, _ann = people
    current = engineers.designate(kestrel, london, kim, by=lead.user, now=MONDAY_9AM).engineer

    with pytest.raises(DomainError, match="cannot be their own backup"):
        engineers.replace(current, agent=sam, backup=sam, by=lead.user, now=MONDAY_9AM + DAY)

    assert holdings(kestrel) == [("emea", "Kim", "", MONDAY_9AM, None)]


def test_an_ended_designation_frees_the_region(kestrel, people, london, lead):
    kim, sam, _ann = people
    current = engineers.designate(kestrel, london, kim, by=lead.user, now=MONDAY_9AM).engineer
    engineers.end(current, by=lead.user, now=MONDAY_9AM + DAY, reason="Left us")
    engineers.designate(kestrel, london, sam, by=lead.user, now=MONDAY_9AM + 2 * DAY)

    assert [row[1:] for row in holdings(kestrel)] == [
        ("Kim", "", MONDAY_9AM, MONDAY_9AM + DAY), ("Sam", "", MONDAY_9AM + 2 * DAY, None),
    ]  # fmt: skip
    at = DesignatedEngineer.objects.at(MONDAY_9AM + DAY / 2)
    assert [row.agent.name for row in at] == ["Kim"]


def test_the_administrators_of_the_account_hear_who_it_is_in_their_language(kestrel, people, london, lead, mailoutbox):
    kim, sam, ann = people
    tom = kestrel.contacts.get(role=ContactRole.ADMIN)
    first = engineers.designate(kestrel, london, kim, backup=sam, by=lead.user, now=MONDAY_9AM).engineer
    second = engineers.replace(first, agent=ann, backup=sam, by=lead.user, now=MONDAY_9AM + DAY).engineer
    engineers.replace(second, agent=ann, backup=None, by=lead.user, now=MONDAY_9AM + DAY)  # another back-up: no mail
    engineers.end(DesignatedEngineer.objects.current().get(), by=lead.user, now=MONDAY_9AM + 2 * DAY)

    while outbox.deliver(now=MONDAY_9AM + 3 * DAY):
        pass

    left = [mail for mail in mailoutbox if mail.to == ["tom@kestrel.test"]]
    assert [(mail.to, mail.subject) for mail in left] == [
        (["tom@kestrel.test"], "Kim is your designated engineer — Kestrel"),
        (["tom@kestrel.test"], "Ann is your designated engineer — Kestrel"),
        (["tom@kestrel.test"], "No designated engineer for Emea — Kestrel"),
    ]
    assert "Until now, it was Kim." in left[1].body
    assert "At other times, they are assigned to Sam." in left[1].body
    assert Notice.objects.filter(recipient=tom.user).count() == 3


def test_our_own_people_hear_of_each_role_that_they_get_or_lose(kestrel, people, london, lead):
    kim, sam, ann = people
    first = engineers.designate(kestrel, london, kim, backup=sam, by=lead.user, now=MONDAY_9AM).engineer
    engineers.replace(first, agent=ann, backup=sam, by=lead.user, now=MONDAY_9AM + DAY)

    told = Notice.objects.filter(kind="account_role").order_by("pk")
    assert [(row.recipient.name, row.data["role"], row.data["what"]) for row in told] == [
        ("Kim", "engineer", "given"), ("Sam", "backup", "given"), ("Kim", "engineer", "taken"),
        ("Ann", "engineer", "given"),
    ]  # fmt: skip


# --- The desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM)


@pytest.mark.usefixtures("_monday")
def test_a_lead_designates_replaces_and_ends_on_the_account_page(client_for, lead, kestrel, people, london):
    kim, sam, _ann = people
    client = client_for(lead)
    act = reverse("admin:accounts_account_engineer", args=[kestrel.pk])
    client.post(act, {"region": london.pk, "agent": kim.pk, "backup": sam.pk})
    current = DesignatedEngineer.objects.get()
    client.post(act, {"engineer": current.pk, "agent": sam.pk, "backup": "", "reason": "On leave"})
    second = DesignatedEngineer.objects.current().get()
    page = client.get(reverse("admin:accounts_account_change", args=[kestrel.pk]))
    client.post(act, {"engineer": second.pk, "act": "end"})

    assert [row[1:3] for row in holdings(kestrel)] == [("Kim", "Sam"), ("Sam", "")]
    assert [row.agent.name for row in page.context["engineers"]] == ["Sam"]
    assert "On leave" in page.content.decode()
    assert not DesignatedEngineer.objects.current().exists()


@pytest.mark.usefixtures("_monday")
def test_a_refusal_is_said_on_the_account_page(client_for, lead, account, people, paris):
    client = client_for(lead)
    act = reverse("admin:accounts_account_engineer", args=[account.pk])
    answer = client.post(act, {"region": paris.pk, "agent": people[0].pk}, follow=True)
    nonsense = client.post(act, {"region": "x", "agent": "y"}, follow=True)

    assert "does not include a designated engineer" in answer.content.decode()
    assert "Select a region of the account" in nonsense.content.decode()
    assert not DesignatedEngineer.objects.exists()


@pytest.mark.usefixtures("_monday")
def test_the_engineer_of_another_account_does_not_exist_there(client_for, lead, kestrel, account, people, london):
    current = engineers.designate(kestrel, london, people[0], by=lead.user, now=MONDAY_9AM).engineer

    act = reverse("admin:accounts_account_engineer", args=[account.pk])
    answers = [
        client_for(lead).post(act, {"engineer": key, "act": "end"}).status_code for key in (current.pk, "1e3", "9" * 30)
    ]

    assert answers == [404, 404, 404]
    assert DesignatedEngineer.objects.current().count() == 1


# --- The portal -------------------------------------------------------------------------------------------------------


def test_the_account_page_says_who_when_and_until_when(client_for, kestrel, people, london, tokyo, lead):
    kim, sam, _ann = people
    engineers.designate(kestrel, london, kim, backup=sam, by=lead.user, now=MONDAY_9AM - DAY)
    tom = kestrel.contacts.get(role=ContactRole.ADMIN)

    with time_machine.travel(MONDAY_9AM, tick=False):
        card = client_for(tom).get(reverse("accounts:account")).context["engineers_card"]

    tokyo_card, london_card = card["engineers"]
    assert (tokyo_card.region, tokyo_card.person) == (tokyo, None)
    kim_now = london_card.person
    assert (kim_now.name, kim_now.initials, kim_now.languages, kim_now.is_on) == ("Kim", "K", "English, French", True)
    assert kim_now.until == MONDAY_9AM + timedelta(hours=8, minutes=30)
    assert london_card.backup.name == "Sam"


@pytest.mark.usefixtures("_monday")
def test_a_tier_without_engineers_shows_no_card(client_for, account_admin):
    page = client_for(account_admin).get(reverse("accounts:account"))

    assert page.context["engineers_card"]["engineers"] == []
    assert 'id="engineers"' not in page.content.decode()


def test_programs_read_the_engineers_and_how_many_tickets_they_handled(kestrel, people, london, lead, stranger):
    kim, sam, _ann = people
    engineers.designate(kestrel, london, kim, backup=sam, by=lead.user, now=MONDAY_9AM - DAY)
    tom = kestrel.contacts.get(role=ContactRole.ADMIN)
    ticket = make_ticket(tom)
    reply_as_agent(ticket, body="On it.", by=sam.user, now=MONDAY_9AM + timedelta(hours=1))

    def person(name, **more):
        return {"name": name, "languages": ["en", "fr"], "time_zone": "Europe/Paris"} | more

    share = {"tickets": 1, "by_engineer": 0, "by_backup": 1}
    assert Caller(tom, now=MONDAY_9AM + timedelta(hours=10)).get("/account/engineers").json() == {
        "results": [
            {
                "region": "emea",
                "engineer": person("Kim", is_on=False, back_at="2026-11-10T09:00:00Z"),
                "backup": person("Sam", is_on=False, back_at="2026-11-10T09:00:00Z"),
                "since": "2026-11-08T09:00:00Z",
                "continuity": share,
            }
        ],
        "continuity": share,
    }
    assert Caller(stranger).get("/account/engineers").json()["results"] == []


def test_an_administrator_switches_matching_on_and_a_lead_does_not(client_for, administrator, lead, paris):
    page = reverse("admin:accounts_region_change", args=[paris.pk])
    values = {
        "code": "france", "name_en": "France", "name_fr": "France", "time_zone": "Europe/Paris", "country": "FR",
        "matches_tickets": "on", "backup_after_percent": "25", "leads_after_percent": "50", "_confirm": "1",
    }  # fmt: skip
    assert client_for(lead).post(page, values).status_code == 403
    paris.refresh_from_db()
    assert not paris.matches_tickets

    client_for(administrator).post(page, values)
    paris.refresh_from_db()
    assert paris.matches_tickets
