"""Every act of the product, who is concerned, and what they are told.

One row an act: the function of the domain, the scene in which the test lets it happen (tests/acts/scenes.py, or
tests/faults/acts*.py), who does it, who gets which email, and what everybody else who is concerned has instead: a page
that shows it, a later act that tells it, or nothing and why. test_acts.py lets each of them happen and compares.

The people: Anna (French) administers Acme on Gold in Paris, Marc and Noé are members there, Pia's seat waits for
approval; Tom administers Kestrel on Platinum in London, Bob is alone on Standard. Léa (French) and Sam are agents,
Nadia leads the team, Root administers it. Léa has “late owned”; Marc opened it, Noé follows “soon”.

To add an act, write its row here: the test names every public act that has none. To change who is told, change both.
"""

from typing import NamedTuple


class Row(NamedTuple):
    """`told`: kind of email → first names. `others`: what the others have; never empty when nobody gets an email."""

    act: str
    scene: str
    by: str
    told: dict[str, str]
    others: str = ""


A, T, S = "accounts.", "tickets.", "sla."
LADDER = "Nobody has the ticket: the ladder of its region tells whoever is on duty (alerts.tell_next_steps)."

# --- Tickets ----------------------------------------------------------------------------------------------------------

TICKETS = [
    Row(T + "core.domain.opening.open_ticket", "open_ticket", "the customer",
        {"ticket_opened": "marc noe pia"}, LADDER),
    Row(T + "core.domain.opening.open_ticket", "open_ticket_with_an_engineer", "the customer",
        {"ticket_opened": "tom", "ticket_assigned": "lea"}),
    Row(T + "core.domain.alerts.notify_next_steps", "a_new_ticket_waits_for_somebody", "a job",
        {"unassigned": "nadia root sam"}, "The customer sees nothing of it."),
    Row(T + "core.domain.conversation.reply_as_customer", "customer_writes_again", "the customer",
        {"customer_wrote": "lea"}),
    Row(T + "core.domain.conversation.reply_as_customer", "customer_writes_on_waiting", "the customer", {}, LADDER),
    Row(T + "core.domain.conversation.reply_as_customer", "customer_follows_up", "the customer",
        {"ticket_opened": "marc"}, LADDER),
    Row(T + "core.domain.conversation.reply_as_agent", "agent_answers_in_time", "the agent",
        {"agent_wrote": "marc noe"}),
    Row(T + "core.domain.check_ins.send_check_in", "send_a_check_in", "the agent", {"agent_wrote": "marc noe"}),
    Row(T + "core.domain.conversation.add_note", "write_a_note", "the agent",
        {}, "Colleagues read notes on the ticket."),
    Row(T + "core.domain.conversation.skip_check_in", "skip_a_check_in", "the agent", {},
        "The customer is told the next check-in; the reason stands in the history for the team."),
    Row(T + "core.domain.lifecycle.change_status", "status_to_waiting", "the agent", {},
        "P1 to P3: the customer reads the status on the ticket and hears at the next check-in; words come as a reply."),
    Row(T + "core.domain.lifecycle.change_status", "status_of_a_low_one", "the agent", {"agent_wrote": "marc"}),
    Row(T + "core.domain.lifecycle.change_priority", "priority_up", "the lead", {"due_changed": "marc noe"}),
    Row(T + "core.domain.lifecycle.ask_for_priority", "ask_for_priority", "the customer",
        {"priority_asked": "nadia root"}),
    Row(T + "core.domain.lifecycle.change_region", "change_region", "the lead", {},
        "The overdue target does not move; a due time that moves is told (due_changed)."),
    Row(T + "core.domain.lifecycle.change_language", "change_language", "the customer", {},
        "Anna did it herself and nobody follows; nobody has the ticket."),
    Row(T + "core.domain.lifecycle.close_by_customer", "close_an_assigned_ticket_with_a_follower",
        "a colleague of the customer",
        {"customer_closed": "lea marc"}),
    Row(T + "core.domain.closing.close_solved", "close_what_was_solved", "a job", {},
        "The mail that solved it said until when it can be reopened."),
    Row(T + "core.domain.routing.assign", "pass_a_ticket_on", "the lead",
        {"ticket_assigned": "sam", "ticket_passed_on": "lea"}, "Customers see the name on the ticket."),
    Row(T + "core.domain.routing.assign", "give_back", "the lead", {"ticket_passed_on": "lea"}, LADDER),
    Row(T + "core.domain.routing.assign", "take_the_most_urgent", "the agent", {},
        "Sam took it himself; customers see the name on the ticket."),
    Row(T + "cover.domain.hand_over", "hand_over_a_ticket", "the lead",
        {"ticket_assigned": "sam", "ticket_passed_on": "lea"}, "Customers see the name on the ticket."),
    Row(T + "core.domain.merging.merge", "merge_into_a_waiting_one", "the lead", {"ticket_merged": "marc noe"},
        "Nobody has either ticket; the open message climbs the ladder on the survivor."),
    Row(T + "core.domain.merging.merge", "merge", "the lead", {"ticket_merged": "marc", "due_changed": "marc noe"}),
    Row(T + "core.domain.followers.add_follower", "follow", "the customer", {"follower_added": "noe"}),
    Row(T + "core.domain.followers.remove_follower", "unfollow", "the customer", {},
        "Whoever is taken off hears no more of it; the history of the ticket says who did it."),
    Row(T + "core.domain.privacy.set_private", "make_private", "the customer", {},
        "Followers keep their access; the ticket says that it is private."),
    Row(T + "workarounds.domain.record_workaround", "replace_workaround", "the agent", {"workaround": "marc"}),
    Row(T + "workarounds.domain.withdraw_workaround", "withdraw_workaround", "the agent", {"workaround": "marc"}),
    Row(T + "workarounds.domain.reject_workaround", "reject_workaround", "the customer", {}, LADDER),
    Row(T + "core.domain.clock_events.act_on_clock_events", "tell_people", "a job",
        {"due_soon": "nadia root", "overdue": "lea nadia root"}, "Customers see an overdue target on the ticket."),
    Row(T + "core.domain.clock_events.plan_check_ins", "plan_the_check_ins", "a job",
        {"check_in_due": "lea nadia root"}),
    Row(T + "core.domain.recounts.recount_after_changes", "recount_after_changes", "a job",
        {"due_changed": "bob marc noe"},
        "The team sees the new times in the queue."),
    Row(T + "verification.domain.verify_some", "verify_the_tables", "a job", {},
        "Team leads get an email when the night finds a difference (differences_found)."),
    Row(T + "core.domain.attachments.purge_uploads", "purge_uploads", "a job", {}, "Nobody had sent these files."),
]  # fmt: skip

