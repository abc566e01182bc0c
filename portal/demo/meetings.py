"""Kestrel Air and its executive sponsor: last period's meeting with minutes and actions, the next one confirmed."""

from datetime import datetime, timedelta

from accounts.models import Meeting, Sponsorship
from accounts.sponsorship.domain import meetings, record, scheduling
from accounts.sponsorship.domain.naming import name_sponsor
from accounts.sponsorship.domain.rhythm import includes_sponsor, period_of, present_period
from portal.demo.cast import Stage, working_day

MINUTES = """\
Tom and Nadia went through the quarter.

- Two urgent tickets, both answered in time; the second one could have been passed to Tokyo earlier.
- The roll-out to the Asian hubs starts in spring: **about 400 devices more**.
- Yuki asks for the check-ins before noon in Tokyo."""
DECISIONS = "- Handovers between regions are written into the ticket.\n- Yuki joins these meetings from now on."
LINK = "https://meet.punctual.example/kestrel-air"


def play(stage: Stage) -> None:
    """Nothing happens when the contract of the moment has no sponsor."""
    account = stage.contacts["tom"].account
    earlier = working_day(stage.regions["emea"], 45, now=stage.now) + timedelta(hours=14)
    if not includes_sponsor(account, earlier) or not includes_sponsor(account, stage.now):
        return
    sponsorship = name_sponsor(
        account, stage.agents["nadia"], deputy=stage.agents["kenji"], host=stage.contacts["tom"],
        by=stage.user("root"), now=earlier - timedelta(days=30),
    )  # fmt: skip
    _last_one(stage, sponsorship, earlier)
    _next_one(stage, sponsorship)
    scheduling.flag_actions(now=stage.now)


def _last_one(stage: Stage, sponsorship: Sponsorship, at: datetime) -> None:
    before = at - timedelta(days=16)
    last = period_of(present_period(sponsorship, stage.now) - timedelta(days=1), sponsorship.rhythm_months)
    meeting = meetings.propose(sponsorship, period_on=last, slots=[at], by=stage.user("nadia"), now=before)
    meeting = meetings.set_link(meeting, LINK, by=stage.user("nadia"), now=before)
    record.add_to_agenda(meeting, "How the quarter went", by=stage.user("nadia"), now=before)
    record.add_to_agenda(meeting, "Roll-out to the Asian hubs", by=stage.user("tom"), now=before)
    meeting = meetings.confirm(meeting, at, by=stage.user("tom"), now=before + timedelta(days=1))
    after = at + timedelta(hours=2)
    meeting = meetings.record_meeting(meeting, by=stage.user("nadia"), now=after)
    record.write_minutes(
        meeting, minutes=MINUTES, decisions=DECISIONS, version=meeting.version, publish=True, by=stage.user("nadia"),
        now=after,
    )  # fmt: skip
    for days, text, owner in (
        (14, "Write down how tickets are handed over between London and Tokyo", "Nadia Benali"),
        (40, "Send the list of new hubs with their time zones", "Tom Hale"),
        (120, "Plan the check-ins for the roll-out", "Kenji Sato"),
    ):
        due = (at + timedelta(days=days)).date()
        action = record.add_action(meeting, text, owner_name=owner, due_on=due, by=stage.user("nadia"), now=after)
        if days == 14:
            record.finish_action(action, by=stage.user("nadia"), now=at + timedelta(days=12))


def _next_one(stage: Stage, sponsorship: Sponsorship) -> None:
    """As the job proposed it some days ago; Tom chose the first time, unless nobody's hours met."""
    proposed = stage.now - timedelta(days=3)
    period = present_period(sponsorship, stage.now)
    if Meeting.objects.filter(account=sponsorship.account_id, period_on=period).exists():
        return
    meeting = meetings.propose(sponsorship, period_on=period, by=None, now=proposed)
    record.add_to_agenda(meeting, "Open actions from last time", by=stage.user("nadia"), now=proposed)
    record.add_to_agenda(
        meeting, "400 more devices: seats and hours for next year", by=stage.user("tom"),
        now=proposed + timedelta(hours=5),
    )  # fmt: skip
    slots = [slot.starts_at for slot in meeting.slots.all()]
    if slots:
        meetings.set_link(meeting, LINK, by=stage.user("nadia"), now=proposed + timedelta(hours=6))
        meetings.confirm(meeting, slots[0], by=stage.user("tom"), now=proposed + timedelta(hours=20))
