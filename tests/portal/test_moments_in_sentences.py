"""No French sentence of an explanation or a history is built around a colon with a moment behind it."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.utils import translation

from sla.core.domain.explanation import Recount, explain_clock
from sla.core.domain.wording import lines
from sla.core.enums import ChangeCause, ClockKind, Outcome, StartCause
from tests.factories import MONDAY_9AM, make_ticket
from tests.french import built_around_a_colon
from tickets.core.domain.history import sentence
from tickets.core.enums import EventKind, RoutedBy
from tickets.models import TicketEvent

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The four things that a change can do to the due moment: (moved, kept, applied).
EFFECTS = [(True, False, True), (False, True, False), (False, False, True), (False, False, False)]


def changes():
    for cause, (moved, kept, applied), dated in product(ChangeCause, EFFECTS, (None, MONDAY_9AM - 30 * DAY)):
        due = MONDAY_9AM + 3 * HOUR
        yield Recount(
            at=MONDAY_9AM + HOUR, cause=cause, by="Nadia", old_due_at=due, new_due_at=due - HOUR if moved else due,
            applied=applied, old_priority=3, new_priority=1, kept=kept, dated_at=dated,
        )  # fmt: skip


def said(explanation, *, zone_name):
    """As read on the day itself, on the next one and much later."""
    for now in (MONDAY_9AM, MONDAY_9AM + DAY, MONDAY_9AM + 400 * DAY):
        yield from (str(line) for line in lines(explanation, now=now, zone_name=zone_name))


@pytest.mark.parametrize("zone_name", ["Europe/Paris", "America/Toronto"])
def test_no_sentence_of_an_explanation(requester, zone_name):
    ticket = make_ticket(requester, now=MONDAY_9AM)
    found, sentences = [], 0
    with translation.override("fr"):
        for clock in ticket.clocks.all():
            known = replace(explain_clock(clock), paused_at=MONDAY_9AM - HOUR, recounts=list(changes()))
            for cause, outcome in product(StartCause, Outcome):
                ended = replace(
                    known, cause=cause, outcome=outcome, counted_from=MONDAY_9AM + HOUR,
                    stopped_at=MONDAY_9AM + 2 * HOUR,
                )  # fmt: skip
                for text in said(ended, zone_name=zone_name):
                    found += built_around_a_colon(text)
                    sentences += 1

    assert found == []
    assert sentences > 1000


def test_no_sentence_of_a_history(ticket):
    moments = {"old": MONDAY_9AM.isoformat(), "new": (MONDAY_9AM + HOUR).isoformat()}
    why = {"engineer": "Ann", "backup": "Ken", "missing": "language", "language": "fr"}
    data = [
        (EventKind.DUE_CHANGED, moments | {"cause": cause, "kind": kind, "dated_at": dated})
        for cause, kind, dated in product(ChangeCause, ClockKind, (None, MONDAY_9AM.isoformat()))
    ] + [
        (EventKind.ASSIGNED, {"to": "Ken", "routed_by": way, "why": why | away})
        for way in (RoutedBy.DESIGNATED, RoutedBy.BACKUP, RoutedBy.NOBODY)
        for away in ({"away_until": MONDAY_9AM.isoformat()}, {"off_until": MONDAY_9AM.isoformat()}, {})
    ]
    with translation.override("fr"):
        told = [sentence(TicketEvent(ticket=ticket, kind=kind, data=details)) for kind, details in data]

    assert [text for text in told if built_around_a_colon(text)] == []
    assert len(set(told)) > 20


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Réponse due avant\u00a0: mar. 10 nov. 20:30.", True),
        ("Ouvert\u00a0: aujourd’hui 09:00.", True),
        ("Prochaine tentative\u00a0: mardi 10 novembre à 15:00", True),
        ("Réponse au plus tard mardi 10 novembre à 20:30.", False),
        ("Heures ouvrées (France)\u00a0: lun.–ven. 09:00–18:00 (Paris).", False),
        ("Objet\u00a0: demandes de la semaine", False),
    ],
)
def test_a_colon_before_a_moment_is_found(text, found):
    assert bool(built_around_a_colon(text)) == found