# --- Email that comes in ----------------------------------------------------------------------------------------------

MAIL_IN = [
    Row(T + "mail.domain.sorting.process_waiting", "hold_a_mail", "a job", {},
        "An email without proof of its sender waits in Incoming email; Your day counts it."),
    Row(T + "mail.domain.held.open_for", "attach_a_held_mail", "the agent", {"ticket_opened": "marc"}, LADDER),
    Row(T + "mail.domain.held.post_on", "put_a_held_mail_onto_a_ticket", "the agent", {}, LADDER),
    Row(T + "mail.domain.held.send_anyway", "send_a_held_reply_anyway", "the agent", {"agent_wrote": "marc"}),
    Row(T + "mail.domain.held.reject", "put_a_mail_aside", "the agent", {},
        "The sender of an unproven email is never answered: the address may be forged."),
    Row(A + "reachability.domain.record_bounce", "take_a_bounce", "a mail server", {},
        "The portal asks the person for another address at the next sign-in; the team sees it on the ticket."),
]  # fmt: skip

# --- Level 3 and analyses ---------------------------------------------------------------------------------------------

SPECIALISTS = [
    Row(T + "level_3.domain.escalation.ask_for_level_3", "ask_for_level_3", "the customer", {"level_3": "lea"}),
    Row(T + "level_3.domain.escalation.escalate", "escalate", "the agent",
        {"level_3": "sam"}, "Customers see it on the ticket."),
    Row(T + "level_3.domain.escalation.decline", "decline_level_3", "the lead", {"level_3": "marc"}),
    Row(T + "level_3.domain.escalation.accept", "take_at_level_3", "the specialist", {"level_3": "lea marc"}),
    Row(T + "level_3.domain.escalation.return_ticket", "hand_back_from_level_3", "the specialist",
        {"level_3": "lea marc"}),
    Row(T + "analyses.domain.writing.take_over", "take_over_an_analysis", "a colleague", {},
        "Who wrote before reads the new author on the analysis."),
    Row(T + "analyses.domain.writing.save_draft", "write_an_analysis", "the author",
        {}, "A draft concerns its author only."),
    Row(T + "analyses.domain.writing.submit", "submit_an_analysis", "the author", {"analysis": "nadia root"}),
    Row(T + "analyses.domain.writing.send_back", "send_an_analysis_back", "the reviewer", {"analysis": "lea"}),
    Row(T + "analyses.domain.approval.review", "review_an_analysis", "the reviewer", {"analysis": "nadia root"}),
    Row(T + "analyses.domain.approval.approve", "approve_an_analysis", "the lead", {"analysis": "lea"}),
    Row(T + "analyses.domain.approval.publish", "publish_an_analysis", "the lead", {"analysis": "tom"}),
    Row(T + "analyses.domain.approval.withdraw", "withdraw_an_analysis", "the lead", {"analysis": "tom"}),
    Row(T + "analyses.domain.writing.begin_version", "begin_another_version", "the author", {},
        "Customers keep the published version until the next one is published."),
    Row(T + "analyses.domain.questions.ask", "ask_about_an_analysis", "the customer", {"analysis": "lea"}),
    Row(T + "analyses.domain.questions.answer", "answer_about_an_analysis", "the author", {"analysis": "tom"}),
    Row(T + "analyses.domain.verdicts.accept", "accept_an_analysis", "the customer", {"analysis": "lea"}),
    Row(T + "analyses.domain.verdicts.dispute", "dispute_an_analysis", "the customer", {"analysis": "lea nadia root"}),
    Row(T + "analyses.domain.deadlines.flag_breaches", "an_analysis_becomes_late", "a job",
        {"analysis": "lea nadia root"}),
]  # fmt: skip

