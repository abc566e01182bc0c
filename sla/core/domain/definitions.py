"""What each priority means for the customer's business: people choose by consequence, not by a name."""

from django.utils.translation import gettext as _

from sla.core.enums import Priority


def definition(priority: Priority) -> str:
    """The business consequence that makes a case this priority, in the active language."""
    return {
        Priority.URGENT: _(
            "Essential work has stopped for a whole site, service or business unit, and there is no workaround."
        ),
        Priority.HIGH: _(
            "Many people cannot work normally, or a deadline is at risk, but the organisation can still work."
        ),
        Priority.MEDIUM: _("Part of the product does not work as it should. You can still work, with difficulty."),
        Priority.LOW: _("A question, a minor problem or a suggestion. Everybody can work."),
    }[priority]


def example(priority: Priority) -> str:
    """One everyday case of this priority."""
    return {
        Priority.URGENT: _("No device of the company can sign in since this morning."),
        Priority.HIGH: _("The tablets of one school no longer get the app that tomorrow’s exam needs."),
        Priority.MEDIUM: _("The inventory report leaves out a few devices, and we check them by hand."),
        Priority.LOW: _("How do we rename a group without its members noticing?"),
    }[priority]
