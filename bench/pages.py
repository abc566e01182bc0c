"""Pages and the API at 1 000, 10 000 and 100 000 tickets: CPU, database time and statements of one request.

Each request goes through the whole WSGI application in this process, so that its CPU time is the worker's. Beside it
the floors of the same run: a view that does nothing behind the same middleware, and the same rows by SQL and JSON.
"""

import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory

from accounts.identity.domain.tokens import create_token
from accounts.models import User
from bench.figures import Cost, count, measured, ms, ratio, show, typical
from bench.load import load
from bench.people import Cast
from bench.plans import scans
from portal.lib import clock
from tickets.core.pages.clock_box import mark_of
from tickets.models import Ticket

RUNS, WARM_UP = 25, 5
# Tables that grow with the history: reading one of them whole costs more every month.
GROWING = ("tickets_ticket", "tickets_message", "tickets_ticketevent", "sla_clock", "sla_clockevent", "portal_notice")

QUEUE_BY_HAND = """
SELECT t.id, t.subject, t.priority, t.status, t.next_due_at, a.name, ru.name, au.name,
       (SELECT json_agg(json_build_object('kind', c.kind, 'due', c.due_at))
        FROM sla_clock c WHERE c.ticket_id = t.id AND c.outcome = 'running')
FROM tickets_ticket t
JOIN accounts_account a ON a.id = t.account_id
JOIN accounts_contact r ON r.id = t.requester_id JOIN accounts_user ru ON ru.id = r.user_id
LEFT JOIN accounts_agent g ON g.id = t.assignee_id LEFT JOIN accounts_user au ON au.id = g.user_id
WHERE {where} ORDER BY {order} LIMIT {size}
"""
LIVE = "t.status IN ('new', 'on_hold', 'open', 'waiting')"


@dataclass(frozen=True)
class Request:
    """One address, how the reader is known there, and what it answers."""

    name: str
    path: str
    headers: dict[str, str]
    status: int = 200


def main(*, quick: bool) -> None:
    sizes = (300, 3_000) if quick else (1_000, 10_000, 100_000)
    rows: dict[str, list[list[str]]] = {}
    first: dict[str, Cost] = {}
    read: dict[str, list[str]] = {}
    for size in sizes:
        begun = time.monotonic()
        cast = load(size, now=clock.now())
        print(f"  {count(size)} tickets loaded in {time.monotonic() - begun:.0f} s", flush=True)
        floor: Cost | None = None
        for name, act in work(cast):
            try:
                cost = measure(act)
            except UnexpectedAnswer as answered:
                rows.setdefault(name, []).append([name, count(size), str(answered), *["–"] * 6])
                continue
            floor = floor or cost
            first.setdefault(name, cost)
            rows.setdefault(name, []).append(line(name, size, cost, floor, first[name]))
            read[name] = sorted({step for sql, params in cost.statements for step in reads(sql, params)})
    show(
        f"Pages and API (milliseconds per request, median of {RUNS}; the first row is the floor)",
        ("page", "tickets", "CPU", "server CPU", "waiting for DB", "statements", "to floor",
         f"CPU to {count(sizes[0])}", f"DB to {count(sizes[0])}"),
        [row for group in rows.values() for row in group],
    )  # fmt: skip
    print(f"  What is read of the tables that grow, at {count(sizes[-1])} tickets:")
    for name, steps in read.items():
        if steps:
            print(f"    {name}: {', '.join(steps)}")
    print(flush=True)


def line(name: str, size: int, cost: Cost, floor: Cost, first: Cost) -> list[str]:
    return [
        name,
        count(size),
        ms(cost.cpu),
        ms(cost.server),
        ms(cost.database),
        count(len(cost.statements)),
        ratio(cost.cpu, floor.cpu),
        ratio(cost.cpu, first.cpu),
        ratio(cost.server or cost.database, first.server or first.database),
    ]


def work(cast: Cast) -> list[tuple[str, Callable[[], object]]]:
    """What is measured, floors first."""
    warnings.filterwarnings("ignore", message="No directory at")  # static files are not measured
    handler = WSGIHandler()
    newest = f"t.account_id = {cast.large.pk}"
    return [
        ("floor: /live", lambda: answer(handler, Request("", "/live", {}))),
        ("floor: 50 queue rows by SQL", lambda: by_hand(LIVE, "t.next_due_at, t.id", 50)),
        ("floor: 25 newest of an account by SQL", lambda: by_hand(newest, "t.id DESC", 25)),
        *((request.name, partial(answer, handler, request)) for request in requests(cast)),
    ]


def requests(cast: Cast) -> list[Request]:
    agent, customer = signed_in(cast.agents[0].user), signed_in(cast.reader.user)
    now = clock.now()
    _token, secret = create_token(
        user=cast.reader.user, contact=cast.reader, name="Measurements", scopes=["read"], days=1, now=now
    )  # fmt: skip
    token = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    live = Ticket.objects.live().filter(account=cast.large, next_due_at__gt=now + timedelta(hours=3)).order_by("-pk")[0]
    mark = mark_of(live, list(live.clocks.running()), now=now)
    return [
        Request("desk: my day", "/desk/", agent),
        Request("desk: team queue, 50 rows", "/desk/tickets/ticket/?view=team", agent),
        Request("desk: own queue", "/desk/tickets/ticket/?view=mine", agent),
        Request("desk: solved and closed, 50 rows", "/desk/tickets/ticket/?view=done", agent),
        Request("desk: ticket", f"/desk/tickets/ticket/{live.pk}/change/", agent),
        Request("portal: home", "/home/", customer),
        Request("portal: list, 25 rows", "/tickets/?tab=organisation", customer),
        Request("portal: ticket", f"/tickets/{live.number}/", customer),
        Request(
            "portal: unchanged tick", f"/tickets/{live.number}/?mark={mark}", customer | {"HX-Request": "true"}, 204
        ),
        Request("API: list of 25", "/api/v1/tickets", token),
        Request("API: ticket", f"/api/v1/tickets/{live.number}", token),
    ]


def signed_in(user: User) -> dict[str, str]:
    """The cookie of a session of this person."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}


def measure(act: Callable[[], object]) -> Cost:
    for _ in range(WARM_UP):
        act()
    costs = []
    for _ in range(RUNS):
        with measured() as cost:
            act()
        costs.append(cost)
    return typical(costs)


class UnexpectedAnswer(Exception):
    """The page did not answer as it does for people."""


def answer(handler: WSGIHandler, request: Request) -> None:
    """One request through every middleware, read to its end. Raises UnexpectedAnswer."""
    status: list[str] = []
    environ = RequestFactory(headers=request.headers, SERVER_NAME="localhost").get(request.path).environ
    response = handler(environ, lambda line, headers, error=None: status.append(line))
    for _part in response:
        pass
    response.close()
    if not status[0].startswith(str(request.status)):
        raise UnexpectedAnswer(f"answers {status[0][:3]}")


def by_hand(where: str, order: str, size: int) -> None:
    """The same rows without models, templates or serializers."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_BY_HAND.format(where=where, order=order, size=size))
        json.dumps(cursor.fetchall(), default=str)


def reads(sql: str, params: Any) -> list[str]:
    if not sql.lstrip().startswith("SELECT"):
        return []
    return [step for step in scans(sql, params) if step.startswith((*GROWING, "bitmap"))]
