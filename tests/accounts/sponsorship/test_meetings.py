"""Meetings with the executive sponsor: from the proposal of the job to minutes, on both sides."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from icalendar import Calendar

from accounts.core.enums import ContactRole, Tier
from accounts.feeds.domain import renew_feed
from accounts.identity.domain.tokens import create_token
from accounts.models import AwayPeriod, Contact, Contract, Meeting, MeetingAction, MeetingEvent, Sponsorship
from accounts.sponsorship.domain import meetings, naming, record, scheduling
from accounts.sponsorship.domain.rhythm import period_of
from accounts.sponsorship.domain.slots import find_slots
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.outbox import Notice
from sla.core.domain import calendars
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LINK = "https://meet.test/abc"


@pytest.fixture
def kestrel(london):
    return factories.make_account("Kestrel Air", region=london, tier=Tier.PLATINUM)


@pytest.fixture
def tom(kestrel):
    return factories.make_contact(
        kestrel, "tom@kestrel.test", name="Tom Hale", role=ContactRole.ADMIN, time_zone="Europe/London"
    )


@pytest.fixture
def priya(kestrel):
    return factories.make_contact(kestrel, "priya@kestrel.test", name="Priya Nair", language="fr")


@pytest.fixture
def sponsorship(kestrel, tom, lead, administrator):
    return naming.name_sponsor(kestrel, lead, host=tom, by=administrator.user, now=NOW)


@pytest.fixture
def meeting(sponsorship):
    return meetings.propose(sponsorship, by=None, now=NOW)


@pytest.fixture
def confirmed(meeting, tom):
    return meetings.confirm(meeting, meeting.slots.first().starts_at, by=tom.user, now=NOW)


def at(monkeypatch, moment):
    monkeypatch.setattr("portal.lib.clock.now", lambda: moment)
    monkeypatch.setattr("accounts.identity.api.authentication.machine_now", lambda: moment)
    for module in ("accounts.sponsorship.pages",):
        monkeypatch.setattr(f"{module}.now", lambda: moment)


def slots_of(meeting):
    return [slot.starts_at for slot in meeting.slots.all()]


def said(meeting):
    return [event.kind for event in MeetingEvent.objects.filter(meeting=meeting)]


# --- who, and in which rhythm -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", [Tier.STANDARD, Tier.SILVER, Tier.GOLD])
def test_below_platinum_nobody_can_be_named(tier, london, lead):
    account = factories.make_account("Other", region=london, tier=tier)

    with pytest.raises(naming.NoSponsor):
        naming.name_sponsor(account, lead, by=lead.user, now=NOW)

    assert not Sponsorship.objects.exists()


def test_replacing_the_sponsor_ends_the_time_of_the_one_before(sponsorship, agent, administrator):
    later = naming.name_sponsor(sponsorship.account, agent, by=administrator.user, now=NOW + DAY)

    sponsorship.refresh_from_db()
    assert (sponsorship.ended_at, sponsorship.ended_by) == (NOW + DAY, administrator.user)
    assert list(Sponsorship.objects.live()) == [later]


def test_one_account_has_one_sponsor_whatever_writes(sponsorship, agent):
    with pytest.raises(IntegrityError), transaction.atomic():
        Sponsorship.objects.create(account=sponsorship.account, sponsor=agent, started_at=NOW)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("deputy", lambda s, other: {"deputy": s.sponsor}),
        ("host", lambda s, other: {"host": other}),
        ("rhythm_months", lambda s, other: {"rhythm_months": 5}),
    ],
)
def test_a_wrong_person_or_rhythm_is_refused_at_its_field(field, values, sponsorship, stranger):
    with pytest.raises(DomainError) as refusal:
        naming.name_sponsor(sponsorship.account, sponsorship.sponsor, by=None, now=NOW, **values(sponsorship, stranger))

    assert refusal.value.field == field
    assert list(Sponsorship.objects.all()) == [sponsorship]


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        (date(2026, 11, 9), 3, date(2026, 10, 1)),
        (date(2027, 1, 1), 3, date(2027, 1, 1)),
        (date(2026, 12, 31), 3, date(2026, 10, 1)),
        (date(2026, 12, 31), 12, date(2026, 1, 1)),
        (date(2028, 2, 29), 1, date(2028, 2, 1)),
    ],
)
def test_periods_are_counted_from_january(day, months, first):
    assert period_of(day, months) == first


# --- the job ----------------------------------------------------------------------------------------------------------


def test_the_job_proposes_each_quarter_once_across_years(sponsorship):
    moments = [NOW + timedelta(days=10 * n) for n in range(16)]  # 9 November to 8 April

    proposed = [scheduling.propose_due(now=moment) for moment in moments for _again in range(2)]

    assert sum(proposed) == 3
    assert list(Meeting.objects.order_by("pk").values_list("period_on", flat=True)) == [
        date(2026, 10, 1),
        date(2027, 1, 1),
        date(2027, 4, 1),
    ]


def test_after_a_year_of_silence_the_job_proposes_the_present_quarter_only(sponsorship):
    scheduling.propose_due(now=NOW)

    assert scheduling.propose_due(now=NOW + 400 * DAY) == 1
    assert list(Meeting.objects.order_by("pk").values_list("period_on", flat=True)) == [
        date(2026, 10, 1),
        date(2027, 10, 1),
    ]


def test_a_period_has_one_meeting_whatever_writes(sponsorship):
    scheduling.propose_due(now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        meetings.propose(sponsorship, period_on=date(2026, 10, 1), by=None, now=NOW)

    assert Meeting.objects.count() == 1


def test_without_a_platinum_contract_in_force_nothing_is_proposed(sponsorship):
    Contract.objects.update(ends_on=date(2026, 11, 1))

    assert scheduling.schedule_meetings(now=NOW) == 0


def test_an_ended_sponsorship_proposes_nothing(sponsorship, lead):
    naming.end_sponsorship(sponsorship, reason="Left the company", by=lead.user, now=NOW)

    assert scheduling.propose_due(now=NOW) == 0
    with pytest.raises(Stale):
        naming.end_sponsorship(sponsorship, reason="Again", by=lead.user, now=NOW)


def test_reminders_are_written_seven_days_and_one_day_ahead_each_once(confirmed):
    start = confirmed.starts_at
    written = [scheduling.remind(now=start - left) for left in (8 * DAY, 7 * DAY, 6 * DAY, 1 * DAY, DAY / 2)]

    assert written == [0, 1, 0, 1, 0]
    steps = Notice.objects.filter(data__step="reminder").order_by("pk").values_list("data__days", flat=True)
    assert sorted(set(steps)) == [1, 7]


def test_a_job_that_was_down_for_a_week_reminds_once(confirmed):
    assert [scheduling.remind(now=confirmed.starts_at - timedelta(hours=n)) for n in (5, 4)] == [1, 0]


def test_what_nobody_recorded_is_missed_once_and_the_leads_are_told(confirmed, lead):
    assert scheduling.notice_missed(now=confirmed.starts_at + 3 * DAY - timedelta(minutes=1)) == 0

    assert [scheduling.notice_missed(now=confirmed.starts_at + 3 * DAY) for _again in range(2)] == [1, 0]

    confirmed.refresh_from_db()
    assert (confirmed.state, scheduling.say_reason(confirmed)) == (
        "missed",
        "Nobody recorded the meeting within three days.",
    )
    told = Notice.objects.filter(data__step="missed").values_list("recipient__name", flat=True)
    assert sorted(told) == ["Nadia", "Root"]


def test_what_the_job_took_for_missed_can_still_be_recorded_as_held(confirmed, lead):
    scheduling.notice_missed(now=confirmed.starts_at + 4 * DAY)

    held = meetings.record_meeting(confirmed, by=lead.user, now=confirmed.starts_at + 5 * DAY)

    assert (held.state, held.reason) == ("held", "")


def test_an_overdue_action_is_flagged_once_on_the_day_after(confirmed, lead, tom):
    due = date(2026, 12, 1)
    action = record.add_action(confirmed, "Send the list", owner_name="Tom Hale", due_on=due, by=lead.user, now=NOW)

    runs = [datetime(2026, 12, 1, 23, 59, tzinfo=UTC), datetime(2026, 12, 2, 0, 0, tzinfo=UTC)]
    assert [scheduling.flag_actions(now=run) for run in (*runs, *runs)] == [0, 1, 0, 0]

    assert action.owner == tom.user
    assert set(Notice.objects.filter(kind="meeting_action").values_list("recipient", flat=True)) == {
        lead.user_id,
        tom.user_id,
    }


# --- times ------------------------------------------------------------------------------------------------------------


def test_three_times_are_proposed_in_the_hours_of_both_sides(sponsorship, meeting):
    assert slots_of(meeting) == [
        datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 18, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    ]


def test_the_mail_that_proposes_times_says_so_and_lists_them(meeting, mailoutbox):
    outbox.deliver(now=NOW + timedelta(seconds=1), limit=100)

    [mail_to_tom] = [sent for sent in mailoutbox if sent.to == ["tom@kestrel.test"]]
    assert mail_to_tom.subject == "Times for the executive sponsor meeting — Kestrel Air"
    body = mail_to_tom.body.replace("\u00a0", " ")
    assert "Nadia proposes times for your next executive sponsor meeting." in body
    assert [line for line in body.splitlines() if line.startswith("- ")] == [
        "- Monday 16 November 2026 at 09:00 (London), 10:00 (Paris)",
        "- Wednesday 18 November 2026 at 09:00 (London), 10:00 (Paris)",
        "- Friday 20 November 2026 at 09:00 (London), 10:00 (Paris)",
    ]


def test_when_one_side_changes_its_clocks_the_times_follow_the_hours_both_share(kestrel, tom):
    """Between 25 October and 1 November 2026 London is four hours ahead of Toronto, otherwise five."""
    toronto = factories.make_agent("sam@punctual.test", time_zone="America/Toronto")

    found = find_slots(kestrel, toronto, now=datetime(2026, 10, 12, 9, 0, tzinfo=UTC), wanted=8)

    hours = {moment.date(): moment.hour for moment in found}
    assert hours[date(2026, 10, 21)] == 13  # 09:00 in Toronto, 14:00 in London
    assert hours[date(2026, 10, 28)] == 13  # 09:00 in Toronto, 13:00 in London
    assert hours[date(2026, 11, 2)] == 14  # 09:00 in Toronto, 14:00 in London


def test_without_common_hours_it_says_so_and_staff_set_the_time(kestrel, tom, administrator, client_for):
    sydney = factories.make_agent("kai@punctual.test", name="Kai", time_zone="Pacific/Auckland")
    sponsorship = naming.name_sponsor(kestrel, sydney, by=administrator.user, now=NOW)

    meeting = meetings.propose(sponsorship, by=None, now=NOW)

    assert slots_of(meeting) == []
    assert list(Notice.objects.filter(kind="meeting").values_list("recipient", flat=True)) == [sydney.user_id]
    page = client_for(tom).get(reverse("accounts:meetings"))
    assert "No time suits both your business hours and those of Kai" in page.content.decode()
    moved = meetings.move(meeting, NOW + 10 * DAY, by=sydney.user, now=NOW)
    assert moved.state == "confirmed"


def test_holidays_absences_and_other_meetings_are_left_out(kestrel, sponsorship, lead, meeting, tom):
    meetings.confirm(meeting, datetime(2026, 11, 16, 9, 0, tzinfo=UTC), by=tom.user, now=NOW)
    kestrel.home_region.calendar.exceptions.create(day=date(2026, 11, 18), name_en="x", name_fr="x", intervals=[])
    AwayPeriod.objects.create(
        agent=lead, starts_at=datetime(2026, 11, 19, tzinfo=UTC), ends_at=datetime(2026, 11, 21, tzinfo=UTC)
    )
    calendars.new_version(kestrel.home_region.calendar, by=None, now=NOW)

    assert find_slots(kestrel, lead, now=NOW)[:2] == [
        datetime(2026, 11, 16, 10, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    ]


# --- the appointment --------------------------------------------------------------------------------------------------


def test_a_customer_chooses_a_time_and_both_sides_are_invited(client_for, tom, meeting, lead, monkeypatch):
    at(monkeypatch, NOW)
    first = slots_of(meeting)[0]

    response = client_for(tom).post(
        reverse("accounts:meeting_confirm", args=[meeting.pk]), {"slot": first.isoformat()}, follow=True
    )

    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at) == ("confirmed", first)
    assert "Meeting confirmed." in response.content.decode()
    assert said(meeting) == ["proposed", "confirmed"]
    invited = Notice.objects.filter(data__step="confirmed").values_list("recipient", flat=True)
    assert set(invited) == {tom.user_id, lead.user_id}


@pytest.mark.parametrize(
    ("slot", "status"),
    [("", 422), ("nonsense", 422), ("2026-11-16T09:00:00", 422), ("2027-01-01T09:00:00+00:00", 409)],
)
def test_a_time_that_is_not_proposed_confirms_nothing(slot, status, client_for, tom, meeting, monkeypatch):
    at(monkeypatch, NOW)

    response = client_for(tom).post(reverse("accounts:meeting_confirm", args=[meeting.pk]), {"slot": slot})

    assert response.status_code == status
    assert Meeting.objects.get().state == "proposed"


def test_two_choices_leave_one_time(meeting, tom):
    first, second, _third = slots_of(meeting)
    meetings.confirm(meeting, first, by=tom.user, now=NOW)

    with pytest.raises(Stale):
        meetings.confirm(meeting, second, by=tom.user, now=NOW)

    assert meetings.confirm(meeting, first, by=tom.user, now=NOW).starts_at == first
    assert said(meeting) == ["proposed", "confirmed"]


def test_the_sponsor_cannot_be_at_two_meetings(confirmed, london, lead, administrator):
    other = factories.make_account("Second", region=london, tier=Tier.PLATINUM)
    theirs = naming.name_sponsor(other, lead, by=administrator.user, now=NOW)
    half_past = confirmed.starts_at + timedelta(minutes=30)
    meeting = meetings.propose(theirs, slots=[half_past], by=lead.user, now=NOW)

    with pytest.raises(meetings.Clash) as refusal:
        meetings.confirm(meeting, half_past, by=lead.user, now=NOW)

    assert str(refusal.value) == (
        "Nadia already has a meeting at that time: Mon 16 Nov 09:00 (London), Mon 16 Nov 10:00 (Paris). "
        "Select another time."
    )
    assert Meeting.objects.get(pk=meeting.pk).state == "proposed"


def test_moving_keeps_the_entry_and_raises_its_sequence(confirmed, lead):
    before = confirmed.starts_at
    moved = meetings.move(confirmed, before + DAY, by=lead.user, now=NOW)

    assert (moved.starts_at, moved.sequence) == (before + DAY, 1)
    event = MeetingEvent.objects.filter(meeting=moved).last()
    assert (event.kind, event.data["before"]) == ("moved", before.isoformat())


def test_a_passed_time_is_refused(confirmed, lead):
    for moment in (NOW - DAY, NOW):
        with pytest.raises(DomainError) as refusal:
            meetings.move(confirmed, moment, by=lead.user, now=NOW)
        assert (refusal.value.code, refusal.value.field) == ("past", "slot")

    assert Meeting.objects.get().starts_at == confirmed.starts_at


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "http://meet.test/a", "https://", "//meet.test", "https://a b/"]
)
def test_only_https_stands_behind_the_link_to_join(url, confirmed, lead):
    """#209"""
    with pytest.raises(DomainError) as refusal:
        meetings.set_link(confirmed, url, by=lead.user, now=NOW)

    assert refusal.value.field == "join_url"
    assert Meeting.objects.get().join_url == ""


