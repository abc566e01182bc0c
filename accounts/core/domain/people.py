"""Who hears of things, as user ids: those who answer for our desk, and those who answer for an account."""

from collections.abc import Mapping
from datetime import datetime

from accounts.core.enums import ContactRole
from accounts.core.models import Account, Agent, Contact, Region, User
from portal.lib import outbox


def leads() -> list[int]:
    """Those who answer for the desk."""
    return list(Agent.objects.leads().values_list("user_id", flat=True))


def admins_of(account_id: int) -> list[int]:
    """Those who administer an account and can still sign in."""
    admins = Contact.objects.active().filter(account=account_id, role=ContactRole.ADMIN)
    return list(admins.values_list("user_id", flat=True))


def notify_staff_role(agent: Agent, *, by: User, now: datetime) -> None:
    """A member of staff has a role that they had not: they hear of it, unless they gave it to themselves."""
    if agent.user_id != by.pk:
        outbox.write(
            "staff_role",
            key=f"staff_role:{agent.pk}:{agent.role}:{now.isoformat()}",
            recipients=[agent.user_id],
            data={"role": agent.role, "by": by.name},
            now=now,
        )


def notify_roles(
    account: Account,
    *,
    before: Mapping[str, Agent | None],
    after: Mapping[str, Agent | None],
    by: User | None,
    now: datetime,
    region: Region | None = None,
) -> None:
    """Who of us stands for an account changed: whoever got or lost a role hears of it, but not whoever did it.

    `before` and `after`: role (engineer, backup, sponsor, deputy) → who has it.
    """
    letters = []
    for role in dict.fromkeys((*before, *after)):
        was, now_has = before.get(role), after.get(role)
        if was == now_has:
            continue
        for agent, what in ((was, "taken"), (now_has, "given")):
            if agent is not None and (by is None or agent.user_id != by.pk):
                data = {
                    "account": account.pk, "role": role, "what": what,
                    "region": {"en": region.name_en, "fr": region.name_fr} if region else None,
                }  # fmt: skip
                key = f"account_role:{account.pk}:{role}:{what}:{now.isoformat()}"
                letters.append(outbox.NoticeDraft("account_role", key, [agent.user_id], data))
    outbox.write_all(letters, now=now)


def may_act(user: User, contact: Contact | None) -> bool:
    """A customer acts as an active contact of theirs, staff as themselves; a role that changed ends older tokens."""
    if not user.is_active:
        return False
    if contact is None:
        return user.staff_role is not None
    mine = contact.user_id == user.pk and contact.is_active and contact.account.is_active
    return mine and user.staff_role is None
