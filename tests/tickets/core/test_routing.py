"""Where a new ticket goes and why: the engineer, the back-up, the best match, the team."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.absences.domain import go_away
from accounts.core.enums import Tier
from accounts.engineers import domain as engineers
from portal.lib import outbox
from sla.core.enums import Priority
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket, seat
from tickets.core.domain import matching
from tickets.core.domain.closing import close_solved
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.domain.history import sentence
from tickets.core.domain.matching import Candidate
from tickets.core.domain.routing import assign
from tickets.core.domain.routing_words import last_routing
from tickets.core.enums import Channel, EventKind, LanguageChoice, RoutedBy, Status

pytestmark = pytest.mark.servers

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# 20:00 in London, 05:00 of Tuesday in Tokyo: both are closed.
EVENING = datetime(2026, 11, 9, 20, 0, tzinfo=UTC)

db = pytest.mark.django_db


def make(name, *regions, languages=("en",), skills=()):
    agent = make_agent(f"{name}@punctual.test", name=name.title())
    agent.languages, agent.skills = list(languages), list(skills)
    agent.save()
    agent.regions.set(regions)
    return agent


@pytest.fixture
def kestrel(london, tokyo, lead):
    """Tom in London with a Platinum seat; Ann is designated, Ken in Tokyo is her back-up."""
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    account.regions.add(tokyo)
    tom = make_contact(account, "tom@kestrel.test", name="Tom")
    seat(tom, by=lead.user)
    ann, ken = make("ann", london), make("ken", tokyo)
    engineers.designate(account, london, ann, backup=ken, by=lead.user, now=MONDAY_9AM - DAY)
    return tom, ann, ken


def plain(words):
    return words.replace("\u00a0", " ")


def routed(ticket):
    """To whom, how, and the reason as staff read it."""
    event = ticket.events.filter(kind=EventKind.ASSIGNED).last()
    reason = last_routing([event]) if event else ""
    return ticket.assignee and ticket.assignee.name, ticket.routed_by, plain(reason)


@db
def test_the_engineer_gets_it_while_present(kestrel):
    tom, *_ = kestrel

    assert routed(make_ticket(tom)) == ("Ann", "designated", "designated engineer of the region")


@db
def test_the_back_up_gets_it_while_the_engineer_is_away_and_the_reason_says_until_when(kestrel, client_for, lead):
    tom, ann, _ken = kestrel
    go_away(ann, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + DAY, by=ann.user, now=MONDAY_9AM)
    # 08:00 in Tokyo is an hour before the opening; the answer is due two hours later.
    at = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)

    ticket = make_ticket(tom, now=at)

    assert routed(ticket) == ("Ken", "backup", "backup engineer; Ann is away until Tuesday 10 November at 09:00")
    assert [plain(sentence(event)) for event in ticket.events.filter(kind=EventKind.ASSIGNED)] == [
        "ticket assigned to Ken (backup engineer; Ann is away until Tuesday 10 November at 09:00)"
    ]
    page = client_for(lead).get(f"/desk/tickets/ticket/{ticket.number}/change/").content.decode()
    # Nadia is in Paris.
    assert "Automatic assignment: backup engineer; Ann is away until Tuesday 10 November at 10:00" in plain(page)


@db
@pytest.mark.parametrize(
    ("priority", "expected"),
    [
        # P4 has eight hours, until 04:00 in London: Tokyo opens at midnight there.
        (
            Priority.LOW,
            (
                "Ken", "backup",
                "backup engineer; Ann is back on duty on Tuesday 10 November at 09:00, after the reply is due",
            ),
        ),
        # Nobody is on within an hour: the engineer finds it first, and the reason says so.
        (
            Priority.URGENT,
            (
                "Ann", "designated",
                "designated engineer of the region; Ann is back on duty on Tuesday 10 November at 09:00, after the "
                "reply is due; the backup engineer, Ken, is not on duty before then either",
            ),
        ),
    ],
    ids=["in reach of the back-up", "in reach of nobody"],
)  # fmt: skip
def test_around_the_clock_present_means_there_before_the_answer_is_due(kestrel, priority, expected):
    tom, *_ = kestrel

    assert routed(make_ticket(tom, now=EVENING, priority=priority)) == expected


@db
def test_business_hours_wait_for_the_engineer(kestrel):
    tom, ann, _ken = kestrel
    colleague = make_contact(tom.account, "uma@kestrel.test")  # without a seat: Standard, business hours

    assert make_ticket(colleague, now=EVENING, priority=Priority.URGENT).assignee == ann


@db
def test_with_both_away_it_waits_for_the_team_and_says_why(kestrel):
    tom, ann, ken = kestrel
    for person in (ann, ken):
        go_away(person, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + DAY, by=person.user, now=MONDAY_9AM)

    ticket = make_ticket(tom)

    assert (ticket.assignee, ticket.routed_by) == (None, RoutedBy.NOBODY)
    assert plain(sentence(ticket.events.get(kind=EventKind.ASSIGNED))) == (
        "ticket not assigned yet (Ann is away until Tuesday 10 November at 09:00; "
        "the backup engineer, Ken, is not on duty before then either)"
    )


@db
def test_a_follow_up_goes_to_the_engineer_too(kestrel, lead):
    tom, ann, _ken = kestrel
    ticket = make_ticket(tom)
    assign(ticket, None, by=lead.user, now=MONDAY_9AM)
    reply_as_agent(ticket, body="Done.", by=lead.user, now=MONDAY_9AM + HOUR, status_after=Status.SOLVED)
    close_solved(now=MONDAY_9AM + 9 * DAY)

    message = reply_as_customer(ticket, body="Again!", by=tom, channel=Channel.PORTAL, now=MONDAY_9AM + 9 * DAY)

    assert (message.ticket.follow_up_of, message.ticket.assignee) == (ticket, ann)


@db
def test_an_engineer_who_left_is_passed_over(kestrel):
    tom, ann, _ken = kestrel
    ann.user.is_active = False
    ann.user.save()

    assert routed(make_ticket(tom, now=datetime(2026, 11, 10, 1, tzinfo=UTC))) == (
        "Ken", "backup", "backup engineer; Ann is not on duty",
    )  # fmt: skip


# --- The best match ---------------------------------------------------------------------------------------------------


@pytest.fixture
def gold(paris, toronto, lead):
    """A Gold account in Toronto, whose region gives tickets to the best match; Luc writes French."""
    toronto.matches_tickets = True
    toronto.save()
    account = make_account("Maple", region=toronto, tier=Tier.GOLD)
    people = [make_contact(account, "dave@maple.test"), make_contact(account, "luc@maple.test", language="fr")]
    for person in people:
        seat(person, by=lead.user)
    return people


@db
def test_without_the_switch_the_team_pulls_its_work(gold, toronto):
    toronto.matches_tickets = False
    toronto.save()
    make("tina", toronto)
    dave = gold[0].__class__.objects.get(pk=gold[0].pk)

    assert routed(make_ticket(dave, now=EVENING)) == (None, "nobody", "")


@db
def test_region_product_and_load_decide_and_the_figures_are_for_staff(gold, toronto, london):
    dave, _luc = gold
    make("ann", london, skills=["Orlin Fleet"])
    make("tina", toronto)
    tess = make("tess", toronto, skills=["orlin fleet"])

    ticket = make_ticket(dave, now=EVENING, product="Orlin Fleet")  # 15:00 in Toronto

    assert (ticket.assignee, ticket.routed_by) == (tess, RoutedBy.MATCH)
    event = ticket.events.get(kind=EventKind.ASSIGNED)
    assert event.data == {
        "to": "Tess", "routed_by": "match",
        "why": {
            "language": "en", "load": 0, "of": 2, "region": {"en": "Canada-East", "fr": "Canada-East (fr)"},
            "product": "Orlin Fleet", "on_now": True,
        },
    }  # fmt: skip
    assert sentence(event) == "ticket assigned to Tess"
    assert last_routing([event]) == (
        "speaks English, works in Canada-East, knows Orlin Fleet, on duty, 0 open tickets (2 possible agents)"
    )


@db
def test_the_next_ticket_goes_to_whoever_has_fewer(gold, toronto):
    dave, _luc = gold
    make("tina", toronto)
    make("tess", toronto)

    owners = [make_ticket(dave, now=EVENING).assignee.name for _ in range(4)]

    assert owners == ["Tina", "Tess", "Tina", "Tess"]


@db
def test_a_french_ticket_waits_for_somebody_who_speaks_french(gold, toronto):
    _dave, luc = gold
    make("tina", toronto)
    alone = make_ticket(luc, now=EVENING, language_choice=LanguageChoice.OWN)
    lea = make("zoe", toronto, languages=("fr",))
    answered = make_ticket(luc, now=EVENING, language_choice=LanguageChoice.OWN)

    assert routed(alone) == (
        None,
        "nobody",
        "not assigned yet; no agent who speaks French is on duty before the reply is due",
    )
    assert (answered.assignee, answered.language) == (lea, "fr")


@db
def test_english_around_the_clock_goes_to_those_who_are_on_now(gold, toronto, tokyo, london):
    dave, _luc = gold
    make("tina", toronto)
    ken = make("ken", tokyo)
    at = datetime(2026, 11, 10, 7, 0, tzinfo=UTC)  # 02:00 in Toronto, 16:00 in Tokyo

    assert make_ticket(dave, now=at, priority=Priority.LOW).assignee == ken
    # Nobody is on, and nobody will be within the hour of a P1.
    quiet = datetime(2026, 11, 9, 22, 30, tzinfo=UTC)
    assert routed(make_ticket(dave, now=quiet, priority=Priority.URGENT)) == (
        None, "nobody", "not assigned yet; no agent is on duty before the reply is due",
    )  # fmt: skip


@db
def test_in_place_of_an_engineer_who_is_away_the_best_match_is_asked(kestrel, london):
    tom, ann, ken = kestrel
    london.matches_tickets = True
    london.save()
    tom.account.home_region.refresh_from_db()
    tom = tom.__class__.objects.for_acting().get(pk=tom.pk)
    pia = make("pia", london)
    for person in (ann, ken):
        go_away(person, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + DAY, by=person.user, now=MONDAY_9AM)

    ticket = make_ticket(tom)

    assert (ticket.assignee, ticket.routed_by) == (pia, RoutedBy.MATCH)
    assert plain(sentence(ticket.events.get(kind=EventKind.ASSIGNED))) == (
        "ticket assigned to Pia (Ann is away until Tuesday 10 November at 09:00; "
        "the backup engineer, Ken, is not on duty before then either)"
    )


@db
def test_the_mail_to_the_new_owner_says_why_in_their_language(gold, toronto, mailoutbox):
    dave, _luc = gold
    make("tina", toronto)
    make_ticket(dave, now=EVENING)
    while outbox.deliver(now=EVENING + HOUR):
        pass

    (mail,) = [mail for mail in mailoutbox if mail.to == ["tina@punctual.test"]]
    assert (
        "Assigned automatically: speaks English, works in Canada-East, on duty, 0 open tickets (1 possible agent)."
        in mail.body
    )


@db
def test_what_an_agent_opens_on_the_phone_stays_with_them(gold, toronto, agent):
    dave, _luc = gold
    ticket = make_ticket(dave, now=EVENING, by=agent.user, live=True, channel=Channel.PHONE)

    assert (ticket.assignee, ticket.routed_by) == (agent, RoutedBy.AGENT)


@db
@pytest.mark.parametrize("agents", [1, 12])
def test_matching_costs_the_same_however_many_agents(gold, toronto, django_assert_num_queries, agents):
    """Agents, their regions, their absences, their load: four; assigning and telling the owner: two.

    A ticket that not assigned yet writes an alert instead: one.
    """
    dave, _luc = gold
    toronto.matches_tickets = False
    toronto.save()
    make_ticket(dave, now=EVENING)
    with CaptureQueriesContext(connection) as without:
        make_ticket(dave, now=EVENING)
    toronto.matches_tickets = True
    toronto.save()
    for number in range(agents):
        make(f"t{number}", toronto)
    make_ticket(dave, now=EVENING)

    with django_assert_num_queries(len(without) + 4 + 2 - 1):
        make_ticket(dave, now=EVENING)


candidates = st.lists(
    st.builds(
        Candidate, pk=st.integers(1, 50), on_now=st.booleans(), region=st.booleans(), product=st.booleans(),
        open_tickets=st.integers(0, 30), due_soon=st.integers(0, 5),
    ),
    unique_by=lambda one: one.pk,
)  # fmt: skip


@settings(deadline=None, derandomize=True)
@given(candidates)
def test_the_choice_depends_on_the_candidates_and_not_on_their_order(rows):
    chosen = matching.best(rows)

    assert matching.best(list(reversed(rows))) == chosen
    if chosen is None:
        assert rows == []
    else:
        assert all((one.points, -one.load) <= (chosen.points, -chosen.load) for one in rows)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Candidate(1, True, True, False, 3, 0), Candidate(2, True, False, False, 0, 0)),
        (Candidate(1, True, False, False, 0, 0), Candidate(2, True, True, False, 5, 0)),
        (Candidate(1, False, False, True, 2, 0), Candidate(2, False, False, False, 0, 0)),
        (Candidate(1, True, False, False, 2, 0), Candidate(2, True, False, False, 1, 2)),
        (Candidate(1, True, False, False, 2, 0), Candidate(2, True, False, False, 2, 0)),
    ],
    ids=["region outweighs three tickets", "not five", "product outweighs two", "due soon weighs double", "lowest key"],
)
def test_what_weighs_how_much(first, second):
    assert matching.best([second, first]) == first