def test_the_customer_asks_for_other_times_and_gets_them(client_for, tom, meeting, lead, monkeypatch):
    at(monkeypatch, NOW)
    client_for(tom).post(reverse("accounts:meeting_others", args=[meeting.pk]), {"others": "Only in December."})

    assert Notice.objects.get(data__step="asked").data["text"] == "Only in December."
    december = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    meetings.propose_others(meeting, slots=[december], by=lead.user, now=NOW)
    assert slots_of(meeting) == [december]
    assert said(meeting) == ["proposed", "asked", "proposed"]


def test_a_cancellation_needs_its_reason(confirmed, lead):
    with pytest.raises(DomainError) as refusal:
        meetings.cancel(confirmed, reason="  ", by=lead.user, now=NOW)
    assert (refusal.value.code, refusal.value.field) == ("reason", "reason")

    assert Meeting.objects.get().state == "confirmed"


# --- mails, calendars -------------------------------------------------------------------------------------------------


def sent(to):
    outbox.deliver(now=NOW + timedelta(seconds=1), limit=100)
    return [m for m in mail.outbox if m.to == [to.user.email]]


def entry(message):
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    part = next(part for part in parsed.walk() if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_content())
    event = calendar.walk("VEVENT")[0]
    return part["Content-Type"].params["method"], {
        "METHOD": str(calendar["METHOD"]),
        "UID": str(event["UID"]),
        "SEQUENCE": int(event["SEQUENCE"]),
        "DTSTART": event.decoded("DTSTART").astimezone(UTC),
        "DURATION": event.decoded("DURATION"),
        "STATUS": str(event["STATUS"]),
        "SUMMARY": str(event["SUMMARY"]),
        "LOCATION": str(event.get("LOCATION", "")),
        "ORGANIZER": str(event["ORGANIZER"]),
        "ATTENDEE": str(event["ATTENDEE"]),
    }