# --- Calls and chats --------------------------------------------------------------------------------------------------

TALKING = [
    Row(T + "calls.domain.asking.ask_for_call", "ask_for_a_call", "the customer",
        {"call_planned": "marc", "ticket_opened": "marc"}, LADDER + " Calls stand in their own queue."),
    Row(T + "calls.domain.calling.claim", "take_a_call", "the agent",
        {}, "Colleagues see in the queue who is about to call."),
    Row(T + "calls.domain.asking.reschedule", "move_a_call", "the customer",
        {"call_planned": "marc", "call_changed": "lea"}),
    Row(T + "calls.domain.asking.cancel", "cancel_a_call_that_is_about_to_be_made", "the customer",
        {"call_changed": "lea"}),
    Row(T + "calls.domain.calling.record_attempt", "reach_somebody", "the agent", {"agent_wrote": "marc"}),
    Row(T + "calls.domain.calling.record_attempt", "reach_nobody", "the agent", {"call_tried": "marc"}),
    Row(T + "calls.domain.calling.record_attempt", "reach_a_wrong_number", "the agent", {"call_number": "marc"}),
    Row(T + "calls.domain.calling.warn_of_waiting", "warn_of_a_waiting_call", "a job", {"call_waits": "nadia root"}),
    Row(T + "chat.domain.presence.set_presence", "be_there_for_chats", "the agent",
        {}, "The console shows who is there."),
    Row(T + "chat.domain.talking.start_chat", "start_chat", "the customer",
        {}, "The console rings for agents who are there."),
    Row(T + "chat.domain.talking.say_as_customer", "say_as_customer", "the customer", {}, "Both sides watch the chat."),
    Row(T + "chat.domain.talking.say_as_agent", "say_as_agent", "the agent", {}, "Both sides watch the chat."),
    Row(T + "chat.domain.handling.accept", "take_chat", "the agent", {}, "The chat says who has come."),
    Row(T + "chat.domain.handling.transfer", "give_chat_back", "the agent",
        {}, "The chat says so; the console rings again."),
    Row(T + "chat.domain.handling.end_as_agent", "end_chat", "the agent", {"chat_transcript": "marc"}),
    Row(T + "chat.domain.handling.end_as_customer", "leave_a_chat", "the customer", {"ticket_opened": "marc"},
        "Nobody had replied: the chat becomes a ticket. " + LADDER),
    Row(T + "chat.domain.converting.make_ticket", "make_chat_a_ticket", "the agent", {"ticket_opened": "marc"}),
    Row(T + "chat.domain.sweeping.close_idle_chats", "close_idle_chats", "a job", {"ticket_opened": "marc"}, LADDER),
]  # fmt: skip

