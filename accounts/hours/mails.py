"""Mails about professional-services hours and about contracts that end."""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.core.domain.entitlements import following_of
from accounts.core.enums import EngagementState
from accounts.core.models import Contract
from accounts.hours.models import Engagement, HoursQuestion
from portal.lib import outbox
from portal.lib.durations import say_hours
from portal.lib.outbox import Notice, Withdrawn


@outbox.completes("engagement")
def engagement(notice: Notice) -> dict[str, Any]:
    """One kind for every step: what changed is said from the step, the rest from the engagement as it is now."""
    found = Engagement.objects.for_page().filter(pk=notice.data["engagement"]).first()
    if found is None:
        raise Withdrawn("the engagement is gone")
    staff = notice.recipient.is_staff
    page = "admin:accounts_engagement_change" if staff else "accounts:engagement"
    last = found.events.filter(state=notice.data["state"]).last()
    return {
        "topic": found.topic,
        "account": found.account.name,
        "step": EngagementState(notice.data["state"]).value,
        "words": last.words if last else "",
        "engagement": found,
        "hours": say_hours(found.planned_minutes) if found.planned_minutes else "",
        "staff": staff,
        "url": f"{settings.SITE_URL}{reverse(page, args=[found.pk])}",
        "thread": f"engagement:{found.pk}",
    }


@outbox.completes("hours_question")
@outbox.completes("hours_answer")
def question(notice: Notice) -> dict[str, Any]:
    asked = HoursQuestion.objects.select_related("entry__year__contract__account", "asked_by", "answered_by").get(
        pk=notice.data["question"]
    )
    line = asked.entry
    if notice.recipient.is_staff:
        path = reverse("admin:accounts_hoursyear_change", args=[line.year_id])
    else:
        path = reverse("accounts:hours")
    return {
        "question": asked,
        "line": line,
        "account": line.year.contract.account.name,
        "url": f"{settings.SITE_URL}{path}#line-{line.number}",
        "thread": f"hours-question:{asked.pk}",
    }


@outbox.completes("hours_expire")
def hours_expire(notice: Notice) -> dict[str, Any]:
    return {
        "hours": say_hours(notice.data["minutes"]),
        "ends_on": date.fromisoformat(notice.data["ends_on"]),
        "url": f"{settings.SITE_URL}{reverse('accounts:hours')}",
    }


@outbox.completes("contract_ends")
def contract_ends(notice: Notice) -> dict[str, Any]:
    """Withdrawn when a contract was signed that follows, or the last day was moved meanwhile."""
    contract = Contract.objects.select_related("account").filter(pk=notice.data["contract"]).first()
    if contract is None or contract.ends_on.isoformat() != notice.data["ends_on"]:
        raise Withdrawn("the contract has another last day")
    if following_of(contract):
        raise Withdrawn("another contract follows")
    staff = notice.recipient.is_staff
    path = (
        reverse("admin:accounts_account_change", args=[contract.account_id]) if staff else reverse("accounts:account")
    )
    return {
        "contract": contract,
        "account": contract.account.name,
        "tier": contract.get_tier_display(),
        "ends_on": contract.ends_on,
        "staff": staff,
        "url": f"{settings.SITE_URL}{path}",
    }
