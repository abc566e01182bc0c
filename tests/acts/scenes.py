"""Scenes for the acts that the kill tests have none for: one function each, what it does to the small world.

The world is the one of tests/faults/world.py, with Sam (an agent) and Root (an administrator) beside Léa and Nadia.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.absences import domain as absences
from accounts.contracts.domain import contracts
from accounts.core.domain import contacts
from accounts.core.enums import ContactRole, StaffRole
from accounts.engineers import domain as engineers
from accounts.feeds import domain as feeds
from accounts.hours.domain import engagements, hours_questions
from accounts.identity.domain import sign_in
from accounts.models import AwayPeriod, DesignatedEngineer, Engagement, HoursQuestion, Meeting, Sponsorship
from accounts.seats.domain import seats
from accounts.sponsorship.domain import meetings, naming, record, scheduling
from portal.lib.mail import message_id
from sla.core.domain.calendars import fill_coming_holidays
from sla.coverage.domain import rota
from sla.coverage.domain.rota_notices import warn_of_holes
from sla.models import Rota
from tests.factories import make_agent
from tests.faults.acts_of_calls import ask_for_a_call
from tests.faults.acts_of_chat import taken as chat_taken
from tests.faults.acts_of_hours import ask_about_hours, granted
from tests.faults.acts_of_hours import planned as plan_made
from tests.faults.acts_of_mail import _mail
from tests.faults.registry import nothing
from tests.faults.world import DAY, HOUR, World
from tests.faults.world import build as small_world
from tickets.analyses.domain import approval, deadlines, questions, verdicts, writing
from tickets.calls.domain import asking, calling
from tickets.chat.domain import handling, presence
from tickets.core.domain import alerts, conversation, lifecycle, routing
from tickets.core.enums import CallOutcome, Status
from tickets.cover import domain as cover
from tickets.level_3.domain import escalation
from tickets.mail.domain import held as held_mail
from tickets.mail.domain import sorting
from tickets.mail.domain.intake import store
from tickets.mail.domain.reply_tokens import reply_address
from tickets.models import AnalysisQuestion, AnalysisVersion, Call, Chat, IncomingMail, RootCauseAnalysis

Step = Callable[[World, datetime], Any]


@dataclass(frozen=True)
class Scene:
    """`run` is the act; `before` prepares the world, and what is told then is not looked at."""

    run: Step
    before: Step


SCENES: dict[str, Scene] = {}


def scene(before: Step = nothing) -> Callable[[Step], Step]:
    def register(run: Step) -> Step:
        SCENES[run.__name__] = Scene(run, before)
        return run

    return register


def build() -> World:
    """The small world, and two more members of staff."""
    world = small_world()
    for name, role in (("sam", StaffRole.AGENT), ("root", StaffRole.ADMINISTRATOR)):
        agent = make_agent(f"{name}@punctual.test", name=name.title(), role=role)
        agent.languages = ["en", "fr"]
        agent.save()
        world.agents[name] = agent.pk
    region = world.contact("marc").own_region
    world.agent("sam").regions.set([region])
    return world


# --- Tickets ----------------------------------------------------------------------------------------------------------


@scene()
def a_new_ticket_waits_for_somebody(world: World, now: datetime) -> None:
    alerts.notify_next_steps(now=now)


@scene()
def close_an_assigned_ticket_with_a_follower(world: World, now: datetime) -> None:
    lifecycle.close_by_customer(world.ticket("late owned"), by=world.contact("noe").user, now=now)


@scene()
def pass_a_ticket_on(world: World, now: datetime) -> None:
    routing.assign(world.ticket("late owned"), world.agent("sam"), by=world.staff("nadia"), now=now)


@scene()
def hand_over_a_ticket(world: World, now: datetime) -> None:
    cover.hand_over(
        world.ticket("late owned"), world.agent("sam"), owner=world.agent("lea"), by=world.staff("nadia"), now=now
    )


@scene()
def take_the_most_urgent(world: World, now: datetime) -> None:
    routing.take_most_urgent(world.agent("sam"), now=now)


# --- Level 3 ----------------------------------------------------------------------------------------------------------


def _specialist(world: World) -> None:
    agent = world.agent("sam")
    agent.level = 3
    agent.save()


@scene()
def ask_for_level_3(world: World, now: datetime) -> None:
    escalation.ask_for_level_3(world.ticket("late owned"), reason="It spreads.", by=world.contact("marc").user, now=now)


def asked_for_level_3(world: World, now: datetime) -> None:
    _specialist(world)
    ask_for_level_3(world, now)


@scene(before=asked_for_level_3)
def escalate(world: World, now: datetime) -> None:
    escalation.escalate(world.ticket("late owned"), reason="Needs a trace.", by=world.staff("lea"), now=now)


@scene(before=asked_for_level_3)
def decline_level_3(world: World, now: datetime) -> None:
    escalation.decline(world.ticket("late owned"), reason="We have it.", by=world.staff("nadia"), now=now)


def escalated(world: World, now: datetime) -> None:
    asked_for_level_3(world, now)
    escalate(world, now)


@scene(before=escalated)
def take_at_level_3(world: World, now: datetime) -> None:
    escalation.accept(world.ticket("late owned"), by=world.agent("sam"), now=now)


def taken_at_level_3(world: World, now: datetime) -> None:
    escalated(world, now)
    take_at_level_3(world, now)


@scene(before=taken_at_level_3)
def hand_back_from_level_3(world: World, now: datetime) -> None:
    escalation.return_ticket(world.ticket("late owned"), answer="A loose cable.", by=world.agent("sam"), now=now)


# --- Calls and chats --------------------------------------------------------------------------------------------------


def call_taken(world: World, now: datetime) -> None:
    ask_for_a_call(world, now)
    take_a_call(world, now)


@scene(before=ask_for_a_call)
def take_a_call(world: World, now: datetime) -> None:
    calling.claim(Call.objects.get(), by=world.agent("lea"), now=now)


@scene(before=call_taken)
def move_a_call(world: World, now: datetime) -> None:
    asking.reschedule(Call.objects.get(), number="+33 1 99 00 99 99", by=world.contact("marc"), now=now)


@scene(before=call_taken)
def cancel_a_call_that_is_about_to_be_made(world: World, now: datetime) -> None:
    asking.cancel(Call.objects.get(), by=world.contact("marc"), now=now)


@scene(before=ask_for_a_call)
def reach_a_wrong_number(world: World, now: datetime) -> None:
    calling.record_attempt(Call.objects.get(), CallOutcome.WRONG_NUMBER, by=world.staff("lea"), now=now)


@scene(before=chat_taken)
def leave_a_chat(world: World, now: datetime) -> None:
    handling.end_as_customer(Chat.objects.get(), by=world.contact("marc"), now=now)


@scene()
def be_there_for_chats(world: World, now: datetime) -> None:
    presence.set_presence(world.agent("sam"), is_on=True, now=now)


# --- Root-cause analyses ----------------------------------------------------------------------------------------------

TEXTS = dict.fromkeys(("summary", "impact", "timeline", "cause", "done"), "Words.")
TO_COME = [{"what": "Order the jobs", "owner": "Release", "on": "2026-11-20"}]


def _analysis() -> RootCauseAnalysis:
    return RootCauseAnalysis.objects.get()


@scene()
def solve_a_p1_on_platinum(world: World, now: datetime) -> None:
    ticket = routing.assign(world.ticket("later"), world.agent("lea"), by=world.staff("lea"), now=now)
    conversation.reply_as_agent(ticket, body="Solved.", by=world.staff("lea"), now=now, status_after=Status.SOLVED)


@scene(before=solve_a_p1_on_platinum)
def take_over_an_analysis(world: World, now: datetime) -> None:
    writing.take_over(_analysis(), by=world.staff("sam"), now=now)


@scene(before=solve_a_p1_on_platinum)
def write_an_analysis(world: World, now: datetime) -> None:
    writing.save_draft(_analysis(), sections=TEXTS, actions=TO_COME, seen=None, by=world.staff("lea"), now=now)


def written(world: World, now: datetime) -> None:
    solve_a_p1_on_platinum(world, now)
    write_an_analysis(world, now)


@scene(before=written)
def submit_an_analysis(world: World, now: datetime) -> None:
    writing.submit(_analysis(), by=world.staff("lea"), now=now)


def submitted(world: World, now: datetime) -> None:
    written(world, now)
    submit_an_analysis(world, now)


@scene(before=submitted)
def send_an_analysis_back(world: World, now: datetime) -> None:
    writing.send_back(_analysis(), words="Name the cause.", by=world.staff("sam"), now=now)


@scene(before=submitted)
def review_an_analysis(world: World, now: datetime) -> None:
    approval.review(_analysis(), by=world.staff("sam"), now=now)


def reviewed(world: World, now: datetime) -> None:
    submitted(world, now)
    review_an_analysis(world, now)


@scene(before=reviewed)
def approve_an_analysis(world: World, now: datetime) -> None:
    approval.approve(_analysis(), by=world.staff("nadia"), now=now)


def approved(world: World, now: datetime) -> None:
    reviewed(world, now)
    approve_an_analysis(world, now)


@scene(before=approved)
def publish_an_analysis(world: World, now: datetime) -> None:
    approval.publish(_analysis(), by=world.staff("nadia"), now=now)


def published(world: World, now: datetime) -> None:
    approved(world, now)
    publish_an_analysis(world, now)


@scene(before=published)
def withdraw_an_analysis(world: World, now: datetime) -> None:
    approval.withdraw(AnalysisVersion.objects.get(), reason="A name slipped in.", by=world.staff("nadia"), now=now)


@scene(before=published)
def begin_another_version(world: World, now: datetime) -> None:
    writing.begin_version(_analysis(), by=world.staff("lea"), now=now)


@scene(before=published)
def ask_about_an_analysis(world: World, now: datetime) -> None:
    questions.ask(_analysis(), body="Why twice?", by=world.contact("tom"), now=now)


def asked_about_it(world: World, now: datetime) -> None:
    published(world, now)
    ask_about_an_analysis(world, now)


@scene(before=asked_about_it)
def answer_about_an_analysis(world: World, now: datetime) -> None:
    questions.answer(AnalysisQuestion.objects.get(), body="Two jobs ran.", by=world.staff("lea"), now=now)


@scene(before=published)
def accept_an_analysis(world: World, now: datetime) -> None:
    verdicts.accept(_analysis(), version=1, by=world.contact("tom"), now=now)


@scene(before=published)
def dispute_an_analysis(world: World, now: datetime) -> None:
    verdicts.dispute(_analysis(), version=1, reason="It began earlier.", by=world.contact("tom"), now=now)


@scene(before=solve_a_p1_on_platinum)
def an_analysis_becomes_late(_world: World, now: datetime) -> None:
    deadlines.flag_breaches(now=now + 30 * DAY)


# --- People, seats, hours ---------------------------------------------------------------------------------------------


@scene()
def move_a_seat(world: World, now: datetime) -> None:
    account = world.account("gold")
    london = world.contact("tom").own_region
    account.regions.add(london)
    seats.change_region(world.seat("marc"), london, by=world.contact("anna").user, now=now)


@scene()
def renew_a_calendar_link(world: World, now: datetime) -> None:
    feeds.renew_feed(world.contact("marc").user, world.contact("marc"), now=now)


def asked_about_hours(world: World, now: datetime) -> None:
    granted(world, now)
    ask_about_hours(world, now)


@scene(before=asked_about_hours)
def answer_about_hours(world: World, now: datetime) -> None:
    hours_questions.answer(HoursQuestion.objects.get(), answer="The review.", by=world.staff("nadia"), now=now)


def asked_for_work(world: World, now: datetime) -> None:
    granted(world, now)
    engagements.request_engagement(by=world.contact("marc"), topic="Upgrade", wish="Be current.", now=now)


@scene(before=asked_for_work)
def plan_an_engagement(world: World, now: datetime) -> None:
    engagements.plan_engagement(
        Engagement.objects.get(), plan="Do it.", goals="Done.", minutes=240, engineer=world.agent("lea"),
        by=world.staff("lea"), now=now,
    )  # fmt: skip


@scene(before=plan_made)
def send_a_plan_back(world: World, now: datetime) -> None:
    engagements.send_back(Engagement.objects.get(), words="Too long.", by=world.contact("anna"), now=now)


def plan_accepted(world: World, now: datetime) -> None:
    plan_made(world, now)
    found = Engagement.objects.get()
    engagements.accept_plan(found, version=found.version, by=world.contact("anna"), now=now)


@scene(before=plan_accepted)
def schedule_an_engagement(world: World, now: datetime) -> None:
    engagements.schedule(
        Engagement.objects.get(), starts_at=now + DAY, ends_at=now + 2 * DAY, by=world.staff("lea"), now=now
    )


# --- Our own people ---------------------------------------------------------------------------------------------------


@scene()
def enter_an_absence_for_somebody(world: World, now: datetime) -> None:
    absences.go_away(world.agent("lea"), starts_at=now + DAY, ends_at=now + 2 * DAY, by=world.staff("nadia"), now=now)


@scene(before=enter_an_absence_for_somebody)
def change_an_absence_of_somebody(world: World, now: datetime) -> None:
    absences.change_absence(
        AwayPeriod.objects.get(),
        starts_at=now + DAY,
        ends_at=now + 3 * DAY,
        reason="",
        by=world.staff("nadia"),
        now=now,
    )


@scene(before=enter_an_absence_for_somebody)
def remove_an_absence_of_somebody(world: World, now: datetime) -> None:
    absences.cancel_absence(AwayPeriod.objects.get(), by=world.staff("nadia"), now=now)


def nobody_is_designated(_world: World, _now: datetime) -> None:
    DesignatedEngineer.objects.all().delete()


@scene(before=nobody_is_designated)
def designate_an_engineer(world: World, now: datetime) -> None:
    tom = world.contact("tom")
    engineers.designate(
        tom.account, tom.own_region, world.agent("lea"), backup=world.agent("sam"), by=world.staff("nadia"), now=now
    )


@scene()
def replace_an_engineer(world: World, now: datetime) -> None:
    engineers.replace(
        DesignatedEngineer.objects.get(), agent=world.agent("sam"), backup=world.agent("lea"), by=world.staff("nadia"),
        now=now,
    )  # fmt: skip


@scene()
def end_a_designation(world: World, now: datetime) -> None:
    engineers.end(DesignatedEngineer.objects.get(), by=world.staff("nadia"), now=now)


# --- On call ----------------------------------------------------------------------------------------------------------


@scene()
def open_a_rota(world: World, now: datetime) -> None:
    rota.open_rota(world.contact("marc").own_region, "en", weekday=0, hour="09:00", by=world.staff("nadia"), now=now)


def _plan(world: World, now: datetime, *names: str) -> None:
    rota.plan_weeks(
        Rota.objects.select_related("region").get(), [world.agent(name) for name in names], first_day=now.date(),
        weeks=len(names), by=world.staff("nadia"), now=now,
    )  # fmt: skip


@scene(before=open_a_rota)
def plan_who_is_on_call(world: World, now: datetime) -> None:
    _plan(world, now, "sam", "root")


@scene(before=open_a_rota)
def a_gap_comes_near(_world: World, now: datetime) -> None:
    warn_of_holes(now=now)


def on_call_planned(world: World, now: datetime) -> None:
    open_a_rota(world, now)
    plan_who_is_on_call(world, now)


@scene(before=on_call_planned)
def give_a_shift_away(world: World, now: datetime) -> None:
    shift = Rota.objects.get().shifts.select_related("agent__user", "rota__region").first()
    rota.reassign_shift(shift, world.agent("root"), by=world.staff("nadia"), now=now)


@scene(before=on_call_planned)
def remove_a_shift(world: World, now: datetime) -> None:
    shift = Rota.objects.get().shifts.select_related("agent__user", "rota__region").last()
    rota.remove_shift(shift, by=world.staff("nadia"), now=now)


@scene(before=on_call_planned)
def move_the_handover(world: World, now: datetime) -> None:
    rota.change_handover(Rota.objects.get(), weekday=2, hour="18:00", by=world.staff("nadia"), now=now)


@scene(before=on_call_planned)
def end_a_rota(world: World, now: datetime) -> None:
    rota.end_rota(Rota.objects.get(), by=world.staff("nadia"), now=now)


@scene()
def holidays_of_coming_years(_world: World, now: datetime) -> None:
    fill_coming_holidays(now=now)


# --- Executive sponsors -----------------------------------------------------------------------------------------------


@scene()
def name_a_sponsor(world: World, now: datetime) -> None:
    naming.name_sponsor(
        world.account("platinum"), world.agent("nadia"), deputy=world.agent("lea"), host=world.contact("tom"),
        by=world.staff("root"), now=now,
    )  # fmt: skip


@scene(before=name_a_sponsor)
def end_a_sponsorship(world: World, now: datetime) -> None:
    naming.end_sponsorship(Sponsorship.objects.get(), reason="Moved on.", by=world.staff("root"), now=now)


@scene(before=name_a_sponsor)
def propose_a_meeting(world: World, now: datetime) -> None:
    meetings.propose(Sponsorship.objects.get(), by=world.staff("nadia"), now=now)


@scene(before=name_a_sponsor)
def the_rhythm_proposes_a_meeting(_world: World, now: datetime) -> None:
    scheduling.schedule_meetings(now=now)


def proposed(world: World, now: datetime) -> None:
    name_a_sponsor(world, now)
    propose_a_meeting(world, now)


@scene(before=proposed)
def propose_other_times(world: World, now: datetime) -> None:
    meetings.propose_others(Meeting.objects.get(), by=world.staff("nadia"), now=now)


@scene(before=proposed)
def ask_for_other_times(world: World, now: datetime) -> None:
    meetings.ask_for_others(Meeting.objects.get(), text="Not that week.", by=world.contact("tom").user, now=now)


@scene(before=proposed)
def confirm_a_meeting(world: World, now: datetime) -> None:
    meeting = Meeting.objects.get()
    meetings.confirm(meeting, meeting.slots.all()[0].starts_at, by=world.contact("tom").user, now=now)


def confirmed(world: World, now: datetime) -> None:
    proposed(world, now)
    confirm_a_meeting(world, now)


@scene(before=confirmed)
def move_a_meeting(world: World, now: datetime) -> None:
    meetings.move(Meeting.objects.get(), now + 8 * DAY, by=world.staff("nadia"), now=now)


@scene(before=confirmed)
def give_a_meeting_a_link(world: World, now: datetime) -> None:
    meetings.set_link(Meeting.objects.get(), "https://meet.test/abc", by=world.staff("nadia"), now=now)


@scene(before=confirmed)
def cancel_a_meeting(world: World, now: datetime) -> None:
    meetings.cancel(Meeting.objects.get(), reason="Storm.", by=world.staff("nadia"), now=now)


def over(world: World, now: datetime) -> None:
    confirmed(world, now)
    Meeting.objects.update(starts_at=now - HOUR)


@scene(before=over)
def record_a_meeting(world: World, now: datetime) -> None:
    meetings.record_meeting(Meeting.objects.get(), by=world.staff("nadia"), now=now)


@scene(before=over)
def miss_a_meeting(world: World, now: datetime) -> None:
    meetings.miss(Meeting.objects.get(), reason="Nobody came.", by=world.staff("nadia"), now=now)


@scene(before=confirmed)
def add_to_the_agenda(world: World, now: datetime) -> None:
    record.add_to_agenda(Meeting.objects.get(), "Renewal", by=world.contact("tom").user, now=now)


def with_a_subject(world: World, now: datetime) -> None:
    confirmed(world, now)
    add_to_the_agenda(world, now)


@scene(before=with_a_subject)
def tick_a_subject(world: World, now: datetime) -> None:
    meeting = Meeting.objects.get()
    record.tick_agenda(meeting, meeting.agenda.get().pk, by=world.staff("nadia"), now=now)


def held(world: World, now: datetime) -> None:
    over(world, now)
    record_a_meeting(world, now)


@scene(before=held)
def publish_minutes(world: World, now: datetime) -> None:
    meeting = Meeting.objects.get()
    record.write_minutes(
        meeting, minutes="We met.", decisions="Go on.", version=meeting.version, publish=True,
        by=world.staff("nadia"), now=now,
    )  # fmt: skip


@scene(before=held)
def add_an_action(world: World, now: datetime) -> None:
    record.add_action(
        Meeting.objects.get(), "Send the report", owner_name="Léa", owner=world.staff("lea"),
        due_on=(now + DAY).date(), by=world.staff("nadia"), now=now,
    )  # fmt: skip


def with_an_action(world: World, now: datetime) -> None:
    held(world, now)
    add_an_action(world, now)


@scene(before=with_an_action)
def finish_an_action(world: World, now: datetime) -> None:
    record.finish_action(Meeting.objects.get().actions.get(), by=world.staff("lea"), now=now)


@scene(before=with_an_action)
def an_action_becomes_late(_world: World, now: datetime) -> None:
    scheduling.schedule_meetings(now=now + 3 * DAY)


# --- Acts that the kill tests let happen in another way ---------------------------------------------------------------


@scene()
def end_the_access_of_a_contact(world: World, now: datetime) -> None:
    contacts.change(
        world.contact("noe"), role=ContactRole.MEMBER, region=None, phone="", is_active=False,
        by=world.contact("anna").user, now=now,
    )  # fmt: skip


def two_administrators(world: World, now: datetime) -> None:
    contacts.change(
        world.contact("noe"), role=ContactRole.ADMIN, region=None, phone="", is_active=True,
        by=world.contact("anna").user, now=now,
    )  # fmt: skip


@scene(before=two_administrators)
def make_a_member_of_an_administrator(world: World, now: datetime) -> None:
    contacts.change(
        world.contact("anna"), role=ContactRole.MEMBER, region=None, phone="", is_active=True,
        by=world.contact("noe").user, now=now,
    )  # fmt: skip


@scene()
def staff_nominate(world: World, now: datetime) -> None:
    seats.nominate(world.contact("uma"), by=world.staff("nadia"), now=now)


@scene()
def staff_replace_a_holder(world: World, now: datetime) -> None:
    seats.replace(world.seat("marc"), contact=world.contact("noe"), by=world.staff("nadia"), now=now)


@scene()
def staff_withdraw_a_seat(world: World, now: datetime) -> None:
    seats.withdraw(world.seat("marc"), by=world.staff("nadia"), now=now)


@scene()
def ask_for_a_new_password(_world: World, now: datetime) -> None:
    sign_in.ask_for_reset("marc@acme.test", now=now)


def last_day_was_yesterday(world: World, now: datetime) -> None:
    contracts.record_contract_changes(now=now)
    world.account("gold").contracts.update(ends_on=(now - DAY).date(), end_noted=False)


@scene(before=last_day_was_yesterday)
def a_contract_ends(_world: World, now: datetime) -> None:
    contracts.record_contract_changes(now=now)


def reply_overtaken(world: World, now: datetime) -> None:
    """Léa answers by mail, but Marc wrote again after the mail that she answers."""
    ticket, lea = world.ticket("late owned"), world.staff("lea")
    first = ticket.messages.order_by("pk")[0]
    to, answers = reply_address(ticket.pk, lea.pk), message_id(f"message:{first.pk}:{lea.pk}")
    store(_mail(lea.email, to, f"In-Reply-To: {answers}\r\n"), mailbox="box", now=now)
    sorting.process_waiting(now=now)


@scene(before=reply_overtaken)
def send_a_held_reply_anyway(world: World, now: datetime) -> None:
    held_mail.send_anyway(IncomingMail.objects.get(), by=world.staff("lea"), now=now)