def test_the_invitation_carries_a_calendar_entry(confirmed, tom, settings):
    message = sent(tom)[-1]

    host = settings.SITE_URL.split("//")[1].split(":")[0].split("/")[0]
    assert entry(message) == (
        "REQUEST",
        {
            "METHOD": "REQUEST",
            "UID": f"meeting-{confirmed.pk}@{host}",
            "SEQUENCE": 0,
            "DTSTART": datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
            "DURATION": timedelta(minutes=60),
            "STATUS": "CONFIRMED",
            "SUMMARY": "Executive sponsor meeting: Kestrel Air",
            "LOCATION": "",
            "ORGANIZER": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
            "ATTENDEE": "mailto:tom@kestrel.test",
        },
    )
    assert "Monday 16 November 2026 at 09:00 (London), 10:00 (Paris)" in message.body


def test_a_mail_in_french_says_the_time_on_both_clocks(sponsorship, tom):
    tom.user.language = "fr"
    tom.user.save()
    meetings.propose(sponsorship, by=None, now=NOW)

    message = sent(tom)[-1]

    assert message.extra_headers["Content-Language"] == "fr"
    assert "lundi 16 novembre 2026 à 09:00 (Londres), 10:00 (Paris)" in message.body
    assert message.attachments == []


def test_after_a_move_only_the_later_invitation_leaves_and_a_cancellation_ends_it(confirmed, tom, lead):
    meetings.move(confirmed, confirmed.starts_at + DAY, by=lead.user, now=NOW)
    methods = [entry(message)[1] for message in sent(tom) if len(message.attachments)]
    assert [(m["METHOD"], m["SEQUENCE"]) for m in methods] == [("REQUEST", 1)]

    meetings.cancel(confirmed, reason="Strike", by=lead.user, now=NOW)
    last = entry(sent(tom)[-1])[1]
    assert (last["METHOD"], last["SEQUENCE"], last["STATUS"], last["UID"]) == (
        "CANCEL",
        2,
        "CANCELLED",
        methods[0]["UID"],
    )


