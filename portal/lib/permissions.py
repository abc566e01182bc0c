"""The permission table: every route of the product and who may use it. Default deny: what is not here does not exist.

Read by the access middleware (pages), the desk (admin rights), the API (TablePermission) and the generated tests.
"""

from portal.lib.access import (
    ACCOUNT_ADMINS,
    ADMINISTRATORS,
    CUSTOMERS,
    EVERYBODY,
    LEADS,
    SIGNED_IN,
    STAFF,
    Rights,
    Rule,
    page,
    read,
    write,
)

# --- Pages ------------------------------------------------------------------------------------------------------------

PAGES: dict[str, Rule] = {
    # Sign-in and the way back in. The whole list of what answers without a session.
    "account_login": page(EVERYBODY),
    "account_logout": page(SIGNED_IN),
    "account_reset_password": page(EVERYBODY),
    "account_reset_password_done": read(EVERYBODY),
    "account_reset_password_from_key": page(EVERYBODY),
    "account_reset_password_from_key_done": read(EVERYBODY),
    "account_change_password": page(SIGNED_IN),
    "account_inactive": read(EVERYBODY),
    "portal:language": write(EVERYBODY),
    "portal:theme": write(EVERYBODY),
    "portal:live": read(EVERYBODY),
    "portal:ready": read(EVERYBODY),
    "portal:help": read(EVERYBODY),
    "portal:styleguide": read(EVERYBODY),  # answers 404 outside demonstration mode
    # The portal.
    "portal:start": read(SIGNED_IN),
    "portal:home": read(CUSTOMERS),
    "accounts:profile": page(SIGNED_IN),
    "accounts:switch": write(CUSTOMERS),
    "accounts:account": read(CUSTOMERS),
    "accounts:contacts": read(CUSTOMERS),
    "accounts:contact_invite": page(ACCOUNT_ADMINS),
    "accounts:contact_edit": page(ACCOUNT_ADMINS),
    "accounts:seat_nominate": page(ACCOUNT_ADMINS),
    "accounts:seat_withdraw": page(ACCOUNT_ADMINS),
    "accounts:seat_replace": page(ACCOUNT_ADMINS),
    "accounts:calendar": page(CUSTOMERS | STAFF),
    "accounts:calendar_revoke": write(CUSTOMERS | STAFF),
    "accounts:tokens": page(CUSTOMERS | STAFF),
    "accounts:token_revoke": write(CUSTOMERS | STAFF),
    "tickets:list": read(CUSTOMERS),
    "tickets:new": page(CUSTOMERS),
    "tickets:promise": read(CUSTOMERS),
    "tickets:receipt": read(CUSTOMERS),
    "tickets:detail": read(CUSTOMERS),
    "tickets:reply": page(CUSTOMERS),
    "tickets:close": write(CUSTOMERS),
    "tickets:reopen": write(CUSTOMERS),
    "tickets:priority": page(CUSTOMERS),
    "tickets:language": page(CUSTOMERS),
    "tickets:follow": write(CUSTOMERS),
    "tickets:follower_add": write(CUSTOMERS),
    "tickets:follower_remove": write(CUSTOMERS),
    "tickets:why": read(CUSTOMERS),
    "tickets:attachment": read(CUSTOMERS | STAFF),
    "tickets:feed": read(EVERYBODY),  # the token in the address is the credential
}

# --- The desk ---------------------------------------------------------------------------------------------------------

