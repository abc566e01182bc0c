"""Who hears of things, as user ids: those who answer for our desk, and those who answer for an account."""

from accounts.enums import ContactRole
from accounts.models import Agent, Contact


def leads() -> list[int]:
    """Those who answer for the desk."""
    return list(Agent.objects.leads().values_list("user_id", flat=True))


def admins_of(account_id: int) -> list[int]:
    """Those who administer an account and can still sign in."""
    admins = Contact.objects.active().filter(account=account_id, role=ContactRole.ADMIN)
    return list(admins.values_list("user_id", flat=True))
