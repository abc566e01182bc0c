"""What agents change around a ticket: region, language, followers, and the merge into another ticket."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.lib import clock
from sla.core.enums import ClockKind, Outcome, Priority
from tests import factories
from tests.factories import MONDAY_9AM
from tickets.core.domain import lifecycle, merging
from tickets.core.domain.conversation import add_note, reply_as_agent, reply_as_customer
from tickets.core.domain.preview import language_consequence, merger, region_consequence
from tickets.core.enums import Channel, EventKind, LanguageChoice, Status
from tickets.models import Ticket

HOUR = timedelta(hours=1)
NOW = MONDAY_9AM + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _twenty_past(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def french(account, lead):
    contact = factories.make_contact(account, "rene@acme.test", name="René", language="fr")
    factories.seat(contact, by=lead.user)
    return contact


@pytest.fixture
def into(requester):
    return factories.make_ticket(requester, subject="The same again", now=MONDAY_9AM + timedelta(minutes=10))


def page(ticket):
    return reverse("admin:tickets_ticket_change", args=[ticket.number])


def act(client, ticket, name, **values):
    return client.post(reverse(f"admin:tickets_ticket_{name}", args=[ticket.number]), values)


def compare(client, ticket, number):
    return client.get(reverse("admin:tickets_ticket_merge", args=[ticket.number]), {"into": number})


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def due(ticket):
    return {ClockKind(clock.kind): clock.due_at for clock in ticket.clocks.running()}


def foretold(found):
    return {change.kind: change.new_due_at for change in found.changes}


# --- What is shown is what happens ------------------------------------------------------------------------------------


@pytest.mark.parametrize("priority", Priority)
def test_the_region_does_what_was_foretold(colleague, london, lead, priority):
    ticket = factories.make_ticket(colleague, priority=priority, now=MONDAY_9AM - HOUR / 2)
    found = region_consequence(ticket, london, now=NOW)
    lifecycle.change_region(ticket, london, by=lead.user, now=NOW)

    assert foretold(found) == due(ticket)


@pytest.mark.parametrize("priority", Priority)
@pytest.mark.parametrize("to", LanguageChoice)
def test_the_language_does_what_was_foretold(french, priority, to):
    other = next(choice for choice in LanguageChoice if choice != to)
    ticket = factories.make_ticket(french, priority=priority, language_choice=other, now=MONDAY_9AM + 7 * HOUR)
    found = language_consequence(ticket, to, now=MONDAY_9AM + 8 * HOUR)
    lifecycle.change_language(ticket, to, by=french.user, now=MONDAY_9AM + 8 * HOUR)

    assert foretold(found) == due(ticket)


@pytest.mark.parametrize("into_status", [Status.NEW, Status.WAITING, Status.ON_HOLD])
@pytest.mark.parametrize("is_answered", [False, True])
@pytest.mark.parametrize("priorities", [(1, 3), (3, 1), (4, 2), (2, 4)])
def test_the_merge_does_what_was_foretold(requester, lead, into_status, is_answered, priorities):
    ticket, into = (factories.make_ticket(requester, priority=Priority(value)) for value in priorities)
    if is_answered:
        reply_as_agent(ticket, body="On it.", by=lead.user, now=MONDAY_9AM)
    if into_status != Status.NEW:
        reply_as_agent(into, body="Which?", by=lead.user, now=MONDAY_9AM, status_after=into_status)
    ticket.refresh_from_db()
    into.refresh_from_db()
    found = merger(ticket, into, now=NOW)
    merging.merge(ticket, into=into, by=lead.user, now=NOW)

    assert foretold(found) == due(into)


# --- Region and language ----------------------------------------------------------------------------------------------


def test_another_region_shows_both_calendars_before_it_happens(client_for, lead, colleague, london):
    ticket = factories.make_ticket(colleague, priority=Priority.LOW)
    client = client_for(lead)

    shown = words(act(client, ticket, "region", region="emea", was="france"))
    assert "What changes in Emea" in shown
    assert "Business hours now: France (Paris). Then: Emea (London)." in shown
    assert Ticket.objects.get().region.code == "france"

    act(client, ticket, "region", region="emea", was="france", confirmed=1)
    assert Ticket.objects.get().region == london
    history = words(client.get(page(ticket)))
    assert "Nadia moved the ticket to another region" in history
    assert "Our reply is now due by Wednesday 11 November at 17:00 instead of Wednesday 11 November at 16:00" in history


@pytest.mark.parametrize(("region", "was", "status"), [("emea", "apac", 409), ("nowhere", "france", 422)])
def test_a_region_that_does_not_fit_is_refused_and_nothing_changes(
    client_for, lead, ticket, london, region, was, status
):
    answer = act(client_for(lead), ticket, "region", region=region, was=was, confirmed=1)

    assert (answer.status_code, Ticket.objects.get().region.code) == (status, "france")


@pytest.mark.parametrize("name", ["region", "language", "check_in"])
def test_a_closed_ticket_changes_no_more(client_for, lead, french, london, name):
    ticket = factories.make_ticket(french, live=True, by=lead.user)
    lifecycle.change_status(ticket, Status.SOLVED, by=lead.user, now=NOW)
    lifecycle.change_status(ticket, Status.CLOSED, by=lead.user, now=NOW)
    before = Ticket.objects.values().get()
    values = {
        "region": "emea", "language_choice": "own", "confirmed": 1, "changed": "x", "stands": "x", "next_step": "x",
        "next_at": "2026-11-10T10:00",
    }  # fmt: skip

    assert act(client_for(lead), ticket, name, **values).status_code == 422
    assert Ticket.objects.values().get() == before


def test_the_language_is_offered_where_the_requester_has_the_choice(client_for, lead, ticket, french):
    theirs = factories.make_ticket(french)
    client = client_for(lead)

    assert ["Language of replies" in words(client.get(page(row))) for row in (ticket, theirs)] == [False, True]
    assert "What changes with “Your language, in business hours”" in words(
        act(client, theirs, "language", language_choice="own", was="english")
    )
    act(client, theirs, "language", language_choice="own", was="english", confirmed=1)
    theirs.refresh_from_db()
    assert (theirs.language_choice, theirs.language) == ("own", "fr")


def test_a_language_chosen_meanwhile_is_a_conflict(client_for, lead, french):
    ticket = factories.make_ticket(french)
    answer = act(client_for(lead), ticket, "language", language_choice="own", was="own", confirmed=1)

    assert (answer.status_code, Ticket.objects.get().language_choice) == (409, "english")


# --- Followers --------------------------------------------------------------------------------------------------------


def test_an_agent_adds_a_colleague_and_takes_them_off_again(client_for, lead, ticket, colleague):
    client = client_for(lead)

    act(client, ticket, "follower", contact=colleague.pk)
    assert [row.contact for row in ticket.followers.all()] == [colleague]
    act(client, ticket, "follower", contact=colleague.pk, stop=1)
    assert not ticket.followers.exists()


def test_a_stranger_or_somebody_who_left_follows_nothing(client_for, lead, ticket, stranger, colleague):
    colleague.is_active = False
    colleague.save()
    client = client_for(lead)

    answers = [act(client, ticket, "follower", contact=who) for who in (stranger.pk, colleague.pk, "x", 10**20)]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert not ticket.followers.exists()


# --- Merging ----------------------------------------------------------------------------------------------------------


def test_both_tickets_stand_side_by_side_before_anything_happens(client_for, lead, ticket, into, colleague):
    add_note(ticket, body="Known.", by=lead.user, now=NOW)
    shown = words(compare(client_for(lead), ticket, into.number.lower()))

    assert "Enrolment fails" in shown
    assert "The same again" in shown
    assert f"{into.number} after the merge Response – today 13:10 → today 13:00 Check-in – still due" in shown
    assert "1 message moves, with its files. 1 internal note moves." in shown
    assert Ticket.objects.filter(merged_into=None).count() == 2


def test_merging_moves_the_words_and_leads_to_the_survivor(client_for, lead, ticket, into):
    client = client_for(lead)
    was = compare(client, ticket, into.number).context["was"]

    answer = act(client, ticket, "merge", into=into.number, was=was)

    ticket.refresh_from_db()
    assert (answer["Location"], ticket.status, ticket.merged_into) == (page(into), Status.CLOSED, into)
    assert (into.messages.count(), ticket.messages.count(), due(into)[ClockKind.RESPONSE]) == (
        2, 0, MONDAY_9AM + 3 * HOUR,
    )  # fmt: skip
    gone, survivor = words(client.get(page(ticket))), words(client.get(page(into)))
    assert f"Merged into {into.number} The same again" in gone
    assert "Reply to Marc" not in gone
    assert f"Tickets merged into this one: {ticket.number}" in survivor
    assert f"Nadia merged {ticket.number} into this ticket" in survivor


def test_merging_twice_is_merging_once(client_for, lead, ticket, into):
    client = client_for(lead)
    answers = [act(client, ticket, "merge", into=into.number, was="1-1") for _press in range(2)]

    assert [answer["Location"] for answer in answers] == [page(into), page(into)]
    assert into.events.filter(kind=EventKind.MERGED).count() == 1


def test_a_merge_of_what_changed_meanwhile_is_shown_again(client_for, lead, ticket, into, requester):
    reply_as_customer(into, body="More.", by=requester, channel=Channel.PORTAL, now=NOW)
    answer = act(client_for(lead), ticket, "merge", into=into.number, was="1-1")

    assert (answer.status_code, answer.context["was"]) == (409, "1-2")
    assert "One of the two tickets has changed. Check both, then merge them." in words(answer)
    assert not Ticket.objects.exclude(merged_into=None).exists()


def test_a_ticket_of_another_account_is_missing(client_for, lead, ticket, stranger):
    theirs = factories.make_ticket(stranger, subject="Secret of Bravo")
    client = client_for(lead)

    answers = [
        send(client, ticket, number)
        for send in (compare, lambda *args: act(*args[:2], "merge", into=args[2]))
        for number in (theirs.number, "SUP-9999")
    ]
    texts = {re.search(r'd-refusal__title">.*?</p><p>(.*?)</p>', answer.content.decode())[1] for answer in answers}
    assert [answer.status_code for answer in answers] == [422] * 4
    assert texts == {"Acme has no ticket with this number. Check the number."}
    assert not any("Secret of Bravo" in answer.content.decode() for answer in answers)
    assert not Ticket.objects.exclude(merged_into=None).exists()


@pytest.mark.parametrize("number", ["", "itself", "x", "SUP-99999999999999999999"])
def test_a_number_that_does_not_fit_is_refused_and_kept(client_for, lead, ticket, number):
    number = ticket.number if number == "itself" else number
    answer = act(client_for(lead), ticket, "merge", into=number)

    assert answer.status_code == 422
    assert f'name="into" value="{number}"' in answer.content.decode()
    assert Ticket.objects.get().merged_into is None


def test_private_and_finished_tickets_stay_apart(client_for, lead, requester, ticket):
    private = factories.make_ticket(requester, is_private=True)
    done = factories.make_ticket(requester, live=True, by=lead.user)
    lifecycle.change_status(done, Status.SOLVED, by=lead.user, now=NOW)
    client = client_for(lead)

    for other in (private, done):
        for answer in (compare(client, ticket, other.number), act(client, ticket, "merge", into=other.number)):
            assert answer.status_code == 422
    assert not Ticket.objects.exclude(merged_into=None).exists()


@pytest.mark.parametrize(
    ("name", "values", "kept"),
    [
        ("reply", {"body": "Try again."}, "Try again.</textarea>"),
        ("note", {"note": "It is known."}, "It is known.</textarea>"),
        ("check_in", {"stands": "Half way."}, "Half way.</textarea>"),
    ],
)
def test_words_for_a_ticket_that_was_merged_meanwhile_stand_in_the_survivor(
    client_for, lead, ticket, into, name, values, kept
):
    merging.merge(ticket, into=into, by=lead.user, now=NOW)
    answer = act(client_for(lead), ticket, name, **values)

    assert answer.status_code == 409
    assert answer.context["ticket"] == into
    assert kept in answer.content.decode()
    assert (into.messages.count(), into.notes.count()) == (2, 0)


def test_the_ticket_page_asks_the_same_number_of_statements_however_long_it_is(
    client_for, lead, requester, ticket, django_assert_max_num_queries
):
    for minute in range(12):
        other = factories.make_ticket(requester, now=NOW)
        merging.merge(other, into=ticket, by=lead.user, now=NOW + timedelta(minutes=minute))
    client = client_for(lead)
    client.get(page(ticket))

    with django_assert_max_num_queries(27):
        assert client.get(page(ticket)).status_code == 200


def test_customers_have_no_acts_of_the_desk(client_for, requester, ticket, into):
    client = client_for(requester)
    names = ("region", "language", "follower", "merge", "check_in")

    assert [act(client, ticket, name, into=into.number).status_code for name in names] == [403] * 5
    assert ticket.clocks.filter(outcome=Outcome.RUNNING).count() == 2
