"""`manage.py up` (behind `make run`): what stops it is one sentence; what it starts, it ends."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from portal import preflight
from portal.demo import PASSWORD, SIGN_INS
from portal.management.commands import up
from portal.preflight import CannotStart, claim_port
from portal.supervisor import Child, Supervisor


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def start(tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py up` with `environment`; for starts that are refused."""
    return subprocess.run(
        [sys.executable, "manage.py", "up"],
        env={"PATH": "", "DEMO": "1", "VAR_DIR": str(tmp_path), "REDIS_URL": "", "DATABASE_URL": f"sqlite:///{tmp_path}/x"}
        | environment,
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.thorough
def test_a_port_in_use_is_one_sentence_with_the_way_out(tmp_path, taken_port):
    ended = start(tmp_path, PORT=str(taken_port))

    assert ended.returncode == 1
    assert ended.stderr == (
        f"Punctual can't start: Port {taken_port} is in use by another program; stop that one, or choose another port "
        f"with PORT={taken_port + 1} make run.\n"
    )
    assert not (tmp_path / "x").exists()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "DATABASE_URL is not understood"),
        ("mysql://root:hunter2@localhost/x", "DATABASE_URL is not understood"),
        ("postgres://root:hunter2@127.0.0.1:1/x", "can't be reached at 127.0.0.1:1"),
        ("sqlite:////proc/nowhere/x", "can't be opened"),
    ],
)
def test_a_wrong_database_url_is_one_sentence_without_its_password(tmp_path, url, said):
    ended = start(tmp_path, DATABASE_URL=url, PORT="0" if "understood" in said else "38117")

    assert ended.returncode == 1
    assert ended.stderr.startswith("Punctual can't start: ")
    assert (ended.stderr.count("\n"), said in ended.stderr, "hunter2" in ended.stderr) == (1, True, False), ended.stderr


def test_a_redis_that_does_not_answer_is_one_sentence():
    with pytest.raises(CannotStart, match="^The Redis of REDIS_URL can't be reached"):
        preflight.reach_queue("redis://127.0.0.1:1/0")


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_refused(port):
    with pytest.raises(CannotStart, match="is no port"):
        claim_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(CannotStart, match="is no address of this machine"):
        claim_port("192.0.2.1", 38117)


def test_a_free_port_is_left_free(taken_port):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]

    claim_port("127.0.0.1", free)
    claim_port("127.0.0.1", free)


def test_the_welcome_names_the_address_and_the_way_to_end_it(settings):
    settings.DEMO = False

    assert up.welcome(8080) == ["", "Punctual runs at http://localhost:8080/", "", "Ctrl-C ends it."]


def test_the_welcome_of_a_demonstration_names_who_can_sign_in(settings, db):
    settings.DEMO = True
    name, email, words = SIGN_INS[0]
    get_user_model().objects.create_user(email, PASSWORD, name=name)

    lines = up.welcome(8000)

    assert lines[3:5] == [f"Sign in with the password “{PASSWORD}” as:", f"  {email}  {name}: {words}"]
    assert len(lines) == 7


# --- The supervisor ---------------------------------------------------------------------------------------------------

SLEEP = "import time; time.sleep(60)"
FAMILY = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEP}']); {SLEEP}"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); {SLEEP}"


def python(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code])


def groups_alive(groups: set[int]) -> list[int]:
    def alive(group: int) -> bool:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        return True

    return [group for group in groups if alive(group)]


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process_and_their_children(number):
    child = python("web", FAMILY)
    supervisor = Supervisor([child], tell=lambda line: None)
    groups: set[int] = set()

    def once_started() -> bool:
        time.sleep(0.3)
        groups.update(child.groups)
        os.kill(os.getpid(), number)
        return True

    assert supervisor.run(while_starting=once_started) == 0
    assert (len(groups), groups_alive(groups)) == (1, [])


def test_a_process_that_will_not_end_is_killed(monkeypatch):
    monkeypatch.setattr("portal.supervisor.PATIENCE", 0.3)
    lines: list[str] = []
    child = python("web", STUBBORN)
    supervisor = Supervisor([child], tell=lines.append)
    groups: set[int] = set()

    def once_started() -> bool:
        if "web    | here" not in lines:
            return False
        groups.update(child.groups)
        supervisor.signal = signal.SIGINT
        return True

    supervisor.run(while_starting=once_started)

    assert groups_alive(groups) == []


def test_a_process_that_ends_is_started_again_after_a_growing_pause():
    lines: list[str] = []
    child = python("worker", "raise SystemExit(3)")
    supervisor = Supervisor([child], tell=lines.append)

    for at in (0.0, 1.0, 2.9, 3.0, 5.0, 6.9, 7.0):
        supervisor.look(at=at)
        if child.process is not None:
            child.process.wait()
    supervisor.stop()

    assert [line for line in lines if "ended" in line] == [
        "worker ended with code 3; starting it again in 2 s.",
        "worker ended with code 3; starting it again in 4 s.",
    ]


@pytest.mark.thorough
def test_a_process_that_refuses_its_settings_ends_the_whole_start():
    lines: list[str] = []
    supervisor = Supervisor([python("web", "raise SystemExit(4)"), python("beat", FAMILY)], tell=lines.append)

    assert supervisor.run(while_starting=lambda: False) == 1
    assert "web can't start; the reason stands above." in lines
    assert groups_alive(supervisor.children[1].groups) == []
