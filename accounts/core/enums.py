"""The words of the trade for customers and contracts. Names are code; figures are rows (see models/terms.py)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tier(models.TextChoices):
    """What a company buys. Ordered from the least to the most."""

    STANDARD = "standard", pgettext_lazy("tier", "Standard")
    SILVER = "silver", pgettext_lazy("tier", "Premium Silver")
    GOLD = "gold", pgettext_lazy("tier", "Premium Gold")
    PLATINUM = "platinum", pgettext_lazy("tier", "Premium Platinum")


class Segment(models.TextChoices):
    """Decides the price of a tier."""

    ENTERPRISE = "enterprise", _("Enterprise")
    EDUCATION = "education", _("Education")


class ContactRole(models.TextChoices):
    """What a contact may do for the own account."""

    ADMIN = "admin", pgettext_lazy("contact role", "Account administrator")
    MEMBER = "member", pgettext_lazy("contact role", "Member")


class StaffRole(models.TextChoices):
    """What a member of staff may do on the desk; each role holds the rights of the one before it."""

    AGENT = "agent", pgettext_lazy("staff role", "Agent")
    LEAD = "lead", pgettext_lazy("staff role", "Team lead")
    ADMINISTRATOR = "administrator", pgettext_lazy("staff role", "Administrator")


class PhoneModel(models.TextChoices):
    STANDARD = "standard", pgettext_lazy("phone model", "Standard")
    PRIORITY = "priority", pgettext_lazy("phone model", "Priority")


class SeatState(models.TextChoices):
    """A seat is nominated by the account, validated by staff, and ends as withdrawn (or declined)."""

    NOMINATED = "nominated", pgettext_lazy("seat", "Pending approval")
    ACTIVE = "active", pgettext_lazy("seat", "Active")
    DECLINED = "declined", pgettext_lazy("seat", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("seat", "Removed")


# The states in which a seat takes one of the account's numbered places.
SEATED = frozenset({SeatState.NOMINATED, SeatState.ACTIVE})


class Basis(models.TextChoices):
    """Why a person has the tier that they have; the sentence for each is in domain/entitlements.py."""

    SEAT = "seat", _("has a Premium seat")
    NO_SEAT = "no_seat", _("has no Premium seat")
    NOT_VALIDATED = "not_validated", _("Premium seat pending approval")
    OVER_LIMIT = "over_limit", _("Premium seat over the limit of the contract")
    STANDARD_CONTRACT = "standard_contract", _("Standard contract")
    NO_CONTRACT = "no_contract", _("no contract in force")


class Theme(models.TextChoices):
    SYSTEM = "system", pgettext_lazy("theme", "System")
    LIGHT = "light", pgettext_lazy("theme", "Light")
    DARK = "dark", pgettext_lazy("theme", "Dark")


class EntitlementCause(models.TextChoices):
    """What changed who is entitled to what; running promises are looked at again after each."""

    SEAT_GRANTED = "seat_granted", _("a Premium seat was approved")
    SEAT_WITHDRAWN = "seat_withdrawn", _("a Premium seat was removed")
    CONTRACT = "contract", _("the contract was changed")
    CONTRACT_STARTED = "contract_started", _("a contract started")
    CONTRACT_ENDED = "contract_ended", _("the contract ended")


class HoursKind(models.TextChoices):
    """What a line of the ledger of professional-services hours does."""

    GRANT = "grant", pgettext_lazy("hours", "Included")
    RESERVE = "reserve", pgettext_lazy("hours", "Reserved")
    USE = "use", pgettext_lazy("hours", "Used")
    RELEASE = "release", pgettext_lazy("hours", "Released")
    CORRECT = "correct", pgettext_lazy("hours", "Corrected")
    EXPIRE = "expire", pgettext_lazy("hours", "Expired")


class EngagementState(models.TextChoices):
    """A piece of professional services, from the wish to the work. ENGAGEMENT_NEXT says what may follow."""

    REQUESTED = "requested", pgettext_lazy("engagement", "Requested")
    PLANNED = "planned", pgettext_lazy("engagement", "Plan to accept")
    ACCEPTED = "accepted", pgettext_lazy("engagement", "Accepted")
    SCHEDULED = "scheduled", pgettext_lazy("engagement", "Scheduled")
    DELIVERED = "delivered", pgettext_lazy("engagement", "Delivered")
    CANCELLED = "cancelled", pgettext_lazy("engagement", "Cancelled")


ENGAGEMENT_NEXT: dict[EngagementState, frozenset[EngagementState]] = {
    EngagementState.REQUESTED: frozenset({EngagementState.PLANNED, EngagementState.CANCELLED}),
    EngagementState.PLANNED: frozenset(
        {EngagementState.PLANNED, EngagementState.REQUESTED, EngagementState.ACCEPTED, EngagementState.CANCELLED}
    ),
    EngagementState.ACCEPTED: frozenset({EngagementState.SCHEDULED, EngagementState.CANCELLED}),
    EngagementState.SCHEDULED: frozenset(
        {EngagementState.SCHEDULED, EngagementState.DELIVERED, EngagementState.CANCELLED}
    ),
    EngagementState.DELIVERED: frozenset(),
    EngagementState.CANCELLED: frozenset(),
}
# Hours are set aside for it.
HOLDS_HOURS = frozenset({EngagementState.ACCEPTED, EngagementState.SCHEDULED})


class MeetingState(models.TextChoices):
    """A meeting with the executive sponsor."""

    PROPOSED = "proposed", pgettext_lazy("meeting", "Proposed")
    CONFIRMED = "confirmed", pgettext_lazy("meeting", "Confirmed")
    HELD = "held", pgettext_lazy("meeting", "Took place")
    MISSED = "missed", pgettext_lazy("meeting", "Did not take place")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


class MeetingEventKind(models.TextChoices):
    """What happens to a meeting."""

    PROPOSED = "proposed", pgettext_lazy("meeting event", "Times proposed")
    ASKED = "asked", pgettext_lazy("meeting event", "Other times requested")
    CONFIRMED = "confirmed", pgettext_lazy("meeting event", "Time confirmed")
    MOVED = "moved", pgettext_lazy("meeting event", "Moved")
    HELD = "held", pgettext_lazy("meeting event", "Took place")
    MISSED = "missed", pgettext_lazy("meeting event", "Did not take place")
    CANCELLED = "cancelled", pgettext_lazy("meeting event", "Cancelled")
    PUBLISHED = "published", pgettext_lazy("meeting event", "Minutes published")
