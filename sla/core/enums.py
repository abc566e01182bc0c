"""The words of promises: what is measured, how it is counted, how it ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Priority(models.IntegerChoices):
    """1 is the most pressing. The number is what agents and contracts say aloud: "a P1"."""

    URGENT = 1, pgettext_lazy("priority", "Urgent")
    HIGH = 2, pgettext_lazy("priority", "High")
    MEDIUM = 3, pgettext_lazy("priority", "Medium")
    LOW = 4, pgettext_lazy("priority", "Low")

    @property
    def code(self) -> str:
        return f"P{self.value}"

    @property
    def said(self) -> str:
        """`P2 High`, in the language of the reader at this moment."""
        return f"{self.code} {self.label}"


def priority_choices() -> list[tuple[int, str]]:
    """For `choices=priority_choices` of a form field: asked when the form is made, not when the module is loaded."""
    return [(priority.value, priority.said) for priority in Priority]


class Coverage(models.TextChoices):
    """In which hours a target is counted."""

    ALWAYS = "24x7", _("24/7")
    BUSINESS_HOURS = "business_hours", _("in business hours")


class CheckInRule(models.TextChoices):
    """When the next unprompted update is due."""

    BUSINESS_HOURS = "every_business_hours", _("every n business hours")
    BUSINESS_DAY = "every_business_day", _("once per business day")
    STATUS_CHANGE = "on_status_change", _("on every change of status")


class ClockKind(models.TextChoices):
    RESPONSE = "response", pgettext_lazy("clock", "Reply")
    CHECK_IN = "check_in", pgettext_lazy("clock", "Check-in")


class Outcome(models.TextChoices):
    """How a clock stands or ended. Only met and missed count as kept or not."""

    RUNNING = "running", pgettext_lazy("outcome", "Running")
    MET = "met", pgettext_lazy("outcome", "Met")
    MISSED = "missed", pgettext_lazy("outcome", "Missed")
    CANCELLED = "cancelled", pgettext_lazy("outcome", "No longer due")
    SKIPPED = "skipped", pgettext_lazy("outcome", "Skipped")


class StartCause(models.TextChoices):
    """What made a clock start."""

    OPENED = "opened", _("the ticket was opened")
    CUSTOMER_MESSAGE = "customer_message", _("the customer wrote")
    AGENT_MESSAGE = "agent_message", _("we wrote")
    OUR_TURN = "our_turn", _("the ticket is waiting for us again")
    PRIORITY = "priority", _("the priority changed")
    SKIPPED = "skipped", _("the previous check-in was skipped")
    STATUS_CHANGE = "status_change", _("the status changed")
    LIVE = "live", _("a live conversation")
    MERGED = "merged", _("a merged ticket")
    CALL_ASKED = "call_asked", _("a call was requested")
    CHAT = "chat", _("the customer’s first message in a chat")


class ChangeCause(models.TextChoices):
    """What changed while a clock ran."""

    PRIORITY = "priority", pgettext_lazy("change", "priority")
    SEAT_GRANTED = "seat_granted", pgettext_lazy("change", "Premium seat approved")
    SEAT_WITHDRAWN = "seat_withdrawn", pgettext_lazy("change", "Premium seat removed")
    CONTRACT = "contract", pgettext_lazy("change", "contract")
    CONTRACT_STARTED = "contract_started", pgettext_lazy("change", "contract started")
    CONTRACT_ENDED = "contract_ended", pgettext_lazy("change", "contract ended")
    LANGUAGE = "language", pgettext_lazy("change", "language")
    REGION = "region", pgettext_lazy("change", "region")
    CALENDAR = "calendar", pgettext_lazy("change", "business hours")
    TARGET = "target", pgettext_lazy("change", "target")
    MERGED = "merged", pgettext_lazy("change", "merged ticket")


class ClockEventKind(models.TextChoices):
    """What can happen to a clock; each is one row of history."""

    STARTED = "started", _("Started")
    DUE_SOON = "due_soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")
    DUE_CHANGED = "due_changed", _("Due time changed")
    STOPPED = "stopped", _("Stopped")


class GroupBy(models.TextChoices):
    """By what a report about attainment tells its lines apart."""

    TIER = "tier", pgettext_lazy("report", "Tier")
    PRIORITY = "priority", pgettext_lazy("report", "Priority")
    TIER_PRIORITY = "tier_priority", pgettext_lazy("report", "Tier and priority")
    ACCOUNT = "account", pgettext_lazy("report", "Account")
    REGION = "region", pgettext_lazy("report", "Region")
    AGENT = "agent", pgettext_lazy("report", "Agent")
    MONTH = "month", pgettext_lazy("report", "Month")


class Grain(models.TextChoices):
    """What the roll-ups of a month tell apart; finer than these, a report reads the clocks."""

    TIERS = "tiers", pgettext_lazy("roll-up", "tier and priority")
    REGIONS = "regions", pgettext_lazy("roll-up", "tier, priority and region")
    ACCOUNTS = "accounts", pgettext_lazy("roll-up", "account")
    AGENTS = "agents", pgettext_lazy("roll-up", "agent")
    AGENTS_TIERS = "agents_tiers", pgettext_lazy("roll-up", "agent, tier and priority")