def test_the_file_to_download_says_the_same(confirmed, client_for, priya):
    response = client_for(priya).get(reverse("accounts:meeting_ics", args=[confirmed.pk]))

    event = Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert event.decoded("DTSTART").astimezone(UTC) == confirmed.starts_at
    assert response["Content-Disposition"] == f'attachment; filename="meeting-{confirmed.pk}.ics"'


def test_the_calendar_feed_shows_the_meeting_to_its_account_and_its_sponsor(
    confirmed, client, priya, lead, agent, stranger, monkeypatch
):
    monkeypatch.setattr("tickets.agenda.pages.feed.now", lambda: NOW)

    def titles(user, contact):
        _feed, token = renew_feed(user, contact, now=NOW)
        body = client.get(reverse("tickets:feed", args=[token])).content
        return [str(event["SUMMARY"]) for event in Calendar.from_ical(body).walk("VEVENT")]

    assert titles(lead.user, None) == ["Executive sponsor meeting: Kestrel Air"]
    assert titles(priya.user, priya) != []
    assert titles(agent.user, None) == titles(stranger.user, stranger) == []


# --- the record -------------------------------------------------------------------------------------------------------


def test_both_sides_fill_the_agenda(confirmed, client_for, priya, lead, monkeypatch):
    at(monkeypatch, NOW)
    client_for(priya).post(reverse("accounts:meeting_agenda", args=[confirmed.pk]), {"text": " Seats\nfor Tokyo "})
    client_for(lead).post(reverse("admin:accounts_meeting_agenda", args=[confirmed.pk]), {"text": "The quarter"})

    assert list(confirmed.agenda.values_list("number", "text", "author__name")) == [
        (1, "Seats for Tokyo", "Priya Nair"),
        (2, "The quarter", "Nadia"),
    ]