# --- Accounts: people, seats, contracts, hours ------------------------------------------------------------------------

ACCOUNTS = [
    Row(A + "core.domain.contacts.invite", "invite", "the account administrator", {"welcome": "new"}),
    Row(A + "core.domain.contacts.change", "change_a_contact", "the account administrator", {"contact_changed": "noe"}),
    Row(A + "core.domain.contacts.change", "end_the_access_of_a_contact", "the account administrator",
        {"contact_changed": "noe"}),
    Row(A + "core.domain.contacts.change", "make_a_member_of_an_administrator", "the other administrator",
        {"contact_changed": "anna"}),
    Row(A + "identity.domain.sign_in.ask_for_reset", "ask_for_reset", "a stranger",
        {}, "Nobody here has this address."),
    Row(A + "identity.domain.sign_in.ask_for_reset", "ask_for_a_new_password", "the customer",
        {"password_reset": "marc"}),
    Row(A + "feeds.domain.renew_feed", "renew_a_calendar_link", "the customer",
        {}, "Marc sees the new link on the page."),
    Row(A + "seats.domain.seats.nominate", "nominate", "the account administrator", {},
        "Staff see it on My day; the nominee hears when it is decided."),
    Row(A + "seats.domain.seats.nominate", "staff_nominate", "the lead", {"seat_nominated": "tom uma"},
        "My day shows it to those who approve seats."),
    Row(A + "seats.domain.seats.validate", "validate", "the lead", {"seat_validated": "anna pia"}),
    Row(A + "seats.domain.seats.decline", "decline", "the lead", {"seat_declined": "anna pia"}),
    Row(A + "seats.domain.seats.withdraw", "withdraw", "the account administrator", {"seat_withdrawn": "marc"}),
    Row(A + "seats.domain.seats.withdraw", "staff_withdraw_a_seat", "the lead", {"seat_withdrawn": "anna marc"}),
    Row(A + "seats.domain.seats.replace", "replace", "the account administrator", {"seat_withdrawn": "marc"},
        "Noé hears when his nomination is decided."),
    Row(A + "seats.domain.seats.replace", "staff_replace_a_holder", "the lead",
        {"seat_nominated": "anna noe", "seat_withdrawn": "anna marc"}),
    Row(A + "seats.domain.seats.change_region", "move_a_seat", "the account administrator", {"seat_moved": "marc"}),
    Row(A + "contracts.domain.contracts.save_contract", "upgrade_a_contract", "the lead",
        {"contract_changed": "anna marc root"}),
    Row(A + "contracts.domain.contracts.save_contract", "downgrade_a_contract", "the lead",
        {"contract_changed": "anna marc root"}),
    Row(A + "contracts.domain.contracts.record_contract_changes", "a_contract_ends", "a job",
        {"contract_changed": "anna marc nadia root"}),
    Row(A + "contracts.domain.renewals.warn_of_ends", "warn_of_a_contract_that_ends", "a job",
        {"contract_ends": "anna nadia root"},
        "Seat holders hear on the day it ends: an administrator can still renew it."),
    Row(A + "hours.domain.hours_years.update_contract_years", "update_hours", "a job", {},
        "The hours statement shows the grant; an email comes before hours expire (hours_expire)."),
    Row(A + "hours.domain.hours.use", "use_hours", "the agent", {}, "Every entry stands on the hours statement."),
    Row(A + "hours.domain.hours.reserve", "accept_a_plan", "the account administrator", {"engagement": "lea"}),
    Row(A + "hours.domain.hours.close_reservation", "deliver_an_engagement", "the agent", {"engagement": "anna marc"}),
    Row(A + "hours.domain.hours.correct", "correct_hours", "the lead",
        {}, "The correction and its reason stand on the statement."),
    Row(A + "hours.domain.hours_questions.ask", "ask_about_hours", "the account administrator",
        {"hours_question": "nadia root"}),
    Row(A + "hours.domain.hours_questions.answer", "answer_about_hours", "the lead", {"hours_answer": "anna"}),
    Row(A + "hours.domain.engagements.request_engagement", "request_engagement", "the customer",
        {"engagement": "nadia root"}),
    Row(A + "hours.domain.engagements.plan_engagement", "plan_an_engagement", "the agent", {"engagement": "anna marc"}),
    Row(A + "hours.domain.engagements.accept_plan", "accept_a_plan", "the account administrator",
        {"engagement": "lea"}),
    Row(A + "hours.domain.engagements.send_back", "send_a_plan_back", "the account administrator",
        {"engagement": "lea"}),
    Row(A + "hours.domain.engagements.schedule", "schedule_an_engagement", "the agent", {"engagement": "anna marc"}),
    Row(A + "hours.domain.engagements.deliver", "deliver_an_engagement", "the agent", {"engagement": "anna marc"}),
    Row(A + "hours.domain.engagements.cancel", "cancel_an_engagement", "the agent", {"engagement": "anna marc"}),
]  # fmt: skip