# Routes of the admin site that belong to no model.
DESK_PAGES: dict[str, Rule] = {
    "admin:index": read(STAFF),
    "admin:login": page(EVERYBODY),
    "admin:logout": write(STAFF),
    "admin:jsi18n": read(STAFF),
    "admin:autocomplete": read(STAFF),
    "admin:app_list": read(STAFF),
    # Our own pages replace these: nobody may use them.
    "admin:password_change": {},
    "admin:password_change_done": {},
    "admin:view_on_site": {},
    # Acts on a ticket.
    "admin:tickets_ticket_reply": write(STAFF),
    "admin:tickets_ticket_note": write(STAFF),
    "admin:tickets_ticket_assign": write(STAFF),
    "admin:tickets_ticket_status": write(STAFF),
    "admin:tickets_ticket_priority": write(STAFF),
    "admin:tickets_ticket_check_in": write(STAFF),
    "admin:tickets_ticket_skip_check_in": write(STAFF),
    "admin:tickets_ticket_region": write(STAFF),
    "admin:tickets_ticket_language": write(STAFF),
    "admin:tickets_ticket_follower": write(STAFF),
    "admin:tickets_ticket_merge": page(STAFF),
    "admin:tickets_ticket_open": page(STAFF),
    "admin:tickets_ticket_replay": read(STAFF),
    "admin:sla_attainment": read(STAFF),
    # Acts on seats and calendars.
    "admin:accounts_seat_validate": write(STAFF),
    "admin:accounts_seat_decline": write(STAFF),
    "admin:accounts_seat_withdraw": write(LEADS),
    "admin:sla_calendar_fill": write(LEADS),
}

# What each role may do with the rows of a model: `<app>_<model>`.
DESK: dict[str, Rights] = {
    "tickets_ticket": Rights(view=STAFF, change=STAFF),
    "accounts_account": Rights(view=STAFF, add=LEADS, change=LEADS),
    "accounts_contact": Rights(view=STAFF, add=LEADS, change=LEADS),
    "accounts_contract": Rights(view=STAFF, add=LEADS, change=LEADS),
    "accounts_seat": Rights(view=STAFF),
    "accounts_region": Rights(view=STAFF, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "accounts_agent": Rights(view=LEADS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "accounts_user": Rights(view=ADMINISTRATORS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "accounts_tierterms": Rights(view=STAFF, change=ADMINISTRATORS),
    "accounts_tierprice": Rights(view=LEADS, change=ADMINISTRATORS),
    "accounts_apitoken": Rights(view=ADMINISTRATORS),
    "sla_target": Rights(view=STAFF, change=ADMINISTRATORS),
    "sla_calendar": Rights(view=STAFF, add=LEADS, change=LEADS),
    "sla_clock": Rights(view=STAFF),
    "portal_notice": Rights(view=LEADS),
    "tickets_verification": Rights(view=LEADS),
}

# --- The API: method → who, behind a token with the scope that the method needs ---------------------------------------

ANYONE_WITH_TOKEN = CUSTOMERS | STAFF

API: dict[str, Rule] = {
    "api:schema": read(EVERYBODY),
    "api:docs": read(EVERYBODY),
    "api:token": {"POST": EVERYBODY},
    "api:token-current": {"GET": ANYONE_WITH_TOKEN, "DELETE": ANYONE_WITH_TOKEN},
    "api:me": read(ANYONE_WITH_TOKEN),
    "api:ticket-list": {"GET": ANYONE_WITH_TOKEN, "POST": CUSTOMERS},
    "api:ticket-detail": {"GET": ANYONE_WITH_TOKEN, "PATCH": ANYONE_WITH_TOKEN},
    "api:ticket-messages": {"GET": ANYONE_WITH_TOKEN, "POST": ANYONE_WITH_TOKEN},
    "api:ticket-commitments": read(ANYONE_WITH_TOKEN),
    "api:ticket-close": write(CUSTOMERS),
    "api:ticket-reopen": write(CUSTOMERS),
    "api:ticket-request-priority": write(CUSTOMERS),
    "api:ticket-language": write(ANYONE_WITH_TOKEN),
    "api:ticket-region": write(STAFF),
    "api:ticket-merge": write(STAFF),
    "api:ticket-skip-check-in": write(STAFF),
    "api:attachment-list": {"POST": ANYONE_WITH_TOKEN},
    "api:attachment-detail": read(ANYONE_WITH_TOKEN),
    "api:account": read(CUSTOMERS),
    "api:contact-list": read(CUSTOMERS),
    "api:seat-list": {"GET": CUSTOMERS, "POST": ACCOUNT_ADMINS},
    "api:seat-detail": {"GET": CUSTOMERS, "DELETE": ACCOUNT_ADMINS},
    "api:target-list": read(ANYONE_WITH_TOKEN),
    "api:attainment": read(STAFF),
    "api:missing": read(EVERYBODY),  # every other address below /api/v1/: a 404 as problem details
}

TABLE: dict[str, Rule] = {**PAGES, **DESK_PAGES, **API}
