"""Who may do what here: the duties of every role, written by hand, in words and in routes.

The permission table (portal/lib/permissions.py) is held against these lists by test_permission_duties.py. They are
never computed from it: whoever opens, shuts or adds a route says twice who it is for, once for the product and once
here, as somebody would say it who knows the people and not the code.

To add a route, write one line under the duty that it serves, in the block of the people who have that duty (or a new
duty, as a sentence):

    GET POST  tickets:new              HTTP methods in capitals: these methods of this route
    view add  accounts_contact         rights in small letters: the rows of this model on the desk, `<app>_<model>`
    NONE      admin:password_change    a route that exists and answers nobody

Each method of a route, and each of the four rights of a model, stands in exactly one list. A method that stands nowhere
is refused to everybody.
"""

from typing import NamedTuple

# --- The people -------------------------------------------------------------------------------------------------------

EVERYBODY = frozenset({"anonymous", "stranger", "member", "account_admin", "agent", "lead", "administrator"})
SIGNED_IN = frozenset({"stranger", "member", "account_admin", "agent", "lead", "administrator"})
BOTH_SIDES = frozenset({"member", "account_admin", "agent", "lead", "administrator"})  # customers and staff
CUSTOMERS = frozenset({"member", "account_admin"})
ACCOUNT_ADMINS = frozenset({"account_admin"})
STAFF = frozenset({"agent", "lead", "administrator"})
LEADS = frozenset({"lead", "administrator"})  # an administrator may all that a lead may
ADMINISTRATORS = frozenset({"administrator"})
NOBODY: frozenset[str] = frozenset()

# --- Their duties -----------------------------------------------------------------------------------------------------

