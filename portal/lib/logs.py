"""Log lines are one fact with its fields, on one line whatever the values hold."""

import json
import logging
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "data"}


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
        return line
