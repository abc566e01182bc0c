"""How the API writes moments: RFC 3339, UTC, with a Z."""

from datetime import UTC, datetime


def stamp(moment: datetime | None) -> str | None:
    """`2026-11-09T09:00:00Z`; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