def test_an_empty_subject_is_refused_and_a_long_one_is_kept_in_its_field(confirmed, client_for, tom, monkeypatch):
    at(monkeypatch, NOW)
    address = reverse("accounts:meeting_agenda", args=[confirmed.pk])
    empty, long = client_for(tom).post(address, {"text": " "}), client_for(tom).post(address, {"text": "x" * 301})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "x" * 301 in long.content.decode()
    assert not confirmed.agenda.exists()


@pytest.fixture
def held(confirmed, lead):
    return meetings.record_meeting(confirmed, by=lead.user, now=confirmed.starts_at + timedelta(hours=1))


def test_minutes_are_read_by_the_customer_once_published(held, lead, tom, client_for):
    kept = record.write_minutes(
        held, minutes="**Good** <script>alert(1)</script>", decisions="[x](javascript:alert(1))", version=held.version,
        publish=False, by=lead.user, now=NOW,
    )  # fmt: skip
    page = client_for(tom).get(reverse("accounts:meetings")).content.decode()
    assert "The minutes are being written." in page
    assert "<strong>Good</strong>" not in page

    record.write_minutes(
        kept, minutes=kept.minutes, decisions=kept.decisions, version=kept.version, publish=True, by=lead.user, now=NOW
    )
    page = client_for(tom).get(reverse("accounts:meetings")).content.decode()
    assert "<strong>Good</strong> &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript:' not in page
    assert Notice.objects.filter(data__step="minutes", recipient=tom.user).count() == 1


