"""What each kind of mail is called on the desk. A test compares this table with the folders of `templates/emails`."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "absence": _("Absence entered by somebody else"),
    "account_role": _("Role for an account"),
    "agent_wrote": _("We replied"),
    "analysis": _("Root-cause analysis"),
    "call_changed": _("Call moved or cancelled"),
    "call_number": _("Wrong phone number"),
    "call_planned": _("Call planned"),
    "call_tried": _("Call attempted"),
    "call_waits": _("Call overdue"),
    "chat_transcript": _("Chat transcript"),
    "check_in_due": _("Check-in due soon"),
    "contact_changed": _("Role or access of a contact"),
    "contract_changed": _("Contract changed or ended"),
    "contract_ends": _("Contract ends soon"),
    "customer_closed": _("Closed by the customer"),
    "customer_wrote": _("Customer replied"),
    "differences_found": _("Nightly check found differences"),
    "due_changed": _("New due time"),
    "due_soon": _("Target due soon"),
    "engagement": _("Step of an engagement"),
    "engineer_changed": _("Designated engineer changed"),
    "follower_added": _("Follower added"),
    "hours_answer": _("Question about hours answered"),
    "hours_expire": _("Hours expire soon"),
    "hours_question": _("Question about hours"),
    "level_3": _("Level 3"),
    "meeting": _("Sponsor meeting"),
    "meeting_action": _("Action of a sponsor meeting"),
    "on_call": _("On-call shifts"),
    "overdue": _("Target overdue"),
    "password_reset": _("Password reset"),
    "priority_asked": _("Priority change requested"),
    "rota_hole": _("Gap in an on-call rota"),
    "seat_declined": _("Premium seat not approved"),
    "seat_moved": _("Region of a Premium seat changed"),
    "seat_nominated": _("Premium seat nomination"),
    "seat_validated": _("Premium seat approved"),
    "seat_withdrawn": _("Premium seat removed"),
    "staff_role": _("Role in the support team"),
    "ticket_assigned": _("Ticket assigned"),
    "ticket_merged": _("Ticket merged"),
    "ticket_opened": _("Ticket received"),
    "ticket_passed_on": _("Ticket assigned to somebody else"),
    "unassigned": _("Unassigned ticket"),
    "welcome": _("Invitation to the portal"),
    "workaround": _("Workaround"),
}


def said(kind: str) -> str:
    """The name of `kind`; the code itself of a kind that is sent no more."""
    return str(NAMES.get(kind, kind))
