"""What happens to professional-services hours."""

from datetime import datetime

from accounts.contracts.domain import renewals
from accounts.hours.domain import engagements, hours, hours_questions, hours_years
from accounts.models import Engagement, HoursEntry
from tests.faults.registry import act
from tests.faults.world import DAY, World


def granted(_world: World, now: datetime) -> None:
    hours_years.update_contract_years(now=now)


@act(whole=False)
def update_hours(_world: World, now: datetime) -> None:
    hours_years.update_contract_years(now=now)


def a_year_later(_world: World, now: datetime) -> None:
    hours_years.update_contract_years(now=now - 400 * DAY)


@act(whole=False, before=a_year_later)
def close_a_year_and_open_the_next(_world: World, now: datetime) -> None:
    hours_years.update_contract_years(now=now)


@act(before=granted)
def use_hours(world: World, now: datetime) -> None:
    hours.use(world.account("gold"), 90, work="Review", by=world.staff("lea"), now=now)


@act(before=granted)
def correct_hours(world: World, now: datetime) -> None:
    year = hours.year_in_force(world.account("gold"), now)
    hours.correct(year, 60, reason="A gift", by=world.staff("nadia"), now=now)


@act(before=granted)
def ask_about_hours(world: World, now: datetime) -> None:
    line = HoursEntry.objects.of(world.account("gold")).first()
    hours_questions.ask(line, question="What is it?", by=world.contact("anna"), now=now)


@act(before=granted)
def request_engagement(world: World, now: datetime) -> None:
    engagements.request_engagement(by=world.contact("marc"), topic="Upgrade", wish="Be current.", now=now)


def planned(world: World, now: datetime) -> None:
    granted(world, now)
    asked = engagements.request_engagement(by=world.contact("marc"), topic="Upgrade", wish="Be current.", now=now)
    engagements.plan_engagement(
        asked, plan="Do it.", goals="Done.", minutes=240, engineer=world.agent("lea"), by=world.staff("lea"), now=now
    )


@act(before=planned)
def accept_a_plan(world: World, now: datetime) -> None:
    found = Engagement.objects.get()
    engagements.accept_plan(found, version=found.version, by=world.contact("anna"), now=now)


def accepted(world: World, now: datetime) -> None:
    planned(world, now)
    accept_a_plan(world, now)
    engagements.schedule(
        Engagement.objects.get(), starts_at=now + DAY, ends_at=now + 2 * DAY, by=world.staff("lea"), now=now
    )


@act(before=accepted)
def deliver_an_engagement(world: World, now: datetime) -> None:
    engagements.deliver(Engagement.objects.get(), minutes=180, result="Done.", by=world.staff("lea"), now=now)


@act(before=accepted)
def cancel_an_engagement(world: World, now: datetime) -> None:
    engagements.cancel(Engagement.objects.get(), words="Not now.", by=world.staff("lea"), now=now)


def ending_soon(world: World, now: datetime) -> None:
    contract = world.account("gold").contracts.get()
    contract.ends_on = (now + 20 * DAY).date()
    contract.save()


@act(whole=False, before=ending_soon)
def warn_of_a_contract_that_ends(_world: World, now: datetime) -> None:
    renewals.warn_of_ends(now=now)
