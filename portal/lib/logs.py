"""Log lines are one fact with its fields, on one line whatever the values hold, and without anybody's token.

A calendar feed has its token in its address, and Django, gunicorn and its access log (off unless an operator turns it
on) write addresses down: in our lines and in theirs the token is left out.
"""

import json
import logging
import re
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "data"}

# Whatever stands in the place of a feed's token, were it mistyped; and a token of either kind wherever it stands.
_SECRETS = re.compile(r"(?<=/calendar/)[^/\s\"'?#]+(?=\.ics)|\b(?:sup_live|cal)_[A-Za-z0-9_-]{43}", re.IGNORECASE)
# They write requests with formatters of their own.
_LOGGERS_OF_SERVERS = ("gunicorn.access", "gunicorn.error", "django.server")


def without_secrets(text: str) -> str:
    """`text` with `[token]` in the place of each."""
    return _SECRETS.sub("[token]", text)


class NoSecrets(logging.Filter):
    """Lets every record through, its tokens left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), ()
        return True


class NotOfReadiness(logging.Filter):
    """Leaves out what Django says of a 503 of /ready: that page writes a line of its own when there is a fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        path = getattr(getattr(record, "request", None), "path", "")
        return (path, getattr(record, "status_code", 0)) != ("/ready", 503)


def keep_secrets_from_servers() -> None:
    """Called once at start. A filter, because formatters and handlers of the servers are the operator's choice."""
    for name in _LOGGERS_OF_SERVERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, NoSecrets) for one in logger.filters):
            logger.addFilter(NoSecrets())


class FactFormatter(logging.Formatter):
    """`2026-11-10T16:30:00 INFO sla.sweep clock.breached {"clock_id": 7}`; line breaks and such signs are escaped."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = ""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        fields.pop("request", None)
        message = record.getMessage().encode("unicode_escape").decode() if not record.exc_info else record.getMessage()
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {message}"
        if fields:
            line += " " + json.dumps(fields, default=str, ensure_ascii=True)
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return without_secrets(line)
