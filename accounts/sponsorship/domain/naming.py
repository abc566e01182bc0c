"""Naming the executive sponsor of an account, giving it to somebody else, and ending it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.people import notify_roles
from accounts.core.models import Account, Agent, Contact, User
from accounts.sponsorship.domain.rhythm import includes_sponsor
from accounts.sponsorship.models import RHYTHMS, Sponsorship
from portal.lib.errors import DomainError, Stale
from portal.lib.typed import within

MAX_REASON_CHARS = 200


class NoSponsor(DomainError):
    """The contract in force has no executive sponsor."""

    code = "no_sponsor"

    def __init__(self) -> None:
        super().__init__(
            _("Only a current Platinum contract includes an executive sponsor. Change the contract first.")
        )


@transaction.atomic
def name_sponsor(
    account: Account,
    sponsor: Agent,
    *,
    deputy: Agent | None = None,
    host: Contact | None = None,
    rhythm_months: int = 3,
    by: User | None,
    now: datetime,
) -> Sponsorship:
    """Name who stands for us towards `account`. Somebody named before is replaced: their time ends now.

    Meetings that were proposed or confirmed keep their people. Raises NoSponsor below Platinum, DomainError for
    people who have left or belong to another account.
    """
    account = locked_account(account.pk)
    if not includes_sponsor(account, now):
        raise NoSponsor
    for field, agent in (("sponsor", sponsor), ("deputy", deputy)):
        if agent is not None and not agent.user.is_active:
            raise DomainError(
                _("%(name)s has left the team. Select another person.") % {"name": agent.name},
                code="inactive_agent",
                field=field,
            )
    if deputy is not None and deputy.pk == sponsor.pk:
        raise DomainError(
            _("The deputy must be a different person from the executive sponsor."), code="same_person", field="deputy"
        )
    if host is not None and (host.account_id != account.pk or not host.is_active):
        raise DomainError(_("Select an active contact of the account."), code="other_account", field="host")
    if rhythm_months not in RHYTHMS:
        raise DomainError(_("Select 1, 2, 3, 4, 6 or 12 months."), code="rhythm", field="rhythm_months")
    live = Sponsorship.objects.live().filter(account=account)
    former = live.select_related("sponsor__user", "deputy__user").first()
    live.update(ended_at=now, ended_by=by)
    named = Sponsorship.objects.create(
        account=account, sponsor=sponsor, deputy=deputy, host=host, rhythm_months=rhythm_months, started_at=now,
        started_by=by,
    )  # fmt: skip
    notify_roles(account, before=_roles(former), after=_roles(named), by=by, now=now)
    return named


@transaction.atomic
def end_sponsorship(sponsorship: Sponsorship, *, reason: str, by: User, now: datetime) -> Sponsorship:
    """Nobody is named from now on: no further meeting is proposed. What is agreed stays agreed."""
    locked_account(sponsorship.account_id)
    if not reason.strip():
        raise DomainError(_("Enter the reason."), code="reason", field="reason")
    reason = within(reason.strip(), most=MAX_REASON_CHARS, field="reason")
    live = Sponsorship.objects.live().filter(pk=sponsorship.pk)
    if not live.update(ended_at=now, ended_by=by, reason=reason):
        raise Stale(_("Somebody else changed the executive sponsor. Your change was not saved: reload and try again."))
    sponsorship.refresh_from_db()
    notify_roles(sponsorship.account, before=_roles(sponsorship), after={}, by=by, now=now)
    return sponsorship


def _roles(sponsorship: Sponsorship | None) -> dict[str, Agent | None]:
    return {"sponsor": sponsorship.sponsor, "deputy": sponsorship.deputy} if sponsorship else {}


def locked_account(pk: int) -> Account:
    """The account first (lock order): whoever decides about its meetings at the same time stands in line."""
    return Account.objects.select_for_update(of=("self",)).select_related("home_region").get(pk=pk)
