"""Designated engineers: named, replaced and ended by leads, with a history that is never rewritten."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.domain.people import admins_of, notify_roles
from accounts.core.enums import Tier
from accounts.core.models import Account, Agent, Contact, Region, TierTerms, User
from accounts.engineers.models import DesignatedEngineer
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.names import language_name


class NotIncluded(DomainError):
    """The tier of the account has no designated engineers."""

    code = "not_included"


@dataclass(frozen=True, slots=True)
class Designated:
    """What a verb did, and what is worth a second look: the warnings are sentences to the lead."""

    engineer: DesignatedEngineer
    warnings: list[str]


@transaction.atomic
def designate(
    account: Account, region: Region, agent: Agent, *, backup: Agent | None = None, by: User, now: datetime
) -> Designated:
    """Name the engineer of `account` in `region`. The account's administrators are told.

    Raises NotIncluded when the tier in force has none, DomainError when the region is not the account's or has an
    engineer already, when somebody has left, or when the back-up is the engineer.
    """
    account = _locked(account)
    _refuse_tier(account, now)
    _refuse_people(agent, backup)
    ours = account.home_region_id == region.pk or account.regions.filter(pk=region.pk).exists()
    if not ours:
        raise DomainError(_("Choose a region of the account."), code="foreign_region", field="region")
    engineer = _begin(account, region, agent, backup, by=by, now=now)
    _notify(engineer, before="", now=now)
    notify_roles(account, before={}, after=_roles(engineer), region=region, by=by, now=now)
    return Designated(engineer, doubts(account, region, agent, backup))


@transaction.atomic
def replace(
    engineer: DesignatedEngineer,
    *,
    agent: Agent,
    backup: Agent | None = None,
    by: User,
    now: datetime,
    reason: str = "",
) -> Designated:
    """Give the designation to `agent`, with this back-up, from now on; the one before stays in the history.

    Tickets that are assigned stay where they are. Nothing happens when both are as before. Raises Stale when the
    designation has ended meanwhile, and DomainError as `designate`.
    """
    account = _locked(engineer.account)
    engineer = _still_current(engineer)
    if (engineer.agent_id, engineer.backup_id) == (agent.pk, backup.pk if backup else None):
        return Designated(engineer, [])
    _refuse_tier(account, now)
    _refuse_people(agent, backup)
    _end(engineer, by=by, now=now, reason=reason)
    new = _begin(account, engineer.region, agent, backup, by=by, now=now)
    if new.agent_id != engineer.agent_id:
        _notify(new, before=engineer.agent.name, now=now)
    notify_roles(account, before=_roles(engineer), after=_roles(new), region=new.region, by=by, now=now)
    return Designated(new, doubts(account, engineer.region, agent, backup))


@transaction.atomic
def end(engineer: DesignatedEngineer, *, by: User, now: datetime, reason: str = "") -> DesignatedEngineer:
    """Nobody is designated any more; new tickets go the way of all others. Raises Stale when it has ended already."""
    _locked(engineer.account)
    engineer = _still_current(engineer)
    _end(engineer, by=by, now=now, reason=reason)
    _notify(engineer, before=engineer.agent.name, now=now)
    notify_roles(engineer.account, before=_roles(engineer), after={}, region=engineer.region, by=by, now=now)
    return engineer


def doubts(account: Account, region: Region, agent: Agent, backup: Agent | None) -> list[str]:
    """What speaks against a choice without forbidding it: regions and languages that somebody does not cover."""
    people = Contact.objects.active().filter(account=account)
    languages = sorted(set(people.values_list("user__language", flat=True)) - {"en"})
    found = []
    for person in (agent, backup):
        if person is None:
            continue
        if not person.regions.filter(pk=region.pk).exists():
            found.append(
                _("%(name)s does not work in %(region)s: business hours may differ there.")
                % {"name": person.name, "region": region.name}
            )
        for code in languages:
            if code not in person.languages:
                found.append(
                    _("%(name)s does not speak %(language)s, a language used by contacts of %(account)s.")
                    % {"name": person.name, "language": language_name(code), "account": account.name}
                )
    return found


def _locked(account: Account) -> Account:
    """The account first (lock order), so that two leads who decide at once stand in line."""
    return Account.objects.select_for_update(of=("self",)).select_related("home_region").get(pk=account.pk)


def _still_current(engineer: DesignatedEngineer) -> DesignatedEngineer:
    rows = DesignatedEngineer.objects.current().select_related("account").with_people()
    found = rows.filter(pk=engineer.pk).first()
    if found is None:
        raise Stale(_("Somebody else changed this. Your change was not saved: reload and try again."))
    return found


def _refuse_tier(account: Account, now: datetime) -> None:
    contract = contract_in_force(account, now)
    tier = Tier(contract.tier) if contract else Tier.STANDARD
    if TierTerms.objects.filter(tier=tier, designated_engineer=True).exists():
        return
    having = TierTerms.objects.filter(designated_engineer=True).values_list("tier", flat=True)
    raise NotIncluded(
        _("%(account)s has %(tier)s, which does not include a designated engineer. Tiers that do: %(tiers)s.")
        % {
            "account": account.name,
            "tier": tier.label,
            "tiers": ", ".join(str(Tier(name).label) for name in having) or "–",
        },
        tier=tier.value,
    )


def _refuse_people(agent: Agent, backup: Agent | None) -> None:
    for person, field in ((agent, "agent"), (backup, "backup")):
        if person is not None and not person.user.is_active:
            raise DomainError(
                _("%(name)s has left the team. Select another person.") % {"name": person.name},
                code="inactive_agent",
                field=field,
            )
    if backup is not None and backup.pk == agent.pk:
        raise DomainError(
            _("%(name)s cannot be their own backup. Select another backup engineer, or none.") % {"name": agent.name},
            code="same_person", field="backup",
        )  # fmt: skip


def _begin(
    account: Account, region: Region, agent: Agent, backup: Agent | None, *, by: User, now: datetime
) -> DesignatedEngineer:
    try:
        with transaction.atomic():
            return DesignatedEngineer.objects.create(
                account=account, region=region, agent=agent, backup=backup, started_at=now, started_by=by
            )
    except IntegrityError:
        # The unique key decided: there is one already, perhaps since a moment ago.
        raise DomainError(
            _("%(account)s already has a designated engineer for %(region)s. Replace that engineer instead.")
            % {"region": region.name, "account": account.name},
            code="already_designated", field="region",
        ) from None  # fmt: skip


def _end(engineer: DesignatedEngineer, *, by: User, now: datetime, reason: str) -> None:
    # A row is never older than itself: a demonstration's clock may have been moved.
    engineer.ended_at = max(now, engineer.started_at) if engineer.started_at else now
    engineer.ended_by, engineer.reason = by, " ".join(reason.split())[:200]
    engineer.save(update_fields=["ended_at", "ended_by", "reason"])


def _roles(engineer: DesignatedEngineer) -> dict[str, Agent | None]:
    return {"engineer": engineer.agent, "backup": engineer.backup}


def _notify(engineer: DesignatedEngineer, *, before: str, now: datetime) -> None:
    """The account's administrators hear who it is now; with `ended`, that it is nobody."""
    outbox.write(
        "engineer_changed",
        key=f"engineer_changed:{engineer.pk}:{'ended' if engineer.ended_at else 'begun'}",
        recipients=admins_of(engineer.account_id),
        data={
            "account": engineer.account.name,
            "region": {"en": engineer.region.name_en, "fr": engineer.region.name_fr},
            "engineer": "" if engineer.ended_at else engineer.agent.name,
            "backup": engineer.backup.name if engineer.backup and not engineer.ended_at else "",
            "before": before,
        },
        now=now,
    )