def test_who_saves_over_newer_minutes_keeps_their_text(held, lead, administrator, client_for):
    began = held.version
    record.write_minutes(
        held, minutes="Hers", decisions="", version=began, publish=False, by=administrator.user, now=NOW
    )

    response = client_for(lead).post(
        reverse("admin:accounts_meeting_minutes", args=[held.pk]), {"minutes": "Mine", "version": began}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Mine" in page
    assert "Hers" in page
    assert Meeting.objects.get().minutes == "Hers"


def test_an_action_is_carried_to_the_next_meeting_until_it_is_done(held, sponsorship, lead, tom, client_for):
    record.add_action(held, "Send the list", owner_name="Somebody", due_on=date(2027, 1, 8), by=lead.user, now=NOW)
    following = meetings.propose(sponsorship, by=lead.user, now=held.starts_at + DAY)
    desk = client_for(lead)
    address = reverse("admin:accounts_meeting_change", args=[following.pk])
    assert "Send the list" in desk.get(address).content.decode()

    desk.post(reverse("admin:accounts_meeting_finish", args=[following.pk]), {"action": MeetingAction.objects.get().pk})

    assert "From earlier meetings" not in desk.get(address).content.decode()
    assert MeetingAction.objects.get().done_by == lead.user


# --- who may, and the API ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["agenda", "confirm", "others", "ics"])
def test_another_account_does_not_find_the_meeting(act, confirmed, client_for, stranger):
    stranger.role = ContactRole.ADMIN
    stranger.save()
    browser = client_for(stranger)
    address = reverse(f"accounts:meeting_{act}", args=[confirmed.pk])

    response = browser.get(address) if act == "ics" else browser.post(address, {"text": "x", "others": "x"})

    assert response.status_code == 404
    assert not confirmed.agenda.exists()


def test_below_platinum_the_page_explains_and_with_it_says_who_to_ask(client_for, stranger, tom):
    below = client_for(stranger).get(reverse("accounts:meetings")).content.decode()
    without = client_for(tom).get(reverse("accounts:meetings")).content.decode()

    assert "Premium Platinum includes an executive sponsor." in below
    assert "You do not have an executive sponsor yet." in without


def test_the_page_costs_the_same_for_many_meetings(
    held, sponsorship, lead, tom, client_for, django_assert_max_num_queries
):
    for number in range(6):
        other = meetings.propose(sponsorship, by=None, now=NOW)
        record.add_to_agenda(other, f"Subject {number}", by=lead.user, now=NOW)
    browser = client_for(tom)
    browser.get(reverse("accounts:meetings"))

    with django_assert_max_num_queries(16):
        browser.get(reverse("accounts:meetings"))


def bearer(contact):
    _token, secret = create_token(
        user=contact.user, contact=contact, name="t", scopes=["read", "write"], days=1, now=NOW
    )
    return {"authorization": f"Bearer {secret}"}


def test_programs_read_meetings_add_subjects_and_confirm(meeting, tom, client, monkeypatch):
    at(monkeypatch, NOW)
    head = bearer(tom)
    slot = slots_of(meeting)[1]

    added = client.post(
        reverse("api:meeting-agenda", args=[meeting.pk]), {"text": "Spring"}, "application/json", headers=head
    )
    confirmed = client.post(
        reverse("api:meeting-confirm", args=[meeting.pk]),
        {"starts_at": slot.isoformat()},
        "application/json",
        headers=head,
    )

    assert (added.status_code, added.json()) == (
        201,
        {"number": 1, "text": "Spring", "author": "Tom Hale", "done": False},
    )
    assert confirmed.status_code == 200
    assert confirmed.json() == client.get(reverse("api:meeting-detail", args=[meeting.pk]), headers=head).json()
    assert confirmed.json() == {
        "id": meeting.pk, "account": {"id": tom.account_id, "name": "Kestrel Air"}, "version": 2,
        "state": "confirmed", "starts_at": "2026-11-18T09:00:00Z", "minutes_long": 60,
        "sponsor": {"id": meeting.sponsor_id, "name": "Nadia"}, "join_url": "", "slots": [],
        "agenda": [added.json()], "minutes": "", "decisions": "", "actions": [], "reason": "",
    }  # fmt: skip


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_a_lead_names_the_sponsor_and_proposes_a_meeting(kestrel, tom, lead, client_for, monkeypatch):
    at(monkeypatch, NOW)
    desk = client_for(lead)

    desk.post(
        reverse("admin:accounts_meeting_sponsor", args=[kestrel.pk]),
        {"sponsor": lead.pk, "host": tom.pk, "rhythm_months": 3},
    )
    desk.post(reverse("admin:accounts_meeting_new"), {"account": kestrel.pk, "first": "2026-11-20T15:00"})

    meeting = Meeting.objects.get()
    assert (meeting.sponsor, meeting.host, meeting.period_on) == (lead, tom, None)
    assert slots_of(meeting) == [datetime(2026, 11, 20, 14, 0, tzinfo=UTC)]
    page = desk.get(reverse("admin:accounts_meeting_changelist")).content.decode()
    assert "Kestrel Air" in page


def test_the_month_shows_what_is_agreed_in_it(confirmed, lead, client_for):
    desk = client_for(lead)
    november, december = (
        desk.get(reverse("admin:accounts_meeting_changelist"), {"month": month}).content.decode()
        for month in ("2026-11", "2026-12")
    )

    assert "Kestrel Air" in november
    assert "No meetings this month." in december


def test_a_meeting_that_has_not_begun_cannot_be_recorded(confirmed, lead, client_for, monkeypatch):
    at(monkeypatch, NOW)
    response = client_for(lead).post(reverse("admin:accounts_meeting_hold", args=[confirmed.pk]))

    assert response.status_code == 422
    assert "This meeting has not started yet." in response.content.decode()
    assert Meeting.objects.get().state == "confirmed"


def test_a_meeting_that_took_place_cannot_be_missed_afterwards(confirmed, lead):
    later = confirmed.starts_at + DAY
    meetings.record_meeting(confirmed, by=lead.user, now=later)
    history, notices = said(confirmed), Notice.objects.count()

    with pytest.raises(Stale):
        meetings.miss(confirmed, reason="Nobody came.", by=lead.user, now=later)

    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.reason) == ("held", "")
    assert (said(confirmed), Notice.objects.count()) == (history, notices)


