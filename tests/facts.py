"""Reads the same fact on every page and API answer that shows it, each in the way that its reader reads it.

`read(world, now)` returns, for each fact, what each face says; the first face is the domain's own answer. A fact that
two faces say differently is a fault, whichever of them is right.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.core.domain.entitlements import entitlements_of
from accounts.hours.domain import hours
from accounts.models import Account, Agent, Contact, Meeting
from accounts.seats.domain.seats import seat_plan
from portal.lib import outbox
from portal.lib.durations import say_day_of_year, say_duration, say_hours, say_moment
from portal.lib.outbox import Notice, Withdrawn
from portal.lib.zones import zone
from sla.attainment.domain.attainment import figures_by_kind
from sla.attainment.domain.periods import Period, utc_day
from sla.core.domain.terms import MINUTE, matrix
from sla.core.enums import ClockKind
from sla.coverage.domain.duty import coverage_now
from sla.models import Clock
from tests.api import Caller
from tests.factories import MONDAY_9AM
from tickets.core.mails.about import say_dated_by
from tickets.models import Ticket

Faces = dict[str, Any]


@dataclass
class World:
    """One account with its people, and a browser and a program for each side."""

    account: Account
    customer: Contact
    agent: Agent
    portal: Client = field(default_factory=Client)
    desk: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.sign_in(MONDAY_9AM)

    def sign_in(self, now: datetime) -> None:
        """Afresh, because sessions and tokens end after a while."""
        with time_machine.travel(now, tick=False):
            for client, person in ((self.portal, self.customer), (self.desk, self.agent)):
                client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
        self.program, self.colleague = Caller(self.customer, now=now), Caller(self.agent, now=now)

    def staff_api(self, path: str, now: datetime) -> Any:
        return self._ask(self.colleague, path, now)

    def api(self, path: str, now: datetime) -> Any:
        return self._ask(self.program, path, now)

    def _ask(self, program: Caller, path: str, now: datetime) -> Any:
        cache.clear()  # the limits are tested elsewhere
        program.now = now
        answer = program.get(path)
        assert answer.status_code in {200, 404}, answer.content
        return answer.json() if answer.status_code == 200 else None


def plain(html: str) -> str:
    """The text of a page on one line."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", text).replace("\xa0", " ").replace("&amp;", "&").split())


def find(pattern: str, text: str) -> tuple[str, ...] | None:
    found = re.search(pattern, text)
    return found.groups() if found else None


def moments_in(html: str) -> list[datetime]:
    return [datetime.fromisoformat(at) for at in re.findall(r'<time datetime="([^"]+)"', html)]


def part(html: str, start: str, end: str) -> str:
    """What stands between two marks; empty when the first is not there."""
    _before, found, rest = html.partition(start)
    return rest.partition(end)[0] if found else ""


def read(world: World, now: datetime) -> dict[str, Faces]:
    """fact → face → what it says, at `now`."""
    world.sign_in(now)
    with time_machine.travel(now, tick=False), timezone.override(zone("Europe/Paris")):
        pages = {
            name: world.portal.get(path).content.decode()
            for name, path in {
                "home": "/home/", "account": "/account/", "contacts": "/account/contacts/", "hours": "/account/hours/",
                "new": "/tickets/new/", "meetings": "/account/meetings/", "work": "/account/hours/engagements/new/",
                "help": "/help/", "list": "/tickets/?tab=organisation",
            }.items()
        }  # fmt: skip
        pages["desk account"] = world.desk.get(f"/desk/accounts/account/{world.account.pk}/change/").content.decode()
        pages["desk index"] = world.desk.get("/desk/").content.decode()
        facts = {
            **seats(world, pages, now),
            **balance(world, pages, now),
            **contract(world, pages, now),
            **next_meeting(world, pages, now),
            **overdue(world, pages, now),
            **check_ins(world, pages, now),
            **attainment(world, pages, now),
            **who_is_on(world, pages, now),
            **targets(world, pages, now),
        }
        for ticket in Ticket.objects.live().filter(account=world.account).order_by("pk"):
            facts |= promises(world, pages, ticket, now)
    return facts


# --- What the account has -------------------------------------------------------------------------------------------


