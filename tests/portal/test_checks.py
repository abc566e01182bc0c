"""Unsafe settings stop the start with a sentence; a clean server and a plain demonstration start."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings

from portal import checks

GOOD_KEY = "kX3v-9QmT7w_Lr2sB8nZ1yC6pE4aH0dJ5fGgUuVvWwXxYyZz0123"


@pytest.fixture
def server(monkeypatch):
    """The settings of a server, all of them safe."""
    values = SimpleNamespace(
        DEBUG=False,
        DEMO=False,
        LOCAL=False,
        SECRET_KEY=GOOD_KEY,
        ALLOWED_HOSTS=["support.example.com"],
        SITE_URL="https://support.example.com",
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        REDIS_URL="redis://cache:6379/0",
        IMAP_URLS=[],
        MAIL_WEBHOOK="",
        MAIL_AUTHSERV_ID=[],
        MAIL_TRUST_SENDER=False,
        ANYMAIL={},
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql"}},
    )
    monkeypatch.setattr(checks, "settings", values)
    return values


def refusals() -> list[str]:
    return [problem.id for problem in checks.unsafe_settings()]


def warnings() -> list[str]:
    return [problem.id for problem in checks.risky_settings()]


def test_a_server_that_is_set_up_well_starts_without_a_word(server):
    assert (refusals(), warnings()) == ([], [])


def test_a_demonstration_on_the_own_machine_starts_without_a_word(server):
    server.DEMO = server.LOCAL = True
    server.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "punctual.localhost"]

    assert (refusals(), warnings()) == ([], [])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "only-for-local-use-never-for-a-server",
        "django-insecure-" + GOOD_KEY,
        "change-me" * 8,
        GOOD_KEY[:49],
        "ab" * 40,
    ],
)
def test_a_key_that_is_missing_published_short_or_plain_is_refused(server, key):
    server.SECRET_KEY = key

    assert refusals() == ["portal.E001"]


def test_a_key_of_fifty_characters_is_enough(server):
    server.SECRET_KEY = GOOD_KEY[:50]

    assert refusals() == []


@pytest.mark.parametrize(("mode", "code"), [("DEBUG", "portal.E002"), ("DEMO", "portal.E003")])
@pytest.mark.parametrize("host", ["support.example.com", ".example.com", "10.0.0.8", "localhost.example.com"])
def test_debugging_and_demonstration_are_refused_on_hosts_that_others_reach(server, mode, code, host):
    setattr(server, mode, True)
    server.LOCAL = True
    server.ALLOWED_HOSTS = ["localhost", host]

    assert refusals() == [code]


@pytest.mark.parametrize("mode", ["server", "demonstration"])
def test_answering_to_every_host_is_refused_in_every_mode(server, mode):
    server.LOCAL = server.DEMO = mode == "demonstration"
    server.ALLOWED_HOSTS = ["support.example.com", "*"]

    assert "portal.E004" in refusals()


def test_links_in_mails_must_be_https(server):
    server.SITE_URL = "http://support.example.com"

    assert refusals() == ["portal.E005"]


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (["support.example.com"], []),
        ([".example.com"], []),
        (["other.example.com"], ["portal.E006"]),
        ([], ["portal.E006"]),
    ],
)
def test_links_in_mails_must_lead_to_a_host_that_answers(server, hosts, expected):
    server.ALLOWED_HOSTS = hosts

    assert refusals() == expected


def test_what_works_but_should_be_meant_is_a_warning(server):
    server.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    server.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
    assert warnings() == ["portal.W001", "portal.W002"]

    server.REDIS_URL = ""
    assert warnings() == ["portal.W001", "portal.W003"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"IMAP_URLS": ["imaps://u:p@h/"]}, ["portal.W004"]),
        ({"IMAP_URLS": ["imaps://u:p@h/"], "MAIL_AUTHSERV_ID": ["mx"]}, []),
        ({"MAIL_WEBHOOK": "postmark", "ANYMAIL": {}}, ["portal.W004", "portal.W005"]),
    ],
)
def test_mail_that_proves_nothing_is_a_warning(server, values, expected):
    for name, value in values.items():
        setattr(server, name, value)

    assert [found for found in warnings() if found in {"portal.W004", "portal.W005"}] == expected


def test_refusing_ends_the_process_with_one_sentence_that_holds_no_secret(server, capsys):
    server.SECRET_KEY = "tiny-secret"
    codes: list[int] = []

    checks.refuse_unsafe(codes.append)

    said = capsys.readouterr().err
    assert codes == [4]
    assert said == (
        "Punctual cannot start: SECRET_KEY is too short or too plain. "
        "Set SECRET_KEY to 50 random characters or more, or DEMO=1 to try Punctual out. (portal.E001)\n"
    )


@pytest.mark.parametrize("entry", ["import portal.wsgi", "from portal.celery import app; app.Beat().run()"])
def test_gunicorn_and_celery_refuse_too(entry):
    environment = {
        "PATH": "", "VAR_DIR": str(settings.VAR_DIR), "DJANGO_SETTINGS_MODULE": "portal.settings", "DEMO": "0",
        "ALLOWED_HOSTS": "support.example.com", "SITE_URL": "https://support.example.com",
    }  # fmt: skip

    ended = subprocess.run(
        [sys.executable, "-c", entry],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 4, ended.stderr
    assert "SECRET_KEY is missing" in ended.stderr
    assert "Traceback" not in ended.stderr