def test_minutes_and_decisions_may_be_just_as_long_as_the_limit(held, lead):
    written = {"minutes": "m" * 50_000, "decisions": "d" * 50_000}
    kept = record.write_minutes(held, **written, version=held.version, publish=False, by=lead.user, now=NOW)
    assert (len(kept.minutes), len(kept.decisions)) == (50_000, 50_000)

    for field in written:
        longer = written | {field: written[field] + "x"}
        with pytest.raises(DomainError) as refusal:
            record.write_minutes(kept, **longer, version=kept.version, publish=False, by=lead.user, now=NOW)
        assert refusal.value.field == field
    held.refresh_from_db()
    assert (held.minutes, held.decisions) == (written["minutes"], written["decisions"])


def test_an_action_that_is_finished_leaves_the_others_open_and_keeps_its_first_moment(held, lead, tom):
    first, second = (
        record.add_action(held, text, owner_name="Tom Hale", due_on=date(2026, 12, 1), by=lead.user, now=NOW)
        for text in ("Send the plan", "Read the plan")
    )

    record.finish_action(first, by=tom.user, now=NOW + DAY)
    record.finish_action(first, by=lead.user, now=NOW + 2 * DAY)

    first.refresh_from_db()
    assert (first.owner, first.done_at, first.done_by) == (tom.user, NOW + DAY, tom.user)
    assert list(record.open_actions(held.account_id)) == [second]