# --- Executive sponsors -----------------------------------------------------------------------------------------------

BOTH_SIDES = {"meeting": "lea nadia tom"}
SPONSORS = [
    Row(A + "sponsorship.domain.naming.name_sponsor", "name_a_sponsor", "the administrator",
        {"account_role": "lea nadia"},
        "The customer hears with the first proposal of a meeting."),
    Row(A + "sponsorship.domain.naming.end_sponsorship", "end_a_sponsorship", "the administrator",
        {"account_role": "lea nadia"}, "The account page names nobody any more."),
    Row(A + "sponsorship.domain.scheduling.schedule_meetings", "the_rhythm_proposes_a_meeting", "a job", BOTH_SIDES),
    Row(A + "sponsorship.domain.scheduling.schedule_meetings", "an_action_becomes_late", "a job",
        {"meeting": "lea nadia tom", "meeting_action": "lea nadia"}),
    Row(A + "sponsorship.domain.meetings.propose", "propose_a_meeting", "the sponsor", BOTH_SIDES),
    Row(A + "sponsorship.domain.meetings.propose_others", "propose_other_times", "the sponsor", BOTH_SIDES),
    Row(A + "sponsorship.domain.meetings.ask_for_others", "ask_for_other_times", "the customer",
        {"meeting": "lea nadia"}),
    Row(A + "sponsorship.domain.meetings.confirm", "confirm_a_meeting", "the customer", BOTH_SIDES),
    Row(A + "sponsorship.domain.meetings.move", "move_a_meeting", "the sponsor", BOTH_SIDES),
    Row(A + "sponsorship.domain.meetings.set_link", "give_a_meeting_a_link", "the sponsor", BOTH_SIDES),
    Row(A + "sponsorship.domain.meetings.cancel", "cancel_a_meeting", "the sponsor", BOTH_SIDES),
    Row(A + "sponsorship.domain.meetings.record_meeting", "record_a_meeting", "the sponsor",
        {}, "Both sides were there."),
    Row(A + "sponsorship.domain.meetings.miss", "miss_a_meeting", "the sponsor", {"meeting": "lea nadia root"},
        "The customer hears with the next proposal."),
    Row(A + "sponsorship.domain.record.add_to_agenda", "add_to_the_agenda", "the customer", {},
        "The reminder before the meeting brings the agenda."),
    Row(A + "sponsorship.domain.record.tick_agenda", "tick_a_subject", "the sponsor",
        {}, "Both sides are in the meeting."),
    Row(A + "sponsorship.domain.record.write_minutes", "publish_minutes", "the sponsor", BOTH_SIDES),
    Row(A + "sponsorship.domain.record.add_action", "add_an_action", "the sponsor", {},
        "Actions stand in the minutes, which are emailed; whoever has one is reminded when it is late."),
    Row(A + "sponsorship.domain.record.finish_action", "finish_an_action", "the agent",
        {}, "Both sides see it on the page."),
]  # fmt: skip

