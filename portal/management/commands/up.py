"""`manage.py up`: the whole site in one terminal: web, worker and beat, until Ctrl-C."""

import http.client
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from portal.catalogues import compile_catalogues
from portal.checks import refuse_unsafe
from portal.demo import PASSWORD, SIGN_INS, passing
from portal.demo.laying import create_sample_data, is_empty, moment
from portal.environment import Environment
from portal.lib.demo_clock import DemoClock
from portal.preflight import CannotStart, claim_port, migrations_wait, reach_database, reach_queue
from portal.static_files import NOT_COLLECTED
from portal.supervisor import Child, Supervisor, say

# Long enough for a slow machine; after that the person should know.
SLOW_AFTER = 60
# How Celery begins a warning that matters to servers and would frighten somebody who tries Punctual in a container.
SUPERUSER = "You're running the worker with superuser privileges"

# How Django begins a warning about files that are read as they are sent; ours are small style sheets and scripts.
SYNCHRONOUS = "StreamingHttpResponse must consume synchronous iterators"


class Command(BaseCommand):
    help = "Prepares the database, then runs the site with its worker and its beat until Ctrl-C."
    requires_system_checks = ()  # our own checks speak in sentences, see refuse_unsafe

    def add_arguments(self, parser: ArgumentParser) -> None:
        env = Environment()
        parser.add_argument("--host", default=env.str("HOST", default="127.0.0.1"))
        parser.add_argument("--port", type=int, default=env.int("PORT", default=8000))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        refuse_unsafe()
        try:
            claim_port(host, port)
            prepare()
        except CannotStart as reason:
            sys.exit(f"Punctual can't start: {reason}")
        except KeyboardInterrupt:
            sys.exit("Stopped before the start.")
        connections.close_all()
        supervisor = Supervisor(processes(host, port))
        code = supervisor.run(while_starting=Announcement(host, port))
        say("Everything has ended.")
        sys.exit(code)


def prepare() -> None:
    """Texts, tables, and people to sign in as: whatever is missing, in that order."""
    compile_catalogues(Path(folder) for folder in settings.LOCALE_PATHS)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if not settings.LOCAL:
        say("Collecting the static files …")
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_COLLECTED)
    reach_database()
    reach_queue(settings.REDIS_URL)
    if migrations_wait():
        say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
    asked = Environment().str("DEMO_AT", default="")
    if asked:
        lay_around(asked)
    elif settings.DEMO and not get_user_model().objects.exists():
        if "seed_demo" not in get_commands():
            say("There is no demonstration data to load: the command seed_demo is missing.")
            return
        say("Loading the demonstration data …")
        call_command("seed_demo", verbosity=0)


def lay_around(words: str) -> None:
    """Let the demonstration begin at the moment DEMO_AT, with sample data around it. Raises CannotStart.

    Started again with the same moment, it goes on from where its time has come to.
    """
    if not settings.DEMO:
        raise CannotStart("DEMO_AT moves the time of a demonstration, and DEMO is 0; leave DEMO_AT out on a server.")
    try:
        at = moment(words, name="DEMO_AT")
    except CommandError as error:
        raise CannotStart(str(error)) from error
    row = DemoClock.objects.first()
    if row is not None and row.laid_at == at:
        return
    if not is_empty():
        raise CannotStart(
            "DEMO_AT lays sample data around a moment, and the database holds data already; remove it (by default "
            "var/), set VAR_DIR or DATABASE_URL to another place, or leave DEMO_AT out and move the time on the pages."
        )
    say(f"Loading the demonstration data around {words} …")
    with transaction.atomic():
        passing.set_time(at, laid_at=at)
        create_sample_data(at)


def processes(host: str, port: int) -> list[Child]:
    """Web, worker and beat, each with the Python that runs this."""
    env = Environment()
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "portal"]
    return [
        *web(host, port, address),
        Child(
            "worker",
            [*celery, "worker", "--pool", "threads", "--concurrency", str(env.int("WORKER_CONCURRENCY", default=2)),
             "--without-gossip", "--without-mingle", "--without-heartbeat"],
            {"PYTHONWARNINGS": f"ignore:{SUPERUSER}"} if settings.LOCAL else {},
        ),
        Child("beat", [*celery, "beat"]),
    ]  # fmt: skip


def web(host: str, port: int, address: str) -> list[Child]:
    """Locally one process serves pages and stream. On a server gunicorn serves the pages, in half the time, and a small
    second process the stream, if LIVE_PORT says where; the proxy sends /stream/ there.
    """
    live_port = Environment().int("LIVE_PORT", default=0)
    if settings.LOCAL:
        return [Child("web", uvicorn(host, port), {"PYTHONWARNINGS": f"ignore:{SYNCHRONOUS}"})]
    pages = Child(
        "web",
        [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", address, "--worker-class", "gthread",
         "--threads", "8", "--timeout", "60", "--graceful-timeout", "3", "--log-level", "warning",
         "--no-control-socket"],
    )  # fmt: skip
    return [pages, Child("live", uvicorn(host, live_port))] if live_port else [pages]


def uvicorn(host: str, port: int) -> list[str]:
    """Open streams end with the process; uvicorn alone would wait for their readers."""
    return [
        sys.executable, "-m", "uvicorn", "portal.asgi:application", "--host", host, "--port", str(port),
        "--lifespan", "off", "--log-level", "warning", "--no-access-log", "--no-server-header",
        "--timeout-graceful-shutdown", "3",
    ]  # fmt: skip


class Announcement:
    """Waits for the first answer of the site, then says where it is and who can sign in."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.slow_at = time.monotonic() + SLOW_AFTER
        self.pause, self.next_at = 0.3, 0.0
        say("Starting web, worker and beat …")

    def __call__(self) -> bool:
        if time.monotonic() < self.next_at:
            return False
        if answers(self.host, self.port):
            for line in welcome(self.port):
                say(line)
            connections.close_all()
            return True
        self.pause = min(self.pause * 1.2, 5.0)  # a site that answers with an error need not say so all the time
        self.next_at = time.monotonic() + self.pause
        if time.monotonic() > self.slow_at:
            say(f"The site has not answered for {SLOW_AFTER} s; the lines above may say why. Still trying …")
            self.slow_at = time.monotonic() + SLOW_AFTER
        return False


def answers(host: str, port: int) -> bool:
    """True when the site answers /live; its own name is asked for, since it refuses others."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - no listening here
    connection = http.client.HTTPConnection(reachable, port, timeout=2)
    try:
        connection.request("GET", "/live", headers={"Host": urlsplit(settings.SITE_URL).netloc})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def welcome(port: int) -> list[str]:
    """The address, and the people of the demonstration with their passwords."""
    address = f"http://localhost:{port}" if settings.LOCAL else settings.SITE_URL
    lines = ["", f"Punctual runs at {address}/", ""]
    return [*lines, *(sign_ins() if settings.DEMO else []), "Ctrl-C ends it."]


def sign_ins() -> list[str]:
    """The people of the demonstration data who are in the database, and their password."""
    present = set(get_user_model().objects.values_list("email", flat=True))
    people = [(email, name, words) for name, email, words in SIGN_INS if email in present]
    if not people:
        return []
    width = max(len(email) for email, _name, _words in people)
    rows = [f"  {email:<{width}}  {name}: {words}" for email, name, words in people]
    return [f"Sign in with the password “{PASSWORD}” as:", *rows, ""]
