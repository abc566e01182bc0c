"""Settings that would be unsafe stop the start, with a sentence that says what to do.

Django runs checks for its commands only; `refuse_unsafe` runs the same ones for gunicorn and Celery.
"""

import sys
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_LENGTH = 50
# What stands in settings.py and .env.example, and what Django writes into a new project.
SAMPLE_KEYS = ("only-for-local-use", "change-me", "django-insecure-")
# gunicorn stops for good when a worker ends with this code, instead of starting another one.
CODE_OF_NO_APPLICATION = 4


def is_local(host: str) -> bool:
    """True for a name that only this machine answers to; `testserver` is the suite's."""
    name = host.strip("[]").lower().rstrip(".")
    if name in {"localhost", "testserver"} or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def unsafe_settings() -> list[CheckMessage]:
    """Every reason not to start, E001 to E006."""
    foreign = [host for host in settings.ALLOWED_HOSTS if not is_local(host)]
    found: list[CheckMessage] = []

    def refuse(number: int, sentence: str, way_out: str) -> None:
        found.append(Error(sentence, hint=way_out, id=f"portal.E{number:03}"))

    if "*" in settings.ALLOWED_HOSTS:
        refuse(4, "ALLOWED_HOSTS must not contain “*”.", "List the hosts of the site, separated by commas.")
    if settings.DEBUG and foreign:
        refuse(2, f"DEBUG is on while the site answers to {foreign[0]}.", "Remove DEBUG, or remove ALLOWED_HOSTS.")
    if settings.DEMO and foreign:
        refuse(
            3,
            f"DEMO is on while the site answers to {foreign[0]}: anybody could sign in with the published passwords.",
            "Set DEMO=0, or remove ALLOWED_HOSTS.",
        )
    if settings.LOCAL:
        return found
    problem = _key_problem()
    if problem:
        refuse(
            1,
            f"SECRET_KEY {problem}.",
            f"Set SECRET_KEY to {SECRET_KEY_LENGTH} random characters or more, or DEMO=1 to try Punctual out.",
        )
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https":
        refuse(5, f"SITE_URL is {settings.SITE_URL}.", "Set SITE_URL to the https:// address that people open.")
    elif not _answers_to(site.hostname or ""):
        refuse(6, f"The host of SITE_URL, {site.hostname}, is not in ALLOWED_HOSTS.", "Add it to ALLOWED_HOSTS.")
    return found


def risky_settings() -> list[CheckMessage]:
    """What works, but should be meant that way, W001 to W005."""
    if settings.LOCAL:
        return []
    found: list[CheckMessage] = []

    def warn(number: int, sentence: str, way_out: str) -> None:
        found.append(Caution(sentence, hint=way_out, id=f"portal.W{number:03}"))

    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        warn(1, "No emails are sent.", "Set EMAIL_URL, for example smtp+tls://user:password@host:587.")
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if sqlite and settings.REDIS_URL:
        warn(2, "SQLite can serve one machine only, and REDIS_URL is for several.", "Set DATABASE_URL to PostgreSQL.")
    if (settings.IMAP_URLS or settings.MAIL_WEBHOOK) and not settings.MAIL_AUTHSERV_ID:
        warn(
            4,
            "Anyone can forge the sender of an email, and MAIL_TRUST_SENDER accepts it."
            if settings.MAIL_TRUST_SENDER
            else "Senders cannot be verified, so every incoming email needs review by an agent.",
            "Set MAIL_AUTHSERV_ID to the name that your mail server writes in Authentication-Results.",
        )
    if settings.MAIL_WEBHOOK and not settings.ANYMAIL:
        warn(5, "MAIL_WEBHOOK has no secret, so its address answers 404.", "Set MAIL_WEBHOOK_SECRET to user:password.")
    if not settings.REDIS_URL:
        warn(3, "Without Redis, rate limits apply to each process separately.", "Set REDIS_URL.")
    return found


def _key_problem() -> str:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's word for an empty one
        key = ""
    if not key:
        return "is missing"
    if any(key.startswith(sample) for sample in SAMPLE_KEYS):
        return "is the published sample"
    if len(key) < SECRET_KEY_LENGTH or len(set(key)) < 5:
        return "is too short or too plain"
    return ""


def _answers_to(host: str) -> bool:
    return any(host == name or (name.startswith(".") and f".{host}".endswith(name)) for name in settings.ALLOWED_HOSTS)


@register(Tags.security)
def check_unsafe_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return unsafe_settings()


@register(Tags.security, deploy=True)
def check_risky_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return risky_settings()


def sentences(problems: list[CheckMessage]) -> str:
    return "\n".join(f"Punctual cannot start: {problem.msg} {problem.hint} ({problem.id})" for problem in problems)


def refuse_unsafe(leave: Callable[[int], Any] = sys.exit) -> None:
    """End this process with a sentence for each unsafe setting; for the entries that Django does not check itself."""
    problems = unsafe_settings()
    if problems:
        sys.stderr.write(sentences(problems) + "\n")
        leave(CODE_OF_NO_APPLICATION)