# --- Our own people and what the team sets ----------------------------------------------------------------------------

TEAM = [
    Row(A + "absences.domain.go_away", "enter_an_absence_for_somebody", "the lead", {"absence": "lea"},
        "Designated customers see until when on the ticket."),
    Row(A + "absences.domain.change_absence", "change_an_absence_of_somebody", "the lead", {"absence": "lea"}),
    Row(A + "absences.domain.cancel_absence", "remove_an_absence_of_somebody", "the lead", {"absence": "lea"}),
    Row(A + "engineers.domain.designate", "designate_an_engineer", "the lead",
        {"account_role": "lea sam", "engineer_changed": "tom"}),
    Row(A + "engineers.domain.replace", "replace_an_engineer", "the lead",
        {"account_role": "lea sam", "engineer_changed": "tom"}, "Nadia was the backup, and did it herself."),
    Row(A + "engineers.domain.end", "end_a_designation", "the lead",
        {"account_role": "lea", "engineer_changed": "tom"}),
    Row(S + "coverage.domain.rota.open_rota", "open_a_rota", "the lead", {}, "Nobody is planned yet."),
    Row(S + "coverage.domain.rota.plan_weeks", "plan_who_is_on_call", "the lead", {"on_call": "root sam"}),
    Row(S + "coverage.domain.rota.reassign_shift", "give_a_shift_away", "the lead", {"on_call": "root sam"}),
    Row(S + "coverage.domain.rota.remove_shift", "remove_a_shift", "the lead", {"on_call": "root"}),
    Row(S + "coverage.domain.rota.change_handover", "move_the_handover", "the lead",
        {}, "Shifts that are planned keep their times."),
    Row(S + "coverage.domain.rota.end_rota", "end_a_rota", "the lead", {"on_call": "root sam"}),
    Row(S + "coverage.domain.rota_notices.warn_of_holes", "a_gap_comes_near", "a job", {"rota_hole": "nadia root"}),
    Row(S + "core.domain.calendars.fill_holidays", "fill_in_holidays", "the lead", {},
        "A due time that moves by it is told by recount_after_changes."),
    Row(S + "core.domain.calendars.fill_coming_holidays", "holidays_of_coming_years", "a job", {},
        "Holidays stand on the page of the calendar; a due time that moves is told by recount_after_changes."),
    Row(S + "core.domain.targets.save_target", "change_a_target", "the administrator", {},
        "A due time that moves by it is told by recount_after_changes."),
    Row(S + "core.domain.sweep.sweep", "sweep_all", "a job", {}, "It marks; act_on_clock_events tells."),
    Row(S + "attainment.domain.tallies.roll_up_months", "roll_up_months", "a job", {}, "Figures for the SLA report."),
]  # fmt: skip

ROWS = [*TICKETS, *MAIL_IN, *SPECIALISTS, *TALKING, *ACCOUNTS, *SPONSORS, *TEAM]
