"""What the page about attainment was asked, read from the address literally or not at all; and the form to ask."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.core.enums import Tier
from accounts.models import Account, Agent, Region
from sla.attainment.desk.clock_filters import NONE
from sla.attainment.domain.attainment_wording import say_month
from sla.attainment.domain.endings import NOBODY, Filters
from sla.attainment.domain.periods import Period, read_period
from sla.core.enums import ClockKind, GroupBy, Priority, priority_choices

# Everything the address may ask; another name is refused.
PARAMETERS = frozenset(
    {"period", "from", "to", "by", "kind", "tier", "priority", "account", "region", "agent", "format"}
)
LAST_DAYS = {"last_30": 30, "last_90": 90, "last_365": 365}
USUAL, BETWEEN = "last_90", "days"
MONTHS_OFFERED = 24
# The select of accounts stops here; beyond it, the lines of a report lead to each account.
MOST_ACCOUNTS = 200


class BadDays(ValueError):
    """Two days that make no period; the page says so and shows the usual one."""


@dataclass(frozen=True)
class Question:
    """A period by its name in the address, lines and filters."""

    name: str
    period: Period
    group_by: GroupBy
    filters: Filters

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters as the address has them."""
        given = {name: str(value) for name, value in self.filters.given.items()}
        return given | ({"agent": NONE} if self.filters.agent == NOBODY else {})

    def url(self, **changes: str) -> str:
        """This question, or another one: a changed parameter that is empty goes."""
        asked = {"period": self.name, "by": self.group_by.value, **self.narrowed}
        if self.name == BETWEEN:
            asked |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return "?" + urlencode({name: value for name, value in (asked | changes).items() if value})


def read(query: QueryDict, *, today: date) -> Question:
    """The question in an address. Raises SuspiciousOperation (400) for what no link of ours asks, BadDays for days."""
    if set(query) - PARAMETERS:
        raise SuspiciousOperation("unknown parameter")
    given = {name: query[name] for name in query if query[name]}
    name = given.get("period", USUAL)
    filters = Filters(
        kind=_choice(ClockKind, given.get("kind")),
        tier=_choice(Tier, given.get("tier")),
        priority=_choice(Priority, given.get("priority")),
        account=_key(given.get("account")),
        region=_key(given.get("region")),
        agent=NOBODY if given.get("agent") == NONE else _key(given.get("agent")),
    )
    group_by = _choice(GroupBy, given.get("by", GroupBy.TIER_PRIORITY))
    return Question(name, _period(name, given, today=today), group_by, filters)


def _choice(choices: Any, value: str | None) -> Any:
    if value is None:
        return None
    known = {str(choice.value): choice for choice in choices}
    if value not in known:
        raise SuspiciousOperation("unknown choice")
    return known[value]


def _key(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 15 and int(value)):
        raise SuspiciousOperation("unknown row")
    return int(value)


def _period(name: str, given: dict[str, str], *, today: date) -> Period:
    if name in LAST_DAYS:
        return Period.last_days(LAST_DAYS[name], today)
    if name == "this_month":
        return Period.month_of(today)
    if name == "last_month":
        return Period.month_of(today).before()
    if name == BETWEEN:
        try:
            return read_period(f"{given.get('from', '')}..{given.get('to', '')}")
        except ValueError:
            raise BadDays from None
    try:
        return Period.month_of(read_period(f"{name}-01..{name}-01").first)
    except ValueError:
        raise SuspiciousOperation("unknown period") from None


def period_words(name: str) -> str:
    """`Last 90 days`; empty for days and months, which say themselves."""
    return dict(_named()).get(name, "")


def _named() -> list[tuple[str, str]]:
    return [
        ("this_month", _("This month")),
        ("last_month", _("Last month")),
        ("last_30", _("Last 30 days")),
        ("last_90", _("Last 90 days")),
        ("last_365", _("Last 365 days")),
    ]


def selects(question: Question, *, today: date) -> list[dict[str, Any]]:
    """The form as selects (name, label, options), each option with whether it is chosen."""
    months = [Period.month_of(today)]
    while len(months) < MONTHS_OFFERED:
        months.append(months[-1].before())
    periods = [*_named(), *((f"{month.first:%Y-%m}", say_month(month.first)) for month in months)]
    if question.name == BETWEEN:
        periods = [(BETWEEN, _("Selected dates")), *periods]
    everything = [("", _("All"))]
    choices: list[tuple[str, str, list[tuple[Any, Any]]]] = [
        ("period", _("Period"), periods),
        ("by", _("Group by"), list(GroupBy.choices)),
        ("kind", _("Kind"), everything + list(ClockKind.choices)),
        ("tier", _("Tier"), everything + list(Tier.choices)),
        ("priority", _("Priority"), everything + priority_choices()),
        ("account", _("Account"), everything + _accounts(question.filters.account)),
        ("region", _("Region"), everything + [(region.pk, region.name) for region in Region.objects.all()]),
        ("agent", _("Agent"), everything + [*_agents(), (NONE, _("customer or automatic task"))]),
    ]
    chosen = {"period": question.name, "by": question.group_by.value, **question.narrowed}
    return [
        {
            "name": name,
            "label": label,
            "options": [(value, text, str(value) == chosen.get(name, "")) for value, text in options],
            "is_set": name in question.narrowed,
        }
        for name, label, options in choices
    ]


def _accounts(chosen: int | None) -> list[tuple[int, str]]:
    rows = list(Account.objects.order_by("name").values_list("pk", "name")[:MOST_ACCOUNTS])
    if chosen and chosen not in dict(rows):
        rows = [*Account.objects.filter(pk=chosen).values_list("pk", "name"), *rows]
    return rows


def _agents() -> list[tuple[int, str]]:
    return list(Agent.objects.order_by("user__name").values_list("pk", "user__name"))


def usual(*, today: date) -> Question:
    """What the page shows to who asked nothing."""
    return Question(USUAL, Period.last_days(LAST_DAYS[USUAL], today), GroupBy.TIER_PRIORITY, Filters())
