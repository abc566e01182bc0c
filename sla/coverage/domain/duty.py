"""Who is on: agents in the business hours of their regions, without those who are away; outside them, who is on call.

The desk follows the sun.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from accounts.models import Agent, AwayPeriod, Region
from sla.business_time import BusinessCalendar, NoOpenTime
from sla.core.domain.calendars import business_calendar
from sla.coverage.domain.on_call import OnCall, on_call_now

# Far beyond any desk; keeps one statement from reading a table that went wrong.
MOST_AGENTS = 1000
# An absence after an absence after an absence: who is away longer than this is not waited for.
MOST_ABSENCES = 50


@dataclass(frozen=True)
class Post:
    """A region in which an agent works, with its hours."""

    region: Region
    hours: BusinessCalendar

    def closes_at(self, at: datetime) -> datetime | None:
        try:
            return self.hours.next_closing(at)
        except NoOpenTime:
            return None


@dataclass(frozen=True)
class Duty:
    """One agent: where they work and when they are away (`away`: begun and coming absences, in order)."""

    agent: Agent
    posts: tuple[Post, ...]
    away: tuple[tuple[datetime, datetime], ...]

    def speaks(self, language: str) -> bool:
        return language in self.agent.languages

    def away_until(self, at: datetime) -> datetime | None:
        """The end of the absence that covers `at`; absences that follow each other directly are one."""
        until: datetime | None = None
        for starts_at, ends_at in self.away:
            if starts_at <= (until or at) < ends_at:
                until = ends_at
        return until

    def open_posts(self, at: datetime) -> list[Post]:
        """Where they are on at `at`; nowhere while they are away."""
        return [] if self.away_until(at) else [post for post in self.posts if post.hours.is_open(at)]

    def is_on(self, at: datetime) -> bool:
        return bool(self.open_posts(at))

    def off_at(self, at: datetime, post: Post) -> datetime | None:
        """When the stretch that holds `at` ends at this post: closing time, or the beginning of an absence."""
        closes = post.closes_at(at)
        ends = [moment for moment in (closes, *(start for start, _end in self.away if start > at)) if moment]
        return min(ends, default=None)

    def next_on(self, at: datetime) -> datetime | None:
        """The first moment at or after `at` at which they are on; None when none comes within reach."""
        for _absence in range(MOST_ABSENCES):
            openings = [opening for post in self.posts if (opening := _opening(post, at))]
            if not openings:
                return None
            at = min(openings)
            back = self.away_until(at)
            if back is None:
                return at
            at = back
        return None

    def is_there_by(self, due_at: datetime, *, now: datetime) -> bool:
        """On now, or soon enough to keep a promise due at `due_at`. Who works in no region keeps hours of their own."""
        if self.away_until(now):
            return False
        if not self.posts:
            return True
        opening = self.next_on(now)
        return opening is not None and opening < due_at


def _opening(post: Post, at: datetime) -> datetime | None:
    try:
        return post.hours.next_opening(at)
    except NoOpenTime:
        return None


def duties(agents: QuerySet[Agent], *, now: datetime) -> list[Duty]:
    """The duties of these agents, whoever has left excepted, in the order of their keys. Three statements."""
    rows = agents.filter(user__is_active=True).select_related("user").order_by("pk")
    rows = rows.prefetch_related(
        Prefetch("regions", queryset=Region.objects.select_related("calendar"), to_attr="places"),
        Prefetch(
            "away_periods", queryset=AwayPeriod.objects.not_over(now).order_by("starts_at"), to_attr="coming_absences"
        ),
    )
    return [duty_of(agent, agent.places, agent.coming_absences) for agent in rows[:MOST_AGENTS]]


def duty_of(agent: Agent, regions: Iterable[Region], absences: Iterable[AwayPeriod]) -> Duty:
    """The duty of one agent from rows that were read; a region without hours is no post."""
    calendars = [(region, getattr(region, "calendar", None)) for region in regions]
    return Duty(
        agent,
        tuple(Post(region, business_calendar(calendar)) for region, calendar in calendars if calendar),
        tuple((absence.starts_at, absence.ends_at) for absence in absences),
    )


@dataclass(frozen=True)
class OnNow:
    """One language in one region that is open: who speaks it there, and until when the last of them is on."""

    region: Region
    language: str
    agents: tuple[Agent, ...]
    until: datetime | None


@dataclass(frozen=True)
class Opening:
    """When and where somebody who speaks a language is on next."""

    region: Region
    at: datetime


@dataclass(frozen=True)
class Coverage:
    """The desk at one moment, region by region and language by language."""

    now: datetime
    duties: tuple[Duty, ...]

    @property
    def languages(self) -> list[str]:
        """Every language that anybody speaks, English first."""
        spoken = {language for duty in self.duties if duty.posts for language in duty.agent.languages}
        return sorted(spoken, key=lambda language: (language != "en", language))

    @property
    def regions(self) -> list[Region]:
        """Every region that anybody works in."""
        found = {post.region.pk: post.region for duty in self.duties for post in duty.posts}
        return sorted(found.values(), key=lambda region: region.name_en)

    def on_now(self, language: str, region: Region | None = None) -> list[OnNow]:
        """Where somebody who speaks `language` is on, the longest stretch first."""
        found: dict[int, list[tuple[Duty, Post]]] = {}
        for duty in self.duties:
            if duty.speaks(language):
                for post in duty.open_posts(self.now):
                    if region is None or region.pk == post.region.pk:
                        found.setdefault(post.region.pk, []).append((duty, post))
        rows = [
            OnNow(
                region=pairs[0][1].region,
                language=language,
                agents=tuple(duty.agent for duty, _post in pairs),
                until=max((off for duty, post in pairs if (off := duty.off_at(self.now, post))), default=None),
            )
            for pairs in found.values()
        ]
        return sorted(
            rows, key=lambda row: (row.until is not None, -(row.until or self.now).timestamp(), row.region.pk)
        )

    @cached_property
    def _called(self) -> list[OnCall]:
        return on_call_now(self.now)

    def on_call(self, language: str, region: Region | None = None) -> list[OnCall]:
        """Who is on call, in the regions where nobody who speaks `language` is on. Two statements, the first time."""
        open_now = {row.region.pk for row in self.on_now(language, region)}
        return [
            row
            for row in self._called
            if row.language == language
            and row.region.pk not in open_now
            and (region is None or row.region.pk == region.pk)
        ]

    def answering(self, language: str, region: Region) -> list[Agent]:
        """Who is to hear of a ticket at once: those on in its region, else on call for it; else on, then on call,
        anywhere else, as pages and /coverage say it of the language.
        """
        if rows := self.on_now(language, region):
            return list(rows[0].agents)
        called = self.on_call(language, region)
        return [row.agent for row in called] or self.anywhere(language)

    def anywhere(self, language: str) -> list[Agent]:
        """Who answers in a language, wherever: those in business hours, else those on call."""
        on = [agent for row in self.on_now(language) for agent in row.agents]
        return list(dict.fromkeys(on or [row.agent for row in self.on_call(language)]))

    def next_opening(
        self, language: str, *, after: datetime | None = None, region: Region | None = None
    ) -> Opening | None:
        """When somebody who speaks `language` is on, at or after a moment (default: now); None: nobody in sight."""
        at = after or self.now
        found: list[Opening] = []
        for duty in self.duties:
            if not duty.speaks(language):
                continue
            for post in duty.posts:
                if region is None or region.pk == post.region.pk:
                    opening = Duty(duty.agent, (post,), duty.away).next_on(at)
                    found += [Opening(post.region, opening)] if opening else []
        return min(found, key=lambda opening: (opening.at, opening.region.pk), default=None)

    def hand_over(self, language: str) -> Opening | None:
        """Who goes on in `language` when the last of those who are on now stops; None when nobody is on."""
        stops = [row.until for row in self.on_now(language) if row.until]
        return self.next_opening(language, after=max(stops)) if stops else None


def coverage_now(now: datetime) -> Coverage:
    """Who is on now, per region and language. Three statements, whatever the size of the history."""
    return Coverage(now, tuple(duties(Agent.objects.all(), now=now)))
