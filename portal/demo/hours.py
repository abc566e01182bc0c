"""The hours of Maple Freight and Kestrel Air: granted, booked, asked about, planned and delivered."""

from datetime import datetime, timedelta

from accounts.hours.domain import engagements, hours, hours_questions, hours_years
from accounts.models import HoursEntry
from portal.demo.cast import Stage, working_day
from portal.demo.script import typeset


def play(stage: Stage) -> None:
    """Grants when the contracts began, then the work of the last weeks."""
    for contact in ("claire", "tom"):
        contract = stage.contacts[contact].account.contracts.order_by("-starts_on").first()
        if contract:
            begun = datetime.combine(contract.starts_on, datetime.min.time(), stage.now.tzinfo) + timedelta(hours=24)
            hours_years.update_years_of(contract, now=min(begun, stage.now))
    _maple(stage)
    _kestrel(stage)


def _at(stage: Stage, region: str, days: int, hour: int) -> datetime:
    return working_day(stage.regions[region], days, now=stage.now).replace(hour=hour)


def _maple(stage: Stage) -> None:
    """Two and a half of eight hours are used; a plan waits for Claire."""
    claire, sam = stage.contacts["claire"], stage.agents["sam"]
    region = "canada-east"
    asked = engagements.request_engagement(
        by=claire,
        topic=typeset("Automatiser les exports douaniers"),
        wish=typeset("Que les exports partent chaque soir sans que personne n’y pense."),
        wished_dates="En soirée",
        now=_at(stage, region, 30, 10),
    )
    planned = engagements.plan_engagement(
        asked,
        plan=typeset("Relire les exports, écrire la tâche planifiée, la mettre à l’essai trois soirs de suite."),
        goals=typeset("Trois exports de suite sans intervention ; un message quand l’un d’eux échoue."),
        minutes=120,
        engineer=sam,
        by=sam.user,
        now=_at(stage, region, 28, 11),
    )
    accepted = engagements.accept_plan(planned, version=planned.version, by=claire, now=_at(stage, region, 27, 9))
    begins = _at(stage, region, 20, 14)
    engagements.schedule(
        accepted, starts_at=begins, ends_at=begins + timedelta(hours=2), by=sam.user, now=_at(stage, region, 26, 9)
    )
    engagements.deliver(
        accepted,
        minutes=105,
        result=typeset("Les exports partent à 20 h ; un échec ouvre un ticket P3."),
        by=sam.user,
        now=_at(stage, region, 20, 16),
    )
    hours.use(
        claire.account,
        45,
        work=typeset("Revue des droits de l’équipe de Montréal"),
        reference="Orlin Fleet",
        by=sam.user,
        engineer=sam,
        worked_on=_at(stage, region, 9, 15).date(),
        now=_at(stage, region, 9, 16),
    )
    second = engagements.request_engagement(
        by=claire,
        topic=typeset("Préparer la version 5"),
        wish=typeset("Savoir avant la mise à jour ce qui changera pour les quais."),
        now=_at(stage, region, 6, 10),
    )
    engagements.plan_engagement(
        second,
        plan=typeset("Comparer les réglages, répéter la mise à jour sur une copie, former deux personnes."),
        goals=typeset("Une liste des changements ; moins de dix minutes d’arrêt."),
        minutes=180,
        engineer=sam,
        by=sam.user,
        now=_at(stage, region, 4, 11),
    )


def _kestrel(stage: Stage) -> None:
    """Work in two regions, a question with its answer, and a correction that followed from it."""
    tom, lea, kenji = stage.contacts["tom"], stage.agents["lea"], stage.agents["kenji"]
    nadia = stage.user("nadia")
    hours.use(
        tom.account, 180, work="Crew roster import: mapping of the new codes", reference="Rosters 2", by=lea.user,
        engineer=lea, worked_on=_at(stage, "emea", 40, 12).date(), now=_at(stage, "emea", 40, 16),
    )  # fmt: skip
    doubled = hours.use(
        tom.account, 120, work="Workshop with the Tokyo station", reference="APAC onboarding", by=kenji.user,
        engineer=kenji, worked_on=_at(stage, "emea", 25, 9).date(), now=_at(stage, "emea", 25, 9),
    )  # fmt: skip
    question = hours_questions.ask(
        doubled, question="Yuki remembers one hour, not two. Can you check?", by=tom, now=_at(stage, "emea", 22, 10)
    )
    hours_questions.answer(
        question, answer="You are right: the second hour was ours. It is given back below.", by=nadia,
        now=_at(stage, "emea", 21, 15),
    )  # fmt: skip
    line = HoursEntry.objects.get(pk=doubled.pk)
    hours.correct(
        line.year, 60, reason="One hour of the workshop was booked by mistake", corrects=line, by=nadia,
        now=_at(stage, "emea", 21, 15) + timedelta(minutes=5),
    )  # fmt: skip
    asked = engagements.request_engagement(
        by=tom, topic="Disaster rehearsal", wish="Know that we can move to the second site within an hour.",
        wished_dates="A Sunday", now=_at(stage, "emea", 15, 11),
    )  # fmt: skip
    planned = engagements.plan_engagement(
        asked, plan="Write the run book, rehearse it once with your team, measure.",
        goals="The second site answers within 60 minutes.", minutes=360, engineer=lea, by=lea.user,
        now=_at(stage, "emea", 13, 11),
    )  # fmt: skip
    accepted = engagements.accept_plan(planned, version=planned.version, by=tom, now=_at(stage, "emea", 12, 9))
    begins = stage.now + timedelta(days=10)
    engagements.schedule(
        accepted, starts_at=begins, ends_at=begins + timedelta(hours=6), by=lea.user, now=_at(stage, "emea", 11, 9)
    )