def test_the_owner_of_an_action_is_whoever_of_both_sides_has_that_name(held, lead, tom, priya, stranger):
    names = ["nadia", "PRIYA NAIR", "Bob", "Somebody Else"]
    owners = [
        record.add_action(held, "Do", owner_name=name, due_on=date(2026, 12, 1), by=lead.user, now=NOW).owner
        for name in names
    ]

    assert owners == [lead.user, priya.user, None, None]


def test_the_last_free_places_of_an_agenda_are_taken_in_order(confirmed, tom):
    for number in range(40):
        record.add_to_agenda(confirmed, f"Subject {number}", by=tom.user, now=NOW)

    with pytest.raises(DomainError) as refusal:
        record.add_to_agenda(confirmed, "One more", by=tom.user, now=NOW)

    assert refusal.value.code == "full"
    assert list(confirmed.agenda.values_list("number", flat=True)) == list(range(1, 41))


def test_a_reason_is_one_line_of_three_hundred_characters(confirmed, lead):
    cancelled = meetings.cancel(confirmed, reason=f" We \n move. {'x' * 300}", by=lead.user, now=NOW)

    assert cancelled.reason == f"We move. {'x' * 291}"


def test_recording_a_meeting_twice_is_once(held, lead):
    history = said(held)

    again = meetings.record_meeting(held, by=lead.user, now=held.starts_at + DAY)

    assert (again.state, again.version, said(held)) == ("held", held.version, history)


def test_nobody_asks_for_other_times_of_a_meeting_that_was(held, tom):
    history, notices = said(held), Notice.objects.count()

    with pytest.raises(Stale):
        meetings.ask_for_others(held, text="Fridays suit us.", by=tom.user, now=held.starts_at + DAY)

    assert (said(held), Notice.objects.count()) == (history, notices)


@pytest.mark.parametrize("ending", ["held", "cancelled"])
@pytest.mark.parametrize(
    "act",
    [
        lambda meeting, by, now: meetings.propose_others(meeting, slots=[now + 3 * DAY], by=by, now=now),
        lambda meeting, by, now: meetings.propose_others(meeting, by=by, now=now),
        lambda meeting, by, now: meetings.ask_for_others(meeting, text="Fridays suit us.", by=by, now=now),
        lambda meeting, by, now: meetings.move(meeting, now + 3 * DAY, by=by, now=now),
        lambda meeting, by, now: meetings.cancel(meeting, reason="We are ill.", by=by, now=now),
    ],
    ids=["times given", "times found", "asked", "moved", "cancelled"],
)
def test_a_meeting_that_is_over_is_neither_moved_nor_called_off(act, ending, confirmed, lead):
    later = confirmed.starts_at + DAY
    if ending == "held":
        meetings.record_meeting(confirmed, by=lead.user, now=later)
    else:
        meetings.cancel(confirmed, reason="The budget is gone.", by=lead.user, now=NOW)
    rows = Meeting.objects.filter(pk=confirmed.pk)
    before = (rows.values().get(), slots_of(confirmed), said(confirmed), Notice.objects.count())

    with pytest.raises(Stale):
        act(confirmed, lead.user, later)

    assert (rows.values().get(), slots_of(confirmed), said(confirmed), Notice.objects.count()) == before


def test_nobody_who_has_left_the_account_becomes_the_owner_of_an_action(held, lead, priya):
    Contact.objects.filter(pk=priya.pk).update(is_active=False)

    action = record.add_action(held, "Do", owner_name="Priya Nair", due_on=date(2026, 12, 1), by=lead.user, now=NOW)

    assert (action.owner, action.owner_name) == (None, "Priya Nair")
