"""Continuity: how many of an account's tickets were handled by the engineer who is designated for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, Subquery

from accounts.models import Account, DesignatedEngineer
from tickets.core.domain.queue import Bounded
from tickets.core.enums import AuthorKind
from tickets.core.models import Message, Ticket

LOOK_BACK = timedelta(days=90)
# More answers than that on one ticket decide nothing more.
MOST_ANSWERS = 200


@dataclass(frozen=True, slots=True)
class Share:
    """Of `tickets` that got an answer, those handled by the engineer, and those handled by the back-up."""

    tickets: int = 0
    by_engineer: int = 0
    by_backup: int = 0

    @property
    def of_engineer(self) -> float | None:
        return self.by_engineer / self.tickets if self.tickets else None

    @property
    def of_both(self) -> float | None:
        return (self.by_engineer + self.by_backup) / self.tickets if self.tickets else None

    def __add__(self, other: "Share") -> "Share":
        return Share(
            self.tickets + other.tickets, self.by_engineer + other.by_engineer, self.by_backup + other.by_backup
        )


@dataclass(frozen=True)
class Continuity:
    """The last 90 days of an account: as a whole, by region (its key) and by engineer (the key of the agent)."""

    whole: Share
    regions: dict[int, Share]
    engineers: dict[int, Share]


def continuity(account: Account, now: datetime) -> Continuity:
    """Who handled the tickets of the last 90 days that had a designated engineer when they were opened.

    Handled: gave the first answer, or more than half of all answers. A ticket counts once, for the engineer before the
    back-up. One statement, over the account's tickets of these days through their index.
    """
    designated = DesignatedEngineer.objects.filter(account=account, region=OuterRef("region")).filter(
        Q(started_at=None) | Q(started_at__lte=OuterRef("opened_at")),
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("opened_at")),
    )
    answers = Message.objects.filter(ticket=OuterRef("pk"), author_kind=AuthorKind.AGENT).order_by()
    first = answers.order_by("created_at", "pk").values("author")[:1]
    rows = (
        Ticket.objects.filter(account=account, opened_at__gte=now - LOOK_BACK, opened_at__lte=now)
        .order_by()
        .annotate(
            engineer=Subquery(designated.values("agent")[:1]),
            engineer_user=Subquery(designated.values("agent__user")[:1]),
            backup_user=Subquery(designated.values("backup__user")[:1]),
            first_author=Subquery(first),
        )
        .exclude(engineer=None)
        .exclude(first_author=None)
        .annotate(
            answers=Bounded(answers.values("pk")[:MOST_ANSWERS]),
            of_engineer=Bounded(answers.filter(author=OuterRef("engineer_user")).values("pk")[:MOST_ANSWERS]),
            of_backup=Bounded(answers.filter(author=OuterRef("backup_user")).values("pk")[:MOST_ANSWERS]),
        )
    )
    engineer = Q(first_author=F("engineer_user")) | Q(of_engineer__gt=F("answers") - F("of_engineer"))
    backup = Q(first_author=F("backup_user")) | Q(of_backup__gt=F("answers") - F("of_backup"))
    grouped = rows.values("region", "engineer").annotate(
        tickets=Count("pk"), by_engineer=Count("pk", filter=engineer), by_backup=Count("pk", filter=backup & ~engineer)
    )
    regions: dict[int, Share] = {}
    engineers: dict[int, Share] = {}
    for row in grouped:
        share = Share(row["tickets"], row["by_engineer"], row["by_backup"])
        regions[row["region"]] = regions.get(row["region"], Share()) + share
        engineers[row["engineer"]] = engineers.get(row["engineer"], Share()) + share
    return Continuity(sum(regions.values(), Share()), regions, engineers)