DUTIES = {
    EVERYBODY: {
        "Anybody signs in, and finds the way back in": """
            GET POST  account_login
            GET POST  admin:login
            GET POST  account_reset_password
            GET       account_reset_password_done
            GET POST  account_reset_password_from_key
            GET       account_reset_password_from_key_done
            GET       account_inactive
            POST      api:token
        """,
        "Anybody chooses how the pages look and reads how they are used": """
            POST      portal:language
            POST      portal:theme
            GET       portal:help
            GET       portal:styleguide
        """,
        "A machine asks whether the site lives": """
            GET       portal:live
            GET       portal:ready
        """,
        "Whoever holds the secret of an address needs no session": """
            GET POST  tickets:unfollow
            GET       tickets:feed
            POST      tickets:mail_inbound
        """,
        "Anybody reads what the API can do, and what it has not": """
            GET       api:schema
            GET       api:docs
            GET       api:missing
        """,
    },
    SIGNED_IN: {
        "Whoever writes finds their own words again": """
            GET POST  portal:draft
        """,
        "Whoever is signed in leaves again": """
            GET POST  account_logout
        """,
        "Whoever is signed in keeps their own profile and password": """
            GET POST  account_change_password
            GET POST  accounts:profile
            POST      accounts:reachable
        """,
        "Whoever is signed in is shown the way": """
            GET       portal:start
            GET       portal:mailbox
        """,
        "Whoever is signed in moves the time of a demonstration": """
            GET POST  portal:demo_clock
        """,
    },
    BOTH_SIDES: {
        "Customers and staff keep their own calendar feeds and API tokens": """
            GET POST  accounts:calendar
            POST      accounts:calendar_revoke
            GET POST  accounts:tokens
            POST      accounts:token_revoke
            GET DELETE  api:token-current
            GET       api:me
        """,
        "Programs move the time of a demonstration": """
            GET POST  api:demo-clock
        """,
        "Customers and staff work on the tickets that they see": """
            GET       api:ticket-list
            GET PATCH  api:ticket-detail
            GET POST  api:ticket-messages
            GET       api:ticket-clocks
            POST      api:ticket-language
            POST      api:ticket-escalate
            GET       tickets:attachment
            POST      api:attachment-list
            GET       api:attachment-detail
        """,
        "Customers and staff read the analyses that they see": """
            GET       api:rca-report-list
            GET       api:rca-report-detail
        """,
        "Customers and staff speak with each other": """
            GET       api:call-list
            GET       api:call-detail
            GET       api:chat-list
            GET       api:chat-detail
            GET POST  api:chat-lines
            POST      api:chat-end
            POST      api:chat-ticket
        """,
        "Customers and staff follow engagements and meetings": """
            GET       api:engagement-list
            GET       api:engagement-detail
            POST      api:engagement-cancel
            GET       api:meeting-list
            GET       api:meeting-detail
            POST      api:meeting-agenda
        """,
        "Customers and staff read what is promised and when": """
            GET       api:coverage
            GET       api:target-list
            GET       api:simulator
            GET       api:tier-list
            GET       api:priority-list
        """,
    },
    CUSTOMERS: {
        "Customers see their account and choose which one they act for": """
            GET       portal:home
            POST      accounts:switch
            GET       accounts:account
            GET       accounts:contacts
            GET       api:account
            GET       api:contact-list
            GET       api:seat-list
            GET       api:seat-detail
            GET       api:engineer-list
        """,
        "Customers ask, answer and decide about their tickets": """
            GET       tickets:list
            GET POST  tickets:new
            POST      api:ticket-list
            GET       tickets:promise
            GET       tickets:receipt
            GET       tickets:detail
            GET       tickets:why
            GET POST  tickets:reply
            POST      tickets:close
            POST      api:ticket-close
            POST      tickets:reopen
            POST      api:ticket-reopen
            GET POST  tickets:priority
            POST      api:ticket-request-priority
            GET POST  tickets:language
            GET POST  tickets:level_3
            GET POST  tickets:workaround
            POST      api:ticket-workaround-reject
        """,
        "Customers decide who follows their tickets": """
            POST      tickets:follow
            POST      tickets:follower_add
            POST      tickets:follower_remove
        """,
        "Customers read the analyses of their outages and ask about them": """
            GET       tickets:analyses
            GET       tickets:analysis
            GET       tickets:analysis_file
            POST      tickets:analysis_question
            POST      api:rca-report-questions
            POST      tickets:analysis_accept
            POST      api:rca-report-accept
            POST      tickets:analysis_dispute
            POST      api:rca-report-dispute
        """,
        "Customers ask to be called, and move or cancel the call": """
            GET POST  tickets:phone
            GET POST  tickets:call_move
            POST      tickets:call_cancel
            GET       api:call-slots
            POST      api:call-list
            POST      api:call-reschedule
            POST      api:call-cancel
        """,
        "Customers begin a chat and carry it on": """
            GET POST  tickets:chat
            GET       tickets:chat_room
            GET       tickets:chat_lines
            GET       tickets:chat_token
            POST      tickets:chat_say
            POST      tickets:chat_end
            GET POST  tickets:chat_ticket
            POST      tickets:chat_transcript
            POST      api:chat-list
        """,
        "Customers see their hours and ask for an engagement": """
            GET       accounts:hours
            GET POST  accounts:hours_question
            GET POST  accounts:engagement_new
            GET       accounts:engagement
            POST      accounts:engagement_cancel
            GET       api:ps-balance
            GET       api:ps-entry-list
            POST      api:ps-entry-questions
            POST      api:engagement-list
        """,
        "Customers see their meetings and add to the agenda": """
            GET       accounts:meetings
            POST      accounts:meeting_agenda
            GET       accounts:meeting_ics
        """,
    },
    ACCOUNT_ADMINS: {
        "Account admins decide who of their account signs in": """
            GET POST  accounts:contact_invite
            GET POST  accounts:contact_import
            GET POST  accounts:contact_edit
        """,
        "Account admins decide who holds the account's seats": """
            GET POST  accounts:seat_nominate
            GET POST  accounts:seat_withdraw
            GET POST  accounts:seat_replace
            GET POST  accounts:seat_region
            GET       accounts:seat_history
            POST      api:seat-list
            PATCH DELETE  api:seat-detail
            GET       api:seat-history
        """,
        "Account admins see what another tier would have promised": """
            GET       api:own-replay
        """,
        "Account admins see what the account was entitled to": """
            GET       api:own-entitlements
        """,
        "Account admins decide what the account's hours are spent on": """
            POST      accounts:engagement_accept
            POST      accounts:engagement_send_back
            POST      api:engagement-accept
            POST      api:engagement-send-back
        """,
        "Account admins answer for the account when a meeting is proposed": """
            POST      accounts:meeting_confirm
            POST      accounts:meeting_others
            POST      api:meeting-others
            POST      api:meeting-confirm
        """,
    },
    STAFF: {
        "Agents find their way around the desk": """
            GET       admin:index
            GET       admin:app_list
            GET       admin:jsi18n
            GET       admin:autocomplete
            POST      admin:logout
        """,
        "Agents work on tickets": """
            view change  tickets_ticket
            view      sla_clock
            GET POST  admin:tickets_ticket_open
            POST      admin:tickets_ticket_take
            POST      admin:tickets_ticket_assign
            POST      admin:tickets_ticket_reply
            POST      admin:tickets_ticket_note
            POST      admin:tickets_ticket_status
            POST      admin:tickets_ticket_priority
            POST      admin:tickets_ticket_check_in
            POST      admin:tickets_ticket_skip_check_in
            POST      api:ticket-skip-check-in
            POST      admin:tickets_ticket_workaround
            POST      api:ticket-workaround
            POST      admin:tickets_ticket_workaround_withdraw
            POST      api:ticket-workaround-withdraw
            POST      admin:tickets_ticket_region
            POST      api:ticket-region
            POST      admin:tickets_ticket_language
            POST      admin:tickets_ticket_follower
            GET POST  admin:tickets_ticket_merge
            POST      api:ticket-merge
            GET       api:ticket-routing
            GET       admin:tickets_ticket_replay
            GET POST  admin:tickets_ticket_cover
        """,
        "Agents hand tickets to level 3, and level 3 takes them": """
            POST      admin:tickets_ticket_escalate
            POST      admin:tickets_ticket_level_3_take
            POST      admin:tickets_ticket_level_3_decline
            POST      admin:tickets_ticket_level_3_hand_back
            POST      api:ticket-level-3-take
            POST      api:ticket-level-3-decline
            POST      api:ticket-level-3-hand-back
        """,
        "Agents write and review analyses": """
            view change  tickets_rootcauseanalysis
            POST      admin:tickets_rootcauseanalysis_begin
            POST      admin:tickets_rootcauseanalysis_take_over
            POST      admin:tickets_rootcauseanalysis_review
            POST      admin:tickets_rootcauseanalysis_send_back
            POST      admin:tickets_rootcauseanalysis_answer
            GET PUT   api:rca-report-draft
            POST      api:rca-report-take-over
            POST      api:rca-report-submit
            POST      api:rca-report-review
            POST      api:rca-report-send-back
            POST      api:rca-report-begin-version
            POST      api:rca-report-answer
            GET       admin:tickets_rootcauseanalysis_preview
        """,
        "Agents decide about the mails that wait": """
            view      tickets_incomingmail
            POST      admin:tickets_incomingmail_decide
            GET       admin:tickets_incomingmail_source
        """,
        "Agents call back": """
            view      tickets_call
            POST      admin:tickets_call_take
            POST      admin:tickets_call_outcome
            POST      api:call-outcome
        """,
        "Agents answer chats": """
            GET       admin:chat
            GET       admin:chat_room
            GET       admin:chat_list
            GET       admin:chat_lines
            GET       admin:chat_token
            POST      admin:chat_presence
            POST      admin:chat_take
            POST      api:chat-take
            POST      admin:chat_say
            POST      admin:chat_transfer
            POST      admin:chat_end
            POST      admin:chat_ticket
        """,
        "Agents see whom they work for and under which terms": """
            view      accounts_account
            GET       api:account-list
            GET       api:account-detail
            GET       api:account-replay
            GET       api:account-entitlements
            view      accounts_contact
            view      accounts_contract
            view      accounts_region
            view      accounts_tierterms
            view      sla_target
            view      sla_calendar
        """,
        "Agents check those whom an account nominates for a seat": """
            view      accounts_seat
            POST      admin:accounts_seat_nominate
            POST      admin:accounts_seat_region
            POST      admin:accounts_seat_validate
            POST      admin:accounts_seat_decline
            GET POST  api:account-seat-list
            POST      api:account-seat-approve
            POST      api:account-seat-decline
            POST      api:account-seat-region
        """,
        "Agents note that a contact can be reached again": """
            POST      admin:accounts_contact_reachable
        """,
        "Agents see how promises are kept and who is at work": """
            GET       admin:sla_attainment
            GET       api:attainment
            GET       admin:sla_on_now
            GET       api:duty
            view      sla_rota
        """,
        "Agents keep their days away": """
            view change  accounts_awayperiod
            POST      admin:accounts_awayperiod_cancel
        """,
        "Agents prepare meetings and hold them": """
            view      accounts_meeting
            GET POST  admin:accounts_meeting_new
            POST      admin:accounts_meeting_propose
            POST      admin:accounts_meeting_move
            POST      admin:accounts_meeting_link
            POST      admin:accounts_meeting_cancel
            POST      admin:accounts_meeting_hold
            POST      admin:accounts_meeting_miss
            POST      admin:accounts_meeting_agenda
            POST      admin:accounts_meeting_tick
            POST      admin:accounts_meeting_minutes
            POST      admin:accounts_meeting_action
            POST      admin:accounts_meeting_finish
            POST      api:meeting-propose
            POST      api:meeting-move
            POST      api:meeting-link
            POST      api:meeting-cancel
            POST      api:meeting-hold
            POST      api:meeting-miss
            PUT       api:meeting-minutes
            POST      api:meeting-actions
            POST      api:meeting-action-finish
        """,
        "Agents book hours and deliver engagements": """
            view      accounts_hoursyear
            POST      admin:accounts_hoursyear_book
            POST      admin:accounts_hoursyear_correct
            POST      admin:accounts_hoursyear_answer
            GET       api:account-ps-balance
            GET POST  api:account-ps-entry-list
            POST      api:account-ps-corrections
            view      accounts_engagement
            POST      admin:accounts_engagement_plan
            POST      admin:accounts_engagement_schedule
            POST      admin:accounts_engagement_deliver
            POST      admin:accounts_engagement_cancel
            POST      api:engagement-plan
            POST      api:engagement-schedule
            POST      api:engagement-deliver
        """,
    },
    LEADS: {
        "Leads keep the accounts, their people and their contracts": """
            add change  accounts_account
            add change  accounts_contact
            add change  accounts_contract
            view      accounts_tierprice
            POST      admin:accounts_account_engineer
        """,
        "Leads plan who is on call outside business hours": """
            POST      admin:sla_rota_new
            POST      admin:sla_rota_plan
            POST      admin:sla_rota_handover
            POST      admin:sla_rota_give
            POST      admin:sla_rota_remove
            POST      admin:sla_rota_end
        """,
        "Leads take a seat away": """
            POST      admin:accounts_seat_withdraw
            POST      api:account-seat-withdraw
        """,
        "Leads let analyses out": """
            POST      admin:tickets_rootcauseanalysis_approve
            POST      admin:tickets_rootcauseanalysis_publish
            POST      admin:tickets_rootcauseanalysis_withdraw
            POST      api:rca-report-approve
            POST      api:rca-report-publish
            POST      api:rca-report-withdraw
        """,
        "Leads keep the opening hours": """
            add change  sla_calendar
            POST      admin:sla_calendar_fill
        """,
        "Leads choose the sponsor of an account, or end its meetings": """
            GET POST  admin:accounts_meeting_sponsor
            POST      admin:accounts_meeting_end
        """,
        "Leads see who works here, what was sent and whether the figures hold": """
            view      accounts_agent
            view      portal_notice
            view      tickets_verification
            GET       admin:accounts_hoursyear_export
        """,
    },
    ADMINISTRATORS: {
        "Administrators decide who works here and who signs in": """
            add change  accounts_agent
            view add change  accounts_user
            view      accounts_apitoken
        """,
        "Administrators set the terms: regions, targets, what a tier holds and costs": """
            add change  accounts_region
            change    accounts_tierterms
            change    accounts_tierprice
            change    sla_target
        """,
    },
    NOBODY: {
        "Nobody deletes on the desk: rows end, and stay": """
            delete    accounts_account
            delete    accounts_agent
            delete    accounts_apitoken
            delete    accounts_awayperiod
            add change delete  sla_rota
            delete    accounts_contact
            delete    accounts_contract
            delete    accounts_engagement
            delete    accounts_hoursyear
            delete    accounts_meeting
            delete    accounts_region
            delete    accounts_seat
            delete    accounts_tierprice
            delete    accounts_tierterms
            delete    accounts_user
            delete    portal_notice
            delete    sla_calendar
            delete    sla_clock
            delete    sla_target
            delete    tickets_call
            delete    tickets_incomingmail
            delete    tickets_rootcauseanalysis
            delete    tickets_ticket
            delete    tickets_verification
        """,
        "Nobody rewrites what happened": """
            add change  accounts_hoursyear
            add change  portal_notice
            add change  sla_clock
            add change  tickets_incomingmail
            add change  tickets_verification
        """,
        "Nobody makes or edits by hand what only acts may move": """
            add       tickets_ticket
            add       tickets_rootcauseanalysis
            add change  tickets_call
            add change  accounts_seat
            add change  accounts_engagement
            add change  accounts_meeting
            add       accounts_awayperiod
        """,
        "Nobody makes a token for somebody else": """
            add change  accounts_apitoken
        """,
        "Nobody adds a figure of the terms: there is one for each tier": """
            add       accounts_tierterms
            add       accounts_tierprice
            add       sla_target
        """,
        "Nobody uses the pages of the admin that ours replace": """
            NONE      admin:password_change
            NONE      admin:password_change_done
        """,
    },
}


class Line(NamedTuple):
    """One method of a route, or one right on the rows of a model: whose it is, and by which duty."""

    word: str
    name: str
    who: frozenset[str]
    duty: str


def lines() -> list[Line]:
    """Every duty, one line for each word."""
    return [
        Line(word, name, who, duty)
        for who, duties in DUTIES.items()
        for duty, text in duties.items()
        for *words, name in map(str.split, text.strip().splitlines())
        for word in words
    ]
