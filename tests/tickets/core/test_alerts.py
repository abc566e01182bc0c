"""Nobody on our side is unaware: the ladder of a region, from whoever is on duty to the team leads (semantics §3)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.absences.domain import go_away
from portal.lib import outbox
from portal.lib.notice import Notice
from sla.core.enums import Priority
from sla.coverage.domain.duty import coverage_now
from sla.coverage.domain.rota import open_rota, plan_weeks, reassign_shift
from tests.factories import MONDAY_9AM, make_agent, make_contact, make_ticket, seat
from tickets.core.domain import conversation, lifecycle
from tickets.core.domain.alerts import ladder, notify_next_steps
from tickets.core.domain.history import sentence
from tickets.core.domain.merging import merge
from tickets.core.domain.routing import assign
from tickets.core.enums import AlertStep, Channel, EventKind, LanguageChoice
from tickets.models import Alert, TicketEvent

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# 22:00 in Paris, and nobody in Europe is at work.
NIGHT = datetime(2026, 11, 9, 21, 0, tzinfo=UTC)


def make(name, *regions, languages=("en", "fr"), **more):
    agent = make_agent(f"{name}@punctual.test", name=name.title(), **more)
    agent.languages = list(languages)
    agent.save()
    agent.regions.set(regions)
    return agent


@pytest.fixture
def people(paris, london, lead):
    """Ann and Bob in Paris, Kim in London, Zoe named as the backup of Paris; Nadia leads."""
    found = {
        "ann": make("ann", paris), "bob": make("bob", paris, languages=["fr"]), "kim": make("kim", london),
        "zoe": make("zoe"),
    }  # fmt: skip
    paris.backups.set([found["zoe"]])
    return found


def urgent(requester, now=MONDAY_9AM, **more):
    """A P1 of a Gold seat: one hour 24/7, so the steps come at 0, 15 and 30 minutes."""
    return make_ticket(requester, now=now, **({"priority": Priority.URGENT} | more))


def told(kind="unassigned"):
    mails = Notice.objects.filter(kind=kind).select_related("recipient").order_by("pk")
    return [(AlertStep(mail.data["step"]).name, mail.recipient.name) for mail in mails]


def history(ticket):
    events = ticket.events.filter(kind=EventKind.ALERTED)
    return [(event.created_at, AlertStep(event.data["step"]).name, event.data["names"]) for event in events]


def every_minute(start, end):
    while start <= end:
        notify_next_steps(now=start)
        start += MINUTE


# --- The ladder -------------------------------------------------------------------------------------------------------


def test_a_ticket_nobody_takes_climbs_the_ladder_of_its_region(people, requester):
    ticket = urgent(requester)

    every_minute(MONDAY_9AM, MONDAY_9AM + 2 * HOUR)

    assert told() == [("ON_DUTY", "Ann"), ("BACKUP", "Zoe"), ("LEADS", "Nadia")]
    assert history(ticket) == [
        (MONDAY_9AM, "ON_DUTY", ["Ann"]), (MONDAY_9AM + 15 * MINUTE, "BACKUP", ["Zoe"]),
        (MONDAY_9AM + 30 * MINUTE, "LEADS", ["Nadia"]),
    ]  # fmt: skip
    assert Alert.objects.get().next_at is None


def test_each_step_is_due_at_its_share_of_the_time_to_the_second(requester, paris):
    ticket = urgent(requester)

    assert ladder(ticket.clocks.get(kind="response"), paris) == {
        AlertStep.ON_DUTY: MONDAY_9AM, AlertStep.BACKUP: MONDAY_9AM + 15 * MINUTE,
        AlertStep.LEADS: MONDAY_9AM + 30 * MINUTE,
    }  # fmt: skip


def test_the_shares_are_those_of_the_region(people, requester, paris):
    paris.backup_after_percent, paris.leads_after_percent = 10, 90
    paris.save()
    ticket = urgent(requester)

    every_minute(MONDAY_9AM, MONDAY_9AM + 2 * HOUR)

    assert [at - MONDAY_9AM for at, _step, _names in history(ticket)] == [0 * MINUTE, 6 * MINUTE, 54 * MINUTE]


def test_whoever_speaks_the_language_hears_of_it(people, requester, colleague):
    make_ticket(colleague, priority=Priority.URGENT)  # French, in business hours

    notify_next_steps(now=MONDAY_9AM)

    assert told() == [("ON_DUTY", "Ann"), ("ON_DUTY", "Bob")]


def test_a_business_hours_target_begins_to_count_when_the_region_opens(people, colleague):
    """Standard P1, 22:00 in Paris: nobody is on duty before 09:00, and the share is one of business hours."""
    ticket = make_ticket(colleague, priority=Priority.URGENT, now=NIGHT)
    opening = datetime(2026, 11, 10, 8, tzinfo=UTC)
    target = ticket.clocks.get(kind="response").target_minutes * MINUTE

    every_minute(NIGHT, NIGHT + 20 * MINUTE)
    every_minute(opening - 2 * MINUTE, opening + target / 2 + MINUTE)

    assert [(at, step) for at, step, _names in history(ticket)] == [
        (opening, "ON_DUTY"), (opening + target / 4, "BACKUP"), (opening + target / 2, "LEADS"),
    ]  # fmt: skip


def test_a_late_job_takes_every_step_that_is_due_and_tells_nobody_twice(people, requester, paris, lead):
    paris.backups.set([people["ann"]])
    ticket = urgent(requester)

    assert notify_next_steps(now=MONDAY_9AM + 40 * MINUTE) == 3
    assert notify_next_steps(now=MONDAY_9AM + 41 * MINUTE) == 0

    assert told() == [("ON_DUTY", "Ann"), ("LEADS", "Nadia")]
    assert [(step, names) for _at, step, names in history(ticket)] == [
        ("ON_DUTY", ["Ann"]), ("BACKUP", ["Ann"]), ("LEADS", ["Nadia"]),
    ]  # fmt: skip


def test_a_step_that_finds_nobody_is_said_and_the_next_is_taken_at_once(requester, lead):
    ticket = urgent(requester)

    notify_next_steps(now=MONDAY_9AM)

    assert [(at, step, names) for at, step, names in history(ticket)] == [
        (MONDAY_9AM, "ON_DUTY", []), (MONDAY_9AM, "BACKUP", []), (MONDAY_9AM, "LEADS", ["Nadia"]),
    ]  # fmt: skip
    assert told() == [("LEADS", "Nadia")]


def test_without_a_named_backup_agents_on_duty_elsewhere_are_it(people, requester, paris):
    paris.backups.clear()
    urgent(requester)

    every_minute(MONDAY_9AM, MONDAY_9AM + 15 * MINUTE)

    assert told() == [("ON_DUTY", "Ann"), ("BACKUP", "Kim")]


def test_a_backup_who_is_away_is_not_asked(people, requester):
    go_away(people["zoe"], starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + DAY, by=people["zoe"].user, now=MONDAY_9AM)
    urgent(requester)

    every_minute(MONDAY_9AM, MONDAY_9AM + 15 * MINUTE)

    assert told() == [("ON_DUTY", "Ann"), ("BACKUP", "Kim")]


# --- At night ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def rota(people, paris, lead):
    """Bob speaks no English; Ann is on call this week, Kim the next."""
    found = open_rota(paris, "en", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)
    plan_weeks(
        found, [people["ann"], people["kim"]], first_day=MONDAY_9AM.date(), weeks=2, by=lead.user, now=MONDAY_9AM
    )
    return found


def test_at_night_the_rota_says_who_hears_at_once(people, rota, requester, paris):
    urgent(requester, NIGHT)
    paris.backups.clear()

    every_minute(NIGHT, NIGHT + HOUR)

    # The backup is whoever has the next week.
    assert told() == [("ON_DUTY", "Ann"), ("BACKUP", "Kim"), ("LEADS", "Nadia")]


def test_a_swapped_shift_is_told_to_whoever_has_it_now(people, rota, requester, lead):
    reassign_shift(rota.shifts.get(agent=people["ann"]), people["kim"], by=lead.user, now=MONDAY_9AM + HOUR)
    urgent(requester, NIGHT)

    notify_next_steps(now=NIGHT)

    assert told() == [("ON_DUTY", "Kim")]


def test_in_a_hole_of_the_rota_the_desk_follows_the_sun(people, rota, requester, tokyo):
    make("ken", tokyo, languages=["en"])
    night = NIGHT + 4 * HOUR  # 10:00 in Tokyo
    go_away(people["ann"], starts_at=NIGHT, ends_at=NIGHT + DAY, by=people["ann"].user, now=MONDAY_9AM)
    urgent(requester, night)

    notify_next_steps(now=night)

    assert told() == [("ON_DUTY", "Ken")]


@pytest.mark.parametrize("planned", [True, False], ids=["next on call", "nobody next"])
def test_without_a_rota_of_its_own_a_region_is_answered_by_who_is_on_call_elsewhere(
    planned, people, rota, account, tokyo, lead
):
    """Nobody works anywhere at that hour: the rota of France speaks for Japan too, and so does who comes next there."""
    make("ken", tokyo, languages=["en"])
    account.regions.add(tokyo)
    zola = make_contact(account, "zola@acme.test")
    seat(zola, by=lead.user)
    night = datetime(2026, 11, 9, 19, 30, tzinfo=UTC)  # 20:30 in Paris, 04:30 in Tokyo
    if not planned:
        rota.shifts.filter(agent=people["kim"]).delete()
    ticket = urgent(zola, night, region=tokyo)

    every_minute(night, night + 15 * MINUTE)

    found = [(step, names) for _at, step, names in history(ticket)]
    assert found == [
        ("ON_DUTY", ["Ann"]), ("BACKUP", ["Kim"] if planned else []), *([] if planned else [("LEADS", ["Nadia"])]),
    ]  # fmt: skip
    assert coverage_now(night).answering("en", tokyo) == [
        row.agent for row in coverage_now(night).on_call("en")
    ]  # what /coverage and the page of a new ticket name


def test_a_rota_that_ends_tonight_has_who_is_on_call_elsewhere_as_its_backup(people, rota, requester, london, lead):
    other = open_rota(london, "en", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)
    plan_weeks(other, [people["kim"]], first_day=MONDAY_9AM.date(), weeks=1, by=lead.user, now=MONDAY_9AM)
    rota.shifts.filter(agent=people["kim"]).delete()
    rota.region.backups.clear()
    urgent(requester, NIGHT)

    every_minute(NIGHT, NIGHT + 15 * MINUTE)

    assert told() == [("ON_DUTY", "Ann"), ("BACKUP", "Kim")]


def test_a_language_in_business_hours_waits_for_the_morning_on_a_24x7_tier(people, rota, account, lead):
    zola = make_contact(account, "zola@acme.test", language="fr")
    seat(zola, by=lead.user)
    urgent(zola, NIGHT, language_choice=LanguageChoice.OWN)

    every_minute(NIGHT, NIGHT + 30 * MINUTE)

    assert told() == []


# --- What ends it, and what begins it anew ----------------------------------------------------------------------------


def test_it_stops_when_somebody_has_the_ticket(people, requester):
    ticket = urgent(requester)
    notify_next_steps(now=MONDAY_9AM)
    assign(ticket, people["ann"], by=people["ann"].user, now=MONDAY_9AM + MINUTE)

    every_minute(MONDAY_9AM + MINUTE, MONDAY_9AM + HOUR)

    assert (told(), len(history(ticket)), Alert.objects.get().next_at) == ([("ON_DUTY", "Ann")], 1, None)


def test_it_stops_when_the_customer_has_a_reply(people, requester):
    ticket = urgent(requester)
    notify_next_steps(now=MONDAY_9AM)
    conversation.reply_as_agent(ticket, body="On it.", by=people["bob"].user, now=MONDAY_9AM + MINUTE)

    every_minute(MONDAY_9AM + MINUTE, MONDAY_9AM + HOUR)

    assert (told(), len(history(ticket))) == ([("ON_DUTY", "Ann")], 1)


def test_every_unanswered_message_climbs_a_ladder_of_its_own(people, requester):
    ticket = urgent(requester)
    conversation.reply_as_agent(ticket, body="Which one?", by=people["bob"].user, now=MONDAY_9AM)
    later = MONDAY_9AM + HOUR
    conversation.reply_as_customer(ticket, body="This one.", by=requester, channel=Channel.EMAIL, now=later)

    notify_next_steps(now=later)

    assert history(ticket) == [(later, "ON_DUTY", ["Ann"])]


def test_a_ticket_that_is_given_back_climbs_anew(people, requester):
    ticket = urgent(requester)
    notify_next_steps(now=MONDAY_9AM)
    assign(ticket, people["ann"], by=people["ann"].user, now=MONDAY_9AM + MINUTE)
    assign(ticket, None, by=people["ann"].user, now=MONDAY_9AM + 5 * MINUTE)

    every_minute(MONDAY_9AM + 5 * MINUTE, MONDAY_9AM + 15 * MINUTE)

    assert told() == [("ON_DUTY", "Ann"), ("ON_DUTY", "Ann"), ("BACKUP", "Zoe")]


@pytest.mark.parametrize("answered", [True, False], ids=["a clock starts", "a clock runs already"])
def test_a_message_to_somebody_who_has_left_is_the_teams(people, requester, answered):
    ticket = urgent(requester)
    assign(ticket, people["bob"], by=people["bob"].user, now=MONDAY_9AM)
    if answered:
        conversation.reply_as_agent(ticket, body="Which one?", by=people["bob"].user, now=MONDAY_9AM)
    people["bob"].user.is_active = False
    people["bob"].user.save()
    later = MONDAY_9AM + 5 * MINUTE

    conversation.reply_as_customer(ticket, body="This one.", by=requester, channel=Channel.EMAIL, now=later)
    notify_next_steps(now=later)

    ticket.refresh_from_db()
    assert (ticket.assignee, told()) == (None, [("ON_DUTY", "Ann")])
    assert [event.data["to"] for event in ticket.events.filter(kind=EventKind.ASSIGNED)] == ["Bob", ""]


def test_an_assigned_ticket_and_a_live_one_alert_nobody(people, requester):
    live = urgent(requester, live=True, by=people["bob"].user, channel=Channel.PHONE)

    every_minute(MONDAY_9AM, MONDAY_9AM + 5 * MINUTE)

    assert (told(), history(live), Alert.objects.count()) == ([], [], 0)


def test_a_merge_hands_the_open_message_to_the_survivor(people, requester):
    survivor = make_ticket(requester)
    conversation.reply_as_agent(survivor, body="Done.", by=people["bob"].user, now=MONDAY_9AM)
    ticket = urgent(requester)

    merge(ticket, into=survivor, by=people["ann"].user, now=MONDAY_9AM + MINUTE)
    notify_next_steps(now=MONDAY_9AM + MINUTE)

    assert (history(ticket), history(survivor)) == ([], [(MONDAY_9AM + MINUTE, "ON_DUTY", ["Ann"])])


def test_a_raised_priority_brings_the_next_step_forward(people, requester):
    ticket = make_ticket(requester, priority=Priority.LOW)
    notify_next_steps(now=MONDAY_9AM)
    assert Alert.objects.get().next_at > MONDAY_9AM + HOUR
    lifecycle.change_priority(ticket, Priority.URGENT, by=people["bob"].user, now=MONDAY_9AM + 10 * MINUTE)

    every_minute(MONDAY_9AM + 10 * MINUTE, MONDAY_9AM + 25 * MINUTE)

    # One hour from the change: a quarter of it after 15 minutes.
    assert [(at - MONDAY_9AM, step) for at, step, _names in history(ticket)] == [
        (0 * MINUTE, "ON_DUTY"), (25 * MINUTE, "BACKUP"),
    ]  # fmt: skip


# --- What people read -------------------------------------------------------------------------------------------------


def test_the_mail_says_why_by_when_and_who_heard_before(people, requester, mailoutbox):
    ticket = urgent(requester)
    every_minute(MONDAY_9AM, MONDAY_9AM + 30 * MINUTE)

    outbox.deliver(now=MONDAY_9AM + 30 * MINUTE)

    mails = {mail.to[0]: mail for mail in mailoutbox if "nassigned" in mail.subject}
    first, last = mails["ann@punctual.test"], mails["nadia@punctual.test"]
    due = "reply due by Monday 9 November at 11:00"
    assert first.subject == f"[{ticket.number}] Unassigned, {due} — Enrolment fails"
    assert "You get this email because you are on duty (France, English)." in first.body
    assert "Nothing happens after the QR code." in first.body
    assert last.subject == f"[{ticket.number}] Still unassigned, {due} — Enrolment fails"
    assert "Already notified: Ann, Zoe." in last.body
    assert reverse("admin:tickets_ticket_change", args=[ticket.pk]) in last.body


def test_a_mail_that_has_not_left_is_withdrawn_when_somebody_takes_the_ticket(people, requester, mailoutbox):
    ticket = urgent(requester)
    notify_next_steps(now=MONDAY_9AM)
    assign(ticket, people["bob"], by=people["bob"].user, now=MONDAY_9AM)

    outbox.deliver(now=MONDAY_9AM)

    assert [mail.subject for mail in mailoutbox if "nassigned" in mail.subject] == []
    assert Notice.objects.get(kind="unassigned").is_withdrawn


def test_the_steps_stand_in_the_history_of_the_desk_and_customers_see_nothing(people, requester, client_for, lead):
    ticket = urgent(requester)
    notify_next_steps(now=MONDAY_9AM)
    said = "notified the agents on duty, because the ticket is unassigned: Ann"

    desk = client_for(lead).get(reverse("admin:tickets_ticket_change", args=[ticket.pk])).content.decode()
    portal = client_for(requester).get(reverse("tickets:detail", args=[ticket.number])).content.decode()

    assert said in desk
    for word in ("notified the agents", "on duty", "unassigned"):
        assert word not in portal


@pytest.mark.parametrize("step", AlertStep)
@pytest.mark.parametrize("names", [["Ann", "Bob"], []])
def test_every_step_has_its_sentence(step, names):
    event = TicketEvent(kind=EventKind.ALERTED, data={"step": step.value, "names": names, "language": "fr"})

    assert ("Ann, Bob" in sentence(event)) == bool(names)


def test_a_hundred_alerts_cost_no_more_statements_each_than_one(people, requester, django_assert_max_num_queries):
    for _number in range(3):
        urgent(requester)
    notify_next_steps(now=MONDAY_9AM)

    with django_assert_max_num_queries(6 + 3 * 14):
        assert notify_next_steps(now=MONDAY_9AM + 15 * MINUTE) == 3


def test_a_region_that_is_set_so_that_leads_come_first_is_refused(paris, client_for, administrator):
    desk = client_for(administrator)
    address = reverse("admin:accounts_region_change", args=[paris.pk])
    values = {
        "code": "france", "name_en": "France", "name_fr": "France", "time_zone": "Europe/Paris", "country": "FR",
        "subdivision": "", "phone": "", "backup_after_percent": "60", "leads_after_percent": "40",
    }  # fmt: skip

    page = desk.post(address, values)

    assert page.status_code in {200, 422}
    assert "Team leads are notified after the backup." in page.content.decode()
    paris.refresh_from_db()
    assert (paris.backup_after_percent, paris.leads_after_percent) == (25, 50)
    done = desk.post(address, values | {"leads_after_percent": "80", "backups": [administrator.pk], "_save": "1"})
    assert done.status_code in {200, 302}