def seats(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    plan = seat_plan(world.account, now)
    api = world.api("/seats", now)
    used = r"(\d+) of (\d+) used"
    row = statement_row(pages["account"], "Premium contacts")
    here = (str(plan.used), str(plan.limit))
    faces: Faces = {
        "domain": here,
        "home": find(used, plain(part(pages["home"], "Premium seats", "</dd>"))),
        "contacts": find(used, plain(pages["contacts"])),
        "new ticket": find(r"(\d+) of (\d+) Premium seats are used", plain(pages["new"])),
        "api": (str(api["used"]), str(api["limit"])),
        "statement": (row[2], (find(r"(\d+) seat", row[1]) or ("",))[0]),
        "desk": find(r"(\d+) of (\d+)", plain(part(pages["desk account"], 'id="a-seats"', "</h2>"))),
    }
    over = str(len(plan.over_limit))
    return {
        "seats": faces,
        "seats over the limit": {
            "domain": over,
            "contacts": str(part(pages["contacts"], "<tbody>", "</tbody>").count("over the limit")),
            "api": str(sum(seat["over_limit"] for seat in api["seats"])),
            "desk": str(plain(part(pages["desk account"], 'id="a-seats"', "</ul>")).count("over the limit")),
        },
        "seats free": {"domain": str(plan.free), "api": str(api["free"]), "statement": row[3]},
    }


def statement_row(html: str, name: str) -> list[str]:
    """The cells of one line of the statement: name, included, used, left."""
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", part(html, 'class="facts-table statement"', "</table>"), re.DOTALL):
        cells = [plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        if cells and cells[0] == name:
            return cells
    return ["", "", "", ""]


def balance(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    year = hours.year_in_force(world.account, now)
    if year is None:
        return {}
    known = hours.balance_of(year)
    api = world.api("/ps-balance", now)
    row = statement_row(pages["account"], "Professional services")
    desk_page = plain(world.desk.get(f"/desk/accounts/hoursyear/{year.pk}/change/").content.decode())
    summed = r"([\d.]+) h available ([\d.]+) h in total: ([\d.]+) h used, ([\d.]+) h reserved"
    desk = find(summed, desk_page) or ("",) * 4
    parts = dict(
        re.findall(r"(Available|Used|Reserved|Total) ([\d.]+) h", plain(part(pages["hours"], "hours-parts", "</dl>")))
    )
    home = find(r"([\d.]+) of ([\d.]+) h available", plain(pages["home"])) or ("", "")
    listed = plain(world.desk.get("/desk/accounts/hoursyear/").content.decode())
    return {
        "hours available": {
            "domain": say_hours(known.available), "home": home[0], "hours": parts.get("Available"), "desk": desk[0],
            "heading": (find(r"([\d.]+) h available until", plain(pages["hours"])) or ("",))[0],
            "statement": (find(r"^([\d.]+) h", row[3]) or ("",))[0], "api": say_hours(api["available_minutes"]),
            "new work": (find(r"You have ([\d.]+) h available", plain(pages["work"])) or ("",))[0],
            "desk list": (find(rf"{re.escape(world.account.name)} .*?([\d.]+) h", listed) or ("",))[0],
        },
        "hours granted": {
            "domain": say_hours(known.granted), "home": home[1], "hours": parts.get("Total"), "desk": desk[1],
            "statement": (find(r"^([\d.]+) h", row[1]) or ("",))[0], "api": say_hours(api["granted_minutes"]),
        },
        "hours used": {
            "domain": say_hours(known.used), "hours": parts.get("Used"), "desk": desk[2],
            "statement": (find(r"^([\d.]+) h", row[2]) or ("",))[0], "api": say_hours(api["used_minutes"]),
        },
        "hours reserved": {
            "domain": say_hours(known.reserved), "hours": parts.get("Reserved"), "desk": desk[3],
            "statement": (find(r"([\d.]+) h reserved", row[3]) or ("0",))[0], "api": say_hours(api["reserved_minutes"]),
        },
    }  # fmt: skip


def contract(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    found = entitlements_of(world.customer, now)
    api, me = world.api("/account", now), world.api("/me", now)
    if found.contract is None:
        return {"contract": {"domain": None, "api": api["contract"]}}
    until = say_day_of_year(found.contract.ends_on)
    card = plain(part(pages["account"], 'id="plan-title"', "</section>"))
    return {
        "contract end": {
            "domain": until,
            "home": (find(r"Contract until (\d+ \w+ \d+)", plain(pages["home"])) or ("",))[0],
            "account": (find(r"– (\d+ \w+ \d+)", card) or ("",))[0],
            "api": say_day_of_year(datetime.fromisoformat(api["contract"]["ends_on"]).date()),
        },
        "tier of the account": {
            "domain": str(found.account_tier.label),
            "home": plain(part(part(pages["home"], 'id="plan-title"', "</section>"), "<strong>", "</strong>")),
            "account": plain(part(pages["account"], 'id="plan-title">', "</h2>")),
            "desk": (find(r"(Premium \w+|Standard) until", plain(pages["desk account"])) or ("",))[0],
        },
        "tier of the person": {
            "domain": found.tier.value, "api": me["entitlement"]["tier"],
            "new ticket": found.tier.value if f"<strong>{found.tier.label}</strong>" in pages["new"] else "another",
        },
        "why": {
            "domain": found.reason, "api": me["entitlement"]["reason"],
            "home": found.reason if found.reason in plain(pages["home"]) else "another",
            "account": found.reason if found.reason in plain(pages["account"]) else "another",
            "new ticket": found.reason if found.reason in plain(pages["new"]) else "another",
        },
    }  # fmt: skip


def next_meeting(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    meeting = Meeting.objects.filter(account=world.account).ahead(now).first()
    at = meeting.starts_at if meeting else None
    home = moments_in(part(pages["home"], "Next meeting", "</dd>"))
    row = statement_row(pages["account"], "Executive sponsor")
    api = [
        datetime.fromisoformat(row["starts_at"])
        for row in (world.api("/meetings", now) or {"results": []})["results"]
        if row["state"] == "confirmed" and datetime.fromisoformat(row["starts_at"]) > now
    ]
    here = timezone.get_current_timezone()
    return {
        "next meeting": {"domain": at, "home": home[0] if home else None, "api": min(api, default=None)},
        "next meeting in words": {
            "domain": say_moment(at, now, here) if at else "–",
            "statement": row[3].removeprefix("next: ") or "–",
        },
    }


# --- What is promised -----------------------------------------------------------------------------------------------


def targets(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    """Every cell of the matrix: the customer's page, the desk's, the API's."""
    known = matrix()
    here = [say_duration(cell.response_minutes * MINUTE).replace("\xa0", " ") for cell in known.values()]
    rows = re.findall(r"<tr.*?</tr>", part(pages["account"], '<table class="matrix">', "</table>"), re.DOTALL)[1:]
    portal = [[plain(cell) for cell in re.findall(r"<td><strong>(.*?)</strong>", row)] for row in rows]
    desk_rows = re.findall(r"<tr>(.*?)</tr>", world.desk.get("/desk/sla/target/").content.decode(), re.DOTALL)[1:]
    desk = [[plain(cell) for cell in re.findall(r'd-matrix__time">(.*?)</p>', row)] for row in desk_rows]
    api = world.api("/targets", now)["results"]
    return {
        "targets": {
            "domain": sorted(here),
            "portal": sorted(cell for row in portal for cell in row),
            "desk": sorted(cell for row in desk for cell in row),
            "api": sorted(say_duration(cell["response_minutes"] * MINUTE).replace("\xa0", " ") for cell in api),
        }
    }


def check_ins(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    """The next three updates that we owe to the reader, on the first page: late ones are owed too."""
    owed = Clock.objects.running().of(ClockKind.CHECK_IN).filter(ticket__requester=world.customer)
    owed = owed.filter(ticket__in=Ticket.objects.live()).select_related("ticket").order_by("due_at", "pk")[:3]
    card = part(pages["home"], 'id="coming-title"', "</section>")
    shown = re.findall(r"<li>(.*?)</li>", card, re.DOTALL)
    return {
        "check-ins on the first page": {
            "domain": [(str(c.ticket.number), "late" if c.due_at <= now else c.due_at) for c in owed],
            "home": [
                ((find(r"(SUP-\d+)", li) or ("",))[0], "late" if "chip--overdue" in li else moments_in(li)[0])
                for li in shown
            ],
        }
    }


def attainment(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    """Kept and missed in the last ninety days, by kind."""
    figures = figures_by_kind(Clock.objects.filter(account=world.account), Period.last_days(90, utc_day(now)))
    names = {ClockKind.RESPONSE: "Replies", ClockKind.CHECK_IN: "Check-ins"}
    card = part(pages["account"], 'id="kept-title"', "</table>")
    portal = {kind: find(rf"{name} \S+ ?%? (\d+) (\d+)", plain(card)) for kind, name in names.items()}
    desk = plain(part(pages["desk account"], 'id="box-attainment"', "</section>"))
    replay = plain(part(pages["account"], 'id="replay-title"', "</section>"))
    replayed = {row["kind"]: row for row in world.api("/account/replay?tier=silver", now)["counts"]}
    api = {row["kind"]: row for row in world.staff_api(f"/attainment?account={world.account.pk}", now)["totals"]}
    return {
        f"kept and missed, {kind.value}": {
            "domain": (str(some.kept), str(some.missed)),
            "portal": portal[kind],
            "api": (str(api[kind.value]["kept"]), str(api[kind.value]["missed"])) if kind.value in api else ("0", "0"),
            "desk": find(rf"{kind.label}(?:: \S+)? (\d+) met, (\d+) missed", desk) or ("0", "0"),
        }
        for kind, some in figures.items()
    } | {
        f"ended, {kind.value}": {
            "domain": some.judged,
            "portal": sum(int(count) for count in portal[kind] or ()),
            **_replayed(kind, replay),
            "api": replayed[kind.value]["ended"] if kind.value in replayed else 0,
        }
        for kind, some in figures.items()
    }


def _replayed(kind: ClockKind, replay: str) -> dict[str, int]:
    """What the replay on the account page says has ended, and what its parts add up to."""
    name = {ClockKind.RESPONSE: "Reply", ClockKind.CHECK_IN: "Check-in"}[kind]
    note = rf"{name} targets of the last 90 days: (\d+) \(compared: (\d+)\)\.(?: Not compared: ([^.]*)\.)?"
    total, compared, left_out = find(note, replay) or ("0", "0", "")
    return {
        "replay": int(total),
        "replay in parts": int(compared) + sum(int(count) for count in re.findall(r"(\d+) \(", left_out or "")),
    }


def who_is_on(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    """Until when English is answered now, and from when next."""
    coverage = coverage_now(now)
    opening = coverage.next_opening("en")
    shown = part(pages["help"], 'class="on-now__list"', "</li>")
    on_now, _then, _later = shown.partition('class="meta"')
    api = next(row for row in world.api("/coverage", now)["languages"] if row["language"] == "en")
    rows = coverage.on_now("en")
    desk = world.desk.get("/desk/sla/clock/on-now/").content.decode()
    return {
        "on now": {
            "domain": sorted(row.until for row in rows if row.until),
            "help": sorted(moments_in(on_now)) if ">on duty<" in on_now else [],
            "api": sorted(datetime.fromisoformat(row["until"]) for row in api["on_now"] if row["until"]),
            "desk": sorted(
                row.until for row in rows if row.until and row.until in moments_in(part(desk, "<tbody>", "</tbody>"))
            ),
        },
        "on next": {
            "domain": opening.at if opening and not rows else None,
            "help": moments_in(on_now)[0] if "opens" in on_now else None,
            "api": datetime.fromisoformat(api["next_opening"]["at"]) if api["next_opening"] else None,
        },
    }


def overdue(world: World, pages: dict[str, str], now: datetime) -> dict[str, Faces]:
    """How many tickets of the team are overdue, and which of the account."""
    late = Clock.objects.running().due_by(now)
    queue = world.desk.get("/desk/tickets/ticket/?view=overdue").content.decode()
    mine = world.api("/tickets?page_size=100", now)["results"]
    numbers = sorted(
        Ticket.objects.filter(pk__in=late.values("ticket"), account=world.account).values_list("pk", flat=True)
    )
    return {
        "overdue in the team": {
            "domain": str(len({clock.ticket_id for clock in late})),
            "desk tile": (find(r"(\d+) overdue in the team", plain(pages["desk index"])) or ("",))[0],
            "queue": str(
                len(set(re.findall(r"/desk/tickets/ticket/(SUP-\d+)/change/", part(queue, "<tbody>", "</tbody>"))))
            ),
        },
        "overdue of the account": {
            "domain": [str(Ticket.objects.get(pk=pk).number) for pk in numbers],
            "api": sorted(row["number"] for row in mine if any(c["state"] == "overdue" for c in row["clocks"])),
            "list": sorted(
                number
                for row in re.findall(r"<tr.*?</tr>", pages["list"], re.DOTALL)
                if "chip--overdue" in row and (number := (find(r"(SUP-\d+)", row) or ("",))[0])
            ),
        },
    }


def promises(world: World, pages: dict[str, str], ticket: Ticket, now: datetime) -> dict[str, Faces]:
    """The due moments of one ticket, and what is late, wherever they stand."""
    number = str(ticket.number)
    running = {clock.kind: clock for clock in Clock.objects.running().filter(ticket=ticket)}
    dues = {kind: clock.due_at for kind, clock in running.items()}
    late = {kind for kind, clock in running.items() if clock.due_at <= now}
    page = world.portal.get(ticket.get_absolute_url()).content.decode()
    desk = world.desk.get(f"/desk/tickets/ticket/{quote(number)}/change/").content.decode()
    box = part(page, '<dl class="promises">', "</dl>")
    detail = world.api(f"/tickets/{number}", now)
    explained = world.api(f"/tickets/{number}/clocks?page_size=100", now)["results"]
    by_kind = {ClockKind.RESPONSE.value: "Our next reply", ClockKind.CHECK_IN.value: "Our next check-in"}
    boxed = {kind: part(box, label, "</div>") for kind, label in by_kind.items() if label in box}
    chips = re.findall(r'class="d-chip d-chip--([a-z-]+)" title="([^"]*)"', part(desk, "d-ticket__chips", "</p>"))
    zone_here = timezone.get_current_timezone()
    facts: dict[str, Faces] = {
        f"{number} due": {
            "domain": dues,
            "page": {kind: moments_in(html)[0] for kind, html in boxed.items()},
            "api": _dues(detail["clocks"]),
            "api clocks": _dues(explained),
        },
        f"{number} next due": {
            "domain": min(dues.values(), default=None),
            "row": ticket.next_due_at,
            "api": datetime.fromisoformat(detail["next_due_at"]) if detail["next_due_at"] else None,
        },
        f"{number} due in words": {
            "domain": sorted(say_moment(due, now, zone_here) for due in dues.values()),
            "desk": sorted(title for _state, title in chips),
        },
        f"{number} late": {
            "domain": sorted(late),
            "page": sorted(kind for kind, html in boxed.items() if "chip--overdue" in html),
            "api": sorted(c["kind"] for c in detail["clocks"] if c["state"] == "overdue"),
            "desk": sorted(late) if [s for s, _t in chips].count("overdue") == len(late) else "another count",
        },
    }
    if ClockKind.CHECK_IN in running:
        coming = moments_in(part(page, '<ol class="moments">', "</ol>"))
        facts[f"{number} coming check-ins"] = {
            "api": [datetime.fromisoformat(at) for at in detail["coming_check_ins"]],
            "page": coming,
        }
    letter = mail_about(ticket, world.customer)
    if letter is not None:
        told = sorted(say_dated_by(due, world.customer.user, ticket.region.time_zone) for due in dues.values())
        facts[f"{number} in the mail"] = {"domain": told, "mail": [words for words in told if words in letter]}
    card = re.search(rf'href="{re.escape(ticket.get_absolute_url())}".*?</article>', pages["home"], re.DOTALL)
    if card and "ticket-card" in card[0]:
        facts[f"{number} on the first page"] = {
            "domain": sorted(set(dues.values())),
            "home": sorted(set(moments_in(part(card[0], "ticket-card__promises", "</ul>")))),
        }
    return facts


def mail_about(ticket: Ticket, reader: Contact) -> str | None:
    """The last mail to `reader` that says how the ticket stands, as it would leave now; None without one."""
    telling = Notice.objects.filter(recipient=reader.user, kind__in=["ticket_opened", "agent_wrote"])
    notice = telling.filter(thread=f"ticket:{ticket.pk}").order_by("pk").last()
    if notice is None:
        return None
    try:
        return str(outbox.render(notice).body)
    except Withdrawn:
        return None


def _dues(clocks: list[dict[str, Any]]) -> dict[str, datetime]:
    return {c["kind"]: datetime.fromisoformat(c["due_at"]) for c in clocks if c["stopped_at"] is None}


def differences(facts: dict[str, Faces]) -> dict[str, Faces]:
    """The facts that two faces say differently."""
    return {
        fact: faces
        for fact, faces in facts.items()
        if any(said != next(iter(faces.values())) for said in faces.values())
    }
